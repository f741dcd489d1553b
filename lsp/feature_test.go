package lsp

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// find is the place of a mark | in a piece of the pipeline, which stands there once.
func find(t *testing.T, text, piece string) position {
	t.Helper()
	before, after, _ := strings.Cut(piece, "|")
	if strings.Count(text, before+after) != 1 {
		t.Fatalf("%q stands there %d times", before+after, strings.Count(text, before+after))
	}
	return newDocument(text).position(strings.Index(text, before+after) + len(before))
}

func TestHover(t *testing.T) {
	e := start(t, project)
	e.open("pipeline.hcl", pipelineText)
	for _, c := range []struct{ at, want string }{
		{"sta|ge \"prep\"", "**stage** block"},
		{"stage \"pr|ep\"", "**stage prep**"},
		{"for_|each = grid", "One instance for each"},
		{"param.train|.C]", "`param.train.C` = `0.5` (params.yaml:2)\n- `param.train.depth` = `3` (params.yaml:3)"},
		{"param.train.|C]", "**param.train.C**: number\n\n- `param.train.C` = `0.5` (params.yaml:2)"},
		{"${param.se|ed}", "**param.seed**: int\n\n- `param.seed` = `7` (default)\n\nWhat decides chance."},
		{"each.solv|er", "saga, lbfgs"},
		{"${inputs.model} ${each.|C}", "0.1, 0.5"},
		{"= gr|id(", "grid(axes any)"},
		{"stage.pre|p.outputs", "**stage prep**"},
		{"stage.prep.outputs.cle|an", `"build/clean.csv"`},
		{"inputs.ra|w", "data.raw"},
		{"local.sca|le", "{ low = 1, high = 10 }"},
		{"data.r|aw", "data/raw.csv"},
		{"\"rep|ort\"", "stage over C, solver: 4 instances\n\n- `C`: 0.1, 0.5\n- `solver`: saga, lbfgs"},
	} {
		var h *hoverResult
		e.ask("textDocument/hover", e.at("pipeline.hcl", find(t, pipelineText, c.at)), &h)
		if h == nil || !strings.Contains(h.Contents.Value, c.want) {
			t.Errorf("%s: got %+v, want %q", c.at, h, c.want)
		}
	}
}

// Values are those of the last sound text while the text is broken.
func TestHover_broken(t *testing.T) {
	e := start(t, project)
	e.open("pipeline.hcl", pipelineText)
	text := pipelineText + "stage \"x\" {\n  command = [param.train\n"
	e.change("pipeline.hcl", text)
	var h *hoverResult
	e.ask("textDocument/hover", e.at("pipeline.hcl", find(t, text, "command = [param.tr|ain\n")), &h)
	if h == nil || !strings.Contains(h.Contents.Value, "`param.train.C` = `0.5`") {
		t.Errorf("got %+v", h)
	}
}

// where writes locations as file:line of the text.
func (e *editor) where(list []location) []string {
	out := []string{}
	for _, l := range list {
		out = append(out, fmt.Sprintf("%s:%d:%d", strings.TrimPrefix(l.URI, uriOf(e.dir)+"/"), l.Range.Start.Line+1, l.Range.Start.Character+1))
	}
	return out
}

func TestDefinition(t *testing.T) {
	e := start(t, project)
	e.open("pipeline.hcl", pipelineText)
	for _, c := range []struct {
		at   string
		want []string
	}{
		{"stage.pre|p.outputs", []string{"pipeline.hcl:14:8"}},
		{"stage.prep.outputs.cle|an", []string{"pipeline.hcl:16:15"}},
		{"${param.se|ed}", []string{"more.pipeline.hcl:1:8"}},
		{"param.tra|in.C]", []string{"pipeline.hcl:1:8"}},
		{"param.train.|C]", []string{"params.yaml:2:6"}},
		{"local.sca|le", []string{"pipeline.hcl:7:3"}},
		{"data.r|aw", []string{"pipeline.hcl:10:7"}},
		{"inputs.ra|w", []string{"pipeline.hcl:15:39"}},
		{"each.solv|er", []string{"pipeline.hcl:21:47"}},
		{"${inputs.model} ${each.|C}", []string{"pipeline.hcl:21:21"}},
		{"each.outputs.mo|del", []string{"pipeline.hcl:23:16"}},
		{"\"src/tra|in.py\"", []string{"src/train.py:1:1"}},
		{"\"params.y|aml\"", []string{"params.yaml:1:1"}},
		{"\"build/cle|an.csv\"", []string{}},
	} {
		var got []location
		e.ask("textDocument/definition", e.at("pipeline.hcl", find(t, pipelineText, c.at)), &got)
		if diff := cmp.Diff(c.want, e.where(got)); diff != "" {
			t.Errorf("%s: %s", c.at, diff)
		}
	}
}

func TestReferences(t *testing.T) {
	e := start(t, project)
	e.open("pipeline.hcl", pipelineText)
	p := referenceParams{placeParams: e.at("pipeline.hcl", find(t, pipelineText, "param \"tr|ain\""))}
	var got []location
	e.ask("textDocument/references", p, &got)
	if diff := cmp.Diff([]string{"pipeline.hcl:21:37"}, e.where(got)); diff != "" {
		t.Error(diff)
	}
	p = referenceParams{placeParams: e.at("pipeline.hcl", find(t, pipelineText, "grid({ |C"))}
	p.Context.IncludeDeclaration = true
	e.ask("textDocument/references", p, &got)
	if diff := cmp.Diff([]string{"pipeline.hcl:21:21", "pipeline.hcl:25:60", "pipeline.hcl:32:45"}, e.where(got)); diff != "" {
		t.Error(diff)
	}
}

// apply makes the edits of a file.
func apply(text string, edits []textEdit) string {
	d := newDocument(text)
	slices.SortFunc(edits, func(a, b textEdit) int { return d.offset(b.Range.Start) - d.offset(a.Range.Start) })
	for _, x := range edits {
		text = text[:d.offset(x.Range.Start)] + x.NewText + text[d.offset(x.Range.End):]
	}
	return text
}

func TestRename(t *testing.T) {
	e := start(t, project)
	text := pipelineText + `
stage "all" {
  inputs  = { one = pick(stage.train, { C = 0.1, solver = "saga" }).outputs.model, many = stage.train[*].outputs.model }
  outputs = { x = "x" }
  command = "cat ${inputs.one}"
}

stage "some" {
  for_each = [for p in grid({ C = [1, 2] }) : p if p.C > 1]
  outputs  = { y = "y-${each.C}" }
  command  = "touch ${outputs.y}"
}

locals {
  models = [for i, m in stage.train[*] : m.outputs.model if m.C > 1]
}

experiment "tune" {
  params = { "train.C" = [1, 2] }
}
`
	e.open("pipeline.hcl", text)
	replaced := func(pairs ...string) string {
		out := strings.NewReplacer(pairs...).Replace(text)
		if out == text {
			t.Fatal("nothing to replace")
		}
		return out
	}
	for _, c := range []struct{ name, at, to, want string }{
		{"stage", "stage \"tr|ain\"", "fit", replaced(`stage "train"`, `stage "fit"`, "stage.train", "stage.fit")},
		{"local", "local.sc|ale", "factor", replaced("scale", "factor")},
		{"data", "data.r|aw", "source", replaced(`data "raw"`, `data "source"`, "data.raw", "data.source")},
		{"param keeps its name in the file", "param \"tr|ain\"", "fit", replaced(`param "train"`, `param "fit"`, "param.train", "param.fit", `"train.C"`, `"fit.C"`, "  file = \"params.yaml\"\n", "  file = \"params.yaml\"\n  key = \"train\"\n")},
		{"axis of a stage and of those over it", "grid({ |C = [0.1", "rate", replaced("grid({ C = [0.1", "grid({ rate = [0.1", "each.C, each.solver", "each.rate, each.solver", "${inputs.model} ${each.C}", "${inputs.model} ${each.rate}", "{ C = 0.1, solver", "{ rate = 0.1, solver", "m.C", "m.rate")},
		{"axis in a for", "grid({ |C = [1", "rate", replaced("grid({ C = [1", "grid({ rate = [1", "p.C", "p.rate", "y-${each.C}", "y-${each.rate}")},
		{"output", "outputs  = { mo|del", "weights", replaced("outputs  = { model", "outputs  = { weights", "outputs.model", "outputs.weights", "m.outputs.model", "m.outputs.weights")},
	} {
		t.Run(c.name, func(t *testing.T) {
			e.t = t
			var got workspaceEdit
			e.ask("textDocument/rename", renameParams{e.at("pipeline.hcl", find(t, text, c.at)), c.to}, &got)
			if diff := cmp.Diff(c.want, apply(text, got.Changes[e.uri("pipeline.hcl")])); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, c := range []struct{ at, to string }{
		{"stage \"tr|ain\"", "9lives"},
		{"stage \"tr|ain\"", "für"},
		{"stage \"tr|ain\"", "for"},
		{"stage \"tr|ain\"", ""},
		{"stage \"tr|ain\"", "prep"},
		{"grid({ |C = [0.1", "key"},
		{"grid({ |C = [0.1", "solver"},
		{"= gr|id({ C = [0.1", "mesh"},
		{"outputs|  = { model", "x"},
	} {
		if failure := e.try("textDocument/rename", renameParams{e.at("pipeline.hcl", find(t, text, c.at)), c.to}, nil); failure == nil {
			t.Errorf("%s: renamed to %q", c.at, c.to)
		}
	}
	var p *prepareResult
	e.ask("textDocument/prepareRename", e.at("pipeline.hcl", find(t, text, "stage.tra|in, {")), &p)
	if p == nil || p.Placeholder != "train" {
		t.Errorf("got %+v", p)
	}
	p = nil
	if e.ask("textDocument/prepareRename", e.at("pipeline.hcl", find(t, text, "pi|ck(")), &p); p != nil {
		t.Errorf("got %+v", p)
	}
}

// outlineOf writes symbols as lines, those inside of others further in.
func outlineOf(list []documentSymbol, in string) string {
	var b strings.Builder
	for _, x := range list {
		b.WriteString(in + x.Name)
		if x.Detail != "" {
			b.WriteString(" | " + x.Detail)
		}
		b.WriteString("\n" + outlineOf(x.Children, in+"  "))
	}
	return b.String()
}

const outlineText = `
train | param object({ C = number, depth = optional(int, 3) })
  type
    C | number
    depth | optional(int, 3)
  file | "params.yaml"
locals
  scale
    low | 1
    high | 10
raw | data data/raw.csv
  path | "data/raw.csv"
prep | stage
  inputs
    script | "src/prep.py"
    raw | data.raw
  outputs
    clean | "build/clean.csv"
  command | ["python3", inputs.script, inputs.raw, outputs.clean]
train | stage over C, solver: 4 instances
  for_each
    C | [0.1, param.train.C]
    solver | ["saga", "lbfgs"]
  inputs
    script | "src/train.py"
    clean | stage.prep.outputs.clean
  outputs
    model | "build/${each.key}.bin"
  metrics
    scores | "build/${each.key}.json"
  command | ["python3", inputs.script, inputs.clean, each.C, each.solver …
report | stage over C, solver: 4 instances
  for_each | stage.train
  inputs
    model | each.outputs.model
  outputs
    page | "build/report-${each.key}.html"
  command | "render ${inputs.model} ${each.C} ${param.seed} ${local.scal …
`

func TestSymbols(t *testing.T) {
	e := start(t, project)
	e.open("pipeline.hcl", pipelineText)
	var list []documentSymbol
	e.ask("textDocument/documentSymbol", documentParams{documentID{URI: e.uri("pipeline.hcl")}}, &list)
	got := outlineOf(list, "")
	if diff := cmp.Diff(strings.TrimPrefix(outlineText, "\n"), got); diff != "" {
		t.Error(diff)
	}
	var all []symbolInformation
	e.ask("workspace/symbol", workspaceSymbolParams{"SE"}, &all)
	if len(all) != 1 || all[0].Name != "seed" || all[0].Location.URI != e.uri("more.pipeline.hcl") {
		t.Errorf("got %+v", all)
	}
}

func TestFormatting(t *testing.T) {
	e := start(t, project)
	for _, c := range []struct{ text, want string }{
		{"param \"a\" {\n type=int\n    default = 1\n}\n", "param \"a\" {\n  type    = int\n  default = 1\n}\n"},
		{"# é\r\nparam \"a\" {\r\n type=int\r\n}\r\n", "# é\r\nparam \"a\" {\r\n  type = int\r\n}\r\n"},
		{"param \"a\" {\n type=\n", "param \"a\" {\n type=\n"},
	} {
		if e.version["pipeline.hcl"] == 0 {
			e.open("pipeline.hcl", c.text)
		} else {
			e.change("pipeline.hcl", c.text)
		}
		var edits []textEdit
		e.ask("textDocument/formatting", documentParams{documentID{URI: e.uri("pipeline.hcl")}}, &edits)
		if diff := cmp.Diff(c.want, apply(c.text, edits)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestCodeActions(t *testing.T) {
	e := start(t, project)
	for i, c := range []struct{ from, to, want string }{
		{"${param.seed}", "${param.sed}", ""},
		{"command  = \"render", "comand  = \"render", ""},
		{"= grid(", "= grit(", ""},
		{"each.C, each.solver", "\"${each.C}\", each.solver", ""},
	} {
		text := strings.Replace(pipelineText, c.from, c.to, 1)
		if i == 0 {
			e.open("pipeline.hcl", text)
		} else {
			e.change("pipeline.hcl", text)
		}
		if len(e.said["pipeline.hcl"]) == 0 {
			t.Fatalf("nothing is wrong with %s", c.to)
		}
		p := codeActionParams{TextDocument: documentID{URI: e.uri("pipeline.hcl")}, Range: e.said["pipeline.hcl"][0].Range}
		var got []codeAction
		e.ask("textDocument/codeAction", p, &got)
		if len(got) != 1 {
			t.Errorf("%s: got %+v for %+v", c.to, got, e.said["pipeline.hcl"])
			continue
		}
		if diff := cmp.Diff(pipelineText, apply(text, got[0].Edit.Changes[e.uri("pipeline.hcl")])); diff != "" {
			t.Errorf("%s: %s", c.to, diff)
		}
	}
	p := codeActionParams{TextDocument: documentID{URI: e.uri("pipeline.hcl")}}
	p.Context.Only = []string{"source.fixAll"}
	var got []codeAction
	e.ask("textDocument/codeAction", p, &got)
	if len(got) != 1 || got[0].Kind != "source.fixAll.dewar" {
		t.Errorf("got %+v", got)
	}
}

func TestSignature(t *testing.T) {
	e := start(t, project)
	text, at := mark("function \"lr\" {\n  params = { base = number, decay = optional(number, 0.5) }\n  result = base\n}\nlocals {\n  a = lr(1, max(2, |\n}\n")
	e.open("pipeline.hcl", text)
	var got *signatureHelp
	e.ask("textDocument/signatureHelp", e.at("pipeline.hcl", at), &got)
	if got == nil || !strings.HasPrefix(got.Signatures[0].Label, "max(") {
		t.Fatalf("got %+v", got)
	}
	at.Character -= len("max(2, ")
	e.ask("textDocument/signatureHelp", e.at("pipeline.hcl", at), &got)
	if got.Signatures[0].Label != "lr(base number, decay optional(number, 0.5))" || got.ActiveParameter != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestSemanticAndFolding(t *testing.T) {
	e := start(t, project)
	text := "# 😀\n# b\nstage \"日本\" {\n  command = [\n    \"😀${param.x}\", tostring(1),\n  ]\n}\n"
	e.open("pipeline.hcl", text)
	var sem semanticTokens
	e.ask("textDocument/semanticTokens/full", documentParams{documentID{URI: e.uri("pipeline.hcl")}}, &sem)
	want := []int{2, 0, 5, 0, 0, 0, 7, 2, 2, 0, 1, 2, 7, 1, 0, 1, 9, 5, 3, 0, 0, 6, 1, 4, 0, 0, 5, 8, 5, 0}
	if diff := cmp.Diff(want, sem.Data); diff != "" {
		t.Error(diff)
	}
	var folds []foldingRange
	e.ask("textDocument/foldingRange", documentParams{documentID{URI: e.uri("pipeline.hcl")}}, &folds)
	if diff := cmp.Diff([]foldingRange{{2, 5, ""}, {3, 4, ""}, {0, 1, "comment"}}, folds); diff != "" {
		t.Error(diff)
	}
}

func TestModules(t *testing.T) {
	e := start(t, project+`
-- modules/prep/pipeline.hcl --
param "lang" {
  type = string
}

output "clean" {
  value       = "x"
  description = "What is clean."
}
`)
	text := "module \"prep\" {\n  source = \"modules/prep\"\n  params = { | }\n}\n"
	if diff := cmp.Diff([]string{"lang"}, e.labels(text)); diff != "" {
		t.Error(diff)
	}
	text = "module \"prep\" {\n  source = \"modules/prep\"\n}\nstage \"a\" {\n  inputs = { x = module.prep.outputs.| }\n}\n"
	if diff := cmp.Diff([]string{"clean"}, e.labels(text)); diff != "" {
		t.Error(diff)
	}
	text, at := mark(strings.Replace(text, "outputs.|", "outputs.cl|ean", 1))
	e.change("pipeline.hcl", text)
	var got []location
	e.ask("textDocument/definition", e.at("pipeline.hcl", at), &got)
	if diff := cmp.Diff([]string{"modules/prep/pipeline.hcl:5:9"}, e.where(got)); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		text string
		want []string
	}{
		{"for_each = module.m\n  inputs = { x = each.outputs.| }", []string{"clean"}},
		{"for_each = module.m\n  inputs = { x = each.| }", []string{"L", "key", "outputs"}},
		{"inputs = { x = [for i in module.m : i.outputs.|] }", []string{"clean"}},
		{"inputs = { x = [for i in module.m : i.|] }", []string{"L", "key", "outputs"}},
		{"inputs = { x = pick(module.m, { L = 1 }).outputs.| }", []string{"clean"}},
		{"inputs = { x = pick(module.m, { | }) }", []string{"L"}},
	} {
		got := e.labels("module \"m\" {\n  source   = \"modules/prep\"\n  for_each = grid({ L = [1] })\n}\nstage \"a\" {\n  " + c.text + "\n}\n")
		slices.Sort(got)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.text, diff)
		}
	}
	var h hoverResult
	e.ask("textDocument/hover", e.at("pipeline.hcl", position{2, 20}), &h)
	if !strings.Contains(h.Contents.Value, "**L**, an axis of module m") {
		t.Errorf("got %+v", h)
	}
}
