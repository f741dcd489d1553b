package lsp

import (
	"context"
	"path/filepath"

	"github.com/dewar-build/dewar/lsp/syntax"
)

// definition goes to where what is named was declared: in a params file for a part of a
// param that has its value there, in the workspace for a path.
func (s *server) definition(_ context.Context, p placeParams) (any, error) {
	if x := s.inParams(p); x != nil {
		return x.definition(), nil
	}
	sc, at, err := s.at(p)
	if err != nil {
		return nil, err
	}
	if l := sc.paramPart(at); l != nil {
		return []location{*l}, nil
	}
	if l := sc.pathAt(at); l != nil {
		return []location{*l}, nil
	}
	if part := sc.partAt(at); part != nil { // it has no value
		if f, b := sc.decl("param", part[0]); b != nil {
			return []location{s.place(f, partDeclared(f, b, part[1:]))}, nil
		}
	}
	o, ok := sc.symbolAt(at)
	if !ok {
		return nil, nil
	}
	out := []location{}
	if o.kind == "module" && o.decl {
		if m := sc.module(o.name); m != nil {
			return []location{s.place(m.file, syntax.Span{})}, nil
		}
	}
	from, own := sc.home(o.symbol)
	if from == nil {
		return out, nil
	}
	for _, x := range from.named(own) {
		if x.decl {
			out = append(out, s.place(x.file, x.at))
		}
	}
	return out, nil
}

func (s *server) place(f *parsed, at syntax.Span) location {
	return location{s.uri(f.path), f.span(at.Start, at.End)}
}

// refAt returns the reference at a place and which of its names is meant.
func (sc *scope) refAt(at int) (*syntax.Ref, int) {
	for i := range sc.file.Refs {
		r := &sc.file.Refs[i]
		if !r.Span().Has(at) {
			continue
		}
		for n := range r.Parts {
			if r.Parts[n].At.Has(at) {
				return r, n
			}
		}
	}
	return nil, 0
}

// paramPart is where the value of a part of a param stands, for param.train.C with the
// place on C.
func (sc *scope) paramPart(at int) *location {
	r, n := sc.refAt(at)
	if r == nil || r.Root() != "param" || n < 2 || sc.p.values == nil {
		return nil
	}
	b := sc.p.values.params[r.Name(1)]
	if b == nil {
		return nil
	}
	var names []string
	for _, p := range r.Parts[2 : n+1] {
		names = append(names, p.Name)
	}
	for _, l := range b.Under(names) {
		if l.Span.Start.Line == 0 {
			continue
		}
		name := sc.p.file(l.Span.File)
		if d := sc.s.text(name); d != nil {
			m := newMapping(d)
			return &location{sc.s.uri(name), m.span(m.offset(l.Span.Start), m.offset(l.Span.End))}
		}
	}
	return nil
}

// pathAt is the file that the string at a place names, if there is one.
func (sc *scope) pathAt(at int) *location {
	c := sc.site(at)
	if !c.inString || !c.paths() {
		return nil
	}
	text, ok := c.wholeString()
	if !ok || text == "" || filepath.IsAbs(text) {
		return nil
	}
	name := filepath.Join(filepath.Dir(sc.file.path), filepath.FromSlash(text))
	info, err := sc.s.host.FS.Stat(name)
	if err != nil || !info.IsRegular() {
		return nil
	}
	return &location{URI: sc.s.uri(name)}
}

// references lists where what is at a place is named, in other pipelines of the project too.
func (s *server) references(_ context.Context, p referenceParams) (any, error) {
	if x := s.inParams(p.placeParams); x != nil {
		return x.references(p.Context.IncludeDeclaration), nil
	}
	sc, at, err := s.at(p.placeParams)
	if err != nil {
		return nil, err
	}
	out := []location{}
	var named []occurrence
	if o, ok := sc.symbolAt(at); ok {
		named = sc.everywhere(o.symbol)
	}
	c := cursor{}
	for _, x := range named {
		if c.document != x.file.document {
			c = cursor{document: x.file.document}
		}
		if !x.decl || p.Context.IncludeDeclaration {
			out = append(out, location{s.uri(x.file.path), c.span(x.at.Start, x.at.End)})
		}
	}
	return out, nil
}

// highlights lists where what is at a place is named in this file.
func (s *server) highlights(_ context.Context, p placeParams) (any, error) {
	sc, at, err := s.at(p)
	if err != nil {
		return nil, err
	}
	out := []highlight{}
	o, ok := sc.symbolAt(at)
	if !ok {
		return out, nil
	}
	c := cursor{document: sc.file.document}
	sc.occurrences(sc.file, func(x occurrence) {
		if x.symbol == o.symbol {
			out = append(out, highlight{c.span(x.at.Start, x.at.End)})
		}
	})
	return out, nil
}
