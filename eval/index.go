package eval

import (
	"fmt"
	"math/big"

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
// number or a bool is written out as a name as it is everywhere; a text is no position.
func index(v, at cty.Value, rng hcl.Range) (cty.Value, hcl.Diagnostics) {
	bare, marks := at.Unmark()
	if !bare.IsKnown() || bare.IsNull() || v.IsNull() {
		return hcl.Index(v, at, &rng)
	}
	switch t := v.Type(); {
	case t.IsSetType():
		return cty.DynamicVal, fault("E-value-index", rng, nil, "A set has no positions: tolist(…) makes a list of it.")
	case isList(t) && bare.Type() != cty.Number:
		return cty.DynamicVal, fault("E-value-index", rng, nil, "A list is asked with a position, which is a number, not with %s.", kindOf(bare))
	case isObject(t) && bare.Type() != cty.String:
		name, err := text(bare)
		if err != nil {
			return cty.DynamicVal, fault("E-value-index", rng, nil, "The name is %s.", err)
		}
		bare = cty.StringVal(name)
		at = bare.WithMarks(marks)
	}
	if missing := notThere(v, bare); missing != "" && len(secrecy(v.Marks()))+len(secrecy(marks)) == 0 {
		return cty.DynamicVal, fault("E-value-index", rng, nil, "%s", missing)
	}
	return hcl.Index(v, at, &rng)
}

// notThere says what there is, if v has no such element and what it has is known; hcl does not.
func notThere(v, at cty.Value) string {
	v, _ = v.Unmark()
	switch t := v.Type(); {
	case !v.IsKnown():
	case t.IsObjectType() && at.Type() == cty.String && !t.HasAttribute(at.AsString()):
		names := make([]string, 0, len(t.AttributeTypes()))
		for n := range t.AttributeTypes() {
			names = append(names, n)
		}
		return fmt.Sprintf("There is no %q here. %s", at.AsString(), offer(at.AsString(), names))
	case isList(t) && at.Type() == cty.Number:
		n := v.LengthInt()
		switch i, exact := at.AsBigFloat().Int64(); {
		case exact != big.Exact || 0 <= i && i < int64(n):
		case n == 0:
			return "The list is empty."
		case i < 0:
			return "Positions are counted from 0, and from the front alone: the last element is list[length(list) - 1]."
		default:
			return fmt.Sprintf("There is no element %d: the list has %d, and the first is element 0.", i, n)
		}
	}
	return ""
}
