package param

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar/eval/number"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/text/unicode/norm"
)

// builder makes the value of a param from all its layers together. What it is
// given has been checked, so that only absence can be wrong.
type builder struct {
	pulse
	leaves  []Leaf
	missing []absence
}

// absence is a required part that no layer has.
type absence struct {
	path []string
	in   *Tree // the mapping that lacks it, if there is one
}

// build returns the value of t, which may be nil, and records its leaves. Inside
// a list (which is one leaf) record is false.
func (b *builder) build(ty Type, t *Tree, at *trail, record bool) cty.Value {
	b.beat()
	if t == nil || t.Shape == Null {
		return b.absent(ty, t, at, record)
	}
	switch {
	case ty.Kind == KindObject:
		return b.object(ty, t, at, record)
	case t.Shape == Mapping:
		return b.mapping(ty, t, at, record)
	}
	var v cty.Value
	if t.Shape == Sequence {
		v = b.sequence(ty, t, at)
	} else {
		v = scalarValue(t)
	}
	b.leaf(ty, t, v, at, record)
	return v
}

func (b *builder) leaf(ty Type, t *Tree, v cty.Value, at *trail, record bool) {
	if record {
		b.leaves = append(b.leaves, Leaf{Path: at.path(), Layer: t.Layer, Origin: t.origin(), Span: t.Span, Text: leafText(v), Value: v, Type: ty})
	}
}

// absent is for what must be there but is not. An object of optional parts need not
// be written down.
func (b *builder) absent(ty Type, t *Tree, at *trail, record bool) cty.Value {
	if ty.Kind == KindAny && t != nil {
		v := cty.NullVal(cty.DynamicPseudoType)
		b.leaf(ty, t, v, at, record)
		return v
	}
	if ty.Kind == KindObject && allOptional(ty) {
		return b.object(ty, &Tree{Shape: Mapping, Origin: "default"}, at, record)
	}
	b.missing = append(b.missing, absence{path: at.path(), in: t})
	return cty.UnknownVal(ty.Cty())
}

func allOptional(ty Type) bool {
	for _, f := range ty.Fields {
		if !f.Optional {
			return false
		}
	}
	return true
}

func (b *builder) object(ty Type, t *Tree, at *trail, record bool) cty.Value {
	out := make(map[string]cty.Value, len(ty.Fields))
	down := trail{above: at}
	for _, f := range ty.Fields {
		part := overlay(f.Default, t.Get(f.Name))
		down.name = f.Name
		if f.Optional && (part == nil || part.Shape == Null) {
			out[f.Name] = cty.NullVal(f.Type.Cty())
			if part == nil {
				part = &Tree{Origin: "default", Span: f.Span}
			}
			b.leaf(f.Type, part, out[f.Name], &down, record)
			continue
		}
		n := len(b.missing)
		out[f.Name] = b.build(f.Type, part, &down, record)
		if len(b.missing) > n && b.missing[n].in == nil {
			b.missing[n].in = t
		}
	}
	if len(ty.Fields) == 0 {
		b.leaf(ty, t, cty.EmptyObjectVal, at, record)
	}
	return cty.ObjectVal(out)
}

// namedPart is an entry of a mapping with its name in NFC.
type namedPart struct {
	name  string
	value *Tree
}

// mapping builds a map, or a mapping inside any.
func (b *builder) mapping(ty Type, t *Tree, at *trail, record bool) cty.Value {
	elem := ty
	if ty.Kind == KindMap {
		elem = *ty.Elem
	}
	parts := make([]namedPart, len(t.Entries))
	for i := range t.Entries {
		parts[i] = namedPart{norm.NFC.String(t.Entries[i].Name), t.Entries[i].Value}
	}
	slices.SortFunc(parts, func(x, y namedPart) int { return strings.Compare(x.name, y.name) })
	out := make(map[string]cty.Value, len(parts))
	down := trail{above: at}
	for _, p := range parts {
		down.name = p.name
		out[p.name] = b.build(elem, p.value, &down, record)
	}
	var v cty.Value
	switch {
	case ty.Kind != KindMap || elem.dynamic():
		v = cty.ObjectVal(out)
	case len(out) == 0:
		v = cty.MapValEmpty(elem.Cty())
	default:
		v = cty.MapVal(out)
	}
	if len(out) == 0 {
		b.leaf(ty, t, v, at, record)
	}
	return v
}

func (b *builder) sequence(ty Type, t *Tree, at *trail) cty.Value {
	items := make([]cty.Value, len(t.Items))
	down := trail{above: at}
	for i, item := range t.Items {
		down.index = i + 1
		elem := ty
		switch ty.Kind {
		case KindTuple:
			elem = ty.Elems[i]
		case KindList, KindSet:
			elem = *ty.Elem
		}
		n := len(b.missing)
		items[i] = b.build(elem, item, &down, false)
		if len(b.missing) > n && b.missing[n].in == nil {
			b.missing[n].in = t
		}
	}
	switch {
	case ty.Kind == KindAny || ty.Kind == KindTuple || ty.Elem.dynamic():
		return cty.TupleVal(items)
	case ty.Kind == KindList && len(items) == 0:
		return cty.ListValEmpty(ty.Elem.Cty())
	case ty.Kind == KindList:
		return cty.ListVal(items)
	case len(items) == 0:
		return cty.SetValEmpty(ty.Elem.Cty())
	default:
		return cty.SetVal(items)
	}
}

func scalarValue(t *Tree) cty.Value {
	switch t.Shape {
	case Boolean:
		return cty.BoolVal(t.Text == "true")
	case Numeral:
		v, err := number.Parse(t.Text)
		if err != nil {
			panic("param.scalarValue: unchecked " + err.Error())
		}
		return v
	default:
		return cty.StringVal(t.Text)
	}
}

func clone(path []string) []string { return append(make([]string, 0, len(path)+1), path...) }
