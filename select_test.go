package dewar_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar"
)

// What is run of a pipeline, and what the switches of stages mean.

// branches is a diamond with a stage beside it.
const branches = `
-- raw.txt --
1
-- pipeline.hcl --
stage "base" {
  inputs  = { raw = "raw.txt" }
  outputs = { o = "build/base.txt" }
  command = ["lines", inputs.raw, outputs.o]
}
stage "left" {
  inputs  = { b = stage.base.outputs.o }
  outputs = { o = "build/left.txt" }
  command = ["left", inputs.b, outputs.o]
}
stage "right" {
  inputs  = { b = stage.base.outputs.o }
  outputs = { o = "build/right.txt" }
  command = ["right", inputs.b, outputs.o]
}
stage "top" {
  inputs  = { l = stage.left.outputs.o, r = stage.right.outputs.o }
  outputs = { o = "build/top.txt" }
  command = ["top", inputs.l, inputs.r, outputs.o]
}
stage "aside" {
  outputs = { o = "build/aside.txt" }
  command = ["aside", outputs.o]
}
`

func TestSelection(t *testing.T) {
	for _, c := range []struct {
		name string
		o    dewar.RunOptions
		want string // of the first run
		then string // of the same again after raw.txt has changed
	}{
		{"all", all, "base executed, left executed, right executed, top executed, aside executed", "base executed, left executed, right executed, top executed, aside unchanged"},
		{"one", selected("left"), "base executed, left executed", "base executed, left executed"},
		{"two", selected("left", "aside"), "base executed, left executed, aside executed", "base executed, left executed, aside unchanged"},
		{"by output", selected("build/left.txt"), "base executed, left executed", "base executed, left executed"},
		{"downstream", dewar.RunOptions{Select: []string{"right"}, Downstream: true}, "base executed, left executed, right executed, top executed", "base executed, left executed, right executed, top executed"},
		{"only", only("base"), "base executed", "base executed"},
		{"only downstream", dewar.RunOptions{Select: []string{"base"}, Only: true, Downstream: true}, "base executed, left executed, right executed, top executed", "base executed, left executed, right executed, top executed"},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			e := inMemory(t, branches)
			e.run(c.o).is(c.want)
			e.run(c.o).is("all unchanged")
			e.put("raw.txt", "2")
			e.run(c.o).is(c.then)
		})
	}
}

func TestUnknownSelector(t *testing.T) {
	e := inMemory(t, branches)
	r := e.run(selected("lefd"))
	if r.err == nil || !strings.Contains(errText(r.err), "left") {
		e.Error(errText(r.err))
	}
}

// TestAPartKeepsTheOtherEntries of the lock; a full run drops those that no longer exist.
func TestAPartKeepsTheOtherEntries(t *testing.T) {
	onEach(t, branches, func(e *engine) {
		e.run(all)
		e.put("raw.txt", "2")
		e.run(selected("left")).is("base executed, left executed")
		e.run(all).is("base unchanged, left unchanged, right executed, top executed, aside unchanged")
		text := e.read("pipeline.hcl")
		e.put("pipeline.hcl", text[:strings.Index(text, `stage "aside"`)])
		e.run(selected("top")).is("base unchanged, left unchanged, right unchanged, top unchanged")
		if !e.exists("build/aside.txt") || !strings.Contains(e.read("pipeline.lock"), `"aside"`) {
			e.Error("a run of a part took away what is not part of it")
		}
		if r := e.run(all).is("all unchanged"); len(r.Removed) != 1 {
			e.Errorf("removed %v", r.Removed)
		}
		if e.exists("build/aside.txt") || strings.Contains(e.read("pipeline.lock"), `"aside"`) {
			e.Error("a full run kept what has vanished")
		}
	})
}

func TestOnlyTakesInputsFromTheLock(t *testing.T) {
	onEach(t, branches, func(e *engine) {
		e.run(only("left")).is("left failed").failed("E-upstream-missing")
		e.run(all)
		e.put("raw.txt", "2")
		e.run(only("left")).is("left unchanged")
		e.edit("pipeline.hcl", `["left",`, `["left", "more",`)
		e.remove("build/base.txt")
		e.run(only("left")).is("left executed")
		if e.exists("build/base.txt") {
			e.Error("what is not selected was checked out")
		}
		if !strings.HasSuffix(e.read("build/left.txt"), "build/base.txt: 1\n") {
			e.Errorf("left is made of %q", e.read("build/left.txt"))
		}
		e.edit("pipeline.hcl", `"more"`, `"even more"`)
		e.remove(".dewar/cache")
		r := e.run(only("left")).is("left failed").failed("E-upstream-missing")
		if !strings.Contains(r.failureText(), "neither in the cache nor in the workspace") {
			e.Error(r.failureText())
		}
		e.put("build/base.txt", "edited") // not what the lock says
		e.run(only("left")).is("left failed").failed("E-upstream-missing")
		e.run(all)
		e.want(map[string]string{"build/base.txt": "2"})
	})
}

func TestForce(t *testing.T) {
	onEach(t, branches, func(e *engine) {
		e.run(all)
		e.executions("lines, left, right, top, aside")
		e.run(dewar.RunOptions{Select: []string{"left"}, Force: true}).is("base unchanged, left executed")
		e.run(dewar.RunOptions{Select: []string{"base"}, Force: true, Downstream: true}).
			is("base executed, left executed, right executed, top executed")
		e.run(dewar.RunOptions{Force: true}).is("all executed")
		e.run(all).is("all unchanged")
	})
}

func TestKeepGoing(t *testing.T) {
	for _, c := range []struct {
		o    dewar.RunOptions
		want string
	}{
		{dewar.RunOptions{KeepGoing: true, Parallel: 1}, "base executed, left failed, right executed, top skipped, aside executed"},
		{dewar.RunOptions{KeepGoing: true, Parallel: 4}, "base executed, left failed, right executed, top skipped, aside executed"},
	} {
		e := inMemory(t, branches)
		e.shop.on("left", problem("no"))
		e.run(c.o).is(c.want)
		e.shop.on("left", nil)
		e.run(c.o).is("base unchanged, left executed, right unchanged, top executed, aside unchanged")
	}
}

func TestFailFast(t *testing.T) {
	e := inMemory(t, branches)
	e.shop.on("lines", problem("no"))
	e.shop.on("aside", func(w *workbench) string { // it is under way when base fails, and is ended properly
		w.each("aside")
		return ""
	})
	r := e.run(dewar.RunOptions{Parallel: 1})
	for ref, end := range r.ends {
		if ref != "base" && ref != "aside" && end != "skipped" {
			e.Errorf("%s %s", ref, end)
		}
	}
	if r.ends["base"] != "failed" || r.Failed != 1 {
		e.Errorf("%s", ends(r.ends))
	}
	e.shop.on("lines", lines)
	e.run(all)
	e.run(all).is("all unchanged")
}

// attribute puts a line into a stage of a pipeline.
func attribute(project, stage, line string) string {
	head := `stage "` + stage + `" {` + "\n"
	return strings.Replace(project, head, head+"  "+line+"\n", 1)
}

func TestAlways(t *testing.T) {
	onEach(t, attribute(branches, "base", "always = true"), func(e *engine) {
		e.run(all).is("all executed")
		e.run(all).is("base executed, left unchanged, right unchanged, top unchanged, aside unchanged")
		e.run(selected("aside")).is("aside unchanged")
		e.executions("lines x2, left, right, top, aside")
	})
}

func TestFrozen(t *testing.T) {
	onEach(t, branches, func(e *engine) {
		was := e.read("pipeline.hcl")
		e.put("pipeline.hcl", attribute(was, "base", "frozen = true"))
		e.run(all).failed("E-frozen-unlocked")
		e.put("pipeline.hcl", was)
		e.run(all)
		e.put("pipeline.hcl", attribute(was, "base", "frozen = true"))
		e.put("raw.txt", "2")
		e.run(all).is("all unchanged")
		e.remove("build/base.txt")
		lock := e.read("pipeline.lock")
		e.run(all).is("base restored, left unchanged, right unchanged, top unchanged, aside unchanged")
		e.want(map[string]string{"build/base.txt": "1\n", "pipeline.lock": lock})
		e.executions("lines, left, right, top, aside")
		e.run(dewar.RunOptions{Force: true}).is("base unchanged, left executed, right executed, top executed, aside executed")
		e.executions("left, right, top, aside")
		e.remove("build", ".dewar/cache")
		e.run(all).failed("E-frozen-gone")
		if got := e.read("pipeline.lock"); !strings.Contains(got, `"base"`) || strings.Count(got, "\n") < strings.Count(lock, "\n")-4 {
			e.Errorf("the lock lost what is frozen:\n%s", got)
		}
		e.put("pipeline.hcl", was)
		e.run(all)
		e.want(map[string]string{"build/base.txt": "2"})
		e.run(all).is("all unchanged")
	})
}

// TestFrozenWithoutItsInputs: what is frozen needs none.
func TestFrozenWithoutItsInputs(t *testing.T) {
	e := inMemory(t, branches)
	e.run(all)
	e.put("pipeline.hcl", attribute(e.read("pipeline.hcl"), "base", "frozen = true"))
	e.remove("raw.txt")
	e.run(all).is("all unchanged")
}

func TestPersist(t *testing.T) {
	onEach(t, `
-- raw.txt --
1
-- pipeline.hcl --
stage "grow" {
  inputs  = { raw = "raw.txt" }
  outputs = { log = { path = "log.txt", persist = true } }
  command = ["grow", inputs.raw, outputs.log]
}
stage "last" {
  inputs  = { log = stage.grow.outputs.log }
  outputs = { o = "last.txt" }
  command = ["last", inputs.log, outputs.o]
}
`, func(e *engine) {
		e.shop.on("grow", func(w *workbench) string {
			_, texts := w.files()
			w.each(w.made("log.txt") + strings.Join(texts, ""))
			return ""
		})
		e.run(all).is("all executed")
		e.run(all).is("all unchanged")
		e.put("raw.txt", "2\n")
		e.run(all).is("all executed").keptOf(nil)
		e.want(map[string]string{"log.txt": "1\n2\n"})
		e.put("raw.txt", "1\n") // no result of an earlier time is taken: it was made of other bytes
		e.run(all).is("all executed").keptOf(nil)
		e.want(map[string]string{"log.txt": "1\n2\n1\n"})
		e.put("log.txt", "edited\n") // it is not as the lock has it, and the lock wins
		e.run(all).is("grow restored, last unchanged").keptOf(map[string]string{"log.txt": "edited\n"})
	})
}

func TestWhen(t *testing.T) {
	onEach(t, `
-- params.yaml --
big: false
-- pipeline.hcl --
param "big" {
  type = bool
  file = "params.yaml"
}
stage "small" {
  outputs = { o = "small.txt" }
  command = ["small", outputs.o]
}
stage "large" {
  when    = param.big
  outputs = { o = "large.txt" }
  command = ["large", outputs.o]
}
`, func(e *engine) {
		e.run(all).is("small executed")
		e.put("params.yaml", "big: true\n")
		e.run(all).is("small unchanged, large executed")
		e.put("params.yaml", "big: false\n")
		if r := e.run(all).is("small unchanged"); len(r.Removed) != 1 || e.exists("large.txt") {
			e.Errorf("removed %v", r.Removed)
		}
		e.put("params.yaml", "big: true\n")
		e.run(all).is("small unchanged, large restored")
	})
}

func TestOrderOnly(t *testing.T) {
	e := inMemory(t, attribute(branches, "aside", "depends_on = [stage.top]"))
	var order []string
	for _, name := range []string{"top", "aside"} {
		e.shop.on(name, func(w *workbench) string {
			order = append(order, name)
			return everything(w)
		})
	}
	e.run(all).is("all executed")
	if got := strings.Join(order, " "); got != "top aside" {
		e.Errorf("order: %s", got)
	}
	e.put("raw.txt", "2")
	e.run(all).is("base executed, left executed, right executed, top executed, aside unchanged")
}

// TestNothingToDo: pipelines without stages, and grids without points.
func TestNothingToDo(t *testing.T) {
	for _, text := range []string{"", "pipeline {}\n", "stage \"a\" {\n  for_each = grid({ x = [] })\n  outputs = { o = \"o/${each.key}\" }\n  command = [\"a\"]\n}\n"} {
		e := inMemory(t, "")
		e.put("pipeline.hcl", text)
		if r := e.run(all); r.err != nil || r.Instances != 0 {
			e.Errorf("%q: %v, %d instances", text, r.err, r.Instances)
		}
		if plan := e.plan(all); !plan.UpToDate() {
			e.Errorf("%q is not up to date", text)
		}
		if e.exists("pipeline.lock") {
			e.Errorf("%q made a lock", text)
		}
	}
}

// TestPersist_sameAction: instances of one action that persist have previous bytes of their own, so none takes the
// result of another.
func TestPersist_sameAction(t *testing.T) {
	onEach(t, `
-- raw.txt --
1
-- a.txt --
of a
-- b.txt --
of b
-- pipeline.hcl --
stage "grow" {
  for_each = grid({ name = ["a", "b"] })
  inputs   = { raw = "raw.txt" }
  outputs  = { log = { path = "${each.name}.txt", at = "log.txt", persist = true } }
  command  = ["grow", inputs.raw, outputs.log]
}
`, func(e *engine) {
		e.shop.on("grow", func(w *workbench) string {
			_, texts := w.files()
			w.each(w.made("log.txt") + strings.Join(texts, ""))
			return ""
		})
		e.run(all).is("all executed")
		e.want(map[string]string{"a.txt": "of a\n1\n", "b.txt": "of b\n1\n"})
		e.run(all).is("all unchanged")
		e.remove("a.txt")
		e.run(dewar.RunOptions{Force: true}).is("all executed")
		e.want(map[string]string{"a.txt": "1\n", "b.txt": "of b\n1\n1\n"})
	})
}
