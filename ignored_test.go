package dewar_test

import "testing"

// TestIgnoredNamesInOutputs: ignore rules are about sources. What a command
// makes is kept and compared whole; what turns up later and is ignored is no edit.
func TestIgnoredNamesInOutputs(t *testing.T) {
	const project = `
-- .dewarignore --
*.log
-- pipeline.hcl --
stage "make" {
  outputs = { d = "d/" }
  command = ["make", outputs.d]
}
stage "read" {
  inputs  = { d = stage.make.outputs.d }
  outputs = { o = "o.txt" }
  command = ["read", inputs.d, outputs.o]
}
`
	made := map[string]string{"d/a": "1", "d/b.log": "2", "d/__pycache__/c": "3", "d/.git/HEAD": "4"}
	for _, isolation := range []string{"project", "off"} {
		t.Run(isolation, func(t *testing.T) {
			onEach(t, project, func(e *engine) {
				e.edit("pipeline.hcl", `stage "make" {`, "stage \"make\" {\n  isolation = \""+isolation+`"`)
				e.shop.on("make", func(w *workbench) string {
					for name, text := range made {
						w.write(name, text)
					}
					return ""
				})
				e.run(all).is("all executed")
				e.want(made)
				e.run(all).is("all unchanged").keptOf(nil)
				e.put("d/sub/.ipynb_checkpoints/x", "later")
				e.remove("d/sub/.ipynb_checkpoints")
				e.remove("d/sub")
				e.run(all).is("all unchanged").keptOf(nil)
				e.remove("d/b.log")
				e.run(all).is("make restored, read unchanged").keptOf(nil)
				e.want(made)
				e.remove(".dewar/cache")
				e.run(all).is("all unchanged")
				e.remove("d", "o.txt")
				e.run(all).is("make restored, read restored")
				e.want(made)
			})
		})
	}
}

// TestLaterIgnoredNamesAreNoEdit: a file manager and a notebook leave traces.
func TestLaterIgnoredNamesAreNoEdit(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all).is("all executed")
		e.put("build/model/.DS_Store", "later")
		e.put("build/model/__pycache__/x.pyc", "later")
		e.run(all).is("all unchanged").keptOf(nil)
		e.want(map[string]string{"build/model/.DS_Store": "later"})
		e.remove(".dewar/cache")
		e.run(all).is("all unchanged").keptOf(nil)
	})
}
