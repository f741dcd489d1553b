package lsp

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const claiming = `
-- .dewar/config.hcl --
-- pipeline.hcl --
param "train" {
  type = object({ C = number, solver = optional(object({ name = string, warm = bool })) })
  file = "params.yaml"
}
param "rate" {
  type = number
  file = "params.yaml"
  key  = "deep.down"
}
param "free" {
  type    = any
  file    = "params.yaml"
  default = 1
}
param "model" {
  type    = object({ kernel = string })
  choices = { svm = "conf/svm.yaml", tree = "conf/tree.yaml" }
  file    = "params.yaml"
}
locals {
  c = param.train.C
}
-- other/pipeline.hcl --
param "all" {
  type = object({ train = object({ C = number }) })
  file = "../params.yaml"
  key  = ""
}
-- flat.hcl --
-- conf/svm.yaml --
kernel: rbf
-- toml/pipeline.hcl --
param "x" {
  type = object({ y = int })
  file = "p.toml"
}
param "z" {
  type = object({ y = bool })
  file = "p.json"
}
`

const claimedText = `train:
  C: 0.5
  solver: { name: saga, warm: true }
deep:
  down: 3
free:
  a: [1]
unclaimed: 1
model: svm
`

// In a params file there are the params that have their values from it.
func TestParamsFile(t *testing.T) {
	e := start(t, claiming)
	e.open("pipeline.hcl", archived(claiming)["pipeline.hcl"])
	open := func(name, text string) {
		e.version[name]++
		e.tell("textDocument/didOpen", didOpenParams{documentItem{URI: e.uri(name), Version: e.version[name], Text: text}})
	}
	for _, c := range []struct {
		name       string
		file, text string
		at         string
		hover      []string // what it says, in this order; none: nothing
		declared   []string // what stands where it is declared
		references int
	}{
		{"a part", "params.yaml", claimedText, "|C: 0.5", []string{"param.train.C**: number", "In `pipeline.hcl`", "param.all.train.C", "In `other/pipeline.hcl`"}, []string{"C", "C"}, 3},
		{"a param", "params.yaml", claimedText, "tra|in:", []string{"param.train**", "param.all.train"}, []string{"train", "train"}, 3},
		{"in braces", "params.yaml", claimedText, "na|me:", []string{"param.train.solver.name**: string"}, []string{"name"}, 1},
		{"another name", "params.yaml", claimedText, "do|wn:", []string{"param.rate**: number"}, []string{"rate"}, 1},
		{"above a param", "params.yaml", claimedText, "de|ep:", nil, nil, 0},
		{"of any type", "params.yaml", claimedText, "|a: [1]", []string{"param.free.a"}, []string{"free"}, 0},
		{"what nothing claims", "params.yaml", claimedText, "uncl|aimed:", nil, nil, 0},
		{"a value", "params.yaml", claimedText, "sa|ga", nil, nil, 0},
		{"a broken text", "params.yaml", claimedText + "x: [\n", "|C: 0.5", []string{"param.train.C", "param.all.train.C"}, []string{"C", "C"}, 3},
		{"of a choice", "conf/svm.yaml", "kernel: rbf\n", "ker|nel", []string{"param.model.kernel**: string"}, []string{"kernel"}, 1},
		{"an anchor", "params.yaml", "base: &b {C: 1}\ntrain: *b\nmodel: svm\n", "|C: 1", []string{"param.train.C", "param.all.train.C"}, []string{"C", "C"}, 3},
		{"a merge", "params.yaml", "train: &b\n  C: 1\nfree:\n  <<: *b\n", "|C: 1", []string{"param.train.C", "param.free.C", "param.all.train.C"}, []string{"C", "free", "C"}, 3},
		{"a large one", "params.yaml", claimedText + "# " + strings.Repeat("x", maxNamed) + "\n", "|C: 0.5", []string{"param.train.C", "param.all.train.C"}, []string{"C", "C"}, 3},
		{"a large one in braces", "params.yaml", claimedText + "# " + strings.Repeat("x", maxNamed) + "\n", "na|me:", nil, nil, 0},
		{"CRLF, and beyond 16 bits", "params.yaml", "\ufeff\"𝄞\": {a: 1}\r\ntrain: {\"é𝄞\": 1, C: 2} # 𝄞\r\n", "|C: 2", []string{"param.train.C", "param.all.train.C"}, []string{"C", "C"}, 3},
		{"a dotted name", "toml/p.toml", "x.y = 1\n", "|y = 1", []string{"param.x.y**: int"}, []string{"y"}, 1},
		{"a table", "toml/p.toml", "[x]\ny = 1\n", "|x]", []string{"param.x**"}, []string{"x"}, 1},
		{"TOML", "toml/p.toml", "[x]\ny = 1\n", "|y = 1", []string{"param.x.y**: int"}, []string{"y"}, 1},
		{"JSON", "toml/p.json", "{\r\n\"z\": {\"y\": true}}\r\n", "|y\": t", []string{"param.z.y**: bool"}, []string{"y"}, 1},
		{"broken JSON", "toml/p.json", "{\"z\": {\"y\": true}", "y\": t", nil, nil, 0},
		{"no params file", "other.yaml", claimedText, "|C: 0.5", nil, nil, 0},
	} {
		open(c.file, c.text)
		at := e.at(c.file, find(t, c.text, c.at))
		var h hoverResult
		e.ask("textDocument/hover", at, &h)
		text := h.Contents.Value
		for _, want := range c.hover {
			_, after, ok := strings.Cut(text, want)
			if !ok {
				t.Errorf("%s: hover lacks %q: %q", c.name, want, h.Contents.Value)
			}
			text = after
		}
		if c.hover == nil && text != "" {
			t.Errorf("%s: hover says %q", c.name, text)
		}
		var places []location
		e.ask("textDocument/definition", at, &places)
		var declared []string
		for _, l := range places {
			d := newDocument(archived(claiming)[strings.TrimPrefix(l.URI, uriOf(e.dir)+"/")])
			declared = append(declared, d.text[d.offset(l.Range.Start):d.offset(l.Range.End)])
		}
		if diff := cmp.Diff(c.declared, declared); diff != "" {
			t.Errorf("%s: declared: %s", c.name, diff)
		}
		p := referenceParams{placeParams: at}
		p.Context.IncludeDeclaration = true
		if e.ask("textDocument/references", p, &places); len(places) != c.references {
			t.Errorf("%s: references: %v", c.name, places)
		}
	}
}

func TestParamsFile_completion(t *testing.T) {
	e := start(t, claiming)
	for _, c := range []struct {
		name, text string
		want       []string // what is written
	}{
		{"at the top", "|", []string{"train:", "deep:", "free: ", "model:"}},
		{"a word at the top", "tr|", []string{"train:", "deep:", "free: ", "model:"}},
		{"what is there already", "train:\n  C: 1\nde|\nfree: 1\n", []string{"deep:", "model:"}},
		{"in a param", "train:\n  |\n", []string{"C: ", "solver:"}},
		{"beside a name", "train:\n  C: 1\n\n  s|\nfree: 1\n", []string{"solver:"}},
		{"before a colon", "train:\n  s|: x\n", []string{"C", "solver"}},
		{"further in", "train:\n    # why\n    solver:\n        |\n", []string{"name: ", "warm: "}},
		{"above another name", "deep:\n  |", []string{"down: "}},
		{"a bool", "train:\n  solver:\n    warm: t|\n", []string{"true", "false"}},
		{"a choice", "model: |", []string{"svm", "tree"}},
		{"a number", "train:\n  C: |\n", nil},
		{"in a list", "train:\n  - |\n", nil},
		{"below a list", "train:\n  - C:\n      |\n", nil},
		{"in a comment", "train:\n  # C|\n", nil},
		{"below a value", "free: 1\n  |\n", nil},
		{"in a sentence", "train: the w|", nil},
		{"after a word", "tr |", nil},
		{"after a value", "train:\n  solver:\n    warm: t |\n", []string{"true", "false"}},
		{"CRLF", "train:\r\n  C: 1\r\n  |\r\n", []string{"solver:"}},
	} {
		text, at := mark(c.text)
		e.tell("textDocument/didOpen", didOpenParams{documentItem{URI: e.uri("params.yaml"), Version: 1, Text: text}})
		var l completionList
		e.ask("textDocument/completion", e.at("params.yaml", at), &l)
		var got []string
		for _, x := range l.Items {
			if at != x.Edit.Range.End {
				t.Errorf("%s: it replaces %v", c.name, x.Edit.Range)
			}
			got = append(got, x.Edit.NewText)
		}
		want := slices.Clone(c.want)
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// In JSON and TOML too.
func TestParamsFile_completionFormats(t *testing.T) {
	e := start(t, `
-- .dewar/config.hcl --
-- pipeline.hcl --
`+strings.NewReplacer("params.yaml", "p.json").Replace(archived(claiming)["pipeline.hcl"])+`
-- toml/pipeline.hcl --
`+strings.NewReplacer("params.yaml", "p.toml").Replace(archived(claiming)["pipeline.hcl"]))
	for _, c := range []struct {
		name, file, text string
		want             []string // what the text is with each of what is offered
	}{
		{"at the top", "p.json", "{|}", []string{`{"train": }`, `{"deep": }`, `{"free": }`, `{"model": }`}},
		{"in quotes", "p.json", "{\n  \"tr|\"\n}", []string{"{\n  \"train\": \n}", "{\n  \"deep\": \n}", "{\n  \"free\": \n}", "{\n  \"model\": \n}"}},
		{"quotes that are open", "p.json", "{\n  \"free\": [1, {\"x\": 2}], \"|\n \"model\": {\"z\": 1}}", []string{"{\n  \"free\": [1, {\"x\": 2}], \"train\": \n \"model\": {\"z\": 1}}", "{\n  \"free\": [1, {\"x\": 2}], \"deep\": \n \"model\": {\"z\": 1}}"}},
		{"before a colon", "p.json", `{"train": {"s|": 1}}`, []string{`{"train": {"C": 1}}`, `{"train": {"solver": 1}}`}},
		{"further in", "p.json", `{"train": {"C": 1, "solver": {"warm": true, n|}}}`, []string{`{"train": {"C": 1, "solver": {"warm": true, "name": }}}`}},
		{"a bool", "p.json", `{"train": {"solver": {"warm": t|}}}`, []string{`{"train": {"solver": {"warm": true}}}`, `{"train": {"solver": {"warm": false}}}`}},
		{"a choice", "p.json", `{"model": |}`, []string{`{"model": "svm"}`, `{"model": "tree"}`}},
		{"a choice in quotes", "p.json", `{"model": "s|"}`, []string{`{"model": "svm"}`, `{"model": "tree"}`}},
		{"below a quote alone", "p.json", "{\"\n \"deep\": {\"down\": 1}, \"model\": 1, \"train\": 1, |}", []string{"{\"\n \"deep\": {\"down\": 1}, \"model\": 1, \"train\": 1, \"free\": }"}},
		{"in a list", "p.json", `{"train": [{"|"}]}`, nil},
		{"after a name", "p.json", `{"train" |}`, nil},
		{"after a value", "p.json", `{"model": "svm" |}`, nil},
		{"at the top of TOML", "toml/p.toml", "|", []string{"train.", "deep.", "free = ", "model."}},
		{"a table", "toml/p.toml", "[t|]", []string{"[train]", "[deep]", "[model]"}},
		{"a table in a table", "toml/p.toml", "[train.|", []string{"[train.solver"}},
		{"in a table", "toml/p.toml", "[train]\nC = 1\n|\n[deep]\n", []string{"[train]\nC = 1\nsolver.\n[deep]\n"}},
		{"with dots", "toml/p.toml", "[train]\nsolver.n|\n", []string{"[train]\nsolver.name = \n", "[train]\nsolver.warm = \n"}},
		{"before =", "toml/p.toml", "[deep]\nd| = 1\n", []string{"[deep]\ndown = 1\n"}},
		{"a bool of TOML", "toml/p.toml", "[train.solver]\nwarm = t|\n", []string{"[train.solver]\nwarm = true\n", "[train.solver]\nwarm = false\n"}},
		{"a choice of TOML", "toml/p.toml", "model = |\n", []string{"model = \"svm\"\n", "model = \"tree\"\n"}},
		{"a choice in quotes of TOML", "toml/p.toml", "model = \"s|\"\n", []string{"model = \"svm\"\n", "model = \"tree\"\n"}},
		{"after a choice of TOML", "toml/p.toml", "model = \"svm\"|\n", nil},
		{"after a choice of TOML and a blank", "toml/p.toml", "model = \"svm\" |\n", nil},
		{"after a bool of TOML and a blank", "toml/p.toml", "[train.solver]\nwarm = tr |\n", nil},
		{"in a list of TOML", "toml/p.toml", "free = [\n  1,\n  |\n]\n", nil},
		{"in a list of tables", "toml/p.toml", "[[train]]\n|\n", nil},
		{"in a text of lines", "toml/p.toml", "free = \"\"\"\n|\n\"\"\"\n", nil},
		{"in a comment of TOML", "toml/p.toml", "# t|\n", nil},
	} {
		text, at := mark(c.text)
		e.tell("textDocument/didOpen", didOpenParams{documentItem{URI: e.uri(c.file), Version: 1, Text: text}})
		var l completionList
		e.ask("textDocument/completion", e.at(c.file, at), &l)
		var got []string
		for _, x := range l.Items {
			got = append(got, apply(text, []textEdit{*x.Edit}))
		}
		want := slices.Clone(c.want)
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// Whatever a params file holds while it is written, there is an answer.
func TestParamsFile_unfinished(t *testing.T) {
	e := start(t, claiming)
	for name, text := range map[string]string{
		"params.yaml": claimedText + "\t- x: {\r\n  ? y\r\n é𝄞: &a *a\n", "toml/p.toml": "[x]\r\ny = 1\n[[z.\"a\"]]\nq = \"é𝄞\"", "toml/p.json": "{\"z\": {\"y\": [true, \"é𝄞\"]}}\n",
	} {
		for n := range len(text) + 1 {
			e.tell("textDocument/didOpen", didOpenParams{documentItem{URI: e.uri(name), Version: n, Text: text[:n]}})
			for _, at := range []int{n, n / 2} {
				for _, method := range []string{"completion", "hover", "references"} {
					if f := e.try("textDocument/"+method, e.at(name, newDocument(text[:n]).position(at)), nil); f != nil {
						t.Fatalf("%s of %q at %d: %v", method, text[:n], at, f)
					}
				}
			}
		}
	}
}
