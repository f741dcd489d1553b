package lang

import (
	"reflect"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// sameTree compares two syntax trees but for the places in the source. It goes
// over them by reflection: a comparison written out for every type of node
// would quietly miss what a new version of hcl adds.
func sameTree(a, b *hclsyntax.Body) bool {
	return sameValue(reflect.ValueOf(a), reflect.ValueOf(b))
}

var (
	rangeType = reflect.TypeFor[hcl.Range]()
	ctyType   = reflect.TypeFor[cty.Value]()
	opType    = reflect.TypeFor[*hclsyntax.Operation]()
)

func sameValue(a, b reflect.Value) bool {
	if a.IsValid() != b.IsValid() {
		return false
	}
	if !a.IsValid() {
		return true
	}
	if a.Type() != b.Type() {
		return false
	}
	switch a.Type() {
	case rangeType:
		return true
	case opType:
		return a.Pointer() == b.Pointer() // there is one value for each operator
	case ctyType:
		if a.CanInterface() {
			return a.Interface().(cty.Value).RawEquals(b.Interface().(cty.Value))
		}
	}
	switch a.Kind() {
	case reflect.Pointer, reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return sameValue(a.Elem(), b.Elem())
	case reflect.Struct:
		return sameFields(a, b)
	case reflect.Slice:
		return sameItems(a, b)
	case reflect.Map:
		return sameMap(a, b)
	case reflect.Func:
		return a.Pointer() == b.Pointer()
	default:
		return a.Equal(b)
	}
}

// sameFields skips unexported fields: hcl keeps only source positions and
// evaluation state in them.
func sameFields(a, b reflect.Value) bool {
	t := a.Type()
	for i := range t.NumField() {
		if t.Field(i).IsExported() && !sameValue(a.Field(i), b.Field(i)) {
			return false
		}
	}
	return true
}

func sameItems(a, b reflect.Value) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !sameValue(a.Index(i), b.Index(i)) {
			return false
		}
	}
	return true
}

func sameMap(a, b reflect.Value) bool {
	if a.Len() != b.Len() {
		return false
	}
	for it := a.MapRange(); it.Next(); {
		if v := b.MapIndex(it.Key()); !v.IsValid() || !sameValue(it.Value(), v) {
			return false
		}
	}
	return true
}
