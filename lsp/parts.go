package lsp

import (
	"slices"

	"github.com/dewar-build/dewar/lsp/syntax"
)

// Parts of params have no declarations of their own: a part is named in the type of its
// param, and below it in references.

// partAt is the part of a param that is named at a place: its names from that of the param
// on; none if there is none.
func (sc *scope) partAt(at int) []string {
	r, n := sc.refAt(at)
	if r == nil || r.Root() != "param" || n < 2 {
		return nil
	}
	var out []string
	for _, p := range r.Parts[1 : n+1] {
		out = append(out, p.Name)
	}
	return out
}

// partNamed are the places of the pipeline where a part of a param is named. The declaration
// is first if there is one in its type.
func (sc *scope) partNamed(part []string) []occurrence {
	var out []occurrence
	o := symbol{kind: "part", name: part[len(part)-1]}
	if f, b := sc.decl("param", part[0]); b != nil {
		if at := partDeclared(f, b, part[1:]); at != b.Name {
			out = append(out, occurrence{o, f, at, true})
		}
	}
	for _, f := range sc.files {
		for i := range f.Refs {
			r := &f.Refs[i]
			if r.Root() == "param" && len(r.Parts) > len(part) && slices.EqualFunc(part, r.Parts[1:len(part)+1], func(name string, p syntax.Part) bool { return name == p.Name }) {
				out = append(out, occurrence{o, f, r.Parts[len(part)].At, false})
			}
		}
	}
	return out
}

// partDeclared is where a param names a part: in its type, or else by its own name.
func partDeclared(f *parsed, b *syntax.Block, path []string) syntax.Span {
	a := b.Attr("type")
	if a == nil {
		return b.Name
	}
	at, first := b.Name, a.First
	last := a.Last
	for _, name := range path {
		for first < last && !f.Sign(first, '{') { // object, optional and their brackets
			first++
		}
		list := f.Entries(first, last)
		i := slices.IndexFunc(list, func(e syntax.Entry) bool { return e.Name == name })
		if i < 0 {
			return b.Name
		}
		at, first, last = list[i].At, list[i].First, list[i].Last
	}
	return at
}
