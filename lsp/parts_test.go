package lsp

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A part of a param is found where its type and references name it, with a value or without.
func TestParts(t *testing.T) {
	const text = `param "t" {
  type    = object({ a = optional(object({ b = number })), ab = optional(number) })
  default = {}
}
param "b" {
  type    = number
  default = 1
}
locals {
  x = param.t.a.b
  y = "${param.t["a"].b} ${param.t.ab} ${param.b}"
  z = param.t.nope
}
`
	e := start(t, "-- .dewar/config.hcl --\n")
	e.open("pipeline.hcl", text)
	for _, c := range []struct {
		at         string
		references []int // lines, from 0; the declaration first
		declared   int
	}{
		{"x = param.t.a.|b", []int{1, 9, 10}, 1},
		{"x = param.t.|a", []int{1, 9, 10}, 1},
		{"param.t.a|b", []int{1, 10}, 1},
		{"object({ |a = optional", []int{1, 9, 10}, 1},
		{"${param.|b}", []int{4, 10}, 4},
		{"param.t.no|pe", []int{11}, 0},
	} {
		p := referenceParams{placeParams: e.at("pipeline.hcl", find(t, text, c.at))}
		p.Context.IncludeDeclaration = true
		var found []location
		e.ask("textDocument/references", p, &found)
		var lines []int
		for _, l := range found {
			lines = append(lines, l.Range.Start.Line)
		}
		if diff := cmp.Diff(c.references, lines); diff != "" {
			t.Errorf("%s: %s", c.at, diff)
		}
		e.ask("textDocument/definition", p.placeParams, &found)
		if len(found) != 1 || found[0].Range.Start.Line != c.declared {
			t.Errorf("%s: it is declared at %v", c.at, found)
		}
	}
}
