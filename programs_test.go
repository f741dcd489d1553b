package dewar_test

import (
	"testing"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/fs"
)

// TestChangedPrograms: a program of the host is no part of an action key, but
// status says when it is not the one that made the results.
func TestChangedPrograms(t *testing.T) {
	e := inMemory(t, `
-- pipeline.hcl --
stage "make" {
  outputs = { o = "o.txt" }
  command = ["make", outputs.o]
}
`)
	program := func(text string) {
		e.must(e.fs.RemoveAll("/bin"), e.fs.MkdirAll("/bin", 0o755), fs.WriteFile(e.fs, "/bin/make", []byte(text)))
	}
	program("one")
	e.shop.on("make", func(w *workbench) string {
		w.write("o.txt", "made")
		return ""
	})
	e.run(all).is("all executed")
	e.codes("the plan", e.plan(all).Warnings, "")
	program("another one")
	e.codes("the plan", e.plan(all).Warnings, "W-program-changed")
	e.run(dewar.RunOptions{Force: true}).is("all executed")
	e.codes("the plan", e.plan(all).Warnings, "")
}

// TestVanishedAfterFailure: outputs of a stage that is gone stay until the
// stage that may take their place works.
func TestVanishedAfterFailure(t *testing.T) {
	onEach(t, `
-- pipeline.hcl --
stage "old" {
  outputs = { o = "old.txt" }
  command = ["work", outputs.o]
}
`, func(e *engine) {
		e.shop.on("work", func(w *workbench) string {
			w.each("done")
			return ""
		})
		e.run(all).is("all executed")
		e.put("pipeline.hcl", "stage \"new\" {\n  outputs = { o = \"new.txt\" }\n  command = [\"broken\", outputs.o]\n}\n")
		e.shop.on("broken", problem("not yet"))
		e.run(all).is("all failed")
		if !e.exists("old.txt") {
			t.Error("the outputs of the old stage are gone before the new one works")
		}
		e.shop.on("broken", func(w *workbench) string {
			w.each("done")
			return ""
		})
		e.run(all).is("all executed")
		if e.exists("old.txt") {
			t.Error("the outputs of the old stage are still there")
		}
	})
}
