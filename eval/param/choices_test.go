package param_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/google/go-cmp/cmp"
)

const model = `param "model" {
  type    = object({ kind = string, C = optional(number, 1), opt = optional(object({ lr = float, steps = optional(int) })) })
  choices = { svm = "conf/svm.yaml", tree = "conf/tree.toml", none = "conf/none.json" }
  default = "svm"
  file    = "params.yaml"
}`

var modelFiles = map[string]string{
	"conf/svm.yaml":  "kind: svm\nopt: {lr: 1e-3}\n",
	"conf/tree.toml": "kind = 'tree'\nC = 2\n",
	"conf/none.json": `{"kind": "none"}`,
	"params.yaml":    "other: 1\n",
}

// with is modelFiles with some of them changed.
func with(changed ...string) map[string]string {
	out := map[string]string{}
	for name, text := range modelFiles {
		out[name] = text
	}
	for i := 0; i < len(changed); i += 2 {
		out[changed[i]] = changed[i+1]
	}
	return out
}

func TestChoices(t *testing.T) {
	for _, c := range []struct {
		name string
		hcl  string
		w    world
		want string // the choice, then the leaves
	}{
		{"default", model, world{files: modelFiles},
			"svm from default at model\nparam.model.kind = svm from conf/svm.yaml:1\nparam.model.C = 1 from default\nparam.model.opt.lr = 0.001 from conf/svm.yaml:2\nparam.model.opt.steps = null from default\n"},
		{"text in the file", model, world{files: with("params.yaml", "model: tree\n")},
			"tree from params.yaml:1 at model\nparam.model.kind = tree from conf/tree.toml:1\nparam.model.C = 2 from conf/tree.toml:2\nparam.model.opt = null from default\n"},
		{"object in the file", model, world{files: with("params.yaml", "model:\n  C: 7\n")},
			"svm from default at model.choice\nparam.model.kind = svm from conf/svm.yaml:1\nparam.model.C = 7 from params.yaml:2\nparam.model.opt.lr = 0.001 from conf/svm.yaml:2\nparam.model.opt.steps = null from default\n"},
		{"object that chooses", model, world{files: with("params.yaml", "model: {choice: tree, C: 7}\n")},
			"tree from params.yaml:1 at model.choice\nparam.model.kind = tree from conf/tree.toml:1\nparam.model.C = 7 from params.yaml:1\nparam.model.opt = null from default\n"},
		{"null chooses nothing", model, world{files: with("params.yaml", "model: {choice: null}\n", "c.yaml", "model: ~\n"), extra: []string{"c.yaml"}},
			"svm from default at model.choice\nparam.model.kind = svm from conf/svm.yaml:1\nparam.model.C = 1 from default\nparam.model.opt.lr = 0.001 from conf/svm.yaml:2\nparam.model.opt.steps = null from default\n"},
		{"every layer; the highest chooses, all are merged", model, world{files: with("params.yaml", "model: {C: 7, opt: {lr: 1, steps: 3}}\n", "a.yaml", "model: tree\n", "b.json", `{"model": {"opt": {"lr": 2}}}`),
			extra: []string{"a.yaml", "b.json"}, set: []string{"model.C=8", "model=none"}},
			"none from -p model at model.choice\nparam.model.kind = none from conf/none.json:1\nparam.model.C = 8 from -p model.C\nparam.model.opt.lr = 2 from --params b.json:1\nparam.model.opt.steps = 3 from params.yaml:1\n"},
		{"-p with an object", model, world{files: modelFiles, set: []string{`model={ choice = "tree", C = 3 }`}},
			"tree from -p model at model\nparam.model.kind = tree from conf/tree.toml:1\nparam.model.C = 3 from -p model\nparam.model.opt = null from default\n"},
		{"-p of the entry", model, world{files: modelFiles, set: []string{"model.choice=none"}},
			"none from -p model.choice at model\nparam.model.kind = none from conf/none.json:1\nparam.model.C = 1 from default\nparam.model.opt = null from default\n"},
		{"a map without a file of its own", `param "m" {
  type    = map(int)
  choices = { "2.0-a" = "a.yaml", b = "b.yaml" }
}`, world{dir: "sub", files: map[string]string{"sub/a.yaml": "x: 1\n"}, set: []string{"m=2.0-a", "m.y=2"}},
			"2.0-a from -p m at \nparam.m.x = 1 from sub/a.yaml:1\nparam.m.y = 2 from -p m.y\n"},
		{"the whole file", `param "m" {
  type    = any
  choices = { a = "a.yaml" }
  file    = "p.yaml"
  key     = ""
}`, world{files: map[string]string{"a.yaml": "x: 1\n", "p.yaml": "choice: a\ny: 2\n"}},
			"a from p.yaml:1 at choice\nparam.m.x = 1 from a.yaml:1\nparam.m.y = 2 from p.yaml:2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, diags := param.BindAll(blocks(t, c.hcl), c.w.options())
			if len(diags) > 0 {
				t.Fatalf("diagnostics:\n%s", lines(diags))
			}
			x := p.List[0].Choice
			got := x.Text + " from " + x.Origin + " at " + strings.Join(x.At, ".") + "\n" + leaves(p)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestChoices_reads: the files of other choices are not opened.
func TestChoices_reads(t *testing.T) {
	var read []string
	opts := world{files: modelFiles, set: []string{"model=tree"}}.options()
	from := opts.Read
	opts.Read = func(name string) ([]byte, error) {
		read = append(read, name)
		return from(name)
	}
	if _, diags := param.BindAll(blocks(t, model), opts); len(diags) > 0 {
		t.Fatal(lines(diags))
	}
	slices.Sort(read)
	if d := cmp.Diff([]string{"conf/tree.toml", "params.yaml"}, read); d != "" {
		t.Error(d)
	}
}

func TestChoices_mistakes(t *testing.T) {
	declared := func(body string) string { return "param \"m\" {\n" + body + "\n}" }
	object := "  type = object({ a = int })\n"
	for _, c := range []struct {
		name string
		hcl  string
		w    world
		want string
	}{
		{"no object", declared(object + `  choices = ["a.yaml"]`), world{}, `E-param-choices pipeline.hcl:3:3: choices is an object, written out, with a params file for each name: choices = { svm = "conf/svm.yaml" }.` + "\n"},
		{"none", declared(object + `  choices = {}`), world{}, `E-param-choices pipeline.hcl:3:3: choices is an object, written out, with a params file for each name: choices = { svm = "conf/svm.yaml" }.` + "\n"},
		{"a name that -p could not give", declared(object + `  choices = { "a,b" = "a.yaml" }`), world{}, "E-param-choices pipeline.hcl:3:15: The name of a choice is made of letters, digits and _ . + -, so that -p m=NAME can choose it.\n"},
		{"no path", declared(object + `  choices = { a = 1, b = param.x }`), world{}, `E-param-choices pipeline.hcl:3:19: The choice a is the path of a params file, as a string: a = "conf/a.yaml".` + "\n" + `E-param-choices pipeline.hcl:3:26: The choice b is the path of a params file, as a string: b = "conf/b.yaml".` + "\n"},
		{"twice", declared(object + `  choices = { a = "a.yaml", a = "b.yaml" }`), world{}, "E-param-choices pipeline.hcl:3:29: The choice a is there twice.\n"},
		{"outside", declared(object + `  choices = { a = "../a.yaml", b = "/b.yaml" }`), world{}, "E-param-choices pipeline.hcl:3:19: A params file must lie inside the project; this path leads out of it.\nE-param-choices pipeline.hcl:3:36: A params file must lie inside the project; this path leads out of it.\n"},
		{"no params file", declared(object + `  choices = { a = "a.py" }`), world{}, "E-params-format pipeline.hcl:3:19: a.py is in no format that dewar reads. Params files are YAML (.yaml, .yml), JSON (.json) or TOML (.toml). Of a Python file only an interpreter knows the values: move them to a YAML file.\n"},
		{"a scalar", declared("  type = int\n" + `  choices = { a = "a.yaml" }`), world{}, "E-param-choices pipeline.hcl:2:3: A file gives param.m its value, and a file is an object, a map or any; this is an int (a whole number).\n"},
		{"a scalar, where all files are looked at", declared("  type = int\n" + `  choices = { a = "a.yaml" }`), world{files: map[string]string{"a.yaml": "a: 1\n"}, allow: true}, "E-param-choices pipeline.hcl:2:3: A file gives param.m its value, and a file is an object, a map or any; this is an int (a whole number).\n"},
		{"outside, where all files are looked at", declared(object + `  choices = { a = "../passwd", b = "a.ini" }`), world{allow: true}, "E-param-choices pipeline.hcl:3:19: A params file must lie inside the project; this path leads out of it.\nE-params-format pipeline.hcl:3:36: a.ini is in no format that dewar reads. Params files are YAML (.yaml, .yml), JSON (.json) or TOML (.toml).\n"},
		{"a part called choice", declared("  type = object({ choice = int })\n" + `  choices = { a = "a.yaml" }`), world{}, "E-param-choices pipeline.hcl:2:19: A param with choices has no part that is called choice: that is the word which chooses. Rename the part.\n"},
		{"a default that is no name", declared(object + "  choices = { a = \"a.yaml\" }\n  default = { a = 1 }"), world{}, `E-param-choices pipeline.hcl:4:13: The default of a param with choices is the name of one: default = "a". Values that all of them share are defaults in the type: optional(int, 10).` + "\n"},
		{"an unknown default", declared(object + "  choices = { cat = \"a.yaml\", dog = \"b.yaml\" }\n  default = \"cot\""), world{}, "E-param-choice pipeline.hcl:4:13: param.m has no choice \"cot\". Did you mean cat?\n"},
		{"unknown in every layer", model, world{files: with("params.yaml", "model: sv\n", "c.yaml", "model: {choice: bush}\n"), extra: []string{"c.yaml"}}, "E-param-choice c.yaml:1:17: param.model has no choice \"bush\". It has svm, tree, none.\n"},
		{"unknown in the file, though -p chooses", model, world{files: with("params.yaml", "model: sv\n"), set: []string{"model=tree"}}, "E-param-choice params.yaml:1:8: param.model has no choice \"sv\". Did you mean svm?\n"},
		{"unknown by -p", model, world{files: modelFiles, set: []string{"model=Tree"}}, "E-param-choice <-p model>:1:1: param.model has no choice \"Tree\". Did you mean tree?\n"},
		{"empty -p", model, world{files: modelFiles, set: []string{"model="}}, "E-param-choice <-p model>:1:1: param.model has no choice \"\". It has svm, tree, none.\n"},
		{"a number", model, world{files: with("params.yaml", "model: 3\n")}, `E-param-choice params.yaml:1:8: param.model has choices: here stands the name of one, or an object with values to be merged over it, not the number 3. Quote it to make it a string: "3". It has svm, tree, none.` + "\n"},
		{"several by -p", model, world{files: modelFiles, set: []string{"model=svm,tree"}}, "E-param-sweep <-p model>:1:1: param.model is chosen by one name, this gives several. To try each of them, use: dewar exp run -p model=svm,tree.\n"},
		{"nothing chosen", declared(object + `  choices = { a = "a.yaml", b = "b.yaml" }`), world{}, "E-param-missing pipeline.hcl:1:1: Nothing chooses param.m. Give it a default, or choose with -p m=a. It has a, b.\n"},
		{"a file that is not there", model, world{files: map[string]string{"params.yaml": ""}}, "E-params-file pipeline.hcl:3:21: There is no file conf/svm.yaml.\n"},
		{"a file of the wrong type", model, world{files: with("conf/svm.yaml", "kind: svm\nD: 1\nC: many\n")}, "E-param-unknown-key conf/svm.yaml:2:1: param.model has no D. It has kind, C, opt. Declare it in the type of the param, or remove it here.\nE-param-type conf/svm.yaml:3:4: param.model.C must be a number, not the string \"many\".\n"},
		{"a file that chooses", model, world{files: with("conf/svm.yaml", "choice: tree\n")}, "E-param-choices conf/svm.yaml:1:1: A file that is chosen chooses nothing itself. Rename the entry, or remove it.\n"},
		{"a part that nobody gives", model, world{files: with("conf/svm.yaml", "C: 1\n")}, "E-param-missing pipeline.hcl:1:1: param.model.kind has no value. conf/svm.yaml has no kind. Add it there, or give it with -p model.kind=VALUE.\n"},
		{"a secret", strings.Replace(model, "default", "sensitive = true\n  default", 1), world{files: modelFiles, set: []string{"model=hunter2"}}, "E-param-choice <-p model>:1:1: param.model has no such choice. It has svm, tree, none.\n"},
		{"all files, where nothing is made of them", model, world{allow: true, files: with("conf/tree.toml", "C = 'x'\n", "conf/none.json", "")}, "E-param-type conf/tree.toml:1:5: param.model.C must be a number, not the string \"x\".\nE-params-syntax conf/none.json:1:1: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, diags := param.BindAll(blocks(t, c.hcl), c.w.options())
			got := lines(diags)
			if strings.HasSuffix(c.want, ": ") {
				got = got[:min(len(got), len(c.want))]
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if strings.Contains(got, "hunter2") {
				t.Error("a secret is shown")
			}
		})
	}
}

// TestChoices_project: scripts read the composed value, spelled as the chosen file spells it, and
// the same bytes however their own file chooses.
func TestChoices_project(t *testing.T) {
	want := "model:\n  kind: 'svm'\n  C: 1\n  opt:\n    lr: 1.50\n    steps: 2\n"
	for _, own := range []string{"", "model: svm\n", "model: {choice: svm, opt: {steps: 2}}\n", "model: {opt: {steps: 2}, kind: svm}\n"} {
		w := world{files: with("conf/svm.yaml", "kind: 'svm'\nopt: {lr: 1.50}\n", "params.yaml", "other: 1\n"+own), set: []string{"model.opt.steps=2"}}
		p, diags := param.BindAll(blocks(t, model), w.options())
		if len(diags) > 0 {
			t.Fatal(lines(diags))
		}
		text, _, diags := p.File("params.yaml").Project(p.List[0].Keep(nil))
		if len(diags) > 0 {
			t.Fatal(lines(diags))
		}
		if d := cmp.Diff(want, string(text)); d != "" {
			t.Errorf("from %q:\n%s", own, d)
		}
	}
}

func TestChoices_space(t *testing.T) {
	for _, c := range []struct{ set, want string }{
		{"model=svm, tree", "model: svm|tree"},
		{`model=["none", "svm"]`, "model: none|svm"},
		{"model.choice=tree", "model: tree"},
		{`model={ C = 2 }`, "model: { C = 2 }"},
		{"model.C=1,2", "model.C: 1|2"},
		{"model=svm,bush", "E-param-choice <-p model>:1:5: param.model has no choice \"bush\". It has svm, tree, none."},
		{"model=[1]", "E-param-choice <-p model>:1:2: param.model is tried by names of choices alone, and this is the number 1. A part beside the choice is tried by itself, under its own name, as -p model.x=1,2. It has svm, tree, none."},
		{"model=svm,", "E-param-choice <-p model>:1:5: param.model has no choice \"\". It has svm, tree, none."},
	} {
		s, diags := param.NewSpace(blocks(t, model), "", nil)
		if len(diags) > 0 {
			t.Fatal(lines(diags))
		}
		name, text, _ := strings.Cut(c.set, "=")
		tries, diags := s.Setting(param.Setting{Name: name, Text: text})
		got := tries.Name + ": " + strings.Join(tries.Texts, "|")
		if len(diags) > 0 {
			got = strings.TrimSuffix(lines(diags), "\n")
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("-p %s:\n%s", c.set, d)
		}
	}
}
