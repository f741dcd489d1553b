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

// maxNamed is how large a file is read whole for what stands at one place: everything waits
// meanwhile. Of a larger one of YAML the lines are read.
const maxNamed = 1 << 20

// named finds the name at the place: where it is in the file from the top, and its span. It
// is in several places if it stands under an anchor.
func (x *paramsPlace) named() (paths [][]string, at syntax.Span) {
	if file := x.decoded(); file != nil {
		m := newMapping(x.doc)
		everyName(file.Root, nil, func(p []string, s diag.Span) {
			if span := (syntax.Span{Start: m.offset(s.Start), End: m.offset(s.End)}); span.Has(x.at) {
				paths, at = append(paths, p), span
			}
		})
		return paths, at
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
	return [][]string{append(above, l.name)}, at
}

// decoded is the file, nil if it has mistakes or is large.
func (x *paramsPlace) decoded() *param.File {
	if len(x.doc.text) > maxNamed {
		return nil
	}
	file, _ := param.Decode(param.Source{Path: filepath.Base(x.name), Bytes: []byte(x.doc.text)})
	return file
}

// everyName calls visit for every name of a tree.
func everyName(t *param.Tree, above []string, visit func([]string, diag.Span)) {
	for i := range t.Entries {
		e := &t.Entries[i]
		path := append(slices.Clip(above), e.Name)
		visit(path, e.Span)
		everyName(e.Value, path, visit)
	}
}

// part is a part of a param.
type part struct {
	claim
	path []string // below the param; none: it is the param
}

// parts are those of the params at the place, and its span. What no pipeline has its values
// from is not read.
func (x *paramsPlace) parts() (out []part, at syntax.Span) {
	claims := x.s.claims(x.name)
	if len(claims) == 0 {
		return nil, at
	}
	paths, at := x.named()
	for _, c := range claims {
		for _, path := range paths {
			if below, ok := c.below(path); ok {
				out = append(out, part{c, below})
			}
		}
	}
	return out, at
}

func (x *paramsPlace) yaml() bool {
	ext := filepath.Ext(x.name)
	return ext == ".yaml" || ext == ".yml"
}

// hover says what is known of the params at the place.
func (x *paramsPlace) hover() any {
	parts, at := x.parts()
	var texts []string
	for _, p := range parts {
		texts = append(texts, p.describe(p.path))
	}
	if len(texts) == 0 {
		return nil
	}
	return hoverResult{markup{"markdown", strings.Join(texts, "\n\n---\n\n")}, x.doc.span(at.Start, at.End)}
}

// definition is where the params at the place are declared.
func (x *paramsPlace) definition() []location {
	parts, _ := x.parts()
	out := []location{}
	for _, p := range parts {
		if l := x.s.place(p.f, partDeclared(p.f, p.block, p.path)); !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// references are where the params at the place are named.
func (x *paramsPlace) references(declarations bool) []location {
	parts, _ := x.parts()
	out := []location{}
	for _, p := range parts {
		named := p.sc.everywhere(symbol{kind: "param", name: p.block.Label})
		if len(p.path) > 0 {
			named = p.sc.named(partSymbol(append([]string{p.block.Label}, p.path...)))
		}
		for _, o := range named {
			if l := x.s.place(o.file, o.at); (declarations || !o.decl) && !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out
}
