package eval_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/google/go-cmp/cmp"
)

// swept is a pipeline with a param of every kind.
const swept = `
param "train" {
  type = object({
    C       = number
    depth   = optional(int, 3)
    solver  = optional(string, "saga")
    warm    = optional(bool)
    layers  = optional(list(int), [1])
    nested  = optional(list(list(int)))
    shape   = optional(tuple([string, int]))
    tags    = optional(set(string))
    weights = optional(map(number))
    opt     = optional(object({ lr = optional(float, 0.1), name = optional(string) }))
  })
  default = { C = 1 }
}
param "free" {
  type    = any
  default = 1
}
param "file" {
  type    = path
  default = "a.csv"
}
param "token" {
  type      = string
  default   = "hunter2"
  sensitive = true
}
stage "a" {
  outputs = { o = "o" }
  command = ["a", param.train.C, outputs.o]
}
`

// settings takes "name=text" apart.
func settings(list ...string) []param.Setting {
	var out []param.Setting
	for _, s := range list {
		name, text, _ := strings.Cut(s, "=")
		out = append(out, param.Setting{Name: name, Text: text})
	}
	return out
}

// axes is the axes of a sweep, one a line.
func axes(s eval.Sweep) string {
	var b strings.Builder
	for _, a := range s.Axes {
		fmt.Fprintf(&b, "%s: %s\n", a.Name, strings.Join(a.Values, " | "))
	}
	return b.String()
}

func readSweep(more, block string, set ...string) (eval.Sweep, []string, string) {
	s, src, ds := eval.ReadSweep(eval.Request{Read: files{"pipeline.hcl": swept + more}}, block, settings(set...))
	var codes []string
	for _, d := range ds {
		codes = append(codes, d.Code)
	}
	return s, codes, strings.Join(strings.Fields(render(ds, src)), " ")
}

func TestSweepSettings(t *testing.T) {
	for _, c := range []struct{ set, want string }{
		{"train.C=0.1,1,10", "0.1 | 1 | 10"},
		{"train.C= 0.10 , 1e1", "0.1 | 10"},
		{"train.C=logspace(-3, 1, 5)", "0.001 | 0.01 | 0.1 | 1 | 10"},
		{"train.C=1,logspace(1, 2, 2),[3, 4]", "1 | 10 | 100 | 3 | 4"},
		{"train.C=[0.5]", "0.5"},
		{"train.C=[for i in range(3) : pow(2, i)]", "1 | 2 | 4"},
		{"train.C=5", "5"},
		{"train.depth=1,2.0,3", "1 | 2 | 3"},
		{"train.depth=range(1, 4)", "1 | 2 | 3"},
		{"train.warm=true,false", "true | false"},
		{"train.solver=saga", "saga"},
		{`train.solver=["saga", "a, b", "x[1]"]`, "saga | a, b | x[1]"},
		{"train.solver=[saga", "[saga"},
		{"train.layers=[1, 2]", "[1, 2]"},
		{"train.layers=[[1, 2], [3], []]", "[1, 2] | [3] | []"},
		{"train.layers=[]", "[]"},
		{"train.layers=[for n in [1, 2] : range(n)]", "[0] | [0, 1]"},
		{"train.nested=[[1], [2]]", "[[1], [2]]"},
		{"train.nested=[[[1]], [[2], [3]]]", "[[1]] | [[2], [3]]"},
		{`train.shape=["a", 1]`, `["a", 1]`},
		{`train.shape=[["a", 1], ["b", 2]]`, `["a", 1] | ["b", 2]`},
		{`train.tags=["b", "a", "b"]`, `["a", "b"]`},
		{"train.weights={ a = 1 }", "{ a = 1 }"},
		{`train.weights=[{ a = 1 }, { "b c" = 2 }]`, `{ a = 1 } | { "b c" = 2 }`},
		{"train.weights.a=1,2", "1 | 2"},
		{"train.opt=[{ lr = 1 }, { name = \"${1}x\" }]", "{ lr = 1 } | { name = \"1x\" }"},
		{"train.opt.lr=0.1,0.2", "0.1 | 0.2"},
		{"train=grid({ C = [1, 2] })", "{ C = 1 } | { C = 2 }"},
		{"free=1,2", "1 | 2"},
		{`free=[1, "1", "x", true, "true", [1, "y"], { a = 1 }, ""]`, `1 | "1" | x | true | "true" | [1, "y"] | { a = 1 } | `},
		{"free=logspace(0, 1, 2)", "1 | 10"},
		{"free=1,true", "1 | true"},
		{"free={ a = [1] }", "{ a = [1] }"},
		{`free="1"`, `"1"`},
		{"free=word", "word"},
		{"free.x.y=1,2", "1 | 2"},
		{`file=["a.csv", "b.csv"]`, "a.csv | b.csv"},
	} {
		s, codes, text := readSweep("", "", c.set)
		name, _, _ := strings.Cut(c.set, "=")
		if got, want := axes(s), name+": "+c.want+"\n"; got != want || len(codes) > 0 {
			t.Errorf("%s\n got  %s want %s %s", c.set, got, want, text)
		}
	}
}

func TestSweepMistakes(t *testing.T) {
	for _, c := range []struct{ set, code, want string }{
		{"train.C=1,high", "E-param-type", `param.train.C must be a number, not the string "high"`},
		{"train.C=", "E-param-type", "must be a number"},
		{"train.C=1,,2", "E-param-set", "A value is missing"},
		{"train.C=1,", "E-param-set", "A value is missing"},
		{"train.C=[]", "E-sweep-empty", "no values to try for param.train.C"},
		{"train.C=[1, \"2\"]", "E-param-type", "not the string"},
		{"train.C=[1, null]", "E-param-type", "cannot be null"},
		{"train.C=[a, b]", "E-param-set", "Texts are quoted"},
		{"train.C=[param.free]", "E-param-set", "constants, and functions of constants"},
		{"train.C=logspce(1, 2, 3)", "E-function-unknown", `Did you mean "logspace"?`},
		{"train.C=logspace(1, 2)", "E-call", "expects 3 arguments"},
		{"train.C=[1 2]", "E-param-set", "not an expression"},
		{"train.C=range(1e9)", "E-call", "more than 1000000 numbers"},
		{"train.depth=1,2.5", "E-param-type", "an int (a whole number)"},
		{"train.warm=true,no", "E-param-type", "must be a bool"},
		{"train.solver=[saga, lbfgs]", "E-param-set", `["a", "b"]`},
		{"train.solver=[1]", "E-param-type", "must be a string, not the number 1"},
		{"train.layers=1,2", "E-param-set", "[[1, …], …]"},
		{"train.layers=[[1, \"a\"], [2]]", "E-param-type", "must be an int"},
		{"train.opt=[{ lr = 1, x = 2 }]", "E-param-unknown-key", "has no x"},
		{"train.opt=5", "E-param-type", "must be an object"},
		{"trian.C=1", "E-param-unknown", "Did you mean train?"},
		{"lr=1", "E-param-unknown", ""},
		{"train.c=1", "E-param-unknown-key", "Did you mean C?"},
		{"train.layers.x=1", "E-param-set", "replaced whole"},
		{"train.C[0]=1", "E-param-set", "no single element"},
		{"train.=1", "E-param-set", "NAME=VALUE"},
		{"token=a", "E-sensitive", "param.token is sensitive"},
		{"train.C=1,1.0,2", "W-sweep-duplicate", "param.train.C is to be 1 twice"},
		{"train.solver=saga,lbfgs", "W-sweep-text", `-p 'train.solver=["saga", "lbfgs"]'`},
		{"free=a,b", "W-sweep-text", `-p 'free=["a", "b"]'`},
	} {
		_, codes, text := readSweep("", "", c.set)
		if !cmp.Equal(codes, []string{c.code}) || !strings.Contains(text, c.want) {
			t.Errorf("%s: want %s %q, got %v\n%s", c.set, c.code, c.want, codes, text)
		}
		if strings.Contains(text, "hunter2") {
			t.Errorf("%s shows a secret", c.set)
		}
	}
	if _, codes, _ := readSweep("", "", "train.C="+strings.Repeat("x,", 1000)+"x"); len(codes) != 20 {
		t.Errorf("%d messages", len(codes))
	}
	if _, codes, _ := readSweep("", "", "train.C=1,x", "train.C=2,3"); len(codes) != 0 {
		t.Errorf("the later of two settings does not count: %v", codes)
	}
}

const search = `
experiment "search" {
  description = "which regularization"
  params = {
    train  = { C = logspace(-1, 1, 3), solver = ["lbfgs", "saga"], opt = { "lr" = 0.5 } }
    "free" = [[1, 2], [3]]
    "train.weights" = { a = [1, 2] }
    train.layers = [[1], [1, 2]]
  }
  maximize = "test_accuracy"
  search   = "random"
  budget   = 7
  seed     = 1.50
}
`

func TestSweepBlock(t *testing.T) {
	block := strings.Replace(search, "    train.layers", "    \"train.layers\"", 1)
	s, codes, text := readSweep(block, "search", "train.C=5", "train.depth=1,2")
	if len(codes) > 0 {
		t.Fatal(text)
	}
	want := "train.C: 5\ntrain.solver: lbfgs | saga\ntrain.opt.lr: 0.5\nfree: [1, 2] | [3]\ntrain.weights.a: 1 | 2\ntrain.layers: [1] | [1, 2]\ntrain.depth: 1 | 2\n"
	if diff := cmp.Diff(want, axes(s)); diff != "" {
		t.Error(diff)
	}
	if s.Block != "search" || s.Metric != "test_accuracy" || !s.Maximize || !s.Random || s.Budget != 7 || s.Seed != "1.5" || s.Description != "which regularization" || s.MetricSpan.IsZero() || s.Zip {
		t.Errorf("%+v", s)
	}
	points, ds := eval.Points(s)
	if len(points) != 7 || len(ds) > 0 {
		t.Error(len(points), ds)
	}
}

func TestSweepUnknownBlock(t *testing.T) {
	const two = "experiment \"search\" {}\nexperiment \"other\" {}\n"
	for block, want := range map[string]string{"serch": `Did you mean "search"? There are: search, other.`, "x": "There are: search, other."} {
		if _, codes, text := readSweep(two, block); !cmp.Equal(codes, []string{"E-experiment-unknown"}) || !strings.Contains(text, want) {
			t.Errorf("%v %s", codes, text)
		}
	}
	if _, _, text := readSweep("", "x"); !strings.Contains(text, "The pipeline declares none") {
		t.Error(text)
	}
	if _, codes, _ := readSweep("stage \"a\" {}", "x"); !cmp.Equal(codes, []string{"E-duplicate"}) {
		t.Error(codes)
	}
	s, codes, _ := readSweep("", "")
	if points, _ := eval.Points(s); len(points) != 1 || len(points[0]) != 0 || len(codes) > 0 {
		t.Error(points)
	}
}
