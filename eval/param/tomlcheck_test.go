package param

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"pgregory.net/rapid"
)

// What is said of pieces is what the library says of the whole: of files that define
// few names again and again, and that have a wrong value now and then.
func TestSoundTOML_asTheLibrary(t *testing.T) {
	name := rapid.SampledFrom([]string{"a", "b", "a.b", "b.a", "a.b.c", `"a"`, "a . b", `"a.b"`})
	value := rapid.SampledFrom([]string{"1", "1", "1", "{ a = 1 }", "{ a = 1, a = 2 }", "{ a.b = 1, a.c = 2 }", "[1, 2]", "[{ a = 1 }]",
		"\"\"\"\n[a]\n\"\"\"", "2020-13-01", "01", "9223372036854775808", "'x' # [a]"})
	line := rapid.Custom(func(t *rapid.T) string {
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			return "[" + name.Draw(t, "name") + "]"
		case 1:
			return "  [[ " + name.Draw(t, "name") + " ]]  # list"
		case 2:
			return rapid.SampledFrom([]string{"", "# [a]", "# a = 1"}).Draw(t, "blank")
		default:
			return name.Draw(t, "name") + " = " + value.Draw(t, "value")
		}
	})
	agree := func(t interface{ Fatalf(string, ...any) }, text []byte) {
		var ignored map[string]any
		err := toml.Unmarshal(text, &ignored)
		if got := newDecoder(Source{Path: "a.toml", Bytes: text}).soundTOML(); got != (err == nil) {
			t.Fatalf("%q: %v, the library says %v", text, got, err)
		}
	}
	for _, text := range []string{
		"[a.b]\n[a]\nb.c = 1", "a.b = 1\n[a]", "a.b = 1\n[a.c]", "[a]\nb.c = 1\n[a.b]", "[a]\nb.c = 1\n[a.b.d]", "[a.b]\n[a]\n[a]",
		"[[a]]\n[a.b]\n[[a]]\n[a.b]", "[[a.b]]\n[a]\nb = 1", "[a]\n[[a]]", "[[a]]\n[a]", "a = [1]\n[[a]]", "a = { b = 1 }\n[a.c]", "a = { b = 1 }\na.c = 1",
	} {
		agree(t, []byte(text))
	}
	rapid.Check(t, func(t *rapid.T) {
		agree(t, []byte(strings.Join(rapid.SliceOfN(line, 0, 8).Draw(t, "lines"), "\n")))
	})
}

// A file of many pieces is one file: its mistakes are found across them, and in
// their places.
func TestDecode_longTOML(t *testing.T) {
	var b strings.Builder
	for i := range 3 * pieceLines {
		fmt.Fprintf(&b, "n%d = %d\n", i, i)
	}
	last := 3*pieceLines + 1
	for _, tt := range []struct{ add, want string }{
		{"", ""},
		{"[t]\nn1 = 1\n", ""},
		{"n1 = 2\n", fmt.Sprintf("E-params-duplicate a.toml:%d:1: This is not TOML: key n1 is already defined.", last)},
		{"[n1]\n", fmt.Sprintf("E-params-syntax a.toml:%d:2: This is not TOML: key n1 should be a table, not a value.", last)},
		{"x = 2020-13-01\n", fmt.Sprintf("E-params-syntax a.toml:%d:10: This is not TOML: impossible date.", last)},
		{"x = \n", fmt.Sprintf("E-params-syntax a.toml:%d:5: This is not TOML: unexpected character U+000A at start of value.", last)},
	} {
		f, diags := Decode(Source{Path: "a.toml", Bytes: []byte(b.String() + tt.add)})
		got := ""
		if f == nil {
			got = fmt.Sprintf("%s %s:%d:%d: %s", diags[0].Code, diags[0].Span.File, diags[0].Span.Start.Line, diags[0].Span.Start.Column, diags[0].Detail)
		}
		if got != tt.want {
			t.Errorf("%q: %s\nwant %s", tt.add, got, tt.want)
		}
	}
}
