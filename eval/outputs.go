package eval

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/zclconf/go-cty/cty"
)

// groups are the attributes that declare outputs, in the order of instance.groups.
var groups = [...]graph.Group{graph.Outputs, graph.Metrics, graph.Plots}

// outputs evaluates what every instance of a stage makes, and before that its
// inputs, whose paths outputs may be named after.
func (ev *evaluator) outputs(st *stage) bool {
	switch st.outputState {
	case good:
		return true
	case failed:
		return false
	case working:
		panic("eval.outputs: stage " + st.name + " needs its own outputs, which lang.Check refuses")
	}
	if !ev.points(st) {
		st.outputState = failed
		return false
	}
	st.outputState = working
	ev.inputs(st)
	var from [len(groups)]*entries
	for i, g := range groups {
		if a := st.block.Attr(string(g)); a != nil {
			from[i] = ev.entries(a, &st.frame, view{base: ev.dir})
		}
	}
	for _, in := range st.instances {
		st.frame.in = in
		ev.outputsOf(in, &from)
	}
	st.frame.in = nil
	st.outputState = good
	return true
}

// outputsOf evaluates the outputs of one instance and sorts them by path.
func (ev *evaluator) outputsOf(in *instance, from *[len(groups)]*entries) {
	broken := in.broken
	for i, e := range from {
		if e == nil {
			continue
		}
		f, list, known, ok := e.at()
		broken = broken || !ok
		if !known {
			in.unknown = true
			continue
		}
		in.groups[i] = slots{form: f, list: make([]slot, 0, len(list))}
		for _, x := range list {
			if !ev.outputSlot(in, &in.groups[i], groups[i], e, x) {
				broken = true
			}
		}
	}
	in.broken = broken
	in.sortOutputs()
}

// outputSlot reads one entry of outputs: a path, an object, or a list of them.
func (ev *evaluator) outputSlot(in *instance, to *slots, g graph.Group, e *entries, x entry) bool {
	s := slot{name: x.name, group: g}
	bare, marks := x.v.Unmark()
	ok := true
	switch {
	case !bare.IsKnown():
		in.unknown = true
		s.none = true
	case bare.IsNull():
		s.none = true
	case isList(bare.Type()):
		s.many = true
		for i, v := range bare.AsValueSlice() {
			ok = ev.output(in, &s, e.fr, v.WithMarks(marks), x.name+"."+strconv.Itoa(i), x.span) && ok
		}
	default:
		ok = ev.output(in, &s, e.fr, x.v, x.name, x.span)
	}
	to.list = append(to.list, s)
	return ok
}

// output adds one output to an instance.
func (ev *evaluator) output(in *instance, s *slot, fr *frame, v cty.Value, name string, span diag.Span) bool {
	o := graph.Output{Group: s.group, Name: name, Span: span}
	v, marks := bareValue(v)
	label := string(s.group) + "." + name
	if !ev.public(marks, fr, span, label) {
		return false
	}
	if !v.IsWhollyKnown() {
		in.unknown = true
		return true
	}
	p, at := "", ""
	switch {
	case !v.IsNull() && v.Type() == cty.String:
		p = v.AsString()
	case !v.IsNull() && isObject(v.Type()):
		var ok bool
		if p, at, ok = ev.outputObject(&o, fr, v, label, span); !ok {
			return false
		}
	default:
		ev.errorf(fr, "E-attribute-type", span, "%s is %s. An output is a path, a directory with a slash at its end, or an object { path = … }.", label, kindOf(v))
		return false
	}
	var ok bool
	if o.Path, o.Dir, ok = ev.path(fr, p, span, label); !ok {
		return false
	}
	if o.At = o.Path; at != "" {
		slash := false
		if o.At, slash, ok = ev.path(fr, at, span, label); !ok {
			return false
		}
		if slash != o.Dir {
			ev.errorf(fr, "E-output-slash", span, "path and at of %s are one output: end both with a slash if it is a directory, or none.", label)
			return false
		}
	}
	if o.Path == ev.space.Root() || o.At == ev.space.Root() {
		ev.errorf(fr, "E-path-reserved", span, "%s is the whole project. Outputs have a place of their own in it.", label)
		return false
	}
	if ev.space.Strange(o.Path) || ev.space.Strange(o.At) {
		ev.errorf(fr, "E-path-reserved", span, "%s is where commands find what lies outside of the project. Outputs have a place of their own in it.", label)
		return false
	}
	if !ev.mayMake(fr, o.Path, label, span) {
		return false
	}
	s.at = append(s.at, int32(len(in.out)))
	in.out = append(in.out, o)
	return true
}

// outputObject reads { path, at, cache, persist, push, checkout, description } and
// what the group has besides.
func (ev *evaluator) outputObject(o *graph.Output, fr *frame, v cty.Value, label string, span diag.Span) (p, at string, ok bool) {
	m := v.AsValueMap()
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	known := append([]string{"at", "cache", "checkout", "description", "path", "persist", "push"}, hintsOf(o.Group)...)
	wrong := func(n, want string) (string, string, bool) {
		ev.errorf(fr, "E-attribute-type", span, "%s.%s is %s; it is %s.", label, n, kindOf(m[n]), want)
		return "", "", false
	}
	for _, n := range names {
		v := m[n]
		if v.IsNull() {
			continue
		}
		switch n {
		case "path", "at", "description":
			if v.Type() != cty.String {
				return wrong(n, "a text")
			}
		case "cache", "persist", "push", "checkout":
			if v.Type() != cty.Bool {
				return wrong(n, "true or false")
			}
		default:
			if slices.Contains(hintsOf(o.Group), n) {
				continue
			}
			advice := misplaced(o.Group, n)
			if advice == "" {
				advice = offer(n, known)
			}
			ev.errorf(fr, "E-attribute-unknown", span, "An output in %s has no %q. %s", o.Group, n, advice)
			return "", "", false
		}
	}
	str := func(n string) string {
		if v, ok := m[n]; ok && !v.IsNull() {
			return v.AsString()
		}
		return ""
	}
	is := func(n string, def bool) bool {
		if v, ok := m[n]; ok && !v.IsNull() {
			return v.True()
		}
		return def
	}
	if v, ok := m["path"]; !ok || v.IsNull() {
		ev.errorf(fr, "E-attribute-missing", span, "%s has no path.", label)
		return "", "", false
	}
	o.NoCache, o.Persist = !is("cache", true), is("persist", false)
	o.NoPush, o.NoCheckout = !is("push", true), !is("checkout", true)
	o.Description = strings.TrimSpace(str("description"))
	return str("path"), str("at"), ev.outputHints(o, fr, m, label, span)
}

// sortOutputs orders the outputs by path, and the slots' positions with them.
func (in *instance) sortOutputs() {
	n := len(in.out)
	if n < 2 || slices.IsSortedFunc(in.out, func(a, b graph.Output) int { return strings.Compare(a.Path, b.Path) }) {
		return
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return in.out[order[i]].Path < in.out[order[j]].Path })
	out, to := make([]graph.Output, n), make([]int32, n)
	for i, was := range order {
		out[i], to[was] = in.out[was], int32(i)
	}
	in.out = out
	for g := range in.groups {
		for s := range in.groups[g].list {
			at := in.groups[g].list[s].at
			for i := range at {
				at[i] = to[at[i]]
			}
		}
	}
}
