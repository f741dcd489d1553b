package dewar_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/run"
)

// What a failed command reads and does not declare, from what a trace saw and
// what the command wrote.

const forgetful = `
-- params.yaml --
train:
  c: 1
  seed: 2
other: 3
-- conf/extra.yaml --
a: 1
-- data/raw.csv --
1
-- src/main.py --
import config
-- src/config.py --
x = 1
-- src/pkg/__init__.py --
-- src/pkg/part.py --
-- src/my tool-2.py --
-- src/config.yaml --
-- 2024.txt --
-- odd"${x}.txt --
-- __pycache__/junk.pyc --
-- pipeline.hcl --
param "train" {
  type = object({ c = number, seed = number })
  file = "params.yaml"
}
data "raw" {
  path = "data/raw.csv"
}
stage "first" {
  outputs = { o = "build/first.txt", d = "build/dir/" }
  command = ["first", outputs.o, outputs.d]
}
stage "each" {
  for_each = grid({ x = [1, 2] })
  outputs  = { o = "build/each/${each.key}.txt" }
  command  = ["each@${each.key}", outputs.o]
}
stage "main" {
  inputs     = { script = "src/main.py" }
  params     = [param.train.c]
  outputs    = { o = "build/main.txt" }
  depends_on = [stage.first, stage.each]
  command    = ["main", inputs.script, outputs.o]
}
`

func TestUndeclared(t *testing.T) {
	for _, c := range []struct {
		name string
		act  act
		want []string // "inputs: name = expr", "params: reference"
	}{
		{"nothing", problem("boom"), nil},
		{"a file", seeks("", "conf/extra.yaml"), []string{`inputs: extra = "conf/extra.yaml"`}},
		{"several, once each", seeks("", "conf/extra.yaml", "src/config.py", "conf/extra.yaml"),
			[]string{`inputs: extra = "conf/extra.yaml"`, `inputs: config = "src/config.py"`}},
		{"tracked data", seeks("", "data/raw.csv"), []string{`inputs: raw = data.raw`}},
		{"an artifact", seeks("", "build/first.txt"), []string{`inputs: first = stage.first.outputs.o`}},
		{"a part of an artifact", seeks("", "build/dir/all.txt", "build/dir/sub/size.txt"), []string{`inputs: all = stage.first.outputs.d`}},
		{"an artifact of a grid", seeks("", "build/each/x=1.txt", "build/each/x=2.txt"), []string{`inputs: x_1 = stage.each[*].outputs.o`}},
		{"a file of params", seeks("", "params.yaml"), nil}, // it is there, projected
		{"a key of params", problem("KeyError: 'seed'"), []string{"params: param.train.seed"}},
		{"a key that nobody misses", problem("KeyError: 'other_thing'"), nil},
		{"what it declares", seeks("", "src/main.py", "build/main.txt"), nil},
		{"what is not there", seeks("", "conf/nowhere.yaml", "elsewhere/x"), nil},
		{"a directory", seeks("", "conf", "src"), nil},
		{"what is ignored", seeks("", "__pycache__/junk.pyc"), nil},
		{"the lock", seeks("", "pipeline.lock"), nil},
		{"outside the project", func(w *workbench) string {
			w.out.Accesses = []run.Access{{Path: "/etc/passwd"}, {Path: "/usr/lib/x.so"}, {Path: "/project"}, {Path: "/project/../etc/hosts"}}
			return "x"
		}, nil},
		{"an import", func(w *workbench) string {
			w.out.Accesses = []run.Access{{Path: "/project/src", Listed: true}}
			return "ModuleNotFoundError: No module named 'config'"
		}, []string{`inputs: config = "src/config.py"`}},
		{"an import of a package", func(w *workbench) string {
			w.out.Accesses = []run.Access{{Path: "/project/src", Listed: true}}
			return "ModuleNotFoundError: No module named 'pkg.part'"
		}, []string{`inputs: __init__ = "src/pkg/__init__.py"`}},
		{"an import without a trace", problem("ModuleNotFoundError: No module named 'config'"), []string{`inputs: config = "src/config.py"`}},
		{"a message", problem("FileNotFoundError: [Errno 2] No such file or directory: 'conf/extra.yaml'"), []string{`inputs: extra = "conf/extra.yaml"`}},
		{"a message without quotes", problem("awk: cannot open conf/extra.yaml (No such file or directory)\ncat: conf/extra.yaml: No such file or directory"), []string{`inputs: extra = "conf/extra.yaml"`}},
		{"a message with a whole path", problem("cannot open '/project/conf/extra.yaml'"), []string{`inputs: extra = "conf/extra.yaml"`}},
		{"names", seeks("", "2024.txt", "src/my tool-2.py"), []string{`inputs: file_2024 = "2024.txt"`, `inputs: my_tool-2 = "src/my tool-2.py"`}},
		{"two of one name", seeks("", "src/config.py", "src/config.yaml"), []string{`inputs: config = "src/config.py"`, `inputs: config_2 = "src/config.yaml"`}},
		{"signs of the language", seeks("", `odd"${x}.txt`), []string{`inputs: odd___x_ = "odd\"$${x}.txt"`}},
	} {
		t.Run(strings.NewReplacer(" ", "_", ",", "").Replace(c.name), func(t *testing.T) {
			e := inMemory(t, forgetful)
			e.shop.on("main", c.act)
			r := e.run(all)
			if r.ends["main"] != "failed" {
				t.Fatalf("%s", ends(r.ends))
			}
			var got []string
			for _, line := range strings.Split(r.failureText(), "\n") {
				if line = strings.TrimSpace(line); strings.HasPrefix(line, "inputs: ") || strings.HasPrefix(line, "params: ") {
					got = append(got, line)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s\n%s", diff, r.failureText())
			}
			if code := "E-undeclared"; (len(c.want) > 0) != (r.Failures[0].Code == code) {
				t.Errorf("the code is %s", r.Failures[0].Code)
			}
			e.fixesAre(c.want)
		})
	}
}

// seeks is an act that looks for files of the project in vain.
func seeks(log string, paths ...string) act {
	return func(w *workbench) string {
		for _, p := range paths {
			w.out.Accesses = append(w.out.Accesses, run.Access{Path: "/project/" + p})
		}
		return log + "failed"
	}
}

// fixesAre checks what is remembered for `dewar fix`.
func (e *engine) fixesAre(want []string) {
	e.Helper()
	p := e.open()
	defer e.close(p)
	fixes, err := p.Fixes(".")
	e.must(err)
	var got []string
	for _, f := range fixes {
		if f.Stage != "main" || f.File != "pipeline.hcl" {
			e.Errorf("a fix for %s in %s", f.Stage, f.File)
		}
		for _, in := range f.Inputs {
			got = append(got, "inputs: "+in.Name+" = "+in.Expr)
		}
		for _, p := range f.Params {
			got = append(got, "params: "+p)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		e.Errorf("fixes (-want +got):\n%s", diff)
	}
}

// TestFixesAreOfTheLastRun: what went well since needs none.
func TestFixesAreOfTheLastRun(t *testing.T) {
	e := inMemory(t, forgetful)
	e.shop.on("main", seeks("", "conf/extra.yaml"))
	e.run(all)
	e.fixesAre([]string{`inputs: extra = "conf/extra.yaml"`})
	e.shop.on("main", nil)
	e.run(all)
	e.fixesAre(nil)
}

// TestTraceOfWhatGoesWell warns of what is read although it is not declared.
func TestTraceOfWhatGoesWell(t *testing.T) {
	e := inMemory(t, forgetful)
	e.shop.on("main", func(w *workbench) string {
		if w.Trace {
			w.out.Accesses = []run.Access{{Path: "/project/conf/extra.yaml"}, {Path: "/project/src/main.py", Found: true}}
		}
		return everything(w)
	})
	r := e.run(dewar.RunOptions{Trace: true}).is("all executed").warned("W-undeclared")
	if !strings.Contains(allText(r.warnings), `inputs: extra = "conf/extra.yaml"`) {
		t.Error(allText(r.warnings))
	}
	e.remove("pipeline.lock", ".dewar/cache")
	e.run(all).is("all executed").warned("")
}

// TestDiagnosingHasEverythingInSight: the second attempt of a stage that never
// succeeded sees the whole workspace, and leaves nothing.
func TestDiagnosingHasEverythingInSight(t *testing.T) {
	onEach(t, forgetful, func(e *engine) {
		var seen []string
		e.shop.on("main", func(w *workbench) string {
			var names []string
			for _, l := range w.Action.Inputs {
				names = append(names, l.At)
			}
			seen = append(seen, strings.Join(names, " "))
			w.write("build/main.txt", "made while diagnosing")
			return "no"
		})
		e.run(all)
		if len(seen) != 2 || seen[0] != "params.yaml src/main.py" {
			e.Fatalf("it saw %q", seen)
		}
		for _, name := range []string{"conf", "data", "src/config.py", "src/pkg", "2024.txt", "params.yaml", "src/main.py"} {
			if !strings.Contains(" "+seen[1]+" ", " "+name+" ") {
				e.Errorf("it did not see %s: %s", name, seen[1])
			}
		}
		if strings.Contains(seen[1], ".dewar") || e.exists("build/main.txt") {
			e.Error("it saw or left what it must not")
		}
	})
}

// TestFixIsJSON: records are read by other programs.
func TestFixIsJSON(t *testing.T) {
	b, err := json.Marshal(dewar.Fix{Stage: "a", File: "pipeline.hcl", Inputs: []dewar.FixInput{{Name: "n", Path: "p", Expr: `"p"`}}})
	if want := `{"stage":"a","file":"pipeline.hcl","inputs":[{"name":"n","path":"p","expr":"\"p\""}]}`; err != nil || string(b) != want {
		t.Errorf("%s, %v", b, err)
	}
}
