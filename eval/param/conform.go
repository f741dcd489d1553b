package param

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Conform returns v as a value of type t: itself, but for what is optional in objects,
// which gets its default, and for a list where a set is wanted. Marks stay where they
// are. What is not known is of the type if it can be. The error is the rest of a
// sentence that begins with name, and quotes no values.
func (t Type) Conform(v cty.Value, name string) (cty.Value, error) {
	bare, marks := v.Unmark()
	switch {
	case t.Kind == KindAny:
		return v, nil
	case !bare.IsKnown() && bare.Type() == cty.DynamicPseudoType:
		return v, nil
	case bare.IsNull():
		return v, t.wrong(bare, name)
	}
	var out cty.Value
	var err error
	switch t.Kind {
	case KindList, KindSet, KindTuple:
		out, err = t.conformList(bare, name)
	case KindMap, KindObject:
		out, err = t.conformObject(bare, name)
	default:
		out, err = bare, t.conformScalar(bare, name)
	}
	if err != nil || len(marks) == 0 {
		return out, err
	}
	return out.WithMarks(marks), nil
}

// wrong says what v is in place of t.
func (t Type) wrong(v cty.Value, name string) error {
	return fmt.Errorf("%s must be %s, not %s", name, t.article(), grid.TypeName(v))
}

func (t Type) conformScalar(v cty.Value, name string) error {
	want := t.Cty()
	switch {
	case v.Type() != want:
		return t.wrong(v, name)
	case t.Kind == KindInt && v.IsKnown() && !v.AsBigFloat().IsInt():
		return fmt.Errorf("%s must be a whole number, which this is not", name)
	}
	return nil
}

func (t Type) conformList(v cty.Value, name string) (cty.Value, error) {
	ty := v.Type()
	if !ty.IsTupleType() && !ty.IsListType() && !ty.IsSetType() {
		return v, t.wrong(v, name)
	}
	if !v.IsKnown() {
		return v, nil
	}
	items := v.AsValueSlice()
	if t.Kind == KindTuple && len(items) != len(t.Elems) {
		return v, fmt.Errorf("%s must have %d elements, it has %d", name, len(t.Elems), len(items))
	}
	changed := false
	for i, item := range items {
		elem := t.Elem
		if t.Kind == KindTuple {
			elem = &t.Elems[i]
		}
		out, err := elem.Conform(item, "")
		if err != nil { // only now the element needs a name
			_, err = elem.Conform(item, index(name, i))
			return v, err
		}
		if elem.fills() {
			items[i], changed = out, true
		}
	}
	switch {
	case t.Kind == KindSet && !ty.IsSetType():
		return setOf(items, t.Elem.Cty()), nil
	case !changed || ty.IsSetType():
		return v, nil
	}
	return cty.TupleVal(items), nil
}

// setOf makes a set of elements of one type.
func setOf(items []cty.Value, elem cty.Type) cty.Value {
	if len(items) == 0 {
		return cty.SetValEmpty(elem)
	}
	if !cty.CanSetVal(items) {
		return cty.UnknownVal(cty.Set(elem)) // an element is not known, not even its type
	}
	return cty.SetVal(items)
}

// fills reports whether Conform may give another value than it was given.
func (t *Type) fills() bool {
	switch t.Kind {
	case KindObject, KindSet:
		return true
	case KindList, KindMap:
		return t.Elem.fills()
	case KindTuple:
		return slices.ContainsFunc(t.Elems, func(e Type) bool { return e.fills() })
	}
	return false
}

func (t Type) conformObject(v cty.Value, name string) (cty.Value, error) {
	ty := v.Type()
	if !ty.IsObjectType() && !ty.IsMapType() {
		return v, t.wrong(v, name)
	}
	if !v.IsKnown() {
		return v, nil
	}
	attrs := v.AsValueMap()
	if attrs == nil {
		attrs = map[string]cty.Value{}
	}
	names := make([]string, 0, len(attrs))
	for n := range attrs {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		elem := t.Elem
		if t.Kind == KindObject {
			f := t.field(n)
			if f == nil {
				return v, fmt.Errorf("%s has no attribute %s.%s", name, n, strings.TrimSuffix(nearestOrAll(n, t.fieldNames()), "."))
			}
			if bare, _ := attrs[n].Unmark(); f.Optional && bare.IsNull() {
				delete(attrs, n)
				continue
			}
			elem = &f.Type
		}
		out, err := elem.Conform(attrs[n], member(name, n))
		if err != nil {
			return v, err
		}
		attrs[n] = out
	}
	switch {
	case t.Kind == KindObject:
		return t.complete(attrs, name)
	case t.Elem.fills():
		return cty.ObjectVal(attrs), nil
	}
	return v, nil
}

func (t Type) fieldNames() []string {
	names := make([]string, len(t.Fields))
	for i := range t.Fields {
		names[i] = t.Fields[i].Name
	}
	return names
}

// complete gives attributes that are not there their defaults.
func (t Type) complete(attrs map[string]cty.Value, name string) (cty.Value, error) {
	for i := range t.Fields {
		f := &t.Fields[i]
		if _, there := attrs[f.Name]; there {
			continue
		}
		if !f.Optional {
			return cty.DynamicVal, fmt.Errorf("%s needs the attribute %s, which is %s", name, f.Name, f.Type.article())
		}
		attrs[f.Name] = f.Absent()
	}
	return cty.ObjectVal(attrs), nil
}

// Absent is the value of an optional attribute that is not there.
func (f *Field) Absent() cty.Value {
	if f.Default == nil {
		return cty.NullVal(f.Type.Cty())
	}
	b := &builder{}
	return b.build(f.Type, f.Default, nil, false)
}

// ParseField reads the type of something that has a name and, if it is optional,
// perhaps a default: a parameter of a function. def may be nil.
func ParseField(name string, ty hcl.Expression, optional bool, def hcl.Expression) (Field, diag.List) {
	p := &typeParser{}
	f := Field{Name: name, Optional: optional, Type: p.parse(ty), Span: lang.Span(ty.Range())}
	if def != nil && !p.diags.HasErrors() {
		p.fieldDefault(&f, def)
	}
	return f, p.diags
}
