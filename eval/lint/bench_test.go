package lint_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval/lint"
	"github.com/dewar-build/dewar/lang"
)

// thousand is a pipeline of 1,000 blocks, half of them stages that read each other.
func thousand() string {
	var b strings.Builder
	for i := range 500 {
		fmt.Fprintf(&b, "param \"p%d\" {\n  type    = number\n  default = %d\n}\n\n", i, i)
		fmt.Fprintf(&b, "locals {\n  l%d = param.p%d + 1\n}\n\n", i, i)
		fmt.Fprintf(&b, "stage \"s%d\" {\n  for_each = grid({ x = [1, 2], y = [local.l%d] })\n  inputs   = { script = \"s%d.py\" }\n  outputs  = { out = \"out/%d/${each.key}\" }\n  command  = \"python3 ${inputs.script} ${each.x} ${each.y} > ${outputs.out}\"\n}\n\n", i, i, i, i)
	}
	return b.String()
}

// BenchmarkFind: a file of more than 1,000 blocks. An editor asks after every change.
func BenchmarkFind(b *testing.B) {
	text := thousand()
	t := &testing.T{}
	view := project(t, map[string]string{"pipeline.hcl": text})
	p, ds := lang.Load(view, ".")
	if ds.HasErrors() {
		b.Fatal(ds)
	}
	for b.Loop() {
		if found := lint.Find(p, lint.Options{Read: view.ReadFile}); len(found) > 0 {
			b.Fatal(found[0].Detail)
		}
	}
}

// TestFind_linear: twice the blocks are about twice the work, whoever names whom.
func TestFind_linear(t *testing.T) {
	allocs := func(text string) float64 {
		view := project(t, map[string]string{"pipeline.hcl": text})
		p, ds := lang.Load(view, ".")
		if ds.HasErrors() {
			t.Fatal(ds)
		}
		return testing.AllocsPerRun(1, func() { lint.Find(p, lint.Options{Read: view.ReadFile}) })
	}
	text := thousand()
	half := text[:strings.Index(text, `param "p250"`)]
	if small, large := allocs(half), allocs(text); large > 2.2*small {
		t.Errorf("%.0f allocations for half of it, %.0f for all", small, large)
	}
}

// TestFind_fixes: the file is not looked through anew for the place of every fix.
func TestFind_fixes(t *testing.T) {
	bytes := func(n int) uint64 {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "locals {\n  a%d = 1\n}\n\n", i)
		}
		view := project(t, map[string]string{"pipeline.hcl": b.String()})
		p, ds := lang.Load(view, ".")
		if ds.HasErrors() {
			t.Fatal(ds)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		found := lint.Find(p, lint.Options{Read: view.ReadFile})
		runtime.ReadMemStats(&after)
		if len(found) != n || found[n-1].Fix == nil {
			t.Fatalf("%d findings of %d", len(found), n)
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	if small, large := bytes(1000), bytes(4000); large > 6*small {
		t.Errorf("%d bytes for 1,000 fixes, %d for 4,000", small, large)
	}
}
