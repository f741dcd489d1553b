package lsp

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar/lsp/syntax"
)

// symbol is something that has a name: what go to definition, references and rename are
// about.
type symbol struct {
	kind  string // of the block, "local", "axis", "parameter", "part", or the attribute that it is an entry of
	owner string // the stage, function, module or param that an entry, axis or part belongs to
	name  string
}

// occurrence is a place where a symbol is named.
type occurrence struct {
	symbol
	file *parsed
	at   syntax.Span
	decl bool
}

// kinds are those of blocks whose label is a name of its own.
var kinds = []string{"param", "data", "toolchain", "stage", "function", "module", "experiment", "output"}

// occurrences calls visit for every place in a file where something is named.
func (sc *scope) occurrences(f *parsed, visit func(occurrence)) {
	w := &namer{sc: sc, f: f, visit: visit}
	at := 0 // references
	calls := 0
	for _, b := range f.Blocks {
		w.block(b)
		for at < len(f.Refs) && f.Refs[at].Parts[0].At.Start < b.Whole.End {
			w.ref(b, &f.Refs[at])
			at++
		}
		for calls < len(f.Calls) && f.Calls[calls].At.Start < b.Whole.End {
			w.name("function", "", f.Calls[calls].Name, f.Calls[calls].At, false)
			calls++
		}
	}
}

// namer finds what is named in one file.
type namer struct {
	sc    *scope
	f     *parsed
	visit func(occurrence)
}

func (w *namer) name(kind, owner, name string, at syntax.Span, decl bool) {
	w.visit(occurrence{symbol{kind, owner, name}, w.f, at, decl})
}

// block visits what a block declares.
func (w *namer) block(b *syntax.Block) {
	w.lookInside(b, b.Label)
	if b.Label != "" && slices.Contains(kinds, b.Kind) {
		w.name(b.Kind, "", b.Label, b.Name, true)
	}
	switch b.Kind {
	case "param":
		w.parts(b)
	case "locals":
		for i := range b.Attrs {
			w.name("local", "", b.Attrs[i].Name, b.Attrs[i].At, true)
			w.axes(pointsOf(w.f, &b.Attrs[i]))
		}
	case "stage":
		w.stage(b)
	case "function":
		for _, e := range entries(w.f, b, "params") {
			w.name("parameter", b.Label, e.Name, e.At, true)
		}
	case "module":
		w.axes(b)
		for _, e := range entries(w.f, b, "params") {
			w.name("module param", b.Label, e.Name, e.At, false)
		}
	case "experiment":
		for _, e := range entries(w.f, b, "params") {
			w.tried(e)
		}
	}
}

// stage visits the entries and axes of a stage, and the names of axes in its for_each.
func (w *namer) stage(b *syntax.Block) {
	for _, attr := range []string{"inputs", "outputs", "metrics", "plots"} {
		for _, e := range entries(w.f, b, attr) {
			w.name(attr, b.Label, e.Name, e.At, true)
		}
	}
	w.axes(b)
}

func (w *namer) axes(b *syntax.Block) {
	for _, d := range axes(w.f, b) {
		if d.at.End > d.at.Start {
			w.name("axis", makerOf(b), d.name, d.at, true)
		}
	}
}

// ref visits the names of a reference in a block.
func (w *namer) ref(b *syntax.Block, r *syntax.Ref) {
	switch root := r.Root(); root {
	case "param", "local", "data", "toolchain", "module", "stage":
		if len(r.Parts) < 2 {
			return
		}
		w.name(root, "", r.Name(1), r.Parts[1].At, false)
		switch root {
		case "param":
			w.partsOfRef(r)
		case "stage":
			w.made(r.Name(1), r, 2)
		case "module":
			w.made(ofModule+r.Name(1), r, 2)
		}
	case "each":
		if b.Kind == "stage" || b.Kind == "module" {
			w.each(b, r)
		}
	case "inputs", "outputs", "metrics", "plots":
		if b.Kind == "stage" && len(r.Parts) > 1 {
			w.name(root, b.Label, r.Name(1), r.Parts[1].At, false)
		}
	default:
		if b.Kind == "function" {
			w.name("parameter", b.Label, root, r.Parts[0].At, false)
		}
	}
}

// made visits what follows an instance of a stage or module: outputs.y, or an axis.
func (w *namer) made(stage string, r *syntax.Ref, i int) {
	name := r.Name(i)
	module, isModule := strings.CutPrefix(stage, ofModule)
	switch {
	case name == "":
	case group(name) && len(r.Parts) == i+1, isModule && group(name) && name != "outputs":
	case isModule && name == "outputs":
		w.name("module output", module, r.Name(i+1), r.Parts[i+1].At, false)
	case group(name):
		w.name(name, stage, r.Name(i+1), r.Parts[i+1].At, false)
	case name == "from":
		if f, b := w.sc.maker(stage); b != nil {
			w.made(parent(f, b), r, i+1)
		}
	default:
		if owner := w.sc.axisOwner(stage, name); owner != "" {
			w.name("axis", owner, name, r.Parts[i].At, false)
		}
	}
}

func (w *namer) each(b *syntax.Block, r *syntax.Ref) {
	if name := r.Name(1); group(name) || name == "from" {
		stage := parent(w.f, b)
		if name == "from" {
			if f, p := w.sc.maker(stage); p != nil {
				w.made(parent(f, p), r, 2)
			}
			return
		}
		w.made(stage, r, 1)
		return
	}
	w.made(makerOf(b), r, 1)
}

// symbolAt returns what is named at a place.
func (sc *scope) symbolAt(at int) (out occurrence, ok bool) {
	sc.occurrences(sc.file, func(o occurrence) {
		if o.at.Has(at) && (!ok || o.at.Start == at) {
			out, ok = o, true
		}
	})
	return out, ok
}

// named returns all places where a symbol is named, in the order of files and text.
func (sc *scope) named(s symbol) []occurrence {
	var out []occurrence
	for _, f := range sc.files {
		sc.occurrences(f, func(o occurrence) {
			if o.symbol == s {
				out = append(out, o)
			}
		})
	}
	slices.SortStableFunc(out, func(a, b occurrence) int {
		if a.file != b.file {
			return strings.Compare(a.file.path, b.file.path)
		}
		return a.at.Start - b.at.Start
	})
	return slices.CompactFunc(out, func(a, b occurrence) bool { return a.file == b.file && a.at == b.at })
}
