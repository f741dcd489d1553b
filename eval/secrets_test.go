package eval_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
)

// TestSecretsAreNotShown: whatever is wrong, no message holds a part of the value of a
// sensitive param, be it quoted by the message or in a line of the sources.
func TestSecretsAreNotShown(t *testing.T) {
	const decl = "param \"pw\" {\n  type = %TYPE\n  file = \"s.yaml\"\n  sensitive = true\n}\n"
	const use = "stage \"s\" {\n  command = [\"x\", length(local.a) > 0 ? \"a\" : \"b\"]\n}\n"
	for _, c := range []struct{ name, typ, yaml, more, want string }{
		{"wrong type", "int", "pw: hunter2", "", "E-param-type"},
		{"wrong type inside", "object({ s = string, n = int })", "pw: {s: hunter2, n: x}", "", "E-param-type"},
		{"unknown name", "object({ s = string })", "pw: {s: hunter2, n: x}", "", "E-param-unknown-key"},
		{"not well formed", "string", "pw: 'hunter2' x", "", "E-params-syntax"},
		{"a condition", "string", "pw: hunter2", "param \"q\" {\n  type = int\n  default = 1\n  validation {\n    condition = param.q > 1 && param.pw == \"\"\n    error = \"no\"\n  }\n}\n", "E-param-invalid"},
		{"tonumber", "string", "pw: hunter2", "locals {\n  a = tonumber(param.pw)\n}\n" + use, "E-call"},
		{"parseint", "string", "pw: hunter2", "locals {\n  a = parseint(param.pw, 10)\n}\n" + use, "E-call"},
		{"lookup", "string", "pw: hunter2", "locals {\n  a = lookup({}, param.pw)\n}\n" + use, "E-call"},
		{"pick", "string", "pw: hunter2", "locals {\n  a = pick([{ x = 1 }], { x = param.pw })\n}\n" + use, "E-call"},
		{"regex", "string", "pw: hunter2", "locals {\n  b = \"(${param.pw}\"\n  a = regex(local.b, \"x\")\n}\n" + use, "E-call"},
		{"an element of a list", "list(string)", "pw: [hunter2]", "locals {\n  a = [for p in param.pw : tonumber(p)]\n}\n" + use, "E-call"},
		{"index", "string", "pw: hunter2", "locals {\n  a = { b = 1 }[param.pw]\n}\n" + use, "E-value-index"},
		{"duplicate name", "string", "pw: hunter2", "locals {\n  a = { for i in [1, 2] : param.pw => i }\n}\n" + use, "E-value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := files{"pipeline.hcl": strings.ReplaceAll(decl, "%TYPE", c.typ) + c.more, "s.yaml": c.yaml + "\n"}
			res, ds := eval.Evaluate(eval.Request{Read: f, Dir: "."})
			got := render(ds, res.Sources)
			if !strings.Contains(got, c.want) || strings.Contains(got, "hunter") {
				t.Errorf("want %s, and no secret, in\n%s", c.want, got)
			}
		})
	}
}

// TestSecretDefaultsAreNotShown: a default that should not be in the sources at all.
func TestSecretDefaultsAreNotShown(t *testing.T) {
	f := files{"pipeline.hcl": "param \"pw\" {\n  type = int\n  default = \"hunter2\"\n  sensitive = true\n}\n"}
	res, ds := eval.Evaluate(eval.Request{Read: f, Dir: ".", Set: []param.Setting{}})
	if got := render(ds, res.Sources); !strings.Contains(got, "E-param-type") || strings.Contains(got, "hunter") {
		t.Error(got)
	}
}
