package lint

import (
	"bytes"
	"errors"
	"slices"
	"sort"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

var errNothing = errors.New("there is nothing to read from")

// Fix mends a finding.
type Fix struct {
	Text string // what it does, as a command: "write param.C without quotes"
	Edit Edit   // of a pipeline file
	Same bool   // the pipeline means the same afterwards: its graph is equal, but for an order that follows from it
}

// Edit replaces a part of a file. Places count as those of all diagnostics do, and the
// lines of Text end with a line feed, whatever those of the file do.
type Edit struct {
	Span diag.Span
	Text string
}

// Apply returns src, a file as it lies, with edits made; its lines go on ending as they
// do. Of edits that touch each other the first counts, and equal ones are one.
func Apply(src []byte, edits []Edit) []byte {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int { return a.Span.Start.Byte - b.Span.Start.Byte })
	lines := diag.NewLines(src)
	out := make([]byte, 0, len(src))
	at := 0
	for i, e := range edits {
		from, to := lines.Offset(e.Span.Start), lines.Offset(e.Span.End)
		if i > 0 && from < at {
			continue
		}
		out = append(out, src[at:from]...)
		out = append(out, TextFor(src, e)...)
		at = to
	}
	return append(out, src[at:]...)
}

// TextFor is the text of an edit with the ends of lines that a file has.
func TextFor(src []byte, e Edit) string {
	if bytes.Contains(src, []byte("\r\n")) {
		return strings.ReplaceAll(e.Text, "\n", "\r\n")
	}
	return e.Text
}

// replace is a fix that puts text in place of a range.
func replace(what string, at hcl.Range, text string, same bool) *Fix {
	return &Fix{Text: what, Same: same, Edit: Edit{Span: lang.Span(at), Text: text}}
}

// source returns the text of a file of the pipeline, as spans count it.
func (l *linter) source(file string) ([]byte, bool) {
	if f := l.p.File(file); f != nil {
		return f.Bytes, true
	}
	return nil, false
}

// text is what the source has at a range.
func (l *linter) text(r hcl.Range) string { return l.p.Text(r) }

// span is the place of a range of bytes.
func (l *linter) span(file string, from, to int) diag.Span {
	src, _ := l.source(file)
	lines := l.linesOf(file, src)
	return diag.Span{File: file, Start: lines.Pos(from), End: lines.Pos(to)}
}

// linesOf finds places in a file; it is looked through once, however many are asked for.
func (l *linter) linesOf(file string, src []byte) *diag.Lines {
	if l.lines == nil {
		l.lines = map[string]*diag.Lines{}
	}
	if l.lines[file] == nil {
		l.lines[file] = diag.NewLines(src)
	}
	return l.lines[file]
}

// removal is an edit that removes whole lines, and one of two blank lines that would
// come together. It is refused (false) if a comment would go, or lose what it is about.
func (l *linter) removal(file string, from, to int) (Edit, bool) {
	src, ok := l.source(file)
	if !ok {
		return Edit{}, false
	}
	begin := bytes.LastIndexByte(src[:from], '\n') + 1
	end := len(src)
	if n := bytes.IndexByte(src[to:], '\n'); n >= 0 {
		end = to + n + 1
	}
	alone := blank(src[begin:from]) && blank(src[to:end])
	if !alone || hasComment(src[from:to]) || commentEnds(src[:begin]) {
		return Edit{}, false
	}
	if opensOrBlank(src[:begin]) && bytes.HasPrefix(src[end:], []byte("\n")) {
		end++
	}
	return Edit{Span: l.span(file, begin, end)}, true
}

func blank(b []byte) bool { return len(bytes.TrimSpace(b)) == 0 }

// hasComment reports whether there is a comment in a piece of a file.
func hasComment(src []byte) bool {
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	return slices.ContainsFunc(tokens, func(t hclsyntax.Token) bool { return t.Type == hclsyntax.TokenComment })
}

// lastLine is the last whole line of src, without white space around it.
func lastLine(src []byte) string {
	src = bytes.TrimSuffix(src, []byte("\n"))
	return string(bytes.TrimSpace(src[bytes.LastIndexByte(src, '\n')+1:]))
}

// commentEnds reports whether the last line is a comment.
func commentEnds(src []byte) bool {
	line := lastLine(src)
	return strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//") || strings.HasSuffix(line, "*/")
}

// opensOrBlank reports whether a blank line after the last one would be one too many.
func opensOrBlank(src []byte) bool {
	line := lastLine(src)
	return line == "" || strings.HasSuffix(line, "{")
}

// body returns a file as the parser has it: where blocks end, declarations do not say.
func (l *linter) body(file string) *hclsyntax.Body {
	if b, ok := l.bodies[file]; ok {
		return b
	}
	if l.bodies == nil {
		l.bodies = map[string]*hclsyntax.Body{}
	}
	src, _ := l.source(file)
	l.bodies[file], _ = lang.ParseBody(file, src)
	return l.bodies[file]
}

// blockAt returns the block that a place lies in, or begins; nil if none is there.
func (l *linter) blockAt(at diag.Span) *hclsyntax.Block {
	body := l.body(at.File)
	if body == nil {
		return nil
	}
	i := sort.Search(len(body.Blocks), func(i int) bool { return body.Blocks[i].TypeRange.Start.Byte > at.Start.Byte })
	if i == 0 {
		return nil
	}
	return body.Blocks[i-1]
}

// removeBlock is a fix that removes the block with this header.
func (l *linter) removeBlock(header diag.Span, what string) *Fix {
	b := l.blockAt(header)
	if b == nil {
		return nil
	}
	e, ok := l.removal(header.File, b.TypeRange.Start.Byte, b.CloseBraceRange.End.Byte)
	if !ok {
		return nil
	}
	return &Fix{Text: what, Same: true, Edit: e}
}
