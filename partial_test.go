package dewar_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp"
	"github.com/google/go-cmp/cmp"
)

const learning = `
-- pipeline.hcl --
param "rate" {
  type    = number
  default = 0.5
}
stage "train" {
  outputs = { model = "build/model.bin" }
  metrics = { log = { path = "build/log.jsonl", maximize = "acc" }, table = "build/table.csv" }
  plots   = { curve = "build/curve.csv" }
  command = ["train", param.rate, outputs.model]
}
stage "after" {
  inputs  = { model = stage.train.outputs.model }
  metrics = { scores = "build/scores.json" }
  command = ["after", inputs.model, metrics.scores]
}
`

// newLearning has a training whose end is that of its rate; it has written some by then.
func newLearning(t *testing.T, ends map[string]func(*workbench) string) *engine {
	e := inMemory(t, learning)
	e.shop.on("after", func(w *workbench) string { w.write("build/scores.json", `{"f1": 1}`); return "" })
	e.shop.on("train", func(w *workbench) string {
		end := ends[w.Action.Args[1]]
		w.write("build/log.jsonl", "{\"n\": 1, \"acc\": 0.25}\n{\"n\": 2, \"acc\": 0.5}\n{\"n\": 3, \"ac")
		w.write("build/table.csv", "n,loss\n1,0.75\n2,0.12")
		w.write("build/curve.csv", "x,y\n1,2\n")
		if end != nil {
			return end(w)
		}
		w.write("build/log.jsonl", `{"n": 9, "acc": 0.125}`+"\n")
		w.write("build/model.bin", "model")
		return ""
	})
	return e
}

func failing(*workbench) string { return "diverged" }

// states spells experiments out, by name: state, metrics, and which are partial.
func (e *engine) states() map[string]string {
	e.Helper()
	out := map[string]string{}
	for _, r := range e.rows() {
		text := string(r.State)
		for _, m := range r.Metrics {
			text += fmt.Sprintf(" %s=%s", strings.TrimPrefix(m.Name, "build/"), m.Value.Text)
			if r.IsPartial(m.Name) {
				text += "…"
			}
		}
		out[r.Name] = text
	}
	return out
}

const (
	begun = " log.jsonl:n=2… log.jsonl:acc=0.5… table.csv:n=1… table.csv:loss=0.75…"
	ended = "done log.jsonl:n=9 log.jsonl:acc=0.125 scores.json:f1=1 table.csv:n=2 table.csv:loss=0.12"
)

// What a training had measured when it failed is part of the experiment, and says so.
func TestFailedExperimentKeepsMetrics(t *testing.T) {
	e := newLearning(t, map[string]func(*workbench) string{"0.5": failing})
	s := e.sweep(dewar.SweepOptions{Set: setting("rate=0.25,0.5"), Name: "x"}, dewar.RunOptions{KeepGoing: true})
	want := map[string]string{"x-1": ended, "x-2": "failed" + begun}
	if diff := cmp.Diff(want, e.states()); diff != "" {
		t.Errorf("%v: -want +got:\n%s", s.err, diff)
	}
	if diff := cmp.Diff(want, e.states()); diff != "" { // from the cache of rows
		t.Errorf("-want +got:\n%s", diff)
	}
	p := e.open()
	defer e.close(p)
	r, err := p.ResultsOf(t.Context(), ".", "x-2")
	e.must(err)
	if len(r.Metrics) != 2 || !r.Metrics[0].Partial || r.Metrics[0].Path != "build/log.jsonl" || r.Metrics[0].Instance != "train" || len(r.Metrics[0].Maximize) != 1 {
		t.Errorf("recorded: %+v", r.Metrics)
	}
}

// An experiment that was interrupted is there with what it had measured. When it goes on,
// it is the same one: it keeps its name and its note.
func TestInterruptedExperiment(t *testing.T) {
	ends := map[string]func(*workbench) string{}
	e := newLearning(t, ends)
	interrupted := func(o dewar.SweepOptions) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		ends["0.5"] = func(*workbench) string { cancel(); return "" }
		e.sweepContext(ctx, o, all)
	}
	o := dewar.SweepOptions{Set: setting("rate=0.5"), Name: "x"}
	interrupted(o)
	want := map[string]string{"x": "interrupted" + begun}
	if diff := cmp.Diff(want, e.states()); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
	p := e.open()
	e.must(p.NoteExperiment("x", "as far as it went"))
	if _, diags := p.PlanSweep(dewar.SweepOptions{Dir: ".", Set: setting("rate=0.75"), Name: "x"}); !diags.HasErrors() {
		t.Error("another experiment may have the name")
	}
	e.close(p)
	interrupted(o)
	if diff := cmp.Diff(want, e.states()); diff != "" {
		t.Errorf("again: -want +got:\n%s", diff)
	}
	delete(ends, "0.5")
	e.sweep(o, all).counts(2, 0, 0, 0, 0)
	if diff := cmp.Diff(map[string]string{"x": ended}, e.states()); diff != "" {
		t.Errorf("done: -want +got:\n%s", diff)
	}
	if rows := e.rows(); rows[0].Note != "as far as it went" {
		t.Errorf("the note is %q", rows[0].Note)
	}

}

// What failed and is tried again is one experiment, whichever name it has, and keeps its
// note; a snapshot of the workspace does not take its place.
func TestFailedExperimentAgain(t *testing.T) {
	ends := map[string]func(*workbench) string{"0.5": failing, "0.75": failing}
	e := newLearning(t, ends)
	given := dewar.SweepOptions{Set: setting("rate=0.75"), Name: "mine"}
	made := e.sweep(dewar.SweepOptions{}, all).Experiments[0].Name
	e.sweep(given, all)
	p := e.open()
	e.must(p.NoteExperiment("mine", "too fast"))
	_, _, err := p.SaveExperiment(t.Context(), ".", "mine", "")
	if e.close(p); codeOf(err) != "E-experiment-taken" {
		t.Errorf("saved as what failed: %v", err)
	}
	e.sweep(given, all)
	e.sweep(dewar.SweepOptions{}, all)
	want := map[string]string{made: "failed" + begun, "mine": "failed" + begun}
	if diff := cmp.Diff(want, e.states()); diff != "" {
		t.Errorf("failed again: -want +got:\n%s", diff)
	}
	delete(ends, "0.75")
	e.sweep(given, all)
	if rows := e.rows(); rows[len(rows)-1].Name != "mine" || rows[len(rows)-1].State != exp.Done || rows[len(rows)-1].Note != "too fast" {
		t.Errorf("done: %+v", rows)
	}
	delete(ends, "0.5")
	e.sweep(dewar.SweepOptions{}, all)
	ends["0.5"] = failing
	e.edit("pipeline.hcl", `["train", param.rate,`, `["train", param.rate, "more",`)
	for range 2 {
		e.sweep(dewar.SweepOptions{}, all)
	}
	want = map[string]string{made: ended, made + "-2": "failed" + begun, "mine": ended}
	if diff := cmp.Diff(want, e.states()); diff != "" {
		t.Errorf("beside one that is done: -want +got:\n%s", diff)
	}
}

// An experiment that was interrupted before it had measured anything is not recorded.
func TestInterruptedBeforeMetrics(t *testing.T) {
	e := inMemory(t, learning)
	ctx, cancel := context.WithCancel(t.Context())
	e.shop.on("train", func(w *workbench) string {
		w.write("build/curve.csv", "x,y\n1,2\n")
		w.write("build/table.csv", "n,loss")
		cancel()
		return ""
	})
	e.sweepContext(ctx, dewar.SweepOptions{Set: setting("rate=0.5")}, all)
	if diff := cmp.Diff(map[string]string{}, e.states()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// series spells the series of train out: path, rows, and what they hold.
func (e *engine) series() (outcome string, out []string) {
	e.Helper()
	p := e.open()
	defer e.close(p)
	logs, err := p.Logs(e.Context(), e.evaluate(p, dewar.EvalOptions{}), []string{"train"})
	e.must(err)
	if len(logs) != 1 {
		e.Fatalf("logs: %+v", logs)
	}
	for _, s := range logs[0].Series {
		var b bytes.Buffer
		n, err := p.CountRows(s)
		e.must(err, p.CopySeries(&b, s))
		out = append(out, fmt.Sprintf("%s %d partial=%t %q", s.Path, n, s.Partial, b.String()))
	}
	return logs[0].Outcome, out
}

// Series of a command that failed are as they were kept; those of one that did not, its outputs.
func TestLogSeries(t *testing.T) {
	ends := map[string]func(*workbench) string{"0.5": failing}
	e := newLearning(t, ends)
	e.run(all)
	outcome, got := e.series()
	want := []string{
		`build/curve.csv 1 partial=true "x,y\n1,2\n"`,
		`build/log.jsonl 2 partial=true "{\"n\": 1, \"acc\": 0.25}\n{\"n\": 2, \"acc\": 0.5}\n{\"n\": 3, \"ac"`,
		`build/table.csv 1 partial=true "n,loss\n1,0.75\n2,0.12"`,
	}
	if diff := cmp.Diff(want, got); diff != "" || outcome != "failed" {
		t.Errorf("%s: -want +got:\n%s", outcome, diff)
	}
	delete(ends, "0.5")
	e.run(all)
	want = []string{
		`build/curve.csv 1 partial=false "x,y\n1,2\n"`,
		`build/log.jsonl 1 partial=false "{\"n\": 9, \"acc\": 0.125}\n"`,
		`build/table.csv 2 partial=false "n,loss\n1,0.75\n2,0.12"`,
	}
	for _, gone := range []string{".dewar/nothing", ".dewar/runs", ".dewar/cache/cas"} { // the lock knows them, the workspace has them
		e.run(dewar.RunOptions{Force: true})
		e.remove(gone)
		if _, got := e.series(); !cmp.Equal(want, got) {
			t.Errorf("without %q: %s", gone, cmp.Diff(want, got))
		}
	}
}
