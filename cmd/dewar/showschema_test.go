package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/lang"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestShowSchema: it has all that the language knows of itself, for programs and for people.
func TestShowSchema(t *testing.T) {
	b, err := json.Marshal(schemaJSON(lang.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	var shown []blockJSON
	if err := json.Unmarshal(b, &shown); err != nil {
		t.Fatal(err)
	}
	why := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".NotYet" }, cmp.Comparer(func(a, b string) bool { return (a == "") == (b == "") }))
	if diff := cmp.Diff(lang.Schema(), specsOf(shown), cmpopts.EquateEmpty(), why); diff != "" {
		t.Errorf("not the schema (-want +got):\n%s", diff)
	}
	var text bytes.Buffer
	c := &cli{out: &text}
	for _, s := range lang.Schema() {
		c.printBlock(s, "")
	}
	for _, want := range []string{"\nstage \"NAME\"  ", "\n  outputs        map of outputs               ", "\n    at             ", "\n  assert  "} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in\n%s", want, text.String())
		}
	}
}

// specsOf reads back what was shown.
func specsOf(list []blockJSON) []lang.BlockSpec {
	var out []lang.BlockSpec
	for _, b := range list {
		out = append(out, lang.BlockSpec{Kind: b.Kind, Label: b.Label, Once: b.Once, Free: b.Free, NotYet: reason(b.NotYet), Doc: b.Doc, Attrs: attrsOf(b.Attrs), Blocks: specsOf(b.Blocks)})
	}
	return out
}

func attrsOf(list []attrJSON) []lang.AttrSpec {
	var out []lang.AttrSpec
	for _, a := range list {
		out = append(out, lang.AttrSpec{Name: a.Name, Type: a.Type, Doc: a.Doc, Required: a.Required, NotYet: reason(a.NotYet), Values: a.Values, Fields: attrsOf(a.Fields)})
	}
	return out
}

func reason(notYet bool) string {
	if notYet {
		return "it is said why"
	}
	return ""
}
