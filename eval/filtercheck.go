package eval

import (
	"fmt"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// filterChecker finds what a filter asks for, and what of the language a filter
// cannot use.
type filterChecker struct {
	functions map[string]function.Function
	names     []string
	diags     diag.List
}

func (c *filterChecker) fail(at hcl.Range, format string, args ...any) {
	c.diags = append(c.diags, diag.Diagnostic{Code: "E-filter", Span: lang.Span(at), Detail: fmt.Sprintf(format, args...)})
}

func (c *filterChecker) check(e hclsyntax.Expression) {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
	case *hclsyntax.ScopeTraversalExpr:
		c.names = append(c.names, filterName(e.Traversal))
	case *hclsyntax.TemplateExpr:
		if !e.IsStringLiteral() {
			c.fail(e.Range(), "A text in a filter is plain: nothing is put into it.")
		}
	case *hclsyntax.ParenthesesExpr:
		c.check(e.Expression)
	case *hclsyntax.UnaryOpExpr:
		c.check(e.Val)
	case *hclsyntax.BinaryOpExpr:
		c.check(e.LHS)
		c.check(e.RHS)
	case *hclsyntax.ConditionalExpr:
		c.check(e.Condition)
		c.check(e.TrueResult)
		c.check(e.FalseResult)
	case *hclsyntax.TupleConsExpr:
		for _, x := range e.Exprs {
			c.check(x)
		}
	case *hclsyntax.FunctionCallExpr:
		c.call(e)
	default:
		c.fail(e.Range(), "A filter is made of names, texts, numbers, comparisons, arithmetic, functions, && and ||; this is none of them. A name that is no word is written metrics[\"odd name\"].")
	}
}

func (c *filterChecker) call(e *hclsyntax.FunctionCallExpr) {
	f, ok := c.functions[e.Name]
	switch {
	case !ok:
		names := make([]string, 0, len(c.functions))
		for n := range c.functions {
			names = append(names, n)
		}
		c.fail(e.NameRange, "There is no function %q. %s", e.Name, offer(e.Name, names))
	case e.ExpandFinal, len(e.Args) < len(f.Params()), len(e.Args) > len(f.Params()) && f.VarParam() == nil:
		c.fail(e.Range(), "%s takes %d values, this gives it %d.", e.Name, len(f.Params()), len(e.Args))
	}
	for _, x := range e.Args {
		c.check(x)
	}
}

// neverBool reports whether e is true or false in no row.
func neverBool(e hclsyntax.Expression) bool {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		return e.Val.Type() != cty.Bool
	case *hclsyntax.TemplateExpr, *hclsyntax.TupleConsExpr:
		return true
	case *hclsyntax.ParenthesesExpr:
		return neverBool(e.Expression)
	case *hclsyntax.UnaryOpExpr:
		return e.Op == hclsyntax.OpNegate
	case *hclsyntax.BinaryOpExpr:
		return e.Op.Type == cty.Number
	case *hclsyntax.ConditionalExpr:
		return neverBool(e.TrueResult) && neverBool(e.FalseResult)
	}
	return false
}
