package eval_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/graph"
	"github.com/google/go-cmp/cmp"
)

// asserted is a stage at two points with one assert block.
func asserted(condition, message string) files {
	return files{"pipeline.hcl": fmt.Sprintf(`
param "train" {
  type = object({ C = number, floor = optional(number, 0.5), names = optional(list(string), ["a", "b"]), deep = optional(map(number), { "x y" = 2 }) })
  default = { C = 0.1 }
}
locals {
  limits = { low = param.train.floor, high = 1 / 3 }
}
stage "evaluate" {
  for_each = grid({ C = [1, 2], solver = ["saga"] })
  metrics  = { scores = "m/${each.key}.json", folds = ["f/${each.key}.json", "g/${each.key}.json"] }
  command  = ["evaluate", metrics.scores]
  assert {
    condition = %s
    error     = %s
  }
}
`, condition, message)}
}

var content = map[string]any{
	"scores": map[string]any{
		"acc": 0.9, "n": json.Number("123456789012345678901"), "loss": math.NaN(), "none": nil, "name": "run", "ok": true,
		"test": map[string]any{"f1 macro": json.Number("0.25"), "folds": []any{0.5, 0.75}, "empty": map[string]any{}},
		"huge": json.Number("1e999"),
	},
	"folds.0": map[string]any{"acc": 0.5},
	"folds.1": map[string]any{"acc": 0.7},
}

// TestCheckAssert: a condition means the same when it is checked as where it is written.
func TestCheckAssert(t *testing.T) {
	for _, c := range []struct{ condition, message, want, scope string }{
		{`metrics.scores.acc > param.train.floor`, `"x"`, "ok", `{"param":{"train":{"floor":0.5}}}`},
		{`metrics.scores.acc < param.train.floor`, `"got ${metrics.scores.acc} at ${each.key}, C is ${each.C}, ${param.train.C}"`, "got 0.9 at C=1,solver=saga, C is 1, 0.1",
			`{"each":{"C":1,"key":"C=1,solver=saga"},"param":{"train":{"C":0.1,"floor":0.5}}}`},
		{`metrics.scores.acc > local.limits.high && local.limits.low == 0.5`, `"x"`, "ok", `{"local":{"limits":{"high":0.3333333333333333,"low":0.5}}}`},
		{`local.limits.low > 1 ? true : contains(param.train.names, "b")`, `"x"`, "ok", `{"local":{"limits":{"low":0.5}},"param":{"train":{"names":["a","b"]}}}`},
		{`param.train.deep["x y"] == 2 && param.train.names[1] == "b"`, `"x"`, "ok", `{"param":{"train":{"deep":{"x y":2},"names":["a","b"]}}}`},
		{`(metrics.scores.acc > 0.5 &&
      metrics["scores"].ok)`, `"x"`, "ok", "{}"},
		{`metrics.scores.n == 123456789012345678901`, `"x"`, "ok", "{}"},
		{`metrics.scores.none == null && metrics.scores.name == "run"`, `"x"`, "ok", "{}"},
		{`metrics.scores.test["f1 macro"] == 0.25`, `"x"`, "ok", "{}"},
		{`metrics.scores.test.folds[1] == 0.75`, `"x"`, "ok", "{}"},
		{`min(metrics.scores.test.folds...) > 0.6`, `"low"`, "low", "{}"},
		{`alltrue([for f in metrics.folds : f.acc > 0.4])`, `"x"`, "ok", "{}"},
		{`alltrue([for a in metrics.folds[*].acc : a > 0.6])`, `join(", ", [for n, v in metrics.scores.test.folds : "${n}: ${v}"])`, "0: 0.5, 1: 0.75", "{}"},
		{`!metrics.scores.ok`, `<<-EOT
      it is
      ok
      EOT`, "it is\nok\n", "{}"},
		{`length(metrics.folds) == 2 && metrics.folds != null`, `"x"`, "ok", "{}"},
		{`each == { C = 1, key = "C=1,solver=saga", solver = "saga" }`, `"x"`, "ok", `{"each":{"C":1,"key":"C=1,solver=saga","solver":"saga"}}`},
		{`-metrics.scores.acc < 0`, `"x"`, "ok", "{}"},
		{`metrics.scores.acc - 1 < 0 ? metrics.scores.ok : false`, `"x"`, "ok", "{}"},
		{`"${metrics.scores.name}s" == "runs"`, `"x"`, "ok", "{}"},
		{`metrics.scores.test == { empty = {}, "f1 macro" = 0.25, folds = [0.5, 0.75] }`, `"x"`, "ok", "{}"},
	} {
		res, ds := eval.Evaluate(eval.Request{Read: asserted(c.condition, c.message)})
		if len(ds) > 0 {
			t.Errorf("%s: %s", c.condition, render(ds, res.Sources))
			continue
		}
		g, err := graph.Decode(graph.Encode(res.Graph))
		if err != nil {
			t.Fatal(err)
		}
		a := g.Instances[0].Asserts[0]
		if a.Condition != c.condition || a.Scope != c.scope {
			t.Errorf("%s: carried as %s with %s", c.condition, a.Condition, a.Scope)
		}
		ok, message, ds := eval.CheckAssert(a, content)
		if ok {
			message = "ok"
		}
		if message != c.want || len(ds) > 0 {
			t.Errorf("%s: %q, want %q\n%s", c.condition, message, c.want, render(ds, res.Sources))
		}
	}
}

// TestCheckAssertMistakes: what only the results show.
func TestCheckAssertMistakes(t *testing.T) {
	for condition, want := range map[string]string{
		`metrics.scores.accuracy > 0.5`:               `E-assert-unknown 14:31 There is no "accuracy" in metrics.scores.`,
		`metrics.scores.ac > 0.5`:                     `E-assert-unknown 14:31 There is no "ac" in metrics.scores. Did you mean "acc"?`,
		`metrics.scores.test.fold[0] > 1`:             `E-assert-unknown 14:36 There is no "fold" in metrics.scores.test. Did you mean "folds"?`,
		`metrics.scores.test.folds[7] > 1`:            `E-assert-unknown 14:42 metrics.scores.test.folds is a list of 2`,
		`metrics.scores.acc.mean > 1`:                 `E-assert-unknown 14:35 metrics.scores.acc is a single value`,
		`metrics.scores.loss < 1`:                     `E-assert-value 14:17 metrics.scores.loss is or holds a number that is NaN or infinite`,
		`metrics.scores.huge < 1`:                     `E-assert-value 14:17 metrics.scores.huge is or holds a number out of range`,
		`length(metrics) == 3`:                        `E-assert-value 14:24 metrics is or holds`,
		`metrics.scores.acc`:                          `E-condition 14:17 The condition is a number.`,
		`metrics.scores.none`:                         `E-condition 14:17 The condition is null.`,
		`metrics.scores.name > 1`:                     `E-operand 14:17`,
		`[for f in metrics.folds : f.acu][0] > 1`:     `E-assert-unknown 14:44 There is no "acu" here. Did you mean "acc"?`,
		`metrics.scores.ok && metrics.scores.nothere`: `E-assert-unknown 14:52`,
	} {
		res, ds := eval.Evaluate(eval.Request{Read: asserted(condition, `"x"`)})
		if len(ds) > 0 {
			t.Errorf("%s: %s", condition, render(ds, res.Sources))
			continue
		}
		ok, message, ds := eval.CheckAssert(res.Graph.Instances[1].Asserts[0], content)
		if ok || message != "" || len(ds) != 1 {
			t.Errorf("%s: %v %q %v", condition, ok, message, ds)
			continue
		}
		got := fmt.Sprintf("%s %d:%d %s", ds[0].Code, ds[0].Span.Start.Line, ds[0].Span.Start.Column, ds[0].Detail)
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s:\n%s, want\n%s", condition, got, want)
		}
	}
	// a message that cannot be made does not make the condition true
	res, _ := eval.Evaluate(eval.Request{Read: asserted(`metrics.scores.acc > 1`, `"${metrics.scores.x}"`)})
	ok, message, ds := eval.CheckAssert(res.Graph.Instances[0].Asserts[0], content)
	if ok || message != "The results do not meet the condition." || len(ds) != 1 {
		t.Error(ok, message, ds)
	}
	if ok, _, ds := eval.CheckAssert(graph.Assert{Condition: "1 +", Scope: "{}"}, nil); ok || len(ds) != 1 || ds[0].Code != "E-syntax" {
		t.Error(ds)
	}
	if ok, _, ds := eval.CheckAssert(graph.Assert{Condition: "true", Scope: "?"}, nil); ok || len(ds) != 1 {
		t.Error(ds)
	}
}

// TestAssertsSeen: an instance says which files its conditions read, and carries no
// secret.
func TestAssertsSeen(t *testing.T) {
	res, ds := eval.Evaluate(eval.Request{Read: asserted(`metrics.folds[0].acc > 0 && metrics.scores.acc > 0`, `"x"`)})
	if len(ds) > 0 {
		t.Fatal(render(ds, res.Sources))
	}
	a := res.Graph.Instances[0].Asserts[0]
	if diff := cmp.Diff([]string{"folds.0", "folds.1", "scores"}, a.Metrics); diff != "" || a.Span == (diag.Span{}) {
		t.Error(diff, a)
	}
	f := asserted(`metrics.scores.acc > param.secret`, `"x"`)
	f["more.pipeline.hcl"] = "param \"secret\" {\n  type      = number\n  default   = 5\n  sensitive = true\n}\n"
	_, ds = eval.Evaluate(eval.Request{Read: f})
	if len(ds) != 1 || ds[0].Code != "E-sensitive" {
		t.Error(ds)
	}
}

func BenchmarkCheckAssert(b *testing.B) {
	res, ds := eval.Evaluate(eval.Request{Read: asserted(`metrics.scores.acc > param.train.floor`, `"x"`)})
	if len(ds) > 0 {
		b.Fatal(render(ds, res.Sources))
	}
	b.ReportAllocs()
	for b.Loop() {
		if ok, _, _ := eval.CheckAssert(res.Graph.Instances[0].Asserts[0], content); !ok {
			b.Fatal("not met")
		}
	}
}
