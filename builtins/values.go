package builtins

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/eval/number"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// isList reports whether a value is a sequence: what people call a list.
func isList(v cty.Value) bool {
	t := v.Type()
	return t.IsListType() || t.IsTupleType() || t.IsSetType()
}

// isObject reports whether a value has names: an object or a map.
func isObject(v cty.Value) bool {
	t := v.Type()
	return t.IsObjectType() || t.IsMapType()
}

// elements returns the elements of argument i, which must be a list. Marks of
// the list itself go onto each.
func elements(args []cty.Value, i int) ([]cty.Value, error) {
	v, marks := args[i].Unmark()
	if v.IsNull() || !isList(v) {
		return nil, function.NewArgErrorf(i, "a list is needed, not %s", grid.TypeName(v))
	}
	if !v.IsKnown() {
		return nil, errUnknown
	}
	all := v.AsValueSlice()
	if len(marks) > 0 {
		for k, e := range all {
			all[k] = onLeaves(e, marks)
		}
	}
	return all, nil
}

// errUnknown ends a function that needs a part of a value that is not known
// yet, as while validating; known turns it into an unknown result.
var errUnknown = fmt.Errorf("the value is not known yet")

// known makes the result of a body that met something unknown unknown.
func known(impl call) call {
	return func(args []cty.Value) (cty.Value, error) {
		v, err := impl(args)
		if err == errUnknown {
			return cty.DynamicVal, nil
		}
		return v, err
	}
}

// attributes returns the attributes of argument i, which must be an object or
// map, and their names, sorted. Marks of the object itself go onto each.
func attributes(args []cty.Value, i int) (map[string]cty.Value, []string, error) {
	v, marks := args[i].Unmark()
	if v.IsNull() || !isObject(v) {
		return nil, nil, function.NewArgErrorf(i, "an object is needed, not %s", grid.TypeName(v))
	}
	if !v.IsKnown() {
		return nil, nil, errUnknown
	}
	attrs := v.AsValueMap()
	names := make([]string, 0, len(attrs))
	for name, a := range attrs {
		names = append(names, name)
		attrs[name] = onLeaves(a, marks)
	}
	slices.Sort(names)
	if attrs == nil {
		attrs = map[string]cty.Value{}
	}
	return attrs, names, nil
}

// listOf returns a list of values of any types.
func listOf(values []cty.Value) cty.Value {
	if len(values) == 0 {
		return cty.EmptyTupleVal
	}
	return cty.TupleVal(values)
}

// object returns an object. Names that are one after Unicode normalization
// would make cty panic, so they are an error.
func object(attrs map[string]cty.Value) (cty.Value, error) {
	seen := make(map[string]bool, len(attrs))
	for name := range attrs {
		n := cty.NormalizeString(name)
		if seen[n] {
			return cty.DynamicVal, fmt.Errorf("two names are the same after Unicode normalization: %q", n)
		}
		seen[n] = true
	}
	return cty.ObjectVal(attrs), nil
}

// scalarText returns the text of a string, number or bool.
func scalarText(v cty.Value) (string, error) {
	v, _ = v.Unmark()
	if v.IsNull() || !v.Type().IsPrimitiveType() {
		return "", fmt.Errorf("%s has no text; use jsonencode", grid.TypeName(v))
	}
	return grid.Text(v)
}

// wholeNumber returns argument i as an int.
func wholeNumber(args []cty.Value, i int) (int, error) {
	v, _ := args[i].Unmark()
	f := v.AsBigFloat()
	n, accuracy := f.Int64()
	if !f.IsInt() || accuracy != big.Exact || int64(int(n)) != n {
		return 0, function.NewArgErrorf(i, "a whole number is needed, not %s", displayNumber(v))
	}
	return int(n), nil
}

func displayNumber(v cty.Value) string {
	t, err := number.Text(v)
	if err != nil {
		return err.Error()
	}
	return t
}

// identity is a text that equal values share, and only they.
func identity(v cty.Value) (string, error) {
	v, _ = v.UnmarkDeep()
	if !v.IsWhollyKnown() {
		return "", errUnknown
	}
	return jsonText(v)
}
