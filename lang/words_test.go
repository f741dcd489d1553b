package lang_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/dewar-build/dewar/lang"
)

// words writes a traversal as in the source.
func words(t hcl.Traversal) string {
	var b strings.Builder
	for _, s := range t {
		switch s := s.(type) {
		case hcl.TraverseAttr:
			b.WriteString("." + s.Name)
		case hcl.TraverseIndex:
			fmt.Fprintf(&b, "[%#v]", s.Key)
		}
	}
	return b.String()
}

// pipeline is n stages in a chain, five attributes each.
func pipeline(n int) files {
	var b strings.Builder
	b.WriteString("param \"p\" { type = object({ C = number }) }\nlocals {\n  dir = \"build\"\n}\n")
	for i := range n {
		fmt.Fprintf(&b, `
stage "s%d" {
  inputs  = { script = "src/train.py", data = %s }
  outputs = { model = "${local.dir}/models/m%d.bin" }
  metrics = { scores = "build/scores/s%d.json" }
  env     = { C = "${param.p.C}" }
  command = ["python3", inputs.script, "--in", inputs.data, "--out", outputs.model, "--scores", metrics.scores]
}
`, i, map[bool]string{true: fmt.Sprintf("stage.s%d.outputs.model", i-1), false: `"data.csv"`}[i > 0], i, i)
	}
	return files{"pipeline.hcl": b.String()}
}

func benchmarkLoad(b *testing.B, n int) {
	f := pipeline(n)
	b.SetBytes(int64(len(f["pipeline.hcl"])))
	b.ReportAllocs()
	for b.Loop() {
		if _, ds := lang.Load(f, "."); len(ds) > 0 {
			b.Fatal(ds)
		}
	}
}

func BenchmarkLoad1000(b *testing.B)  { benchmarkLoad(b, 1000) }
func BenchmarkLoad10000(b *testing.B) { benchmarkLoad(b, 10000) }

func benchmarkCheck(b *testing.B, n int) {
	p, _ := lang.Load(pipeline(n), ".")
	b.ReportAllocs()
	for b.Loop() {
		if ds := lang.Check(p, functions); len(ds) > 0 {
			b.Fatal(ds)
		}
	}
}

func BenchmarkCheck1000(b *testing.B)  { benchmarkCheck(b, 1000) }
func BenchmarkCheck10000(b *testing.B) { benchmarkCheck(b, 10000) }

func BenchmarkFormat1000(b *testing.B) {
	src := []byte(pipeline(1000)["pipeline.hcl"])
	b.ReportAllocs()
	for b.Loop() {
		if _, err := lang.Format(src); err != nil {
			b.Fatal(err)
		}
	}
}
