package lsp

import (
	"maps"
	"path"
	"path/filepath"
	"slices"

	"github.com/dewar-build/dewar/lsp/syntax"
)

// A pipeline may be a module of others of its project, which then name its params and
// outputs. The functions here find them.

// naming is a pipeline, and what something is called in it.
type naming struct {
	sc    *scope
	names []symbol // none: it is not named, but reaches the pipeline through others
}

// outside are the kinds of what users of a module name of it, as they are there.
var outside = map[string]string{"param": "module param", "output": "module output"}

// home is where a symbol is declared: in the pipeline of a module for what a user names
// of it. It is nil if that is not in this project.
func (sc *scope) home(o symbol) (*scope, symbol) {
	for _, own := range []string{"param", "output"} {
		if o.kind == outside[own] {
			return sc.module(o.owner), symbol{kind: own, name: o.name}
		}
	}
	return sc, o
}

// namings lists the pipelines in which something is named, its own first. With through,
// those that have one of them as a module are among them.
func (sc *scope) namings(o symbol, through bool) []naming {
	out := []naming{{sc, []symbol{o}}}
	kind := outside[o.kind]
	if kind == "" {
		return out
	}
	dir := filepath.Dir(sc.file.path)
	all := sc.modules()
	reached := []string{dir}
	for n := 0; n < len(reached); n++ {
		for _, user := range slices.Sorted(maps.Keys(all)) {
			labels := all[user][reached[n]]
			if len(labels) == 0 || slices.Contains(reached, user) {
				continue
			}
			x := naming{sc: sc.s.scopeIn(user)}
			for _, label := range all[user][dir] {
				x.names = append(x.names, symbol{kind, label, o.name})
			}
			reached = append(reached, user)
			if len(x.names) > 0 || through {
				out = append(out, x)
			}
		}
	}
	return out
}

// modules lists, for each pipeline of the project, the directories that it has as modules
// and what it calls them.
func (sc *scope) modules() map[string]map[string][]string {
	out := map[string]map[string][]string{}
	for _, dir := range sc.s.pipelinesBelow(sc.p.root) {
		for _, f := range sc.s.filesOf(dir) {
			for _, b := range f.Blocks {
				if source := sourceOf(f, b); source != "" {
					if out[dir] == nil {
						out[dir] = map[string][]string{}
					}
					out[dir][source] = append(out[dir][source], b.Label)
				}
			}
		}
	}
	return out
}

// sourceOf is the directory that a module block names; "" if it names none of the project.
func sourceOf(f *parsed, b *syntax.Block) string {
	if b.Kind != "module" || b.Label == "" {
		return ""
	}
	source := literal(f, b, "source")
	if source == "" {
		return ""
	}
	return filepath.Join(filepath.Dir(f.path), filepath.FromSlash(path.Clean(source)))
}

// everywhere are all places of the project where something is named, its own pipeline first.
func (sc *scope) everywhere(o symbol) []occurrence {
	at, own := sc.home(o)
	if at == nil {
		return sc.named(o)
	}
	var out []occurrence
	for _, n := range at.namings(own, false) {
		for _, name := range n.names {
			out = append(out, n.sc.named(name)...)
		}
	}
	return out
}

// scopeIn is that of the pipeline in a directory; nil if there is none.
func (s *server) scopeIn(dir string) *scope {
	files := s.filesOf(dir)
	if len(files) == 0 {
		return nil
	}
	p := s.pipelines[dir]
	if p == nil { // none of its files is open: nothing is known of it, nor evaluated
		p = s.newPipeline(dir)
	}
	return &scope{s: s, p: p, file: files[0], files: files}
}
