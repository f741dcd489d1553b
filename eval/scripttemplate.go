package eval

import (
	"reflect"

	"github.com/dewar-build/dewar/eval/script"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// A script is a template whose interpolations must be quoted for the shell, so it
// cannot be joined to a text as it is evaluated. Its nodes give pieces instead:
// the parts of a script with where each was written, in a capsule.

type pieces struct {
	parts []script.Part
	at    []hclsyntax.Expression
}

var piecesType = cty.Capsule("script", reflect.TypeFor[pieces]())

func (p *pieces) add(part script.Part, at hclsyntax.Expression) {
	p.parts = append(p.parts, part)
	p.at = append(p.at, at)
}

func joinPieces(turns []cty.Value) cty.Value {
	var all pieces
	var marks []cty.ValueMarks
	for _, t := range turns {
		t, m := t.Unmark()
		marks = append(marks, m)
		if !t.IsKnown() {
			return cty.DynamicVal.WithMarks(marks...)
		}
		p := t.EncapsulatedValue().(*pieces)
		all.parts = append(all.parts, p.parts...)
		all.at = append(all.at, p.at...)
	}
	return cty.CapsuleVal(piecesType, &all).WithMarks(marks...)
}

// scriptExpr gives the pieces of a template.
type scriptExpr struct {
	hclsyntax.Expression
	parts []hclsyntax.Expression
	how   []partKind
}

type partKind uint8

const (
	valuePart partKind = iota // an interpolation
	rawPart                   // raw(x): its argument
	textPart                  // text of the script
	innerPart                 // a directive, which gives pieces itself
)

// scriptTemplate compiles a template of a script.
func (c *compiler) scriptTemplate(e *hclsyntax.TemplateExpr) (hclsyntax.Expression, bool) {
	n := &scriptExpr{Expression: e, parts: make([]hclsyntax.Expression, len(e.Parts)), how: make([]partKind, len(e.Parts))}
	varies := false
	for i, p := range e.Parts {
		inner, how, v := c.scriptPart(p)
		n.parts[i], n.how[i] = inner, how
		varies = varies || v
	}
	return n, varies
}

func (c *compiler) scriptPart(p hclsyntax.Expression) (hclsyntax.Expression, partKind, bool) {
	switch p := p.(type) {
	case *hclsyntax.LiteralValueExpr:
		if p.Val.Type() == cty.String {
			return p, textPart, false
		}
	case *hclsyntax.ConditionalExpr:
		// A %{if} differs from ${a ? b : c} in beginning before its condition.
		if p.SrcRange.Start.Byte < p.Condition.Range().Start.Byte {
			n := &condExpr{Expression: p}
			var a, b, d bool
			n.cond, a = c.plain(p.Condition)
			n.yes, b = c.node(p.TrueResult)
			n.no, d = c.node(p.FalseResult)
			return n, innerPart, a || b || d
		}
	case *hclsyntax.TemplateJoinExpr:
		if loop, ok := p.Tuple.(*hclsyntax.ForExpr); ok {
			n, varies := c.scriptLoop(loop)
			return &joinExpr{Expression: p, tuple: n, script: true}, innerPart, varies
		}
	case *hclsyntax.FunctionCallExpr:
		if p.Name == "raw" && len(p.Args) == 1 && !p.ExpandFinal {
			n, varies := c.plain(p.Args[0])
			return n, rawPart, varies
		}
	}
	n, varies := c.plain(p)
	if !varies && worthKeeping(n) {
		n = &memoExpr{Expression: n}
	}
	return n, valuePart, varies
}

// plain compiles a part that is no script text itself.
func (c *compiler) plain(e hclsyntax.Expression) (hclsyntax.Expression, bool) {
	was := c.script
	c.script = false
	n, varies := c.node(e)
	c.script = was
	return n, varies
}

// scriptLoop is loop for a %{for}: only its body is script.
func (c *compiler) scriptLoop(e *hclsyntax.ForExpr) (hclsyntax.Expression, bool) {
	n := newLoop(c.ev, e)
	n.over, _ = c.plain(e.CollExpr)
	c.inside(n, e, func() {
		if e.CondExpr != nil {
			n.cond, _ = c.plain(e.CondExpr)
		}
		n.value, _ = c.node(e.ValExpr)
	})
	return n, true
}

func (e *scriptExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	out := pieces{make([]script.Part, 0, len(e.parts)), make([]hclsyntax.Expression, 0, len(e.parts))}
	var all []cty.ValueMarks
	var ds hcl.Diagnostics
	known := true
	for i, p := range e.parts {
		v, more := p.Value(ctx)
		ds = append(ds, more...)
		if more.HasErrors() {
			continue
		}
		bare, marks := bareValue(v)
		if len(marks) > 0 {
			all = append(all, marks)
		}
		if !bare.IsWhollyKnown() {
			known = false
			continue
		}
		ds = append(ds, out.take(e.how[i], bare, p)...)
	}
	switch {
	case ds.HasErrors():
		return cty.DynamicVal, ds
	case !known:
		return cty.DynamicVal.WithMarks(all...), ds
	}
	return cty.CapsuleVal(piecesType, &out).WithMarks(all...), ds
}

// take adds the value of one part.
func (p *pieces) take(how partKind, v cty.Value, e hclsyntax.Expression) hcl.Diagnostics {
	switch {
	case how == textPart:
		p.add(script.Lit(v.AsString()), e)
	case how == innerPart:
		inner := v.EncapsulatedValue().(*pieces)
		p.parts = append(p.parts, inner.parts...)
		p.at = append(p.at, inner.at...)
	case how == valuePart && !v.IsNull() && isList(v.Type()):
		words, ds := wordsOf(v, e)
		p.add(script.Many(words...), e)
		return ds
	default:
		s, ds := interpolated(v, e)
		if how == rawPart {
			p.add(script.RawText(s), e)
		} else {
			p.add(script.One(s), e)
		}
		return ds
	}
	return nil
}

func wordsOf(v cty.Value, e hclsyntax.Expression) ([]string, hcl.Diagnostics) {
	words := make([]string, 0, v.LengthInt())
	for _, w := range v.AsValueSlice() {
		s, ds := interpolated(w, e)
		if ds.HasErrors() {
			return nil, ds
		}
		words = append(words, s)
	}
	return words, nil
}

func isList(t cty.Type) bool { return t.IsTupleType() || t.IsListType() || t.IsSetType() }
