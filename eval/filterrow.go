package eval

import (
	"math"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// filterRow evaluates a filter for one row. Values are nil (absent), null (written
// so), bool, float64, string and []any.
type filterRow struct {
	get       func(name string) any
	functions map[string]function.Function
}

// null is `null` in a filter: what is compared with it is asked whether it is there.
type null struct{}

func (r *filterRow) value(e hclsyntax.Expression) any {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		if e.Val.IsNull() {
			return null{}
		}
		return fromCty(e.Val)
	case *hclsyntax.ScopeTraversalExpr:
		return finite(r.get(filterName(e.Traversal)))
	case *hclsyntax.TemplateExpr:
		v, _ := e.Value(nil)
		return fromCty(v)
	case *hclsyntax.ParenthesesExpr:
		return r.value(e.Expression)
	case *hclsyntax.UnaryOpExpr:
		return r.unary(e)
	case *hclsyntax.BinaryOpExpr:
		return r.binary(e)
	case *hclsyntax.ConditionalExpr:
		if r.truth(e.Condition) {
			return r.value(e.TrueResult)
		}
		return r.value(e.FalseResult)
	case *hclsyntax.TupleConsExpr:
		list := make([]any, len(e.Exprs))
		for i, x := range e.Exprs {
			list[i] = r.value(x)
		}
		return list
	case *hclsyntax.FunctionCallExpr:
		return r.call(e)
	}
	return nil
}

// truth is false for whatever is not true.
func (r *filterRow) truth(e hclsyntax.Expression) bool {
	b, ok := r.value(e).(bool)
	return ok && b
}

func (r *filterRow) unary(e *hclsyntax.UnaryOpExpr) any {
	switch v := r.value(e.Val).(type) {
	case bool:
		if e.Op == hclsyntax.OpLogicalNot {
			return !v
		}
	case float64:
		if e.Op == hclsyntax.OpNegate {
			return -v
		}
	}
	return nil
}

func (r *filterRow) binary(e *hclsyntax.BinaryOpExpr) any {
	switch e.Op {
	case hclsyntax.OpLogicalAnd:
		return r.truth(e.LHS) && r.truth(e.RHS)
	case hclsyntax.OpLogicalOr:
		return r.truth(e.LHS) || r.truth(e.RHS)
	}
	a, b := r.value(e.LHS), r.value(e.RHS)
	_, aNull := a.(null)
	_, bNull := b.(null)
	if aNull || bNull {
		absent := (a == nil || aNull) && (b == nil || bNull)
		switch e.Op {
		case hclsyntax.OpEqual:
			return absent
		case hclsyntax.OpNotEqual:
			return !absent
		}
		return false
	}
	switch a := a.(type) {
	case float64:
		if b, ok := b.(float64); ok {
			return numbers(e.Op, a, b)
		}
	case string:
		if b, ok := b.(string); ok {
			return ordered(e.Op, a, b)
		}
	case bool:
		if b, ok := b.(bool); ok && (e.Op == hclsyntax.OpEqual || e.Op == hclsyntax.OpNotEqual) {
			return (a == b) == (e.Op == hclsyntax.OpEqual)
		}
	}
	if e.Op.Type == cty.Number {
		return nil
	}
	return false
}

func numbers(op *hclsyntax.Operation, a, b float64) any {
	switch op {
	case hclsyntax.OpAdd:
		return finite(a + b)
	case hclsyntax.OpSubtract:
		return finite(a - b)
	case hclsyntax.OpMultiply:
		return finite(a * b)
	case hclsyntax.OpDivide:
		return finite(a / b)
	case hclsyntax.OpModulo:
		return finite(math.Mod(a, b))
	}
	return ordered(op, a, b)
}

// ordered compares two values of one kind.
func ordered[T float64 | string](op *hclsyntax.Operation, a, b T) any {
	switch op {
	case hclsyntax.OpEqual:
		return a == b
	case hclsyntax.OpNotEqual:
		return a != b
	case hclsyntax.OpLessThan:
		return a < b
	case hclsyntax.OpLessThanOrEqual:
		return a <= b
	case hclsyntax.OpGreaterThan:
		return a > b
	case hclsyntax.OpGreaterThanOrEqual:
		return a >= b
	}
	return nil // arithmetic of texts
}

// finite takes a number that is none for absent.
func finite(v any) any {
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
	case bool, string:
	default:
		return nil
	}
	return v
}

// call calls a function; what it cannot take has no value in this row.
func (r *filterRow) call(e *hclsyntax.FunctionCallExpr) any {
	args := make([]cty.Value, len(e.Args))
	for i, x := range e.Args {
		v, ok := toCty(r.value(x))
		if !ok {
			return nil
		}
		args[i] = v
	}
	v, err := r.functions[e.Name].Call(args)
	if err != nil || !v.IsWhollyKnown() {
		return nil
	}
	return fromCty(v)
}

func toCty(v any) (cty.Value, bool) {
	switch v := v.(type) {
	case bool:
		return cty.BoolVal(v), true
	case string:
		return cty.StringVal(v), true
	case float64:
		return cty.NumberFloatVal(v), true
	case []any:
		list := make([]cty.Value, 0, len(v))
		for _, x := range v {
			e, ok := toCty(x)
			if !ok {
				return cty.NilVal, false
			}
			list = append(list, e)
		}
		return cty.TupleVal(list), true
	}
	return cty.NilVal, false
}

func fromCty(v cty.Value) any {
	v, _ = v.UnmarkDeep()
	switch t := v.Type(); {
	case v.IsNull():
		return nil
	case t == cty.String:
		return v.AsString()
	case t == cty.Bool:
		return v.True()
	case t == cty.Number:
		f, _ := v.AsBigFloat().Float64()
		return finite(f)
	case isList(t):
		var list []any
		for _, e := range v.AsValueSlice() {
			list = append(list, fromCty(e))
		}
		return list
	}
	return nil
}
