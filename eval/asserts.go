package eval

import (
	"fmt"
	"slices"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// A condition on results is evaluated when there are results (results.go), perhaps by
// another process years later. So an instance carries it as text, with the values of
// what it refers to. Here it is evaluated as far as it goes without results, so that
// most mistakes are found before anything runs.

// assertion is an assert block, made ready.
type assertion struct {
	condition, message *compiled
	functions          string // the text of those that it calls
	varies             bool   // what it refers to may differ from point to point
	out                graph.Assert
	done               bool // out is that of all points
}

func (ev *evaluator) assertions(st *stage, vw view) []*assertion {
	vw.results = true
	var out []*assertion
	for _, b := range st.block.Blocks {
		condition, message := b.Attr("condition"), b.Attr("error")
		if b.Kind != "assert" || condition == nil || message == nil {
			continue
		}
		x := &assertion{
			condition: ev.compile(condition.Expr, &st.frame, vw, st.subject()),
			message:   ev.compile(message.Expr, &st.frame, vw, st.subject()),
			out: graph.Assert{
				Condition: ev.pipe.Text(condition.Expr.Range()),
				Error:     ev.pipe.Text(message.Expr.Range()),
				Span:      lang.Span(condition.Expr.Range()),
			},
		}
		x.functions = ev.functionText(ev.callees(condition.Expr, message.Expr))
		for _, r := range x.refs() {
			x.varies = x.varies || r.root == "each"
		}
		for _, a := range []*lang.Attr{condition, message} {
			ev.noFiles(st, a)
		}
		out = append(out, x)
	}
	return out
}

func (x *assertion) refs() []*refExpr { return slices.Concat(x.condition.refs, x.message.refs) }

// noFiles reports functions that read the project: it is another one by the time that
// the condition is checked.
func (ev *evaluator) noFiles(st *stage, a *lang.Attr) {
	exprs := []hcl.Expression{a.Expr}
	for _, f := range ev.callees(a.Expr) {
		exprs = append(exprs, f.Attr("result").Expr)
	}
	for _, e := range exprs {
		for _, call := range lang.Calls(e) {
			if findsFiles(call.Name) || readsFile(call.Name) {
				ev.errorf(&frame{st: st}, "E-ref-scope", call.Span, "An assert sees results, params and the point, and no files. Put %s into a local.", call.Name)
			}
		}
	}
}

// at checks an assertion at the frame's point and adds it to the instance.
func (x *assertion) at(ev *evaluator, to *graph.Instance, in *instance) {
	if !x.check(ev, in) {
		return
	}
	if !x.done && !x.fill(ev, in) {
		return
	}
	x.done = !x.varies
	to.Asserts = append(to.Asserts, x.out)
}

// check evaluates what can be evaluated without results.
func (x *assertion) check(ev *evaluator, in *instance) bool {
	fr := x.condition.fr
	v, ok := x.condition.value()
	if v, _ = v.UnmarkDeep(); ok && (v.IsNull() || v.Type() != cty.Bool && v.Type() != cty.DynamicPseudoType) {
		ev.errorf(fr, "E-condition", x.out.Span, "The condition is %s. It must be true or false.", kindOf(v))
		ok = false
	}
	m, good := x.message.value()
	if m, _ = m.UnmarkDeep(); good && (m.IsNull() || m.Type() != cty.String && m.Type() != cty.DynamicPseudoType) {
		ev.errorf(fr, "E-attribute-type", lang.Span(x.message.expr.Range()), "The error of an assert is a text; this is %s.", kindOf(m))
		good = false
	}
	return ok && good && !in.unknown
}

// fill finds what the assertion refers to.
func (x *assertion) fill(ev *evaluator, in *instance) bool {
	var scope scopePart
	read := map[string]bool{}
	ok := true
	for _, r := range x.refs() {
		if r.root == "metrics" {
			ok = x.metrics(ev, in, r, read) && ok
			continue
		}
		v, used, ds := r.resolve()
		if ds.HasErrors() {
			continue // the branch that asks for it was not taken
		}
		path, v := fixedPart(v, r.steps, used)
		bare, marks := v.UnmarkDeep()
		if !ev.public(marks, r.fr, lang.Span(r.Range()), "an assert") {
			ok = false
			continue
		}
		if bare.IsWhollyKnown() {
			scope.put(path, bare)
		}
	}
	if x.functions != "" {
		scope.put([]string{functionScope}, cty.StringVal(x.functions))
	}
	x.out.Scope = scope.json()
	x.out.Metrics = nil
	for name := range read {
		x.out.Metrics = append(x.out.Metrics, name)
	}
	slices.Sort(x.out.Metrics)
	return ok
}

// metrics notes which outputs a reference to metrics reads.
func (x *assertion) metrics(ev *evaluator, in *instance, r *refExpr, read map[string]bool) bool {
	slots := in.made(graph.Metrics)
	if slots.form != named {
		ev.errorf(r.fr, "E-attribute-type", lang.Span(r.Range()), "Metrics that an assert reads have names: metrics = { scores = \"scores.json\" }.")
		return false
	}
	name := fixedName(r.steps)
	for i := range slots.list {
		s := &slots.list[i]
		if name != "" && s.name != name {
			continue
		}
		for _, at := range s.at {
			o := &in.out[at]
			if o.Dir {
				ev.errorf(r.fr, "E-attribute-type", lang.Span(r.Range()), "metrics.%s is a directory. An assert reads what is in a file.", o.Name)
				return false
			}
			read[o.Name] = true
		}
	}
	return true
}

// result resolves metrics before there are any: nothing is known but the names.
func (r *refExpr) result() (cty.Value, int, hcl.Diagnostics) {
	in, name := r.fr.in, fixedName(r.steps)
	if in == nil || in.unknown || in.broken || name == "" {
		return cty.DynamicVal, len(r.steps), nil
	}
	slots := in.made(graph.Metrics)
	if slots.form == named && slots.slot(name) == nil {
		names := make([]string, len(slots.list))
		for i := range slots.list {
			names[i] = slots.list[i].name
		}
		return cty.DynamicVal, len(r.steps), fault("E-value-attribute", r.rng(), nil, "There is no metrics.%s. %s", name, offer(name, names))
	}
	return cty.DynamicVal, len(r.steps), nil
}

// fixedName is the name after the root, with a dot or in brackets; "" if there is none.
func fixedName(steps hcl.Traversal) string {
	if len(steps) < 2 {
		return ""
	}
	return stepName(steps[1])
}

func stepName(s hcl.Traverser) string {
	switch s := s.(type) {
	case hcl.TraverseAttr:
		return s.Name
	case hcl.TraverseIndex:
		if s.Key.IsKnown() && !s.Key.IsNull() && s.Key.Type() == cty.String {
			return s.Key.AsString()
		}
	}
	return ""
}

// fixedPart follows a reference from v, which is what its first steps are, as far as
// it goes through names.
func fixedPart(v cty.Value, steps hcl.Traversal, used int) ([]string, cty.Value) {
	path := []string{steps[0].(hcl.TraverseRoot).Name}
	for _, s := range steps[1:min(used, len(steps))] {
		path = append(path, stepName(s))
	}
	for _, s := range steps[min(used, len(steps)):] {
		name := stepName(s)
		bare, marks := v.Unmark()
		if name == "" || bare.IsNull() || !bare.IsKnown() || !isObject(bare.Type()) {
			break
		}
		part, ok := bare.AsValueMap()[name]
		if !ok {
			break
		}
		path, v = append(path, name), part.WithMarks(marks)
	}
	return path, v
}

// pointOnly is each as an assert sees it.
func (in *instance) pointOnly() cty.Value {
	m := map[string]cty.Value{"key": cty.StringVal(in.key)}
	for _, a := range in.point.Axes {
		m[a.Name] = a.Value
	}
	for n, v := range in.allExtras() {
		m[n] = v
	}
	return cty.ObjectVal(m)
}

// functionScope is where the text of functions is among what an assertion refers to.
const functionScope = "function"

// scopePart is a part of what an assertion refers to: a value, or parts by name.
type scopePart struct {
	value string // JSON
	parts map[string]*scopePart
}

// put adds a value; what is there as a whole already stays so.
func (p *scopePart) put(path []string, v cty.Value) {
	if p.value != "" {
		return
	}
	if len(path) == 0 {
		p.value, p.parts = jsonText(v), nil
		return
	}
	if p.parts == nil {
		p.parts = map[string]*scopePart{}
	}
	inner := p.parts[path[0]]
	if inner == nil {
		inner = &scopePart{}
		p.parts[path[0]] = inner
	}
	inner.put(path[1:], v)
}

func (p *scopePart) json() string {
	if p.value != "" {
		return p.value
	}
	names := make([]string, 0, len(p.parts))
	for n := range p.parts {
		names = append(names, n)
	}
	slices.Sort(names)
	out := "{"
	for i, n := range names {
		if i > 0 {
			out += ","
		}
		out += fmt.Sprintf("%s:%s", quoteJSON(n), p.parts[n].json())
	}
	return out + "}"
}
