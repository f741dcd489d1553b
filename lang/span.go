package lang

import (
	"github.com/clipperhouse/displaywidth"
	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2"
)

// Span turns a range of the parser into the span that diagnostics carry.
func Span(r hcl.Range) diag.Span {
	return diag.Span{File: r.Filename, Start: pos(r.Start), End: pos(r.End)}
}

func pos(p hcl.Pos) diag.Pos { return diag.Pos{Line: p.Line, Column: p.Column, Byte: p.Byte} }

// graphemes counts as hcl counts columns.
func graphemes(b []byte) int {
	n := 0
	for g := displaywidth.BytesGraphemes(b); g.Next(); n++ {
	}
	return n
}
