package lsp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/lang"
	"github.com/dewar-build/dewar/lsp/syntax"
)

// renamed are the kinds of symbols that can be renamed.
var renamed = []string{"param", "local", "data", "toolchain", "stage", "function", "module", "experiment", "parameter", "axis", "part", "inputs", "outputs", "metrics", "plots", "output"}

// prepareRename says what would be renamed, or nothing.
func (s *server) prepareRename(_ context.Context, p placeParams) (any, error) {
	if x := s.inParams(p); x != nil {
		return x.prepareRename(), nil
	}
	sc, at, err := s.at(p)
	if err != nil {
		return nil, err
	}
	o, ok := sc.symbolAt(at)
	if !ok {
		return nil, nil
	}
	if from, own := sc.home(o.symbol); from == nil || from.refuse(own) != nil {
		return nil, nil
	}
	return prepareResult{sc.file.span(o.at.Start, o.at.End), o.name}, nil
}

// rename renames what is at a place wherever it is named: in its pipeline, and what a module
// takes and gives in those of the project that use it.
func (s *server) rename(ctx context.Context, p renameParams) (any, error) {
	sc, o, err := s.named(p.placeParams)
	if err != nil {
		return nil, err
	}
	from, own := sc.home(o)
	if from == nil {
		return nil, refusal("The module %s is none of this project: what it takes and gives cannot be renamed here.", o.owner)
	}
	if err := from.refuse(own); err != nil {
		return nil, err
	}
	if err := from.refuseName(own, p.NewName); err != nil {
		return nil, err
	}
	r, err := from.renaming(own, p.NewName)
	if err != nil {
		return nil, err
	}
	if err := r.complete(); err != nil {
		return nil, err
	}
	edit := r.edit()
	prove := r.proof(func() bool { return ctx.Err() != nil })
	return &later{still: s.unchanged(), work: func() (any, error) {
		if err := prove(); err != nil {
			return nil, err
		}
		return edit, nil
	}}, nil
}

// named is what is named at a place of a pipeline or a params file.
func (s *server) named(p placeParams) (*scope, symbol, error) {
	if x := s.inParams(p); x != nil {
		sc, o, _, err := x.symbol()
		return sc, o, err
	}
	sc, at, err := s.at(p)
	if err != nil {
		return nil, symbol{}, err
	}
	o, ok := sc.symbolAt(at)
	if !ok {
		return nil, symbol{}, refusal("There is nothing here that could be renamed.")
	}
	return sc, o.symbol, nil
}

// refuse says why something cannot be renamed.
func (sc *scope) refuse(o symbol) error {
	declared := slices.ContainsFunc(sc.named(o), func(x occurrence) bool { return x.decl })
	switch {
	case !slices.Contains(renamed, o.kind):
		return refusal("%s cannot be renamed here.", o.name)
	case !declared && o.kind == "function":
		return refusal("%s is a function of the language.", o.name)
	case !declared:
		return refusal("There is no declaration of %s.", o.name)
	}
	return nil
}

// refuseName says why something cannot have a name.
func (sc *scope) refuseName(o symbol, name string) error {
	entry := o.owner != "" && o.kind != "axis" && o.kind != "parameter" && o.kind != "part"
	switch {
	case o.kind == "axis":
		if err := grid.CheckAxis(name); err != nil {
			return refusal("%v.", err)
		}
	case !lang.ValidName(name):
		return refusal("%q is no name: a name begins with a letter (a to z), and letters, digits, _ and - follow; words of the syntax are none.", name)
	}
	if o.kind == "function" && sc.s.function(name) != nil {
		return refusal("There is a function %s in the language.", name)
	}
	if name == o.name {
		return nil
	}
	taken := symbol{o.kind, o.owner, name}
	if o.kind == "axis" && sc.axisOwner(o.owner, name) != "" {
		return refusal("The points have an axis %s already.", name)
	}
	if slices.ContainsFunc(sc.named(taken), func(x occurrence) bool { return x.decl }) {
		what := o.kind
		if entry {
			what = "entry of " + o.kind
		}
		return refusal("There is a %s %s already.", what, name)
	}
	return nil
}

// keepName lets a param that is renamed have its value from where it was in its file.
func (sc *scope) keepName(o symbol, edits map[string][]byteEdit) {
	if o.kind != "param" {
		return
	}
	f, b := sc.decl("param", o.name)
	if b == nil || b.Attr("file") == nil || b.Attr("key") != nil || !strings.Contains(f.Of(b.Body), "\n") { // on one line: it lacks its type
		return
	}
	a := b.Attr("file")
	at := a.Value.End
	line, begin := f.line(f.row(a.At.Start))
	end := "\n"
	if len(f.text) > at+1 && f.text[at-1] == '\r' {
		end = "\r\n"
		at--
	}
	text := fmt.Sprintf("%s%skey = %q", end, line[:a.At.Start-begin], o.name)
	edits[f.path] = append(edits[f.path], byteEdit{syntax.Span{Start: at, End: at}, text})
}
