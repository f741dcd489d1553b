package eval

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// A function block is compiled once. Its parameters become nodes that look into the
// arguments of the call that goes on: as nothing calls itself, there is one at a time,
// and a call builds no scope.

// userFunction is a function block, made ready.
type userFunction struct {
	name   string
	params []lang.FunctionParam
	fields []param.Field // the types of params
	result param.Type
	body   *compiled
	args   []cty.Value // of the call that goes on
	broken bool        // its declaration is wrong, and that is reported
	called bool
}

// function returns the function of the pipeline called name, or nil. It is made ready
// when it is first asked for.
func (ev *evaluator) function(name string) *userFunction {
	if f, ok := ev.funcs[name]; ok || ev.pipe == nil {
		return f
	}
	if ev.funcs == nil {
		ev.funcs = make(map[string]*userFunction, len(ev.pipe.Functions))
	}
	for _, b := range ev.pipe.Functions {
		if b.Name == name {
			return ev.newFunction(b)
		}
	}
	return nil
}

func (ev *evaluator) newFunction(b *lang.Block) *userFunction {
	f := &userFunction{name: b.Name}
	ev.funcs[b.Name] = f
	f.params, _ = lang.FunctionParams(b) // lang reports what is wrong with them
	report := func(ds diag.List) {
		for _, d := range ds {
			d.Subject = b.Subject()
			ev.reports.add(d, nil)
		}
		f.broken = f.broken || ds.HasErrors()
	}
	for _, p := range f.params {
		field, ds := param.ParseField(p.Name, p.Type, p.Optional, p.Default)
		f.fields = append(f.fields, field)
		report(ds)
	}
	if a := b.Attr("type"); a != nil {
		ty, ds := param.ParseType(a.Expr)
		f.result = ty
		report(ds)
	}
	if !f.broken {
		// No reference in it means anything outside, so it is the same under every view.
		c := &compiler{ev: ev, view: view{base: ev.dir}, within: f}
		f.body = c.compiled(b.Attr("result").Expr.(hclsyntax.Expression), b.Subject())
	}
	return f
}

// unused evaluates functions that nobody calls, with arguments that are not known, so
// that what is wrong with all arguments is found when it is written.
func (ev *evaluator) unused() {
	for _, b := range ev.pipe.Functions {
		f := ev.function(b.Name)
		if f.called || f.broken {
			continue
		}
		args := make([]cty.Value, len(f.fields))
		for i := range f.fields {
			args[i] = cty.UnknownVal(f.fields[i].Type.Cty())
		}
		v, ds := f.body.run(f, args)
		if len(ds) > 0 && ev.take(ds, f.body) {
			continue
		}
		if _, err := f.result.Conform(v, "The result"); err != nil {
			ev.reports.add(diag.Diagnostic{Code: "E-function-result", Span: lang.Span(f.body.expr.Range()), Subject: b.Subject(), Detail: sentence(err)}, nil)
		}
	}
}

// run evaluates a body with arguments.
func (x *compiled) run(f *userFunction, args []cty.Value) (cty.Value, hcl.Diagnostics) {
	before := f.args
	f.args = args
	v, ds := x.expr.Value(x.ev.ctx)
	f.args = before
	return v, ds
}

// argExpr is a parameter in the body of its function.
type argExpr struct {
	hclsyntax.Expression
	f *userFunction
	i int
}

func (e *argExpr) Value(*hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	return e.f.args[e.i], nil
}

// argument compiles the name of a parameter, if it is one.
func (c *compiler) argument(e *hclsyntax.ScopeTraversalExpr) (hclsyntax.Expression, bool) {
	if c.within == nil {
		return nil, false
	}
	root := e.Traversal.RootName()
	for i := range c.within.params {
		if c.within.params[i].Name != root {
			continue
		}
		c.asked++
		arg := &argExpr{Expression: e, f: c.within, i: i}
		if len(e.Traversal) == 1 {
			return arg, true
		}
		return &relExpr{Expression: e, source: arg, steps: e.Traversal[1:]}, true
	}
	return nil, false
}

// callExpr is the call of a function of the pipeline.
type callExpr struct {
	hclsyntax.Expression
	ev     *evaluator
	f      *userFunction
	args   []hclsyntax.Expression
	spread bool // the last argument is a list of arguments
}

// maxCalls is how many calls one call may lead to. A function that calls another
// twice, which calls a third twice, and so on, would else never end.
const maxCalls = 1_000_000

// allCalls is how many calls one evaluation may make, of all functions together.
const allCalls = 5_000_000

func (e *callExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	e.f.called = true
	if e.f.broken {
		return cty.DynamicVal, poisoned()
	}
	args, ds := e.arguments(ctx)
	if ds.HasErrors() {
		return cty.DynamicVal, ds
	}
	if e.ev.calling == 0 {
		e.ev.calls = 0
	}
	e.ev.calls++
	e.ev.family.going()
	all := &e.ev.family.calls
	switch *all++; {
	case *all > allCalls+1, e.ev.calls > maxCalls+1:
		return cty.DynamicVal, poisoned() // that was said
	case *all > allCalls:
		return cty.DynamicVal, fault("E-function-calls", e.Range(), nil, "Evaluating the pipeline takes more than %d calls of functions, and this is one more. Which functions are called at every point, or at every turn of a for expression? What is the same each time belongs into a local.", allCalls)
	case e.ev.calls > maxCalls:
		return cty.DynamicVal, fault("E-function-calls", e.Range(), nil, "One call of a function leads to more than %d others. Does each of several functions call the one before it more than once?", maxCalls)
	}
	e.ev.calling++
	v, ds := e.f.body.run(e.f, args)
	e.ev.calling--
	if len(ds) > 0 {
		ds = e.within(ds, args)
	}
	if ds.HasErrors() {
		return cty.DynamicVal, ds
	}
	out, err := e.f.result.Conform(v, "The result of "+e.f.name)
	if err != nil {
		wrong := fault("E-function-result", e.f.body.expr.Range(), nil, "%s", sentence(err))
		return cty.DynamicVal, append(ds, e.within(wrong, args)...)
	}
	return out, ds
}

// arguments evaluates the arguments of a call, in order, and fills in what was left out.
func (e *callExpr) arguments(ctx *hcl.EvalContext) ([]cty.Value, hcl.Diagnostics) {
	var ds hcl.Diagnostics
	args := make([]cty.Value, 0, len(e.f.params))
	places := make([]hclsyntax.Expression, 0, len(e.f.params))
	for i, a := range e.args {
		v, more := a.Value(ctx)
		if ds = append(ds, more...); more.HasErrors() {
			continue
		}
		if !e.spread || i < len(e.args)-1 {
			args, places = append(args, v), append(places, a)
			continue
		}
		bare, marks := v.Unmark()
		if bare.IsNull() || bare.IsKnown() && !isList(bare.Type()) {
			return nil, fault("E-call", a.Range(), nil, "Before ... stands a list, whose elements are the arguments, not %s.", kindOf(bare))
		}
		if !bare.IsKnown() {
			for len(args) < len(e.f.params) {
				args, places = append(args, cty.DynamicVal), append(places, a)
			}
			continue
		}
		for _, elem := range bare.AsValueSlice() {
			args, places = append(args, elem.WithMarks(marks)), append(places, a)
		}
	}
	if ds.HasErrors() {
		return nil, ds
	}
	return e.typed(args, places, ds)
}

// typed gives the arguments the types of the parameters.
func (e *callExpr) typed(args []cty.Value, places []hclsyntax.Expression, ds hcl.Diagnostics) ([]cty.Value, hcl.Diagnostics) {
	given := len(args)
	for i := range e.f.fields {
		f := &e.f.fields[i]
		if i >= given {
			if !f.Optional {
				return nil, fault("E-call", e.Range(), e.declared(0), "%s", lang.ArgumentCount(e.f.name, e.f.params, given))
			}
			args = append(args, f.Absent())
			continue
		}
		if bare, marks := args[i].Unmark(); f.Optional && bare.IsNull() {
			args[i] = f.Absent().WithMarks(marks)
			continue
		}
		v, err := f.Type.Conform(args[i], f.Name)
		if err != nil {
			ds = append(ds, fault("E-call", places[i].Range(), e.declared(i), "%s: %s", e.f.name, sentence(err))...)
			continue
		}
		args[i] = v
	}
	if given > len(e.f.fields) {
		return nil, fault("E-call", e.Range(), e.declared(0), "%s", lang.ArgumentCount(e.f.name, e.f.params, given))
	}
	return args, ds
}

// declared notes where a parameter is declared.
func (e *callExpr) declared(i int) []diag.Note {
	if i >= len(e.f.params) {
		return nil
	}
	return []diag.Note{{Span: e.f.params[i].Span, Text: e.f.params[i].Name + " is declared here"}}
}

// mostNotes is how many calls are noted under a mistake, the innermost first.
const mostNotes = 4

// within adds to what went wrong in the body where it was called.
func (e *callExpr) within(ds hcl.Diagnostics, args []cty.Value) hcl.Diagnostics {
	var out hcl.Diagnostics
	for _, d := range unwrapped(ds) {
		if _, ok := d.Extra.(poison); ok {
			out = append(out, d)
			continue
		}
		x := fromHCL(d)
		c := coded{code: x.Code, notes: x.Notes, inFunction: true}
		if was, ours := d.Extra.(coded); ours {
			c.withheld = was.withheld
		} else {
			c.withheld = withheld(d)
		}
		if len(c.notes) < mostNotes {
			c.notes = append(c.notes[:len(c.notes):len(c.notes)], e.note(args))
		}
		n := *d
		n.Detail, n.Extra = x.Detail, c
		out = append(out, &n)
	}
	return out
}

// said reports whether a mistake in a function was reported for another place that calls
// it: it is one mistake, wherever it shows.
func (ev *evaluator) said(d diag.Diagnostic, fr *frame) bool {
	at := ev.pipe.Settings // any place outside of stages
	id := groupID{code: d.Code, span: d.Span, text: d.Detail}
	if fr != nil {
		at = fr.st.block
	}
	first, known := ev.bodies[id]
	if !known {
		if ev.bodies == nil {
			ev.bodies = map[groupID]*lang.Block{}
		}
		ev.bodies[id] = at
	}
	return known && first != at
}

// note says which call it was, and with what.
func (e *callExpr) note(args []cty.Value) diag.Note {
	var words []string
	for i, a := range args {
		if text, ok := shown(a); ok {
			words = append(words, e.f.params[i].Name+" = "+text)
		}
	}
	text := "called here"
	if len(words) > 0 {
		text += fmt.Sprintf(", with %s", strings.Join(words, ", "))
	}
	return diag.Note{Span: lang.Span(e.Range()), Text: text}
}
