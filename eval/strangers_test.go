package eval_test

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/graph"
	"github.com/google/go-cmp/cmp"
)

// commits has any commit of any project.
func commits(m eval.GitModule) (string, error) { return keptAt + m.Rev, nil }

// commit is a commit that has one letter.
func commit(letter string) string { return strings.Repeat(letter, 40) }

func fromCommit(letter, path string) string {
	return fmt.Sprintf(`{ project = "https://example.org/x.git", path = %q, rev = %q }`, path, commit(letter))
}

// seenFrom evaluates, and returns where the inputs of an instance stand and what they are,
// with the letters of commits.
func seenFrom(t *testing.T, f files, ref string) []string {
	t.Helper()
	res, ds := eval.Evaluate(eval.Request{Read: f, Modules: commits})
	if len(ds) > 0 {
		t.Fatal(render(ds, res.Sources))
	}
	x := one(t, res.Graph, ref)
	var out []string
	for _, in := range x.Inputs {
		from := in.Path
		if in.Kind == graph.Artifact {
			from = res.Graph.Instances[in.From].Ref() + "/" + in.Sub
		}
		for _, l := range []string{"a", "b", "c"} {
			from = strings.Replace(from, keptAt+commit(l), strings.ToUpper(l), 1)
		}
		out = append(out, in.At+" <- "+from)
	}
	for _, w := range append([]string{x.Script}, x.Args...) {
		if strings.Contains(w, commit("a")[:8]) || strings.Contains(w, commit("b")[:8]) {
			t.Errorf("%s knows a commit: %s", ref, w)
		}
	}
	return out
}

const lib = `
data "table" {
  path = "data/t.csv"
}

output "text" {
  value = files("src", "*.txt")[*].path
}

output "table" {
  value = data.table
}
`

func libAt(f files, letter, dir string) files {
	at := keptAt + commit(letter) + "/" + dir
	f[path.Join(at, "pipeline.hcl")] = lib
	f[path.Join(at, "src/x.txt")] = "x"
	f[path.Join(at, "data/t.csv")] = "t"
	return f
}

// Which commit it is that a module is of is nothing that its user sees.
func TestStrangers_noCommit(t *testing.T) {
	user := func(letter string) files {
		return libAt(files{"pipeline.hcl": `
module "m" {
  source = ` + fromCommit(letter, "p") + `
}

stage "s" {
  inputs  = { text = module.m.outputs.text, table = module.m.outputs.table }
  outputs = { o = "o.txt" }
  command = "cat ${inputs.text} ${inputs.table} > ${outputs.o}"
}
`}, letter, "p")
	}
	for _, letter := range []string{"a", "b"} {
		want := []string{".external/module.m/p/data/t.csv <- X/p/data/t.csv", ".external/module.m/p/src/x.txt <- X/p/src/x.txt"}
		for i := range want {
			want[i] = strings.Replace(want[i], "X", strings.ToUpper(letter), 1)
		}
		if diff := cmp.Diff(want, seenFrom(t, user(letter), "s")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// Two commits have two places, and one has one, however many modules are of it.
func TestStrangers_apart(t *testing.T) {
	f := libAt(libAt(files{"pipeline.hcl": `
module "old" {
  source = ` + fromCommit("a", ".") + `
}

module "new" {
  source = ` + fromCommit("b", ".") + `
}

module "again" {
  source = ` + fromCommit("a", ".") + `
}

stage "s" {
  inputs  = { again = module.again.outputs.text, new = module.new.outputs.text, old = module.old.outputs.table }
  command = concat(["cat", inputs.old], inputs.again, inputs.new)
}
`}, "a", "."), "b", ".")
	want := []string{".external/module.new/src/x.txt <- B/src/x.txt", ".external/module.old/data/t.csv <- A/data/t.csv", ".external/module.old/src/x.txt <- A/src/x.txt"}
	if diff := cmp.Diff(want, seenFrom(t, f, "s")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A pipeline sees the same as a module and by itself, and what its user gives it of another
// commit is in nobody's way, however the modules are called.
func TestStrangers_nested(t *testing.T) {
	near := `
param "given" {
  type    = list(path)
  default = []
}

module "lib" {
  source = ` + fromCommit("a", ".") + `
}

stage "s" {
  inputs  = { own = module.lib.outputs.text, given = param.given }
  command = concat(["cat"], inputs.own, inputs.given)
}

output "text" {
  value = module.lib.outputs.text
}
`
	user := `
module "near" {
  source = "near"
  params = { given = module.lib.outputs.text }
}

module "lib" {
  source = ` + fromCommit("b", ".") + `
}

stage "s" {
  inputs  = { near = module.near.outputs.text, lib = module.lib.outputs.text }
  command = concat(["cat"], inputs.near, inputs.lib)
}
`
	own := ".external/module.lib/src/x.txt <- A/src/x.txt"
	f := libAt(libAt(files{"pipeline.hcl": near}, "a", "."), "b", ".")
	if diff := cmp.Diff([]string{own}, seenFrom(t, f, "s")); diff != "" {
		t.Errorf("alone (-want +got):\n%s", diff)
	}
	f["pipeline.hcl"], f["near/pipeline.hcl"] = user, near
	if diff := cmp.Diff([]string{".external/module..lib/src/x.txt <- B/src/x.txt", own}, seenFrom(t, f, "near/s")); diff != "" {
		t.Errorf("as a module (-want +got):\n%s", diff)
	}
	want := []string{".external/module.lib/src/x.txt <- B/src/x.txt", ".external/module.near.lib/src/x.txt <- A/src/x.txt"}
	if diff := cmp.Diff(want, seenFrom(t, f, "s")); diff != "" {
		t.Errorf("the user (-want +got):\n%s", diff)
	}
	f[keptAt+commit("c")+"/pipeline.hcl"] = near
	f["pipeline.hcl"] = strings.Replace(strings.Replace(user, `"near"`+"\n  params", fromCommit("c", ".")+"\n  params", 1), "X", "", 1)
	if diff := cmp.Diff([]string{".caller/.external/module.lib/src/x.txt <- B/src/x.txt", own}, seenFrom(t, f, "near/s")); diff != "" {
		t.Errorf("as a module from Git (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, seenFrom(t, f, "s")); diff != "" {
		t.Errorf("the user of that (-want +got):\n%s", diff)
	}
}

// What two users of a pipeline make, one of them the user of the other, stands at two places.
func TestStrangers_gifts(t *testing.T) {
	stage := "stage \"s\" {\n  outputs = { o = \"o.txt\" }\n  command = [\"make\", outputs.o]\n}\n\n"
	f := files{
		"pipeline.hcl":                         stage + "data \"d\" {\n  path = \"d.txt\"\n}\n\nmodule \"a\" {\n  source = " + fromCommit("a", ".") + "\n  params = { given = [stage.s.outputs.o, data.d] }\n}\n",
		"d.txt":                                "",
		keptAt + commit("a") + "/pipeline.hcl": stage + "param \"given\" {\n  type = list(path)\n}\n\nmodule \"b\" {\n  source = " + fromCommit("b", ".") + "\n  params = { given = concat(param.given, [stage.s.outputs.o, \"d.txt\"]) }\n}\n",
		keptAt + commit("a") + "/d.txt":        "",
		keptAt + commit("b") + "/pipeline.hcl": "param \"given\" {\n  type = list(path)\n}\n\nstage \"use\" {\n  inputs  = param.given\n  command = concat([\"cat\"], param.given)\n}\n",
	}
	want := []string{".caller/.caller/d.txt <- d.txt", ".caller/.caller/o.txt <- s/", ".caller/d.txt <- A/d.txt", ".caller/o.txt <- a/s/"}
	if diff := cmp.Diff(want, seenFrom(t, f, "a/b/use")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What a module from Git has can be read where it is used, under the path by which it is known there.
func TestStrangers_read(t *testing.T) {
	f := libAt(files{"pipeline.hcl": `
module "m" {
  source = ` + fromCommit("a", ".") + `
}

stage "s" {
  command = concat(["echo", file(module.m.outputs.text[0]), fileexists(module.m.outputs.table)], glob(".external/module.m/src/*.txt"))
}
`}, "a", ".")
	res, ds := eval.Evaluate(eval.Request{Read: f, Modules: commits})
	if len(ds) > 0 {
		t.Fatal(render(ds, res.Sources))
	}
	if diff := cmp.Diff([]string{"echo", "x", "true", ".external/module.m/src/x.txt"}, one(t, res.Graph, "s").Args); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// External data of one name in two pipelines is two things, unless it lies at one place.
func TestStrangers_external(t *testing.T) {
	raw := func(at string) string {
		return fmt.Sprintf("data \"raw\" {\n  path     = %q\n  external = true\n}\n\n", at)
	}
	module := func(at string) string {
		return raw(at) + "param \"given\" {\n  type    = list(path)\n  default = []\n}\n\nstage \"s\" {\n  inputs  = { raw = data.raw, given = param.given }\n  command = concat([\"cat\", data.raw], param.given)\n}\n\noutput \"raw\" {\n  value = data.raw\n}\n"
	}
	user := raw("/one/x.csv") + `module "m" {
  source = %s
  params = { given = [data.raw] }
}

stage "s" {
  inputs  = { own = data.raw, of = module.m.outputs.raw }
  command = ["cat", inputs.own, inputs.of]
}
`
	at := keptAt + commit("a") + "/"
	for _, c := range []struct {
		name, source, dir, host string
		module, user            []string
	}{
		{"a directory", `"m"`, "m/", "/two/x.csv",
			[]string{".external/data..raw/x.csv <- .external/raw/x.csv", ".external/raw/x.csv <- .external/data.m@@raw/x.csv"},
			[]string{".external/data.m@@raw/x.csv <- .external/data.m@@raw/x.csv", ".external/raw/x.csv <- .external/raw/x.csv"}},
		{"Git", fromCommit("a", "."), at, "/two/x.csv",
			[]string{".external/data..raw/x.csv <- .external/raw/x.csv", ".external/raw/x.csv <- .external/data.m@@raw/x.csv"},
			[]string{".external/data.m@@raw/x.csv <- .external/data.m@@raw/x.csv", ".external/raw/x.csv <- .external/raw/x.csv"}},
		{"one place, and Git: what the user may read is not given", fromCommit("a", "."), at, "/one/x.csv",
			[]string{".external/data..raw/x.csv <- .external/raw/x.csv", ".external/raw/x.csv <- .external/data.m@@raw/x.csv"},
			[]string{".external/data.m@@raw/x.csv <- .external/data.m@@raw/x.csv", ".external/raw/x.csv <- .external/raw/x.csv"}},
		{"one place", `"m"`, "m/", "/one/x.csv",
			[]string{".external/data..raw/x.csv <- .external/raw/x.csv", ".external/raw/x.csv <- .external/raw/x.csv"},
			[]string{".external/raw/x.csv <- .external/raw/x.csv"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := files{"pipeline.hcl": fmt.Sprintf(user, c.source), c.dir + "pipeline.hcl": module(c.host)}
			if diff := cmp.Diff(c.module, seenFrom(t, f, "m/s")); diff != "" {
				t.Errorf("the module (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.user, seenFrom(t, f, "s")); diff != "" {
				t.Errorf("the user (-want +got):\n%s", diff)
			}
		})
	}
}

// Data that is brought for a pipeline from Git lies where the module's user has what it makes.
func TestBrought(t *testing.T) {
	sum := strings.Repeat("0", 64)
	data := func(name, at, more string) string {
		return fmt.Sprintf("data %q {\n  path = %q\n  %s\n}\n\n", name, at, more)
	}
	url := "url = \"https://example.org/x.csv\"\n  sha256 = \"" + sum + "\""
	from := "from = { project = \"https://example.org/y.git\", path = \"d\" }"
	module := data("raw", "data/raw.csv", url) + data("tree", "tree/", from) + data("here", "here.csv", url) + `stage "s" {
  for_each = files(data.tree, "*.txt")
  inputs   = { raw = data.raw, here = data.here, row = each.path }
  outputs  = { o = "${each.stem}.txt" }
  command  = ["cat", file(data.raw), inputs.raw]
}

stage "t" {
  for_each = files(data.tree, "*.txt")
  command  = ["cat", each.path]
}

output "all" {
  value = concat([data.raw], files(data.tree, "*.txt")[*].path)
}
`
	at := keptAt + commit("a") + "/"
	f := files{
		"pipeline.hcl": `
module "m" {
  source   = ` + fromCommit("a", "p") + `
  for_each = grid({ n = [1, 2] })
}

stage "use" {
  inputs  = { all = pick(module.m, { n = 1 }).outputs.all }
  command = concat(["cat"], inputs.all)
}
`,
		at + "p/pipeline.hcl": module, at + "p/here.csv": "",
		"m/data/raw.csv": "text", "m/tree/1.txt": "",
	}
	want := []string{"p/data/raw.csv <- m/data/raw.csv", "p/here.csv <- A/p/here.csv", "p/tree/1.txt <- m/tree/1.txt"}
	if diff := cmp.Diff(want, seenFrom(t, f, "m@n=2/s@path=tree%2F1.txt")); diff != "" {
		t.Errorf("the module (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"p/tree/1.txt <- m/tree/1.txt"}, seenFrom(t, f, "m@n=2/t@path=tree%2F1.txt")); diff != "" {
		t.Errorf("the module's command (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"m/data/raw.csv <- m/data/raw.csv", "m/tree/1.txt <- m/tree/1.txt"}, seenFrom(t, f, "use")); diff != "" {
		t.Errorf("the user (-want +got):\n%s", diff)
	}
	for name, c := range map[string]struct{ text, code string }{
		"a directory beside": {data("d", "d/", "from = { project = \"../y\", path = \"d\" }"), "E-data-from"},
		"a colon in a name":  {data("d", "d/", "from = { project = \"../a:b/..\", path = \"d\" }"), "E-data-from"},
		"an address of here": {data("d", "d/", "from = { project = \"file:///srv/y\", path = \"d\" }"), "E-data-from"},
		"outside":            {data("d", "../d.csv", url), "E-module-outside"},
	} {
		f := files{"pipeline.hcl": "module \"m\" {\n  source = " + fromCommit("a", "p") + "\n}\n", at + "p/pipeline.hcl": c.text}
		if res, ds := eval.Evaluate(eval.Request{Read: f, Modules: commits}); len(ds) != 1 || ds[0].Code != c.code {
			t.Errorf("%s: got %s", name, render(ds, res.Sources))
		}
	}
}

// What is brought for a pipeline from Git never becomes the text of a pipeline.
func TestBrought_reserved(t *testing.T) {
	for _, name := range []string{"more.pipeline.hcl", "pipeline.lock"} {
		f := files{
			"pipeline.hcl":                         "module \"m\" {\n  source = " + fromCommit("a", ".") + "\n  path   = \".\"\n}\n",
			keptAt + commit("a") + "/pipeline.hcl": "data \"d\" {\n  path = \"" + name + "\"\n  from = { project = \"https://example.org/y.git\", path = \"d\" }\n}\n",
		}
		res, ds := eval.Evaluate(eval.Request{Read: f, Modules: commits})
		if text := render(ds, res.Sources); len(ds) != 1 || ds[0].Code != "E-output-reserved" || !strings.Contains(text, "data.m/d") {
			t.Errorf("%s: got %s", name, text)
		}
	}
}
