package dewar_test

import (
	"context"
	"strings"
	"testing"

	"github.com/dewar-build/dewar"
)

// What a plan says, and that it only looks.

// changes spells the reasons of one instance.
func changes(plan *dewar.Plan, ref string) string {
	for _, x := range plan.Instances {
		if x.Ref != ref {
			continue
		}
		var out []string
		for _, c := range x.Reasons {
			out = append(out, c.Label)
		}
		return strings.Join(out, ", ")
	}
	return "no such instance"
}

func TestPlan(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(e *engine)
		o       dewar.RunOptions
		want    string
		reasons map[string]string
	}{
		{"nothing", func(*engine) {}, all, "clean unchanged, train unchanged, score unchanged", nil},
		{"never run", func(e *engine) { e.remove("pipeline.lock", ".dewar/cache", "build") }, all,
			"clean execute, train may execute, score may execute", map[string]string{"clean": "never run"}},
		{"an input", func(e *engine) { e.edit("raw.txt", "2", "3") }, all,
			"clean execute, train may execute, score may execute", map[string]string{"clean": "input raw.txt"}},
		{"the command of the last", func(e *engine) { e.edit("pipeline.hcl", `["score",`, `["score", "more",`) }, all,
			"clean unchanged, train unchanged, score execute", nil},
		{"an output is gone", func(e *engine) { e.remove("build/model") }, all,
			"clean unchanged, train restore, score unchanged", map[string]string{"train": "output build/model"}},
		{"an output was edited", func(e *engine) { e.put("build/data.txt", "mine") }, all,
			"clean restore, train unchanged, score unchanged", map[string]string{"clean": "output build/data.txt"}},
		{"an output is gone, and the cache", func(e *engine) { e.remove("build/data.txt", ".dewar/cache") }, all,
			"clean execute, train may execute, score may execute", map[string]string{"clean": "output build/data.txt"}},
		{"no lock", func(e *engine) { e.remove("pipeline.lock") }, all,
			"clean restore, train restore, score restore", map[string]string{"train": "never run"}},
		{"the cache is gone", func(e *engine) { e.remove(".dewar/cache") }, all,
			"clean unchanged, train unchanged, score unchanged", nil},
		{"forced", func(*engine) {}, dewar.RunOptions{Select: []string{"clean"}, Force: true}, "clean execute", map[string]string{"clean": "forced"}},
		{"a part", func(e *engine) { e.edit("raw.txt", "2", "3") }, selected("train"), "clean execute, train may execute", nil},
		{"only", func(e *engine) { e.edit("raw.txt", "2", "3") }, only("train"), "train unchanged", nil},
		{"an input is gone", func(e *engine) { e.remove("raw.txt") }, all, "clean fail, train skip, score skip", nil},
	} {
		t.Run(strings.NewReplacer(" ", "_", ",", "").Replace(c.name), func(t *testing.T) {
			onEach(t, basic, func(e *engine) {
				e.run(all)
				c.change(e)
				was := e.dump(".")
				plan := e.plan(c.o)
				if got := verdicts(plan); got != sortList(c.want) {
					e.Errorf("the plan is %s", got)
				}
				for ref, want := range c.reasons {
					if got := changes(plan, ref); got != want {
						e.Errorf("%s because of %q, not %q", ref, got, want)
					}
				}
				e.onlyLooked(was)
			})
		})
	}
}

// onlyLooked checks that nothing was written but what can be forgotten at any
// time: the index and kept evaluations.
func (e *engine) onlyLooked(was map[string]string) {
	e.Helper()
	now := e.dump(".")
	for _, files := range []map[string]string{was, now} {
		for name := range files {
			if strings.HasPrefix(name, ".dewar/index") || strings.HasPrefix(name, ".dewar/eval/") ||
				name == ".dewar/cache/version" || strings.HasPrefix(name, ".dewar/") && strings.HasSuffix(name, "/") {
				delete(files, name)
			}
		}
	}
	e.same(was, now)
}

// TestLookingWritesNothing at all, if everything is as the last run left it.
func TestLookingWritesNothing(t *testing.T) {
	e := inMemory(t, basic)
	e.run(all)
	e.run(all)
	e.age() // what was made just now would be read again until the clock has moved on
	e.plan(all)
	was := e.dump(".")
	if plan := e.plan(all); !plan.UpToDate() {
		t.Errorf("the plan is %s", verdicts(plan))
	}
	e.same(was, e.dump("."))
	e.run(dewar.RunOptions{DryRun: true}).is("all unchanged")
	e.same(was, e.dump("."))
	p := e.open()
	shown, err := p.Show(context.Background(), e.evaluate(p, dewar.EvalOptions{}), []string{"train"})
	e.must(err)
	e.close(p)
	e.same(was, e.dump("."))
	if len(shown) != 1 || shown[0].Last == nil || len(shown[0].Explanation) == 0 || shown[0].Verdict != dewar.IsUnchanged {
		t.Errorf("shown: %+v", shown)
	}
}

// age makes all files of the workspace old.
func (e *engine) age() {
	e.Helper()
	for name := range e.workspace() {
		e.must(e.fs.Chtimes(e.path(name), e.now.AddDate(-1, 0, 0)))
	}
}

func TestDryRun(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		was := e.dump(".")
		r := e.run(dewar.RunOptions{DryRun: true}).is("all planned")
		if r.Executed != 3 {
			e.Errorf("%+v", r.Summary)
		}
		e.executions("")
		e.onlyLooked(was)
	})
}

func TestPlanOfVanished(t *testing.T) {
	onEach(t, withGrid, func(e *engine) {
		e.run(all)
		e.edit("pipeline.hcl", "[1, 2, 3]", "[1, 4]")
		plan := e.plan(all)
		if got := strings.Join(plan.Vanished, " "); got != "fit@c=2 fit@c=3" || plan.UpToDate() {
			e.Errorf("vanished: %s", got)
		}
		if got := verdicts(plan); got != sortList("fit@c=1 unchanged, fit@c=4 execute, other unchanged") {
			e.Errorf("the plan is %s", got)
		}
		if plan := e.plan(selected("other")); len(plan.Vanished) > 0 {
			e.Errorf("a plan for a part has %v", plan.Vanished)
		}
	})
}

// TestPlanNamesTheFiles of a directory that changed.
func TestPlanNamesTheFiles(t *testing.T) {
	onEach(t, `
-- src/a.txt --
a
-- src/sub/b.txt --
b
-- pipeline.hcl --
stage "one" {
  inputs  = { src = "src" }
  outputs = { o = "o.txt" }
  command = ["one", inputs.src, outputs.o]
}
`, func(e *engine) {
		e.run(all)
		e.put("src/sub/b.txt", "changed")
		e.put("src/new.txt", "new")
		e.remove("src/a.txt")
		was := e.dump(".")
		if got := changes(e.plan(all), "one"); got != "input src/a.txt, input src/new.txt, input src/sub/b.txt" {
			e.Errorf("because of %s", got)
		}
		e.onlyLooked(was)
	})
}

// TestPlanOfAParts: merged directories and parts of directories that exist nowhere but in memory.
func TestPlanWithoutAStore(t *testing.T) {
	onEach(t, `
-- src/a.txt --
a
-- lib/x/l.txt --
l
-- pipeline.hcl --
stage "one" {
  inputs  = { src = "src", lib = "lib", l = "lib/x/l.txt" }
  outputs = { o = "out/" }
  command = ["one", inputs.src, inputs.lib, outputs.o]
}
stage "two" {
  inputs  = { part = "${stage.one.outputs.o}/sub" }
  outputs = { o = "two.txt" }
  command = ["two", inputs.part, outputs.o]
}
`, func(e *engine) {
		if got := verdicts(e.plan(all)); got != sortList("one execute, two may execute") {
			e.Errorf("the plan is %s", got)
		}
		e.run(all).is("all executed")
		e.remove(".dewar/cache")
		if got := verdicts(e.plan(all)); got != sortList("one unchanged, two unchanged") {
			e.Errorf("without a cache the plan is %s", got)
		}
		e.edit("pipeline.hcl", `["two",`, `["two", "more",`)
		if got := verdicts(e.plan(all)); got != sortList("one unchanged, two execute") {
			e.Errorf("without a cache the plan is %s", got)
		}
		e.run(all).is("one unchanged, two executed")
	})
}
