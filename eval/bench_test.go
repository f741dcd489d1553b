package eval_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
)

// blocks is a pipeline of n stages, each reading the one before it.
func blocks(n int) files {
	var b strings.Builder
	b.WriteString("param \"p\" {\n  type    = object({ a = number, b = string })\n  default = { a = 0.1, b = \"x\" }\n}\nlocals {\n  l = \"${param.p.b}-l\"\n}\n")
	b.WriteString("stage \"s0\" {\n  outputs = { o = \"o/0\" }\n  command = [\"make\"]\n}\n")
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, `stage "s%d" {
  inputs  = { prev = stage.s%d.outputs.o, script = "src/%d.py" }
  outputs = { o = "o/%d", log = "log/${local.l}-%d" }
  command = ["python3", inputs.script, "--a=${param.p.a}", inputs.prev, outputs.o]
  env     = { B = param.p.b }
}
`, i, i-1, i, i, i)
	}
	return files{"pipeline.hcl": b.String()}
}

// points is a grid of n points, one stage that makes a file for each, one that
// goes on from each, and one that gathers all.
func points(n int) files {
	return files{"pipeline.hcl": fmt.Sprintf(`
param "p" {
  type    = object({ a = number })
  default = { a = 0.1 }
}
stage "prep" {
  outputs = { table = "build/table.csv" }
  command = ["prep", outputs.table]
}
stage "train" {
  for_each = grid({ lr = [for i in range(%d) : i / 100], depth = range(10) })
  inputs   = { table = stage.prep.outputs.table, script = "src/train.py" }
  outputs  = { model = "build/models/${each.key}.pkl", log = "build/logs/${each.key}.txt" }
  command  = ["python3", inputs.script, "--lr", each.lr, "--depth=${each.depth}", "--a=${param.p.a}", inputs.table, outputs.model]
  env      = { SEED = each.depth }
}
`, n/10)}
}

func fanned(n int) files {
	f := points(n)
	f["pipeline.hcl"] += `
stage "evaluate" {
  for_each = stage.train
  inputs   = { model = each.outputs.model, script = "src/evaluate.py" }
  metrics  = { scores = "build/scores/${each.key}.json" }
  command  = "python3 ${inputs.script} ${inputs.model} ${each.lr} > ${metrics.scores}"
}
stage "report" {
  inputs  = { scores = stage.evaluate[*].metrics.scores }
  outputs = { page = "build/report.html" }
  command = concat(["report", outputs.page], inputs.scores)
}
`
	return f
}

func benchmark(b *testing.B, f files, instances int) {
	b.ReportAllocs()
	for b.Loop() {
		res, ds := eval.Evaluate(eval.Request{Read: f, Dir: "."})
		if ds.HasErrors() {
			b.Fatal(render(ds, res.Sources))
		}
		if got := len(res.Graph.Instances); got != instances {
			b.Fatalf("%d instances, not %d", got, instances)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(instances), "ns/instance")
}

func BenchmarkBlocks(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmark(b, blocks(n), n) })
	}
}

func BenchmarkPoints(b *testing.B) {
	for _, n := range []int{1000, 10000, 100000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmark(b, points(n), n+1) })
	}
}

func BenchmarkFanned(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmark(b, fanned(n), 2*n+2) })
	}
}

// picked is a second grid whose points pick one instance each of the first.
func picked(n int) files {
	f := points(n)
	f["pipeline.hcl"] += fmt.Sprintf(`
stage "check" {
  for_each = grid({ lr = [for i in range(%d) : i / 100], depth = range(10) })
  inputs   = { model = pick(stage.train, { lr = each.lr, depth = each.depth }).outputs.model }
  outputs  = { ok = "build/checks/${each.key}" }
  command  = ["check", inputs.model, outputs.ok]
}
`, n/10)
	return f
}

func BenchmarkPicked(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmark(b, picked(n), 2*n+1) })
	}
}
