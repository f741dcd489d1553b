package eval

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// indexExpr is v[x]. hcl converts x to whatever v is asked with.
type indexExpr struct {
	*hclsyntax.IndexExpr
	of, at hclsyntax.Expression
}

func (e *indexExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, ds := e.of.Value(ctx)
	at, more := e.at.Value(ctx)
	if ds = append(ds, more...); ds.HasErrors() {
		return cty.DynamicVal, ds
	}
	v, more = index(v, at, e.BracketRange)
	return v, append(ds, more...)
}

// index returns the element of a list at a position, or of an object with a name. A
// number is written out as a name as it is everywhere; a text is no position.
func index(v, at cty.Value, rng hcl.Range) (cty.Value, hcl.Diagnostics) {
	bare, marks := at.Unmark()
	if !bare.IsKnown() || bare.IsNull() || v.IsNull() {
		return hcl.Index(v, at, &rng)
	}
	switch t := v.Type(); {
	case isList(t) && bare.Type() != cty.Number:
		return cty.DynamicVal, fault("E-value-index", rng, nil, "A list is asked with a position, which is a number, not with %s.", kindOf(bare))
	case isObject(t) && bare.Type() == cty.Number:
		name, err := text(bare)
		if err != nil {
			return cty.DynamicVal, fault("E-value-index", rng, nil, "The name is %s.", err)
		}
		at = cty.StringVal(name).WithMarks(marks)
	}
	return hcl.Index(v, at, &rng)
}
