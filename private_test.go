package dewar_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

// TestWritingAfterTheEnd: in a private directory a process may outlive its
// command. What it writes to outputs that it still has open reaches nobody.
func TestWritingAfterTheEnd(t *testing.T) {
	e := newEngine(t, fs.OS(), filepath.ToSlash(t.TempDir()), `
-- pipeline.hcl --
stage "make" {
  outputs = { f = "f.txt", d = "d/" }
  command = ["make", outputs.f, outputs.d]
}
`)
	var open []*os.File
	e.shop.on("make", func(w *workbench) string {
		w.out.Level = graph.IsolationPrivate
		for _, name := range []string{"f.txt", "d/g.txt"} {
			w.write(name, "made")
			f, err := os.OpenFile(w.path(name), os.O_WRONLY|os.O_APPEND, 0)
			if err != nil {
				w.fail(err)
				continue
			}
			open = append(open, f)
		}
		return ""
	})
	e.run(all).is("make executed").warned("W-isolation")
	for _, f := range open {
		if _, err := f.WriteString("late"); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	e.remove("f.txt", "d")
	e.run(all).is("make restored").warned("")
	e.want(map[string]string{"f.txt": "made", "d/g.txt": "made"})
}
