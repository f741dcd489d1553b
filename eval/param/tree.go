package param

import "github.com/dewar-build/dewar/diag"

// Shape is what a part of a params file is, before any declaration is asked.
type Shape uint8

// The shapes.
const (
	Null     Shape = iota // null, ~, or nothing
	Boolean               // Text is "true" or "false"
	Numeral               // Text is a number as written
	String                // Text is the value
	Date                  // TOML only: a date or time as written
	Sequence              // Items
	Mapping               // Entries
)

// Tree is a params file, or a part of it, without its layout.
type Tree struct {
	Shape   Shape
	Text    string
	Items   []*Tree
	Entries []Entry   // in source order, names distinct
	Span    diag.Span // of the scalar's text, or of the start of a collection
	Layer   Layer
	Origin  string // "params.yaml:3"
}

// Entry is one name of a mapping.
type Entry struct {
	Name  string
	Span  diag.Span // of the name
	Value *Tree
}
