package dewar_test

import (
	"context"
	"strings"
	"testing"

	"github.com/dewar-build/dewar"
)

// A run that ended with everything in place certifies it: the next one need
// not even evaluate. Every run of these tests is checked against the
// certificate before it (see engine.certified); here is what must make one invalid.

// isCertified reports whether a run has certainly nothing to do.
func (e *engine) isCertified() bool {
	e.Helper()
	p := e.open()
	defer e.close(p)
	return p.Unchanged(context.Background(), dewar.EvalOptions{Dir: "."}, all) != nil
}

func TestCertificate(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(e *engine)
		want   bool
	}{
		{"nothing", func(*engine) {}, true},
		{"another file", func(e *engine) { e.put("docs/notes.md", "changed") }, true},
		{"an input", func(e *engine) { e.put("src/a.txt", "x\n") }, false},
		{"an input is gone", func(e *engine) { e.remove("src/a.txt") }, false},
		{"a new input", func(e *engine) { e.put("src/c.txt", "c") }, false},
		{"an output", func(e *engine) { e.put("one.txt", "mine") }, false},
		{"an output is gone", func(e *engine) { e.remove("one.txt") }, false},
		{"the pipeline", func(e *engine) { e.edit("pipeline.hcl", "one.txt", "two.txt") }, false},
		{"a file of the pipeline", func(e *engine) { e.put("b.pipeline.hcl", "") }, false},
		{"the params", func(e *engine) { e.edit("params.yaml", "1", "2") }, false},
		{"a variable", func(e *engine) { e.env["T_LEVEL"] = "3" }, false},
		{"another variable", func(e *engine) { e.env["HOME"] = "x" }, true},
		{"another build", func(e *engine) { e.build = "2" }, false},
		{"no lock", func(e *engine) { e.remove("pipeline.lock") }, false},
		{"another lock", func(e *engine) { e.put("pipeline.lock", "{\"dewar_lock\":1}\n") }, false},
		{"no cache", func(e *engine) { e.remove(".dewar/cache") }, false},
		{"no index", func(e *engine) { e.remove(".dewar/index", ".dewar/index.log") }, true},
		{"a Git repository", func(e *engine) { e.must(e.fs.MkdirAll(e.path(".git"), 0o777)) }, false},
		{"a Git repository around the project", func(e *engine) { e.must(e.fs.MkdirAll(e.path("../.git"), 0o777)) }, false},
		{"a file that is ignored in an input", func(e *engine) { e.put("dir/__pycache__/x.pyc", "x") }, true},
		{"a new file in an input", func(e *engine) { e.put("dir/new.txt", "x") }, false},
		{"an ignore file", func(e *engine) { e.put(".dewarignore", "dir/b.txt\n") }, false},
		{"a damaged certificate", func(e *engine) {
			for _, name := range e.below(".dewar/cache/unchanged") {
				e.put(name, strings.Replace(e.read(name), "one.txt", "two.txt", 1))
			}
		}, false},
		{"an empty certificate", func(e *engine) {
			for _, name := range e.below(".dewar/cache/unchanged") {
				e.put(name, "")
			}
		}, false},
		{"half a certificate", func(e *engine) {
			for _, name := range e.below(".dewar/cache/unchanged") {
				text := e.read(name)
				e.put(name, text[:strings.LastIndex(strings.TrimSuffix(text, "\n"), "\n")+1])
			}
		}, false},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			project := strings.Replace(configured, `src = glob("src/*.txt") }`, `src = glob("src/*.txt"), dir = "dir" }`, 1) +
				"-- dir/a.txt --\na\n-- dir/b.txt --\nb\n-- docs/notes.md --\nnotes\n"
			onEach(t, project, func(e *engine) {
				e.env["T_LEVEL"] = "1"
				e.run(all).is("one executed")
				if !e.isCertified() {
					e.Fatal("a run certifies nothing: what it made does not matter to an evaluation")
				}
				e.run(all).is("one unchanged")
				if !e.isCertified() {
					e.Fatal("two runs certify nothing")
				}
				c.change(e)
				if got := e.isCertified(); got != c.want {
					e.Errorf("certified: %t", got)
				}
				e.run(all)
				e.run(all)
				e.run(all).is("one unchanged")
				if !e.isCertified() {
					e.Error("further runs certify nothing")
				}
			})
		})
	}
}

// TestNotCertified: there is always something to do, or something to say.
func TestNotCertified(t *testing.T) {
	for _, line := range []string{"always = true", "frozen = true"} {
		e := inMemory(t, branches)
		e.run(all)
		e.put("pipeline.hcl", attribute(e.read("pipeline.hcl"), "base", line))
		e.run(all)
		e.run(all)
		if e.isCertified() {
			t.Errorf("%s is certified", line)
		}
	}
	e := inMemory(t, configured) // the variable that it passes is not set: a warning to be given each time
	e.run(all)
	e.run(all)
	if e.isCertified() {
		t.Error("what is warned of is certified")
	}
	for _, o := range []dewar.RunOptions{selected("base"), {Force: true}, {DryRun: true}, {Trace: true}} {
		e := inMemory(t, branches)
		e.run(all)
		e.run(all)
		p := e.open()
		if p.Unchanged(context.Background(), dewar.EvalOptions{Dir: "."}, o) != nil {
			t.Errorf("%+v is certified", o)
		}
		e.close(p)
	}
}
