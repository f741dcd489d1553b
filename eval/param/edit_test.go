package param_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/google/go-cmp/cmp"
)

// edits reads "train.C=0.1; name=\"x\"" for tables.
func edits(t *testing.T, text string) []param.Edit {
	t.Helper()
	var out []param.Edit
	for _, one := range strings.Split(text, "; ") {
		name, value, ok := strings.Cut(one, "=")
		if !ok {
			t.Fatalf("no edit: %q", one)
		}
		out = append(out, param.Edit{Path: strings.Split(name, "."), JSON: value})
	}
	return out
}

// edit returns the text after edits; diagnostics as lines.
func edit(t *testing.T, path, in string, list []param.Edit) (string, string) {
	t.Helper()
	f, diags := param.Decode(param.Source{Path: path, Bytes: []byte(in)})
	if f == nil {
		t.Fatalf("%s %q: %s", path, in, lines(diags))
	}
	out, diags := f.Edit(list)
	if f, ds := param.Decode(param.Source{Path: path, Bytes: out}); out != nil && f == nil {
		t.Errorf("%s %q: the result is no file: %s", path, in, lines(ds))
	}
	return string(out), lines(diags)
}

type editCase struct{ edits, in, want string }

func runEdits(t *testing.T, path string, cases []editCase) {
	t.Helper()
	for _, c := range cases {
		for _, eol := range []string{"\n", "\r\n"} {
			if !strings.Contains(c.in, "\n") && eol != "\n" {
				continue // nothing says how lines end
			}
			in, want := strings.ReplaceAll(c.in, "\n", eol), strings.ReplaceAll(c.want, "\n", eol)
			got, diags := edit(t, path, in, edits(t, c.edits))
			if d := cmp.Diff(want, got); d != "" || diags != "" {
				t.Errorf("%s\nof\n%s%s%s", c.edits, in, diags, d)
			}
		}
	}
}

func TestEdit_yamlScalars(t *testing.T) {
	runEdits(t, "a.yaml", []editCase{
		{`a=2`, "a: 1\n", "a: 2\n"},
		{`a=2`, "a: 1", "a: 2"},
		{`a=2`, "# top\n\na:   1   # one\n\n# end\n", "# top\n\na:   2   # one\n\n# end\n"},
		{`a.b.c=2`, "a:\n    b:\n        c: 1 # c\n        d: 2\n", "a:\n    b:\n        c: 2 # c\n        d: 2\n"},
		{`a=2; c=3`, "a: 1\nb: 1\nc: 1\n", "a: 2\nb: 1\nc: 3\n"},
		{`a=1`, "a: 0x1\n", "a: 0x1\n"},                  // it is that already
		{`a=0.001`, "a: 1e-3\n", "a: 1e-3\n"},            // the same
		{`a=1`, "a: 0.5\n", "a: 1.0\n"},                  // a float stays one
		{`a=1`, "a: 5e-1\n", "a: 1.0\n"},                 // the same
		{`a=1e-3`, "a: 1\n", "a: 0.001\n"},               //
		{`a=1e-9`, "a: 1.5\n", "a: 1.0e-9\n"},            // with the point that PyYAML asks for
		{`a=2.0`, "a: 1\n", "a: 2.0\n"},                  //
		{`a=true`, "a: False\n", "a: true\n"},            //
		{`a=true`, "a: no\n", "a: true\n"},               //
		{`a=null`, "a: 1 # x\n", "a: null # x\n"},        //
		{`a=null`, "a: ~\n", "a: ~\n"},                   //
		{`a="x"`, "a: y\n", "a: x\n"},                    //
		{`a="x"`, "a: \"y\" # z\n", "a: \"x\" # z\n"},    //
		{`a="it's"`, "a: 'it''s not'\n", "a: 'it''s'\n"}, //
		{`a="l\ni"`, "a: 'y'\n", "a: \"l\\ni\"\n"},       // single quotes cannot say it
		{`a="yes"`, "a: maybe\n", "a: \"yes\"\n"},        //
		{`a="1e-3"`, "a: x\n", "a: \"1e-3\"\n"},          //
		{`a="0o17"`, "a: x\n", "a: \"0o17\"\n"},          //
		{`a="12:30"`, "a: x\n", "a: \"12:30\"\n"},        //
		{`a=""`, "a: x\n", "a: \"\"\n"},                  //
		{`a="# x"`, "a: x\n", "a: \"# x\"\n"},            //
		{`a="b: c"`, "a: x\n", "a: \"b: c\"\n"},          //
		{`a="ü 日本"`, "a: x\n", "a: ü 日本\n"},              //
		{`a="\u0007"`, "a: x\n", "a: \"\\x07\"\n"},       //
		{`a="x, y"`, "a: z\n", "a: x, y\n"},              //
		{`a=5`, "a: \"5\"\n", "a: 5\n"},                  //
		{`a="5"`, "a: 5\n", "a: \"5\"\n"},                //
		{`a="z"`, "a: one\n  two\nb: 1\n", "a: z\nb: 1\n"},
		{`a="z"`, "a: \"one\n  two\" # c\nb: 1\n", "a: \"z\" # c\nb: 1\n"},
		{`a="z"`, "a: |\n  x\n  # y\n\nb: 1\n", "a: z\n\nb: 1\n"},
		{`a="z"`, "a: >2-\n    x\n  y\n# c\nb: 1\n", "a: z\n# c\nb: 1\n"},
		{`a="z"`, "a: |+\n  x\n\nb: 1\n", "a: z\nb: 1\n"},
		{`a=2`, "a: |\nb: 1\n", "a: 2\nb: 1\n"},
		{`a=2`, "a:\n  # why\n  1\nb: 1\n", "a:\n  # why\n  2\nb: 1\n"},
		{`a=2`, "a:\nb: 1\n", "a: 2\nb: 1\n"},
		{`a=2`, "a:   # c\nb: 1\n", "a: 2   # c\nb: 1\n"},
		{`a=2`, "a :\n\n", "a : 2\n\n"},
		{`a=2`, "? a\n: 1\n", "? a\n: 2\n"},
		{`a=2`, "\"a\": 1\n", "\"a\": 2\n"},
		{`1=2`, "1: 1\n", "1: 2\n"},
		{`true=2`, "true: 1\n", "true: 2\n"},
		{`é=2`, "\ufeffé: 1 # ü\nb: 日\n", "\ufeffé: 2 # ü\nb: 日\n"},
		{`b=2`, "%YAML 1.1\n---\na: 1\nb: 1\n...\n", "%YAML 1.1\n---\na: 1\nb: 2\n...\n"},
	})
}

func TestEdit_yamlTags(t *testing.T) {
	runEdits(t, "a.yaml", []editCase{
		{`a="2"`, "a: !!str 1\n", "a: !!str \"2\"\n"},
		{`a=2`, "a: !!str 1\n", "a: 2\n"},
		{`a=2`, "a: !!int '1'\n", "a: !!int 2\n"},
		{`a=0.5`, "a: !!int 1\n", "a: 0.5\n"},
		{`a=2`, "a: !!float 1\n", "a: !!float 2.0\n"},
		{`a=2`, "a: ! 1\n", "a: 2\n"},
		{`a=2`, "a: !foo 1 # c\n", "a: 2 # c\n"},
		{`a=2`, "a: !foo\n  b: 1\nc: 1\n", "a: 2\nc: 1\n"},
		{`a=2`, "a: !foo {b: 1}\nc: 1\n", "a: 2\nc: 1\n"},
		{`a={"x":1}`, "a: !!str x\nb: 1\n", "a:\n  x: 1\nb: 1\n"},
		{`a=2`, "a: !!str\nb: 1\n", "a: 2\nb: 1\n"},
		{`a=2`, "a: &x !!str y\nb: 1\n", "a: &x 2\nb: 1\n"},
		{`a=2`, "a: !!str &x y\nb: 1\n", "a: &x 2\nb: 1\n"},
		{`a=2`, "a: &x\nb: 1\n", "a: &x 2\nb: 1\n"},
	})
}

func TestEdit_yamlCollections(t *testing.T) {
	runEdits(t, "a.yaml", []editCase{
		{`a=[1,2]`, "a: [3, 4]  # c\n", "a: [1, 2]  # c\n"},
		{`a=[1,2]`, "a: [3, 4.5]\n", "a: [1, 2.0]\n"},
		{`a=["x, y","z"]`, "a: ['p', q]\n", "a: ['x, y', z]\n"},
		{`a=["a:b","x,y"]`, "a: [p]\n", "a: [\"a:b\", \"x,y\"]\n"},
		{`a=[]`, "a: [1,\n  2, # c\n  ]\nb: 1\n", "a: []\nb: 1\n"},
		{`a=[1]`, "a: [{x: ']'}, \"}\", it's, [[]]]  # c\nb: 1\n", "a: [1]  # c\nb: 1\n"},
		{`a=[5,6,7]`, "a:\n  - 1 # one\n  - 2\n# c\nb: 1\n", "a:\n  - 5\n  - 6\n  - 7\n# c\nb: 1\n"},
		{`a=[5]`, "a:\n- 1\n- 2 # two\nb: 1\n", "a:\n- 5 # two\nb: 1\n"},
		{`a=5`, "a: # about a\n  - 1\n  - 2 # two\n\nb: 1\n", "a: 5 # about a\n\nb: 1\n"},
		{`a=[]`, "a:\n- 1\n- 2\nb: 1\n", "a: []\nb: 1\n"},
		{`a=[1,2]`, "a: 1 # c\n", "a: [1, 2] # c\n"},
		{`a=[{"x":1,"y":[1]},[2]]`, "a: 1 # c\nb: 1\n", "a: # c\n  - x: 1\n    \"y\": [1]\n  - [2]\nb: 1\n"},
		{`a={"x":1}`, "a: 1 # c\nb: 1\n", "a: # c\n  x: 1\nb: 1\n"},
		{`a={"x":1}`, "a: # c\nb: 1\n", "a: # c\n  x: 1\nb: 1\n"},
		{`a={"x":1}`, "a: {y: 1} # c\nb: 1\n", "a: {x: 1} # c\nb: 1\n"},
		{`a={"x":1}`, "a: {y: 1,\n    z: 2}\nb: 1\n", "a: {x: 1}\nb: 1\n"},
		{`a={"x":1}`, "a:\n    y: 1\n    z: 2\nb: 1\n", "a:\n    x: 1\nb: 1\n"},
		{`a={"x":1,"y":3}`, "a:\n    y: 1 # why\n    x: 1 # ex\nb: 1\n", "a:\n    y: 3 # why\n    x: 1 # ex\nb: 1\n"},
		{`a={"x":1,"y":3,"z":4}`, "a: {x: 1, y: 2}\n", "a: {x: 1, y: 3, z: 4}\n"},
		{`a={}`, "a:\n  x: 1\nb: 1\n", "a: {}\nb: 1\n"},
		{`a={"x":{"y":1}}`, "a:\n  - 1\nb: 1\n", "a:\n  x:\n    \"y\": 1\nb: 1\n"},
		{`a.b=2`, "a: {b: 1, c: 1}\n", "a: {b: 2, c: 1}\n"},
		{`a.b=2`, "a: {c, b, d}\n", "a: {c, b: 2, d}\n"},
		{`a.b=2`, "a: {c, b: , d: }\n", "a: {c, b: 2 , d: }\n"},
		{`a.b={"x":"y,z"}`, "a: {b: 1, c: 1}\n", "a: {b: {x: \"y,z\"}, c: 1}\n"},
		{`a.b=2`, "{\"a\": {\"b\": 1}}\n", "{\"a\": {\"b\": 2}}\n"},
	})
}

func TestEdit_yamlNew(t *testing.T) {
	runEdits(t, "a.yaml", []editCase{
		{`a=1`, "", "a: 1\n"},
		{`a=1`, "# c\n", "# c\na: 1\n"},
		{`a=1`, "# c", "# c\na: 1"},
		{`a.b=1`, "---\n", "---\na:\n  b: 1\n"},
		{`a=1`, "{}\n", "{a: 1}\n"},
		{`b=2`, "a: 1\n", "a: 1\nb: 2\n"},
		{`b=2`, "a: 1", "a: 1\nb: 2"},
		{`b=2`, "a: 1 # one\n\n# end\n", "a: 1 # one\nb: 2\n\n# end\n"},
		{`b=2`, "a: 1\n...\n", "a: 1\nb: 2\n...\n"},
		{`a.c=2`, "a:\n    b: 1 # one\nd: 1\n", "a:\n    b: 1 # one\n    c: 2\nd: 1\n"},
		{`a.c.d.e=2`, "a:\n    b: 1\nd: 1\n", "a:\n    b: 1\n    c:\n        d:\n            e: 2\nd: 1\n"},
		{`a.c=2`, "a:\n  b:\n  - 1\n  - 2 # two\nd: 1\n", "a:\n  b:\n  - 1\n  - 2 # two\n  c: 2\nd: 1\n"},
		{`b=2`, "a: |\n  x\n\n", "a: |\n  x\nb: 2\n\n"},
		{`b=2`, "a: |+\n  x\n\n", "a: |+\n  x\n\nb: 2\n"},
		{`b=2`, "a:\n", "a:\nb: 2\n"},
		{`b=2`, "a: &x\n", "a: &x\nb: 2\n"},
		{`b=2`, "a: \"x\n  y\"\n", "a: \"x\n  y\"\nb: 2\n"},
		{`b=2`, "? a\n: 1\n", "? a\n: 1\nb: 2\n"},
		{`b=2`, "\"a\": 1\n", "\"a\": 1\n\"b\": 2\n"},
		{`yes=2`, "a: 1\n", "a: 1\n\"yes\": 2\n"},
		{`1=2`, "a: 1\n", "a: 1\n\"1\": 2\n"},
		{`b="x"`, "a: 1\n", "a: 1\nb: x\n"},
		{`b=[1,"x"]`, "a: 1\n", "a: 1\nb: [1, x]\n"},
		{`b={"x":{},"z":[]}`, "a: 1\n", "a: 1\nb:\n  x: {}\n  z: []\n"},
		{`a.c=2`, "a: {b: 1}\n", "a: {b: 1, c: 2}\n"},
		{`a.c=2`, "a: {b: 1,}\n", "a: {b: 1, c: 2,}\n"},
		{`a.c=2`, "a: {b}\n", "a: {b, c: 2}\n"},
		{`a.c=2`, "a: {}\n", "a: {c: 2}\n"},
		{`a.c=2`, "a: {\n  b: 1, # one\n  d: 1  # two\n}\n", "a: {\n  b: 1, # one\n  d: 1,  # two\n  c: 2\n}\n"},
		{`a.c=2`, "a: {\n  b: 1, # one\n  d: 1,  # two\n}\n", "a: {\n  b: 1, # one\n  d: 1,  # two\n  c: 2,\n}\n"},
		{`a.c="x"`, "{\"a\": {\"b\": 1}}\n", "{\"a\": {\"b\": 1, \"c\": \"x\"}}\n"},
		{`a.b=1`, "a: # c\nd: 1\n", "a: # c\n  b: 1\nd: 1\n"},
		{`a.b=1`, "a: ~\nd: 1\n", "a:\n  b: 1\nd: 1\n"},
	})
}

func TestEdit_yamlAliases(t *testing.T) {
	runEdits(t, "a.yaml", []editCase{
		{`b=2`, "a: &x 1\nb: *x # c\nc: *x\n", "a: &x 1\nb: 2 # c\nc: *x\n"},
		{`b.lr=2`, "a: &x {lr: 1, n: 017}\nb: *x # c\nc: *x\n", "a: &x {lr: 1, n: 017}\nb: # c\n  lr: 2\n  n: 017\nc: *x\n"},
		{`b.more=2`, "a: &x {lr: 1}\nd: {b: *x}\nb: *x\n", "a: &x {lr: 1}\nd: {b: *x}\nb:\n  lr: 1\n  more: 2\n"},
		{`d.b.lr=2`, "a: &x {lr: 1}\nd: {b: *x}\n", "a: &x {lr: 1}\nd: {b: {lr: 2}}\n"},
		{`b.lr=2`, "a: &x {lr: 1}\nb:\n  <<: *x\n  n: 1\n", "a: &x {lr: 1}\nb:\n  <<: *x\n  n: 1\n  lr: 2\n"},
		{`b.n=2`, "a: &x {lr: 1}\nb:\n  <<: *x\n  n: 1\n", "a: &x {lr: 1}\nb:\n  <<: *x\n  n: 2\n"},
		{`b.opt.lr=2`, "a: &x\n  opt:\n    lr: 1e-3 # c\n    n: 'x'\nb:\n  <<: *x\n", "a: &x\n  opt:\n    lr: 1e-3 # c\n    n: 'x'\nb:\n  <<: *x\n  opt:\n    lr: 2.0\n    n: 'x'\n"},
		{`b.lr=1`, "a: &x {lr: 1}\nb:\n  <<: *x\n", "a: &x {lr: 1}\nb:\n  <<: *x\n"},
		{`a=2`, "a: &x 1\nb: 1\n", "a: &x 2\nb: 1\n"},
		{`a.c=2`, "a: &x\n  b: 1\nb: 1\n", "a: &x\n  b: 1\n  c: 2\nb: 1\n"},
		{`a=[2]`, "a: &x # c\n  - 1\nb: 1\n", "a: &x # c\n  - 2\nb: 1\n"},
		{`a=2`, "a: &x # c\n  - 1\nb: 1\n", "a: &x 2 # c\nb: 1\n"},
	})
}

func TestEdit_anchorWarns(t *testing.T) {
	for _, c := range []struct{ edits, in, want, diags string }{
		{`a=2`, "a: &x 1\nb: *x\n", "a: &x 2\nb: *x\n", "W-params-anchor a.yaml:1:4: a is set inside what &x names"},
		{`a.lr=2; a.k=3`, "a: &x\n  lr: 1\nb: *x\nc:\n  <<: *x\n  n: 7\n", "a: &x\n  lr: 2\n  k: 3\nb: *x\nc:\n  <<: *x\n  n: 7\n", "W-params-anchor a.yaml:1:4: a.lr is set inside what &x names"},
		{`a={"lr":2}`, "a:\n  lr: &x 1\nb: *x\n", "a:\n  lr: &x 2\nb: *x\n", "W-params-anchor a.yaml:2:7: a.lr is set inside what &x names"},
		{`a.lr=1`, "a: &x {lr: 1}\nb: *x\n", "a: &x {lr: 1}\nb: *x\n", ""},
	} {
		got, diags := edit(t, "a.yaml", c.in, edits(t, c.edits))
		if d := cmp.Diff(c.want, got); d != "" || !strings.HasPrefix(diags, c.diags) || strings.Count(diags, "W-") > 1 || (diags == "") != (c.diags == "") {
			t.Errorf("%s\nof\n%s%s%s", c.edits, c.in, diags, d)
		}
	}
}

func TestEdit_json(t *testing.T) {
	runEdits(t, "a.json", []editCase{
		{`a=2`, `{"a":1}`, `{"a":2}`},
		{`a=2`, "{\n\t\"a\" : 1 ,\n\t\"b\": [ 1,2 ]\n}\n", "{\n\t\"a\" : 2 ,\n\t\"b\": [ 1,2 ]\n}\n"},
		{`a.b=2`, `{"a": {"b": 1.5, "c": "}"}}`, `{"a": {"b": 2.0, "c": "}"}}`},
		{`a=1`, `{"a": 1e0}`, `{"a": 1e0}`},
		{`a="é\"<"`, `{"a": "\u00e9"}`, `{"a": "é\"<"}`},
		{`a=null`, `{"a": 1}`, `{"a": null}`},
		{`a=[1,2]`, `{"a": [3], "b": 1}`, `{"a": [1, 2], "b": 1}`},
		{`a=[1,2]`, `{"a":[3]}`, `{"a":[1,2]}`},
		{`a=[1,{"x":2}]`, "{\n  \"a\": [\n    3\n  ]\n}\n", "{\n  \"a\": [\n    1,\n    {\n      \"x\": 2\n    }\n  ]\n}\n"},
		{`a=[1,2]`, "{\n  \"a\": 3\n}\n", "{\n  \"a\": [1, 2]\n}\n"},
		{`a={"x":1,"y":[1,2]}`, "{\n  \"a\": 3\n}\n", "{\n  \"a\": {\n    \"x\": 1,\n    \"y\": [1, 2]\n  }\n}\n"},
		{`a={"x":1}`, "{\n  \"a\": {\"z\": 3}\n}\n", "{\n  \"a\": {\"x\": 1}\n}\n"},
		{`b=2`, `{"a":1}`, `{"a":1,"b":2}`},
		{`b=2`, `{"a": 1}`, `{"a": 1, "b": 2}`},
		{`b=2`, "{\n    \"a\": 1\n}\n", "{\n    \"a\": 1,\n    \"b\": 2\n}\n"},
		{`b.c=2`, "{\n    \"a\": 1\n}\n", "{\n    \"a\": 1,\n    \"b\": {\n        \"c\": 2\n    }\n}\n"},
		{`a.c=2`, "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n", "{\n  \"a\": {\n    \"b\": 1,\n    \"c\": 2\n  }\n}\n"},
		{`a.c=2`, "{\n  \"a\": {}\n}\n", "{\n  \"a\": {\n    \"c\": 2\n  }\n}\n"},
		{`a.c=2`, "{\"a\": {}}", "{\"a\": {\"c\": 2}}"},
		{`a.b=2`, "{\"a\": null}", "{\"a\": {\"b\": 2}}"},
		{`a=1`, "{}\n", "{\n  \"a\": 1\n}\n"},
		{`a=1`, " {\n }\n", " {\n   \"a\": 1\n }\n"},
	})
}

func TestEdit_toml(t *testing.T) {
	runEdits(t, "a.toml", []editCase{
		{`a=2`, "a = 1 # one\n", "a = 2 # one\n"},
		{`a=1`, "a = 0x1\n", "a = 0x1\n"},
		{`a=1`, "a = 0.5\n", "a = 1.0\n"},
		{`a=1e-9`, "a = 0.5\n", "a = 1.0e-9\n"},
		{`a=10`, "a = 1_000\n", "a = 10\n"},
		{`a="it"`, "a = 'x'\n", "a = 'it'\n"},
		{`a="it's"`, "a = 'x'\n", "a = \"it's\"\n"},
		{`a="l\nm"`, "a = '''\nx'''\n", "a = \"l\\nm\"\n"},
		{`a=true`, "a = false\n", "a = true\n"},
		{`a=2`, "a = 2024-01-01 # d\n", "a = 2 # d\n"},
		{`a=[1,2]`, "a = [\n  3, # three\n] # end\nb = 1\n", "a = [1, 2] # end\nb = 1\n"},
		{`a={"x":1}`, "a = 5\n", "a = { x = 1 }\n"},
		{`t.a=2`, "x = 1\n\n[t]\n  a = 1 # one\n\n[u]\na = 1\n", "x = 1\n\n[t]\n  a = 2 # one\n\n[u]\na = 1\n"},
		{`t.a.b=2`, "t.a.b = 1\n", "t.a.b = 2\n"},
		{`t.a.b=2`, "[t]\na.b = 1\n\"a\".c = 1\n", "[t]\na.b = 2\n\"a\".c = 1\n"},
		{`t.a.b=2`, "t = { a = { b = 1, c = \"}\" } } # c\n", "t = { a = { b = 2, c = \"}\" } } # c\n"},
		{`t={"a":1,"b":3}`, "[t]\na = 1 # a\nb = 2 # b\n", "[t]\na = 1 # a\nb = 3 # b\n"},
		{`b=2`, "a = 1 # one\n\n[t]\nc = 1\n", "a = 1 # one\nb = 2\n\n[t]\nc = 1\n"},
		{`b=2`, "a = 1", "a = 1\nb = 2"},
		{`b=2`, "", "b = 2\n"},
		{`b=2`, "# c\n", "# c\nb = 2\n"},
		{`b=2`, "# file\n\n# t\n[t]\nc = 1\n", "# file\n\nb = 2\n\n# t\n[t]\nc = 1\n"},
		{`b=2`, "# file\n[t]\nc = 1\n", "# file\nb = 2\n\n[t]\nc = 1\n"},
		{`t.d=2`, "[t]\n  c = 1 # c\n# end\n\n[u]\n", "[t]\n  c = 1 # c\n  d = 2\n# end\n\n[u]\n"},
		{`t.d=2`, "[ t ] # t\n\n[u]\n", "[ t ] # t\nd = 2\n\n[u]\n"},
		{`t.d=2`, "  [t]\n", "  [t]\n  d = 2\n"},
		{`t.d=2`, "t.c = 1\nu = 1\n", "t.c = 1\nt.d = 2\nu = 1\n"},
		{`t.x.d=2`, "[t]\nx.c = 1\nu = 1\n", "[t]\nx.c = 1\nx.d = 2\nu = 1\n"},
		{`t.d=2`, "[t.x]\nc = 1\n", "[t.x]\nc = 1\n\n[t]\nd = 2\n"},
		{`t.d=2`, "t = { c = 1 } # t\n", "t = { c = 1, d = 2 } # t\n"},
		{`t.d=2`, "t = {}\n", "t = { d = 2 }\n"},
		{`t.d=2`, "a = 1\n", "a = 1\n\n[t]\nd = 2\n"},
		{`t.d.e=2`, "[t]\na = 1\n\n[u]\na = 1\n", "[t]\na = 1\n\n[t.d]\ne = 2\n\n[u]\na = 1\n"},
		{`t.d={"e":1,"f":{"g":2}}`, "[t]\na = 1\n", "[t]\na = 1\n\n[t.d]\ne = 1\n\n[t.d.f]\ng = 2\n"},
		{`t.a b=2`, "[t]\na = 1\n", "[t]\na = 1\n\"a b\" = 2\n"},
		{`b=2`, "[[l]]\nx = 1\n[l.y]\nz = 1\n", "b = 2\n\n[[l]]\nx = 1\n[l.y]\nz = 1\n"},
		{`t.b=2`, "[[l]]\nx = 1\n[l.y]\nz = 1\n", "[[l]]\nx = 1\n[l.y]\nz = 1\n\n[t]\nb = 2\n"},
		{`t.b.c=2`, "[t]\nx = 1\n[[t.l]]\nx = 1\n[[t.l]]\n[u]\n", "[t]\nx = 1\n[[t.l]]\nx = 1\n[[t.l]]\n\n[t.b]\nc = 2\n[u]\n"},
	})
}

func TestEdit_refuses(t *testing.T) {
	for _, c := range []struct{ path, edits, in, want string }{
		{"a.yaml", `a.b.c=2`, "a:\n  b: 5\n", "E-params-edit a.yaml:2:6: Set a.b.c in a.yaml to 2 by hand. a.b is no mapping, so nothing in it has a name."},
		{"a.yaml", `a.b=2`, "a: [1]\n", "E-params-edit a.yaml:1:4: Set a.b in a.yaml to 2 by hand. a is no mapping, so nothing in it has a name."},
		{"a.yaml", `a=2x`, "a: 1\n", "E-params-edit a.yaml:1:4: Set a in a.yaml to 2x by hand. The new value is not JSON."},
		{"a.yaml", `a=`, "a: 1\n", "E-params-edit a.yaml:1:4: Set a in a.yaml to  by hand. The new value is not JSON."},
		{"a.yaml", `a={"x":1,"x":2}`, "a: 1\n", "E-params-edit a.yaml:1:4: Set a in a.yaml to {\"x\":1,\"x\":2} by hand. The new value is not JSON."},
		{"a.yaml", `a=5`, "a: {b: &x 1}\nc: *x\n", "E-params-edit a.yaml:1:4: Set a in a.yaml to 5 by hand. dewar cannot do it without changing something else in the file."},
		{"a.yaml", `c.d=5`, "a: &x {b: !foo 1}\nc: *x\n", "E-params-edit a.yaml:1:4: Set c.d in a.yaml to 5 by hand. A value with a tag would have to be written a second time."},
		{"a.yaml", `a=1e999`, "a: 1\n", "E-params-edit a.yaml:1:4: Set a in a.yaml to 1e999 by hand. The new value has a number that is out of range."},
		{"a.yaml", `a=1`, "null\n", "E-params-edit a.yaml:0:0: Set a in a.yaml to 1 by hand. dewar cannot do it without changing something else in the file."},
		{"a.toml", `a=null`, "a = 1\n", "E-params-edit a.toml:1:5: Set a in a.toml to null by hand. TOML has no null: remove the name if it is to have no value."},
		{"a.toml", `t=5`, "[t]\na = 1\n", "E-params-edit a.toml:1:2: Set t in a.toml to 5 by hand. It is written as tables of its own, or as a list of them, which dewar does not rewrite whole."},
		{"a.toml", `t=[]`, "[[t]]\na = 1\n", "E-params-edit a.toml:1:3: Set t in a.toml to [] by hand. It is written as tables of its own, or as a list of them, which dewar does not rewrite whole."},
		{"a.json", `a.b=1`, `{"a": "x"}`, "E-params-edit a.json:1:7: Set a.b in a.json to 1 by hand. a is no mapping, so nothing in it has a name."},
	} {
		got, diags := edit(t, c.path, c.in, edits(t, c.edits))
		if d := cmp.Diff(c.want, strings.TrimSuffix(diags, "\n")); d != "" || got != "" {
			t.Errorf("%s of %q: %q %s", c.edits, c.in, got, d)
		}
	}
}

// Several edits are refused at once; a secret is not told; the whole file is nobody's value.
func TestEdit_refusesMore(t *testing.T) {
	f, _ := param.Decode(param.Source{Path: "a.yaml", Bytes: []byte("a: 5678\nb: 6\n"), Masked: true})
	out, diags := f.Edit([]param.Edit{{Path: []string{"a", "x"}, JSON: `"hunter2"`}, {Path: []string{"b"}, JSON: "1"}, {JSON: "{}"}})
	text := lines(diags)
	if out != nil || len(diags) != 2 || strings.Contains(text, "hunter2") || strings.Contains(text, "5678") || !strings.Contains(text, "Set a.x in a.yaml by hand") {
		t.Errorf("%q %s", out, text)
	}
}

// What only readers of YAML 1.1 take for something else stays as it is written.
func TestEdit_keepsQuirks(t *testing.T) {
	const in = "yes: no\non: 'off'\na: 1e-3\nb: 017\nc: 0o17\nd: 1_000\ne: 12:30:45\nf: .5\ng: +1\nh: 0xFF\ni: 2024-01-01\nj: y\nk: ~\nl: NULL\nm: =\nn: 1.\nedited: 0.1\n"
	got, diags := edit(t, "a.yaml", in, edits(t, "edited=1e-3"))
	if want := strings.Replace(in, "edited: 0.1", "edited: 0.001", 1); got != want || diags != "" {
		t.Errorf("%s%s", diags, cmp.Diff(want, got))
	}
}
