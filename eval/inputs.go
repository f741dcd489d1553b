package eval

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/zclconf/go-cty/cty"
)

// inputs evaluates the inputs of every instance of a stage.
func (ev *evaluator) inputs(st *stage) {
	if st.inputState != waiting {
		return
	}
	st.inputState = working
	if a := st.block.Attr("inputs"); a != nil {
		e := ev.entries(a, &st.frame, view{base: ev.dir})
		ev.inputsOf(st, e)
	}
	st.frame.in = nil
	st.inputState = good
}

func (ev *evaluator) inputsOf(st *stage, e *entries) {
	var same *instance // what does not vary is made once and shared
	for _, in := range st.instances {
		if same != nil {
			in.in, in.inputs, in.broken = same.in, same.inputs, same.broken
			continue
		}
		st.frame.in = in
		if !e.varies {
			st.frame.in = nil
			same = in
		}
		f, list, known, ok := e.at()
		in.broken = in.broken || !ok
		if !known {
			in.unknown = true
			continue
		}
		in.inputs = &slots{form: f, list: make([]slot, 0, len(list))}
		for _, x := range list {
			if !ev.inputSlot(in, e, x) {
				in.broken = true
			}
		}
		in.in = in.in[:len(in.in):len(in.in)] // shared or not, later inputs are appended to a copy
	}
}

// inputSlot reads one entry of inputs: a path, { path, at }, or a list of them.
func (ev *evaluator) inputSlot(in *instance, e *entries, x entry) bool {
	s := slot{name: x.name, group: inputsGroup}
	label := "inputs." + x.name
	if e.form == single {
		label = "inputs"
	}
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
			ok = ev.input(in, &s, e.fr, v.WithMarks(marks), label+"["+strconv.Itoa(i)+"]", x.span) && ok
		}
	default:
		ok = ev.input(in, &s, e.fr, x.v, label, x.span)
	}
	in.inputs.list = append(in.inputs.list, s)
	return ok
}

// input adds one path to the inputs.
func (ev *evaluator) input(in *instance, s *slot, fr *frame, v cty.Value, label string, span diag.Span) bool {
	at := ""
	bare, marks := v.Unmark()
	if bare.IsKnown() && !bare.IsNull() && isObject(bare.Type()) {
		var ok bool
		if v, at, ok = ev.inputObject(fr, bare, marks, label, span); !ok {
			return false
		}
		bare, marks = v.Unmark()
	}
	if !bare.IsKnown() {
		in.unknown = true
		return true
	}
	if bare.IsNull() || bare.Type() != cty.String {
		ev.errorf(fr, "E-attribute-type", span, "%s is %s. An input is a path, a list of paths, or an object { path = …, at = … }.", label, kindOf(bare))
		return false
	}
	out, ok := ev.resolveInput(fr, bare.AsString(), marks, label, span)
	if !ok {
		return false
	}
	if at != "" {
		if out.At, _, ok = ev.path(fr, at, span, label); !ok {
			return false
		}
	}
	in.in = append(in.in, out)
	s.paths = append(s.paths, out.At)
	return true
}

func kindOf(v cty.Value) string {
	if v.IsNull() {
		return "null"
	}
	return kind(v.Type())
}

// inputObject reads { path, at }.
func (ev *evaluator) inputObject(fr *frame, v cty.Value, marks cty.ValueMarks, label string, span diag.Span) (cty.Value, string, bool) {
	m := v.AsValueMap()
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		if n != "path" && n != "at" {
			ev.errorf(fr, "E-attribute-unknown", span, "An input has no %q. It is a path, or an object with path and at: where the command finds it.", n)
			return v, "", false
		}
	}
	p, ok := m["path"]
	if !ok {
		ev.errorf(fr, "E-attribute-missing", span, "%s has no path.", label)
		return v, "", false
	}
	at, ok := m["at"]
	if !ok {
		return p.WithMarks(marks), "", true
	}
	at, atMarks := at.Unmark()
	if !ev.public(atMarks, fr, span, label+".at") {
		return v, "", false
	}
	if at.IsNull() || !at.IsKnown() {
		return p.WithMarks(marks), "", true
	}
	if at.Type() != cty.String {
		ev.errorf(fr, "E-attribute-type", span, "%s.at is %s; it is a path.", label, kind(at.Type()))
		return v, "", false
	}
	return p.WithMarks(marks), at.AsString(), true
}

// resolveInput says what a path in inputs stands for. A list that functions put
// together carries the marks of all its paths on each; the one whose path this is counts.
func (ev *evaluator) resolveInput(fr *frame, s string, marks cty.ValueMarks, label string, span diag.Span) (graph.Input, bool) {
	var none graph.Input
	if !ev.public(marks, fr, span, label) {
		return none, false
	}
	p, _, ok := ev.path(fr, s, span, label)
	if !ok {
		return none, false
	}
	if p == "." {
		ev.errorf(fr, "E-path-reserved", span, "%s is the whole project, with everything that stages make. Name what the command reads, or use glob(\"src/**\").", label)
		return none, false
	}
	in := graph.Input{Label: label, At: p, Kind: graph.Workspace, Path: p, Span: span}
	var o origins
	o.add(marks)
	switch found, ok := ev.origin(&in, &o, p); {
	case ok || o.empty():
		return in, true
	case found != "":
		ev.errorf(fr, "E-input-origin", span, "%s is the path %s, which is made of %s but is neither that nor inside it. Write a path as text if it is a file of the workspace.", label, quoteJSON(s), found)
		return none, false
	}
	return in, true
}

// origin makes in the artifact, the data or the file that p is, if one of o is it.
// Otherwise it names one of o.
func (ev *evaluator) origin(in *graph.Input, o *origins, p string) (found string, ok bool) {
	best := -1 // the longest path that p is in wins, whatever the order of marks
	for _, m := range o.artifacts {
		out := ev.outputOf(m)
		found = ev.artifactName(m)
		sub, is := within(out.Path, p)
		if !is || sub != "" && !out.Dir || len(out.Path) <= best {
			continue
		}
		best = len(out.Path)
		*in = graph.Input{Label: in.Label, At: p, Kind: graph.Artifact, From: m.instance, Output: int(m.output), Sub: sub, Span: in.Span}
	}
	for _, m := range o.files {
		if m.path == p {
			in.Kind, in.Path = graph.Workspace, p
			if m.data >= 0 {
				in.Data, in.Reference = ev.data[m.data].block.Name, true
			}
			return "", true
		}
		found = m.path
	}
	for _, m := range o.data {
		d := &ev.data[m.index]
		if _, is := within(d.path, p); is && len(d.path) > best {
			best = len(d.path)
			*in = graph.Input{Label: in.Label, At: p, Kind: graph.Workspace, Path: p, Data: d.block.Name, Reference: true, Span: in.Span}
		}
		found = "data." + d.block.Name
	}
	return found, best >= 0
}

// instanceAt returns an instance by id; points of all stages are known by then.
func (ev *evaluator) instanceAt(id graph.ID) *instance {
	i := sort.Search(len(ev.order), func(i int) bool { return ev.order[i].first > id }) - 1
	for i > 0 && len(ev.order[i].instances) == 0 {
		i--
	}
	return ev.order[i].instances[id-ev.order[i].first]
}

func (ev *evaluator) outputOf(m artifactMark) *graph.Output {
	return &ev.instanceAt(m.instance).out[m.output]
}

func (ev *evaluator) artifactName(m artifactMark) string {
	o := ev.outputOf(m)
	return fmt.Sprintf("stage.%s.%s.%s", ev.instanceAt(m.instance).st.name, o.Group, o.Name)
}

// depend adds what the marks of a value make it depend on: a path in a command is a
// dependency even if no input says so.
func (ev *evaluator) depend(in *instance, marks cty.ValueMarks, label string, span diag.Span) {
	var o origins
	o.add(marks)
	if o.empty() {
		return
	}
	for _, m := range o.artifacts {
		if m.instance == in.id() {
			continue // what a stage makes is never its own input
		}
		p := ev.outputOf(m).Path
		in.depend(graph.Input{Label: label, At: p, Kind: graph.Artifact, From: m.instance, Output: int(m.output), Span: span})
	}
	for _, m := range o.data {
		d := &ev.data[m.index]
		in.depend(graph.Input{Label: label, At: d.path, Kind: graph.Workspace, Path: d.path, Data: d.block.Name, Reference: true, Span: span})
	}
	for _, m := range o.files {
		x := graph.Input{Label: label, At: m.path, Kind: graph.Workspace, Path: m.path, Span: span}
		if m.data >= 0 {
			x.Data, x.Reference = ev.data[m.data].block.Name, true
		}
		in.depend(x)
	}
}

// depend adds an input; sortInputs finds out whether it was there already.
func (in *instance) depend(x graph.Input) { in.in = append(in.in, x) }

func sameSource(a, b *graph.Input) bool {
	return a.Kind == b.Kind && a.Path == b.Path && a.From == b.From && a.Output == b.Output && a.Sub == b.Sub && bytes.Equal(a.Bytes, b.Bytes)
}

// sortInputs orders the inputs by where they stand, each once. Two things cannot
// stand at one place.
func (ev *evaluator) sortInputs(in *instance) {
	list := append([]graph.Input(nil), in.in...)
	slices.SortStableFunc(list, func(a, b graph.Input) int {
		if c := strings.Compare(a.At, b.At); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(late(&a), late(&b)), cmp.Compare(a.From, b.From), cmp.Compare(a.Output, b.Output))
	})
	out := list[:0]
	for i := range list {
		x := &list[i]
		if n := len(out); n > 0 && out[n-1].At == x.At {
			if !sameSource(&out[n-1], x) {
				ev.collision(in, &out[n-1], x)
			}
			continue
		}
		if x.Kind == graph.Artifact {
			ev.assertRead(in, x)
		}
		out = append(out, *x)
	}
	in.in = out
}

// assertRead holds marks against the syntax: an edge that nobody wrote is a bug of
// ours, and would be a wrong graph.
func (ev *evaluator) assertRead(in *instance, x *graph.Input) {
	name := ev.instanceAt(x.From).st.name
	for p := in.parent; p != nil; p = p.parent {
		if p.st.name == name {
			return
		}
	}
	if !in.st.reads[name] {
		panic(fmt.Sprintf("eval.sortInputs: stage %s depends on stage %s, which it does not refer to", in.st.name, name))
	}
}

// late puts what was declared before what was found out.
func late(x *graph.Input) int {
	switch {
	case strings.HasPrefix(x.Label, string(inputsGroup)):
		return 0
	case x.Label == "params":
		return 1
	}
	return 2
}

func (ev *evaluator) collision(in *instance, a, b *graph.Input) {
	advice := "Give one of them another place with { path = …, at = … }, or leave one out."
	if a.Kind == graph.Literal || b.Kind == graph.Literal {
		advice = "The attribute params writes that file already: leave it out of the inputs."
	}
	ev.reports.add(diag.Diagnostic{
		Code: "E-input-collision", Span: b.Span,
		Detail: fmt.Sprintf("%s and %s both stand at %s where the command runs. %s", a.Label, b.Label, a.At, advice),
		Notes:  []diag.Note{{Span: a.Span, Text: a.Label + " is here"}},
	}, &in.st.frame)
}

// spanOf is where an attribute's value is written.
func spanOf(a *lang.Attr) diag.Span { return lang.Span(a.Expr.Range()) }
