package eval

import (
	"strings"

	"github.com/dewar-build/dewar/builtins"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// The nodes here replace hcl's where its meaning is not ours. Each embeds the
// node it replaces for everything but Value.

// memoExpr remembers the value of an expression that is the same at every point.
type memoExpr struct {
	hclsyntax.Expression
	done bool
	val  cty.Value
	ds   hcl.Diagnostics
}

func (e *memoExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if !e.done {
		e.val, e.ds = e.Expression.Value(ctx)
		e.done = true
	}
	return e.val, e.ds
}

// condExpr evaluates the chosen branch only and gives its value as it is. hcl's
// evaluates both and converts them to one type, so that `x ? ["a"] : []` and
// `x ? 1 : "one"` change their values, and a mistake in the other branch counts.
type condExpr struct {
	hclsyntax.Expression
	cond, yes, no hclsyntax.Expression
}

func (e *condExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	c, marks, ds := truth(e.cond, ctx)
	if ds.HasErrors() {
		return cty.DynamicVal, ds
	}
	branch := e.no
	switch {
	case !c.IsKnown():
		return cty.DynamicVal.WithMarks(marks), ds
	case c.True():
		branch = e.yes
	}
	v, more := branch.Value(ctx)
	return v.WithMarks(marks), append(ds, more...)
}

// truth evaluates a condition. The marks are those that what it decides must
// carry.
func truth(e hclsyntax.Expression, ctx *hcl.EvalContext) (cty.Value, cty.ValueMarks, hcl.Diagnostics) {
	v, ds := e.Value(ctx)
	if ds.HasErrors() {
		return cty.DynamicVal, nil, ds
	}
	v, marks := v.Unmark()
	switch {
	case v.IsNull():
		return v, nil, fault("E-condition", e.Range(), nil, "The condition is null. It must be true or false.")
	case !v.IsKnown() && (v.Type() == cty.Bool || v.Type() == cty.DynamicPseudoType):
		return cty.UnknownVal(cty.Bool), secrecy(marks), ds
	case v.Type() != cty.Bool:
		return v, nil, fault("E-condition", e.Range(), nil, "The condition is %s. It must be true or false.", kindOf(v))
	}
	return v, secrecy(marks), ds
}

// logicExpr is && and ||: the right side is evaluated only if the left side does
// not decide.
type logicExpr struct {
	hclsyntax.Expression
	left, right hclsyntax.Expression
	stop        bool // the value of the left side that decides
}

func (e *logicExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	l, lm, ds := truth(e.left, ctx)
	if ds.HasErrors() || l.IsKnown() && l.True() == e.stop {
		return l.WithMarks(lm), ds
	}
	r, rm, more := truth(e.right, ctx)
	ds = append(ds, more...)
	if ds.HasErrors() {
		return cty.UnknownVal(cty.Bool), ds
	}
	if !l.IsKnown() && !(r.IsKnown() && r.True() == e.stop) {
		r = cty.UnknownVal(cty.Bool)
	}
	return r.WithMarks(lm, rm), ds
}

// textExpr turns a number or a bool into its text; anything else passes.
type textExpr struct{ hclsyntax.Expression }

func (e *textExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, ds := e.Expression.Value(ctx)
	if ds.HasErrors() || v.Type() != cty.Number {
		return v, ds
	}
	bare, marks := v.Unmark()
	if bare.IsNull() || !bare.IsKnown() {
		return v, ds
	}
	s, err := text(bare)
	if err != nil {
		return cty.DynamicVal, fault("E-template", e.Range(), nil, "This is %s, which has no text.", err)
	}
	return cty.StringVal(s).WithMarks(marks), ds
}

// boxExpr puts a list or an object into a box, for a function. What is the same at every point
// stays in one box, which remembers what was looked for in it.
type boxExpr struct {
	hclsyntax.Expression
	same  bool
	boxed cty.Value // the zero value: there is none yet
}

func (e *boxExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if e.boxed != cty.NilVal {
		return e.boxed, nil
	}
	v, ds := e.Expression.Value(ctx)
	if ds.HasErrors() {
		return v, ds
	}
	v = builtins.Box(v)
	if e.same && len(ds) == 0 {
		e.boxed = v
	}
	return v, ds
}

// templateExpr is "…${x}…". Its text carries the marks of all its parts.
type templateExpr struct {
	hclsyntax.Expression
	parts []hclsyntax.Expression
}

func (e *templateExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	var b strings.Builder
	var all []cty.ValueMarks
	var ds hcl.Diagnostics
	known := true
	for _, p := range e.parts {
		v, more := p.Value(ctx)
		ds = append(ds, more...)
		if more.HasErrors() {
			continue
		}
		bare, marks := v.Unmark()
		if len(marks) > 0 {
			all = append(all, marks)
		}
		if !bare.IsKnown() {
			known = false
			continue
		}
		s, more := interpolated(bare, p)
		ds = append(ds, more...)
		if b.Len()+len(s) > builtins.LongestText {
			return cty.DynamicVal, fault("E-template", e.Range(), nil, "The text would be longer than 64 MiB.")
		}
		b.WriteString(s)
	}
	switch {
	case ds.HasErrors():
		return cty.DynamicVal, ds
	case !known:
		return cty.UnknownVal(cty.String).WithMarks(all...), ds
	}
	return cty.StringVal(b.String()).WithMarks(all...), ds
}

// interpolated returns the text of a part of a template.
func interpolated(v cty.Value, p hclsyntax.Expression) (string, hcl.Diagnostics) {
	if v.IsNull() {
		return "", fault("E-template", p.Range(), nil, "The value is null, which has no text.")
	}
	s, err := text(v)
	if err != nil {
		return "", fault("E-template", p.Range(), nil, "The value is %s. Use join(\" \", …), jsonencode(…) or a part of it.", err)
	}
	return s, nil
}

// joinExpr is a %{for} directive: it joins the texts of its turns.
type joinExpr struct {
	hclsyntax.Expression
	tuple  hclsyntax.Expression
	script bool // the turns are pieces of a script
}

func (e *joinExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, ds := e.tuple.Value(ctx)
	if ds.HasErrors() {
		return cty.DynamicVal, ds
	}
	v, marks := v.Unmark()
	if !v.IsKnown() || !v.Type().IsTupleType() {
		return cty.UnknownVal(cty.String).WithMarks(marks), ds
	}
	turns := v.AsValueSlice()
	if e.script {
		return joinPieces(turns).WithMarks(marks), ds
	}
	parts := make([]hclsyntax.Expression, len(turns))
	for i, t := range turns {
		parts[i] = &hclsyntax.LiteralValueExpr{Val: t, SrcRange: e.Range()}
	}
	s, more := (&templateExpr{Expression: e.Expression, parts: parts}).Value(ctx)
	return s.WithMarks(marks), append(ds, more...)
}

// relExpr follows attributes and indexes from a value.
type relExpr struct {
	hclsyntax.Expression
	source hclsyntax.Expression
	steps  hcl.Traversal
}

func (e *relExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, ds := e.source.Value(ctx)
	if ds.HasErrors() {
		return cty.DynamicVal, ds
	}
	v, more := follow(v, e.steps)
	return v, append(ds, more...)
}

// follow walks from v along steps.
func follow(v cty.Value, steps hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	before := v
	for i, step := range steps {
		was := v
		var ds hcl.Diagnostics
		switch step := step.(type) {
		case hcl.TraverseAttr:
			v, ds = attribute(v, step)
		case hcl.TraverseIndex:
			v, ds = index(v, step.Key, step.SrcRange)
		default:
			v, ds = step.TraversalStep(v)
		}
		if ds.HasErrors() {
			if more := absentOf(before, steps, i); more != nil {
				ds = more
			}
			return cty.DynamicVal, ds
		}
		before = was
	}
	return v, nil
}

// attribute returns v.name; unlike hcl it knows what may have been meant.
func attribute(v cty.Value, step hcl.TraverseAttr) (cty.Value, hcl.Diagnostics) {
	t := v.Type()
	switch {
	case t.Equals(instanceType):
		return cty.DynamicVal, dynamic(step.SrcRange)
	case t.IsObjectType() && !t.HasAttribute(step.Name):
		names := make([]string, 0, len(t.AttributeTypes()))
		for n := range t.AttributeTypes() {
			names = append(names, n)
		}
		return cty.DynamicVal, fault("E-value-attribute", step.SrcRange, nil, "There is no %q here. %s", step.Name, offer(step.Name, names))
	}
	return hcl.GetAttr(v, step.Name, &step.SrcRange)
}

func dynamic(at hcl.Range) hcl.Diagnostics {
	return fault("E-points-dynamic", at, nil,
		"The points of a stage cannot depend on what stages make: the graph is fixed before anything runs. Use axes, params, locals and tracked data here.")
}
