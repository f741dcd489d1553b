package param_test

import (
	"testing"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

func expression(t testing.TB, text string) hcl.Expression {
	t.Helper()
	e, diags := hclsyntax.ParseExpression([]byte(text), "p.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return e
}

func TestParseType(t *testing.T) {
	for _, c := range []struct {
		in  string
		cty cty.Type
	}{
		{"string", cty.String}, {"number", cty.Number}, {"int", cty.Number}, {"float", cty.Number}, {"bool", cty.Bool}, {"path", cty.String}, {"any", cty.DynamicPseudoType},
		{"list(int)", cty.List(cty.Number)}, {"set(string)", cty.Set(cty.String)}, {"map(list(bool))", cty.Map(cty.List(cty.Bool))},
		{"list(any)", cty.DynamicPseudoType}, {"map(object({ a = any }))", cty.DynamicPseudoType},
		{"tuple([string, tuple([int])])", cty.Tuple([]cty.Type{cty.String, cty.Tuple([]cty.Type{cty.Number})})}, {"tuple([])", cty.EmptyTuple},
		{"object({})", cty.EmptyObject}, {"object({ C = number, \"a b\" = optional(path) })", cty.Object(map[string]cty.Type{"C": cty.Number, "a b": cty.String})},
		{"object({ a = optional(list(int), [1, 2]), b = optional(object({ c = string }), { c = \"$${x}\" }), d = optional(bool, true) })",
			cty.Object(map[string]cty.Type{"a": cty.List(cty.Number), "b": cty.Object(map[string]cty.Type{"c": cty.String}), "d": cty.Bool})},
	} {
		ty, diags := param.ParseType(expression(t, c.in))
		if len(diags) > 0 {
			t.Errorf("%s: %s", c.in, lines(diags))
			continue
		}
		if d := cmp.Diff(c.in, ty.String()); d != "" {
			t.Errorf("printed: %s", d)
		}
		if !ty.Cty().Equals(c.cty) {
			t.Errorf("%s is %#v", c.in, ty.Cty())
		}
	}
}

func TestParseTypeRefuses(t *testing.T) {
	const all = "A type is one of string, number, int, float, bool, path, any, or list(T), set(T), map(T), tuple([T, …]), object({ name = T, … })."
	const words = " The types are string, number, int, float, bool, path, any, list, set, map, tuple and object."
	for _, c := range []struct{ in, want string }{
		{`"string"`, "E-type-syntax p.hcl:1:1: Types are written without quotes: type = string."},
		{`"strin"`, "E-type-syntax p.hcl:1:1: This is not a type. " + all},
		{"1", "E-type-syntax p.hcl:1:1: This is not a type. " + all},
		{"a.b", "E-type-syntax p.hcl:1:1: This is not a type. " + all},
		{"strng", "E-type-unknown p.hcl:1:1: There is no type strng. Did you mean string?" + words},
		{"integer", "E-type-unknown p.hcl:1:1: There is no type integer. Did you mean int?" + words},
		{"dict(string)", "E-type-unknown p.hcl:1:1: There is no type dict. Did you mean map?" + words},
		{"whatever", "E-type-unknown p.hcl:1:1: There is no type whatever." + words},
		{"list", "E-type-syntax p.hcl:1:1: A list needs the type of its elements: list(number)."},
		{"tuple", "E-type-syntax p.hcl:1:1: A tuple needs the types of its elements: tuple([string, number])."},
		{"object", "E-type-syntax p.hcl:1:1: An object needs its attributes: object({ C = number })."},
		{"tuple(string)", "E-type-syntax p.hcl:1:7: A tuple takes a list of types: tuple([string, number])."},
		{"object(string)", "E-type-syntax p.hcl:1:8: An object takes its attributes in braces: object({ C = number, solver = string })."},
		{"list(string, int)", "E-type-syntax p.hcl:1:1: list takes one argument."},
		{"string()", "E-type-syntax p.hcl:1:1: string is written without parentheses."},
		{"list(optional(int))", "E-type-syntax p.hcl:1:6: optional stands only before the type of an object's attribute: object({ a = optional(number) })."},
		{"set(any)", "E-type-syntax p.hcl:1:1: A set needs elements of one type: any cannot be in it. Use a list."},
		{"object({ a = int, a = int })", "E-type-syntax p.hcl:1:19: The attribute a is there twice."},
		{"object({ a = optional() })", "E-type-syntax p.hcl:1:14: optional takes a type and, if absent is not to be null, a default: optional(int, 10)."},
		{"object({ a = optional(int, local.x) })", "E-param-default p.hcl:1:28: A default is a constant: it can refer to nothing. Put what is computed into locals."},
	} {
		_, diags := param.ParseType(expression(t, c.in))
		if d := cmp.Diff(c.want+"\n", lines(diags)); d != "" {
			t.Errorf("%s: %s", c.in, d)
		}
	}
}

// No setting and no default makes the binding panic.
func FuzzSetting(f *testing.F) {
	for _, s := range []string{"1", "[1, 2]", "{ a = 1 }", "null", `"x"`, "a.b", "${x}", "[null]", "1e999", "[for x in [1]: x]", "[{ z = 1, y = [{}, { a = true }] }, { z = 2, x = 1 }]"} {
		f.Add("p.m.k", s)
	}
	hcl := `param "p" { type = object({ n = optional(number), l = optional(list(any)), m = optional(map(any)), t = optional(tuple([int, string])), s = optional(set(int)), a = optional(any), q = optional(list(object({ x = optional(number), y = optional(list(map(bool))), z = int }))) }) }`
	bs := blocks(f, hcl)
	f.Fuzz(func(t *testing.T, name, text string) {
		for _, n := range []string{name, "p.n", "p.l", "p.m", "p.t", "p.s", "p.a", "p.q", "p"} {
			got, diags := param.BindAll(bs, param.Options{Set: []param.Setting{{Name: n, Text: text}}})
			if b := got.List[0]; b.Broken && !diags.HasErrors() || !b.Broken && !b.Value.IsWhollyKnown() {
				t.Fatalf("%s: %#v\n%s", n, b.Value, lines(diags))
			}
		}
	})
}

func BenchmarkProject(b *testing.B) {
	f, _ := param.Decode(param.Source{Path: "p.yaml", Bytes: []byte(paramsYAML)})
	keep := keep("train.C=10", "train.tol", "base")
	b.ReportAllocs()
	for b.Loop() {
		f.Project(keep)
	}
}

func BenchmarkBindAll(b *testing.B) {
	bs := blocks(b, train)
	opts := world{files: map[string]string{"params.yaml": "train:\n  C: 1.0\n  max_iter: 3\n"}, set: []string{"train.C=10"}}.options()
	b.ReportAllocs()
	for b.Loop() {
		param.BindAll(bs, opts)
	}
}
