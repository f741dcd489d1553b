package dewar_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/fs"
)

// readers are stages that read one directory, one after the other.
const readers = `
-- dir/a.txt --
a
-- dir/b.txt --
b
-- pipeline.hcl --
stage "read" {
  for_each = grid({ n = range(12) })
  inputs   = { dir = "dir" }
  outputs  = { o = "build/${each.n}.txt" }
  command  = ["read", "${each.n}", inputs.dir, outputs.o]
}
`

// spoilTree has somebody write to the tree that a command reads, once: before the first that is so.
func (e *engine) spoilTree(name string, do act, first func(w *workbench) bool) {
	spoilt := false
	e.shop.on(name, func(w *workbench) string {
		if !spoilt && first(w) {
			spoilt = true
			w.files() // the tree is there now
			for _, name := range e.below(".dewar/cache/trees") {
				if strings.HasSuffix(name, "/a.txt") {
					e.must(e.fs.Chmod(filepath.Dir(e.path(name)), 0o755))
					e.spoil(name)
				}
			}
		}
		return do(w)
	})
}

// TestTree_changedMeanwhile: who looks at a tree seldom must take back what was made of
// one that turns out changed.
func TestTree_changedMeanwhile(t *testing.T) {
	for _, at := range []int{0, 1, 5, 11} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			e := inMemory(t, readers)
			e.run(all)
			e.edit("pipeline.hcl", `["read",`, `["read", "again",`)
			e.run(all)
			want := e.workspace()
			e.edit("pipeline.hcl", `"again"`, `"read"`)
			e.remove("build", "pipeline.lock", ".dewar/cache")

			e.tick = time.Second // a look takes a second, and is not made after each action
			e.spoilTree("read", everything, func(w *workbench) bool { return w.Action.Args[2] == fmt.Sprint(at) })
			r := e.run(dewar.RunOptions{KeepGoing: true, Parallel: 1})
			e.tick = 0
			if r.Executed+r.Failed != 12 || r.Restored+r.Skipped+r.Unchanged > 0 {
				t.Errorf("%+v", r.Summary)
			}
			for name, text := range e.workspace() {
				if strings.Contains(text, "spoilt") && r.Failed == 0 {
					t.Errorf("%s is spoilt, and nothing failed", name)
				}
			}
			if r.Failed > 0 && !strings.Contains(allText(r.Failures), "changed by somebody while commands ran") {
				t.Errorf("it was said: %s", allText(r.Failures))
			}
			again := e.run(all)
			if again.Executed != r.Failed || again.Restored+again.Failed > 0 {
				t.Errorf("%d results were withdrawn; then %+v", r.Failed, again.Summary)
			}
			e.edit("pipeline.hcl", `["read", "read",`, `["read", "again",`)
			e.shop.on("read", nil)
			e.run(all)
			e.same(want, e.workspace())
		})
	}
}

// seldom is a run in which a look at a tree takes a second, and is not made after each action.
func (e *engine) seldom(ctx context.Context) *ran {
	e.tick = time.Second
	defer func() { e.tick = 0 }()
	return e.runContext(ctx, dewar.EvalOptions{}, dewar.RunOptions{KeepGoing: true, Parallel: 1})
}

// nth counts the commands that ask: it is so of one of them.
func nth(n int) func(*workbench) bool {
	return func(*workbench) bool { n--; return n == 0 }
}

// TestTree_changedUnderOneAction: what has its result from another loses it with it.
func TestTree_changedUnderOneAction(t *testing.T) {
	e := inMemory(t, `
-- dir/a.txt --
a
-- pipeline.hcl --
stage "before" {
  inputs  = { dir = "dir" }
  outputs = { o = "before.txt" }
  command = ["read", "before", inputs.dir, outputs.o]
}
stage "one" {
  inputs  = { dir = "dir", before = stage.before.outputs.o }
  outputs = { o = { path = "one.txt", at = "o.txt" } }
  command = ["read", inputs.dir, outputs.o]
}
stage "two" {
  inputs  = { dir = "dir", before = stage.before.outputs.o }
  outputs = { o = { path = "two.txt", at = "o.txt" } }
  command = ["read", inputs.dir, outputs.o]
}
`)
	e.spoilTree("read", everything, nth(2))
	e.seldom(context.Background()).is("before executed, one failed, two failed").failed("E-input-changed")
	r := e.run(all)
	if got := ends(r.ends); got != "before unchanged, one executed, two restored" && got != "before unchanged, one restored, two executed" {
		t.Errorf("the next run ended with %s", got)
	}
	if text := e.read("one.txt") + e.read("two.txt"); strings.Contains(text, "spoilt") {
		t.Errorf("they are\n%s", text)
	}
}

// TestTree_notWithdrawn: a result that may be wrong and stays is said, also if the run was interrupted.
func TestTree_notWithdrawn(t *testing.T) {
	e := inMemory(t, readers)
	e.fs = fs.Faulty(e.disk, func(op, path string) error {
		if op == "remove" && strings.Contains(path, "/ac/") {
			return errors.New("the disk is stubborn")
		}
		return nil
	})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	third := nth(3)
	e.spoilTree("read", func(w *workbench) string {
		if third(w) {
			cancel()
		}
		return everything(w)
	}, nth(2))
	r := e.seldom(ctx)
	said := allText(r.Failures)
	if !errors.Is(r.err, context.Canceled) || r.Executed != 1 || r.Failed != 1 {
		t.Errorf("%v, %+v", r.err, r.Summary)
	}
	for ref, end := range r.ends {
		if is := strings.Contains(said, "The result of "+ref+" may be wrong and could not be withdrawn"); is != (end == "failed") {
			t.Errorf("%s %s, and it was said:\n%s", ref, end, said)
		}
	}
	if n := strings.Count(e.read("pipeline.lock"), `"instance"`); n != 1 {
		t.Errorf("%d are in the lock:\n%s", n, e.read("pipeline.lock"))
	}
}

// TestTree_changedUnderSweep: no experiment is recorded with results that were withdrawn.
func TestTree_changedUnderSweep(t *testing.T) {
	e := inMemory(t, `
-- dir/a.txt --
a
-- pipeline.hcl --
param "n" {
  type    = int
  default = 0
}
stage "read" {
  inputs  = { dir = "dir" }
  metrics = { m = "m.json" }
  command = ["read", param.n, inputs.dir, metrics.m]
}
`)
	measure := func(w *workbench) string {
		_, texts := w.files()
		w.write("m.json", fmt.Sprintf(`{"spoilt": %t}`, strings.Contains(strings.Join(texts, ""), "spoilt")))
		return ""
	}
	e.spoilTree("read", measure, nth(2))
	points := dewar.SweepOptions{Set: setting("n=range(6)")}
	e.tick = time.Second
	s := e.sweep(points, dewar.RunOptions{KeepGoing: true, Parallel: 1})
	e.tick = 0
	e.must(s.err)
	if s.Failed == 0 || codesOf(s.Failures) != "E-input-changed" || strings.Count(allText(s.Failures), "read with n=") != s.Failed {
		t.Errorf("%+v, and it was said: %s", s.Summary, allText(s.Failures))
	}
	right := func(rows []exp.Row, want int) {
		t.Helper()
		if len(rows) != want {
			t.Errorf("%d experiments are recorded, not %d", len(rows), want)
		}
		for _, r := range rows {
			if r.State != exp.Done || value(r.Metrics, "m.json:spoilt") != "false" {
				t.Errorf("experiment %s is %v: %v", r.Name, r.State, r.Metrics)
			}
		}
	}
	ended := 0
	for _, x := range s.Experiments {
		if x.Ended {
			ended++
		}
	}
	if ended+s.Failed != 6 {
		t.Errorf("%d experiments ended, and %d failed", ended, s.Failed)
	}
	right(e.rows(), ended)
	again := e.sweep(points, dewar.RunOptions{})
	again.counts(s.Failed, ended, 0, 0, 0)
	right(e.rows(), 6)
}
