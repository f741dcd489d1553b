package eval_test

import (
	"fmt"
	iofs "io/fs"
	"os"
	"sync/atomic"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/graph"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// counted counts what is asked of a project, and notices if it is asked twice at a time.
type counted struct {
	files
	inside, calls, together atomic.Int32
}

func (c *counted) ReadFile(name string) ([]byte, error) {
	if c.inside.Add(1) > 1 {
		c.together.Add(1)
	}
	defer c.inside.Add(-1)
	c.calls.Add(1)
	return c.files.ReadFile(name)
}

// outcome is a result as text.
func outcome(res *eval.Result, ds diag.List) string {
	if res.Graph == nil {
		return "no graph\n" + render(ds, res.Sources)
	}
	return graph.Dump(res.Graph) + render(ds, res.Sources)
}

// TestManyIsEach: evaluating many at once is evaluating each.
func TestManyIsEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := files{"pipeline.hcl": "", "params.yaml": "q:\n  x: 1\n"}
		for _, b := range append(pipeline(t), `
param "q" {
  type = object({ x = int, y = optional(list(string), []) })
  file = "params.yaml"
  validation {
    condition = param.q.x < 5
    error     = "x is ${param.q.x}"
  }
}
stage "more" {
  for_each = [for i in range(param.q.x) : { i = i }]
  params   = [override(param.q.x, each.i)]
  outputs  = { o = "more/${each.i}" }
  metrics  = { m = "m/${each.i}" }
  command  = "x ${outputs.o} ${param.q.y}"
  assert {
    condition = metrics.m.acc > param.q.x
    error     = "low: ${metrics.m.acc}"
  }
}
`) {
			f["pipeline.hcl"] += b
		}
		var sets [][]param.Setting
		for range rapid.IntRange(0, 6).Draw(t, "sets") {
			sets = append(sets, settings(rapid.SliceOfN(rapid.SampledFrom([]string{
				"p.a=0.25", "p.a=x", "p.b=[2, 3]", "q.x=3", "q.x=7", `q.y=["a b"]`, "r=1", "q.x=2",
			}), 0, 3).Draw(t, "set")...))
		}
		base := settings("q.x=2")
		reader := &counted{files: f}
		results, lists := eval.EvaluateMany(eval.Request{Read: reader, Set: base}, sets, rapid.IntRange(0, 8).Draw(t, "workers"))
		if len(results) != len(sets) || len(lists) != len(sets) {
			t.Fatal(len(results), len(lists))
		}
		for i, set := range sets {
			want := outcome(eval.Evaluate(eval.Request{Read: f, Set: append(base[:1:1], set...)}))
			if diff := cmp.Diff(want, outcome(results[i], lists[i])); diff != "" {
				t.Fatalf("%v: %s", set, diff)
			}
		}
		if reader.together.Load() > 0 || reader.calls.Load() > 4 {
			t.Errorf("%d calls, %d at a time", reader.calls.Load(), reader.together.Load())
		}
	})
}

// TestManyOfNone: what is wrong with the text is wrong everywhere.
func TestManyOfNone(t *testing.T) {
	f := files{"pipeline.hcl": "stage \"a\" {\n  command = [local.x]\n}\n"}
	results, lists := eval.EvaluateMany(eval.Request{Read: f}, make([][]param.Setting, 3), 2)
	want := outcome(eval.Evaluate(eval.Request{Read: f}))
	for i := range results {
		if diff := cmp.Diff(want, outcome(results[i], lists[i])); diff != "" {
			t.Error(diff)
		}
	}
	if results, lists := eval.EvaluateMany(eval.Request{Read: f}, nil, 2); len(results) != 0 || len(lists) != 0 {
		t.Error(results, lists)
	}
}

// TestManyWithModules: the text of modules is shared too, with what is wrong with it.
func TestManyWithModules(t *testing.T) {
	const top = `
param "C" {
  type = int
}
module "m" {
  source   = "m"
  for_each = grid({ k = [1, 2] })
  params   = { C = param.C * each.k }
}
`
	const stage = `
param "C" {
  type = int
  validation {
    condition = param.C < 5
    error     = "C is ${param.C}"
  }
}
stage "a" {
  outputs = { o = "o" }
  command = ["make", outputs.o, param.C]
}
`
	var sets [][]param.Setting
	for c := range 4 {
		sets = append(sets, settings(fmt.Sprintf("C=%d", c)))
	}
	for _, text := range []string{stage, stage + "stage \"b\" {\n  command = [local.x]\n}\n"} {
		f := files{"pipeline.hcl": top, "m/pipeline.hcl": text}
		results, lists := eval.EvaluateMany(eval.Request{Read: f}, sets, 3)
		for i, set := range sets {
			want := outcome(eval.Evaluate(eval.Request{Read: f, Set: set}))
			if diff := cmp.Diff(want, outcome(results[i], lists[i])); diff != "" {
				t.Errorf("%v: %s", set, diff)
			}
		}
	}
}

// penguins is the example with that name.
func penguins(b *testing.B) files {
	f := files{}
	root := os.DirFS("../examples/penguins")
	err := iofs.WalkDir(root, ".", func(p string, e iofs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !e.Type().IsRegular() {
			return err
		}
		text, err := iofs.ReadFile(root, p)
		f[p] = string(text)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return f
}

// BenchmarkMany evaluates 1,000 points of the penguins example.
func BenchmarkMany(b *testing.B) {
	f := penguins(b)
	var sets [][]param.Setting
	for i := range 1000 {
		sets = append(sets, settings(fmt.Sprintf("train.C=%d", i+1)))
	}
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				results, lists := eval.EvaluateMany(eval.Request{Read: f}, sets, workers)
				for i, res := range results {
					if lists[i].HasErrors() {
						b.Fatal(render(lists[i], res.Sources))
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N)/1000, "ms/evaluation")
		})
	}
	b.Run("one by one", func(b *testing.B) {
		for b.Loop() {
			for _, set := range sets {
				if res, ds := eval.Evaluate(eval.Request{Read: f, Set: set}); ds.HasErrors() {
					b.Fatal(render(ds, res.Sources))
				}
			}
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N)/1000, "ms/evaluation")
	})
}
