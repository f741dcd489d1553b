package param_test

import (
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval/param"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

// What a reader of YAML 1.1 makes of a plain scalar, written down a second time
// and in another way than the code under test: by the letter of PyYAML's resolver.

func all(s, chars string) bool { return strings.Trim(s, chars) == "" }

const digits = "0123456789"

// read11 returns the kind of a plain scalar in YAML 1.1, and its value for numbers.
func read11(s string) (kind, value string) {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return "null", ""
	case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return "bool", "true"
	case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return "bool", "false"
	case "=":
		return "value", ""
	case "<<":
		return "merge", ""
	}
	sign, body := "", s
	if s[0] == '+' || s[0] == '-' {
		sign, body = strings.TrimPrefix(s[:1], "+"), s[1:]
	}
	if body == "" {
		return "string", s
	}
	bare := strings.ReplaceAll(body, "_", "")
	base := func(digits string, b int) (string, string) {
		i, ok := new(big.Int).SetString(digits, b)
		if !ok {
			return "error", s
		}
		return "int", sign + i.String()
	}
	switch {
	case strings.HasPrefix(body, "0b") && len(body) > 2 && all(body[2:], "01_"):
		return base(bare[2:], 2)
	case strings.HasPrefix(body, "0x") && len(body) > 2 && all(body[2:], digits+"abcdefABCDEF_"):
		return base(bare[2:], 16)
	case body == "0":
		return "int", "0"
	case body[0] == '0' && all(body, "01234567_"):
		return base(bare, 8)
	case body[0] != '0' && body[0] != '_' && all(body, digits+"_"):
		return base(bare, 10)
	case body[0] != ':' && strings.Contains(body, ":") && all(strings.SplitN(body, ".", 2)[0], digits+"_:") && body[0] != '_' && all(body, digits+"_:."):
		return "sexagesimal?", s // near enough: nothing that is written may look so
	case len(s) >= 8 && strings.Count(s, "-") >= 2 && all(s, digits+"-:.TtZz+ \t") && strings.IndexByte(s, '-') == 4:
		return "timestamp?", s
	}
	mant, exp, has := strings.Cut(strings.Replace(body, "E", "e", 1), "e")
	whole, frac, point := strings.Cut(mant, ".")
	signedExp := !has || len(exp) > 1 && (exp[0] == '+' || exp[0] == '-') && all(exp[1:], digits)
	number := whole != "" && strings.ContainsRune(digits, rune(whole[0])) || whole == "" && s == body && frac != "" && strings.ContainsRune(digits, rune(frac[0]))
	if point && number && signedExp && all(whole+frac, digits+"_") {
		return "float", sign + strings.ReplaceAll(body, "_", "")
	}
	switch strings.ToLower(body) {
	case ".inf", ".nan":
		return "float", s
	}
	return "string", s
}

// agree fails unless a reader of YAML 1.1 reads from the file what t has.
func agree(t failer, n *yaml.Node, want *param.Tree) {
	switch n.Kind {
	case yaml.DocumentNode:
		agree(t, n.Content[0], want)
	case yaml.SequenceNode:
		for i, c := range n.Content {
			agree(t, c, want.Items[i])
		}
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			kind, _ := read11(n.Content[i].Value)
			if n.Content[i].Style == 0 && (kind == "error" || strings.HasSuffix(kind, "?") || kind == "value" || kind == "merge") {
				t.Fatalf("the name %s is a %s in YAML 1.1", n.Content[i].Value, kind)
			}
			agree(t, n.Content[i+1], want.Entries[i/2].Value)
		}
	case yaml.ScalarNode:
		kind, value := "string", n.Value
		if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) == 0 {
			kind, value = read11(n.Value)
		}
		switch want.Shape {
		case param.Null:
			if kind != "null" {
				t.Fatalf("null is written %s", n.Value)
			}
		case param.String:
			if kind != "string" || value != want.Text {
				t.Fatalf("the string %q is written %q, a %s in YAML 1.1", want.Text, n.Value, kind)
			}
		case param.Boolean:
			if kind != "bool" || value != want.Text {
				t.Fatalf("%s is written %s", want.Text, n.Value)
			}
		case param.Numeral:
			if kind == "float" != strings.ContainsAny(want.Text, ".eE") {
				t.Fatalf("the number %s is written %s, a %s in YAML 1.1", want.Text, n.Value, kind)
			}
			if !sameNumber(value, want.Text) {
				t.Fatalf("the number %s is written %s, which is %s in YAML 1.1", want.Text, n.Value, value)
			}
		}
	}
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

// checkBoth projects all of a YAML text and reads the copy by both versions.
func checkBoth(t failer, text string) {
	t.Helper()
	f, _ := param.Decode(param.Source{Path: "a.yaml", Bytes: []byte(text)})
	if f == nil || !bindable(f.Root) {
		return
	}
	out, _, diags := f.Project([]param.Keep{{}})
	if diags.HasErrors() {
		t.Fatalf("%q: %s", text, lines(diags))
	}
	again, _ := param.Decode(param.Source{Path: "a.yaml", Bytes: out})
	if again == nil || !same(f.Root, again.Root) {
		t.Fatalf("%q became\n%s", text, out)
	}
	var n yaml.Node
	if err := yaml.Unmarshal(out, &n); err != nil {
		t.Fatalf("%q became\n%s\n%v", text, out, err)
	}
	agree(t, &n, f.Root)
}

// Scalars that readers of YAML are known to disagree about, and neighbours of them.
func TestYAMLVersionsAgree(t *testing.T) {
	for _, s := range strings.Split(disputed, "\n") {
		checkBoth(t, "a: "+s+"\nb: ["+s+"]\n"+s+": 1\n")
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[-+]?[0-9._xobeE:+~=<-]{0,8}|[yYnNoOtTfF][a-zA-Z]{0,4}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([T ][0-9:.]{0,12}Z?)?|[a-z=~ :,%*.-]{0,6}`).Draw(t, "s")
		checkBoth(t, "a: "+s+"\n")
		checkBoth(t, "a: ["+s+", 1]\n")
		checkBoth(t, "a: '"+strings.ReplaceAll(s, "'", "''")+"'\n")
		checkBoth(t, strconv.Quote(s)+": "+strconv.Quote(s)+"\n")
		checkBoth(t, s+": 1\n")
	})
}

const disputed = `1.0
1e-3
1e3
1E5
1.0e3
1.0e+3
1.5E-7
.5
-.5
+.5
.5e3
.5e-3
5.
-5.
+5
-0
-0.0
0
00
017
-017
08
0o17
-0o17
0x1F
0xfg
+0x1F
0X1F
0b101
1_000
1_000.5
_1
12:30
12:30:45
1:2:3.5
190:20:30
2024-01-01
2024-1-1
2001-12-14t21:59:43.10-05:00
2001-12-14 21:59:43.10 -5
yes
Yes
YES
yEs
y
Y
n
no
on
Off
true
True
TRUE
tRUE
null
~
Null
nUll
.inf
-.inf
+.INF
.nan
.NaN
inf
nan
1.2.3
v1.2
1e
e1
1.e5
1.e+5
123456789012345678901234567890
0.1000000000000000055511151231257827
1e400
=
<<
-
--
---
...
a b
a: b
a #b
a,b
a-b
*a
%a
@a
!a
"1.0"
'yes'
"x\ty"
"x\/y"
"\u2028"
'it''s'
"é"
é
naïve
` + "\"\u0085\""

// A float stays a float and an int an int for the script, whoever wrote it.
func TestFuzzedYAMLAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.StringN(1, 8, -1).Draw(t, "key")
		val := rapid.StringN(0, 12, -1).Draw(t, "val")
		checkBoth(t, strconv.QuoteToASCII(key)+": "+strconv.QuoteToASCII(val)+"\n")
		checkBoth(t, key+": "+val+"\n")
		checkBoth(t, "a: |\n  "+strings.ReplaceAll(val, "\n", "\n  ")+"\n")
	})
}
