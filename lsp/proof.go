package lsp

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lsp/syntax"
)

// A rename proves itself. The names were found in a text that may use them in ways that
// are not known here, so the text with the new name must name the same things in the
// same places, have no other diagnostics than before, and make as many instances with
// the same values.

// byteEdit puts a text in the place of a span.
type byteEdit struct {
	at   syntax.Span
	text string
}

// renaming is a rename with all that it edits.
type renaming struct {
	sc    *scope // where it is declared
	old   symbol
	new   symbol
	all   []naming
	edits map[string][]byteEdit // by file, in the order of the text
	texts map[string]string     // by file, edited
	moves map[string][]int      // by file, how far its edits move what follows each
}

func (sc *scope) renaming(o symbol, name string) (*renaming, error) {
	all, unsure := sc.namings(o, true)
	if unsure != nil {
		return nil, refusal("%s cannot be renamed, as it may be named in places that are not found: %v.", o.name, unsure)
	}
	r := &renaming{
		sc: sc, old: o, new: symbol{o.kind, o.owner, name}, all: all,
		edits: map[string][]byteEdit{}, texts: map[string]string{}, moves: map[string][]int{},
	}
	for _, n := range r.all {
		for _, own := range n.names {
			for _, x := range n.sc.named(own) {
				r.edits[x.file.path] = append(r.edits[x.file.path], byteEdit{x.at, name})
			}
		}
	}
	if name != o.name {
		sc.keepName(o, r.edits)
	}
	r.files(func(f *parsed) {
		list := r.edits[f.path]
		slices.SortStableFunc(list, func(a, b byteEdit) int { return a.at.Start - b.at.Start })
		r.texts[f.path] = edited(f.text, list)
		by := 0
		for _, e := range list {
			by += len(e.text) - (e.at.End - e.at.Start)
			r.moves[f.path] = append(r.moves[f.path], by)
		}
	})
	return r, nil
}

// files calls visit for every file that is edited.
func (r *renaming) files(visit func(f *parsed)) {
	for _, n := range r.all {
		for _, f := range n.sc.files {
			if len(r.edits[f.path]) > 0 {
				visit(f)
			}
		}
	}
}

// edit is the rename as the client makes it.
func (r *renaming) edit() workspaceEdit {
	out := workspaceEdit{Changes: map[string][]textEdit{}}
	r.files(func(f *parsed) {
		at, uri := cursor{document: f.document}, r.sc.s.uri(f.path)
		for _, x := range r.edits[f.path] {
			out.Changes[uri] = append(out.Changes[uri], textEdit{at.span(x.at.Start, x.at.End), x.text})
		}
	})
	return out
}

func edited(text string, edits []byteEdit) string {
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(text[at:e.at.Start])
		b.WriteString(e.text)
		at = e.at.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// complete reports whether the edited texts name the symbol where the old ones did, and
// everything else too: a name of a for expression may have got in between.
func (r *renaming) complete() error {
	for _, n := range r.all {
		if err := r.completeIn(n); err != nil {
			return err
		}
	}
	return nil
}

func (r *renaming) completeIn(n naming) error {
	after := &scope{s: n.sc.s, p: n.sc.p}
	for _, f := range n.sc.files {
		g := f
		if text, ok := r.texts[f.path]; ok {
			g = &parsed{document: newDocument(text), File: syntax.Parse(text), path: f.path, uri: f.uri}
		}
		if after.files = append(after.files, g); f == n.sc.file {
			after.file = g
		}
	}
	for i, f := range n.sc.files {
		var was, is []occurrence
		n.sc.occurrences(f, func(o occurrence) { was = append(was, o) })
		after.occurrences(after.files[i], func(o occurrence) { is = append(is, o) })
		if !slices.EqualFunc(was, is, func(a, b occurrence) bool {
			return r.renamed(n, a.symbol) == b.symbol && a.decl == b.decl && r.moved(f.path, a.at.Start) == b.at.Start
		}) {
			return refusal("%s cannot be renamed to %s: something else has that name in a place where it is used.", r.old.name, r.new.name)
		}
	}
	return nil
}

// renamed is what a symbol of a pipeline is afterwards.
func (r *renaming) renamed(n naming, o symbol) symbol {
	switch {
	case slices.Contains(n.names, o):
		o.name = r.new.name
		return o
	case n.sc != r.sc:
		return o
	case o.owner == "" || o.owner != r.old.name:
	case r.old.kind == "stage" && o.kind != "parameter" && !fromOutside(o.kind),
		r.old.kind == "function" && o.kind == "parameter",
		r.old.kind == "module" && fromOutside(o.kind):
		o.owner = r.new.name
	}
	if r.old.kind == "module" && o.owner == ofModule+r.old.name {
		o.owner = ofModule + r.new.name
	}
	return o
}

// fromOutside reports whether a kind of symbol belongs to a module.
func fromOutside(kind string) bool { return kind == "module param" || kind == "module output" }

// moved is where a place of a file is afterwards.
func (r *renaming) moved(file string, at int) int {
	list := r.edits[file]
	n := sort.Search(len(list), func(i int) bool { return list[i].at.Start >= at })
	if n == 0 {
		return at
	}
	return at + r.moves[file][n-1]
}

// proof returns what evaluates both texts of all pipelines, and says what is wrong with the
// new ones. It may be called beside everything else, and comes to no end once stop says so.
func (r *renaming) proof(stop func() bool) func() error {
	var proofs []func() error
	for _, n := range r.all {
		proofs = append(proofs, r.proofIn(n.sc, stop))
	}
	return func() error {
		for _, prove := range proofs {
			if err := prove(); err != nil {
				return err
			}
		}
		return nil
	}
}

func (r *renaming) proofIn(sc *scope, stop func() bool) func() error {
	p := sc.p
	what := "the pipeline"
	if sc != r.sc {
		what = p.main()
	}
	before, after := sc.s.picture(p), sc.s.picture(p)
	for name, text := range r.texts {
		if rel := p.rel(name); rel != "" {
			after.open[rel] = text
		}
	}
	req := request(sc.s.host, p.root, p.dir)
	req.Stop = stop
	return func() error {
		for _, req.Validate = range []bool{true, false} {
			req.Read = before
			was, old := eval.Evaluate(req)
			if req.Validate && old.HasErrors() {
				return refusal("Nothing can be renamed while %s has mistakes: %s", what, said(old))
			}
			req.Read = after
			is, found := eval.Evaluate(req)
			if d := added(old, found); d != nil {
				return refusal("%s cannot be renamed to %s: %s would have a mistake then: %s", r.old.name, r.new.name, what, message(d))
			}
			if was != nil && is != nil && was.Graph != nil && is.Graph != nil && !r.same(was.Graph, is.Graph) {
				return refusal("%s cannot be renamed to %s: %s would have other points or commands then.", r.old.name, r.new.name, what)
			}
		}
		return nil
	}
}

// added is a diagnostic of which there are more than before; nil if there is none.
func added(old, found diag.List) *diag.Diagnostic {
	count := map[string]int{}
	for i := range old {
		count[old[i].Code]++
	}
	for i := range found {
		if count[found[i].Code]--; count[found[i].Code] < 0 {
			return &found[i]
		}
	}
	return nil
}

// said is the first mistake of a list.
func said(ds diag.List) string {
	for i := range ds {
		if ds[i].Severity == diag.Error {
			return message(&ds[i])
		}
	}
	return ""
}

// message is what a diagnostic says, in one line.
func message(d *diag.Diagnostic) string {
	return oneLine(detail(d)) + " [" + d.Code + "]"
}

// same reports whether both have the same stages and points, but for names.
func (r *renaming) same(was, is *graph.Graph) bool {
	return slices.Equal(r.shape(was, r.old.name), r.shape(is, r.new.name))
}

// inPaths are the kinds whose names are in those of instances, and so in paths.
var inPaths = []string{"stage", "axis", "module"}

// shape is a line for each instance: its stage, the values of its point, how many files it
// reads and makes, and its command if no name may be in it.
func (r *renaming) shape(g *graph.Graph, name string) []string {
	var out []string
	for i := range g.Instances {
		x := &g.Instances[i]
		stage := x.Stage
		switch {
		case r.old.kind == "stage" && stage == name:
			stage = "" // the one that is renamed
		case r.old.kind == "module" || strings.HasPrefix(r.old.owner, ofModule):
			stage = stage[strings.LastIndexByte(stage, '/')+1:] // the module's name and point are before it
		}
		var values []string
		for _, a := range x.Point {
			values = append(values, a.Value)
		}
		slices.Sort(values)
		line := fmt.Sprintf("%s %q %d %d %d", stage, values, len(x.Inputs), len(x.Outputs), len(x.Args))
		if !slices.Contains(inPaths, r.old.kind) {
			line += fmt.Sprintf(" %q", x.Args)
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}
