package lsp

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lang"
	"github.com/dewar-build/dewar/lsp/syntax"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// A sound text is read here as the language reads it: the same blocks, attributes,
// references and calls, in the same places.
func TestSyntax_agrees(t *testing.T) {
	read := 0
	for _, dir := range []string{"graphs", "mistakes"} {
		names, err := filepath.Glob("../spec/cases/" + dir + "/*.txtar")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for i, f := range archive.Files {
				if !isPipelineFile(f.Name) {
					continue
				}
				text := string(diag.UnixLines(f.Data))
				p, ok := loaded(t, text)
				if !ok {
					continue
				}
				read++
				if diff := cmp.Diff(declaredIn(p), readIn(syntax.Parse(text))); diff != "" {
					t.Errorf("%s, file %d (-lang +here):\n%s", name, i, diff)
				}
			}
		}
	}
	if read < 100 {
		t.Errorf("only %d texts are read", read)
	}
}

func loaded(t *testing.T, text string) (*lang.Pipeline, bool) {
	t.Helper()
	m := fs.Memory()
	if err := fs.WriteFile(m, "/pipeline.hcl", []byte(text)); err != nil {
		t.Fatal(err)
	}
	p, ds := lang.Load(fs.NewProject(m, "/"), ".")
	return p, !ds.HasErrors()
}

// declaredIn are the names in the declarations of a pipeline, with their places, sorted.
func declaredIn(p *lang.Pipeline) []string {
	var out []string
	add := func(at diag.Span, words ...string) {
		out = append(out, fmt.Sprintf("%06d %s", at.Start.Byte, strings.Join(words, " ")))
	}
	attr := func(a *lang.Attr) {
		add(a.NameSpan, "attribute", a.Name)
		for _, r := range lang.Refs(a.Expr) {
			add(r.Span, "reference", r.Root, r.Name)
		}
		for _, c := range lang.Calls(a.Expr) {
			add(c.Span, "call", c.Name)
		}
	}
	blocks := slices.Concat(p.Params, p.Data, p.Toolchains, p.Stages, p.Experiments, p.Modules, p.Outputs, p.Functions)
	if p.Settings != nil {
		blocks = append(blocks, p.Settings)
	}
	for _, b := range blocks {
		add(b.Span, "block", b.Kind, b.Name)
		for _, a := range b.Attrs {
			attr(a)
		}
		for _, in := range b.Blocks {
			add(in.Span, "block", in.Kind, "")
			for _, a := range in.Attrs {
				attr(a)
			}
		}
	}
	for _, a := range p.Locals {
		attr(a)
	}
	slices.Sort(out)
	return out
}

// readIn are the same of a text that was read here.
func readIn(f *syntax.File) []string {
	var out []string
	add := func(at syntax.Span, words ...string) {
		out = append(out, fmt.Sprintf("%06d %s", at.Start, strings.Join(words, " ")))
	}
	var visit func(list []*syntax.Block)
	visit = func(list []*syntax.Block) {
		for _, b := range list {
			if b.Kind != "locals" {
				add(b.At, "block", b.Kind, b.Label)
			}
			for _, a := range b.Attrs {
				add(a.At, "attribute", a.Name)
			}
			visit(b.Blocks)
		}
	}
	visit(f.Blocks)
	for _, r := range f.Refs {
		add(r.Span(), "reference", r.Root(), r.Name(1))
	}
	for _, c := range f.Calls {
		add(c.At, "call", c.Name)
	}
	slices.Sort(out)
	return out
}
