package eval

import (
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
			in.in, in.inputs, in.broken, in.unknown = same.in, same.inputs, same.broken, same.unknown || in.unknown
			in.shares = true
			continue
		}
		st.frame.in = in
		if !e.varies {
			st.frame.in = nil
			same, in.shares = in, true
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
		n := len(in.in)
		if same != nil {
			n *= len(st.instances)
		}
		if !ev.room(st, n) {
			st.spoil()
			return
		}
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
			if len(marks) > 0 {
				v = v.WithMarks(marks)
			}
			ok = ev.input(in, &s, e.fr, v, label+"["+strconv.Itoa(i)+"]", x.span) && ok
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
	if bare.Type().Equals(collectionType) && !bare.IsNull() {
		if at != "" {
			var ok bool
			if at, _, ok = ev.path(fr, at, span, label); !ok {
				return false
			}
		}
		return ev.collect(in, s, fr, bare.EncapsulatedValue().(*collection), at, label, span)
	}
	if bare.IsNull() || bare.Type() != cty.String {
		ev.errorf(fr, "E-attribute-type", span, "%s is %s. An input is a path, a list of paths, or an object { path = …, at = … }.", label, kindOf(bare))
		return false
	}
	if f := argfileIn(marks, bare.AsString(), ev.dir); f != nil {
		if at != "" {
			ev.errorf(fr, "E-argfile", span, "%s is a file of arguments, which is made at a place of its own. Leave out at: inputs = { NAME = argfile([…]) }.", label)
			return false
		}
		return ev.argfileInput(in, s, fr, f, label, span)
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

// notInput says what is wrong with an object that has another name than path and at.
func notInput(m map[string]cty.Value, label, name string) string {
	if isInstance(m) {
		return fmt.Sprintf("%s is an instance of a stage, or a module, with all that it makes. Name one output of it, as stage.NAME.outputs.OUTPUT or module.NAME.outputs.OUTPUT.", label)
	}
	for _, v := range m {
		if _, marks := v.UnmarkDeep(); !hasArtifact(marks) {
			return fmt.Sprintf("An input has no %q. It is a path, or an object with path and at: where the command finds it.", name)
		}
	}
	return fmt.Sprintf("%s is a group of outputs. Name one of it, or take all under their own names, as inputs = stage.NAME.outputs.", label)
}

// isInstance reports whether an object is an instance of a stage, as stage.NAME and each are.
func isInstance(m map[string]cty.Value) bool {
	group, ok := m["outputs"]
	return ok && m["key"] != cty.NilVal && isObject(group.Type())
}

// wholeInstance reports whether a value is such an object.
func wholeInstance(v cty.Value) bool {
	return v.IsKnown() && !v.IsNull() && v.Type().IsObjectType() && v.Type().HasAttribute("outputs") && isInstance(v.AsValueMap())
}

func hasArtifact(marks cty.ValueMarks) bool {
	for m := range marks {
		if _, ok := m.(artifactMark); ok {
			return true
		}
	}
	return false
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
			ev.errorf(fr, "E-attribute-unknown", span, "%s", notInput(m, label, n))
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
		ev.errorf(fr, "E-attribute-type", span, "%s.at is %s; it is a path.", label, kindOf(at))
		return v, "", false
	}
	return p.WithMarks(marks), at.AsString(), true
}

// sortInputs orders the inputs by where they stand, each once. Two things cannot
// stand at one place.
func (ev *evaluator) sortInputs(in *instance) {
	list := in.in
	if in.shares || !inPlaceOrder(list) {
		list = byPlace(list)
	}
	out := list[:0]
	for i := range list {
		x := &list[i]
		if n := len(out); n > 0 && out[n-1].At == x.At {
			if !sameSource(&out[n-1], x) && !ev.samePath(&out[n-1], x) {
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

// byPlace returns a sorted copy. An input is large, so that positions are sorted and not
// they themselves.
func byPlace(list []graph.Input) []graph.Input {
	at := make([]int32, len(list))
	for i := range at {
		at[i] = int32(i)
	}
	slices.SortFunc(at, func(i, j int32) int {
		return cmp.Or(placeOrder(&list[i], &list[j]), cmp.Compare(i, j))
	})
	out := make([]graph.Input, len(list))
	for i, from := range at {
		out[i] = list[from]
	}
	return out
}

// inPlaceOrder reports whether a list is sorted as it is: most inputs of a point are few.
func inPlaceOrder(list []graph.Input) bool {
	for i := 1; i < len(list); i++ {
		if placeOrder(&list[i-1], &list[i]) > 0 {
			return false
		}
	}
	return true
}

func placeOrder(a, b *graph.Input) int {
	if c := strings.Compare(a.At, b.At); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(late(a), late(b)), cmp.Compare(a.From, b.From), cmp.Compare(a.Output, b.Output))
}

// assertRead holds marks against the syntax: an edge that nobody wrote is a bug of
// ours, and would be a wrong graph.
func (ev *evaluator) assertRead(in *instance, x *graph.Input) {
	from := ev.instanceAt(x.From).st
	name := from.name
	if from.ev != ev && (in.st.readsOthers || in.parent != nil) {
		return // by module.x, or by a param
	}
	for p := in.parent; p != nil; p = p.parent {
		if p.st.module == nil && p.st.name == name || p.st.module != nil && ev.uses.module(ev, p.st.name).stages[name] {
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

// samePath reports whether two outputs that share one path stand there as
// inputs too. That is the outputs' mistake, which the graph's validation tells.
func (ev *evaluator) samePath(a, b *graph.Input) bool {
	if a.Kind != graph.Artifact || b.Kind != graph.Artifact {
		return false
	}
	path := func(x *graph.Input) string {
		return ev.pathOf(artifactMark{instance: x.From, output: int32(x.Output)})
	}
	return path(a) == path(b)
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
