package eval_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/graph"
)

// TestLongScript: a script too long for an argument is a file of the input root.
func TestLongScript(t *testing.T) {
	body := strings.Repeat("echo ${each.x} # padding padding padding padding\n", 3000)
	f := files{"sub/pipeline.hcl": "stage \"a\" {\n  for_each = [{ x = 1 }]\n  command = <<EOT\n" + body + "EOT\n}\n"}
	res, ds := eval.Evaluate(eval.Request{Read: f, Dir: "sub"})
	if len(ds) > 0 {
		t.Fatal(render(ds, res.Sources))
	}
	x := &res.Graph.Instances[0]
	if got := strings.Join(x.Args, " "); got != "/bin/sh -eu ../.dewar/script" {
		t.Errorf("args %s", got)
	}
	if len(x.Inputs) != 1 || x.Inputs[0].Kind != graph.Literal || x.Inputs[0].At != ".dewar/script" || string(x.Inputs[0].Bytes) != x.Script {
		t.Errorf("inputs %+v", x.Inputs)
	}
}

// TestBackwards: stages that stand before what they refer to, in a long chain
// of outputs named after outputs.
func TestBackwards(t *testing.T) {
	const n = 3000
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "stage \"s%d\" {\n  inputs = { prev = stage.s%d.outputs.o }\n  outputs = { o = \"o/${basename(inputs.prev)}\" }\n  command = [\"x\"]\n}\n", i, i+1)
	}
	fmt.Fprintf(&b, "stage \"s%d\" {\n  outputs = { o = \"o/last\" }\n  command = [\"x\"]\n}\n", n)
	res, ds := eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": b.String()}, Dir: "."})
	if len(ds) > 0 {
		t.Fatal(render(ds, res.Sources))
	}
	if got := res.Graph.Instances[0].Outputs[0].Path; got != "o/last" {
		t.Error(got)
	}
}

// TestSame: the same answers give the same graph.
func TestSame(t *testing.T) {
	f := fanned(50)
	a, _ := eval.Evaluate(eval.Request{Read: f, Dir: "."})
	b, _ := eval.Evaluate(eval.Request{Read: f, Dir: "."})
	if graph.Dump(a.Graph) != graph.Dump(b.Graph) {
		t.Error("two evaluations of one thing differ")
	}
}

// TestSharedLocals: locals that refer to the one before them twice are looked at once
// each, and a text that doubles forty times is a mistake.
func TestSharedLocals(t *testing.T) {
	for value, want := range map[string]string{"local.a%d == local.a%d": "", "\"${local.a%d}${local.a%d}\"": "E-template"} {
		var b strings.Builder
		b.WriteString("locals {\n  a0 = \"x\"\n")
		for i := range 40 {
			fmt.Fprintf(&b, "  a%d = "+value+"\n", i+1, i, i)
		}
		res, ds := eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": b.String() + "}\n"}, Dir: "."})
		if got := render(ds, res.Sources); want == "" && len(ds) > 0 || want != "" && (len(ds) != 1 || !strings.Contains(got, want)) {
			t.Errorf("want %q, got\n%s", want, got)
		}
	}
}
