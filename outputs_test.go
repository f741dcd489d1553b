package dewar_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/run"
)

// What becomes of commands that do not do what was declared.

func TestWrongOutputs(t *testing.T) {
	for _, c := range []struct {
		name string
		act  act
		code string
		says []string
	}{
		{"missing", func(*workbench) string { return "" }, "E-output-missing", []string{"did not make build/model"}},
		{"elsewhere", func(w *workbench) string {
			w.out.Undeclared = []run.Written{{At: "models/model/weights", Size: 3}, {At: "notes.txt", Size: 1}}
			return ""
		}, "E-output-missing", []string{`{ path = "build/model/", at = "models/model/" }`, "notes.txt (1 byte)"}},
		{"a file for a directory", func(w *workbench) string {
			w.fs.RemoveAll(w.path("build/model"))
			w.write("build/model", "file")
			return ""
		}, "E-output-kind", []string{"made a file at build/model", `leave out the slash`}},
		{"failed", problem("boom"), "E-action-failed", []string{"exited with status 1", "boom"}},
		{"killed", func(w *workbench) string {
			w.out.Signal = "SIGKILL"
			return "x"
		}, "E-action-failed", []string{"ended by signal SIGKILL", "memory"}},
		{"timed out", func(w *workbench) string {
			w.out.TimedOut = true
			return "x"
		}, "E-timeout", []string{"did not end within its timeout"}},
		{"not found", func(w *workbench) string {
			w.out.NotFound = []string{"/usr/bin/train", "/bin/train"}
			return ""
		}, "E-command-not-found", []string{"/usr/bin/train", "/bin/train"}},
		{"undeclared", func(w *workbench) string {
			w.out.Accesses = []run.Access{{Path: "/project/config.yaml"}}
			return "cannot read it"
		}, "E-undeclared", []string{`inputs: config = "config.yaml"`}},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			onEach(t, basic, func(e *engine) {
				e.put("config.yaml", "a: 1\n")
				e.shop.on("train", func(w *workbench) string {
					if p := w.path("build/model"); c.name == "missing" || c.name == "elsewhere" {
						w.fs.RemoveAll(p)
					}
					return c.act(w)
				})
				r := e.run(all).is("clean executed, train failed, score skipped").failed(c.code)
				for _, text := range c.says {
					if !strings.Contains(r.failureText(), text) {
						e.Errorf("the message does not say %q:\n%s", text, r.failureText())
					}
				}
				if strings.Contains(e.read("pipeline.lock"), `"train"`) {
					e.Error("what failed is in the lock")
				}
				if e.exists("build/model") {
					e.Error("what failed was checked out")
				}
				e.shop.on("train", nil)
				e.run(all).is("clean unchanged, train executed, score executed")
			})
		})
	}
}

func TestADirectoryForAFile(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.shop.on("lines", func(w *workbench) string {
			w.write("build/data.txt/part-0", "x")
			return ""
		})
		r := e.run(all).failed("E-output-kind")
		if !strings.Contains(r.failureText(), `"build/data.txt/"`) {
			e.Error(r.failureText())
		}
	})
}

// TestAnEmptyDirectory is an output like any other.
func TestAnEmptyDirectory(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.shop.on("train", func(w *workbench) string { return "" }) // the parents of outputs and output directories exist
		e.run(all).is("all executed")
		e.run(all).is("all unchanged")
		e.remove("build/model")
		e.run(all).is("clean unchanged, train restored, score unchanged")
	})
}

// TestExecutorFails: an environment failure is told as one, with what was done.
func TestExecutorFails(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.shop.on("train", func(w *workbench) string {
			w.fail(errDisk)
			return ""
		})
		r := e.run(all).is("clean executed, train failed, score skipped").failed("E-environment")
		if !strings.Contains(r.failureText(), "train: the disk is on fire") {
			e.Error(r.failureText())
		}
	})
}

type staticError string

func (e staticError) Error() string { return string(e) }

const errDisk = staticError("the disk is on fire")

func TestMissingInputs(t *testing.T) {
	onEach(t, `
-- data/raw.csv --
1
-- pipeline.hcl --
stage "ok" {
  outputs = { o = "ok.txt" }
  command = ["ok", outputs.o]
}
stage "one" {
  for_each = grid({ x = [1, 2] })
  inputs   = { raw = "data/rwa.csv", other = "nowhere/at/all.txt" }
  outputs  = { o = "o/${each.key}" }
  command  = ["one", outputs.o]
}
`, func(e *engine) {
		r := e.run(all)
		if r.err == nil {
			e.Fatal("no error")
		}
		said := errText(r.err)
		for _, want := range []string{"data/rwa.csv", "Did you mean data/raw.csv?", "nowhere/at/all.txt"} {
			if n := strings.Count(said, want); n != 1 {
				e.Errorf("%q is said %d times in %s", want, n, said)
			}
		}
		e.executions("") // everything that is missing is said before anything runs
		e.run(selected("ok")).is("ok executed")
	})
}

// TestAPartOfADirectory: a path inside a directory output that it was made without.
func TestAPartOfADirectory(t *testing.T) {
	project := strings.Replace(basic, "{ model = stage.train.outputs.model }", `{ model = "${stage.train.outputs.model}/all.txt" }`, 1)
	onEach(t, project, func(e *engine) {
		e.run(all).is("all executed")
		if !strings.HasPrefix(e.read("build/score.json"), "score build/model/all.txt build/score.json\nbuild/model/all.txt: train") {
			e.Errorf("%q", e.read("build/score.json"))
		}
		e.shop.on("train", func(w *workbench) string {
			w.write("build/model/other.txt", "x")
			return ""
		})
		e.edit("raw.txt", "2", "3")
		r := e.run(all).is("clean executed, train executed, score failed").failed("E-input-missing")
		if !strings.Contains(r.failureText(), "needs all.txt inside build/model") {
			e.Error(r.failureText())
		}
		e.shop.on("train", func(w *workbench) string { // only what it reads decides
			everything(w)
			w.write("build/model/other.txt", "x")
			return ""
		})
		e.edit("raw.txt", "3", "2")
		e.run(all)
		e.run(dewar.RunOptions{Select: []string{"train"}, Force: true}).is("clean unchanged, train executed")
		e.run(all).is("all unchanged")
	})
}

// TestLogs: what commands write is kept, of failures too.
func TestLogs(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.shop.on("train", func(w *workbench) string {
			w.Stdout.Write([]byte("epoch 1\nepoch 2\n"))
			return everything(w)
		})
		e.shop.on("score", func(w *workbench) string {
			w.Stdout.Write([]byte("scoring\n"))
			return "no model"
		})
		e.run(all)
		want := "clean executed: \ntrain executed: epoch 1\nepoch 2\n\nscore failed: scoring\nno model\n\n"
		if got := e.logs(); got != want {
			e.Errorf("logs:\n%s", got)
		}
		e.run(all)
		if got := e.logs(); got != want {
			e.Errorf("logs after another run:\n%s", got)
		}
		e.remove(".dewar/runs") // the results remember what was written as well
		if got := e.logs(); got != "clean : \ntrain : epoch 1\nepoch 2\n\n" {
			e.Errorf("logs without records:\n%s", got)
		}
	})
}
