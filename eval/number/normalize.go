package number

import (
	"github.com/zclconf/go-cty/cty"
)

// Normalize returns v with every number in it, at any depth, replaced by the
// one that has the same Text, so that cty's equality is equality of texts.
// Marks, nulls and unknown values stay as they are.
//
// A value that is normal already comes back itself: most do.
func Normalize(v cty.Value) (cty.Value, error) {
	out, _, err := normalize(v)
	return out, err
}

func normalize(v cty.Value) (out cty.Value, changed bool, err error) {
	bare, marks := v.Unmark()
	if bare.IsNull() || !bare.IsKnown() {
		return v, false, nil
	}
	ty := bare.Type()
	switch {
	case ty == cty.Number:
		out, changed, err = normalizeNumber(bare)
	case ty.IsObjectType() || ty.IsMapType():
		out, changed, err = normalizeNamed(bare)
	case ty.IsTupleType() || ty.IsListType() || ty.IsSetType():
		out, changed, err = normalizeListed(bare)
	}
	if err != nil || !changed {
		return v, false, err
	}
	return out.WithMarks(marks), true, nil
}

func normalizeNumber(v cty.Value) (cty.Value, bool, error) {
	f := v.AsBigFloat()
	if f.IsInt() && f.MantExp(nil) <= maxBits && (f.Sign() != 0 || !f.Signbit()) {
		return v, false, nil
	}
	n, err := canonical(f)
	if err != nil {
		return cty.NilVal, false, err
	}
	changed := n.AsBigFloat().Cmp(f) != 0 || f.Sign() == 0
	return n, changed, nil
}

func normalizeNamed(v cty.Value) (cty.Value, bool, error) {
	if !mayHoldNumbers(v.Type()) || v.LengthInt() == 0 {
		return v, false, nil
	}
	out, changed := make(map[string]cty.Value, v.LengthInt()), false
	for it := v.ElementIterator(); it.Next(); {
		name, elem := it.Element()
		n, c, err := normalize(elem)
		if err != nil {
			return cty.NilVal, false, err
		}
		out[name.AsString()], changed = n, changed || c
	}
	if !changed {
		return v, false, nil
	}
	if v.Type().IsMapType() {
		return cty.MapVal(out), true, nil
	}
	return cty.ObjectVal(out), true, nil
}

func normalizeListed(v cty.Value) (cty.Value, bool, error) {
	if !mayHoldNumbers(v.Type()) || v.LengthInt() == 0 {
		return v, false, nil
	}
	out, changed := make([]cty.Value, 0, v.LengthInt()), false
	for it := v.ElementIterator(); it.Next(); {
		_, elem := it.Element()
		n, c, err := normalize(elem)
		if err != nil {
			return cty.NilVal, false, err
		}
		out, changed = append(out, n), changed || c
	}
	switch {
	case !changed:
		return v, false, nil
	case v.Type().IsListType():
		return cty.ListVal(out), true, nil
	case v.Type().IsSetType():
		return cty.SetVal(out), true, nil
	default:
		return cty.TupleVal(out), true, nil
	}
}

// mayHoldNumbers spares walking collections of strings and bools.
func mayHoldNumbers(ty cty.Type) bool {
	if !ty.IsCollectionType() {
		return true
	}
	e := ty.ElementType()
	return e != cty.String && e != cty.Bool
}
