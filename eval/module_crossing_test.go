package eval_test

import (
	"fmt"
	iofs "io/fs"
	"path"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/google/go-cmp/cmp"
)

// keptAt is where gitModules brings its commit.
const keptAt = ".dewar/modules/"

func fromGit(path string) string {
	return fmt.Sprintf(`{ project = "https://example.org/x.git", path = %q, rev = %q }`, path, strings.Repeat("a", 40))
}

// A path means the same file in each pipeline that it comes to: given to a module, given on
// to a module of that, and read back from it.
func TestModule_crossing(t *testing.T) {
	user := `
data "raw" {
  path = "data/"
}

param "mine" {
  type    = path
  default = "src/a.txt"
}

stage "make" {
  outputs = { tree = "tree/" }
  command = ["make", outputs.tree]
}

module "m" {
  source = %s
  params = { tree = stage.make.outputs.tree, part = "${stage.make.outputs.tree}/x", row = "${data.raw}/r.csv", text = "src/a.txt", own = param.mine }
}

stage "use" {
  inputs  = module.m.outputs.back
  command = ["use"]
}

stage "found" {
  inputs  = { found = module.m.outputs.found, script = module.m.outputs.script, deep = module.m.outputs.deep, listed = module.m.outputs.listed[*].path }
  command = concat(["found"], inputs.found)
}

stage "each" {
  for_each    = module.m.outputs.listed
  inputs      = { f = each.path }
  working_dir = "work"
  command     = ["each", each.path]
}
`
	module := `
param "tree" {
  type = path
}

param "part" {
  type = string
}

param "row" {
  type = path
}

param "text" {
  type = path
}

param "own" {
  type = path
}

param "script" {
  type    = path
  default = "src/a.txt"
}

module "inner" {
  source = "inner"
  params = { all = concat([param.part, param.row, param.text, param.script], glob("src/*.txt")) }
}

output "back" {
  value = { tree = param.tree, part = param.part, row = param.row, text = param.text, own = param.own }
}

output "script" {
  value = param.script
}

output "deep" {
  value = module.inner.outputs.all
}

output "found" {
  value = glob("src/*.txt")
}

output "listed" {
  value = files("src", "*.txt")
}
`
	inner := `
param "all" {
  type = list(path)
}

stage "s" {
  inputs  = { all = param.all }
  outputs = { o = "o.txt" }
  command = ["s", inputs.all[0]]
}

output "all" {
  value = param.all
}
`
	sources := func(g *graph.Graph, ref string) []string {
		var out []string
		for _, in := range one(t, g, ref).Inputs {
			from := in.Path + in.Data
			if in.Kind == graph.Artifact {
				from = g.Instances[in.From].Ref() + "/" + in.Sub
			}
			out = append(out, in.At+" <- "+from)
		}
		return out
	}
	for _, c := range []struct {
		name, source, at, seen, caller string
	}{
		{"a directory", `"lib"`, "lib/", "lib/", ""},
		{"Git", fromGit("lib"), keptAt + strings.Repeat("a", 40) + "/lib/", ".external/module.m/lib/", ".caller/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := files{
				"pipeline.hcl": fmt.Sprintf(user, c.source), "data/r.csv": "", "src/a.txt": "",
				c.at + "pipeline.hcl": module, c.at + "src/a.txt": "", c.at + "inner/pipeline.hcl": inner,
			}
			g := graphOf(t, f)
			want := []string{"data/r.csv <- data/r.csvraw", "src/a.txt <- src/a.txt", "tree <- make/", "tree/x <- make/x"}
			if diff := cmp.Diff(want, sources(g, "use")); diff != "" {
				t.Errorf("what was given, read back (-want +got):\n%s", diff)
			}
			want = []string{c.seen + "src/a.txt <- " + c.at + "src/a.txt", "data/r.csv <- data/r.csvraw", "src/a.txt <- src/a.txt", "tree/x <- make/x"}
			if c.caller == "" {
				want = []string{"data/r.csv <- data/r.csvraw", c.seen + "src/a.txt <- " + c.at + "src/a.txt", "src/a.txt <- src/a.txt", "tree/x <- make/x"}
			}
			if diff := cmp.Diff(want, sources(g, "found")); diff != "" {
				t.Errorf("what the module found (-want +got):\n%s", diff)
			}
			want = []string{c.caller + "data/r.csv <- data/r.csvraw", c.caller + "src/a.txt <- src/a.txt", c.caller + "tree/x <- make/x", "lib/src/a.txt <- " + c.at + "src/a.txt"}
			if c.caller == "" {
				want = []string{"data/r.csv <- data/r.csvraw", "lib/src/a.txt <- lib/src/a.txt", "src/a.txt <- src/a.txt", "tree/x <- make/x"}
			}
			if diff := cmp.Diff(want, sources(g, "m/inner/s")); diff != "" {
				t.Errorf("what the module gave on (-want +got):\n%s", diff)
			}
			for i := range g.Instances {
				if x := &g.Instances[i]; x.Stage == "each" && x.Args[1] != "../"+c.seen+"src/a.txt" {
					t.Errorf("each.path is %s", x.Args[1])
				}
			}
		})
	}
}

// A pipeline from Git sees nothing of the project that uses it but what it was given.
func TestModule_givenAlone(t *testing.T) {
	user := "data \"raw\" {\n  path = \"data/\"\n}\n\nmodule \"m\" {\n  source = %s\n  params = { dir = \"conf\", raw = data.raw }\n}\n"
	params := "param \"dir\" {\n  type = path\n}\n\nparam \"raw\" {\n  type = path\n}\n\n"
	at := keptAt + strings.Repeat("a", 40) + "/lib/"
	for _, c := range []struct{ name, text, code string }{
		{"file", "locals {\n  x = file(\"../.caller/secret.txt\")\n}", "E-call"},
		{"fileexists", "locals {\n  x = fileexists(\"../.caller/secret.txt\")\n}", "E-call"},
		{"glob", "locals {\n  x = glob(\"../.caller/*.txt\")\n}", "E-call"},
		{"files", "locals {\n  x = files(\"../.caller\")\n}", "E-call"},
		{"inputs", "stage \"s\" {\n  inputs  = { x = \"../.caller/secret.txt\" }\n  command = [\"s\"]\n}", "E-path-escape"},
		{"data", "data \"x\" {\n  path = \"../.caller/secret.txt\"\n}\n\nstage \"s\" {\n  inputs  = { x = data.x }\n  command = [\"s\"]\n}", "E-path-escape"},
		{"a module of its own", "module \"n\" {\n  source = \"../n\"\n  params = { p = \"../.caller/secret.txt\" }\n}", "E-path-escape"},
		{"file of a param", "param \"x\" {\n  type = string\n  file = \"../../../../secret.json\"\n}", "E-params-file"},
		{"choices", "param \"x\" {\n  type    = any\n  choices = { a = \"../../../../secret.json\" }\n  default = \"a\"\n}", "E-params-file"},
		{"plots", "stage \"s\" {\n  plots   = { x = { path = \"x.csv\", template = \"../../../../secret.json\" } }\n  command = [\"s\"]\n}", "E-path"},
		{"an image", "stage \"s\" {\n  image   = \"oci:/x@sha256:" + strings.Repeat("0", 64) + "\"\n  command = [\"s\"]\n}", "E-path-escape"},
		{"a variable", "stage \"s\" {\n  pass_env = [\"TOKEN\"]\n  command  = [\"s\"]\n}", "E-module-env"},
		{"a secret variable", "stage \"s\" {\n  secrets = [\"TOKEN\"]\n  command = [\"s\"]\n}", "E-module-env"},
		{"one under another name", "stage \"s\" {\n  secrets = { X = { env = \"TOKEN\" } }\n  command = [\"s\"]\n}", "E-module-env"},
		{"a sensitive param", "param \"t\" {\n  type      = string\n  default   = \"x\"\n  sensitive = true\n}\n\nstage \"s\" {\n  secrets = { TOKEN = param.t }\n  command = [\"s\"]\n}", ""},
		{"what was given", "locals {\n  x = [file(\"${param.dir}/a.txt\"), file(\"../.caller/conf/a.txt\"), glob(\"${param.dir}/*.txt\"), files(param.raw)]\n}\n\nstage \"s\" {\n  inputs  = { x = \"${param.dir}/a.txt\", y = param.raw, z = \"${param.raw}/r.csv\", w = \"../.caller/conf/a.txt\" }\n  command = [\"s\", local.x[0], local.x[2][0], local.x[3][0].path]\n}", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := files{
				"pipeline.hcl": fmt.Sprintf(user, fromGit("lib")), "secret.txt": "hush", "secret.json": `{"x": "hush"}`, "conf/a.txt": "a", "data/r.csv": "",
				at + "pipeline.hcl": params + c.text + "\n", path.Join(at, "../n/pipeline.hcl"): "param \"p\" {\n  type = path\n}\n\nlocals {\n  x = file(param.p)\n}\n",
			}
			res, ds := eval.Evaluate(eval.Request{Read: f, Modules: gitModules, Environ: func(string) (string, bool) { return "hush", true }})
			if text := render(ds, res.Sources); strings.Contains(text, "hush") || strings.Contains(text, "is which") || c.code == "" && len(ds) > 0 || c.code != "" && (len(ds) != 1 || ds[0].Code != c.code) {
				t.Errorf("got %s", text)
			}
		})
	}
}

// The path of a user's file that a pipeline from Git was not given is none that it can hand back.
func TestModule_defaultNotGiven(t *testing.T) {
	f := files{
		"pipeline.hcl": "module \"m\" {\n  source = " + fromGit("lib") + "\n}\n\nstage \"s\" {\n  command = [\"s\", module.m.outputs.x]\n}\n",
		"secret.txt":   "hush",
		keptAt + strings.Repeat("a", 40) + "/lib/pipeline.hcl": "param \"x\" {\n  type    = path\n  default = \"../.caller/secret.txt\"\n}\n\noutput \"x\" {\n  value = param.x\n}\n",
	}
	if x := one(t, graphOf(t, f), "s"); path.Clean(x.Args[1]) == "secret.txt" {
		t.Errorf("the output is %s", x.Args[1])
	}
}

// The points of a module have the keys that it gives them.
func TestModule_key(t *testing.T) {
	f := files{
		"pipeline.hcl": `
module "m" {
  source   = "m"
  for_each = grid({ model = [{ name = "a/b", n = 1 }, { name = "c", n = 2 }] })
  key      = each.model.name
  params   = { n = each.model.n }
}

stage "s" {
  for_each = module.m
  inputs   = { o = each.outputs.o }
  command  = ["s", each.key]
}
`,
		"m/pipeline.hcl": "param \"n\" {\n  type = number\n}\n\nstage \"t\" {\n  outputs = { o = \"o.txt\" }\n  command = [\"t\", param.n]\n}\n\noutput \"o\" {\n  value = stage.t.outputs.o\n}\n",
	}
	g := graphOf(t, f)
	x := one(t, g, "m@a%2Fb/t")
	if x.Args[1] != "1" || x.Outputs[0].Path != "m/a%2Fb/o.txt" {
		t.Errorf("got %v and %s", x.Args, x.Outputs[0].Path)
	}
	if one(t, g, "s@c").Args[1] != "c" {
		t.Error("each.key is not that of the module")
	}
}

// Many points of many stages are too many before they have taken all memory.
func TestModule_manyInstances(t *testing.T) {
	f := files{"pipeline.hcl": "module \"m\" {\n  source   = \"m\"\n  for_each = grid({ k = range(100) })\n}\n"}
	for i := range 30 {
		f["m/pipeline.hcl"] += fmt.Sprintf("stage \"s%d\" {\n  for_each = grid({ C = range(1000) })\n  command  = [\"a\"]\n}\n", i)
	}
	res, ds := eval.Evaluate(eval.Request{Read: f})
	if text := render(ds, res.Sources); len(ds) != 1 || ds[0].Code != "E-points-many" || !strings.Contains(text, "module m 100 × stage s") {
		t.Errorf("%d messages: %s", len(ds), text)
	}
}

// A mistake that shows at some points of a module is one message, with the points.
func TestModule_grouped(t *testing.T) {
	f := files{
		"pipeline.hcl":   "module \"m\" {\n  source   = \"m\"\n  for_each = grid({ k = range(20) })\n  params   = { n = each.k < 3 ? each.k : \"t${each.k}\" }\n}\n",
		"m/pipeline.hcl": "param \"n\" {\n  type = number\n}\n",
	}
	res, ds := eval.Evaluate(eval.Request{Read: f})
	if len(ds) != 1 || len(ds[0].Instances) != 17 || ds[0].Instances[0] != "k=3" || ds[0].Total != 20 {
		t.Errorf("%d messages: %s", len(ds), render(ds, res.Sources))
	}
	f["pipeline.hcl"] = "module \"m\" {\n  source   = \"m\"\n  for_each = grid({ k = range(4) })\n  params   = { n = each.k }\n}\n"
	f["m/pipeline.hcl"] += "\nstage \"s\" {\n  for_each = grid({ C = [0, 1, 2] })\n  command  = [\"s\", param.n > each.C ? \"a\" : each[\"x${param.n}\"]]\n}\n"
	res, ds = eval.Evaluate(eval.Request{Read: f})
	if len(ds) != 1 || ds[0].Total != 12 || strings.Join(ds[0].Instances, " ") != "k=0/C=0 k=0/C=1 k=0/C=2 k=1/C=1 k=1/C=2 k=2/C=2" {
		t.Errorf("%d messages: %s", len(ds), render(ds, res.Sources))
	}
}

// Who sets a param of a module from outside is told where it is given.
func TestModule_set(t *testing.T) {
	f := files{"pipeline.hcl": "module \"m\" {\n  source = \"m\"\n}\n", "m/pipeline.hcl": "param \"n\" {\n  type    = number\n  default = 1\n}\n", "conf.yaml": "m:\n  n: 2\n"}
	res, ds := eval.Evaluate(eval.Request{Read: f, Set: []param.Setting{{Name: "m.n", Text: "2"}}, Params: []string{"conf.yaml"}})
	if text := render(ds, res.Sources); len(ds) != 2 || strings.Count(text, "m is a module, and its params") != 2 {
		t.Errorf("got %s", text)
	}
}

// linked is a project in which one name is a link.
type linked struct {
	files
	name string
}

func (l linked) Lstat(name string) (fs.Info, error) {
	if name == l.name {
		return fs.Info{Mode: iofs.ModeSymlink}, nil
	}
	return l.files.Lstat(name)
}

// What is said of a module that is written wrongly helps.
func TestModule_hints(t *testing.T) {
	res, ds := eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": "module \"m\" {\n  source = \"m\"\n  rows   = 3\n}\n"}})
	if text := render(ds, res.Sources); !strings.Contains(text, "params = { rows = … }") {
		t.Errorf("got %s", text)
	}
	res, ds = eval.Evaluate(eval.Request{Read: linked{files{"pipeline.hcl": "module \"m\" {\n  source = \"m\"\n}\n"}, "m"}})
	if text := render(ds, res.Sources); !strings.Contains(text, "\"m\" is a link") {
		t.Errorf("got %s", text)
	}
	f := files{
		"pipeline.hcl":   "module \"a\" {\n  source = \"a\"\n}\n",
		"a/pipeline.hcl": "module \"b\" {\n  source = \"../b\"\n}\n",
		"b/pipeline.hcl": "module \"c\" {\n  source = \"../a\"\n}\n",
	}
	res, ds = eval.Evaluate(eval.Request{Read: f})
	if text := render(ds, res.Sources); len(ds) != 1 || strings.Count(text, "note:") != 1 {
		t.Errorf("got %s", text)
	}
}
