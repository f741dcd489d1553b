package dewar_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/internal/machinetest"
)

// The managed section of .gitignore: one pattern an output of a stage, and
// never one that would hide what a person made elsewhere.

// section returns the lines of the managed section.
func section(text string) []string {
	var out []string
	in := false
	for _, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, "# >>> dewar"):
			in = true
		case strings.HasPrefix(line, "# <<< dewar"):
			in = false
		case in:
			out = append(out, line)
		}
	}
	return out
}

func stageOf(name, rest string) string {
	return "stage \"" + name + "\" {\n" + rest + "\n  command = [\"" + name + "\"]\n}\n"
}

var ignoreCases = []struct {
	name     string
	pipeline string
	want     []string
}{
	{"one file", stageOf("a", `outputs = { o = "build/model.bin" }`), []string{"/build/model.bin"}},
	{"one directory", stageOf("a", `outputs = { o = "build/model/" }`), []string{"/build/model"}},
	{"in the order of the stages", stageOf("b", `outputs = { y = "y", x = "x" }`) + stageOf("a", `outputs = { o = "a" }`), []string{"/x", "/y", "/a"}},
	{"what Git keeps", stageOf("a", `outputs = { o = { path = "kept.txt", cache = false }, p = "p.txt" }`), []string{"/p.txt"}},
	{"what is not checked out", stageOf("a", `outputs = { o = { path = "big.bin", checkout = false } }`), nil},
	{"metrics and plots", stageOf("a", "metrics = { m = \"m.json\" }\nplots = { p = \"p.csv\" }"), []string{"/m.json", "/p.csv"}},
	{"a grid of files", stageOf("a", "for_each = grid({ c = [1, 2] })\noutputs = { o = \"build/m/${each.key}.joblib\" }"), []string{"/build/m/*.joblib"}},
	{"a grid of directories", stageOf("a", "for_each = grid({ c = [1, 2] })\noutputs = { o = \"build/${each.key}/\" }"), []string{"/build/*"}},
	{"one point", stageOf("a", "for_each = grid({ c = [1] })\noutputs = { o = \"build/${each.key}.txt\" }"), []string{"/build/c=1.txt"}},
	{"a grid in the middle", stageOf("a", "for_each = grid({ c = [1, 2] })\noutputs = { o = \"build/${each.key}/model.bin\" }"), []string{"/build/*/model.bin"}},
	{"two axes", stageOf("a", "for_each = grid({ c = [1, 2], d = [\"x\", \"y\"] })\noutputs = { o = \"build/${each.c}/${each.d}.txt\" }"), []string{"/build/*/*.txt"}},
	{"different depths", stageOf("a", "for_each = grid({ p = [\"a\", \"x/b\"] })\noutputs = { o = \"build/${each.p}.txt\" }"), []string{"/build/**/*.txt"}},
	{"different depths, the deep first", stageOf("a", "for_each = grid({ p = [\"x/b\", \"a\"] })\noutputs = { o = \"build/${each.p}.txt\" }"), []string{"/build/**/*.txt"}},
	{"beside the pipeline", stageOf("a", "for_each = grid({ c = [1, 2] })\noutputs = { o = \"${each.key}.txt\" }"), []string{"/c=1.txt", "/c=2.txt"}},
	{"directories beside the pipeline", stageOf("a", "for_each = grid({ c = [1, 2] })\noutputs = { o = \"${each.key}/m.txt\" }"), []string{"/c=1/m.txt", "/c=2/m.txt"}},
	{"other endings", stageOf("a", "for_each = grid({ f = [\"a.csv\", \"b.txt\"] })\noutputs = { o = \"build/${each.f}\" }"), []string{"/build/*"}},
	{"signs", stageOf("a", `outputs = { o = "build/a*b?[c]!#.txt", p = "#x", q = "!y", r = "end " }`), []string{"/!y", "/#x", `/build/a\*b\?\[c]!#.txt`, `/end\ `}},
	{"a newline", stageOf("a", `outputs = { o = "build/a\nb.txt" }`), []string{"/build/a?b.txt"}},
	{"nothing", stageOf("a", ""), nil},
}

func TestGitignorePatterns(t *testing.T) {
	for _, c := range ignoreCases {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			e := inMemory(t, "")
			e.must(e.fs.MkdirAll(e.path(".git"), 0o777))
			e.put("pipeline.hcl", c.pipeline)
			e.run(all).is("all executed")
			if c.want == nil {
				if e.exists(".gitignore") {
					t.Errorf("there is a .gitignore: %s", e.read(".gitignore"))
				}
				return
			}
			if diff := cmp.Diff(c.want, section(e.read(".gitignore"))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestGitAgrees asks git itself: it ignores every cached output, and nothing beside the pipeline.
func TestGitAgrees(t *testing.T) {
	git := machinetest.Program(t, "git")
	for _, c := range ignoreCases {
		if c.want == nil || strings.Contains(c.pipeline, `\n`) || strings.Contains(c.pipeline, "cache = false") {
			continue
		}
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			e := newEngine(t, fs.OS(), filepath.ToSlash(t.TempDir()), "")
			if out, err := exec.Command(git, "-C", e.root, "init", "-q").CombinedOutput(); err != nil {
				t.Fatalf("git init: %v, %s", err, out)
			}
			e.write(map[string]string{"pipeline.hcl": c.pipeline, "notes.txt": "mine", "m.txt": "mine", "src/a.txt": "mine"})
			e.run(all).is("all executed")
			out, err := exec.Command(git, "-C", e.root, "ls-files", "-z", "--others", "--exclude-standard").Output()
			e.must(err)
			var got []string
			for _, name := range strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00") {
				if !strings.HasPrefix(name, dewar.Dir+"/") {
					got = append(got, name)
				}
			}
			if diff := cmp.Diff([]string{".gitignore", "m.txt", "notes.txt", "pipeline.hcl", "pipeline.lock", "src/a.txt"}, got); diff != "" {
				t.Errorf("git sees (-want +got):\n%s%s", diff, e.read(".gitignore"))
			}
		})
	}
}

func TestGitignoreIsManaged(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		if e.exists(".gitignore") {
			e.Error("there is no Git, and a .gitignore")
		}
		e.must(e.fs.MkdirAll(e.path(".git"), 0o777))
		e.put(".gitignore", "*.pyc\n")
		e.run(all).is("all unchanged") // a run that has nothing to do sees to it as well
		text := e.read(".gitignore")
		if !strings.HasPrefix(text, "*.pyc\n\n# >>> dewar") || len(section(text)) != 3 {
			e.Errorf("%q", text)
		}
		e.put(".gitignore", text+"*.log\n")
		e.run(all)
		e.want(map[string]string{".gitignore": text + "*.log\n"})
		e.put(".gitignore", strings.Replace(text, "/build/model\n", "", 1))
		e.run(all)
		e.want(map[string]string{".gitignore": text})
		e.put("pipeline.hcl", "")
		e.run(all)
		if got := e.read(".gitignore"); strings.TrimSpace(got) != "*.pyc" {
			e.Errorf("%q", got)
		}
	})
}

// TestPipelineInADirectory: paths are relative to it, and its files lie in it.
func TestPipelineInADirectory(t *testing.T) {
	onEach(t, `
-- data/raw.txt --
1
-- team/model/src/a.txt --
a
-- team/model/pipeline.hcl --
stage "one" {
  inputs  = { raw = "../../data/raw.txt", a = "src/a.txt" }
  outputs = { o = "build/o.txt", shared = "../shared.txt" }
  command = ["one", inputs.raw, inputs.a, outputs.o, outputs.shared]
}
`, func(e *engine) {
		e.must(e.fs.MkdirAll(e.path(".git"), 0o777))
		in := dewar.EvalOptions{Dir: "team/model"}
		e.runWith(in, all).is("one executed")
		e.runWith(in, all).is("one unchanged")
		e.want(map[string]string{"team/model/build/o.txt": "one ../../data/raw.txt src/a.txt build/o.txt ../shared.txt\ndata/raw.txt: 1\nteam/model/src/a.txt: a\n"})
		if !e.exists("team/shared.txt") || !e.exists("team/model/pipeline.lock") || e.exists("pipeline.lock") {
			e.Errorf("%v", sortedNames(e.workspace()))
		}
		if diff := cmp.Diff([]string{"/build/o.txt"}, section(e.read("team/model/.gitignore"))); diff != "" {
			e.Errorf("(-want +got):\n%s", diff)
		}
		e.shop.on("one", problem("No such file: '/project/data/more.txt', 'src/b.txt', '../other/c.txt', '/project/team/d.txt'"))
		e.write(map[string]string{"data/more.txt": "", "team/model/src/b.txt": "", "team/other/c.txt": "", "team/d.txt": ""})
		e.edit("team/model/pipeline.hcl", `["one",`, `["one", "more",`)
		e.remove("team/model/pipeline.lock")
		r := e.runWith(in, all)
		for _, want := range []string{`more = "../../data/more.txt"`, `b = "src/b.txt"`, `c = "../other/c.txt"`, `d = "../d.txt"`} {
			if !strings.Contains(r.failureText(), "inputs: "+want) {
				e.Errorf("%s is not in %s", want, r.failureText())
			}
		}
	})
}
