package dewar_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar"
)

// Nothing that a person wrote is ever lost: what stands where an output goes
// and was not written by dewar is kept aside and named.

func TestEditedOutputs(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(e *engine)
		want map[string]string // what is kept
	}{
		{"a file", func(e *engine) { e.put("build/data.txt", "mine\n") }, map[string]string{"build/data.txt": "mine\n"}},
		{"a file of the same size", func(e *engine) { e.put("build/data.txt", "3\n4\n") }, map[string]string{"build/data.txt": "3\n4\n"}},
		{"a file inside a directory", func(e *engine) { e.put("build/model/all.txt", "mine") }, map[string]string{"build/model/all.txt": "mine"}},
		{"a deep file", func(e *engine) { e.put("build/model/sub/size.txt", "1") }, map[string]string{"build/model/sub/size.txt": "1"}},
		{"a new file inside a directory", func(e *engine) { e.put("build/model/mine/notes.txt", "mine") }, map[string]string{"build/model/mine/notes.txt": "mine"}},
		{"a directory in place of a file", func(e *engine) {
			e.remove("build/data.txt")
			e.put("build/data.txt/a/b", "mine")
		}, map[string]string{"build/data.txt/a/b": "mine"}},
		{"a file in place of a directory", func(e *engine) {
			e.remove("build/model")
			e.put("build/model", "mine")
		}, map[string]string{"build/model": "mine"}},
		{"a file in place of a directory within", func(e *engine) {
			e.remove("build/model/sub")
			e.put("build/model/sub", "mine")
		}, map[string]string{"build/model/sub": "mine"}},
		{"a directory in place of a file within", func(e *engine) {
			e.remove("build/model/all.txt")
			e.put("build/model/all.txt/x", "mine")
		}, map[string]string{"build/model/all.txt/x": "mine"}},
		{"everything at once", func(e *engine) {
			e.write(map[string]string{"build/data.txt": "a", "build/model/all.txt": "b", "build/model/x": "c", "build/score.json": "d"})
		}, map[string]string{"build/data.txt": "a", "build/model/all.txt": "b", "build/model/x": "c", "build/score.json": "d"}},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			onEach(t, basic, func(e *engine) { editedOutputs(e, c.edit, c.want) })
		})
	}
}

// editedOutputs has the same edit meet everything that writes outputs.
func editedOutputs(e *engine, edit func(*engine), want map[string]string) {
	e.run(all)
	was := e.workspace()
	for _, way := range []struct {
		name string
		do   func() []dewar.Kept
	}{
		{"restored", func() []dewar.Kept { return e.run(all).Kept }},
		{"restored without a lock", func() []dewar.Kept {
			e.remove("pipeline.lock")
			return e.run(all).Kept
		}},
		{"executed", func() []dewar.Kept {
			e.remove(".dewar/cache")
			return e.run(all).Kept
		}},
		{"forced", func() []dewar.Kept { return e.run(dewar.RunOptions{Force: true}).Kept }},
		{"checked out", func() []dewar.Kept { return e.checkout().Kept }},
	} {
		edit(e)
		kept := way.do()
		e.Logf("%s", way.name)
		e.checkKept(kept, want)
		e.same(was, e.workspace())
		e.run(all).is("all unchanged").keptOf(nil)
		for name := range want { // what was kept stays where it was put
			for _, k := range kept {
				if k.Path == name && k.Where == "" {
					e.Errorf("%s was kept nowhere", name)
				}
			}
		}
	}
}

// TestSomethingIsThereBeforeTheFirstRun: the file of somebody who starts to use dewar.
func TestSomethingIsThereBeforeTheFirstRun(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.write(map[string]string{"build/data.txt": "from my script", "build/model/old": "model", "build/other": "stays"})
		e.run(all).is("all executed").keptOf(map[string]string{"build/data.txt": "from my script", "build/model/old": "model"})
		e.want(map[string]string{"build/data.txt": "1\n2\n", "build/other": "stays"})
	})
}

// TestAnEditDuringTheRun: saved while the command was running.
func TestAnEditDuringTheRun(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		e.shop.on("train", func(w *workbench) string {
			e.put("build/model/all.txt", "saved meanwhile")
			return everything(w)
		})
		e.edit("raw.txt", "2", "3")
		e.run(all).is("all executed").keptOf(map[string]string{"build/model/all.txt": "saved meanwhile"})
	})
}

// TestAnEditedInputDuringTheRun: what an action reads was taken when it was hashed.
func TestAnEditedInputDuringTheRun(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.shop.on("lines", func(w *workbench) string {
			e.put("raw.txt", "9\n")
			return lines(w)
		})
		e.run(all).is("all executed")
		e.want(map[string]string{"build/data.txt": "1\n2\n", "raw.txt": "9\n"})
		e.shop.on("lines", lines)
		e.run(all).is("all executed")
		e.want(map[string]string{"build/data.txt": "9\n"})
	})
}

func TestFailureLeavesOutputsAlone(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		e.put("build/model/all.txt", "mine")
		lock := e.read("pipeline.lock")
		e.shop.on("train", problem("no"))
		e.edit("pipeline.hcl", `["train",`, `["train", "more",`)
		e.run(all).is("clean unchanged, train failed, score skipped").keptOf(nil)
		e.want(map[string]string{"build/model/all.txt": "mine", "pipeline.lock": lock})
	})
}

const withGrid = `
-- raw.txt --
1
-- pipeline.hcl --
stage "fit" {
  for_each = grid({ c = [1, 2, 3] })
  inputs   = { raw = "raw.txt" }
  outputs  = { model = "build/${each.key}/" }
  command  = ["fit@${each.key}", inputs.raw, outputs.model]
}

stage "other" {
  outputs = { o = "build/other.txt" }
  command = ["other", outputs.o]
}
`

func TestVanishedInstances(t *testing.T) {
	onEach(t, withGrid, func(e *engine) {
		e.run(all).is("all executed")
		e.put("build/c=2/all.txt", "mine")
		e.put("build/c=3/new.txt", "mine too")
		e.edit("pipeline.hcl", "[1, 2, 3]", "[1]")
		r := e.run(all).is("all unchanged").keptOf(map[string]string{"build/c=2/all.txt": "mine", "build/c=3/new.txt": "mine too"})
		if got := strings.Join(r.Removed, " "); got != "build/c=2 build/c=3" {
			e.Errorf("removed %s", got)
		}
		for _, name := range []string{"build/c=2", "build/c=3"} {
			if e.exists(name) {
				e.Errorf("%s is still there", name)
			}
		}
		if strings.Contains(e.read("pipeline.lock"), "c=2") {
			e.Error("the lock still has the vanished instance")
		}
		e.edit("pipeline.hcl", "[1]", "[1, 2]")
		e.run(all).is("fit@c=1 unchanged, fit@c=2 restored, other unchanged")
	})
}

// TestVanishedDirectoryWithANewFile: outputs of a vanished instance are removed,
// a person's file beside them is not touched.
func TestVanishedLeavesNeighboursAlone(t *testing.T) {
	onEach(t, withGrid, func(e *engine) {
		e.run(all)
		e.put("build/notes.txt", "mine")
		e.put("pipeline.hcl", "")
		e.run(all)
		e.want(map[string]string{"build/notes.txt": "mine"})
		if got := len(e.workspace()); got != 4 { // raw.txt, pipeline.hcl, pipeline.lock, notes.txt
			e.Errorf("the workspace holds %v", sortedNames(e.workspace()))
		}
	})
}

// TestMovedOutputs: a stage says another path for what it made.
func TestMovedOutputs(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		e.edit("pipeline.hcl", "build/score.json", "results/score.json")
		e.edit("pipeline.hcl", "build/model/", "build/m/")
		e.put("build/model/all.txt", "mine")
		r := e.run(all).is("clean unchanged, train executed, score executed").keptOf(map[string]string{"build/model/all.txt": "mine"})
		if got := strings.Join(r.Removed, " "); got != "build/model build/score.json" {
			e.Errorf("removed %s", got)
		}
		e.run(all).is("all unchanged")
	})
}

// TestAnOutputWhereAVanishedOneWas: one stage takes over the place of another, and within it.
func TestAnOutputWhereAVanishedOneWas(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		e.put("pipeline.hcl", `
stage "new" {
  outputs = { o = "build/model/inside.txt", p = "build/data.txt/deep/" }
  command = ["new", outputs.o, outputs.p]
}
`)
		e.put("build/model/mine.txt", "mine")
		e.run(all).is("new executed").keptOf(nil)
		want := "build/data.txt/deep/all.txt build/data.txt/deep/sub/size.txt build/model/inside.txt build/model/mine.txt pipeline.hcl pipeline.lock raw.txt"
		if got := strings.Join(sortedNames(e.workspace()), " "); got != want {
			e.Errorf("the workspace holds %s", got)
		}
		e.run(all).is("all unchanged")
		e.put("pipeline.hcl", `
stage "whole" {
  outputs = { o = "build/" }
  command = ["whole", outputs.o]
}
`)
		e.shop.on("whole", func(w *workbench) string {
			w.write("build/model/inside.txt", "made by another")
			return ""
		})
		e.run(all).is("whole executed").keptOf(map[string]string{"build/model/mine.txt": "mine"})
		e.want(map[string]string{"build/model/inside.txt": "made by another"})
		e.run(all).is("all unchanged")
	})
}

// TestMovedWhileTheLockIsWritten: the lock is written in batches during a run.
func TestMovedWhileTheLockIsWritten(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		e.tick = 10 * time.Second
		e.edit("pipeline.hcl", "build/", "made/")
		r := e.run(all)
		if got := strings.Join(r.Removed, " "); got != "build/data.txt build/model build/score.json" {
			e.Errorf("removed %q", got)
		}
	})
}

func TestIsolationOff(t *testing.T) {
	project := strings.Replace(basic, `command = ["train"`, "isolation = \"off\"\n  command = [\"train\"", 1)
	onEach(t, project, func(e *engine) {
		e.put("build/model/before", "mine")
		e.run(all).is("all executed").keptOf(map[string]string{"build/model/before": "mine"})
		e.run(all).is("all unchanged")
		e.put("build/model/all.txt", "edited")
		e.edit("raw.txt", "2", "3")
		e.run(all).is("all executed").keptOf(map[string]string{"build/model/all.txt": "edited"})
		e.put("build/model/all.txt", "edited again")
		e.shop.on("train", func(w *workbench) string {
			w.write("build/model/half", "half")
			return "no"
		})
		e.edit("raw.txt", "3", "4")
		e.run(all).is("clean executed, train failed, score skipped").keptOf(map[string]string{"build/model/all.txt": "edited again"})
		e.shop.on("train", nil)
		e.run(all).is("clean unchanged, train executed, score executed")
		if e.exists("build/model/half") {
			e.Error("what a failed command left in the workspace is among the outputs")
		}
	})
}

// TestIsolationOffWithDirectories: inputs that are directories, in the workspace itself.
func TestIsolationOffWithDirectories(t *testing.T) {
	onEach(t, `
-- src/a/x.txt --
1
-- pipeline.hcl --
stage "one" {
  inputs    = { src = "src" }
  outputs   = { o = "o.txt" }
  isolation = "off"
  command   = ["one", inputs.src, outputs.o]
}
`, func(e *engine) {
		e.shop.on("one", text("read nothing"))
		e.run(all).is("one executed").failed("")
		e.run(all).is("one unchanged")
		e.shop.on("one", func(w *workbench) string {
			e.put("src/a/x.txt", "changed under its feet")
			w.each("of neither")
			return ""
		})
		e.put("src/a/x.txt", "2")
		e.run(all).is("one failed").failed("E-input-changed")
	})
}

// TestRunsOfOneProjectInAnother directory of the machine: nothing of the path is in results.
func TestCheckoutNamesWhatIsMissing(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		was := e.workspace()
		e.remove("build")
		rep := e.checkout("train", "score")
		if rep.Written != 3 || len(rep.Missing) != 0 {
			e.Errorf("%+v", rep)
		}
		if e.exists("build/data.txt") {
			e.Error("what was not selected was checked out")
		}
		e.checkout()
		e.same(was, e.workspace())
		e.remove(".dewar/cache")
		e.put("build/score.json", "mine")
		rep = e.checkout()
		if got := strings.Join(rep.Missing, " "); got != "clean train score" {
			e.Errorf("missing %q", got)
		}
		e.want(map[string]string{"build/score.json": "mine"})
	})
}

// TestInterruptedBeforeItBegan does nothing at all.
func TestInterruptedBeforeItBegan(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		r := e.runContext(ctx, dewar.EvalOptions{}, all)
		if r.err != context.Canceled || !r.Interrupted || r.Executed > 0 {
			e.Errorf("%v %+v", r.err, r.Summary)
		}
		if e.exists("build") || e.exists("pipeline.lock") {
			e.Error("something was written")
		}
		e.run(all).is("all executed")
	})
}

// TestIsolationOffElsewhere: where a command writes that works in the workspace itself a person may have a file, whatever
// becomes of what it makes.
func TestIsolationOffElsewhere(t *testing.T) {
	onEach(t, `
-- mine.txt --
of a person
-- pipeline.hcl --
stage "one" {
  outputs   = { o = "o.txt" }
  isolation = "off"
  command   = ["one", outputs.o]
}
`, func(e *engine) {
		e.shop.on("one", text("made\n"))
		p := e.open()
		defer e.close(p)
		ev := e.evaluate(p, dewar.EvalOptions{})
		ev.Graph.Instances[0].Outputs[0].At = "mine.txt"
		rep, err := p.Run(context.Background(), ev, all)
		e.must(err)
		if rep.Executed != 1 {
			e.Fatalf("%s", allText(rep.Failures))
		}
		e.checkKept(rep.Kept, map[string]string{"mine.txt": "of a person\n"})
		e.want(map[string]string{"o.txt": "made\n"})
	})
}
