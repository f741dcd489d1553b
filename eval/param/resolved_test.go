package param_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/lang"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// composed is a pipeline's params, of all kinds of types, with and without files.
const composed = model + `
param "train" {
  type    = object({ C = number, lr = optional(float, 1), tags = optional(list(string)), in = optional(object({ b = optional(int, 2), c = optional(string) })) })
  default = { C = 1 }
  file    = "params.yaml"
}
param "m" {
  type    = map(float)
  choices = { a = "a.toml", b = "b.json" }
  default = "a"
  file    = "deep.toml"
  key     = "x.m"
}
param "any" {
  type    = any
  default = { a = null, "b c" = [1, { d = "1e-3" }] }
}
param "set" {
  type    = set(string)
  default = ["b", "a", "yes"]
}
param "pair" {
  type    = tuple([int, object({ p = optional(path) })])
  default = [1, {}]
}
`

// drawWorld draws layers of values for composed.
func drawWorld(t *rapid.T) world {
	one := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	w := world{files: map[string]string{
		"conf/svm.yaml":  "kind: 'svm'\nopt: {lr: 1.50}\nC: 0x10\n",
		"conf/tree.toml": "kind = 'tree'\n[opt]\nlr = 1e-3\nsteps = 1\n",
		"conf/none.json": `{"kind": "none"}`,
		"a.toml":         "p = 1\nq = 1.0\n", "b.json": `{"q": 2.50, "r": 3}`,
	}}
	models := []string{"", "model: svm\n", "model: tree\n", "model: {opt: {lr: 1.0}}\n", "model: {choice: none, C: 7}\n", "model: {C: ~, opt: ~}\n"}
	trains := []string{"", "train: {C: 1.0}\n", "train: {lr: 3, tags: []}\n", "train: {tags: [\"no\", 'b'], in: {c: x}}\n", "train: {in: {b: 017}}\n"}
	w.files["params.yaml"] = one("own model", models...) + one("own train", trains...)
	w.files["deep.toml"] = one("own m", "", "x.m = 'b'\n", "[x.m]\nq = 5\n", "[x.m]\nchoice = 'b'\ns = 1e3\n")
	for i := range rapid.IntRange(0, 2).Draw(t, "files") {
		name := fmt.Sprintf("over%d.yaml", i)
		w.files[name] = one("model", models...) + one("train", trains...) + one("other", "", "m: b\n", "set: [z]\n", "pair: [3, {p: a/b}]\n", "any: {a: 1}\n")
		w.extra = append(w.extra, name)
	}
	for range rapid.IntRange(0, 2).Draw(t, "settings") {
		w.set = append(w.set, one("set", "model=svm", "model=tree", "model.C=2", "train.C=0.30", "train.in.b=4", "m=a", "m.z=0.1", `any={ a = { b = 1 } }`, `train.tags=["x"]`))
	}
	return w
}

// bound is what evaluation and scripts see of params.
func bound(t *rapid.T, declared []*lang.Block, w world) (string, *param.Params) {
	p, diags := param.BindAll(declared, w.options())
	if diags.HasErrors() {
		t.Fatal(lines(diags))
	}
	var b strings.Builder
	for i := range p.List {
		x := &p.List[i]
		fmt.Fprintf(&b, "%s = %#v\n", x.Name, x.Value)
		if x.File != "" {
			text, _, diags := p.File(x.File).Project(x.Keep(nil))
			if diags.HasErrors() {
				t.Fatal(lines(diags))
			}
			b.Write(text)
		}
		text, diags := param.Write("x.yaml", x.Values(nil))
		if diags.HasErrors() {
			t.Fatal(lines(diags))
		}
		b.Write(text)
	}
	return b.String(), &p
}

// TestResolved: the composed configuration, given back with --params over the same declarations and
// files, gives the same values, and scripts read the same bytes.
func TestResolved(t *testing.T) {
	declared := blocks(t, composed)
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		want, p := bound(t, declared, w)
		for _, name := range []string{"resolved.yaml", "resolved.json"} {
			text, withheld, diags := p.Resolved(name)
			if len(withheld) > 0 || len(diags) > 0 {
				t.Fatal(withheld, lines(diags))
			}
			again := world{files: map[string]string{name: string(text)}, extra: []string{name}}
			for name, text := range w.files {
				again.files[name] = text
			}
			got, _ := bound(t, declared, again)
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%s\n%s", text, d)
			}
		}
	})
}

func TestResolved_sensitive(t *testing.T) {
	p, diags := param.BindAll(blocks(t, `param "token" {
  type      = string
  sensitive = true
  default   = "hunter2"
}
param "num" {
  type    = object({ f = float, none = optional(string) })
  default = { f = 2 }
}`), world{}.options())
	if len(diags) > 0 {
		t.Fatal(lines(diags))
	}
	text, withheld, _ := p.Resolved("x.yaml")
	if d := cmp.Diff("num:\n  f: 2.0\n", string(text)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"token"}, withheld); d != "" {
		t.Error(d)
	}
}

func TestOffers(t *testing.T) {
	w := world{
		files: with("params.yaml", "model: {choice: tree, C: 7, opt: {lr: 1}}\n", "over.yaml", "model:\n  C: ~\n  choice: svm\n"),
		extra: []string{"over.yaml"}, set: []string{"model.opt.lr=3"},
	}
	p, diags := param.BindAll(blocks(t, model), w.options())
	if len(diags) > 0 {
		t.Fatal(lines(diags))
	}
	for _, c := range []struct{ name, want string }{
		{"model", "default svm at pipeline.hcl:4:13\nfile tree at params.yaml:1:17\n--params svm at over.yaml:3:11 *\n"},
		{"param.model.C", "default 1 at pipeline.hcl:2:58\nfile 7 at params.yaml:1:26 *\n--params null at over.yaml:2:6\n"},
		{"model.opt.lr", "choice 0.001 at conf/svm.yaml:2:11\nfile 1 at params.yaml:1:39\n-p 3 at <-p model.opt.lr>:1:1 *\n"},
		{"model.opt.steps", ""},
	} {
		b, path, ok := p.Find(c.name)
		if !ok {
			t.Fatalf("%s is not found", c.name)
		}
		got := ""
		for _, o := range b.Offers(path) {
			got += fmt.Sprintf("%s %s at %s", o.Layer, o.Text, where(o.Span))
			if o.Wins {
				got += " *"
			}
			got += "\n"
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s:\n%s", c.name, d)
		}
	}
	for _, name := range []string{"modl", "model.D", "model.C.x", "", "model."} {
		if _, _, ok := p.Find(name); ok {
			t.Errorf("%q is found", name)
		}
	}
}
