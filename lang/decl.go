// Package lang turns the text of a pipeline into declarations: files, blocks,
// names, attributes, references and canonical formatting. It evaluates
// nothing: an attribute is an expression, and what it means is eval's business.
//
// It reads through fs and reports through diag. eval and the commands that
// only look at text (fmt, stage add) import it; it imports nothing else of ours.
package lang

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2"
)

// Pipeline is everything that the *.hcl files of one directory declare,
// merged; the order of files never matters. Within a list, declarations are in
// the order of (file name, position).
type Pipeline struct {
	Dir         string // project-relative directory
	Files       []*File
	Settings    *Block   // the pipeline block; nil if there is none
	Params      []*Block // label 0 is the name
	Locals      []*Attr  // of all locals blocks together
	Data        []*Block
	Toolchains  []*Block
	Stages      []*Block
	Modules     []*Block
	Outputs     []*Block // what those who use the pipeline as a module can read
	Experiments []*Block
	Functions   []*Block
}

// File is one source file. One that an editor or Git on Windows wrote means the same,
// down to the scripts in it and their action keys.
type File struct {
	Name  string // project-relative path
	Bytes []byte // its text, with lines that end with a line feed: ranges are of this
	Raw   []byte // as it lies
}

// Block is a declared block whose attributes are known to be allowed (the
// schema in schema.go is data), each at most once.
type Block struct {
	Kind   string    // "stage"
	Name   string    // its label; "" for pipeline
	Attrs  []*Attr   // in source order
	Blocks []*Block  // nested blocks (validation, assert)
	Span   diag.Span // of the header
}

// Attr returns the attribute called name, or nil.
func (b *Block) Attr(name string) *Attr {
	for _, a := range b.Attrs {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// Attr is `name = expression`.
type Attr struct {
	Name     string
	Expr     hcl.Expression // native syntax only: a hclsyntax.Expression
	Span     diag.Span      // of the whole attribute
	NameSpan diag.Span
}
