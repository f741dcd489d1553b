package eval_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
)

// Who asks for an output that a stage has not is told what it has.
func TestAbsent(t *testing.T) {
	const made = `
stage "s" {
  for_each = grid({ C = [1, 2] })
  metrics  = { acc = "m.json" }
  command  = ["x"]
}
stage "t" {
  for_each = stage.s
  outputs  = { model = "m.bin" }
  plots    = { roc = "r.csv" }
  command  = ["x"]
}
stage "none" {
  for_each = grid({ C = [1, 2] })
  command  = ["x"]
}
stage "only" {
  for_each = grid({ C = [1, 2] })
  outputs  = "o"
  command  = ["x"]
}
`
	for _, c := range []struct{ points, word, code, want string }{
		{"stage.s", "each.outputs.m", "E-value-attribute", `Stage "s" has no outputs. It has metrics.acc.`},
		{"stage.s", `each.outputs["m"]`, "E-value-index", `Stage "s" has no outputs. It has metrics.acc.`},
		{"stage.s", "each.outputs.acc", "E-value-attribute", `Stage "s" has no outputs. Did you mean metrics.acc?`},
		{"stage.s", "each.metrics.ac", "E-value-attribute", `Stage "s" has no metrics called "ac". Did you mean "acc"?`},
		{"stage.t", "each.outputs.x.y", "E-value-attribute", `Stage "t" has no outputs called "x". It has outputs.model, plots.roc.`},
		{"stage.t", "each.from.outputs.m", "E-value-attribute", `has no outputs. It has metrics.acc.`},
		{"stage.t", "pick(stage.s, { C = 1 }).metrics.tac", "E-value-attribute", `The stage has no metrics called "tac". It has metrics.acc.`},
		{"stage.none", "each.outputs.m", "E-value-attribute", `Stage "none" has no outputs.`},
		{"stage.only", "each.outputs.m", "E-value-attribute", "Only an object has attributes"},
		{"stage.t", "pick(stage.t, { C = 1 }).outputs.roc", "E-value-attribute", `The stage has no outputs called "roc". Did you mean plots.roc?`},
		{"stage.t", `pick(stage.s, { C = 1 }).outputs["m"]`, "E-value-index", `The stage has no outputs. It has metrics.acc.`},
		{"stage.t", `where(stage.s, { C = 1 })[*].outputs.m`, "E-value-attribute", `The stage has no outputs. It has metrics.acc.`},
		{"stage.t", `{}.m`, "E-value-attribute", `There is no "m" here. It is empty.`},
		{"stage.t", `[1, 2][-1]`, "E-value-index", `the last element is list[length(list) - 1].`},
		{"stage.t", `"%s" % 1`, "E-operand", `format("%s", x)`},
	} {
		t.Run(c.word, func(t *testing.T) {
			f := files{"pipeline.hcl": made + "stage \"u\" {\n  for_each = " + c.points + "\n  command = [\"x\", jsonencode(" + c.word + ")]\n}\n"}
			_, ds := eval.Evaluate(eval.Request{Read: f})
			if len(ds) != 1 || ds[0].Code != c.code || !strings.Contains(ds[0].Detail, c.want) {
				t.Errorf("want %s with %q, got %v", c.code, c.want, ds)
			}
		})
	}
}
