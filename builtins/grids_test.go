package builtins_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/builtins"
	"github.com/dewar-build/dewar/eval/grid"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

func TestGrids(t *testing.T) {
	cases(t, map[string]string{
		`grid({ b = [1, 2], a = ["x", "y"] })`:               `[{"a":"x","b":1},{"a":"x","b":2},{"a":"y","b":1},{"a":"y","b":2}]`,
		`grid({ a = ["scale", 0.1], b = [] })`:               `[]`,
		`[for p in grid({ a = range(4) }) : p.a if p.a > 1]`: `[2,3]`,
		`repeat([], 3)`:                                          `[]`,
		`repeat(grid({ C = [1] }), 0)`:                           `[]`,
		`sample(range(10), 10, 0)`:                               `[4,0,2,7,6,8,9,3,1,5]`,
		`sample(range(100), 8, "run-1")`:                         `[40,39,19,17,25,34,94,72]`,
		`sample(range(5), 5, 1e-1)`:                              `[2,1,4,3,0]`,
		`sample([], 0, 1)`:                                       `[]`,
		`where(grid({ C = [0.1, 1], d = [1, 2] }), { C = 0.1 })`: `[{"C":0.1,"d":1},{"C":0.1,"d":2}]`,
		`where([], { C = 1 })`:                                   `[]`,
		`pick([{ C = 1, key = "C=1", outputs = { m = "x" } }], { C = 1 }).outputs.m`: `"x"`,
	})
	refused(t, `grid({})`, `zip({})`, `grid({ key = [1] })`, `grid({ C = 1 })`, `grid({ "a b" = [1] })`, `grid([1])`, `grid({ C = null })`,
		`zip({ a = [1], b = [] })`, `grid({ a = range(2000), b = range(2000) })`, `repeat([{ seed = 1 }], 2)`, `repeat(["a"], 2)`, `repeat([], -1)`,
		`sample([1], 2, 0)`, `sample([1], 1, [])`, `pick([], {})`, `pick([{ C = 1 }], { C = 2 })`, `pick([{ C = 1 }, { C = 1 }], { C = 1 })`,
		`pick([{ C = 1 }], { D = 1 })`, `pick({ C = 1 }, { C = 1 })`, `where([1], { C = 1 })`, `where([{ C = 1, outputs = {} }], { outputs = {} })`)
}

func TestGridMessages(t *testing.T) {
	for expr, part := range map[string]string{
		`grid({ key = [1] })`:                                   "an axis may not be called key",
		`grid({ C = 0.1 })`:                                     "for one value write [value]",
		`where([{ solver = "a" }], { sovler = "a" })`:           "did you mean solver?",
		`pick([{ C = 1, d = 1 }, { C = 1, d = 2 }], { C = 1 })`: "2 of 2 points have C=1: C=1,d=1; C=1,d=2",
		`pick([{ C = 1 }, { C = 2 }], { C = 3 })`:               "near it: C=1; C=2",
	} {
		if _, err := eval(t, builtins.Env{}, expr, nil); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v", expr, err)
		}
	}
}

// With an index, the list is not looked at but for what was found.
func TestPickUsesTheIndex(t *testing.T) {
	points := grid.Product(map[string][]cty.Value{"C": {cty.NumberIntVal(1), cty.NumberIntVal(2)}})
	asked := 0
	env := builtins.Env{Index: func(e hcl.Expression, _ *hcl.EvalContext) *grid.Index {
		if len(e.Variables()) == 0 {
			return nil
		}
		asked++
		return grid.NewIndex(points)
	}}
	stage := cty.ObjectVal(map[string]cty.Value{"x": cty.TupleVal([]cty.Value{cty.StringVal("first"), cty.StringVal("second").Mark("m")})})
	got, err := eval(t, env, `[pick(stage.x, { C = 2 }), where(stage.x, { C = 1 }), pick([{ C = 5 }], { C = 5 })]`, map[string]cty.Value{"stage": stage})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(`["second",["first"],{"C":5}]`, asJSON(t, got)); d != "" || asked != 2 {
		t.Error(d, asked)
	}
	if !got.Index(cty.Zero).HasMark("m") {
		t.Error("the mark is gone")
	}
}

func manyInstances(n int) cty.Value {
	var list []cty.Value
	for i := range n {
		list = append(list, cty.ObjectVal(map[string]cty.Value{
			"C": cty.NumberIntVal(int64(i % 10)), "seed": cty.NumberIntVal(int64(i / 10)), "key": cty.StringVal("k"),
			"outputs": cty.ObjectVal(map[string]cty.Value{"m": cty.StringVal("p").Mark(i)}),
		}))
	}
	return cty.TupleVal(list)
}

func benchmarkPick(b *testing.B, index *grid.Index, list cty.Value) {
	e := builtins.Env{}
	if index != nil {
		e.Index = func(hcl.Expression, *hcl.EvalContext) *grid.Index { return index }
	}
	ctx := &hcl.EvalContext{Functions: builtins.Impls(builtins.Table(e)), Variables: map[string]cty.Value{"x": list}}
	expr := parse(b, `pick(x, { C = 3, seed = 4 })`)
	b.ReportAllocs()
	for b.Loop() {
		if _, diags := expr.Value(ctx); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
}

func BenchmarkPickIn1000(b *testing.B) { benchmarkPick(b, nil, manyInstances(1000)) }

func BenchmarkPickIn1000Indexed(b *testing.B) {
	var points []grid.Point
	list := manyInstances(1000)
	for it := list.ElementIterator(); it.Next(); {
		_, v := it.Element()
		p, err := grid.FromInstance(v)
		if err != nil {
			b.Fatal(err)
		}
		points = append(points, p)
	}
	benchmarkPick(b, grid.NewIndex(points), list)
}

func BenchmarkGrid10000(b *testing.B) {
	ctx := &hcl.EvalContext{Functions: builtins.Impls(builtins.Table(builtins.Env{}))}
	expr := parse(b, `grid({ a = range(10), b = range(10), c = range(10), d = range(10) })`)
	b.ReportAllocs()
	for b.Loop() {
		if _, diags := expr.Value(ctx); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
}

func BenchmarkTable(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		builtins.Impls(builtins.Table(builtins.Env{}))
	}
}
