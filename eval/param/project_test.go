package param_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval/number"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
)

const paramsYAML = `# all of it
base:
  random_seed: 42   # the answer
features:
    remove: [island, 'sex' , "a b"]
train: &t
  C: 1.0
  tol: 1e-3
  max_iter: 1000

  model_name: yes
  note: |
    two
    lines
  none:
other:
  <<: *t
  C: .5
  at: 12:30:45
  deep: {q: [[1, {z: 017}], []], e: {}}
`

// keep reads "train.C", "train.C=10" (a number), "train.C='x" (a string),
// "train.C=~" (null) and "train.C=[" (an empty list).
func keep(words ...string) []param.Keep {
	var out []param.Keep
	for _, w := range words {
		path, text, has := strings.Cut(w, "=")
		k := param.Keep{}
		if path != "" {
			k.Path = strings.Split(path, ".")
		}
		if has {
			v := cty.NullVal(cty.String)
			switch {
			case strings.HasPrefix(text, "'"):
				v = cty.StringVal(text[1:])
			case text == "[":
				v = cty.EmptyTupleVal
			case text == "true":
				v = cty.True.Mark("from somewhere")
			case text != "~":
				v = cty.MustParseNumberVal(strings.TrimSuffix(text, "f"))
			}
			k.Override = &v
			if strings.HasSuffix(text, "f") {
				k.Type = &param.Type{Kind: param.KindFloat}
			}
		}
		out = append(out, k)
	}
	return out
}

func TestProject(t *testing.T) {
	const (
		j = `{"train": {"C": 1.0, "tol": 1e-3, "s": "\u00e9/", "l": [1, {"a": null}]}, "b": true}`
		q = "b = true\ndate = 2024-01-01\n[train]\nC = 1.0 # c\ntol = 1_0e-3\ns = 'x\\y'\nm = \"\"\"a\nb\"\"\"\nin.p = [1, {q = 0x1f}]\n[[train.l]]\nz = 1\n"
	)
	for _, c := range []struct {
		name, path, src, want, withheld, warned string
		keep                                    []param.Keep
	}{
		{name: "source text stays", path: "p.yaml", src: paramsYAML, keep: keep("train.C", "base"),
			want: "base:\n  random_seed: 42\ntrain:\n  C: 1.0\n", withheld: "features other train.max_iter train.model_name train.none train.note train.tol"},
		{name: "what versions disagree about", path: "p.yaml", src: paramsYAML, keep: keep("train.tol", "train.model_name", "other.at", "other.deep"),
			want:     "train:\n  tol: 0.001\n  model_name: \"yes\"\nother:\n  at: \"12:30:45\"\n  deep:\n    q:\n      - - 1\n        - z: 17\n      - []\n    e: {}\n",
			withheld: "base features other.C other.max_iter other.model_name other.none other.note other.tol train.C train.max_iter train.none train.note", warned: "8:8 11:15 19:7 20:22"},
		{name: "quotes, lines and nothing", path: "p.yaml", src: paramsYAML, keep: keep("features", "train.note", "train.none"),
			want:     "features:\n  remove:\n    - island\n    - 'sex'\n    - \"a b\"\ntrain:\n  note: \"two\\nlines\\n\"\n  none: null\n",
			withheld: "base other train.C train.max_iter train.model_name train.tol"},
		{name: "merges are expanded", path: "p.yaml", src: paramsYAML, keep: keep("other.C", "other.max_iter"),
			want: "other:\n  max_iter: 1000\n  C: .5\n", withheld: "base features other.at other.deep other.model_name other.none other.note other.tol train"},
		{name: "overrides", path: "p.yaml", src: paramsYAML, keep: keep("train.C=10", "train.tol=0.0000001", "train.max_iter=1f", "train.model_name='no", "train.none=~", "train.new.x=true", "base", "base.random_seed=7", "features.remove=["),
			want:     "base:\n  random_seed: 7\nfeatures:\n  remove: []\ntrain:\n  C: 10.0\n  tol: 1.0e-7\n  max_iter: 1.0\n  model_name: \"no\"\n  new:\n    x: true\n",
			withheld: "other train.note"},
		{name: "the last override wins", path: "p.yaml", src: "a: 1\n", keep: keep("a=2", "a", "a=3"), want: "a: 3\n"},
		{name: "nothing", path: "p.yml", src: "a: 1\n", keep: nil, want: "{}\n", withheld: "a"},
		{name: "absent", path: "p.yml", src: "a: 1\n", keep: keep("b.c"), want: "{}\n", withheld: "a"},
		{name: "json", path: "p.json", src: j, keep: keep("train.C", "train.tol", "train.s", "train.l"),
			want: "{\n  \"train\": {\n    \"C\": 1.0,\n    \"tol\": 1e-3,\n    \"s\": \"\\u00e9/\",\n    \"l\": [\n      1,\n      {\n        \"a\": null\n      }\n    ]\n  }\n}\n", withheld: "b"},
		{name: "json overrides", path: "p.json", src: j, keep: keep("train.C=2f", "train.s='é\"<", "x=["),
			want: "{\n  \"train\": {\n    \"C\": 2.0,\n    \"s\": \"é\\\"<\"\n  },\n  \"x\": []\n}\n", withheld: "b train.l train.tol"},
		{name: "toml", path: "p.toml", src: q, keep: keep("train", "b"),
			want:     "b = true\n\n[train]\nC = 1.0\ntol = 1_0e-3\ns = 'x\\y'\nm = \"a\\nb\"\nl = [{ z = 1 }]\n\n[train.in]\np = [1, { q = 0x1f }]\n",
			withheld: "date"},
		{name: "toml overrides", path: "p.toml", src: q, keep: keep("train.C=100000000000000000000", "train.new='x\ty", "b=~"),
			want: "[train]\nC = 100000000000000000000.0\nnew = \"x\\u0009y\"\n", withheld: "date train.in train.l train.m train.s train.tol"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, withheld, diags := param.Project(param.Source{Path: c.path, Bytes: []byte(c.src)}, c.keep)
			if d := cmp.Diff(c.want, string(out)); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.withheld, strings.Join(withheld, " ")); d != "" {
				t.Error(d)
			}
			var warned []string
			for _, dg := range diags {
				if dg.Code != "W-params-respelled" {
					t.Error(lines(diags))
				}
				warned = append(warned, strings.TrimPrefix(where(dg.Span), c.path+":"))
			}
			if d := cmp.Diff(c.warned, strings.Join(warned, " ")); d != "" {
				t.Error(d)
			}
		})
	}
}

// An edit that changes no value kept changes no byte: no action runs again.
func TestProjectionIgnoresLayout(t *testing.T) {
	for _, c := range []struct {
		path     string
		variants []string
	}{
		{"p.yaml", []string{"a: 1.0\nb: [x, 'y']\nc: {d: 1}\nz: 0\n", "# hello\nz: 9\n\na:   1.0   # one\nb:\n- x\n- 'y'\nc:\n    d: 1\n", "{z: 1, a: 1.0, b: [x,'y'], c: {d: 1}}\r\n", "a: &q 1.0\nb: [x, 'y']\nk: &k {d: 1}\nc: *k\n"}},
		{"p.json", []string{`{"a":1.0,"b":["x"],"c":{}}`, "{\n \"z\": 3, \"a\": 1.0,\t\"b\": [ \"x\" ],\n\"c\": { } }\n"}},
		{"p.toml", []string{"a = 1.0\nb = ['x']\n[c]\nd = 1\n", "# c\nz = 1\na=1.0 # x\nb = [\n 'x', # y\n]\nc.d = 1\n", "a = 1.0\nb = ['x']\nc = {d = 1}\n"}},
	} {
		var first string
		for i, v := range c.variants {
			out, _, diags := param.Project(param.Source{Path: c.path, Bytes: []byte(v)}, keep("a", "b", "c"))
			if diags.HasErrors() {
				t.Fatal(lines(diags))
			}
			if i == 0 {
				first = string(out)
			} else if d := cmp.Diff(first, string(out)); d != "" {
				t.Errorf("%s: %s", c.path, d)
			}
		}
	}
}

// A stage's copy of a file shows what was bound, from whichever layer.
func TestKeepShowsWhatIsBound(t *testing.T) {
	hcl := `
param "train" {
  type = object({ C = float, tol = number, max_iter = optional(int, 1000), solver = optional(string), tags = list(string), sub = optional(object({ x = optional(int) }), {}) })
  file = "params.yaml"
}
param "lr" {
  type    = float
  default = 1
}
param "seed" {
  type = int
  file = "params.yaml"
  key  = "base.random_seed"
}
`
	w := world{files: map[string]string{
		"params.yaml": "base: {random_seed: 42, x: 1}\ntrain:\n  tol: 0.10\n  solver: ~\n  C: 1.0\n  tags: [a]\n  sub: {}\n", "c.yaml": "train: {tags: [b]}",
	}, extra: []string{"c.yaml"}, set: []string{"train.C=10"}}
	p, diags := param.BindAll(blocks(t, hcl), w.options())
	if len(diags) > 0 {
		t.Fatal(lines(diags))
	}
	f := p.File("params.yaml")
	for _, c := range []struct {
		name, want string
		keep       []param.Keep
	}{
		{"all of train", "train:\n  tol: 0.10\n  solver: ~\n  C: 10.0\n  tags:\n    - b\n  sub: {}\n  max_iter: 1000\n", p.Get("train").Keep(nil)},
		{"a leaf", "train:\n  C: 10.0\n", p.Get("train").Keep([]string{"C"})},
		{"an object of nothing", "train:\n  sub: {}\n", p.Get("train").Keep([]string{"sub"})},
		{"another place", "base:\n  random_seed: 42\n", p.Get("seed").Keep(nil)},
	} {
		out, _, diags := f.Project(c.keep)
		if d := cmp.Diff(c.want, string(out)); d != "" || len(diags) > 0 {
			t.Errorf("%s: %s%s", c.name, d, lines(diags))
		}
	}
	over, diags := p.Get("train").Override([]string{"C"}, cty.NumberIntVal(3).Mark("point"))
	if len(diags) > 0 {
		t.Fatal(lines(diags))
	}
	out, _, _ := f.Project(append(p.Get("train").Keep([]string{"C"}), over))
	if want := "train:\n  C: 3.0\n"; string(out) != want {
		t.Errorf("overridden: %s", out)
	}
	if _, diags := p.Get("train").Override([]string{"C"}, cty.StringVal("x")); lines(diags) != "E-param-type -: param.train.C must be a float, not the string \"x\".\n" {
		t.Error(lines(diags))
	}
	if _, diags := p.Get("train").Override([]string{"D"}, cty.True); lines(diags) != "E-param-unknown-key -: There is no param.train.D.\n" {
		t.Error(lines(diags))
	}
	values := append(p.Get("train").Values([]string{"C"}), append(p.Get("lr").Values(nil), p.Get("seed").Values(nil)...)...)
	for path, want := range map[string]string{
		"conf/run.yaml": "train:\n  C: 10.0\nlr: 1.0\nseed: 42\n",
		"run.json":      "{\n  \"train\": {\n    \"C\": 10.0\n  },\n  \"lr\": 1.0,\n  \"seed\": 42\n}\n",
		"run.toml":      "lr = 1.0\nseed = 42\n\n[train]\nC = 10.0\n",
	} {
		out, diags := param.Write(path, values)
		if d := cmp.Diff(want, string(out)); d != "" || len(diags) > 0 {
			t.Errorf("%s: %s%s", path, d, lines(diags))
		}
	}
	if _, diags := param.Write("run.py", values); len(diags) != 1 || diags[0].Code != "E-params-format" {
		t.Error(lines(diags))
	}
}

// same reports whether two trees hold the same values in the same order.
func same(a, b *param.Tree) bool {
	if a.Shape != b.Shape || len(a.Items) != len(b.Items) {
		return false
	}
	switch a.Shape {
	case param.Numeral:
		return sameNumber(a.Text, b.Text)
	case param.Sequence:
		for i := range a.Items {
			if !same(a.Items[i], b.Items[i]) {
				return false
			}
		}
		return true
	case param.Mapping:
		if len(a.Entries) != len(b.Entries) {
			return false
		}
		for _, e := range a.Entries {
			o := b.Get(e.Name)
			if o == nil || !same(e.Value, o) {
				return false
			}
		}
		return true
	default:
		return a.Text == b.Text
	}
}

func sameNumber(a, b string) bool {
	va, errA := number.Parse(a)
	vb, errB := number.Parse(b)
	if errA != nil || errB != nil {
		return a == b
	}
	ta, _ := number.Text(va)
	tb, _ := number.Text(vb)
	return ta == tb
}

// bindable reports whether some param could be t: there are no dates, tags,
// infinities and numbers out of range in it.
func bindable(t *param.Tree) bool {
	for _, item := range t.Items {
		if !bindable(item) {
			return false
		}
	}
	for _, e := range t.Entries {
		if !bindable(e.Value) {
			return false
		}
	}
	if t.Shape == param.Numeral {
		_, err := number.Parse(t.Text)
		return err == nil
	}
	return t.Shape != param.Foreign
}

// keepsAll projects all of a file and reads the copy back.
func keepsAll(t testing.TB, f *param.File) {
	t.Helper()
	if !bindable(f.Root) {
		return
	}
	out, withheld, diags := f.Project([]param.Keep{{}})
	if diags.HasErrors() || len(withheld) > 0 {
		t.Fatalf("%q: %v %s", f.Bytes, withheld, lines(diags))
	}
	again, diags := param.Decode(param.Source{Path: f.Path, Bytes: out})
	if diags.HasErrors() {
		t.Fatalf("%q became\n%s\n%s", f.Bytes, out, lines(diags))
	}
	if !same(f.Root, again.Root) {
		t.Fatalf("%q became\n%s", f.Bytes, out)
	}
	twice, _, diags := again.Project([]param.Keep{{}})
	if !bytes.Equal(out, twice) || len(diags) > 0 {
		t.Fatalf("the projection of\n%s\nis\n%s\n%s", out, twice, lines(diags))
	}
}
