package frame_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval/number"
	"github.com/dewar-build/dewar/exp/frame"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// outline writes a document in one line: {name:value …}, with @ and the line of a scalar.
func outline(t *frame.Tree) string {
	var parts []string
	for i, item := range t.Items {
		if t.Shape == frame.Mapping {
			parts = append(parts, t.Names[i]+":"+outline(item))
		} else {
			parts = append(parts, outline(item))
		}
	}
	switch t.Shape {
	case frame.Mapping:
		return "{" + strings.Join(parts, " ") + "}"
	case frame.List:
		return "[" + strings.Join(parts, " ") + "]"
	}
	kind := map[frame.Kind]string{frame.Absent: "-", frame.Number: "", frame.Bool: "?", frame.Text: "'"}[t.Value.Kind]
	return kind + t.Value.Text + "@" + strconv.Itoa(t.Line)
}

func TestDocument(t *testing.T) {
	for _, c := range []struct{ name, file, in, want string }{
		{"json", "m.json", "{\"b\": 1.50,\n \"a\": [true, null, \"x\\ny\", -Infinity],\n \"\": {}}", "{b:1.5@1 a:[?true@2 -@2 'x\ny@2 '-inf@2] :{}}"},
		{"json scalar", "m.json", " 0.93\n", "0.93@1"},
		{"json mark", "m.json", "\ufeff{}", "{}"},
		{"json escapes", "m.json", `["\ud83d\ude00","\ufffd","\"\\"]`, `['😀@1 '` + "\ufffd" + `@1 '"\@1]`},
		{"json huge", "m.json", `[1e999,123456789012345678901234567890]`, "['1e999@1 123456789012345678901234567890@1]"},
		{"yaml", "m.yaml", "b: 1.50\na:\n  - true\n  - ~\n  - 'no'\n  - no\nc: {d: 017, e: 12:30, f: 0o17}\n", "{b:1.5@1 a:[?true@3 -@4 'no@5 'no@6] c:{d:17@7 e:'12:30@7 f:15@7}}"},
		{"yaml tags", "m.yaml", "- !!str 1\n- !!int 1\n- !mine 1\n- !!float 1\n- .inf\n", "['1@1 1@2 '1@3 1@4 'inf@5]"},
		{"yaml aliases", "m.yaml", "a: &a {x: 1, y: 2}\nb: *a\nc: {<<: *a, x: 3}\nd: {<<: [*a, {z: 5}]}\n", "{a:{x:1@1 y:2@1} b:{x:1@1 y:2@1} c:{x:3@3 y:2@1} d:{x:1@1 y:2@1 z:5@4}}"},
		{"yaml names", "m.yaml", "1: a\ntrue: b\n~: c\n017: d\n", "{1:'a@1 true:'b@2 ~:'c@3 17:'d@4}"},
		{"yaml empty", "m.yaml", "# nothing\n", "-@0"},
		{"toml", "m.toml", "b = 1.50\na.c = [1_000, true, 0x1F]\n[t]\nd = 'x'\ni = {z = nan, y = -inf}\n[[l]]\nn = 1\n[[l]]\nn = 2026-01-02\n[t.u]\nv = 1e6\n", "{b:1.5@1 a:{c:[1000@2 ?true@2 31@2]} t:{d:'x@4 i:{z:'nan@5 y:'-inf@5} u:{v:1000000@11}} l:[{n:1@7} {n:'2026-01-02@9}]}"},
		{"toml empty", "m.toml", "", "{}"},
		{"other json", "score.txt", "0.93", "0.93@1"},
		{"other yaml", "scores", "acc: 0.93\n", "{acc:0.93@1}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := frame.Document(c.file, []byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, outline(doc)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDocument_wrong(t *testing.T) {
	for _, c := range []struct{ name, file, in, want string }{
		{"json empty", "m.json", " \n", "The file is empty."},
		{"json early", "m.json", "{\"a\": 1,\n", "line 2: This is not JSON: it ends too early."},
		{"json late", "m.json", "{}\n}", "line 2: This is not JSON: something follows the end of the value."},
		{"json comma", "m.json", "[1,\n]", "line 2: This is not JSON: \"]\" is no value."},
		{"json word", "m.json", "{\"a\": nan}", "line 1: This is not JSON: \"nan\" is no value."},
		{"json number", "m.json", "{\"a\": 01}", "line 1: This is not JSON: \"01\" is no value."},
		{"json apart", "m.json", "[1 2]", "line 1: This is not JSON: a list goes on with , or ends with ]."},
		{"json apart object", "m.json", "{\"a\":1 \"b\":2}", "line 1: This is not JSON: an object goes on with , or ends with }."},
		{"json colon", "m.json", "{\"a\" 1}", "line 1: This is not JSON: a : follows a name."},
		{"json bare name", "m.json", "{a: 1}", "line 1: This is not JSON: a name in an object stands in quotes."},
		{"json escape", "m.json", `"\x41"`, `line 1: This is not JSON: a text holds a \ that escapes nothing.`},
		{"json surrogate", "m.json", `["\ud83d"]`, "line 1: This is not JSON: a text holds half of a surrogate pair."},
		{"json line in text", "m.json", "\"a\nb\"", "line 1: This is not JSON: a text goes over the end of its line, or holds a control character that is not escaped."},
		{"json twice", "m.json", "{\"a\":1,\n\"a\":2}", "line 2: The name \"a\" is there twice."},
		{"json deep", "m.json", strings.Repeat("[", 1_000_000), "line 1: The file is nested more than 100 levels deep."},
		{"yaml", "m.yaml", "a: [1\nb: 2\n", "line 1: This is not YAML: did not find expected ',' or ']'."},
		{"yaml documents", "m.yaml", "a: 1\n---\nb: 2\n", "line 2: The file holds more than one document."},
		{"yaml twice", "m.yaml", "a: 1\na: 2\n", "line 2: The name \"a\" is there twice."},
		{"yaml inside itself", "m.yaml", "a: &a\n  b: *a\n", "line 2: The alias *a stands inside what it names."},
		{"yaml laughs", "m.yaml", laughs, "line 1: The file holds more than 1000000 values, with its aliases expanded."},
		{"yaml deep", "m.yaml", strings.Repeat("[", 200) + strings.Repeat("]", 200), "line 1: The file is nested more than 100 levels deep."},
		{"yaml odd name", "m.yaml", "? [a]\n: 1\n", "line 1: A name is a list or a mapping; names are words."},
		{"yaml odd merge", "m.yaml", "<<: 1\n", "line 1: << takes over mappings: *name, or a list of them."},
		{"toml", "m.toml", "a = 1\nb =\n", "line 2: This is not TOML: unexpected character U+000A at start of value."},
		{"toml twice", "m.toml", "a = 1\na = 2\n", "line 2: This is not TOML: key a is already defined."},
		{"toml deep", "m.toml", "a = " + strings.Repeat("[", 500) + strings.Repeat("]", 500), "line 1: The file is nested more than 100 levels deep, or a table in it is no table."},
		{"other as json", "scores", "{\"a\": 1\n", "line 2: This is not JSON: it ends too early."},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := frame.Document(c.file, []byte(c.in))
			if err == nil {
				t.Fatal(outline(doc))
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

const laughs = `a: &a [x,x,x,x,x,x,x,x,x,x]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]
e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]
f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]
g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]
h: &h [*g,*g,*g,*g,*g,*g,*g,*g,*g,*g]
`

// The text of a number is the one that the language gives it.
func TestNum(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, x float64) {
		n, err := number.Parse(strconv.FormatFloat(x, 'g', -1, 64))
		if err != nil {
			return
		}
		want, _ := number.Text(n)
		if got := frame.Num(x); got.Text != want || got.Number != x || got.Kind != frame.Number {
			t.Errorf("Num(%g) = %+v, want %s", x, got, want)
		}
	}
	for _, x := range []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 1e-6, 9.9e-7, 1e-7, 1 << 53, 1<<53 - 1, 1<<53 + 2, 1e20, 1e21, 1e23, 1.5e300, 5e-324, math.MaxFloat64} {
		check(t, x)
	}
	rapid.Check(t, func(rt *rapid.T) { check(rt, rapid.Float64().Draw(rt, "x")) })
	for x, want := range map[float64]string{math.Inf(1): "inf", math.Inf(-1): "-inf"} {
		if got := frame.Num(x); got != frame.Str(want) {
			t.Errorf("Num(%g) = %+v", x, got)
		}
	}
	if got := frame.Num(math.NaN()); got != frame.Str("nan") {
		t.Errorf("Num(nan) = %+v", got)
	}
	if v := frame.Boolean(true); v.String() != "true" || v.Kind != frame.Bool {
		t.Errorf("%+v", v)
	}
}
