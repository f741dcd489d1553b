package param_test

import (
	"testing"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

func parsed(t *testing.T, text string) hcl.Expression {
	t.Helper()
	e, ds := hclsyntax.ParseExpression([]byte(text), "test", hcl.InitialPos)
	if ds.HasErrors() {
		t.Fatalf("%s: %s", text, ds)
	}
	return e
}

// TestConform: a value of the type, what becomes of it, or what is wrong with it.
func TestConform(t *testing.T) {
	object := "object({ C = number, n = optional(int, 3), tag = optional(string) })"
	for _, c := range []struct{ ty, value, want, wrong string }{
		{"number", `1.5`, `1.5`, ""},
		{"number", `"1"`, "", "x must be a number, not a string"},
		{"float", `1`, `1`, ""},
		{"int", `1.5`, "", "x must be a whole number, which this is not"},
		{"bool", `null`, "", "x must be a bool, not null"},
		{"string", `true`, "", "x must be a string, not a bool"},
		{"path", `"a/b"`, `"a/b"`, ""},
		{"any", `[1, "a", null]`, `[1, "a", null]`, ""},
		{"list(number)", `[1, 2]`, `[1, 2]`, ""},
		{"list(number)", `[1, "a"]`, "", "x[1] must be a number, not a string"},
		{"list(number)", `{ a = 1 }`, "", "x must be a list of number, not an object"},
		{"list(any)", `[1, "a"]`, `[1, "a"]`, ""},
		{"map(bool)", `{ a = true }`, `{ a = true }`, ""},
		{"map(bool)", `{ "a b" = 1 }`, "", `x["a b"] must be a bool, not a number`},
		{"map(bool)", `[true]`, "", "x must be a map of bool, not a list"},
		{"tuple([int, string])", `[1, "a"]`, `[1, "a"]`, ""},
		{"tuple([int, string])", `[1]`, "", "x must have 2 elements, it has 1"},
		{object, `{ C = 1 }`, `{ C = 1, n = 3, tag = null }`, ""},
		{object, `{ C = 1, n = null, tag = "a" }`, `{ C = 1, n = 3, tag = "a" }`, ""},
		{object, `{ C = null }`, "", "x.C must be a number, not null"},
		{object, `{ n = 1 }`, "", "x needs the attribute C, which is a number"},
		{object, `{ C = 1, tags = 2 }`, "", "x has no attribute tags. Did you mean tag?"},
		{object, `{ C = 1, other = 2 }`, "", "x has no attribute other. It has C, n, tag"},
		{object, `[1]`, "", "x must be an object, not a list"},
		{"list(" + object + ")", `[{ C = 1 }]`, `[{ C = 1, n = 3, tag = null }]`, ""},
		{"map(" + object + ")", `{ a = { C = 1 } }`, `{ a = { C = 1, n = 3, tag = null } }`, ""},
	} {
		ty, ds := param.ParseType(parsed(t, c.ty))
		if len(ds) > 0 {
			t.Fatal(ds)
		}
		v, _ := parsed(t, c.value).Value(nil)
		got, err := ty.Conform(v, "x")
		if err != nil {
			if err.Error() != c.wrong {
				t.Errorf("%s of %s: %v", c.ty, c.value, err)
			}
			continue
		}
		if c.wrong != "" {
			t.Errorf("%s takes %s", c.ty, c.value)
			continue
		}
		want, _ := parsed(t, c.want).Value(nil)
		if same := text(t, got) == text(t, want); !same {
			t.Errorf("%s of %s is %s", c.ty, c.value, text(t, got))
		}
	}
}

// text writes a value so that a list is a list whatever its type.
func text(t *testing.T, v cty.Value) string {
	t.Helper()
	if v.IsNull() {
		return "null"
	}
	out := ""
	switch ty := v.Type(); {
	case ty == cty.String:
		return `"` + v.AsString() + `"`
	case ty == cty.Number:
		return v.AsBigFloat().Text('g', 10)
	case ty == cty.Bool && v.True():
		return "true"
	case ty == cty.Bool:
		return "false"
	}
	for it := v.ElementIterator(); it.Next(); {
		name, e := it.Element()
		if v.Type().IsObjectType() || v.Type().IsMapType() {
			out += name.AsString() + "="
		}
		out += text(t, e) + ","
	}
	return "{" + out + "}"
}

// TestConform_sets: a list becomes a set, each element once, and a set of what is not
// known is not known.
func TestConform_sets(t *testing.T) {
	ty, _ := param.ParseType(parsed(t, "set(string)"))
	b, a := cty.StringVal("b").Mark("b"), cty.StringVal("a")
	got, err := ty.Conform(cty.TupleVal([]cty.Value{b, a, a}), "x")
	if err != nil {
		t.Fatal(err)
	}
	bare, marks := got.Unmark()
	if !bare.RawEquals(cty.SetVal([]cty.Value{a, cty.StringVal("b")})) || len(marks) != 1 {
		t.Errorf("%#v", got)
	}
	if got, err := ty.Conform(cty.EmptyTupleVal, "x"); err != nil || !got.RawEquals(cty.SetValEmpty(cty.String)) {
		t.Errorf("%#v, %v", got, err)
	}
	if got, err := ty.Conform(cty.TupleVal([]cty.Value{cty.DynamicVal, a}), "x"); err != nil || got.IsWhollyKnown() {
		t.Errorf("%#v, %v", got, err)
	}
}

// TestConform_marks: marks stay on what they are on.
func TestConform_marks(t *testing.T) {
	ty, _ := param.ParseType(parsed(t, "object({ a = string, b = optional(number, 1) })"))
	v := cty.ObjectVal(map[string]cty.Value{"a": cty.StringVal("x").Mark("m")})
	got, err := ty.Conform(v.Mark("n"), "x")
	if err != nil {
		t.Fatal(err)
	}
	bare, marks := got.Unmark()
	if len(marks) != 1 || !bare.GetAttr("a").HasMark("m") || bare.GetAttr("b").IsMarked() {
		t.Errorf("%#v", got)
	}
}

// TestConform_unknown: what is not known is of the type if it can be.
func TestConform_unknown(t *testing.T) {
	for _, c := range []struct {
		ty string
		v  cty.Value
		ok bool
	}{
		{"number", cty.DynamicVal, true},
		{"number", cty.UnknownVal(cty.Number), true},
		{"number", cty.UnknownVal(cty.String), false},
		{"int", cty.UnknownVal(cty.Number), true},
		{"list(string)", cty.UnknownVal(cty.List(cty.String)), true},
		{"list(string)", cty.UnknownVal(cty.String), false},
		{"object({ a = string })", cty.UnknownVal(cty.EmptyObject), true},
		{"object({ a = string })", cty.ObjectVal(map[string]cty.Value{"a": cty.UnknownVal(cty.Number)}), false},
	} {
		ty, _ := param.ParseType(parsed(t, c.ty))
		if _, err := ty.Conform(c.v, "x"); (err == nil) != c.ok {
			t.Errorf("%s of %#v: %v", c.ty, c.v, err)
		}
	}
}
