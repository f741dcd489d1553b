package dewar_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/google/go-cmp/cmp"
)

const asserting = `
-- pipeline.hcl --
param "floor" {
  type    = number
  default = 3
}
param "other" {
  type    = number
  default = 0
}
stage "score" {
  for_each = grid({ fold = [1, 2, 3, 4, 5, 6, 7, 8] })
  metrics  = { scores = "scores/${each.fold}.json" }
  command  = ["score", each.fold, param.other, metrics.scores]
  assert {
    condition = metrics.scores.acc > param.floor
    error     = "fold ${each.fold} has ${metrics.scores.acc},\n and more than ${param.floor} is wanted"
  }
}
stage "plain" {
  metrics = { scores = "plain.json" }
  command = ["plain", metrics.scores]
}
`

func newAsserting(t *testing.T) *engine {
	e := inMemory(t, asserting)
	e.shop.on("score", func(w *workbench) string {
		at := w.Action.Args[len(w.Action.Args)-1]
		w.write(at, `{"acc": `+w.Action.Args[1]+`}`)
		return ""
	})
	return e
}

// asserted are the messages of W-assert as text.
func (e *engine) asserted(list diag.List) string {
	e.Helper()
	var out []string
	for _, d := range list {
		if d.Code == "W-assert" {
			if d.Severity != diag.Warning {
				e.Errorf("%s is no warning", d.Code)
			}
			out = append(out, fmt.Sprintf("%s:%d %s, %d of %d: %s", d.Span.File, d.Span.Start.Line, d.Subject, len(d.Instances), d.Total, d.Detail))
		}
	}
	return strings.Join(out, "\n")
}

// A run says which results are not as they should be, whether they were made or were
// there, and out of a kept evaluation the same; and comes to its end all the same.
func TestUnmetAsserts(t *testing.T) {
	e := newAsserting(t)
	const want = `pipeline.hcl:14 stage "score", 3 of 8: This is not so: metrics.scores.acc > param.floor
    score@fold=1: fold 1 has 1, and more than 3 is wanted
    score@fold=2: fold 2 has 2, and more than 3 is wanted
    score@fold=3: fold 3 has 3, and more than 3 is wanted
The results are kept all the same; ` + "`dewar metrics check` exits with 3 over it."
	check := func(r *ran, want string) {
		t.Helper()
		if diff := cmp.Diff(want, e.asserted(r.warnings)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	check(e.run(all).is("all executed"), want)
	check(e.run(all).is("all unchanged"), want)
	again := e.run(all).is("all unchanged")
	check(again, want)
	if !again.ev.Kept {
		t.Error("the evaluation was not kept")
	}
	if e.isCertified() {
		t.Error("a run with something to say is certified")
	}
	e.remove("scores", "pipeline.lock")
	check(e.run(all).is("score@fold=1 restored, score@fold=2 restored, score@fold=3 restored, score@fold=4 restored, score@fold=5 restored, score@fold=6 restored, score@fold=7 restored, score@fold=8 restored, plain restored"), want)
	check(e.run(selected("plain")), "")
	check(e.run(dewar.RunOptions{DryRun: true}), "")
	e.remove(".dewar/cache")
	check(e.run(all), want)

	five := e.runWith(dewar.EvalOptions{Set: setting("floor=8")}, all)
	if got := e.asserted(five.warnings); !strings.Contains(got, "8 of 8") || !strings.Contains(got, "\n    and 3 more\n") || strings.Contains(got, "fold=6") {
		t.Errorf("eight points: %s", got)
	}

	// What holds is not looked at again.
	e.runWith(dewar.EvalOptions{Set: setting("floor=0")}, all).warned("")
	e.runWith(dewar.EvalOptions{Set: setting("floor=0")}, all).warned("")
	p := e.open()
	if p.Unchanged(context.Background(), dewar.EvalOptions{Dir: ".", Set: setting("floor=0")}, all) == nil {
		t.Error("a run with nothing to say is not certified")
	}
	e.close(p)
}

// An assertion that has no answer is one that is not met.
func TestAssertsWithoutAnswer(t *testing.T) {
	for text, want := range map[string]string{
		`{"accuracy": 1}`: `There is no "acc" in metrics.scores`,
		`{`:               "metrics.scores cannot be read: ",
		`{"acc": -nan}`:   `metrics.scores cannot be read: line 1: This is not JSON: "-nan" is no value`,
		`{"acc": "x"}`:    "",
	} {
		e := newAsserting(t)
		e.shop.on("score", func(w *workbench) string {
			w.write(w.Action.Args[len(w.Action.Args)-1], text)
			return ""
		})
		if got := e.asserted(e.run(all).warnings); !strings.Contains(got, "8 of 8") || !strings.Contains(got, want) {
			t.Errorf("%s: %s", text, got)
		}
	}
}

// A sweep says of each assertion at how many of its points it is not met.
func TestSweepAsserts(t *testing.T) {
	e := newAsserting(t)
	s := e.sweep(dewar.SweepOptions{Set: setting("floor=0,2,8,0.5")}, all)
	got := e.asserted(s.Warnings)
	first := s.Experiments[1].Name + ", score@fold=1: fold 1 has 1, and more than 2 is wanted\n"
	if !strings.Contains(got, `stage "score", 2 of 4: `) || !strings.Contains(got, first) || !strings.Contains(got, "    and 5 more\n") || strings.Count(got, "This is not so") != 1 {
		t.Errorf("four points: %s", got)
	}
	// Of one experiment, the points are those of the stage.
	if got := e.asserted(e.sweep(dewar.SweepOptions{Set: setting("floor=2")}, all).Warnings); !strings.Contains(got, "2 of 8") {
		t.Errorf("one experiment: %s", got)
	}
	if got := e.asserted(e.sweep(dewar.SweepOptions{Set: setting("floor=0")}, all).Warnings); got != "" {
		t.Errorf("an assertion that is met: %s", got)
	}
}
