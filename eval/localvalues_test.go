package eval_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
	"github.com/google/go-cmp/cmp"
)

// Locals are told with their types and values, large ones by what they begin with, secret
// ones not at all.
func TestLocals(t *testing.T) {
	const text = `param "token" {
  type      = string
  sensitive = true
  default   = "hunter2"
}

param "missing" {
  type = number
}

locals {
  name    = "saga"
  scale   = { low = 1, high = 10 }
  mixed   = [1, "a"]
  grid    = grid({ C = [0.1, 1], solver = ["saga", "lbfgs", "sag"] })
  many    = [for i in range(5000) : i]
  objects = [{ a = 1 }, { b = 2 }]
  secret  = { user = "me", token = param.token }
  unknown = param.missing + 1
  made    = stage.s[*].outputs.x
  bad     = tonumber(join("", stage.s[*].outputs.x))
}

stage "s" {
  for_each = grid({ i = [1, 2] })
  outputs  = { x = "x-${each.i}" }
  command  = ["touch", outputs.x]
}
`
	res, ds := eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": text}, Validate: true, Locals: true})
	if ds.HasErrors() {
		t.Fatal(render(ds, res.Sources))
	}
	got := map[string]eval.Local{}
	for _, l := range res.Locals {
		if len(l.Text) > 510 {
			t.Errorf("%s: the text has %d bytes", l.Name, len(l.Text))
		}
		if l.Name == "many" {
			l.Text, _, _ = strings.Cut(l.Text, ",")
		}
		got[l.Name] = l
	}
	want := map[string]eval.Local{
		"name":  {Name: "name", Type: "string", Text: "saga"},
		"scale": {Name: "scale", Type: "object({ high = number, low = number })", Text: `{"high":10,"low":1}`},
		"mixed": {Name: "mixed", Type: "tuple([number, string])", Text: `[1,"a"]`},
		"grid": {
			Name: "grid", Type: "list(object({ C = number, solver = string }))", Points: 6,
			Text: `[{"C":0.1,"solver":"saga"},{"C":0.1,"solver":"lbfgs"},{"C":0.1,"solver":"sag"},{"C":1,"solver":"saga"},{"C":1,"solver":"lbfgs"},{"C":1,"solver":"sag"}]`,
			Axes: []eval.LocalAxis{{"C", []string{"0.1", "1"}, 2}, {"solver", []string{"saga", "lbfgs", "sag"}, 3}},
		},
		"many":    {Name: "many", Type: "list(number)", Text: "[0"},
		"objects": {Name: "objects", Type: "tuple([object({ a = number }), object({ b = number })])", Text: `[{"a":1},{"b":2}]`},
		"secret":  {Name: "secret", Text: "(sensitive)"},
		"made":    {Name: "made", Type: "list(string)", Text: `["x-1","x-2"]`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if res, _ := eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": text}, Validate: true}); res.Locals != nil {
		t.Error("locals are told though nobody asks")
	}
}
