package param_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/number"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
)

const train = `
param "train" {
  type = object({ C = number, max_iter = optional(int, 1000), solver = optional(string), tags = optional(list(string), []) })
  file = "params.yaml"
}
`

// leaves writes what was bound, one leaf a line.
func leaves(p param.Params) string {
	var b strings.Builder
	for i := range p.List {
		for _, l := range p.List[i].Leaves {
			fmt.Fprintf(&b, "%s = %s from %s\n", p.List[i].LeafName(l), l.Text, l.Origin)
		}
	}
	return b.String()
}

func TestBind(t *testing.T) {
	for _, c := range []struct {
		name string
		hcl  string
		w    world
		want string
	}{
		{"file and defaults", train, world{files: map[string]string{"params.yaml": "other: {x: 1}\ntrain:\n  C: 1.0\n"}},
			"param.train.C = 1 from params.yaml:3\nparam.train.max_iter = 1000 from default\nparam.train.solver = null from default\nparam.train.tags = [] from default\n"},
		{"every layer", train, world{files: map[string]string{
			"params.yaml": "train: {C: 1.0, max_iter: 5, solver: lbfgs, tags: [a, b]}\n",
			"conf.yaml":   "train:\n  max_iter: 6\n  tags: [c]\n", "more.json": `{"train": {"solver": "saga"}}`,
		}, extra: []string{"conf.yaml", "more.json"}, set: []string{"train.C=10"}},
			"param.train.C = 10 from -p train.C\nparam.train.max_iter = 6 from --params conf.yaml:2\nparam.train.solver = saga from --params more.json:1\nparam.train.tags = [\"c\"] from --params conf.yaml:3\n"},
		{"null is absent", train, world{files: map[string]string{"params.yaml": "train: {C: 1, max_iter: null, solver: ~}\n", "c.yaml": "train: {C: null}"}, extra: []string{"c.yaml"}},
			"param.train.C = 1 from params.yaml:1\nparam.train.max_iter = 1000 from default\nparam.train.solver = null from params.yaml:1\nparam.train.tags = [] from default\n"},
		{"object default and -p merge", `param "o" {
  type = object({ a = number, b = object({ c = string, d = optional(bool, true) }) })
  default = { a = 1, b = { c = "x" } }
}`, world{set: []string{"o.b.c=a,b", "o.b.d=false"}}, "param.o.a = 1 from default\nparam.o.b.c = a,b from -p o.b.c\nparam.o.b.d = false from -p o.b.d\n"},
		{"scalar with dotted key", `param "lr" {
  type = number
  file = "p.toml"
  key  = "model.opt.lr"
}`, world{dir: "sub", files: map[string]string{"sub/p.toml": "[model.opt]\nlr = 1_000.5\n"}}, "param.lr = 1000.5 from sub/p.toml:2\n"},
		{"whole file", `param "all" {
  type = map(number)
  file = "p.json"
  key  = ""
}`, world{files: map[string]string{"p.json": `{"b": 1, "a": 2.50}`}}, "param.all.a = 2.5 from p.json:1\nparam.all.b = 1 from p.json:1\n"},
		{"any", `param "x" {
  type = any
  file = "p.yaml"
}`, world{files: map[string]string{"p.yaml": "x: {b: yes, a: [1, 1e-3, null, {q: 017}], c: {}, d: 0o17}\n"}, set: []string{"x.e=[true]", "x.f=word", "x.g=0x", "x.b=1.50"}},
			"param.x.a = [1,0.001,null,{\"q\":17}] from p.yaml:1\nparam.x.b = 1.5 from -p x.b\nparam.x.c = {} from p.yaml:1\nparam.x.d = 15 from p.yaml:1\nparam.x.e = [true] from -p x.e\nparam.x.f = word from -p x.f\nparam.x.g = 0x from -p x.g\n"},
		{"settings are typed by the declaration", `param "s" { type = string }
param "n" { type = number }
param "i" { type = int }
param "b" { type = bool }
param "l" { type = list(number) }
param "t" { type = tuple([string, int]) }
param "m" { type = map(string) }
param "p" { type = path }
param "st" { type = set(int) }`, world{set: []string{"s=1e3", "n=1e3", "i=3.0", "b=true", "l=[1, 2 * 3]", `t=["a", 1]`, `m={ a = "x" }`, `m["b c"]=y`, "p=a/b c", "st=[2, 1, 2]", "n=-0.50"}},
			"param.s = 1e3 from -p s\nparam.n = -0.5 from -p n\nparam.i = 3 from -p i\nparam.b = true from -p b\nparam.l = [1,6] from -p l\nparam.t = [\"a\",1] from -p t\nparam.m.a = x from -p m\nparam.m[\"b c\"] = y from -p m[\"b c\"]\nparam.p = a/b c from -p p\nparam.st = [1,2] from -p st\n"},
		{"no section, all optional", `param "o" {
  type = object({ a = optional(int, 1), in = optional(object({ b = optional(int, 2) }), {}) })
  file = "p.yaml"
}`, world{files: map[string]string{"p.yaml": ""}}, "param.o.a = 1 from default\nparam.o.in.b = 2 from default\n"},
		{"sensitive", `param "pw" {
  type = string
  default = "hunter2"
  sensitive = true
}`, world{}, "param.pw = (sensitive) from default\n"},
		{"anchors and merges", `param "train" {
  type = object({ C = number, depth = int, lr = float })
  file = "p.yaml"
}`, world{files: map[string]string{"p.yaml": "base: &b\n  C: &c 0.5\n  depth: 3\ntrain:\n  <<: *b\n  depth: 4\n  lr: *c\n"}}, "param.train.C = 0.5 from p.yaml:2\nparam.train.depth = 4 from p.yaml:6\nparam.train.lr = 0.5 from p.yaml:2\n"},
		{"elements take their own defaults", `param "l" {
  type = list(object({ a = int, b = optional(int, 7) }))
  default = [{ a = 1 }, { a = 2, b = 3 }]
}`, world{}, `param.l = [{"a":1,"b":7},{"a":2,"b":3}] from default` + "\n"},
		{"settings of one name are layers", `param "o" {
  type    = object({ a = optional(int), b = optional(int) })
  default = { a = 0, b = 0 }
}`, world{set: []string{"o={ a = 1 }", "o={ b = 2 }", "o={ b = 3 }"}}, "param.o.a = 1 from -p o\nparam.o.b = 3 from -p o\n"},
		{"integers are exact", `param "n" {
  type = int
  file = "p.json"
}`, world{files: map[string]string{"p.json": `{"n": 123456789012345678901234567890}`}}, "param.n = 123456789012345678901234567890 from p.json:1\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, diags := param.BindAll(blocks(t, c.hcl), c.w.options())
			if len(diags) > 0 {
				t.Fatal(lines(diags))
			}
			if d := cmp.Diff(c.want, leaves(got)); d != "" {
				t.Error(d)
			}
			for _, b := range got.List {
				if n, err := number.Normalize(b.Value); err != nil || !n.RawEquals(b.Value) || !b.Value.IsWhollyKnown() || b.Value.ContainsMarked() {
					t.Errorf("%s is not normal: %#v", b.Name, b.Value)
				}
				if want := b.Type.Cty(); want != cty.DynamicPseudoType && !want.HasDynamicTypes() && !b.Value.Type().Equals(want) {
					t.Errorf("%s has type %#v, declared %#v", b.Name, b.Value.Type(), want)
				}
			}
		})
	}
}

func TestBindRefuses(t *testing.T) {
	yaml := func(s string) world { return world{files: map[string]string{"params.yaml": s}} }
	list := strings.Replace(train, "C = number", "C = list(number)", 1)
	for _, c := range []struct {
		name string
		hcl  string
		w    world
		want string
	}{
		{"wrong type in a list", list, yaml("train:\n  max_iter: 3\n  C: [0.1, high]\n"), `E-param-type params.yaml:3:12: param.train.C[1] must be a number, not the string "high".`},
		{"a quoted number", train, yaml("train: {C: \"1\"}"), `E-param-type params.yaml:1:12: param.train.C must be a number, not the string "1". Remove the quotes: 1.`},
		{"a number for a string", train, yaml("train: {C: 1, solver: 1.0}"), `E-param-type params.yaml:1:23: param.train.solver must be a string, not the number 1.0. Quote it to make it a string: "1.0".`},
		{"a fraction for an int", train, yaml("train: {C: 1, max_iter: 1.5}"), `E-param-type params.yaml:1:25: param.train.max_iter must be an int (a whole number), not the number 1.5.`},
		{"-p that is not UTF-8", train, world{files: yaml("train: {C: 1}").files, set: []string{"train.solver=\xff"}}, `E-param-set <-p train.solver>:1:1: The text is not UTF-8. Params are text.`},
		{"-p of an element", list, world{files: yaml("train: {C: [1]}").files, set: []string{"train.C[0]=1"}}, `E-param-set <-p train.C[0]>:1:1: -p sets no single element of a list; a list is replaced whole: -p 'train.C=[…]'.`},
		{"-p of a part alone", train, world{files: yaml("train: {C: 1}").files, set: []string{"max_iter=1"}}, `E-param-unknown <-p max_iter>:1:1: There is no param max_iter. Did you mean train.max_iter?`},
		{"-p of a part like no other", train, world{files: yaml("train: {C: 1}").files, set: []string{"train.zzzzz=1"}}, `E-param-unknown-key <-p train.zzzzz>:1:1: param.train has no zzzzz. It has C, max_iter, solver, tags.`},
		{"an infinity", train, yaml("train: {C: .inf}"), `E-param-type params.yaml:1:12: param.train.C must be a number, not the number .inf. Infinities and NaN are no numbers here.`},
		{"out of range", train, yaml("train: {C: 1e999}"), `E-param-type params.yaml:1:12: param.train.C must be a number, not the number 1e999. It is out of range.`},
		{"old YAML bool", `param "b" {
  type = bool
  file = "params.yaml"
}`, yaml("b: yes"), `E-param-type params.yaml:1:4: param.b must be a bool, not the string "yes". Write true.`},
		{"underscores", train, yaml("train: {C: 1_000}"), `E-param-type params.yaml:1:12: param.train.C must be a number, not the string "1_000".`},
		{"unknown name", train, yaml("train:\n  C: 1\n  max_itr: 3\n"), `E-param-unknown-key params.yaml:3:3: param.train has no max_itr. Did you mean max_iter? Declare it in the type of the param, or remove it here.`},
		{"not an object", train, yaml("train: 5"), `E-param-type params.yaml:1:8: param.train must be an object, not the number 5.`},
		{"a null element", list, yaml("train: {C: [1, null]}"), `E-param-type params.yaml:1:16: param.train.C[1] must be a number, not null: null means absent, and an element cannot be absent.`},
		{"missing part", train, yaml("train: {solver: a}"), `E-param-missing pipeline.hcl:2:1: param.train.C has no value. params.yaml has no train.C. Add it there, or give it with -p train.C=VALUE.`},
		{"missing section", train, yaml("trian: {C: 1}"), `E-param-missing pipeline.hcl:2:1: param.train has no value. params.yaml has no train. Did you mean trian? Add it there, or give it with -p train=VALUE.`},
		{"missing without a file", `param "n" { type = int }`, world{}, `E-param-missing pipeline.hcl:1:1: param.n has no value. Give it a default, or a value with -p n=VALUE.`},
		{"missing in an element", `param "l" {
  type = list(object({ a = int }))
  default = [{ a = 1 }, {}]
}`, world{}, `E-param-missing pipeline.hcl:1:1: param.l[1].a has no value. Every element of the list needs it.`},
		{"several missing", train + `param "o" { type = object({ a = int, b = object({ c = int }) }) }`, world{files: yaml("train: {C: 1}").files, set: []string{"o.b={}"}},
			`E-param-missing pipeline.hcl:6:1: param.o.a, param.o.b.c have no value. Give it a default, or a value with -p o.a=VALUE.`},
		{"no file", train, world{}, `E-params-file pipeline.hcl:4:10: There is no file params.yaml.`},
		{"python", strings.ReplaceAll(train, "params.yaml", "params.py"), world{}, `E-params-format pipeline.hcl:4:10: params.py is in no format that dewar reads. Params files are YAML (.yaml, .yml), JSON (.json) or TOML (.toml). Of a Python file only an interpreter knows the values: move them to a YAML file.`},
		{"file outside", strings.ReplaceAll(train, "params.yaml", "../params.yaml"), world{}, `E-param-attribute pipeline.hcl:4:10: A params file must lie inside the project; this path leads out of it.`},
		{"two params, one bad file", train + strings.Replace(train, `"train"`, `"other"`, 1), yaml("train: ["), `E-params-syntax params.yaml:1:1: This is not YAML: did not find expected value.`},
		{"a default that refers", `param "n" {
  type = int
  default = 1 + local.x
}`, world{}, `E-param-default pipeline.hcl:3:17: A default is a constant: it can refer to nothing. Put what is computed into locals.`},
		{"a default that calls", `param "n" {
  type = int
  default = length([1])
}`, world{}, `E-param-default pipeline.hcl:3:13: Functions may not be called here. A default is a constant: it can refer to nothing. Put what is computed into locals.`},
		{"a default of the wrong type", `param "o" {
  type = object({ a = number })
  default = { a = "x", b = 1 }
}`, world{}, "E-param-type pipeline.hcl:3:19: the default of param.o.a must be a number, not the string \"x\".\nE-param-unknown-key pipeline.hcl:3:24: the default of param.o has no b. It has a. Declare it in the type of the param, or remove it here."},
		{"an optional default of the wrong type", `param "o" { type = object({ a = optional(int, 1.5) }) }`, world{}, `E-param-type pipeline.hcl:1:47: the default of a must be an int (a whole number), not the number 1.5.`},
		{"no type", `param "o" { default = 1 }`, world{}, `E-attribute-missing pipeline.hcl:1:1: param "o" needs a type: type = number.`},
		{"composed and decomposed", `param "m" {
  type = map(number)
  file = "params.yaml"
}`, yaml("m:\n  \u00e9: 1\n  e\u0301: 2\n"), "E-params-duplicate params.yaml:3:3: e\u0301 is there twice; neither can win. Remove one."},
		{"a decomposed path", `param "p" {
  type = path
  file = "params.yaml"
}`, yaml("p: e\u0301.csv\n"), "E-path-nfc params.yaml:1:4: param.p is a path whose letters are not in the composed form NFC of Unicode, so it would become the name of another file here. Rename the file."},
		{"a tag", train, yaml("train: {C: !ref x}"), `E-param-type params.yaml:1:17: param.train.C must be a number, not a value with the tag !ref.`},

		{"-p of nothing", train, world{files: yaml("train: {C: 1}").files, set: []string{"trian.C=1"}}, `E-param-unknown <-p trian.C>:1:1: There is no param trian. Did you mean train?`},
		{"-p of no part", train, world{files: yaml("train: {C: 1}").files, set: []string{"train.c=1"}}, `E-param-unknown-key <-p train.c>:1:1: param.train has no c. Did you mean C?`},
		{"-p of the wrong type", train, world{files: yaml("train: {C: 1}").files, set: []string{"train.C=abc"}}, `E-param-type <-p train.C>:1:1: param.train.C must be a number, not the string "abc".`},
		{"-p sweeps", train, world{files: yaml("train: {C: 1}").files, set: []string{"train.C=0.1,1"}}, `E-param-sweep <-p train.C>:1:1: param.train.C is a number, this gives several. To try each of them, use: dewar exp run -p 'train.C=0.1,1'.`},
		{"-p calls", train, world{files: yaml("train: {C: 1}").files, set: []string{"train.C=logspace(-3, 1, 5)"}}, `E-param-sweep <-p train.C>:1:1: param.train.C is a number, and no function is called here: write the value. The values that a function gives are tried by: dewar exp run -p 'train.C=logspace(-3, 1, 5)'.`},
		{"-p into a list", list, world{files: yaml("train: {C: [1]}").files, set: []string{"train.C.0=1"}}, `E-param-set <-p train.C.0>:1:1: param.train.C is a list, which is replaced whole: -p 'train.C=[…]'.`},
		{"-p into a number", train, world{files: yaml("train: {C: 1}").files, set: []string{"train.C.x=1"}}, `E-param-set <-p train.C.x>:1:1: param.train.C is a number and has no parts.`},
		{"-p of a bare list", train, world{files: yaml("train: {C: 1}").files, set: []string{"train.tags=a,b"}}, `E-param-set <-p train.tags>:1:1: param.train.tags is a list of string; write it as in the pipeline: -p 'train.tags=["a", …]'. Strings in it are quoted.`},
		{"-p of unquoted strings", train, world{files: yaml("train: {C: 1}").files, set: []string{"train.tags=[a,b]"}}, `E-param-set <-p train.tags>:1:2: param.train.tags is a list of string; write it as in the pipeline: -p 'train.tags=["a", …]'. Strings in it are quoted.`},
		{"-p without a name", train, world{files: yaml("train: {C: 1}").files, set: []string{".C=1"}}, `E-param-set <-p .C>:1:1: -p takes NAME=VALUE, where NAME is a param or a part of one: -p train.C=10.`},
		{"--params of nothing", train, world{files: map[string]string{"params.yaml": "train: {C: 1}", "c.yaml": "a: 1\ntrain: {C: 2}"}, extra: []string{"c.yaml"}}, `E-param-unknown c.yaml:1:1: There is no param a. The names at the top of a --params file are those of params.`},
		{"--params that is not there", train, world{files: yaml("train: {C: 1}").files, extra: []string{"c.yaml"}}, `E-params-file -: There is no file c.yaml.`},
		{"sensitive values are not shown", `param "n" {
  type = int
  sensitive = true
}`, world{set: []string{"n=secret"}}, `E-param-type <-p n>:1:1: param.n must be an int (a whole number), not another kind of value (sensitive).`},
		{"sensitive sweeps", `param "n" {
  type = int
  sensitive = true
}`, world{set: []string{"n=12,34"}}, `E-param-sweep <-p n>:1:1: param.n is an int (a whole number), this gives several. To try each of them, use: dewar exp run -p 'n=(sensitive)'.`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, diags := param.BindAll(blocks(t, c.hcl), c.w.options())
			if d := cmp.Diff(c.want+"\n", lines(diags)); d != "" {
				t.Error(d)
			}
			for _, dg := range diags {
				if dg.Severity != diag.Error || dg.Summary == "" {
					t.Errorf("%s: severity %d, summary %q", dg.Code, dg.Severity, dg.Summary)
				}
			}
			for _, b := range got.List {
				if b.Broken && b.Value.IsKnown() {
					t.Errorf("%s is broken and has a value", b.Name)
				}
			}
		})
	}
}

// validate works without the params that only a run has.
func TestBindAllowMissing(t *testing.T) {
	hcl := train + "param \"n\" { type = int }\n"
	got, diags := param.BindAll(blocks(t, hcl), world{allow: true}.options())
	if len(diags) > 0 {
		t.Fatal(lines(diags))
	}
	for _, b := range got.List {
		if b.Value.IsWhollyKnown() || !b.Value.Type().Equals(b.Type.Cty()) {
			t.Errorf("%s = %#v", b.Name, b.Value)
		}
	}
}
