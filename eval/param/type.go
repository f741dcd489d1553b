package param

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2"
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

// ParseType reads a type expression: string number int float bool path any
// list(T) set(T) map(T) tuple([T, ...]) object({a = T, b = optional(T, default)}).
func ParseType(expr hcl.Expression) (Type, diag.List) { panic("unwritten") }

// String prints the type as it is declared.
func (t Type) String() string { panic("unwritten") }

// Cty returns the type of bound values. Collections of any have no fixed type:
// they are tuples and objects, and the dynamic type here.
func (t Type) Cty() cty.Type { panic("unwritten") }
