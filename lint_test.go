package dewar_test

import (
	"context"
	"errors"
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

// Fixes are as many as they are, and what is refused is no obstacle to the others.
func TestLint_manyFixes(t *testing.T) {
	var text strings.Builder
	text.WriteString("stage \"grid\" {\n  for_each = grid({ n = [1, 2] })\n  outputs  = { out = \"g/${each.n}\" }\n  command  = [\"touch\", each.n, outputs.out]\n}\n")
	for i := range 64 {
		word := "inputs.i"
		if i%8 == 5 {
			word = "stage.grid.outputs.out" // one of its points, but nobody knows which
		}
		fmt.Fprintf(&text, "stage \"s%d\" {\n  inputs  = { i = \"in\" }\n  outputs = { out = \"o/%d\" }\n  command = [\"cp\", %q, outputs.out]\n}\n", i, i, word)
	}
	e := newEngine(t, fs.Memory(), "/p", "-- in --\n-- pipeline.hcl --\n"+text.String())
	p := e.open()
	defer e.close(p)
	r, err := p.Lint(dewar.LintOptions{Dirs: []string{"."}, Fix: true})
	e.must(err)
	if len(r.Fixed) != 56 || len(r.Refused) != 8 || len(r.Found) != 8 {
		t.Errorf("%d were mended, %d refused, and %d are left", len(r.Fixed), len(r.Refused), len(r.Found))
	}
	for _, f := range r.Refused {
		if !strings.Contains(f.Why, "E-ref-points") {
			t.Errorf("%s was refused: %s", f.Detail, f.Why)
		}
	}
	if now := e.read("pipeline.hcl"); strings.Contains(now, `"inputs.i"`) || strings.Count(now, `"stage.grid.outputs.out"`) != 8 {
		t.Errorf("it is now\n%s", now)
	}
}

// A few fixes that are refused among many cost a few evaluations each, not some for every one of the others.
func TestLint_fewRefused(t *testing.T) {
	evaluated := func(fixes int) (times int) {
		var text strings.Builder
		text.WriteString("stage \"grid\" {\n  for_each = grid({ n = [1, 2] })\n  outputs  = { out = \"g/${each.n}\" }\n  command  = [\"touch\", each.n, outputs.out]\n}\n")
		for i := range fixes {
			word := "inputs.i"
			if i%(fixes/2) == 5 {
				word = "stage.grid.outputs.out"
			}
			fmt.Fprintf(&text, "stage \"s%d\" {\n  inputs  = { i = \"in\" }\n  outputs = { out = \"o/%d\" }\n  command = [\"cp\", %q, outputs.out]\n}\n", i, i, word)
		}
		disk := fs.Faulty(fs.Memory(), func(op, path string) error {
			if op == "readdir" && path == "/p" {
				times++
			}
			return nil
		})
		e := newEngine(t, disk, "/p", "-- in --\n-- pipeline.hcl --\n"+text.String())
		p := e.open()
		defer e.close(p)
		times = 0
		r, err := p.Lint(dewar.LintOptions{Dirs: []string{"."}, Fix: true})
		e.must(err)
		if len(r.Fixed) != fixes-2 || len(r.Refused) != 2 {
			t.Errorf("%d of %d were mended, and %d refused", len(r.Fixed), fixes, len(r.Refused))
		}
		return times
	}
	few, many := evaluated(32), evaluated(256)
	if many > few+2*6*2 {
		t.Errorf("of 32 fixes the pipeline was looked at %d times, of 256 %d times", few, many)
	}
}

// What a person writes while fixes are looked for is not lost.
func TestLint_changedMeanwhile(t *testing.T) {
	e := newEngine(t, fs.Memory(), "/p", "-- pipeline.hcl --\nlocals {\n  unused = 1\n}\n")
	p := e.open()
	defer e.close(p)
	_, err := p.Lint(dewar.LintOptions{Dirs: []string{"."}, Fix: true, Writing: func() { e.write(txtarFiles("-- pipeline.hcl --\n# mine\n")) }})
	if !errors.Is(err, fs.ErrMeanwhile) {
		t.Errorf("it ended with %v", err)
	}
	if text := e.read("pipeline.hcl"); text != "# mine\n" {
		t.Errorf("it is now\n%s", text)
	}
}

// To download data may take an hour, in which a person goes on with the pipeline.
func TestAddData_changedMeanwhile(t *testing.T) {
	disk := fs.Memory()
	var e *engine
	e = newEngine(t, fs.Faulty(disk, func(op, path string) error {
		if op == "stat" && path == "/p/big" {
			e.write(txtarFiles("-- pipeline.hcl --\n# mine\n"))
		}
		return nil
	}), "/p", "-- pipeline.hcl --\n-- big --\nx\n")
	p := e.open()
	defer e.close(p)
	_, err := p.AddData(context.Background(), ".", []dewar.NewData{{Name: "big", Path: "big"}}, nil)
	if text := e.read("pipeline.hcl"); !errors.Is(err, fs.ErrMeanwhile) || text != "# mine\n" {
		t.Errorf("it ended with %v, and is now\n%s", err, text)
	}
}
