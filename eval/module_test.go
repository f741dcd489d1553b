package eval_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/graph"
	"github.com/google/go-cmp/cmp"
)

const prep = `
param "raw" {
  type = path
}

param "words" {
  type    = list(string)
  default = ["a"]
}

data "own" {
  path = "data/own.csv"
}

toolchain "sh" {
  kind = "python"
}

stage "clean" {
  inputs      = { raw = param.raw, own = data.own }
  outputs     = { out = "build/clean.csv", tree = "build/tree/" }
  working_dir = "work"
  toolchains  = [toolchain.sh]
  command     = concat(["clean", param.raw, data.own, outputs.out, outputs.tree], param.words)
}

output "clean" {
  value = stage.clean.outputs.out
}

output "tree" {
  value = stage.clean.outputs.tree
}

output "words" {
  value = [for w in param.words : upper(w)]
}
`

// graphOf evaluates a project that has no mistakes.
func graphOf(t *testing.T, f files, more ...param.Setting) *graph.Graph {
	t.Helper()
	res, ds := eval.Evaluate(eval.Request{Read: f, Set: more, Modules: gitModules})
	if len(ds) > 0 {
		t.Fatalf("%s", render(ds, res.Sources))
	}
	return res.Graph
}

// gitModules has one commit of one project.
func gitModules(m eval.GitModule) (string, error) {
	if m.Project != "https://example.org/x.git" || m.Rev != strings.Repeat("a", 40) {
		return "", &diag.Failure{List: diag.List{{Code: "E-module-git", Subject: "rev", Detail: "There is no such commit."}}}
	}
	return ".dewar/modules/" + m.Rev, nil
}

func one(t *testing.T, g *graph.Graph, ref string) *graph.Instance {
	t.Helper()
	for i := range g.Instances {
		if g.Instances[i].Ref() == ref {
			return &g.Instances[i]
		}
	}
	t.Fatalf("there is no instance %s in\n%s", ref, graph.Dump(g))
	return nil
}

func TestModule_paths(t *testing.T) {
	user := `
stage "raw" {
  outputs = { raw = "build/raw.csv" }
  command = ["raw", outputs.raw]
}

module "prep" {
  source = %s
  path   = "build/prep"
  params = { raw = stage.raw.outputs.raw }
}

stage "use" {
  for_each = [for w in module.prep.outputs.words : { w = w }]
  inputs   = { clean = module.prep.outputs.clean, part = "${module.prep.outputs.tree}/x" }
  command  = ["use", inputs.clean, inputs.part]
}
`
	git := `{ project = "https://example.org/x.git", path = "lib/prep", rev = "` + strings.Repeat("a", 40) + `" }`
	kept := ".dewar/modules/" + strings.Repeat("a", 40) + "/lib/prep/"
	for _, c := range []struct{ name, source, at, in, raw string }{
		{"a directory", `"lib/prep"`, "lib/prep/", "lib/prep/", "build/raw.csv"},
		{"Git", git, kept, "lib/prep/", ".caller/build/raw.csv"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := graphOf(t, files{"pipeline.hcl": fmt.Sprintf(user, c.source), c.at + "pipeline.hcl": prep, c.at + "data/own.csv": ""})
			x := one(t, g, "prep/clean")
			want := []string{"clean", "../../../" + c.raw, "../data/own.csv", "../build/clean.csv", "../build/tree", "a"}
			if diff := cmp.Diff(want, x.Args); diff != "" {
				t.Errorf("command (-want +got):\n%s", diff)
			}
			if x.WorkingDir != c.in+"work" {
				t.Errorf("it runs in %s", x.WorkingDir)
			}
			var at []string
			for _, in := range x.Inputs {
				at = append(at, in.At+" "+in.Path+" "+in.Data)
			}
			if diff := cmp.Diff([]string{c.raw + "  ", c.in + "data/own.csv " + c.at + "data/own.csv prep/own"}, at); diff != "" {
				t.Errorf("inputs (-want +got):\n%s", diff)
			}
			at = nil
			for _, o := range x.Outputs {
				at = append(at, o.At+" "+o.Path)
			}
			if diff := cmp.Diff([]string{c.in + "build/clean.csv build/prep/build/clean.csv", c.in + "build/tree build/prep/build/tree"}, at); diff != "" {
				t.Errorf("outputs (-want +got):\n%s", diff)
			}
			use := one(t, g, "use@w=A")
			if diff := cmp.Diff([]string{"use", "build/prep/build/clean.csv", "build/prep/build/tree/x"}, use.Args); diff != "" {
				t.Errorf("user's command (-want +got):\n%s", diff)
			}
			for _, in := range use.Inputs {
				if in.Kind != graph.Artifact || g.Instances[in.From].Ref() != "prep/clean" {
					t.Errorf("%s is not made by the module", in.At)
				}
			}
		})
	}
}

// What one module makes can be given to another, and to one inside of it.
func TestModule_chain(t *testing.T) {
	f := files{
		"pipeline.hcl": `
module "a" {
  source   = "prep"
  for_each = grid({ k = ["x", "y"] })
  params   = { raw = "data/${each.k}.csv" }
}

module "b" {
  source   = "outer"
  for_each = module.a
  params   = { raw = each.outputs.clean, words = [each.k] }
}

stage "all" {
  inputs  = { all = module.b[*].outputs.clean, x = pick(module.a, { k = "x" }).outputs.tree, some = where(module.b, { k = "y" })[*].outputs.clean }
  command = concat(["all"], inputs.all)
}
`,
		"outer/pipeline.hcl": `
param "raw" {
  type = path
}

param "words" {
  type = list(string)
}

module "inner" {
  source = "../prep"
  params = { raw = param.raw, words = param.words }
}

output "clean" {
  value = module.inner.outputs.clean
}
`,
		"prep/pipeline.hcl": prep, "prep/data/own.csv": "", "data/x.csv": "", "data/y.csv": "",
	}
	g := graphOf(t, f)
	x := one(t, g, "b@k=y/inner/clean")
	if diff := cmp.Diff([]string{"clean", "../../a/k=y/build/clean.csv", "../data/own.csv", "../build/clean.csv", "../build/tree", "y"}, x.Args); diff != "" {
		t.Errorf("command (-want +got):\n%s", diff)
	}
	if g.Instances[x.Inputs[0].From].Ref() != "a@k=y/clean" {
		t.Errorf("its first input is made by %s", g.Instances[x.Inputs[0].From].Ref())
	}
	if got := x.Outputs[0].Path; got != "b/k=y/inner/build/clean.csv" {
		t.Errorf("its output lies at %s", got)
	}
	var names []string
	for _, d := range g.Data {
		names = append(names, d.Name)
	}
	for _, tc := range g.Toolchains {
		names = append(names, tc.Name)
	}
	if diff := cmp.Diff([]string{"a/own", "a/sh", "b/inner/sh"}, names); diff != "" {
		t.Errorf("data and toolchains (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"all", "b/k=x/inner/build/clean.csv", "b/k=y/inner/build/clean.csv"}, one(t, g, "all").Args); diff != "" {
		t.Errorf("command of all (-want +got):\n%s", diff)
	}
}

// A sensitive value stays one inside of a module.
func TestModule_sensitive(t *testing.T) {
	f := files{
		"pipeline.hcl": `
param "token" {
  type      = string
  default   = "hush"
  sensitive = true
}

module "m" {
  source = "m"
  params = { word = param.token }
}
`,
		"m/pipeline.hcl": "param \"word\" {\n  type = string\n}\n\nstage \"a\" {\n  command = [\"a\", param.word]\n}\n",
	}
	res, ds := eval.Evaluate(eval.Request{Read: f})
	if text := render(ds, res.Sources); !strings.Contains(text, "E-sensitive") || strings.Contains(text, "hush") {
		t.Errorf("got %s", text)
	}
}

// What is wrong in the text of a module shows the place there and the place where it is used.
func TestModule_both(t *testing.T) {
	f := files{
		"pipeline.hcl":   "module \"m\" {\n  source = \"m\"\n  params = { n = \"one\" }\n}\n",
		"m/pipeline.hcl": "param \"n\" {\n  type = number\n}\n",
	}
	res, ds := eval.Evaluate(eval.Request{Read: f})
	text := render(ds, res.Sources)
	for _, want := range []string{"pipeline.hcl line 3", "m/pipeline.hcl line 2", "param.n must be a number, not the string \"one\""} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	f = files{
		"pipeline.hcl":   "module \"m\" {\n  source = \"m\"\n  for_each = grid({ k = [1, 2, 3] })\n}\n",
		"m/pipeline.hcl": "stage \"a\" {\n  command = [\"a\", 1 + true]\n}\n",
	}
	res, ds = eval.Evaluate(eval.Request{Read: f})
	text = render(ds, res.Sources)
	if len(ds) != 1 || !strings.Contains(text, "module m is used here") {
		t.Errorf("%d messages:\n%s", len(ds), text)
	}
}

// Modules that double at each level are many before anybody notices.
func TestModule_many(t *testing.T) {
	f := files{"pipeline.hcl": "module \"a\" {\n  source = \"m0\"\n}\n"}
	for i := range 30 {
		f[fmt.Sprintf("m%d/pipeline.hcl", i)] = fmt.Sprintf("module \"a\" {\n  source = \"../m%d\"\n}\n\nmodule \"b\" {\n  source = \"../m%d\"\n}\n", i+1, i+1)
	}
	f["m30/pipeline.hcl"] = ""
	_, ds := eval.Evaluate(eval.Request{Read: f})
	if len(ds) != 1 || ds[0].Code != "E-points-many" {
		t.Errorf("got %v", ds)
	}
}

// Git that cannot be had is one message, at what it is about.
func TestModule_git(t *testing.T) {
	source := `module "m" { source = { project = "https://example.org/y.git", rev = "main" } }`
	_, ds := eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": source}, Modules: gitModules})
	if len(ds) != 1 || ds[0].Code != "E-module-git" || ds[0].Span.Start.Column != strings.Index(source, "rev =")+1 {
		t.Errorf("got %v", ds)
	}
	broken := func(eval.GitModule) (string, error) { return "", errors.New("the disk is full") }
	_, ds = eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": source}, Modules: broken})
	if len(ds) != 1 || ds[0].Code != "E-module-source" || !strings.Contains(ds[0].Detail, "the disk is full") {
		t.Errorf("got %v", ds)
	}
	_, ds = eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": source}})
	if len(ds) != 1 || ds[0].Code != "E-module-source" {
		t.Errorf("got %v", ds)
	}
}

// Without values for params, a pipeline with modules can be checked all the same.
func TestModule_validate(t *testing.T) {
	f := files{
		"pipeline.hcl": `
param "words" {
  type = list(string)
}

module "m" {
  source   = "prep"
  for_each = [for w in param.words : { w = w }]
  params   = { raw = "data/${each.w}.csv" }
}

module "n" {
  source = "prep"
  params = { raw = "raw.csv", words = param.words }
}

stage "a" {
  inputs  = { n = module.n.outputs.clean, m = module.m[*].outputs.clean }
  command = ["a"]
}
`,
		"prep/pipeline.hcl": prep, "prep/data/own.csv": "",
	}
	res, ds := eval.Evaluate(eval.Request{Read: f, Validate: true})
	if len(ds) > 0 {
		t.Fatalf("%s", render(ds, res.Sources))
	}
}

// Functions that look at the project look from the directory of their own pipeline, in each
// of its uses.
func TestModule_functions(t *testing.T) {
	f := files{
		"pipeline.hcl": `
module "a" {
  source = "m"
  params = { n = 1 }
}

module "b" {
  source = "m"
  params = { n = 2 }
}

stage "use" {
  for_each = [for w in concat(module.a.outputs.words, module.b.outputs.words) : { w = w }]
  command  = ["use", each.w]
}
`,
		"m/pipeline.hcl": `
param "n" {
  type = int
}

function "twice" {
  params = { x = number }
  type   = number
  result = x * 2
}

data "d" {
  path = "data/"
}

stage "s" {
  for_each = files(data.d, "*.csv")
  outputs  = { o = "build/${each.stem}" }
  command  = ["s", each.path, outputs.o, twice(param.n)]
}

stage "all" {
  inputs  = { parts = collect(stage.s[*].outputs.o) }
  command = ["all", inputs.parts, argfile(stage.s[*].outputs.o)]
}

output "words" {
  value = [for n in [trimspace(file("word.txt"))] : "${n}${twice(param.n)}"]
}
`,
		"m/word.txt": "w\n", "m/data/x.csv": "", "m/data/y.csv": "",
	}
	g := graphOf(t, f)
	if diff := cmp.Diff([]string{"s", "data/y.csv", "build/y", "4"}, one(t, g, "b/s@path=data%2Fy.csv").Args); diff != "" {
		t.Errorf("command (-want +got):\n%s", diff)
	}
	one(t, g, "use@w=w2")
	one(t, g, "use@w=w4")
	for _, root := range []string{"", ".dewar/modules/" + strings.Repeat("a", 40) + "/"} {
		if root != "" {
			f["pipeline.hcl"] = strings.ReplaceAll(f["pipeline.hcl"], `"m"`, `{ project = "https://example.org/x.git", path = "m", rev = "`+strings.Repeat("a", 40)+`" }`)
			for name, text := range f {
				f[root+name] = text
			}
			g = graphOf(t, f)
		}
		x := one(t, g, "a/all")
		var at []string
		for _, in := range x.Inputs {
			at = append(at, in.At)
		}
		want := []string{".dewar/args/0", ".dewar/collect/parts", ".dewar/collect/parts/build/x", ".dewar/collect/parts/build/y", "m/build/x", "m/build/y"}
		if diff := cmp.Diff(want, at); diff != "" {
			t.Errorf("inputs (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"all", "../.dewar/collect/parts", "../.dewar/args/0"}, x.Args); diff != "" {
			t.Errorf("command (-want +got):\n%s", diff)
		}
	}
}

// A pipeline from Git does not say what is started on this machine outside of a sandbox.
func TestModule_toolchains(t *testing.T) {
	for _, c := range []struct{ body, git string }{
		{`kind = "python"`, ""},
		{`kind = "command"
  command = ["sh", "-c", "echo 1"]`, "E-module-toolchain"},
		{`kind = "files"
  files = ["/etc/passwd"]`, "E-module-toolchain"},
		{`kind = "python"
  path = "bin/python"`, "E-module-toolchain"},
		{`kind = "python"
  path = "/usr/bin/python"`, "E-module-toolchain"},
	} {
		module := `toolchain "t" {
  ` + c.body + `
}

stage "s" {
  toolchains = [toolchain.t]
  outputs    = { o = "o.txt" }
  command    = ["s", outputs.o]
}
`
		for source, want := range map[string]string{
			`"m"`: "",
			`{ project = "https://example.org/x.git", path = "m", rev = "` + strings.Repeat("a", 40) + `" }`: c.git,
		} {
			f := files{"pipeline.hcl": "module \"m\" {\n  source = " + source + "\n}\n", "m/pipeline.hcl": module, ".dewar/modules/" + strings.Repeat("a", 40) + "/m/pipeline.hcl": module}
			_, ds := eval.Evaluate(eval.Request{Read: f, Modules: gitModules})
			got := ""
			if len(ds) > 0 {
				got = ds[0].Code
			}
			if got != want {
				t.Errorf("%s in %s: %q, want %q", c.body, source, got, want)
			}
		}
	}
}

// A module in which there are no stages is known to the graph by name.
func TestModule_idle(t *testing.T) {
	f := files{
		"pipeline.hcl": `
module "none" {
  source   = "m"
  for_each = grid({ n = [] })
}

module "out" {
  source   = "out"
  for_each = grid({ n = [1] })
}

module "values" {
  source   = "values"
  for_each = grid({ n = [1, 2] })
}
`,
		"m/pipeline.hcl":      "stage \"s\" {\n  command = [\"s\"]\n}\n",
		"out/pipeline.hcl":    "stage \"s\" {\n  command = [\"s\"]\n}\n\nmodule \"inner\" {\n  source   = \"../m\"\n  for_each = grid({ n = [] })\n}\n",
		"values/pipeline.hcl": "output \"o\" {\n  value = 1\n}\n",
	}
	res, ds := eval.Evaluate(eval.Request{Read: f})
	if ds.HasErrors() {
		t.Fatal(render(ds, res.Sources))
	}
	if diff := cmp.Diff([]string{"none", "out@n=1/inner", "values@n=1", "values@n=2"}, res.Graph.Idle); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if text := render(ds, res.Sources); !strings.Contains(text, "nothing of the module is used") {
		t.Errorf("got %s", text)
	}
}

// A directory may be called like a host of Git projects.
func TestModule_calledLikeAHost(t *testing.T) {
	f := files{
		"pipeline.hcl":                "module \"m\" {\n  source = \"github.com/lib\"\n}\n",
		"github.com/lib/pipeline.hcl": "stage \"s\" {\n  outputs = { o = \"o\" }\n  command = [\"x\", outputs.o]\n}\n",
	}
	res, ds := eval.Evaluate(eval.Request{Read: f})
	if len(ds) > 0 || res.Graph == nil || res.Graph.Instances[0].Stage != "m/s" {
		t.Errorf("%v", ds)
	}
	delete(f, "github.com/lib/pipeline.hcl")
	if _, ds = eval.Evaluate(eval.Request{Read: f}); len(ds) != 1 || !strings.Contains(ds[0].Detail, `project = "https://github.com/lib"`) {
		t.Errorf("%v", ds)
	}
}
