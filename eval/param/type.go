package param

import (
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/zclconf/go-cty/cty"
)

// Kind is what a Type is at its top.
type Kind uint8

// The kinds of types.
const (
	KindAny Kind = iota
	KindString
	KindNumber
	KindInt
	KindFloat
	KindBool
	KindPath // a string that is a path: in NFC
	KindList
	KindSet
	KindMap
	KindTuple
	KindObject
)

// kindNames are the words of the language, by Kind.
var kindNames = [...]string{"any", "string", "number", "int", "float", "bool", "path", "list", "set", "map", "tuple", "object"}

func (k Kind) String() string { return kindNames[k] }

// Type is the declared type of a param. It is not a cty.Type because that has
// no int, no path and no defaults.
type Type struct {
	Kind   Kind
	Elem   *Type   // list, set, map
	Elems  []Type  // tuple
	Fields []Field // object, in source order
}

// Field is one attribute of an object type.
type Field struct {
	Name     string
	Type     Type
	Optional bool
	Default  *Tree // nil: absent is null
	Span     diag.Span
}

// field returns the field called name (in NFC), or nil.
func (t *Type) field(name string) *Field {
	for i := range t.Fields {
		if t.Fields[i].Name == name {
			return &t.Fields[i]
		}
	}
	return nil
}

// String prints the type as it is declared.
func (t Type) String() string {
	switch t.Kind {
	case KindList, KindSet, KindMap:
		return t.Kind.String() + "(" + t.Elem.String() + ")"
	case KindTuple:
		elems := make([]string, len(t.Elems))
		for i, e := range t.Elems {
			elems[i] = e.String()
		}
		return "tuple([" + strings.Join(elems, ", ") + "])"
	case KindObject:
		return t.objectString()
	default:
		return t.Kind.String()
	}
}

func (t Type) objectString() string {
	if len(t.Fields) == 0 {
		return "object({})"
	}
	fields := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		s := f.Type.String()
		switch {
		case f.Default != nil:
			s = "optional(" + s + ", " + literalText(f.Default) + ")"
		case f.Optional:
			s = "optional(" + s + ")"
		}
		name := f.Name
		if !isWord(name) {
			name = strconv.Quote(name)
		}
		fields[i] = name + " = " + s
	}
	return "object({ " + strings.Join(fields, ", ") + " })"
}

// Cty returns the type of bound values. Collections of any have no fixed type:
// they are tuples and objects, and the dynamic type here.
func (t Type) Cty() cty.Type {
	switch t.Kind {
	case KindString, KindPath:
		return cty.String
	case KindNumber, KindInt, KindFloat:
		return cty.Number
	case KindBool:
		return cty.Bool
	case KindList, KindSet, KindMap:
		return t.ctyCollection()
	case KindTuple:
		elems := make([]cty.Type, len(t.Elems))
		for i, e := range t.Elems {
			elems[i] = e.Cty()
		}
		return cty.Tuple(elems)
	case KindObject:
		fields := make(map[string]cty.Type, len(t.Fields))
		for _, f := range t.Fields {
			fields[f.Name] = f.Type.Cty()
		}
		return cty.Object(fields)
	default:
		return cty.DynamicPseudoType
	}
}

func (t Type) ctyCollection() cty.Type {
	switch {
	case t.Elem.dynamic():
		return cty.DynamicPseudoType
	case t.Kind == KindList:
		return cty.List(t.Elem.Cty())
	case t.Kind == KindSet:
		return cty.Set(t.Elem.Cty())
	default:
		return cty.Map(t.Elem.Cty())
	}
}

// dynamic reports whether any occurs in t, so that two values of it may have
// different cty types.
func (t *Type) dynamic() bool {
	if t.Kind == KindAny || t.Elem != nil && t.Elem.dynamic() {
		return true
	}
	for i := range t.Elems {
		if t.Elems[i].dynamic() {
			return true
		}
	}
	for i := range t.Fields {
		if t.Fields[i].Type.dynamic() {
			return true
		}
	}
	return false
}

// at returns the type of the part at path, and false if there is none.
func (t Type) at(path []string) (Type, bool) {
	for _, name := range path {
		switch t.Kind {
		case KindAny:
			return t, true
		case KindMap:
			t = *t.Elem
		case KindObject:
			f := t.field(name)
			if f == nil {
				return Type{}, false
			}
			t = f.Type
		default:
			return Type{}, false
		}
	}
	return t, true
}
