package eval

import (
	"github.com/dewar-build/dewar/eval/number"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// operationExpr is an operation on two numbers. hcl's takes three times as long, for what
// two plain numbers do not have.
type operationExpr struct {
	*hclsyntax.BinaryOpExpr
	left, right hclsyntax.Expression
	plain       func(a, b cty.Value) cty.Value
}

func (e *operationExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	a, ds := e.left.Value(ctx)
	b, more := e.right.Value(ctx)
	if ds = append(ds, more...); ds.HasErrors() {
		return cty.UnknownVal(e.Op.Type), ds
	}
	if (e.Op == hclsyntax.OpDivide || e.Op == hclsyntax.OpModulo) && number.IsZero(b) { // cty gives x % 0 as x
		return cty.DynamicVal, fault("E-operand", e.SrcRange, nil, "Nothing can be divided by zero.")
	}
	var v cty.Value
	if isPlain(a) && isPlain(b) {
		v = e.plain(a, b)
	} else {
		n := *e.BinaryOpExpr
		n.LHS = &hclsyntax.LiteralValueExpr{Val: a, SrcRange: e.left.Range()}
		n.RHS = &hclsyntax.LiteralValueExpr{Val: b, SrcRange: e.right.Range()}
		if v, more = n.Value(ctx); more.HasErrors() {
			return v, append(ds, more...)
		}
		ds = append(ds, more...)
	}
	// The result is the number that its text stands for, so that 1/3 is equal to what it prints.
	n, err := number.Normalize(v)
	if err != nil {
		return cty.DynamicVal, fault("E-operand", e.SrcRange, nil, "The result is %s.", err)
	}
	return n, ds
}

// isPlain reports whether v is a number, and nothing else is to be known of it.
func isPlain(v cty.Value) bool {
	return v.Type() == cty.Number && !v.IsMarked() && v.IsKnown() && !v.IsNull()
}

func (c *compiler) binary(e *hclsyntax.BinaryOpExpr) (hclsyntax.Expression, bool) {
	n := *e
	varies := c.children(&n.LHS, &n.RHS)
	if sign, plain := numeral(e.Op); plain != nil {
		takingNumbers(sign, e.SrcRange, &n.LHS, &n.RHS)
		return &operationExpr{BinaryOpExpr: e, left: n.LHS, right: n.RHS, plain: plain}, varies
	}
	if e.Op == hclsyntax.OpLogicalAnd || e.Op == hclsyntax.OpLogicalOr {
		return &logicExpr{Expression: e, left: n.LHS, right: n.RHS, stop: e.Op == hclsyntax.OpLogicalOr}, varies
	}
	return &n, varies
}

func (c *compiler) unary(e *hclsyntax.UnaryOpExpr) (hclsyntax.Expression, bool) {
	n := *e
	varies := c.children(&n.Val)
	if e.Op == hclsyntax.OpLogicalNot {
		return &notExpr{Expression: e, of: n.Val}, varies
	}
	takingNumbers("-", e.SrcRange, &n.Val)
	return &n, varies
}

// notExpr is !, which takes a condition as all others are.
type notExpr struct {
	hclsyntax.Expression
	of hclsyntax.Expression
}

func (e *notExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, marks, ds := truth(e.of, ctx)
	if ds.HasErrors() {
		return cty.UnknownVal(cty.Bool), ds
	}
	return v.Not().WithMarks(marks), ds
}

// numeral is how an operation that takes numbers is written, and what it does with plain ones;
// nil for the others.
func numeral(op *hclsyntax.Operation) (string, func(a, b cty.Value) cty.Value) {
	switch op {
	case hclsyntax.OpAdd:
		return "+", cty.Value.Add
	case hclsyntax.OpSubtract:
		return "-", cty.Value.Subtract
	case hclsyntax.OpMultiply:
		return "*", cty.Value.Multiply
	case hclsyntax.OpDivide:
		return "/", cty.Value.Divide
	case hclsyntax.OpModulo:
		return "%", cty.Value.Modulo
	case hclsyntax.OpLessThan:
		return "<", cty.Value.LessThan
	case hclsyntax.OpLessThanOrEqual:
		return "<=", cty.Value.LessThanOrEqualTo
	case hclsyntax.OpGreaterThan:
		return ">", cty.Value.GreaterThan
	case hclsyntax.OpGreaterThanOrEqual:
		return ">=", cty.Value.GreaterThanOrEqualTo
	}
	return "", nil
}
