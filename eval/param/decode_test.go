package param_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/google/go-cmp/cmp"
)

var shapes = map[param.Shape]string{param.Null: "null", param.Boolean: "bool", param.Numeral: "number", param.String: "string", param.Foreign: "foreign"}

// outline writes a tree on one line: shapes, texts and the source text under each span.
func outline(t *param.Tree, src string) string {
	switch t.Shape {
	case param.Sequence:
		items := make([]string, len(t.Items))
		for i, item := range t.Items {
			items[i] = outline(item, src)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case param.Mapping:
		items := make([]string, len(t.Entries))
		for i, e := range t.Entries {
			items[i] = fmt.Sprintf("%s: %s", e.Name, outline(e.Value, src))
		}
		return "{" + strings.Join(items, ", ") + "}"
	default:
		at := diag.NewLines([]byte(src))
		return fmt.Sprintf("%s %q <%s>", shapes[t.Shape], t.Text, src[at.Offset(t.Span.Start):at.Offset(t.Span.End)])
	}
}

// What each format makes of a text, and that every scalar's place is right.
func TestDecode(t *testing.T) {
	for _, c := range []struct{ path, in, want string }{
		{"a.yaml", "", "{}"},
		{"a.yaml", "# only a comment\n", "{}"},
		{"a.yaml", "a: yes\nb: 017\nc: 0o17\nd: 1e-3\ne: 1_000\nf: 12:30:45\n", `{a: string "yes" <yes>, b: number "017" <017>, c: number "15" <0o17>, d: number "1e-3" <1e-3>, e: string "1_000" <1_000>, f: string "12:30:45" <12:30:45>}`},
		{"a.yaml", "a: 0xfF\nb: 0b1\nc: +1\nd: .5\ne: 2024-01-01\nf: -.inf\n", `{a: number "255" <0xfF>, b: string "0b1" <0b1>, c: number "+1" <+1>, d: number ".5" <.5>, e: string "2024-01-01" <2024-01-01>, f: number "-.inf" <-.inf>}`},
		{"a.yaml", "a: ~\nb:\nc: Null\nd: TRUE\ne: tRUE\n", `{a: null "" <~>, b: null "" <>, c: null "" <Null>, d: bool "true" <TRUE>, e: string "tRUE" <tRUE>}`},
		{"a.yaml", "a: 'it''s'  # c\nb: \"x\\ty\"\nc: [q r, \"s\", 't']\n", `{a: string "it's" <'it''s'>, b: string "x\ty" <"x\ty">, c: [string "q r" <q r>, string "s" <"s">, string "t" <'t'>]}`},
		{"a.yaml", "a: &x !!str 1.0\nb: *x\nc: ! 5\nd: !!float 3\ne: !!int '3'\nf: &y\n  7\n", `{a: string "1.0" <1.0>, b: string "1.0" <1.0>, c: string "5" <5>, d: number "3.0" <3>, e: number "3" <'3'>, f: number "7" <7>}`},
		{"a.yaml", "a: one\n  two\nb: |\n  x\n  y\nc: >-\n  x\n  y\n", "{a: string \"one two\" <one\n  two>, b: string \"x\\ny\\n\" <|>, c: string \"x y\" <>->}"},
		{"a.yaml", "b: &b {x: 1, y: 2}\nc: {y: 3, <<: *b}\nd: {<<: [{x: 9}, *b], z: 0}\n", `{b: {x: number "1" <1>, y: number "2" <2>}, c: {x: number "1" <1>, y: number "3" <3>}, d: {x: number "9" <9>, y: number "2" <2>, z: number "0" <0>}}`},
		{"a.yaml", "1: a\ntrue: b\n1.50: c\n017: d\n", `{1: string "a" <a>, true: string "b" <b>, 1.5: string "c" <c>, 17: string "d" <d>}`},
		{"a.yaml", "\ufeffa: 1\r\né: \"ü\" # x\r\nb: [ä, 2]\r\n", `{a: number "1" <1>, é: string "ü" <"ü">, b: [string "ä" <ä>, number "2" <2>]}`},
		{"a.yaml", "a: \"x\u2028y\"\nb: 2\n", "{a: string \"x\\u2028y\" <\"x\u2028y\">, b: number \"2\" <2>}"},
		{"a.yaml", "{\"a\": 1, \"b\": [true, null]}", `{a: number "1" <1>, b: [bool "true" <true>, null "" <null>]}`},
		{"a.yaml", "a: e\u0301\n", "{a: string \"e\u0301\" <e\u0301>}"},
		{"a.json", `{"a": 1.0, "b": [1e-3, -0, true, null], "c": {"d": "x\u00e9\/"}}`, `{a: number "1.0" <1.0>, b: [number "1e-3" <1e-3>, number "-0" <-0>, bool "true" <true>, null "" <null>], c: {d: string "xé/" <"x\u00e9\/">}}`},
		{"a.json", `{"a": "\\\ud83d\uDE00\ufffd\\ud800", "b": "\"\n"}`, `{a: string "\\😀�\\ud800" <"\\\ud83d\uDE00\ufffd\\ud800">, b: string "\"\n" <"\"\n">}`},
		{"a.json", " \n{ }\n", "{}"},
		{"a.toml", "a = 1_000\nb = 0xff\nc = 'lit'\n[t]\nx.y = [1.0, 2e3]\nd = 2024-01-01\n[[t.l]]\nz = true\n[[t.l]]\nz = \"q\\n\"\ni = { p = inf, q.r = 1 }\n", `{a: number "1000" <1_000>, b: number "255" <0xff>, c: string "lit" <'lit'>, t: {x: {y: [number "1.0" <1.0>, number "2e3" <2e3>]}, d: foreign "the date or time 2024-01-01" <2024-01-01>, l: [{z: bool "true" <true>}, {z: string "q\n" <"q\n">, i: {p: number ".inf" <inf>, q: {r: number "1" <1>}}}]}}`},
		{"a.toml", "", "{}"},
	} {
		f, diags := param.Decode(param.Source{Path: c.path, Bytes: []byte(c.in)})
		if len(diags) > 0 {
			t.Errorf("%s %q: %s", c.path, c.in, lines(diags))
			continue
		}
		if d := cmp.Diff(c.want, outline(f.Root, c.in)); d != "" {
			t.Errorf("%s %q: %s", c.path, c.in, d)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 'b'; i < 'i'; i++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", i-1), 10), ", "))
	}
	nested := strings.Repeat("[", 501) + strings.Repeat("]", 501)
	for _, c := range []struct{ path, in, want string }{
		{"a.yaml", "a: 1\na: 2\n", "E-params-duplicate a.yaml:2:1: a is there twice; neither can win. Remove one."},
		{"a.yaml", "1: a\n1.0: b\n", "E-params-duplicate a.yaml:2:1: 1 is there twice; neither can win. Remove one."},
		{"a.yaml", "a: 1\n b: 2\n", "E-params-syntax a.yaml:2:1: This is not YAML: mapping values are not allowed in this context."},
		{"a.yaml", "a: b: c\n", "E-params-syntax a.yaml:1:1: This is not YAML: mapping values are not allowed in this context."},
		{"a.yaml", "a: &x [*x]\n", "E-params-syntax a.yaml:1:8: The alias *x stands inside what it names."},
		{"a.yaml", "a: *x\n", "E-params-syntax a.yaml: This is not YAML: unknown anchor 'x' referenced."},
		{"a.yaml", "a: 1\n---\nb: 2\n", "E-params-syntax a.yaml:2:1: The file holds more than one document. Params are in one."},
		{"a.yaml", "[1, 2]\n", "E-params-syntax a.yaml:1:1: A params file has names at its top, this one is a list."},
		{"a.yaml", "{[1]: 2}\n", "E-params-syntax a.yaml:1:2: The names in a params file are plain words or strings, not a list."},
		{"a.yaml", "a: {<<: 3}\n", "E-params-syntax a.yaml:1:9: << takes over mappings: *name, or a list of them."},
		{"a.yaml", "a: \xff\n", "E-params-syntax a.yaml:1:4: The file is not UTF-8 text: save it so."},
		{"a.yaml", "a: \x00\n", "E-params-syntax a.yaml:1:4: The file holds a NUL byte: it is not text."},
		{"a.yaml", bomb, "E-params-syntax a.yaml:1:1: With its aliases expanded the file has more than 1000000 parts."},
		{"a.yaml", "a: &a " + nested + "\nb: " + strings.Replace(nested, "[]", "[*a]", 1) + "\n", "E-params-syntax a.yaml:1:1: With its aliases expanded the file is nested more than 1000 levels deep."},
		{"a.json", "", "E-params-syntax a.json:1:1: The file is empty; JSON has at least {}."},
		{"a.json", "{\"a\": 1,}", "E-params-syntax a.json:1:9: This is not JSON: invalid character '}' looking for beginning of object key string."},
		{"a.json", "{\"a\": 1", "E-params-syntax a.json:1:8: This is not JSON: it ends too early."},
		{"a.json", "{\"a\": 1} x", "E-params-syntax a.json:1:10: Something follows the end of the JSON value."},
		{"a.json", "{\"a\": 1, \"a\": 2}", "E-params-duplicate a.json:1:10: a is there twice; neither can win. Remove one."},
		{"a.json", "{\"a\": \"\\ud800\"}", "E-params-syntax a.json:1:7: The string has half of a surrogate pair: it is no Unicode text."},
		{"a.json", `{"a": "\ufffd\ud800"}`, "E-params-syntax a.json:1:7: The string has half of a surrogate pair: it is no Unicode text."},
		{"a.json", `{"a": "\uDC00\\ufffd"}`, "E-params-syntax a.json:1:7: The string has half of a surrogate pair: it is no Unicode text."},
		{"a.json", `{"\ud83d\ud83d\ude00": "\ufffd"}`, "E-params-syntax a.json:1:2: The string has half of a surrogate pair: it is no Unicode text."},
		{"a.json", "{\n  \"a\": NaN\n}", "E-params-syntax a.json:2:8: This is not JSON: invalid character 'N' looking for beginning of value."},
		{"a.toml", "b = 1\n[a" + strings.Repeat(".a", 1000) + "]", "E-params-syntax a.toml:2:2: The file is nested more than 1000 levels deep."},
		{"a.toml", "a" + strings.Repeat(".a", 40000) + " = 1", "E-params-syntax a.toml:1:1: The file is nested more than 1000 levels deep."},
		{"a.json", strings.Repeat("[", 5000), "E-params-syntax a.json:1:1002: The file is nested more than 1000 levels deep."},
		{"a.toml", "a = 1\na = 2\n", "E-params-duplicate a.toml:2:1: This is not TOML: key a is already defined."},
		{"a.toml", "a = \n", "E-params-syntax a.toml:1:5: This is not TOML: unexpected character U+000A at start of value."},
		{"a.toml", "\"\u00e9\" = 1\n\"e\u0301\" = 2\n", "E-params-duplicate a.toml:2:1: e\u0301 is there twice; neither can win. Remove one."},
		{"params.py", "a = 1", "E-params-format params.py: params.py is in no format that dewar reads. Params files are YAML (.yaml, .yml), JSON (.json) or TOML (.toml). Of a Python file only an interpreter knows the values: move them to a YAML file."},
		{"params.ini", "a = 1", "E-params-format params.ini: params.ini is in no format that dewar reads. Params files are YAML (.yaml, .yml), JSON (.json) or TOML (.toml)."},
	} {
		f, diags := param.Decode(param.Source{Path: c.path, Bytes: []byte(c.in)})
		got := strings.ReplaceAll(lines(diags), ":0:0:", ":")
		if d := cmp.Diff(c.want+"\n", got); d != "" || f != nil {
			t.Errorf("%s %.60q: %s", c.path, c.in, d)
		}
	}
}

// A file of one long line takes no longer than one of many.
func BenchmarkDecodeLongLine(b *testing.B) {
	for _, path := range []string{"a.yaml", "a.json", "a.toml"} {
		for _, n := range []int{1000, 10_000} {
			text := `{"a": [` + strings.TrimSuffix(strings.Repeat(`"é", 0.5, `, n), ", ") + "]}"
			if path == "a.toml" {
				text = "a = " + strings.TrimSuffix(strings.TrimPrefix(text, `{"a": `), "}")
			}
			b.Run(fmt.Sprintf("%s/%d", path, n), func(b *testing.B) {
				for b.Loop() {
					if _, diags := param.Decode(param.Source{Path: path, Bytes: []byte(text)}); len(diags) > 0 {
						b.Fatal(lines(diags))
					}
				}
			})
		}
	}
}

func FuzzYAML(f *testing.F) {
	for _, s := range []string{"a: 1", "a: &x [*x]", "a: |\n  b\n", "? a\n: b", "<<: {a: 1}", "a: \"x\\\n y\"", "- a", "a: !!x b", "\"a\": 'b''c'"} {
		f.Add([]byte(s))
	}
	fuzz(f, "a.yaml")
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a": 1}`, `{"a": [1.0, "x", null, true, {}]}`, `{"a": "\ud83d\ude00"}`} {
		f.Add([]byte(s))
	}
	fuzz(f, "a.json")
}

func FuzzTOML(f *testing.F) {
	for _, s := range []string{"a = 1", "[a.b]\nc = 'x'", "[[a]]\nb = 1\n[[a]]\nb = {c.d = 1}", "a = \"\"\"\nx\"\"\"", "a.b = 1979-05-27", "a = [[1], {b = 2}]"} {
		f.Add([]byte(s))
	}
	fuzz(f, "a.toml")
}

// fuzz decodes foreign bytes, and writes the whole file back: what was read must be
// what is read from the copy.
func fuzz(f *testing.F, path string) {
	f.Fuzz(func(t *testing.T, b []byte) {
		file, diags := param.Decode(param.Source{Path: path, Bytes: b})
		if (file == nil) != diags.HasErrors() {
			t.Fatalf("%v and %d diagnostics", file, len(diags))
		}
		if file != nil {
			keepsAll(t, file)
		}
	})
}
