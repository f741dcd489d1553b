package lsp

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/lsp/syntax"
)

// A part of a param that is renamed is renamed in the params files that the param has its
// values from. What the edited file says must be what it said, but for that name; who else
// has values from that place keeps the rename from being made.

// paramsText is a params file that is edited.
type paramsText struct {
	path string
	*document
}

// renameInFiles adds the edits of params files.
func (r *renaming) renameInFiles() error {
	if r.old.kind != "part" || r.old.name == r.new.name {
		return nil
	}
	part := r.old.partPath()
	f, b := r.sc.decl("param", part[0])
	if b == nil {
		return nil
	}
	if err := r.wholeInAsserts(part); err != nil {
		return err
	}
	places, err := valuesOf(f, b)
	if err != nil {
		return err
	}
	for _, at := range places {
		if err := r.renameInFile(b, at.name, append(at.path, part[1:]...)); err != nil {
			return err
		}
	}
	return nil
}

// wholeInAsserts refuses where a condition on results has all of what the part is a part of: it
// is evaluated when there are results, and may ask for the part by its name.
func (r *renaming) wholeInAsserts(part []string) error {
	for _, f := range r.sc.files {
		for _, b := range f.Blocks {
			for _, in := range b.Blocks {
				if in.Kind != "assert" {
					continue
				}
				for _, x := range refsIn(f, in.Whole) {
					if names := x.Parts[1:]; x.Root() == "param" && len(names) < len(part) && slices.EqualFunc(names, part[:len(names)], func(p syntax.Part, name string) bool { return p.Name == name }) {
						return refusal("%s cannot be renamed: an assert of stage %s has param.%s as a whole.", r.old.name, b.Label, strings.Join(part[:len(names)], "."))
					}
				}
			}
		}
	}
	return nil
}

// valuesAt is where a param has values from: a file, and where in it.
type valuesAt struct {
	name string // of the file, on this machine
	path []string
}

// valuesOf lists the places that a param has its values from, each once.
func valuesOf(f *parsed, b *syntax.Block) (out []valuesAt, err error) {
	unknown := refusal("It is not known where param.%s has its values from: file, key and choices are no plain texts.", b.Label)
	on := func(file string) string { return filepath.Join(filepath.Dir(f.path), filepath.FromSlash(file)) }
	if b.Attr("file") != nil {
		name := on(literal(f, b, "file"))
		at, ok := claimed(f, b, name)
		if !ok || b.Attr("key") != nil && !plain(f, b.Attr("key")) || !plain(f, b.Attr("file")) {
			return nil, unknown
		}
		out = append(out, valuesAt{name, at})
	}
	for _, e := range entries(f, b, "choices") {
		file, _, ok := f.Literal(e.First)
		if !ok || file == "" {
			return nil, unknown
		}
		if name := on(file); !slices.ContainsFunc(out, func(x valuesAt) bool { return x.name == name }) {
			out = append(out, valuesAt{name: name})
		}
	}
	return out, nil
}

// plain reports whether an attribute is a string without templates.
func plain(f *parsed, a *syntax.Attr) bool {
	_, _, ok := f.Literal(a.First)
	return ok
}

// renameInFile adds the edits of one file. A file that is not there has no names.
func (r *renaming) renameInFile(b *syntax.Block, name string, path []string) error {
	s := r.sc.s
	doc := s.text(name)
	if doc == nil {
		return nil
	}
	file := filepath.ToSlash(r.sc.p.rel(name))
	x := &paramsPlace{s: s, name: name, doc: doc}
	was := x.decoded()
	if was == nil {
		return refusal("%s cannot be renamed: %s has mistakes, or is too large to be edited here.", r.old.name, file)
	}
	if err := r.alone(b, name, path); err != nil {
		return err
	}
	spans, ok := namesAt(doc, was.Root, path)
	if !ok {
		return refusal("%s cannot be renamed: how %s spells it is not understood here.", r.old.name, file)
	}
	if len(spans) == 0 {
		return nil
	}
	edits := make([]byteEdit, len(spans))
	for i, at := range spans {
		edits[i] = byteEdit{at, r.new.name}
	}
	text := edited(doc.text, edits)
	is, _ := param.Decode(param.Source{Path: filepath.Base(name), Bytes: []byte(text)})
	if is == nil || !slices.Equal(linesOf(was.Root, path, r.new.name), linesOf(is.Root, nil, "")) {
		return refusal("%s cannot be renamed to %s: %s would mean something else then.", r.old.name, r.new.name, file)
	}
	r.edits[name], r.texts[name] = edits, text
	r.params = append(r.params, paramsText{name, doc})
	return nil
}

// alone refuses where another param has its values from the same place.
func (r *renaming) alone(b *syntax.Block, name string, path []string) error {
	if _, all := r.sc.s.pipelinesBelow(r.sc.p.root, maxOthers); !all {
		return refusal("%s cannot be renamed: the project has more than %d directories, so not all params that are in %s are known.", r.old.name, maxOthers, r.sc.p.rel(name))
	}
	for _, c := range r.sc.s.claims(name) {
		n := min(len(path), len(c.at))
		own := c.block == b || c.sc.p.dir == r.sc.p.dir && c.block.Label == b.Label
		if !own && slices.Equal(c.at[:n], path[:n]) {
			return refusal("%s cannot be renamed: param.%s in %s has values from the same place of %s.", r.old.name, c.block.Label, c.sc.p.rel(c.f.path), r.sc.p.rel(name))
		}
	}
	return nil
}

// namesAt are the spans of a name in a file, without quotes, each once, in the order of the
// text; ok is false if one is spelled in another way.
func namesAt(doc *document, root *param.Tree, path []string) (out []syntax.Span, ok bool) {
	ok = true
	m := newMapping(doc)
	everyName(root, nil, func(p []string, s diag.Span) {
		if !slices.Equal(p, path) {
			return
		}
		at, good := bareName(doc.text, syntax.Span{Start: m.offset(s.Start), End: m.offset(s.End)}, path[len(path)-1])
		if ok = ok && good; good && !slices.Contains(out, at) {
			out = append(out, at)
		}
	})
	slices.SortFunc(out, func(a, b syntax.Span) int { return a.Start - b.Start })
	return out, ok
}

// bareName is a name without its quotes; ok is false if it is spelled in another way.
func bareName(text string, at syntax.Span, name string) (syntax.Span, bool) {
	for _, quote := range []string{"", `"`, "'"} {
		if text[at.Start:at.End] == quote+name+quote {
			return syntax.Span{Start: at.Start + len(quote), End: at.End - len(quote)}, true
		}
	}
	return at, false
}

// linesOf is what a params file says: a line for each value, with the names above it. That at
// path has another name if there is one.
func linesOf(root *param.Tree, path []string, name string) []string {
	var out []string
	var visit func(t *param.Tree, above string, left []string)
	visit = func(t *param.Tree, above string, left []string) {
		out = append(out, fmt.Sprintf("%s = %d %q", above, t.Shape, t.Text))
		for i, x := range t.Items {
			visit(x, fmt.Sprintf("%s/%d", above, i), nil)
		}
		for _, e := range t.Entries {
			as, below := e.Name, []string(nil)
			if len(left) > 0 && left[0] == e.Name {
				if below = left[1:]; len(below) == 0 {
					as = name
				}
			}
			visit(e.Value, fmt.Sprintf("%s.%q", above, as), below)
		}
	}
	visit(root, "", path)
	return out
}

// symbol is the part of a param that is named at the place, and where its name stands.
func (x *paramsPlace) symbol() (*scope, symbol, syntax.Span, error) {
	parts, at := x.parts()
	switch {
	case len(parts) == 0:
		return nil, symbol{}, at, refusal("No param has its value from here.")
	case len(parts) > 1:
		return nil, symbol{}, at, refusal("Several params have values from here.")
	}
	p := parts[0]
	if len(p.path) == 0 {
		return nil, symbol{}, at, refusal("Rename param.%s in %s: it keeps its place in this file.", p.block.Label, p.sc.p.rel(p.f.path))
	}
	return p.sc, partSymbol(append([]string{p.block.Label}, p.path...)), at, nil
}

// prepareRename says what would be renamed, or nothing.
func (x *paramsPlace) prepareRename() any {
	sc, o, at, err := x.symbol()
	if err != nil || sc.refuse(o) != nil {
		return nil
	}
	bare, ok := bareName(x.doc.text, at, o.name)
	if !ok {
		return nil
	}
	return prepareResult{x.doc.span(bare.Start, bare.End), o.name}
}
