// Package python_test runs the tests of the Python package, and has it read the
// YAML that dewar writes.
package python_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/internal/machinetest"
)

// TestUnits runs python3 -m unittest: what is there for those who have no Go.
func TestUnits(t *testing.T) {
	python := machinetest.Program(t, "python3")
	out, err := exec.Command(python, "-B", "-m", "unittest", "discover", "-s", "tests").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// reader prints what it reads with kinds and exact texts, a line a document. PyYAML, where
// it is there, must see the same.
const reader = `
import json, sys
import dewar
try:
    import yaml
except ImportError:
    yaml = None

def show(v):
    if isinstance(v, dict):
        return {str(k): show(x) for k, x in v.items()}
    if isinstance(v, list):
        return [show(x) for x in v]
    if v is None or isinstance(v, (bool, str)):
        return v
    return ["int", str(v)] if isinstance(v, int) else ["float", "%.17g" % v]

for line in sys.stdin:
    text = json.loads(line)
    out = show(dewar.read_yaml(text))
    if yaml is not None and show(yaml.safe_load(text)) != out:
        out = "PyYAML reads %r" % (show(yaml.safe_load(text)),)
    print(json.dumps(out))
`

// TestReadsWhatIsWritten: the reader without PyYAML gets from a projection what
// dewar meant, and refuses none.
func TestReadsWhatIsWritten(t *testing.T) {
	python := machinetest.Program(t, "python3")
	if exec.Command(python, "-c", "import yaml").Run() != nil && machinetest.InCI() {
		machinetest.Lacks(t, "PyYAML, whose reading is compared, is not installed")
	}
	var texts []string
	var want []any
	for _, source := range sources {
		n := len(texts)
		if texts, want = written(source, texts, want); len(texts) == n {
			t.Errorf("cannot be written:\n%s", source)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		b, err := json.Marshal(document(t))
		if err != nil {
			t.Fatal(err)
		}
		texts, want = written(string(b), texts, want)
	})
	if len(texts) < 50 {
		t.Fatalf("only %d documents", len(texts))
	}
	var in bytes.Buffer
	for _, text := range texts {
		b, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&in, "%s\n", b)
	}
	cmd := exec.Command(python, "-B", "-c", reader)
	cmd.Stdin = &in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d of %d were read", len(got), len(want))
	}
	for i, line := range got {
		w, err := json.Marshal(want[i])
		if err != nil {
			t.Fatal(err)
		}
		var a, b any
		if json.Unmarshal([]byte(line), &a) != nil || json.Unmarshal(w, &b) != nil || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("written:\n%sread:  %s\nmeant: %s", texts[i], line, w)
		}
	}
	t.Logf("%d documents", len(texts))
}

// sources are spelled as people spell.
var sources = []string{
	"{}",
	"a: 1.0\nb: 1e-3\nc: .5\nd: 1e5\ne: 0x1F\nf: 017\ng: 0o17\nh: +5\ni: -0.0\nj: .inf\nk: 1.\n",
	"a: yes\nb: 'no'\nc: True\nd: ~\ne:\nf: null\ng: NULL\n",
	"a: 12:30:45\nb: 2020-01-02\nc: 1_000\nd: 1.2.3\ne: =\nf: '08'\n",
	"a: |\n  two\n  lines\nb: >\n  folded\n  text\nc: \"esc \\u00e9 \\x41 \\n \\t\"\nd: 'it''s'\ne: plain # not this\n",
	"a: [[1, [2, {b: 3}]], [], {}]\nb:\n- c: 1\n  d: [e]\n- f\n",
	"\"a: b\": 1\n'c #d': 2\n? " + strings.Repeat("n", 200) + "\n: {deep: [1]}\n1: int\n1.5: float\n\"\": empty\n",
	"a: \"#no comment\"\nb: 'x # y'\nc: '- x'\nd: '? x'\ne: a:b\nf: '@x'\ng: '%x'\nh: '!x'\ni: '`'\nj: '|'\nk: -x\nl: +x\nm: a - b\nn: '- - -'\n",
	"a: \u043f\u0440\u0438\u0432\u0435\u0442\nb: \"\U0001f600\"\nc: \"\\u2028 \\ufeff \\x85\"\nd: e\u0301\n",
	"base: &b {x: 1}\nuse:\n  <<: *b\n  y: 2\nalias: *b\n",
}

// written adds what dewar writes of a source, and what it means. What is no params
// file adds nothing.
func written(source string, texts []string, want []any) ([]string, []any) {
	out, _, diags := param.Project(param.Source{Path: "params.yaml", Bytes: []byte(source)}, []param.Keep{{}})
	if diags.HasErrors() {
		return texts, want
	}
	f, diags := param.Decode(param.Source{Path: "params.yaml", Bytes: out})
	if f == nil || diags.HasErrors() {
		panic(fmt.Sprintf("%v\n%s", diags, out))
	}
	return append(texts, string(out)), append(want, meant(f.Root))
}

// document makes an object of everything.
func document(t *rapid.T) map[string]any {
	return rapid.MapOfN(word(), rapid.Custom(func(t *rapid.T) any { return value(t, 3) }), 0, 5).Draw(t, "document")
}

// word is a text that tempts a reader to take it for something else.
func word() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"", "yes", "null", "~", "1e3", "0x", "-", "- a", "? a", "a: b", "a #b", "#", "'", "\"", "\\", "[", "{}", "*a", "&a", "12:30", "2020-01-01", "+", "<<", "=", ".", "..", " a", "a ", "\t", "a\nb", "e\u0301", "\u0439", "\U0001f600", strings.Repeat("long ", 40)}),
		rapid.StringOfN(rapid.RuneFrom([]rune("ab1.-+:#'\"\\ ,[]{}%@!&*?|>\n\u00e9")), 0, 12, -1),
	)
}

func value(t *rapid.T, depth int) any {
	kinds := 4
	if depth > 0 {
		kinds = 6
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2:
		return json.Number(rapid.SampledFrom([]string{"0", "-1", "7", "123456789012345678901", "1.5", "-0.0", "1e-7", "2.50", "1E5", "3.14e+20", "0.1"}).Draw(t, "number"))
	case 3:
		return word().Draw(t, "text")
	case 4:
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) any { return value(t, depth-1) }), 0, 4).Draw(t, "list")
	default:
		return rapid.MapOfN(word(), rapid.Custom(func(t *rapid.T) any { return value(t, depth-1) }), 0, 4).Draw(t, "object")
	}
}

// meant shows a tree as the reader above does.
func meant(x *param.Tree) any {
	switch x.Shape {
	case param.Mapping:
		m := map[string]any{}
		for _, e := range x.Entries {
			m[e.Name] = meant(e.Value)
		}
		return m
	case param.Sequence:
		l := []any{}
		for _, item := range x.Items {
			l = append(l, meant(item))
		}
		return l
	case param.Null:
		return nil
	case param.Boolean:
		return x.Text == "true"
	case param.Numeral:
		return numeral(x.Text)
	default:
		return x.Text
	}
}

// numeral shows a number with its kind. Integers are exact.
func numeral(text string) any {
	if i, ok := new(big.Int).SetString(strings.TrimPrefix(text, "+"), 10); ok {
		return []any{"int", i.String()}
	}
	if strings.HasSuffix(text, ".nan") {
		return []any{"float", "nan"}
	}
	x, err := strconv.ParseFloat(strings.Replace(text, ".inf", "inf", 1), 64)
	if err != nil {
		return text
	}
	return []any{"float", strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(x, 'g', 17, 64), "+"))}
}
