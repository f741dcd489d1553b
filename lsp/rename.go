package lsp

import (
	"context"
	"fmt"
	"slices"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/lang"
)

// renamed are the kinds of symbols that can be renamed.
var renamed = []string{"param", "local", "data", "toolchain", "stage", "function", "module", "experiment", "parameter", "axis", "inputs", "outputs", "metrics", "plots"}

// prepareRename says what would be renamed, or nothing.
func (s *server) prepareRename(_ context.Context, p placeParams) (any, error) {
	sc, at, err := s.at(p)
	if err != nil {
		return nil, err
	}
	o, ok := sc.symbolAt(at)
	if !ok || sc.refuse(o.symbol) != nil {
		return nil, nil
	}
	return prepareResult{sc.file.span(o.at.Start, o.at.End), o.name}, nil
}

// rename renames what is at a place wherever it is named in the pipeline.
func (s *server) rename(_ context.Context, p renameParams) (any, error) {
	sc, at, err := s.at(p.placeParams)
	if err != nil {
		return nil, err
	}
	o, ok := sc.symbolAt(at)
	if !ok {
		return nil, fmt.Errorf("There is nothing here that could be renamed.")
	}
	if err := sc.refuse(o.symbol); err != nil {
		return nil, err
	}
	if err := sc.refuseName(o.symbol, p.NewName); err != nil {
		return nil, err
	}
	edit := workspaceEdit{Changes: map[string][]textEdit{}}
	for _, x := range sc.named(o.symbol) {
		uri := s.uri(x.file.path)
		edit.Changes[uri] = append(edit.Changes[uri], textEdit{x.file.span(x.at.Start, x.at.End), p.NewName})
	}
	sc.keepName(o.symbol, edit)
	return edit, nil
}

// refuse says why something cannot be renamed.
func (sc *scope) refuse(o symbol) error {
	declared := slices.ContainsFunc(sc.named(o), func(x occurrence) bool { return x.decl })
	switch {
	case !slices.Contains(renamed, o.kind):
		return fmt.Errorf("%s cannot be renamed here.", o.name)
	case !declared && o.kind == "function":
		return fmt.Errorf("%s is a function of the language.", o.name)
	case !declared:
		return fmt.Errorf("There is no declaration of %s.", o.name)
	}
	return nil
}

// refuseName says why something cannot have a name.
func (sc *scope) refuseName(o symbol, name string) error {
	entry := o.owner != "" && o.kind != "axis" && o.kind != "parameter"
	switch {
	case o.kind == "axis":
		if err := grid.CheckAxis(name); err != nil {
			return fmt.Errorf("%w.", err)
		}
	case !lang.ValidName(name):
		return fmt.Errorf("%q is no name: a name begins with a letter (a to z), and letters, digits, _ and - follow; words of the syntax are none.", name)
	}
	for _, f := range sc.s.functions {
		if o.kind == "function" && f.Name == name {
			return fmt.Errorf("There is a function %s in the language.", name)
		}
	}
	if name == o.name {
		return nil
	}
	taken := symbol{o.kind, o.owner, name}
	if o.kind == "axis" && sc.axisOwner(o.owner, name) != "" {
		return fmt.Errorf("The points have an axis %s already.", name)
	}
	if slices.ContainsFunc(sc.named(taken), func(x occurrence) bool { return x.decl }) {
		what := o.kind
		if entry {
			what = "entry of " + o.kind
		}
		return fmt.Errorf("There is a %s %s already.", what, name)
	}
	return nil
}

// keepName lets a param that is renamed have its value from where it was in its file.
func (sc *scope) keepName(o symbol, edit workspaceEdit) {
	if o.kind != "param" {
		return
	}
	f, b := sc.decl("param", o.name)
	if b == nil || b.Attr("file") == nil || b.Attr("key") != nil {
		return
	}
	a := b.Attr("file")
	at := f.position(a.Value.End)
	indent, begin := f.line(f.position(a.At.Start).Line)
	uri := sc.s.uri(f.path)
	end := "\n"
	if len(f.text) > a.Value.End+1 && f.text[a.Value.End-1] == '\r' {
		end = "\r\n"
		at = f.position(a.Value.End - 1)
	}
	text := fmt.Sprintf("%s%skey = %q", end, indent[:a.At.Start-begin], o.name)
	edit.Changes[uri] = append(edit.Changes[uri], textEdit{textRange{at, at}, text})
}
