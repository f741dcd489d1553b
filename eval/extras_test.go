package eval_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestExtras: what each has of a file besides its axes, through points that were made of instances. What
// such a point says itself is what it is.
func TestExtras(t *testing.T) {
	f := files{"a/x.txt": "", "a/sub/y.csv": "", "pipeline.hcl": `
stage "s" {
  for_each = files("a", "**")
  outputs  = { o = "build/${each.stem}" }
  command  = ["s", each.path, each.name, each.stem, each.ext, each.dir, outputs.o]
}
stage "same" {
  for_each = [for p in stage.s : merge(p, { fold = 1 })]
  command  = ["same", each.path, each.stem, each.fold]
}
stage "other" {
  for_each = [for p in stage.s : merge(p, { path = "b/${p.name}" }) if p.stem == "x"]
  command  = ["other", each.path, each.ext, each.dir]
}
stage "moved" {
  for_each = [for p in stage.s : merge(p, { path = "a/${p.name}" }) if p.stem == "x"]
  command  = ["moved", each.path]
}
`}
	g := graphOf(t, f)
	for _, c := range []struct {
		ref    string
		args   []string
		inputs []string
	}{
		{"s@path=a%2Fsub%2Fy.csv", []string{"s", "a/sub/y.csv", "y.csv", "y", ".csv", "sub", "build/y"}, []string{"a/sub/y.csv"}},
		{"same@fold=1,path=a%2Fx.txt", []string{"same", "a/x.txt", "x", "1"}, []string{"a/x.txt"}},
		{"other@dir=.,ext=.txt,name=x.txt,path=b%2Fx.txt,stem=x", []string{"other", "b/x.txt", ".txt", "."}, nil},
		{"moved@dir=.,ext=.txt,name=x.txt,path=a%2Fx.txt,stem=x", []string{"moved", "a/x.txt"}, []string{"a/x.txt"}},
	} {
		x := one(t, g, c.ref)
		if diff := cmp.Diff(c.args, x.Args); diff != "" {
			t.Errorf("%s: command (-want +got):\n%s", c.ref, diff)
		}
		var inputs []string
		for _, in := range x.Inputs {
			inputs = append(inputs, in.Path)
		}
		if diff := cmp.Diff(c.inputs, inputs); diff != "" {
			t.Errorf("%s: inputs (-want +got):\n%s", c.ref, diff)
		}
	}
}
