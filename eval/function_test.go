package eval_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
)

// What calls do is in spec/cases/graphs/functions.txtar, what is wrong with them in
// mistakes/functions.txtar.

// TestFunctions_message: a mistake in a function says where it was called, with what,
// once for all who call it.
func TestFunctions_message(t *testing.T) {
	res, ds := eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": `function "part" {
  params = { x = any }
  result = x.missing
}

function "through" {
  params = { x = any, unused = optional(number) }
  result = part({ a = x })
}

stage "a" {
  for_each = grid({ n = [1, 2, 3] })
  command  = ["x", each.n > 1 ? through(each.n) : ""]
}

stage "b" {
  command = ["x", through("y")]
}
`}})
	want := `Error[E-value-attribute]: no such attribute
  on pipeline.hcl line 3, in stage "a":
  3:   result = x.missing
                 ^^^^^^^^
  There is no "missing" here. There is a.
  each.n is 2
  in 2 of 3 points: n=2; n=3
  note: called here, with x = {"a":2}, on pipeline.hcl line 8:
  8:   result = part({ a = x })
                ^^^^^^^^^^^^^^^
  note: called here, with x = 2, unused = null, on pipeline.hcl line 13:
  13:   command  = ["x", each.n > 1 ? through(each.n) : ""]
                                      ^^^^^^^^^^^^^^^
`
	if got := render(ds, res.Sources); got != want {
		t.Errorf("got\n%s", got)
	}
}

// TestFunctions_secret: what a function makes of a secret is one, in messages too.
func TestFunctions_secret(t *testing.T) {
	res, ds := eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": `param "token" {
  type      = string
  sensitive = true
  default   = "hunter2"
}

function "number" {
  params = { x = string }
  result = tonumber("1${x}")
}

function "outer" {
  params = { x = any }
  result = number(x)
}

locals {
  a = outer(param.token)
}
`}})
	got := render(ds, res.Sources)
	if len(ds) != 1 || strings.Contains(strings.Replace(got, `default   = "hunter2"`, "", 1), "hunter2") || !strings.Contains(got, "(sensitive)") {
		t.Errorf("got\n%s", got)
	}
}

// TestFunctions_fast: a function is compiled once, so that a call costs a few
// allocations wherever it stands.
func TestFunctions_fast(t *testing.T) {
	const n = 1000
	text := func(rate string) files {
		return files{"pipeline.hcl": fmt.Sprintf(`function "rate" {
  params = { base = number, depth = int, decay = optional(number, 0.5) }
  type   = number
  result = inner(base, decay) + depth
}

function "inner" {
  params = { a = number, b = number }
  result = a + b
}

stage "s" {
  for_each = grid({ x = range(%d) })
  command  = ["x", %s]
}
`, n, rate)}
	}
	count := func(f files) float64 {
		return testing.AllocsPerRun(3, func() {
			if res, ds := eval.Evaluate(eval.Request{Read: f}); len(ds) > 0 || len(res.Graph.Instances) != n {
				t.Fatal(render(ds, res.Sources))
			}
		})
	}
	inline, called := count(text("each.x + 0.5 + 3")), count(text("rate(each.x, 3)"))
	if more := (called - inline) / n; more > 60 {
		t.Errorf("a call costs %.0f allocations more than its expression", more)
	} else {
		t.Logf("a call and the one in it cost %.1f allocations more than their expression", more)
	}
}

// TestFunctions_assert: a condition on results carries the functions that it calls, and
// no others.
func TestFunctions_assert(t *testing.T) {
	pipeline := `function "half" {
  params = { x = number }
  result = x / 2
}

function "good" {
  params = { acc = number, least = optional(number, 0.25) }
  type   = bool
  result = half(acc) > least
}

function "other" {
  result = 1
}

stage "s" {
  metrics = { m = "m.json" }
  command = ["x", metrics.m]
  assert {
    condition = good(metrics.m.acc)
    error     = "only ${half(metrics.m.acc)}"
  }
}
`
	res, ds := eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": pipeline}})
	if len(ds) > 0 {
		t.Fatal(render(ds, res.Sources))
	}
	a := res.Graph.Instances[0].Asserts[0]
	if strings.Contains(a.Scope, "other") {
		t.Error("the condition carries functions that it does not call: ", a.Scope)
	}
	for _, c := range []struct {
		acc     any
		ok      bool
		message string
		code    string
	}{
		{0.6, true, "", ""},
		{0.4, false, "only 0.2", ""},
		{"high", false, "", "E-call"},
	} {
		ok, message, ds := eval.CheckAssert(a, map[string]any{"m": map[string]any{"acc": c.acc}, "m.acc": c.acc})
		code := ""
		if len(ds) > 0 {
			code = ds[0].Code
			if ds[0].Span.File != "pipeline.hcl" {
				t.Errorf("%v: the place is %v", c.acc, ds[0].Span)
			}
			for _, n := range ds[0].Notes {
				if n.Span.File != "pipeline.hcl" {
					t.Errorf("%v: a note is about %v", c.acc, n.Span)
				}
			}
		}
		if ok != c.ok || message != c.message || code != c.code {
			t.Errorf("%v: %v, %q, %v", c.acc, ok, message, ds)
		}
	}
}

// TestFunctions_experiment: what an experiment tries may be computed by functions.
func TestFunctions_experiment(t *testing.T) {
	f := files{"pipeline.hcl": `param "C" {
  type    = number
  default = 1
}

function "steps" {
  params = { n = int }
  result = [for i in range(n) : pow(10, i)]
}

experiment "wide" {
  params = { C = steps(3) }
}

stage "s" {
  command = ["x", param.C]
}
`}
	for _, c := range []struct{ block, set, want string }{
		{"wide", "", "1 10 100"},
		{"", "steps(2)", "1 10"},
	} {
		var set []param.Setting
		if c.set != "" {
			set = append(set, param.Setting{Name: "C", Text: c.set})
		}
		sweep, src, ds := eval.ReadSweep(eval.Request{Read: f}, c.block, set)
		if len(ds) > 0 || len(sweep.Axes) != 1 {
			t.Fatalf("%+v: %s", sweep, render(ds, src))
		}
		if got := strings.Join(sweep.Axes[0].Values, " "); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// TestFunctions_many: evaluations side by side do not get into each other's calls.
func TestFunctions_many(t *testing.T) {
	f := files{"pipeline.hcl": `param "n" {
  type = number
}

function "twice" {
  params = { x = number }
  result = [for i in range(50) : x + x]
}

stage "s" {
  command = ["x", join("", distinct(twice(param.n))), join("", distinct(twice(param.n + 1)))]
}
`}
	var sets [][]param.Setting
	for i := range 40 {
		sets = append(sets, []param.Setting{{Name: "n", Text: fmt.Sprint(i)}})
	}
	results, lists := eval.EvaluateMany(eval.Request{Read: f}, sets, 4)
	for i, res := range results {
		if len(lists[i]) > 0 {
			t.Fatal(render(lists[i], res.Sources))
		}
		if got := strings.Join(res.Graph.Instances[0].Args, " "); got != fmt.Sprintf("x %d %d", 2*i, 2*i+2) {
			t.Errorf("%d gives %s", i, got)
		}
	}
}

// TestFunctions_question: a message that asks ends as a question does.
func TestFunctions_question(t *testing.T) {
	res, ds := eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": `function "f" {
  params = { o = object({ depth = number }) }
  result = o.depth
}

stage "a" {
  command = ["x", f({ dept = 1 })]
}
`}})
	if got := render(ds, res.Sources); !strings.Contains(got, "Did you mean depth?\n") {
		t.Errorf("got\n%s", got)
	}
}

// TestFunctions_deep: a long chain of functions, and calls that double at each.
func TestFunctions_deep(t *testing.T) {
	for body, want := range map[string]string{"f_(x)": "", "f_(x) + f_(x)": "E-function-calls"} {
		var b strings.Builder
		b.WriteString("function \"f0\" {\n  params = { x = number }\n  result = x\n}\n")
		for i := range 300 {
			result := strings.ReplaceAll(body, "_", fmt.Sprint(i))
			fmt.Fprintf(&b, "function \"f%d\" {\n  params = { x = number }\n  result = %s\n}\n", i+1, result)
		}
		b.WriteString("locals {\n  a = f300(1)\n}\n")
		res, ds := eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": b.String()}})
		if got := render(ds, res.Sources); want == "" && len(ds) > 0 || want != "" && (len(ds) != 1 || !strings.Contains(got, want)) {
			t.Errorf("%s: want %q, got\n%s", body, want, got)
		}
	}
}

// TestFiles_values: the text of a file decides values, and is no input.
func TestFiles_values(t *testing.T) {
	f := files{
		"sub/conf.yaml": "\ufefffolds: [1, 2]\r\nname: x\r\n",
		"sub/pipeline.hcl": `data "conf" {
  path = "conf.yaml"
}

stage "s" {
  working_dir = "deep/er"
  for_each    = grid({ fold = yamldecode(file(data.conf)).folds })
  command     = ["x", yamldecode(file(data.conf)).name, file("conf.yaml")]
}
`,
	}
	res, ds := eval.Evaluate(eval.Request{Read: f, Dir: "sub"})
	if len(ds) > 0 {
		t.Fatal(render(ds, res.Sources))
	}
	if n := len(res.Graph.Instances); n != 2 {
		t.Fatalf("%d instances", n)
	}
	x := &res.Graph.Instances[0]
	if got := strings.Join(x.Args, "|"); got != "x|x|folds: [1, 2]\nname: x\n" || len(x.Inputs) != 0 {
		t.Errorf("args %q, inputs %+v", got, x.Inputs)
	}
}

// big is a project in which every file is said to be large.
type big struct{ files }

func (big) Size(string) (int64, error) { return 1 << 40, nil }

func (b big) ReadFile(name string) ([]byte, error) {
	if name == "huge" {
		panic("it is read")
	}
	return b.files.ReadFile(name)
}

// TestFiles_large: a file that is too large is not read at all.
func TestFiles_large(t *testing.T) {
	b := big{files{"huge": "", "pipeline.hcl": "locals {\n  x = file(\"huge\")\n}\n"}}
	for name, ds := range map[string]diag.List{
		"one":  second(eval.Evaluate(eval.Request{Read: b})),
		"many": many(b),
	} {
		if len(ds) != 1 || !strings.Contains(ds[0].Detail, "10 MB") {
			t.Errorf("%s: %v", name, ds)
		}
	}
}

func second(_ *eval.Result, ds diag.List) diag.List { return ds }

func many(r eval.Reader) diag.List {
	_, lists := eval.EvaluateMany(eval.Request{Read: r}, [][]param.Setting{nil}, 1)
	return lists[0]
}

// TestFiles_made: a file that a stage makes is refused by its path, whether it is there
// or not, with one message.
func TestFiles_made(t *testing.T) {
	const text = "locals {\n  x = jsondecode(file(\"out/a.json\"))\n}\n\nstage \"s\" {\n  outputs = { d = \"out/\" }\n  command = [\"x\"]\n}\n"
	for _, f := range []files{{"pipeline.hcl": text}, {"pipeline.hcl": text, "out/a.json": "{}"}} {
		res, ds := eval.Evaluate(eval.Request{Read: f})
		if len(ds) != 1 || ds[0].Code != "E-file-output" || len(ds[0].Notes) != 1 {
			t.Errorf("got\n%s", render(ds, res.Sources))
		}
	}
}

// TestFunctions_docs: what is told about functions of a pipeline.
func TestFunctions_docs(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range eval.Functions() {
		if f.Call == "" || f.Doc == "" || seen[f.Name] {
			t.Errorf("%+v", f)
		}
		seen[f.Name] = true
	}
	if !seen["file"] || seen["try"] {
		t.Error("the table is another one")
	}
}
