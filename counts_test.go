package dewar_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar"
)

// Which result counts: the lock's if the action key is the lock's, else the
// action cache's, else the command runs. Tested by counting executions.

// basic is a pipeline of three stages: clean drops comments, so that an edit of one
// is cut off early; train makes a directory; score a metric.
const basic = `
-- raw.txt --
# a comment
1
2
-- pipeline.hcl --
stage "clean" {
  inputs  = { raw = "raw.txt" }
  outputs = { data = "build/data.txt" }
  command = ["lines", inputs.raw, outputs.data]
}

stage "train" {
  inputs  = { data = stage.clean.outputs.data }
  outputs = { model = "build/model/" }
  command = ["train", inputs.data, outputs.model]
}

stage "score" {
  inputs  = { model = stage.train.outputs.model }
  metrics = { score = "build/score.json" }
  command = ["score", inputs.model, metrics.score]
}
`

var all = dewar.RunOptions{}

func only(selectors ...string) dewar.RunOptions {
	return dewar.RunOptions{Select: selectors, Only: true}
}

func selected(selectors ...string) dewar.RunOptions { return dewar.RunOptions{Select: selectors} }

func TestFirstAndSecondRun(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all).is("all executed").warned("")
		e.executions("lines, train, score")
		e.want(map[string]string{"build/data.txt": "1\n2\n", "build/model/all.txt": "train build/data.txt build/model\nbuild/data.txt: 1\n  2\n"})
		e.run(all).is("all unchanged").warned("")
		e.executions("")
	})
}

func TestAChangeRerunsWhatItTouches(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		e.edit("raw.txt", "2", "3")
		e.run(all).is("all executed")
		e.edit("pipeline.hcl", `["score",`, `["score", "again",`)
		e.run(all).is("clean unchanged, train unchanged, score executed")
	})
}

func TestEarlyCutOff(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		e.edit("raw.txt", "a comment", "another")
		e.run(all).is("clean executed, train unchanged, score unchanged")
		e.run(all).is("all unchanged")
	})
}

func TestBackToWhatWas(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		was := e.workspace()
		e.edit("raw.txt", "2", "3")
		e.run(all).is("all executed")
		e.executions("lines x2, train x2, score x2")
		e.edit("raw.txt", "3", "2")
		e.run(all).is("all restored").keptOf(nil)
		e.executions("")
		e.same(was, e.workspace())
	})
}

func TestNoLockButACache(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		was := e.workspace()
		e.remove("pipeline.lock")
		e.run(all).is("all restored").keptOf(nil)
		e.executions("lines, train, score")
		e.same(was, e.workspace())
	})
}

func TestOutputsAreGone(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		was := e.workspace()
		e.remove("build")
		e.run(all).is("all restored")
		e.same(was, e.workspace())
		e.remove("build/model/sub")
		e.run(all).is("clean unchanged, train restored, score unchanged")
		e.same(was, e.workspace())
	})
}

// TestTheLockWinsOverTheCache: a result that is not what the command would
// make again stays the one that the lock names.
func TestTheLockWinsOverTheCache(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		n := 0
		e.shop.on("train", func(w *workbench) string {
			n++
			w.each(strings.Repeat("x", n))
			return ""
		})
		e.run(all).is("all executed")
		lock := e.read("pipeline.lock")
		e.remove("pipeline.lock")
		e.run(dewar.RunOptions{Force: true}).is("all executed")
		e.want(map[string]string{"build/model/all.txt": "xx"})
		if e.read("pipeline.lock") == lock {
			e.Fatal("the second result is the first")
		}
		// A colleague's commit brings the first lock back; the action cache has the second result.
		e.put("pipeline.lock", lock)
		e.run(all).is("clean unchanged, train restored, score restored").keptOf(nil)
		e.want(map[string]string{"build/model/all.txt": "x"})
		if e.read("pipeline.lock") != lock {
			e.Error("the lock was changed")
		}
		e.run(all).is("all unchanged")
	})
}

func TestInPlaceWithAnEmptyCache(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		was := e.workspace()
		e.remove(".dewar/cache")
		e.run(all).is("all unchanged")
		e.executions("lines, train, score")
		// What was unchanged has been taken in again: it can be checked out.
		e.remove("build")
		if rep := e.checkout(); len(rep.Missing) > 0 {
			e.Errorf("missing: %v", rep.Missing)
		}
		e.same(was, e.workspace())
	})
}

func TestNeitherOutputsNorCache(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		was := e.workspace()
		e.remove(".dewar/cache", "build")
		e.run(all).is("all executed")
		e.same(was, e.workspace())
	})
}

// TestNewOutputsWithAnEmptyCache: what the lock names is ours, though the cache has lost it.
func TestNewOutputsWithAnEmptyCache(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		e.remove(".dewar/cache")
		e.edit("raw.txt", "2", "3")
		e.run(all).is("all executed").keptOf(nil)
		e.remove(".dewar/cache")
		e.put("build/model/all.txt", "mine")
		e.edit("raw.txt", "3", "4")
		for _, k := range e.run(all).is("all executed").Kept { // what else is in an edited directory is safe, too
			if !strings.HasPrefix(k.Path, "build/model/") {
				e.Errorf("kept %v", k)
			}
		}
		e.remove(".dewar/cache", ".dewar/kept")
		e.put("pipeline.hcl", "")
		e.run(all).keptOf(nil)
		if e.exists("build") {
			e.Error("outputs of vanished stages are still there")
		}
	})
}

// TestPartOfTheCacheIsGone: an artifact that later stages need is there in the
// workspace only.
func TestPartOfTheCacheIsGone(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		e.remove(".dewar/cache")
		e.edit("pipeline.hcl", `["score",`, `["score", "again",`)
		e.run(all).is("clean unchanged, train unchanged, score executed")
		e.remove(".dewar/cache")
		e.edit("pipeline.hcl", `"again"`, `"and again"`)
		e.run(only("score")).is("score executed")
	})
}

func TestEqualActionsRunOnce(t *testing.T) {
	onEach(t, `
-- raw.txt --
1
-- pipeline.hcl --
stage "one" {
  inputs  = { raw = "raw.txt" }
  outputs = { o = { path = "one.txt", at = "out.txt" } }
  command = ["twin", inputs.raw, outputs.o]
}
stage "two" {
  inputs  = { raw = "raw.txt" }
  outputs = { o = { path = "two.txt", at = "out.txt" } }
  command = ["twin", inputs.raw, outputs.o]
}
`, func(e *engine) {
		r := e.run(all)
		if got := ends(r.ends); got != "one executed, two restored" && got != "one restored, two executed" {
			e.Errorf("the run ended with %s", got)
		}
		e.executions("twin")
		if e.read("one.txt") != e.read("two.txt") {
			e.Error("two outputs of one action differ")
		}
		e.run(all).is("all unchanged")
		e.shop.on("twin", problem("no"))
		e.put("raw.txt", "2")
		r = e.run(dewar.RunOptions{KeepGoing: true}).is("all failed").failed("E-action-failed")
		if len(r.Failures) != 1 {
			e.Errorf("one failure was told %d times", len(r.Failures))
		}
		e.executions("twin")
	})
}

// TestNothingMadeRunsOnceAnActionKey: a stage without outputs.
func TestNothingMadeRunsOnceAnActionKey(t *testing.T) {
	onEach(t, `
-- raw.txt --
1
-- pipeline.hcl --
stage "check" {
  inputs  = { raw = "raw.txt" }
  command = ["check", inputs.raw]
}
`, func(e *engine) {
		e.run(all).is("check executed")
		e.run(all).is("check unchanged")
		e.put("raw.txt", "2")
		e.run(all).is("check executed")
		e.put("raw.txt", "1\n")
		e.run(all).is("check restored")
		e.executions("check x2")
	})
}

func TestFailuresAreNotCached(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.shop.on("train", problem("out of luck"))
		r := e.run(all).is("clean executed, train failed, score skipped").failed("E-action-failed")
		if !strings.Contains(r.failureText(), "out of luck") {
			e.Errorf("the message does not show the log:\n%s", r.failureText())
		}
		// Once more for the trace of a stage that never succeeded, and again in the next run.
		e.executions("lines, train x2")
		e.run(all).is("clean unchanged, train failed, score skipped")
		e.executions("train x2")
		e.shop.on("train", nil)
		e.run(all).is("clean unchanged, train executed, score executed")
		e.shop.on("train", problem("again"))
		e.edit("raw.txt", "1", "7")
		e.run(all).is("clean executed, train failed, score skipped")
		e.executions("lines, train x2, score") // not run again under trace: it has succeeded before
		e.edit("raw.txt", "7", "1")
		e.run(all).is("clean restored, train unchanged, score unchanged")
	})
}

func TestRetries(t *testing.T) {
	onEach(t, strings.Replace(basic, `command = ["train"`, "retries = 2\n  command = [\"train\"", 1), func(e *engine) {
		n := 0
		e.shop.on("train", func(w *workbench) string {
			if n++; w.Trace || n < 3 {
				w.write("build/model/half", "half a model")
				return "flaky"
			}
			w.each("done")
			return ""
		})
		e.run(all).is("all executed")
		if e.exists("build/model/half") {
			e.Error("what a failed attempt left behind is among the outputs")
		}
		e.run(all).is("all unchanged")
	})
}

// TestAnUnstableCommand: what came out is what counts, until the key changes.
func TestAnUnstableCommand(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		n := 0
		e.shop.on("lines", func(w *workbench) string {
			n++
			w.each(strings.Repeat("y", n))
			return ""
		})
		e.run(all).is("all executed")
		e.remove("build/data.txt")
		e.run(all).is("clean restored, train unchanged, score unchanged")
		e.want(map[string]string{"build/data.txt": "y"})
		e.run(dewar.RunOptions{Select: []string{"clean"}, Force: true}).is("clean executed")
		e.want(map[string]string{"build/data.txt": "yy"})
		e.run(all).is("clean unchanged, train executed, score executed")
	})
}

// TestCachedOutputsWithoutCheckout are outputs that only the cache holds.
func TestOutputsThatAreNotCheckedOut(t *testing.T) {
	onEach(t, strings.Replace(basic, `{ model = "build/model/" }`, `{ model = { path = "build/model/", checkout = false } }`, 1), func(e *engine) {
		e.run(all).is("all executed")
		if e.exists("build/model") {
			e.Error("build/model is in the workspace")
		}
		e.run(all).is("all unchanged")
		e.remove(".dewar/cache")
		e.run(all).is("clean unchanged, train executed, score unchanged")
	})
}

// TestWhatGitKeeps: cache = false is cached all the same.
func TestWhatGitKeeps(t *testing.T) {
	onEach(t, strings.Replace(basic, `{ score = "build/score.json" }`, `{ score = { path = "build/score.json", cache = false } }`, 1), func(e *engine) {
		e.run(all).is("all executed")
		e.remove("build/score.json")
		e.run(all).is("clean unchanged, train unchanged, score restored")
	})
}
