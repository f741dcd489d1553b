package lsp

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/lsp/syntax"
)

// paramsPlace is a place in a params file, for requests about one: it tells of the params
// that have their values there.
type paramsPlace struct {
	s    *server
	name string // of the file
	doc  *document
	at   int
}

// inParams returns the place of a request that is about a params file; nil if it is not.
func (s *server) inParams(p placeParams) *paramsPlace {
	name := pathOf(p.TextDocument.URI)
	if ext := strings.TrimPrefix(filepath.Ext(name), "."); ext == "" || !slices.Contains(strings.Split(paramsFiles, ","), ext) {
		return nil
	}
	doc := s.text(name)
	if doc == nil {
		return nil
	}
	return &paramsPlace{s, name, doc, doc.offset(p.Position)}
}

// named finds the name at the place: where it is in the file from the top, and its span.
func (x *paramsPlace) named() (path []string, at syntax.Span) {
	src := param.Source{Path: filepath.Base(x.name), Bytes: []byte(x.doc.text)}
	if file, ds := param.Decode(src); !ds.HasErrors() {
		m := newMapping(x.doc)
		everyName(file.Root, nil, func(p []string, s diag.Span) bool {
			if span := (syntax.Span{Start: m.offset(s.Start), End: m.offset(s.End)}); span.Has(x.at) {
				path, at = p, span
			}
			return path == nil
		})
		return path, at
	}
	if !x.yaml() {
		return nil, at
	}
	row := x.doc.row(x.at)
	text, begin := x.doc.line(row)
	l := readLine(text)
	if at = (syntax.Span{Start: begin + l.indent, End: begin + l.indent + len(l.name)}); l.name == "" || !at.Has(x.at) {
		return nil, at
	}
	above, ok := x.above(row, l.indent)
	if !ok {
		return nil, at
	}
	return append(above, l.name), at
}

// everyName calls visit for every name of a tree until it returns false.
func everyName(t *param.Tree, above []string, visit func([]string, diag.Span) bool) bool {
	for i := range t.Entries {
		e := &t.Entries[i]
		path := append(slices.Clip(above), e.Name)
		if !visit(path, e.Span) || !everyName(e.Value, path, visit) {
			return false
		}
	}
	return true
}

func (x *paramsPlace) yaml() bool {
	ext := filepath.Ext(x.name)
	return ext == ".yaml" || ext == ".yml"
}

// hover says what is known of the params at the place.
func (x *paramsPlace) hover() any {
	path, at := x.named()
	var texts []string
	for _, c := range x.s.claims(x.name) {
		if rest, ok := c.below(path); ok && path != nil {
			texts = append(texts, c.describe(rest))
		}
	}
	if len(texts) == 0 {
		return nil
	}
	return hoverResult{markup{"markdown", strings.Join(texts, "\n\n---\n\n")}, x.doc.span(at.Start, at.End)}
}

// definition is where the params at the place are declared.
func (x *paramsPlace) definition() []location {
	path, _ := x.named()
	out := []location{}
	for _, c := range x.s.claims(x.name) {
		if rest, ok := c.below(path); ok && path != nil {
			out = append(out, x.s.place(c.f, partDeclared(c.f, c.block, rest)))
		}
	}
	return out
}

// references are where the params at the place are named.
func (x *paramsPlace) references(declarations bool) []location {
	path, _ := x.named()
	out := []location{}
	for _, c := range x.s.claims(x.name) {
		rest, ok := c.below(path)
		if !ok || path == nil {
			continue
		}
		named := c.sc.everywhere(symbol{kind: "param", name: c.block.Label})
		if len(rest) > 0 {
			named = c.sc.partNamed(append([]string{c.block.Label}, rest...))
		}
		for _, o := range named {
			if l := x.s.place(o.file, o.at); (declarations || !o.decl) && !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out
}
