package lsp

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// parted is a pipeline whose params have parts, in all places where those are named.
const parted = `
-- .dewar/config.hcl --
-- params.yaml --
# how to learn
train:
  C: 0.5 # the rate
  solver: {"name": saga, warm: true}
other:
  C: 1
-- conf/svm.yaml --
kernel: rbf
-- conf/tree.toml --
kernel = "deep"
-- p.json --
{"model": {"kernel": "x"}, "deep": {"down": {"C": 1}}}
-- pipeline.hcl --
param "train" {
  type    = object({ C = number, solver = optional(object({ name = string, warm = optional(bool) }), { name = "sag" }) })
  file    = "params.yaml"
  default = { C = 0.1, solver = { name = "lbfgs" } }
}
param "other" {
  type = object({ C = number })
  file = "params.yaml"
}
param "model" {
  type    = object({ kernel = string })
  choices = { svm = "conf/svm.yaml", tree = "conf/tree.toml" }
  default = "svm"
}
param "down" {
  type = object({ C = number })
  file = "p.json"
  key  = "deep.down"
}
stage "fit" {
  outputs = { m = "m" }
  command = ["fit", param.train.C, param.train["solver"].name, param.other.C, param.model.kernel, param.down.C, outputs.m]
}
experiment "tune" {
  params = { "train.C" = [1, 2], "train.solver.name" = ["a"], model = ["svm", "tree"] }
}
`

// With a part of a param its names in types, defaults, experiments, references and params
// files are renamed.
func TestRename_parts(t *testing.T) {
	rate := map[string][]string{
		"pipeline.hcl": {"object({ C = number, solver", "object({ rate = number, solver", "{ C = 0.1", "{ rate = 0.1", "param.train.C", "param.train.rate", "train.C", "train.rate"},
		"params.yaml":  {"C: 0.5", "rate: 0.5"},
	}
	down := map[string][]string{
		"pipeline.hcl": {"type = object({ C = number })\n  file = \"p.json\"", "type = object({ rate = number })\n  file = \"p.json\"", "param.down.C", "param.down.rate"},
		"p.json":       {`"C"`, `"rate"`},
	}
	for _, c := range []struct {
		name     string
		archive  string
		file, at string
		to       string
		replaced map[string][]string // by file, olds and news
		refused  string
	}{
		{name: "from its type", at: "object({ |C = number, solver", to: "rate", replaced: rate},
		{name: "from a reference", at: "param.train.|C", to: "rate", replaced: rate},
		{name: "from a default", at: "{ |C = 0.1", to: "rate", replaced: rate},
		{name: "from an experiment", at: "\"train.|C\"", to: "rate", replaced: rate},
		{name: "from its params file", file: "params.yaml", at: "|C: 0.5", to: "rate", replaced: rate},
		{name: "from JSON", file: "p.json", at: `"|C"`, to: "rate", replaced: down},
		{name: "of what has a key", at: "param.down.|C", to: "rate", replaced: down},
		{
			name: "what has parts", at: "param.train[\"s|olver\"]", to: "how",
			replaced: map[string][]string{
				"pipeline.hcl": {"solver = ", "how = ", `["solver"]`, `["how"]`, ".solver.", ".how."},
				"params.yaml":  {"solver", "how"},
			},
		}, {
			name: "further in", file: "params.yaml", at: `{"na|me": saga`, to: "called",
			replaced: map[string][]string{
				"pipeline.hcl": {"name = ", "called = ", `["solver"].name`, `["solver"].called`, "solver.name", "solver.called"},
				"params.yaml":  {`"name"`, `"called"`},
			},
		}, {
			name: "of all choices", at: "param.model.|kernel", to: "core",
			replaced: map[string][]string{"pipeline.hcl": {"kernel", "core"}, "conf/svm.yaml": {"kernel", "core"}, "conf/tree.toml": {"kernel", "core"}},
		}, {
			name: "from the file of a choice", file: "conf/tree.toml", at: "ker|nel", to: "core",
			replaced: map[string][]string{"pipeline.hcl": {"kernel", "core"}, "conf/svm.yaml": {"kernel", "core"}, "conf/tree.toml": {"kernel", "core"}},
		}, {
			name: "the param", at: "param \"tr|ain\"", to: "fit",
			replaced: map[string][]string{"pipeline.hcl": {`param "train"`, `param "fit"`, "param.train", "param.fit", `"train.`, `"fit.`, "  file    = \"params.yaml\"\n", "  file    = \"params.yaml\"\n  key = \"train\"\n"}},
		},
		{
			name:    "a param whose names are no words",
			archive: "-- pipeline.hcl --\nparam \"w\" {\n  type = map(number)\n  file = \"w.yaml\"\n}\nstage \"s\" {\n  outputs = { o = \"o\" }\n  command = [\"x\", param.w[\"1\"], outputs.o]\n}\n-- w.yaml --\nw: { \"1\": 2 }\n",
			at:      "param \"|w\"", to: "weights",
			replaced: map[string][]string{"pipeline.hcl": {"param \"w\"", "param \"weights\"", "param.w[", "param.weights[", "  file = \"w.yaml\"\n", "  file = \"w.yaml\"\n  key = \"w\"\n"}},
		},
		{name: "a name that is taken", at: "object({ |C = number, solver", to: "solver", refused: "There is a part solver already"},
		{name: "no name", at: "object({ |C = number, solver", to: "a b", refused: "is no name"},
		{name: "what a choice is called by", at: "param.model.|kernel", to: "choice", refused: "would have a mistake then"},
		{name: "a param, from its file", file: "params.yaml", at: "tr|ain:", to: "fit", refused: "Rename param.train in pipeline.hcl"},
		{
			name: "what another pipeline has values from", archive: parted + "-- all/pipeline.hcl --\nparam \"all\" {\n  type = object({ train = object({ C = number }) })\n  file = \"../params.yaml\"\n  key  = \"\"\n}\n",
			at: "param.train.|C", to: "rate", refused: "param.all in all/pipeline.hcl has values from the same place of params.yaml",
		}, {
			name: "what several have values from", archive: parted + "-- all/pipeline.hcl --\nparam \"all\" {\n  type = object({ train = object({ C = number }) })\n  file = \"../params.yaml\"\n  key  = \"\"\n}\n",
			file: "params.yaml", at: "|C: 0.5", to: "rate", refused: "Several params have values from here",
		}, {
			name: "what stands under an anchor", archive: strings.Replace(parted, "train:\n  C: 0.5 # the rate", "base: &base\n  C: 0.5\ntrain:\n  <<: *base", 1),
			at: "param.train.|C", to: "rate", refused: "params.yaml would mean something else then",
		}, {
			name: "a file with mistakes", archive: strings.Replace(parted, "other:\n  C: 1", "other: [", 1),
			at: "param.train.|C", to: "rate", refused: "params.yaml has mistakes",
		}, {
			name: "what a command reads from its file", archive: strings.Replace(parted, "stage \"fit\" {", "stage \"fit\" {\n  params = [param.train]", 1),
			at: "param.train.|C,", to: "rate", refused: "other points or commands",
		}, {
			name: "what a command reads as an input", archive: strings.Replace(parted, "stage \"fit\" {", "stage \"fit\" {\n  inputs = { p = \"params.yaml\" }", 1),
			at: "param.train.|C,", to: "rate", refused: "the command of stage fit reads params.yaml itself",
		}, {
			name: "what a command is given", archive: strings.Replace(parted, "[\"fit\",", "[\"fit\", jsonencode(param.train),", 1),
			at: "param.train.|C,", to: "rate", refused: "other points or commands",
		}, {
			name: "what is in the environment", archive: strings.Replace(parted, "stage \"fit\" {", "stage \"fit\" {\n  env = { P = jsonencode(param.train) }", 1),
			at: "param.train.|C,", to: "rate", refused: "other points or commands",
		}, {
			name: "what is found by a text", archive: strings.Replace(parted, "stage \"fit\" {", "locals {\n  n = \"C\"\n  v = param.train[local.n]\n}\nstage \"fit\" {", 1),
			at: "param.train.|C,", to: "rate", refused: "would have a mistake then",
		}, {
			name: "what an assert has as a whole", archive: strings.Replace(parted, "stage \"fit\" {", "stage \"fit\" {\n  metrics = { s = \"s.json\" }\n  assert {\n    condition = metrics.s.x > lookup(param.train, \"C\", 0)\n    error     = \"low\"\n  }", 1),
			at: "param.train.|C,", to: "rate", refused: "an assert of stage fit has param.train as a whole",
		}, {
			name: "what an assert has by a local", archive: strings.Replace(parted, "stage \"fit\" {", "locals {\n  t = param.train\n}\nstage \"fit\" {\n  metrics = { s = \"s.json\" }\n  assert {\n    condition = metrics.s.x > lookup(local.t, \"C\", 0)\n    error     = \"low\"\n  }", 1),
			at: "param.train.|C,", to: "rate", refused: "other points or commands",
		}, {
			name: "what an experiment tries as a whole", archive: strings.Replace(parted, "experiment \"tune\" {", "experiment \"whole\" {\n  params = { other = [{ C = 1 }, { C = 2 }] }\n}\nexperiment \"tune\" {", 1),
			at: "param.other.|C,", to: "rate", refused: "param.other has no C",
		}, {
			name: "an optional part that a module is given", archive: strings.Replace(parted, "object({ C = number, solver", "object({ C = optional(number, 1), solver", 1) + "-- user/pipeline.hcl --\nmodule \"m\" {\n  source = \"..\"\n  params = { train = { C = 3 } }\n}\n",
			at: "param.train.|C,", to: "rate", refused: "user/pipeline.hcl would have a mistake then",
		}, {
			name: "what a module is given", archive: parted + "-- user/pipeline.hcl --\nmodule \"m\" {\n  source = \"..\"\n  params = { train = { C = 3 } }\n}\n",
			at: "param.train.|C,", to: "rate", refused: "user/pipeline.hcl would have a mistake then",
		}, {
			name: "what has no value", archive: strings.Replace(parted, "other:\n  C: 1", "", 1),
			at: "param.train.|C,", to: "rate", refused: "params have no values",
		}, {
			name: "a name of a map", archive: strings.Replace(parted, "object({ C = number })\n  file = \"params.yaml\"", "map(number)\n  file = \"params.yaml\"", 1),
			at: "param.other.|C", to: "rate", refused: "There is no declaration of C",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.archive == "" {
				c.archive = parted
			}
			if c.file == "" {
				c.file = "pipeline.hcl"
			}
			e := start(t, c.archive)
			files := archived(c.archive)
			e.open("pipeline.hcl", files["pipeline.hcl"])
			if c.file != "pipeline.hcl" {
				e.tell("textDocument/didOpen", didOpenParams{documentItem{URI: e.uri(c.file), Version: 1, Text: files[c.file]}})
			}
			at := e.at(c.file, find(t, files[c.file], c.at))
			var got workspaceEdit
			failure := e.try("textDocument/rename", renameParams{at, c.to}, &got)
			if c.refused != "" {
				if failure == nil || !strings.Contains(failure.Message, c.refused) {
					t.Errorf("got %v", failure)
				}
				return
			}
			if failure != nil {
				t.Fatal(failure)
			}
			for _, name := range slices.Sorted(maps.Keys(files)) {
				want := strings.NewReplacer(c.replaced[name]...).Replace(files[name])
				if diff := cmp.Diff(want, apply(files[name], got.Changes[e.uri(name)])); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
			var ready prepareResult
			if e.ask("textDocument/prepareRename", at, &ready); ready.Placeholder == "" || ready.Range.Start == ready.Range.End {
				t.Error("an editor would not ask for it")
			}
		})
	}
}
