package param

import "slices"

// What is one value and what are several.

// spread returns the values that t is for a param of type ty.
func spread(ty Type, t *Tree) []*Tree {
	if t.Shape == Sequence && (!ty.isList() || severalLists(ty, t)) {
		return t.Items
	}
	return []*Tree{t}
}

func (t *Type) isList() bool {
	return t.Kind == KindList || t.Kind == KindSet || t.Kind == KindTuple
}

// severalLists reports whether t is a list of values of the list type ty. Where the
// elements of ty may be lists themselves, both can be true of [[1], [2]]: then it is
// several if each element is a whole value.
func severalLists(ty Type, t *Tree) bool {
	if len(t.Items) == 0 || slices.ContainsFunc(t.Items, func(x *Tree) bool { return x.Shape != Sequence }) {
		return false
	}
	if !ty.holdsLists() {
		return true
	}
	return !slices.ContainsFunc(t.Items, func(x *Tree) bool { return (checker{}).check(ty, x).HasErrors() })
}

// holdsLists reports whether an element of the list type t may be a list.
func (t *Type) holdsLists() bool {
	elems := t.Elems
	if t.Elem != nil {
		elems = []Type{*t.Elem}
	}
	return slices.ContainsFunc(elems, func(e Type) bool { return e.isList() || e.Kind == KindAny })
}

// settingText writes a value as -p takes it: what settingValue reads back as the same.
func settingText(ty Type, t *Tree) string {
	switch ty.Kind {
	case KindString, KindPath, KindBool:
		return t.Text
	case KindNumber, KindInt, KindFloat:
		return canonicalText(t.Text)
	case KindAny:
		return anyText(t)
	case KindSet:
		if !ty.holdsLists() && ty.Elem.Kind != KindMap && ty.Elem.Kind != KindObject {
			return literalText(inOrder(ty, t))
		}
	}
	return literalText(t)
}

// anyText quotes a text that would be read as something else.
func anyText(t *Tree) string {
	switch t.Shape {
	case Numeral:
		return canonicalText(t.Text)
	case Boolean, Null:
		return literalText(t)
	case String:
		if back, _ := settingAny(&Tree{Shape: String, Text: t.Text}, Setting{Text: t.Text}); back != nil && back.Shape == String && back.Text == t.Text {
			return t.Text
		}
	}
	return literalText(t)
}

// inOrder is a set of scalars as sets are: each element once, sorted.
func inOrder(ty Type, t *Tree) *Tree {
	var b builder
	out, err := treeOf(b.build(ty, t, nil, false), func(*Tree) {})
	if err != nil {
		panic("param.inOrder: " + err.Error()) // checked numbers have a text
	}
	return out
}

// several is how several values of t are written.
func (t Type) several() string {
	switch t.Kind {
	case KindNumber, KindFloat:
		return "[0.1, 1, 10], or logspace(-3, 1, 5)"
	case KindInt:
		return "[1, 2, 4], or range(1, 4)"
	case KindBool:
		return "[true, false]"
	case KindList, KindSet, KindTuple, KindMap, KindObject:
		return "[" + t.example() + ", …]"
	default:
		return `["a", "b"]`
	}
}
