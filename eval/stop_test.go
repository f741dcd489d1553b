package eval_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
)

// manyParams are files of 10,000 params.
var manyParams = struct{ yaml, toml, json string }{
	"p:\n" + strings.Repeat("  - {a: 1, b: xyz}\n", 10_000),
	strings.Repeat("[[p]]\na = 1\nb = \"xyz\"\n", 10_000),
	`{"p": [` + strings.Repeat("{\"a\": 1, \"b\": \"xyz\"},\n", 9_999) + `{}]}`,
}

// TestStop: an evaluation that nobody waits for ends soon, wherever it is.
func TestStop(t *testing.T) {
	for name, text := range map[string]string{
		"points":    "stage \"s\" {\n  for_each = grid({ a = range(10), b = range(1000) })\n  command  = [\"s\", each.a]\n}\n",
		"loops":     "locals {\n  x = [for i in range(100) : [for j in range(100) : i]]\n}\nstage \"s\" {\n  command = [\"s\", length(local.x)]\n}\n",
		"functions": "function \"f\" {\n  params = { a = number }\n  type = number\n  result = a\n}\nlocals {\n  x = [for i in range(10000) : f(i)]\n}\nstage \"s\" {\n  command = [\"s\", length(local.x)]\n}\n",
		"choice":    "stage \"s\" {\n  for_each = grid({ a = range(10000) })\n  command  = [\"s\", each.a]\n}\nstage \"r\" {\n  command = [\"r\", length([for a in range(10000) : where(stage.s, { a = a })])]\n}\n",
		"yaml":      "param \"p\" {\n  type = any\n  file = \"p.yaml\"\n}\n",
		"toml":      "param \"p\" {\n  type = any\n  file = \"p.toml\"\n}\n",
		"json":      "param \"p\" {\n  type = any\n  file = \"p.json\"\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			evaluate := func(most int) (asked int, res *eval.Result) {
				res, ds := eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": text, "p.yaml": manyParams.yaml, "p.toml": manyParams.toml, "p.json": manyParams.json}, Stop: func() bool { asked++; return asked > most }})
				if ds.HasErrors() {
					t.Fatal(ds.Err())
				}
				return asked, res
			}
			all, res := evaluate(1 << 30)
			if res.Stopped || res.Graph == nil || all < 10 {
				t.Fatalf("it was not stopped, after %d questions: %+v", all, res)
			}
			for _, after := range []int{0, all / 2} {
				if asked, res := evaluate(after); asked > after+1 || !res.Stopped || res.Graph != nil {
					t.Errorf("stopped after %d of %d questions, it asked %d", after, all, asked)
				}
			}
		})
	}
}
