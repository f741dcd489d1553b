package lsp

import (
	"slices"
	"sort"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/lsp/syntax"
)

// A rename proves itself. The names were found in a text that may use them in ways that
// are not known here, so the text with the new name must name the same things in the
// same places, have no other diagnostics than before, and make as many instances with
// the same values (shape.go).

// byteEdit puts a text in the place of a span.
type byteEdit struct {
	at   syntax.Span
	text string
}

// renaming is a rename with all that it edits.
type renaming struct {
	sc     *scope // where it is declared
	old    symbol
	new    symbol
	all    []naming
	edits  map[string][]byteEdit // by file, in the order of the text
	texts  map[string]string     // by file, edited
	params []paramsText          // params files among them
	moves  map[string][]int      // by file, how far its edits move what follows each
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
	return r, r.renameInFiles()
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
	add := func(name string, d *document) {
		at, uri := cursor{document: d}, r.sc.s.uri(name)
		for _, x := range r.edits[name] {
			out.Changes[uri] = append(out.Changes[uri], textEdit{at.span(x.at.Start, x.at.End), x.text})
		}
	}
	r.files(func(f *parsed) { add(f.path, f.document) })
	for _, t := range r.params {
		add(t.path, t.document)
	}
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
	case o.kind == "part":
		return r.partsRenamed(o)
	case o.owner == "" || o.owner != r.old.name:
	case r.old.kind == "stage" && o.kind != "parameter" && !fromOutside(o.kind),
		r.old.kind == "function" && o.kind == "parameter",
		r.old.kind == "module" && fromOutside(o.kind):
		o.owner = r.new.name
	}
	switch {
	case r.old.kind == "module" && o.owner == ofModule+r.old.name:
		o.owner = ofModule + r.new.name
	case r.old.kind == "local" && o.owner == ofLocal+r.old.name:
		o.owner = ofLocal + r.new.name
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
	var proofs []func() (bool, error)
	for _, n := range r.all {
		proofs = append(proofs, r.proofIn(n.sc, stop))
	}
	return func() error {
		whole := false
		for _, prove := range proofs {
			all, err := prove()
			if err != nil {
				return err
			}
			whole = whole || all
		}
		if !whole && r.old.kind == "part" && !stop() {
			return refusal("%s cannot be renamed: params have no values, so nothing shows that they would stay the same.", r.old.name)
		}
		return nil
	}
}

// proofIn is the proof in one pipeline. It is whole if there are points and values to compare:
// params may have none.
func (r *renaming) proofIn(sc *scope, stop func() bool) func() (whole bool, err error) {
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
	req := subject{sc.s.host, p.root, p.dir, p.decoded}.request()
	req.Stop = stop
	return func() (whole bool, err error) {
		for _, req.Validate = range []bool{true, false} {
			req.Read = before
			was, old := eval.Evaluate(req)
			if req.Validate && old.HasErrors() {
				return false, refusal("Nothing can be renamed while %s has mistakes: %s", what, said(old))
			}
			req.Read = after
			is, found := eval.Evaluate(req)
			if d := added(old, found); d != nil {
				return false, refusal("%s cannot be renamed to %s: %s would have a mistake then: %s", r.old.name, r.new.name, what, message(d))
			}
			if was.Graph == nil || is.Graph == nil {
				continue
			}
			whole = true
			if stage, file := r.reader(was.Graph, p); stage != "" {
				return false, refusal("%s cannot be renamed: the command of stage %s reads %s itself, where it has this name.", r.old.name, stage, file)
			}
			if d := r.differs(was.Graph, is.Graph, sc == r.sc); d != "" {
				return false, refusal("%s cannot be renamed to %s: %s would have other %s then.", r.old.name, r.new.name, what, d)
			}
		}
		return whole, nil
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
