package dewar_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/eval/param"
)

// A second evaluation of what has not changed parses nothing; whatever it
// looked at makes it one of its own.

const configured = `
-- params.yaml --
train:
  c: 1
-- conf/other.yaml --
train:
  c: 5
-- src/a.txt --
a
-- src/b.txt --
b
-- README --
not part of it
-- pipeline.hcl --
param "train" {
  type = object({ c = number })
  file = "params.yaml"
}
stage "one" {
  inputs   = { src = glob("src/*.txt") }
  outputs  = { o = "one.txt" }
  pass_env = ["T_LEVEL"]
  command  = concat(["one", "${param.train.c}", outputs.o], inputs.src)
}
`

func TestKeptEvaluation(t *testing.T) {
	set := func(name, text string) dewar.EvalOptions {
		return dewar.EvalOptions{Set: []param.Setting{{Name: name, Text: text}}}
	}
	for _, c := range []struct {
		name   string
		change func(e *engine) dewar.EvalOptions
		kept   bool
		want   string
	}{
		{"nothing", func(e *engine) dewar.EvalOptions { return dewar.EvalOptions{} }, true, "one unchanged"},
		{"another file", func(e *engine) dewar.EvalOptions {
			e.put("README", "changed")
			return dewar.EvalOptions{}
		}, true, "one unchanged"},
		{"the bytes of an input", func(e *engine) dewar.EvalOptions {
			e.put("src/a.txt", "x\n")
			return dewar.EvalOptions{}
		}, true, "one executed"},
		{"the pipeline", func(e *engine) dewar.EvalOptions {
			e.edit("pipeline.hcl", `["one",`, `["one", "more",`)
			return dewar.EvalOptions{}
		}, false, "one executed"},
		{"a comment", func(e *engine) dewar.EvalOptions {
			e.edit("pipeline.hcl", "\nstage", "\n# a comment\nstage")
			return dewar.EvalOptions{}
		}, false, "one unchanged"},
		{"as many bytes", func(e *engine) dewar.EvalOptions {
			e.edit("pipeline.hcl", `["one",`, `["uno",`)
			return dewar.EvalOptions{}
		}, false, "one executed"},
		{"a new file of the pipeline", func(e *engine) dewar.EvalOptions {
			e.put("more.pipeline.hcl", "stage \"two\" {\n  outputs = { o = \"two.txt\" }\n  command = [\"two\", outputs.o]\n}\n")
			return dewar.EvalOptions{}
		}, false, "one unchanged, two executed"},
		{"the params file", func(e *engine) dewar.EvalOptions {
			e.edit("params.yaml", "1", "2")
			return dewar.EvalOptions{}
		}, false, "one executed"},
		{"a new file that a glob matches", func(e *engine) dewar.EvalOptions {
			e.put("src/c.txt", "c")
			return dewar.EvalOptions{}
		}, false, "one executed"},
		{"a file that a glob matched", func(e *engine) dewar.EvalOptions {
			e.remove("src/b.txt")
			return dewar.EvalOptions{}
		}, false, "one executed"},
		{"a variable that is passed", func(e *engine) dewar.EvalOptions {
			e.env["T_LEVEL"] = "2"
			return dewar.EvalOptions{}
		}, false, "one executed"},
		{"a variable that is no longer set", func(e *engine) dewar.EvalOptions {
			delete(e.env, "T_LEVEL")
			return dewar.EvalOptions{}
		}, false, "one executed"},
		{"another variable", func(e *engine) dewar.EvalOptions {
			e.env["HOME"] = "/elsewhere"
			return dewar.EvalOptions{}
		}, true, "one unchanged"},
		{"another build", func(e *engine) dewar.EvalOptions {
			e.build = "2"
			return dewar.EvalOptions{}
		}, false, "one unchanged"},
		{"a setting", func(e *engine) dewar.EvalOptions { return set("train.c", "9") }, false, "one executed"},
		{"a setting to what it is", func(e *engine) dewar.EvalOptions { return set("train.c", "1") }, false, "one unchanged"},
		{"a file of params", func(e *engine) dewar.EvalOptions {
			return dewar.EvalOptions{Params: []string{"conf/other.yaml"}}
		}, false, "one executed"},
		{"fresh", func(e *engine) dewar.EvalOptions { return dewar.EvalOptions{Fresh: true} }, false, "one unchanged"},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			onEach(t, configured, func(e *engine) {
				e.env["T_LEVEL"] = "1"
				if e.run(all).is("one executed").ev.Kept {
					e.Fatal("the first evaluation is a kept one")
				}
				e.run(all) // the first run made files: the listing of the directory is another
				o := c.change(e)
				r := e.runWith(o, all).is(c.want)
				if r.ev.Kept != c.kept {
					e.Errorf("kept: %t", r.ev.Kept)
				}
				e.runWith(o, all)
				again := e.runWith(o, all)
				for ref, end := range again.ends {
					if end != "unchanged" {
						e.Errorf("again: %s %s", ref, end)
					}
				}
				if !o.Fresh && !again.ev.Kept {
					e.Error("what does not change is evaluated again and again")
				}
			})
		})
	}
}

// TestSettingsAreKeptApart: one evaluation of each.
func TestSettingsAreKeptApart(t *testing.T) {
	onEach(t, configured, func(e *engine) {
		two := dewar.EvalOptions{Set: []param.Setting{{Name: "train.c", Text: "2"}}}
		e.run(all).is("one executed")
		e.runWith(two, all).is("one executed")
		e.run(all)
		e.runWith(two, all)
		for range 2 {
			if r := e.run(all).is("one restored"); !r.ev.Kept {
				e.Error("not kept")
			}
			if r := e.runWith(two, all).is("one restored"); !r.ev.Kept {
				e.Error("not kept")
			}
		}
		e.executions("one x2")
	})
}

// TestOverridesAreInTheLock, and status can name them.
func TestOverridesAreInTheLock(t *testing.T) {
	onEach(t, configured, func(e *engine) {
		e.run(all)
		if got := e.lockedOverrides(dewar.EvalOptions{}); got != "" {
			e.Errorf("overrides: %s", got)
		}
		two := dewar.EvalOptions{Set: []param.Setting{{Name: "train.c", Text: "2"}}}
		e.runWith(two, all)
		if got := e.lockedOverrides(dewar.EvalOptions{}); got != "train.c=2" {
			e.Errorf("overrides: %q", got)
		}
		if got := e.lockedOverrides(two); got != "" {
			e.Errorf("with the same overrides: %q", got)
		}
		e.run(all)
		if got := e.lockedOverrides(dewar.EvalOptions{}); got != "" {
			e.Errorf("after a run without: %q", got)
		}
	})
}

func (e *engine) lockedOverrides(o dewar.EvalOptions) string {
	p := e.open()
	defer e.close(p)
	list, err := p.LockedOverrides(e.evaluate(p, o))
	e.must(err)
	var out []string
	for _, x := range list {
		out = append(out, x.Name+"="+x.Text)
	}
	return strings.Join(out, " ")
}

// TestMistakesAreNotKept: an evaluation that fails, fails again, with the same words.
func TestMistakesAreNotKept(t *testing.T) {
	onEach(t, configured, func(e *engine) {
		e.edit("pipeline.hcl", "param.train.c}", "param.trian.c}")
		var said []string
		for range 2 {
			p := e.open()
			_, diags := p.Evaluate(dewar.EvalOptions{Dir: "."})
			said = append(said, allText(diags))
			e.close(p)
		}
		if said[0] != said[1] || !strings.Contains(said[0], "trian") {
			e.Errorf("%q", said)
		}
	})
}

// TestAParamsFileThatIsGone is noticed.
func TestAParamsFileThatIsGone(t *testing.T) {
	onEach(t, configured, func(e *engine) {
		e.run(all)
		e.run(all)
		e.remove("params.yaml")
		p := e.open()
		defer e.close(p)
		if _, diags := p.Evaluate(dewar.EvalOptions{Dir: "."}); !strings.Contains(allText(diags), "E-params-file") {
			e.Error(allText(diags))
		}
	})
}
