package lsp

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/lsp/syntax"
)

// claim is a param that has its value from a params file, as the text of its pipeline says.
type claim struct {
	sc    *scope
	f     *parsed
	block *syntax.Block
	at    []string // where in the file its value is, from the top; none: it is the file
}

// claims lists the params of the project that have their values from a file.
func (s *server) claims(name string) []claim {
	root, _ := s.rootOf(filepath.Dir(name))
	var out []claim
	dirs, _ := s.pipelinesBelow(root, maxOthers)
	for _, dir := range dirs {
		sc := s.scopeIn(dir)
		if sc == nil {
			continue
		}
		for _, f := range sc.files {
			for _, b := range f.Blocks {
				if at, ok := claimed(f, b, name); ok {
					out = append(out, claim{sc, f, b, at})
				}
			}
		}
	}
	return out
}

// claimed reports whether a block is a param that has its value from a file, and from where
// in it.
func claimed(f *parsed, b *syntax.Block, name string) (at []string, ok bool) {
	if b.Kind != "param" || b.Label == "" {
		return nil, false
	}
	same := func(file string) bool {
		return file != "" && filepath.Join(filepath.Dir(f.path), filepath.FromSlash(file)) == name
	}
	for _, e := range entries(f, b, "choices") {
		if file, _, ok := f.Literal(e.First); ok && same(file) {
			return nil, true
		}
	}
	if !same(literal(f, b, "file")) {
		return nil, false
	}
	switch key := literal(f, b, "key"); {
	case b.Attr("key") == nil:
		return []string{b.Label}, true
	case key == "":
		return nil, true
	default:
		return strings.Split(key, "."), true
	}
}

// below is where a place of the file is below the param; ok is false if it is no part of it.
func (c *claim) below(path []string) (rest []string, ok bool) {
	if len(path) < len(c.at) || !slices.Equal(path[:len(c.at)], c.at) {
		return nil, false
	}
	rest = path[len(c.at):]
	return rest, len(rest) == 0 || c.typeAt(rest) != nil
}

// typeAt is the type of a part of the param; nil if its type has no such part. Anything may
// be a part of what is of any type.
func (c *claim) typeAt(path []string) *param.Type {
	_, t := c.sc.paramType(c.block.Label)
	if t == nil && c.block.Attr("type") == nil {
		t = &param.Type{}
	}
	for _, name := range path {
		if t != nil && t.Kind == param.KindAny {
			return t
		}
		t = fieldType(t, name)
	}
	return t
}

// describe documents a part of the param.
func (c *claim) describe(path []string) string {
	return c.sc.describeParam(c.block.Label, path) + "\n\nIn `" + c.sc.p.rel(c.f.path) + "`."
}

// pipelinesBelow are the directories of a project that hold a pipeline, saved or not. all is
// false if there are more directories than are looked at.
func (s *server) pipelinesBelow(root string, most int) (out []string, all bool) {
	rels, all := pipelineDirs(listing(s.host.FS, root), most)
	for _, rel := range rels {
		out = append(out, filepath.Join(root, filepath.FromSlash(rel)))
	}
	for _, dir := range s.directories() {
		if s.pipelines[dir].root == root && !slices.Contains(out, dir) {
			out = append(out, dir)
		}
	}
	return out, all
}
