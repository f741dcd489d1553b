package eval

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// hcl reads a number from a text wherever one is wanted, so that "1" + 1 is 2, and a column of a
// table compares as a number in one place and is equal to none in the next. Nothing is converted
// here: a text is told from a number by whoever writes tonumber.

// typedExpr is an operand, or an argument, that may not be a text.
type typedExpr struct {
	hclsyntax.Expression
	code string
	says string     // of a text
	of   *hcl.Range // the operation: of two wrong operands one is reported
	op   string     // how it is written: an operand is a number and nothing else; "" of an argument
}

func (e *typedExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, ds := e.Expression.Value(ctx)
	if ds.HasErrors() {
		return v, ds
	}
	bare, _ := v.Unmark()
	switch {
	case v.Type() == cty.String:
		return e.wrong(e.says)
	case e.op == "" || !bare.IsKnown() || v.Type() == cty.Number && !bare.IsNull():
		return v, ds
	}
	says := fmt.Sprintf("This is %s, and %s takes numbers.", kindOf(bare), e.op)
	if e.op == "+" && !bare.IsNull() && (isList(v.Type()) || isObject(v.Type())) {
		says += " Lists are put together with concat, objects with merge."
	}
	return e.wrong(says)
}

// wrong says that there is something else.
func (e *typedExpr) wrong(says string) (cty.Value, hcl.Diagnostics) {
	at := e.Range()
	return cty.DynamicVal, hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: "Invalid operand", Detail: says, Subject: &at, Context: e.of, Extra: coded{code: e.code},
	}}
}

// spreadExpr is a list whose elements are such arguments.
type spreadExpr struct{ *typedExpr }

func (e *spreadExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, ds := e.Expression.Value(ctx)
	if ds.HasErrors() {
		return v, ds
	}
	t := v.Type()
	if t.IsTupleType() && slices.Contains(t.TupleElementTypes(), cty.String) || (t.IsListType() || t.IsSetType()) && t.ElementType() == cty.String {
		return e.wrong(e.says)
	}
	return v, ds
}

// takingNumbers marks the operands of an operation that takes numbers.
func takingNumbers(op string, of hcl.Range, operands ...*hclsyntax.Expression) {
	says := fmt.Sprintf("This is a text, and %s takes numbers: write tonumber(…) if it is one.", op)
	switch op {
	case "+":
		says += " Texts are put together in a template, \"${a}${b}\"."
	case "%":
		says += " Values are put into a text with format(\"%s\", x)."
	}
	for _, x := range operands {
		*x = &typedExpr{Expression: *x, code: "E-operand", says: says, of: &of, op: op}
	}
}

// numeric makes an argument one that may not be a text.
func numeric(call, param string, x hclsyntax.Expression) *typedExpr {
	return &typedExpr{Expression: x, code: "E-call", says: fmt.Sprintf("%s: %s must be a number, not a text: write tonumber(…).", call, param)}
}
