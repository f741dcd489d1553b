package eval_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
)

// moduleUses is n uses of a module of 20 stages, each stage reading what it was given and what
// the one before it makes, and a stage that reads the last of each use.
func moduleUses(n int, source, at string) files {
	var b strings.Builder
	b.WriteString("param \"raw\" {\n  type = list(path)\n}\nparam \"n\" {\n  type = number\n}\n")
	prev := "param.raw[0]"
	for i := range 20 {
		fmt.Fprintf(&b, "stage \"s%d\" {\n  inputs  = { raw = param.raw, prev = %s, script = \"src/%d.py\", all = glob(\"src/*.txt\") }\n  outputs = { o = \"build/%d\" }\n  command = [\"python3\", inputs.script, \"-n\", param.n, inputs.prev, outputs.o]\n}\n", i, prev, i, i)
		prev = fmt.Sprintf("stage.s%d.outputs.o", i)
	}
	fmt.Fprintf(&b, "output \"last\" {\n  value = %s\n}\noutput \"own\" {\n  value = files(\"src\", \"*.txt\")[*].path\n}\n", prev)
	return files{
		"pipeline.hcl": fmt.Sprintf(`
stage "make" {
  outputs = { o = "raw/o" }
  command = ["make", outputs.o]
}
module "m" {
  source   = %s
  for_each = grid({ n = range(%d) })
  params   = { raw = [stage.make.outputs.o, "raw/by-hand.csv"], n = each.n }
}
stage "use" {
  inputs  = { last = module.m[*].outputs.last, own = module.m[*].outputs.own[0] }
  command = ["use"]
}
`, source, n),
		at + "pipeline.hcl": b.String(), at + "src/a.txt": "", at + "src/b.txt": "",
	}
}

func BenchmarkModules(b *testing.B) {
	for _, c := range []struct{ name, source, at string }{
		{"directory", `"lib"`, "lib/"},
		{"git", fromGit("."), keptAt + strings.Repeat("a", 40) + "/"},
	} {
		f := moduleUses(300, c.source, c.at)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				res, ds := eval.Evaluate(eval.Request{Read: f, Modules: gitModules})
				if len(ds) > 0 {
					b.Fatal(render(ds, res.Sources))
				}
				if got := len(res.Graph.Instances); got != 6002 {
					b.Fatalf("%d instances", got)
				}
			}
		})
	}
}
