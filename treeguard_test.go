package dewar_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar"
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
			spoilt := false
			e.shop.on("read", func(w *workbench) string {
				if !spoilt && w.Action.Args[2] == fmt.Sprint(at) {
					spoilt = true
					w.files() // the tree is there now
					for _, name := range e.below(".dewar/cache/trees") {
						if strings.HasSuffix(name, "/a.txt") {
							e.must(e.fs.Chmod(filepath.Dir(e.path(name)), 0o755))
							e.spoil(name)
						}
					}
				}
				return everything(w)
			})
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
