package dewar_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/fs"
)

// What other pipelines read of a params file matters to each; they are read once for all.
func TestLint_othersOnce(t *testing.T) {
	opened := func(pipelines int) int {
		var project strings.Builder
		var dirs []string
		project.WriteString("-- params.yaml --\n")
		for i := range pipelines {
			fmt.Fprintf(&project, "n%d: 1\n", i)
		}
		for i := range pipelines {
			dirs = append(dirs, fmt.Sprintf("p%d", i))
			fmt.Fprintf(&project, "-- p%d/pipeline.hcl --\nparam \"n%d\" {\n  type = int\n  file = \"../params.yaml\"\n}\nstage \"s\" {\n  command = [\"echo\", param.n%d]\n}\n", i, i, i)
		}
		n := 0
		e := newEngine(t, fs.Faulty(fs.Memory(), func(op, path string) error {
			if op == "open" && path == "/p/p0/pipeline.hcl" {
				n++
			}
			return nil
		}), "/p", project.String())
		p := e.open()
		defer e.close(p)
		n = 0
		r, err := p.Lint(dewar.LintOptions{Dirs: dirs})
		e.must(err)
		if len(r.Found) > 0 || r.Pipelines != pipelines {
			t.Fatalf("%d pipelines, %v", r.Pipelines, r.Found)
		}
		return n
	}
	if few, many := opened(2), opened(8); few == 0 || many != few {
		t.Errorf("one of 2 pipelines is read %d times, of 8 pipelines %d times", few, many)
	}
}
