package dewar_test

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/fs"
)

// onDisk is for what only the operating system's files have: links.
func onDisk(t *testing.T, project string) *engine {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("links need rights there")
	}
	return newEngine(t, fs.OS(), filepath.ToSlash(t.TempDir()), project)
}

func (e *engine) link(target, name string) {
	e.Helper()
	e.must(e.fs.MkdirAll(filepath.Dir(e.path(name)), 0o777), e.fs.Symlink(target, e.path(name)))
}

func TestLinksInOutputs(t *testing.T) {
	for _, c := range []struct{ name, target, code string }{
		{"inside", "all.txt", ""},
		{"to a directory inside", "sub", ""},
		{"to a file of the machine", "/etc/passwd", "E-output-content"},
		{"out of the output", "../../raw.txt", "E-output-content"},
		{"to nothing", "nowhere", "E-output-content"},
		{"to itself", "link", "E-output-content"},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			e := onDisk(t, basic)
			e.shop.on("train", func(w *workbench) string {
				w.fail(w.fs.MkdirAll(w.path("build/model"), 0o777))
				if err := w.fs.Symlink(c.target, w.path("build/model/link")); err != nil {
					w.fail(err)
				}
				return everything(w)
			})
			r := e.run(all)
			if c.code != "" {
				r.is("clean executed, train failed, score skipped").failed(c.code)
				if !strings.Contains(r.failureText(), "link") || e.exists("build/model") {
					t.Error(r.failureText())
				}
				return
			}
			r.is("all executed")
			e.run(all).is("all unchanged")
			e.remove("build")
			e.run(all).is("all restored")
			if got, err := e.fs.Readlink(e.path("build/model/link")); got != c.target || err != nil {
				t.Errorf("%s, %v", got, err)
			}
			e.run(all).is("all unchanged")
		})
	}
}

func TestAnOutputThatIsALink(t *testing.T) {
	e := onDisk(t, basic)
	e.shop.on("lines", func(w *workbench) string {
		w.fail(w.fs.Symlink("elsewhere", w.path("build/data.txt")))
		return ""
	})
	r := e.run(all).failed("E-output-kind")
	if !strings.Contains(r.failureText(), "symbolic link") {
		t.Error(r.failureText())
	}
}

// TestLinksInTheWorkspace where outputs go are a person's, and are kept.
func TestLinksInTheWorkspace(t *testing.T) {
	e := onDisk(t, basic)
	e.run(all)
	was := e.workspace()
	e.put("mine.txt", "mine")
	e.remove("build/data.txt", "build/model/all.txt")
	e.link("../mine.txt", "build/data.txt")
	e.link("../../mine.txt", "build/model/all.txt")
	if r := e.run(all).is("clean restored, train restored, score unchanged"); len(r.Kept) != 2 {
		t.Errorf("kept %v", r.Kept)
	}
	was["mine.txt"] = "mine"
	e.same(was, e.workspace())
	// A directory that leads elsewhere inside the project is followed, one that leads out is not.
	outside := t.TempDir()
	e.remove("build")
	e.link(outside, "build")
	if r := e.run(all); r.Failed == 0 || !strings.Contains(r.failureText(), "E-output-escapes") {
		t.Errorf("%s: %s", ends(r.ends), r.failureText())
	}
	if list, err := e.fs.ReadDir(outside); err != nil || len(list) > 0 {
		t.Errorf("written outside the project: %v, %v", list, err)
	}
}

func TestLinksInInputs(t *testing.T) {
	project := strings.Replace(basic, `inputs  = { raw = "raw.txt" }`, `inputs  = { raw = "raw.txt", dir = "dir" }`, 1) + "-- dir/a.txt --\na\n"
	for _, c := range []struct {
		name, target string
		fails        bool
	}{
		{"inside", "a.txt", false},
		{"in a loop", "link", true},
		{"out of the project", "/etc/passwd", true},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			e := onDisk(t, project)
			e.link(c.target, "dir/link")
			r := e.run(all)
			if c.fails {
				r.is("clean failed, train skipped, score skipped").failed("E-input-unreadable")
				if !strings.Contains(r.failureText(), "dir/link") {
					t.Error(r.failureText())
				}
				return
			}
			r.is("all executed")
			e.run(all).is("all unchanged")
		})
	}
}

func TestValidate(t *testing.T) {
	e := inMemory(t, `
-- pipeline.hcl --
param "c" {
  type = number
}
stage "a" {
  outputs = { o = "o.txt" }
  command = ["a", "${param.c}", outputs.o]
}
`)
	p := e.open()
	defer e.close(p)
	if _, diags := p.Validate(dewar.EvalOptions{Dir: "."}); diags.HasErrors() {
		t.Errorf("a param without a value: %s", allText(diags))
	}
	if _, diags := p.Evaluate(dewar.EvalOptions{Dir: "."}); !diags.HasErrors() {
		t.Error("it was evaluated without a value")
	}
	e.edit("pipeline.hcl", "param.c}", "param.d}")
	if _, diags := p.Validate(dewar.EvalOptions{Dir: "."}); !diags.HasErrors() {
		t.Error("an unknown param is valid")
	}
}

func TestInputEntries(t *testing.T) {
	e := inMemory(t, forgetful)
	p := e.open()
	defer e.close(p)
	var got []string
	list, err := p.InputEntries(e.evaluate(p, dewar.EvalOptions{}), ".", []string{"conf/extra.yaml", "data/raw.csv", "build/first.txt", "build/dir/", "build/each/x=1.txt", "src/extra.py"})
	e.must(err)
	for _, x := range list {
		got = append(got, x.Name+" "+x.Text+x.Expr)
	}
	want := []string{"extra conf/extra.yaml", "raw data.raw", "first stage.first.outputs.o", "dir stage.first.outputs.d", "x_1 stage.each[*].outputs.o", "extra_2 src/extra.py"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRel(t *testing.T) {
	e := inMemory(t, basic)
	p := e.open()
	defer e.close(p)
	for _, c := range []struct{ host, want string }{{"/p/a/b", "a/b"}, {"/p", "."}, {"/p/a/../b/", "b"}} {
		if got, err := p.Rel(c.host); got != c.want || err != nil {
			t.Errorf("%s: %s, %v", c.host, got, err)
		}
	}
	for _, host := range []string{"/q", "/", "/pp/x"} {
		if got, err := p.Rel(host); err == nil {
			t.Errorf("%s: %s", host, got)
		}
	}
}

// TestInputEntries_modules: what a stage of a module makes is had through an output of its pipeline.
func TestInputEntries_modules(t *testing.T) {
	e := inMemory(t, `
-- pipeline.hcl --
module "q" {
  source = "q"
}
module "each" {
  source   = "q"
  for_each = grid({ n = [1] })
}
-- q/pipeline.hcl --
stage "s" {
  outputs = { o = "o.txt", hidden = "hidden.txt" }
  command = ["s", outputs.o, outputs.hidden]
}
output "shown" {
  value = stage.s.outputs.o
}
`)
	p := e.open()
	defer e.close(p)
	ev := e.evaluate(p, dewar.EvalOptions{})
	list, err := p.InputEntries(ev, ".", []string{"q/o.txt", "each/n=1/o.txt"})
	e.must(err)
	if len(list) != 2 || list[0].Expr != "module.q.outputs.shown" || list[1].Expr != "module.each[*].outputs.shown" {
		t.Errorf("%+v", list)
	}
	if _, err := p.InputEntries(ev, ".", []string{"q/hidden.txt"}); err == nil || !strings.Contains(errText(err), "value = stage.s.outputs.hidden") {
		t.Errorf("%v", err)
	}
}
