package eval_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
)

// TestTooLarge: what a person writes in a few lines and no machine can hold is a mistake,
// found before the memory is asked for.
func TestTooLarge(t *testing.T) {
	const end = "\n  command = [\"x\"]\n}\n"
	takesSeconds := map[string]bool{"loops": true, "lists": true, "written out": true, "each's own": true, "in a command": true}
	tenfold := func(name, of string) string {
		return "  " + name + " = [" + strings.Repeat(of+", ", 10) + "]\n"
	}
	for name, c := range map[string]struct{ text, code, says string }{
		"grid":         {"stage \"a\" {\n  for_each = grid({ b = range(1000), a = [1, 2], c = range(900) })" + end, "E-points-many", "1800000 points: a 2 × b 1000 × c 900."},
		"filtered":     {"stage \"a\" {\n  for_each = [for p in grid({ b = range(1000), a = range(102) }) : p if p.a != p.b]" + end, "E-points-many", "101898 points (different values: a 102 × b 1000)"},
		"merged":       {"stage \"a\" {\n  for_each = [for p in grid({ b = range(1000), a = range(102) }) : merge(p, { c = 1 })]" + end, "E-points-many", "102000 points (different values: a 102 × b 1000)"}, // before c is there
		"no product":   {"stage \"a\" {\n  for_each = [for r in [for i in range(120000) : { a = i, b = i }] : { a = r.a }]" + end, "E-points-many", "for_each has 120000 points; the most"},
		"drawn":        {"stage \"a\" {\n  for_each = sample(grid({ b = range(1000), a = range(2000) }), 5, 1)" + end, "E-call", "the grid is a 2000 × b 1000, which is more than 1000000 points"},
		"range":        {"stage \"a\" {\n  for_each = grid({ a = range(1e9) })" + end, "E-call", "more than 1000000"},
		"repeat":       {"stage \"a\" {\n  for_each = repeat(grid({ a = range(1000) }), 1e9)" + end, "E-call", "1000000"},
		"sample":       {"stage \"a\" {\n  for_each = sample(grid({ a = range(1000) }), 1e9, 1)" + end, "E-call", "1000"},
		"linspace":     {"stage \"a\" {\n  for_each = grid({ a = linspace(0, 1, 1e9) })" + end, "E-call", "1000000"},
		"shard":        {"stage \"a\" {\n  for_each = shard([\"a\"], 1e15)" + end, "E-call", "100000"},
		"loops":        {"stage \"a\" {\n  for_each = flatten([for i in range(3000) : [for j in range(3000) : [for k in range(3000) : { a = k }]]])" + end, "E-value-many", "turns"},
		"lists":        {"locals {\n  a = range(1000)\n  b = [for i in local.a : local.a]\n  c = [for i in local.a : local.b]\n}\nstage \"a\" {\n  env = { X = jsonencode(local.c) }" + end, "E-value-many", "holds"},
		"written out":  {"locals {\n  a = range(1000)\n" + tenfold("b", "local.a") + tenfold("c", "local.b") + tenfold("d", "local.c") + tenfold("e", "local.d") + "}\nstage \"a\" {\n  env = { X = jsonencode(local.e) }" + end, "E-value-many", "holds"},
		"inputs":       {"stage \"a\" {\n  for_each = grid({ a = range(1500) })\n  outputs = { o = each.key }" + end + "stage \"b\" {\n  for_each = stage.a\n  inputs = stage.a[*].outputs.o" + end, "E-inputs-many", "2000000"},
		"each's own":   {"stage \"a\" {\n  for_each = grid({ a = range(1500) })\n  outputs = { o = each.key }" + end + "stage \"b\" {\n  for_each = stage.a\n  inputs = { x = concat([\"x${each.a}\"], stage.a[*].outputs.o) }" + end, "E-inputs-many", "2000000"},
		"in a command": {"stage \"a\" {\n  for_each = grid({ a = range(1500) })\n  outputs = { o = each.key }" + end + "stage \"b\" {\n  for_each = stage.a\n  command = stage.a[*].outputs.o\n}\n", "E-inputs-many", "2000000"},
	} {
		if testing.Short() && takesSeconds[name] {
			continue
		}
		t.Run(name, func(t *testing.T) {
			res, ds := eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": c.text}, Dir: "."})
			if len(ds) != 1 || ds[0].Code != c.code || !strings.Contains(ds[0].Detail, c.says) {
				t.Errorf("want one %s that says %q, got\n%s", c.code, c.says, render(ds, res.Sources))
			}
		})
	}
}
