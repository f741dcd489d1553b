package eval_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/graph"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// pipeline draws the blocks of a pipeline whose stages refer to each other in
// every way there is.
func pipeline(t *rapid.T) []string {
	blocks := []string{
		"param \"p\" {\n  type = object({ a = number, b = list(number) })\n  default = { a = 0.5, b = [1, 2.50, 3e-2] }\n}\n",
		"locals {\n  base = \"build/${param.p.a}\"\n}\n",
		"locals {\n  points = [for g in grid({ x = param.p.b, y = [\"u v\", true] }) : g if g.x != 1 || g.y == true]\n}\n",
		"data \"d\" {\n  path = \"data/\"\n}\n",
	}
	n := rapid.IntRange(1, 8).Draw(t, "stages")
	var grids, plain []int
	for i := range n {
		kind := rapid.IntRange(0, 4).Draw(t, "kind")
		each, inputs, path := "", "d = \"${data.d}/x\"", fmt.Sprintf("${local.base}/s%d", i)
		if len(plain) > 0 && rapid.Bool().Draw(t, "one") {
			inputs += fmt.Sprintf(", one = stage.s%d.outputs.o", rapid.SampledFrom(plain).Draw(t, "plain"))
		}
		if len(grids) > 0 {
			g := rapid.SampledFrom(grids).Draw(t, "grid")
			switch kind {
			case 1:
				inputs += fmt.Sprintf(", all = stage.s%d[*].outputs.o", g)
			case 2:
				inputs += fmt.Sprintf(", some = [for t in stage.s%d : t.outputs.o if t.x > 1]", g)
			case 3:
				each = fmt.Sprintf("stage.s%d", g)
				inputs += ", mine = each.outputs.o"
			}
		}
		if kind == 4 {
			each = "local.points"
		}
		if each != "" {
			path += "/${each.key}"
			each = "  for_each = " + each + "\n"
			grids = append(grids, i)
		} else {
			plain = append(plain, i)
		}
		blocks = append(blocks, fmt.Sprintf("stage \"s%d\" {\n%s  inputs = { %s }\n  outputs = { o = \"%s\" }\n  command = \"run ${inputs.d} > ${outputs.o}\"\n}\n", i, each, inputs, path))
	}
	return blocks
}

// dump evaluates files and returns the graph's text; stages, which come in source
// order, are sorted.
func dump(t *rapid.T, f files) string {
	res, ds := eval.Evaluate(eval.Request{Read: f, Dir: "."})
	if len(ds) > 0 {
		t.Fatalf("%s", render(ds, res.Sources))
	}
	parts := strings.Split(strings.TrimSpace(graph.Dump(res.Graph)), "\nstage ")
	slices.Sort(parts[1:])
	return strings.Join(parts, "\nstage ")
}

// TestOrder: neither the order of blocks nor the file they stand in means anything.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		blocks := pipeline(t)
		want := dump(t, files{"pipeline.hcl": strings.Join(blocks, "\n")})
		f := files{"pipeline.hcl": "", "a.pipeline.hcl": "", "z.pipeline.hcl": ""}
		for _, b := range rapid.Permutation(blocks).Draw(t, "order") {
			f[rapid.SampledFrom([]string{"pipeline.hcl", "a.pipeline.hcl", "z.pipeline.hcl"}).Draw(t, "file")] += b
		}
		if diff := cmp.Diff(want, dump(t, f)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestUnused: what nothing refers to changes nothing but the list of params.
func TestUnused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		blocks := pipeline(t)
		f := files{"pipeline.hcl": strings.Join(blocks, "\n")}
		want := dump(t, f)
		f["more.pipeline.hcl"] = "param \"unused\" {\n  type = number\n  default = 3\n}\nlocals {\n  unused = param.unused + 1\n}\n"
		got := strings.Replace(dump(t, f), "param unused\n  leaf unused \"3\" from=default\n", "", 1)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestOneMessage: a mistake at some points of a grid is one message that names them.
func TestOneMessage(t *testing.T) {
	f := files{"pipeline.hcl": `
stage "a" {
  for_each = grid({ x = range(100) })
  outputs  = { o = "o/${each.x}" }
  command  = ["x", each.x % 10 == 3 ? null : each.x]
}
stage "b" {
  for_each = stage.a
  inputs   = { o = each.outputs.o }
  command  = ["x", inputs.o, 1 / (each.x - 5)]
}
`}
	_, ds := eval.Evaluate(eval.Request{Read: f, Dir: "."})
	if len(ds) != 2 || ds[0].Code != "E-command-value" || ds[1].Code != "E-operand" {
		t.Fatal(ds)
	}
	if got := len(ds[0].Instances); got != 10 || ds[0].Instances[0] != "x=3" || ds[0].Total != 100 {
		t.Errorf("%d of %d: %v", got, ds[0].Total, ds[0].Instances)
	}
	if got := ds[1].Instances; len(got) != 1 || got[0] != "x=5" {
		t.Errorf("%v", got)
	}
	want := "each.x is 5"
	if len(ds[1].Values) != 1 || ds[1].Values[0].Name+" is "+ds[1].Values[0].Text != want {
		t.Errorf("values %v, want %s", ds[1].Values, want)
	}
}

// TestEverywhere: what fails at every point is not about points.
func TestEverywhere(t *testing.T) {
	f := files{"pipeline.hcl": "stage \"a\" {\n  for_each = grid({ x = range(5) })\n  command = [\"x\", each.x + {}]\n}\n"}
	_, ds := eval.Evaluate(eval.Request{Read: f, Dir: "."})
	if len(ds) != 1 || len(ds[0].Instances) != 0 {
		t.Fatal(ds)
	}
}
