package builtins_test

import (
	"testing"

	"github.com/dewar-build/dewar/builtins"
	"github.com/zclconf/go-cty/cty"
)

// decoded is a fixed point: what was read and written reads as the same.
func fuzzDecode(f *testing.F, decode, encode string) {
	impls := builtins.Impls(builtins.Table(builtins.Env{}))
	f.Fuzz(func(t *testing.T, text string) {
		v, err := impls[decode].Call([]cty.Value{cty.StringVal(text)})
		if err != nil {
			return
		}
		again, err := impls[encode].Call([]cty.Value{v})
		if err != nil {
			t.Fatalf("%q cannot be written: %v", text, err)
		}
		back, err := impls[decode].Call([]cty.Value{again})
		if err != nil || !back.RawEquals(v) {
			t.Fatalf("%q came back as %q: %v", text, again.AsString(), err)
		}
	})
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a": [1, 1e-7, null, true, "é\u0000"]}`, `"\ud800"`, `{"e\u0301": 1, "é": 2}`, `[`, `-0`, `1e400`} {
		f.Add(s)
	}
	fuzzDecode(f, "jsondecode", "jsonencode")
}

func FuzzYAML(f *testing.F) {
	for _, s := range []string{"a: [1, 1e-7, ~, yes, 'x']\n", "a: &x {b: *x}\n", "? [a]\n: 1\n", "<<: {a: 1}\n", "a: |\n  x\n\n", "a: \"\\t \\n\"\n", "- .5\n- +1\n- 0x1f\n", "\"\": \" \"\n"} {
		f.Add(s)
	}
	fuzzDecode(f, "yamldecode", "yamlencode")
}

func FuzzTOML(f *testing.F) {
	for _, s := range []string{"a = [1, 1e-7, true, 'x']\n[b.\"c d\"]\ne = 1979-05-27T07:32:00Z\n", "[[a]]\nb = {}\n[[a]]\n", "\"\" = \"\\u0000\"\n", "a = inf\n", "a.b.c = -0.0\n"} {
		f.Add(s)
	}
	fuzzDecode(f, "tomldecode", "tomlencode")
}

func FuzzFormat(f *testing.F) {
	f.Add("%-5s %d %% %.3f", "x", 1.5)
	impls := builtins.Impls(builtins.Table(builtins.Env{}))
	f.Fuzz(func(t *testing.T, format, text string, n float64) {
		if n != n || n-n != 0 {
			return
		}
		_, _ = impls["format"].Call([]cty.Value{cty.StringVal(format), cty.StringVal(text), cty.NumberFloatVal(n), cty.True})
	})
}
