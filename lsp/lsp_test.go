package lsp

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const project = `
-- .dewar/config.hcl --
-- params.yaml --
train:
  C: 0.5
  depth: 3
-- src/train.py --
-- src/prep.py --
-- data/raw.csv --
-- pipeline.hcl --
-- more.pipeline.hcl --
param "seed" {
  type        = int
  default     = 7
  description = "What decides chance."
}
`

const pipelineText = `param "train" {
  type = object({ C = number, depth = optional(int, 3) })
  file = "params.yaml"
}

locals {
  scale = { low = 1, high = 10 }
}

data "raw" {
  path = "data/raw.csv"
}

stage "prep" {
  inputs  = { script = "src/prep.py", raw = data.raw }
  outputs = { clean = "build/clean.csv" }
  command = ["python3", inputs.script, inputs.raw, outputs.clean]
}

stage "train" {
  for_each = grid({ C = [0.1, param.train.C], solver = ["saga", "lbfgs"] })
  inputs   = { script = "src/train.py", clean = stage.prep.outputs.clean }
  outputs  = { model = "build/${each.key}.bin" }
  metrics  = { scores = "build/${each.key}.json" }
  command  = ["python3", inputs.script, inputs.clean, each.C, each.solver, outputs.model, metrics.scores]
}

stage "report" {
  for_each = stage.train
  inputs   = { model = each.outputs.model }
  outputs  = { page = "build/report-${each.key}.html" }
  command  = "render ${inputs.model} ${each.C} ${param.seed} ${local.scale.low} > ${outputs.page}"
}
`

// The marks stand in for what is being typed, so the text around them is broken.
func TestCompletion(t *testing.T) {
	e := start(t, project)
	e.open("pipeline.hcl", pipelineText)
	for _, c := range []struct {
		name, text string
		want       []string // among the labels
		not        []string
		all        bool // want is all there is
	}{
		{name: "kinds of blocks", text: pipelineText + "\nst|", want: []string{"stage", "param", "locals", "experiment"}, not: []string{"command"}},
		{name: "attributes not given yet", text: "stage \"a\" {\n  command = []\n  |\n}\n", want: []string{"inputs", "outputs", "for_each", "assert"}, not: []string{"command", "stage", "executor"}},
		{name: "attribute half written", text: "stage \"a\" {\n  comm|\n}\n", want: []string{"command"}},
		{name: "nested block", text: "param \"a\" {\n  validation {\n    |\n  }\n}\n", want: []string{"condition", "error"}, all: true},
		{name: "params", text: pipelineText + "stage \"x\" {\n  command = [param.|\n}\n", want: []string{"train", "seed"}, all: true},
		{name: "fields of a param", text: pipelineText + "stage \"x\" {\n  command = [\"${param.train.|\"]\n}\n", want: []string{"C", "depth"}, all: true},
		{name: "fields of a param whose block follows", text: "stage \"x\" {\n  command = [param.p.|]\n}\nparam \"p\" {\n  type = object({ a = int })\n}\n", want: []string{"a"}, all: true},
		{name: "locals", text: pipelineText + "stage \"x\" {\n  command = [local.|]\n}\n", want: []string{"scale"}, all: true},
		{name: "entries of a local", text: pipelineText + "stage \"x\" {\n  command = [local.scale.|]\n}\n", want: []string{"low", "high"}, all: true},
		{name: "data", text: pipelineText + "stage \"x\" {\n  inputs = { a = data.| }\n}\n", want: []string{"raw"}, all: true},
		{name: "stages", text: pipelineText + "stage \"x\" {\n  inputs = { a = stage.| }\n}\n", want: []string{"prep", "train[*]", "train", "report[*]", "report"}, all: true},
		{name: "what a stage makes", text: pipelineText + "stage \"x\" {\n  inputs = { a = stage.prep.| }\n}\n", want: []string{"outputs"}, all: true},
		{name: "outputs of a stage", text: pipelineText + "stage \"x\" {\n  inputs = { a = stage.prep.outputs.| }\n}\n", want: []string{"clean"}, all: true},
		{name: "outputs of all instances", text: pipelineText + "stage \"x\" {\n  inputs = { a = stage.train[*].metrics.| }\n}\n", want: []string{"scores"}, all: true},
		{name: "nothing of one of many", text: pipelineText + "stage \"x\" {\n  inputs = { a = stage.train.| }\n}\n", all: true},
		{name: "axes", text: strings.Replace(pipelineText, "each.solver,", "each.|,", 1), want: []string{"C", "solver", "key"}, all: true},
		{name: "axes of another stage", text: pipelineText + "stage \"x\" {\n  for_each = stage.train\n  command = [each.|]\n}\n", want: []string{"C", "solver", "key", "outputs", "metrics"}, all: true},
		{name: "outputs of the parent", text: pipelineText + "stage \"x\" {\n  for_each = stage.train\n  command = [each.outputs.|]\n}\n", want: []string{"model"}, all: true},
		{name: "axes to pick by", text: pipelineText + "stage \"x\" {\n  inputs = { a = pick(stage.train, { | }).outputs.model }\n}\n", want: []string{"C", "solver"}, all: true},
		{name: "outputs of what is picked", text: pipelineText + "stage \"x\" {\n  inputs = { a = pick(stage.train, { C = 1 }).outputs.| }\n}\n", want: []string{"model"}, all: true},
		{name: "instances in a for", text: pipelineText + "stage \"x\" {\n  inputs = { a = [for m in stage.train[*] : m.| ] }\n}\n", want: []string{"outputs", "metrics", "C", "solver", "key"}, all: true},
		{name: "their outputs", text: pipelineText + "locals {\n  a = [for m in stage.train[*] : m.outputs.|]\n}\n", want: []string{"model"}, all: true},
		{name: "own inputs", text: "stage \"x\" {\n  inputs = { a = \"b\" }\n  command = [inputs.|]\n}\n", want: []string{"a"}, all: true},
		{name: "roots", text: pipelineText + "stage \"x\" {\n  inputs = { a = \"b\" }\n  command = [|]\n}\n", want: []string{"param", "stage", "inputs.a", "join"}, not: []string{"each", "metrics"}},
		{name: "roots of an earlier stratum", text: pipelineText + "stage \"x\" {\n  inputs = { a = \"b\" }\n  when = |\n}\n", want: []string{"param", "true"}, not: []string{"inputs.a"}},
		{name: "roots of data", text: pipelineText + "data \"x\" {\n  path = |\n}\n", want: []string{"param", "local"}, not: []string{"stage", "data"}},
		{name: "isolation", text: "stage \"x\" {\n  isolation = \"|\"\n}\n", want: []string{"project", "hermetic", "image", "off"}, all: true},
		{name: "isolation without quotes", text: "stage \"x\" {\n  isolation = |\n}\n", want: []string{`"hermetic"`}},
		{name: "toolchains", text: "toolchain \"x\" {\n  kind = \"p|\n}\n", want: []string{"python", "r", "node", "java", "conda", "files", "command"}, all: true},
		{name: "paths", text: "stage \"x\" {\n  inputs = { a = \"src/| }\n}\n", want: []string{"prep.py", "train.py"}, all: true},
		{name: "directories", text: "data \"x\" {\n  path = \"|\"\n}\n", want: []string{"src/", "data/", "params.yaml"}, all: true},
		{name: "paths of functions", text: "locals {\n  a = files(\"da|\")\n}\n", want: []string{"data/"}},
		{name: "no paths in a command", text: "stage \"x\" {\n  command = [\"|\"]\n}\n", all: true},
		{name: "nor outside of the project", text: "data \"x\" {\n  path = \"../|\"\n}\n", all: true},
		{name: "fields of outputs", text: "stage \"x\" {\n  outputs = { a = { path = \"b\", | } }\n}\n", want: []string{"at", "cache", "checkout", "description", "persist", "push"}, all: true},
		{name: "fields of resources", text: "stage \"x\" {\n  resources = { |\n  }\n}\n", want: []string{"cpus", "gpus", "memory"}, all: true},
		{name: "types", text: "param \"x\" {\n  type = |\n}\n", want: []string{"string", "object", "list"}, not: []string{"param"}},
		{name: "params of an experiment", text: pipelineText + "experiment \"x\" {\n  params = { | }\n}\n", want: []string{"train", "seed"}, all: true},
		{name: "names of for", text: "locals {\n  a = [for thing in [1] : t|]\n}\n", want: []string{"thing", "local", "tostring"}},
		{name: "functions of the pipeline", text: "function \"double\" {\n  params = { x = number }\n  result = |\n}\n", want: []string{"x", "double", "pow"}, not: []string{"param"}},
		{name: "comments", text: "# st|\n", all: true},
		{name: "heredocs", text: "stage \"x\" {\n  command = <<-EOT\n    pa|\n    EOT\n}\n", all: true},
		{name: "templates in heredocs", text: "param \"p\" {\n  type = int\n}\nstage \"x\" {\n  command = <<-EOT\n    ${param.|}\n    EOT\n}\n", want: []string{"p", "seed"}, all: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			e.t = t
			got := e.labels(c.text)
			for _, w := range c.want {
				if !slices.Contains(got, w) {
					t.Errorf("there is no %q in %q", w, got)
				}
			}
			for _, n := range c.not {
				if slices.Contains(got, n) {
					t.Errorf("there is %q in %q", n, got)
				}
			}
			if c.all && len(got) != len(c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestDiagnostics(t *testing.T) {
	e := start(t, project)
	e.open("pipeline.hcl", pipelineText)
	if got := e.codes("pipeline.hcl"); len(got) != 0 {
		t.Errorf("a sound pipeline has %v: %+v", got, e.said)
	}
	e.change("pipeline.hcl", strings.Replace(pipelineText, "param.seed", "param.sed", 1))
	if diff := cmp.Diff([]string{"E-ref-unknown"}, e.codes("pipeline.hcl")); diff != "" {
		t.Fatal(diff)
	}
	d := e.said["pipeline.hcl"][0]
	if want := (textRange{position{31, 49}, position{31, 58}}); d.Range != want || !strings.Contains(d.Message, `Did you mean "seed"?`) {
		t.Errorf("got %+v", d)
	}
	e.change("pipeline.hcl", pipelineText+"param \"train\" {\n  type = int\n}\n")
	if d := e.said["pipeline.hcl"]; len(d) != 1 || d[0].Code != "E-duplicate" || len(d[0].Related) != 1 || d[0].Related[0].Location.URI != e.uri("pipeline.hcl") {
		t.Errorf("got %+v", d)
	}
	e.change("pipeline.hcl", pipelineText)
	if got := e.said["pipeline.hcl"]; len(got) != 0 {
		t.Errorf("what is mended stays: %+v", got)
	}
}

func (e *editor) codes(name string) []string {
	var out []string
	for _, d := range e.said[name] {
		out = append(out, d.Code)
	}
	return out
}

// What nothing uses is shown as such.
func TestDiagnostics_unused(t *testing.T) {
	e := start(t, project)
	e.open("pipeline.hcl", pipelineText+"locals {\n  idle = 1\n}\n")
	if d := e.said["pipeline.hcl"]; len(d) != 1 || d[0].Code != "W-local-unused" || d[0].Severity != 2 || !slices.Equal(d[0].Tags, []int{1}) {
		t.Errorf("got %+v", d)
	}
}

// What a params file has wrong is said there, whether it is open or not.
func TestDiagnostics_paramsFile(t *testing.T) {
	e := start(t, project)
	e.open("pipeline.hcl", pipelineText)
	e.version["params.yaml"] = 1
	e.tell("textDocument/didOpen", didOpenParams{documentItem{URI: e.uri("params.yaml"), Version: 1, Text: "train:\n  C: \"höher\"\n"}})
	e.settle("params.yaml")
	if diff := cmp.Diff([]string{"E-param-type"}, e.codes("params.yaml")); diff != "" {
		t.Fatal(diff)
	}
	if got, want := e.said["params.yaml"][0].Range, (textRange{position{1, 5}, position{1, 12}}); got != want {
		t.Errorf("it is said of %+v", got)
	}
	e.edit("params.yaml", contentChange{Range: &textRange{position{1, 5}, position{1, 12}}, Text: "2.5"})
	e.settle("params.yaml")
	if got := e.said["params.yaml"]; len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}

// Places and edits are right in files with the line ends of Windows.
func TestDiagnostics_windows(t *testing.T) {
	windows := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	e := start(t, project)
	e.version["params.yaml"] = 1
	e.open("pipeline.hcl", windows(pipelineText+"\nlocals {\n  idle = 1\n}\n"))
	if got, want := e.said["pipeline.hcl"][0].Range, (textRange{position{35, 2}, position{35, 6}}); got != want {
		t.Errorf("W-local-unused is said of %+v", got)
	}
	p := codeActionParams{TextDocument: documentID{URI: e.uri("pipeline.hcl")}, Range: e.said["pipeline.hcl"][0].Range}
	var got []codeAction
	e.ask("textDocument/codeAction", p, &got)
	if len(got) != 1 {
		t.Fatalf("got %+v", got)
	}
	text := apply(windows(pipelineText+"\nlocals {\n  idle = 1\n}\n"), got[0].Edit.Changes[e.uri("pipeline.hcl")])
	if diff := cmp.Diff(windows(pipelineText+"\n"), text); diff != "" {
		t.Error(diff)
	}
	e.tell("textDocument/didOpen", didOpenParams{documentItem{URI: e.uri("params.yaml"), Version: 1, Text: "# é\r\ntrain:\r\n  # C\r\n  C: \"höher\"\r\n"}})
	e.settle("params.yaml")
	if got, want := e.said["params.yaml"][0].Range, (textRange{position{3, 5}, position{3, 12}}); got != want {
		t.Errorf("E-param-type is said of %+v", got)
	}
}

// The other files of the pipeline count as they are in the editor.
func TestDiagnostics_otherFile(t *testing.T) {
	e := start(t, project)
	e.open("pipeline.hcl", pipelineText)
	e.open("more.pipeline.hcl", "param \"other\" {\n  type    = int\n  default = 1\n}\n")
	e.change("pipeline.hcl", pipelineText+"\n")
	if got := e.codes("pipeline.hcl"); !slices.Contains(got, "E-ref-unknown") {
		t.Errorf("param.seed is gone, and that is not said: %v", got)
	}
}
