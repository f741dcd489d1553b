package eval_test

import (
	"testing"

	"github.com/dewar-build/dewar/eval"
	"github.com/google/go-cmp/cmp"
)

// TestUses_shared: the leaves of a large param are listed once for all stages that read it, and
// one that is read as a part and with the whole is one.
func TestUses_shared(t *testing.T) {
	const text = `param "big" {
  type    = object({ b = number, a = object({ y = number, x = number }) })
  default = { b = 1, a = { y = 2, x = 3 } }
}
param "other" {
  type    = number
  default = 4
}
locals {
  all = param.big
}
stage "s0" {
  command = ["x", param.big.b, param.other]
}
stage "s1" {
  command = ["x", length(local.all)]
}
stage "s2" {
  command = ["x", length(param.big)]
}
stage "s3" {
  command = ["x", param.big.a.x, length(local.all), param.other]
}
stage "s4" {
  env     = { A = param.other, B = jsonencode(param.big) }
  command = ["x", param.big.a.x]
}
stage "s5" {
  command = ["x"]
}
`
	res, ds := eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": text}, Dir: "."})
	if len(ds) > 0 {
		t.Fatal(render(ds, res.Sources))
	}
	var got [][]string
	for _, x := range res.Graph.Instances {
		var names []string
		for _, u := range x.Uses {
			names = append(names, u.Name+"="+u.Text)
		}
		got = append(got, names)
	}
	big := []string{"param.big.a.x=3", "param.big.a.y=2", "param.big.b=1"}
	all := append(big[:3:3], "param.other=4")
	if d := cmp.Diff([][]string{{"param.big.b=1", "param.other=4"}, big, big, all, all, nil}, got); d != "" {
		t.Errorf("uses (-want +got):\n%s", d)
	}
	for _, same := range [][2]int{{1, 2}, {3, 4}} {
		a, b := res.Graph.Instances[same[0]], res.Graph.Instances[same[1]]
		if &a.Uses[0] != &b.Uses[0] {
			t.Errorf("%s and %s, which read the same, have a list each", a.Stage, b.Stage)
		}
	}
}
