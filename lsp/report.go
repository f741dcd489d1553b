package lsp

import (
	"fmt"
	"path"
	"strings"

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
	out := diagnostic{Range: at, Severity: 1, Code: d.Code, Source: "dewar", Message: r.message(d), about: detail(d)}
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

// detail is what is wrong, without what is known besides.
func detail(d *diag.Diagnostic) string {
	switch {
	case d.Detail != "":
		return d.Detail
	case d.Summary != "":
		return d.Summary
	}
	return diag.Summary(d.Code)
}

// message is what diag.Text says, but for the places.
func (r *reporter) message(d *diag.Diagnostic) string {
	text := detail(d)
	for _, v := range d.Values {
		text += fmt.Sprintf("\n%s is %s", v.Name, v.Text)
	}
	if points := diag.InPoints(d.Instances, d.Total); points != "" {
		text += "\n" + points
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
		e := &f.Fix.Edit
		r.a.fixes = append(r.a.fixes, fix{
			title: strings.ToUpper(f.Fix.Text[:1]) + f.Fix.Text[1:], said: d, file: file, sure: f.Fix.Same,
			edit: fileEdit{e.Span.File, r.offset(e.Span.File, e.Span.Start), r.offset(e.Span.File, e.Span.End), e.Text},
		})
	}
}

// place is the file and range of a span. What has none is said at the top of the pipeline.
func (r *reporter) place(s diag.Span) (string, textRange) {
	if s.File == "" || strings.HasPrefix(s.File, "<") {
		return path.Join(r.dir, "pipeline.hcl"), textRange{}
	}
	m := r.mapping(s.File)
	if m == nil && r.directory(s.File) {
		return path.Join(r.dir, "pipeline.hcl"), textRange{}
	}
	if m == nil || s.Start.Line == 0 {
		return s.File, textRange{}
	}
	return s.File, m.span(m.offset(s.Start), m.offset(s.End))
}

// directory reports whether a file is none that an editor could open: a directory, or a
// link to one out of the project.
func (r *reporter) directory(name string) bool {
	if name == r.dir {
		return true
	}
	info, err := r.picture.Lstat(name)
	return err == nil && !info.IsRegular()
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
		m = newMapping(newDocument(string(raw)))
	}
	r.mappings[file] = m
	return m
}

// mapping finds places of diagnostics in a text as the editor has it.
type mapping struct {
	cursor
	lines *diag.Lines
}

func newMapping(d *document) *mapping {
	return &mapping{cursor{document: d}, diag.NewLines([]byte(d.text))}
}

func (m *mapping) offset(p diag.Pos) int { return m.lines.Offset(p) }
