package dewar_test

import (
	"testing"

	"github.com/dewar-build/dewar"
)

// TestAnOutputThatBecameASource: a stage is dropped, and its output goes on as
// an input that a person keeps by hand.
func TestAnOutputThatBecameASource(t *testing.T) {
	const project = `
stage "gen" {
  inputs  = { raw = "raw.txt" }
  outputs = { x = "data/x.txt", y = "data/y.txt", d = "dir/", p = "p.json" }
  command = ["gen", inputs.raw, outputs.x, outputs.y, outputs.d, outputs.p]
}
`
	onEach(t, "-- raw.txt --\n1\n-- pipeline.hcl --\n"+project, func(e *engine) {
		e.shop.on("gen", func(w *workbench) string {
			for _, name := range []string{"data/x.txt", "data/y.txt", "dir/in.txt", "dir/out.txt"} {
				w.write(name, "made")
			}
			w.write("p.json", `{"p": 1}`)
			return ""
		})
		e.run(all).is("all executed")
		e.put("data/x.txt", "mine")
		e.put("pipeline.hcl", `
param "p" {
  type = int
  file = "p.json"
}
data "set" {
  path = "data/y.txt"
}
stage "use" {
  inputs  = { x = "data/x.txt", y = data.set, z = "dir/in.txt" }
  outputs = { o = "o.txt" }
  command = ["use", inputs.x, inputs.y, inputs.z, outputs.o]
}
`)
		e.run(all).is("use executed").keptOf(nil)
		e.want(map[string]string{"data/x.txt": "mine", "data/y.txt": "made", "dir/in.txt": "made", "p.json": `{"p": 1}`})
		if e.exists("dir/out.txt") {
			e.Error("what nothing reads is still there")
		}
		e.run(all).is("all unchanged")
	})
}

// TestAVanishedOutputThatTheStoreKnows: an output was edited, and another
// pipeline took the edit in as its input, before the stage was dropped.
func TestAVanishedOutputThatTheStoreKnows(t *testing.T) {
	onEach(t, `
-- a/pipeline.hcl --
stage "gen" {
  outputs = { x = "x.txt", y = "y.txt", d = "d/" }
  command = ["gen", outputs.x, outputs.y, outputs.d]
}
-- b/pipeline.hcl --
stage "use" {
  inputs  = { x = "../a/x.txt", d = "../a/d/" }
  outputs = { o = "o.txt" }
  command = ["use", inputs.x, inputs.d, outputs.o]
}
`, func(e *engine) {
		a, b := dewar.EvalOptions{Dir: "a"}, dewar.EvalOptions{Dir: "b"}
		e.runWith(a, all).is("all executed")
		e.put("a/x.txt", "mine")
		e.put("a/d/all.txt", "mine too")
		e.runWith(b, all).is("all executed")
		e.put("a/pipeline.hcl", "")
		e.runWith(a, all).keptOf(map[string]string{"a/x.txt": "mine", "a/d/all.txt": "mine too"})
		if e.exists("a/y.txt") {
			e.Error("what nobody edited is still there")
		}
	})
}
