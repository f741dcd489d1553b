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
// those that have one of them as a module are among them. An error says why there may be
// others.
func (sc *scope) namings(o symbol, through bool) (out []naming, unsure error) {
	out = []naming{{sc, []symbol{o}}}
	kind := outside[o.kind]
	if kind == "" && !(through && (o.kind == "part" || sc.handsOut(o))) {
		return out, nil
	}
	dir := filepath.Dir(sc.file.path)
	all, unsure := sc.modules()
	reached := []string{dir}
	for n := 0; n < len(reached); n++ {
		for _, user := range slices.Sorted(maps.Keys(all)) {
			labels := all[user][reached[n]]
			if len(labels) == 0 || slices.Contains(reached, user) {
				continue
			}
			x := naming{sc: sc.s.scopeIn(user)}
			for _, label := range all[user][dir] {
				if kind != "" {
					x.names = append(x.names, symbol{kind, label, o.name})
				}
			}
			reached = append(reached, user)
			if len(x.names) > 0 || through {
				out = append(out, x)
			}
		}
	}
	return out, unsure
}

// handsOut reports whether what uses the pipeline may name what an instance of it has: an
// output may be instances.
func (sc *scope) handsOut(o symbol) bool {
	return (o.kind == "axis" || group(o.kind)) && slices.ContainsFunc(sc.files, func(f *parsed) bool {
		return slices.ContainsFunc(f.Blocks, func(b *syntax.Block) bool { return b.Kind == "output" })
	})
}

// maxUsers bounds how many directories of a project are looked through for what uses a
// module. It is asked for by a person now and then, and must miss none.
const maxUsers = 20_000

// modules lists, for each pipeline of the project, the directories that it has as modules
// and what it calls them. An error says why there may be more.
func (sc *scope) modules() (out map[string]map[string][]string, unsure error) {
	out = map[string]map[string][]string{}
	dirs, all := sc.s.pipelinesBelow(sc.p.root, maxUsers)
	if !all {
		unsure = refusal("the project has more than %d directories, so not all pipelines are looked at", maxUsers)
	}
	for _, dir := range dirs {
		for _, f := range sc.s.filesOf(dir) {
			for _, b := range f.Blocks {
				source, plain := sourceOf(f, b)
				if !plain {
					unsure = refusal("the source of the module %s in %s is no plain text, and may be any pipeline", b.Label, sc.p.rel(f.path))
				}
				if source == "" {
					continue
				}
				if out[dir] == nil {
					out[dir] = map[string][]string{}
				}
				out[dir][source] = append(out[dir][source], b.Label)
			}
		}
	}
	return out, unsure
}

// sourceOf is the directory that a module block names; "" if it names none of the project.
// Where it must be evaluated, it is not plain.
func sourceOf(f *parsed, b *syntax.Block) (dir string, plain bool) {
	a := b.Attr("source")
	if b.Kind != "module" || b.Label == "" || a == nil || f.Sign(a.First, '{') { // in Git
		return "", true
	}
	source, at, ok := f.Literal(a.First)
	for i := a.First; i < a.Last; i++ {
		ok = ok && (f.Tokens[i].Start <= at.End || f.Tokens[i].Kind == syntax.Comment)
	}
	if !ok || source == "" {
		return "", ok
	}
	return filepath.Join(filepath.Dir(f.path), filepath.FromSlash(path.Clean(source))), true
}

// everywhere are all places of the project where something is named, its own pipeline first.
func (sc *scope) everywhere(o symbol) []occurrence {
	at, own := sc.home(o)
	if at == nil {
		return sc.named(o)
	}
	var out []occurrence
	found, _ := at.namings(own, false)
	for _, n := range found {
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
