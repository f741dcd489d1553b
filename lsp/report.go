package lsp

import (
	"fmt"
	"sort"
	"strings"

	"github.com/clipperhouse/displaywidth"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/lint"
)

// reporter turns diagnostics into those of the protocol.
type reporter struct {
	a       *analysis
	picture *overlay
	dir     string
	related bool // the client shows related places; else they become text

	mappings map[string]*mapping // by file
}

func (r *reporter) all(ds diag.List) {
	for i := range ds {
		r.said(&ds[i])
	}
}

// said adds one diagnostic, and returns it and its file.
func (r *reporter) said(d *diag.Diagnostic) (diagnostic, string) {
	file, at := r.place(d.Span)
	out := diagnostic{Range: at, Severity: 1, Code: d.Code, Source: "dewar", Message: r.message(d)}
	if d.Severity == diag.Warning {
		out.Severity = 2
	}
	if strings.HasSuffix(d.Code, "-unused") {
		out.Tags = []int{1}
	}
	for _, n := range d.Notes {
		if n.Span.IsZero() || n.Span.File == "" || !r.related {
			continue
		}
		name, at := r.place(n.Span)
		text := n.Text
		if text == "" {
			text = "here"
		}
		out.Related = append(out.Related, related{location{URI: name, Range: at}, text})
	}
	r.a.said[file] = append(r.a.said[file], out)
	return out, file
}

// message is what diag.Text says, but for the places.
func (r *reporter) message(d *diag.Diagnostic) string {
	text := d.Detail
	if text == "" {
		text = d.Summary
		if text == "" {
			text = diag.Summary(d.Code)
		}
	}
	for _, v := range d.Values {
		text += fmt.Sprintf("\n%s is %s", v.Name, v.Text)
	}
	if n := len(d.Instances); n > 0 {
		of := ""
		if d.Total > 0 {
			of = fmt.Sprintf(" of %d", d.Total)
		}
		const named = 3
		text += fmt.Sprintf("\nin %d%s points: %s", n, of, strings.Join(d.Instances[:min(n, named)], "; "))
		if n > named {
			text += fmt.Sprintf("; and %d more", n-named)
		}
	}
	for _, n := range d.Notes {
		switch {
		case n.Span.IsZero() || n.Span.File == "":
			text += "\n" + n.Text
		case !r.related:
			text += fmt.Sprintf("\n%s: %s line %d", n.Text, n.Span.File, n.Span.Start.Line)
		}
	}
	return text
}

// findings adds lints, and what mends them.
func (r *reporter) findings(list []lint.Finding) {
	for i := range list {
		f := &list[i]
		d, file := r.said(&f.Diagnostic)
		if f.Fix == nil {
			continue
		}
		x := fix{title: strings.ToUpper(f.Fix.Text[:1]) + f.Fix.Text[1:], said: d, file: file, sure: f.Fix.Same}
		for _, e := range f.Fix.Edits {
			x.edits = append(x.edits, fileEdit{e.Span.File, r.offset(e.Span.File, e.Span.Start), r.offset(e.Span.File, e.Span.End), e.Text})
		}
		r.a.fixes = append(r.a.fixes, x)
	}
}

// place is the file and range of a span. What has none is said at the top of the pipeline.
func (r *reporter) place(s diag.Span) (string, textRange) {
	if s.File == "" || strings.HasPrefix(s.File, "<") {
		return joined(r.dir, "pipeline.hcl"), textRange{}
	}
	m := r.mapping(s.File)
	if m == nil || s.Start.Line == 0 {
		return s.File, textRange{}
	}
	return s.File, m.span(m.offset(s.Start), m.offset(s.End))
}

func (r *reporter) offset(file string, p diag.Pos) int {
	if m := r.mapping(file); m != nil {
		return m.offset(p)
	}
	return 0
}

// mapping returns that of a file, nil if it cannot be read.
func (r *reporter) mapping(file string) *mapping {
	if m, ok := r.mappings[file]; ok {
		return m
	}
	var m *mapping
	if raw, err := r.picture.ReadFile(file); err == nil {
		m = newMapping(file, newDocument(string(raw)))
	}
	r.mappings[file] = m
	return m
}

// mapping finds places of the text that was evaluated, whose lines end with a line feed,
// in the text as it is.
type mapping struct {
	*document
	lines []int // offsets of the lines of what was evaluated
	src   string
	crlf  []int // offsets, there, of the line feeds that have a carriage return before them here
}

// newMapping returns that of a file. Package lang alone changes the ends of lines.
func newMapping(file string, d *document) *mapping {
	m := &mapping{document: d}
	src := d.text
	if isPipelineFile(file) {
		src = strings.ReplaceAll(src, "\r\n", "\n")
	}
	m.read(src, d.text)
	return m
}

func (m *mapping) read(src, raw string) {
	m.src, m.lines = src, []int{0}
	for i := range len(src) {
		if src[i] == '\n' {
			m.lines = append(m.lines, i+1)
		}
	}
	if len(src) == len(raw) {
		return
	}
	for i := 0; ; {
		n := strings.Index(raw[i:], "\r\n")
		if n < 0 {
			return
		}
		i += n
		m.crlf = append(m.crlf, i-len(m.crlf))
		i += 2
	}
}

// offset is where a place is. The byte counts if it lies in the line; readers of some
// formats know columns only.
func (m *mapping) offset(p diag.Pos) int {
	if p.Line < 1 {
		return 0
	}
	if p.Line > len(m.lines) {
		return len(m.text)
	}
	start, end := m.lines[p.Line-1], len(m.src)
	if p.Line < len(m.lines) {
		end = m.lines[p.Line]
	}
	at := p.Byte
	if at < start || at > end || at == 0 && p.Column > 1 {
		at = start
		g := displaywidth.StringGraphemes(m.src[start:end])
		for col := 1; col < p.Column && g.Next(); col++ {
			at += len(g.Value())
		}
	}
	return at + sort.SearchInts(m.crlf, at)
}
