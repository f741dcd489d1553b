package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/graph"
	engine "github.com/dewar-build/dewar/run"
	"github.com/google/go-cmp/cmp"
)

// TestLiveView: what is done scrolls away above; below stand the bar and what is
// running, with the last line that it wrote.
func TestLiveView(t *testing.T) {
	now := time.Unix(1000, 0)
	g := &graph.Graph{Instances: []graph.Instance{{Stage: "clean"}, {Stage: "train", Key: "C=1"}, {Stage: "rest"}, {Stage: "other"}}}
	var out bytes.Buffer
	v := &liveView{
		w: &out, fd: -1, name: refs(g), now: func() time.Time { return now }, began: now, total: 3,
		running: map[graph.ID]*action{}, paint: func(_, s string) string { return s },
	}
	frame := func() []string {
		out.Reset()
		v.frame(false)
		text := regexp.MustCompile(`\x1b\[[0-9]*[A-Za-z]|\r`).ReplaceAllString(out.String(), "")
		return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	}
	v.Event(engine.Event{Kind: engine.Started, ID: 0, Time: now})
	v.Line(0, "epoch 1\x1b[31m of 9\x07")
	now = now.Add(2 * time.Second)
	v.Event(engine.Event{Kind: engine.Started, ID: 1, Time: now})
	want := []string{
		"──────────────────── 0/3 done, 2 running, 2.00s",
		"     2.00s  clean  epoch 1 of 9",
		"     0.00s  train@C=1  ",
	}
	if diff := cmp.Diff(want, frame()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	v.Event(engine.Event{Kind: engine.Executed, ID: 0, Wall: 2 * time.Second})
	v.Event(engine.Event{Kind: engine.Failed, ID: 1, Same: -1})
	v.Event(engine.Event{Kind: engine.Skipped, ID: 2, Cause: 1})
	want = []string{
		"executed    clean 2.00s",
		"failed      train@C=1",
		"skipped     rest; failed: train@C=1",
		"━━━━━━━━━━━━━━━━━━━━ 3/3 done, 0 running, 2.00s, 1 failed",
	}
	if diff := cmp.Diff(want, frame()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The view of a sweep says what instances are tried with, and keeps whole what stays.
func TestLiveView_sweep(t *testing.T) {
	now := time.Unix(1000, 0)
	g := &graph.Graph{Instances: []graph.Instance{{Stage: "clean"}, {Stage: "train"}}}
	var out bytes.Buffer
	v := &liveView{
		w: &out, fd: -1, name: refs(g), now: func() time.Time { return now }, began: now, total: 2,
		running: map[graph.ID]*action{}, paint: func(_, s string) string { return s },
	}
	v.follow(3, func(id graph.ID) string { return []string{"", "train.C=0.1 train.solver=lbfgs"}[id] })
	v.Event(engine.Event{Kind: engine.Started, ID: 0, Time: now})
	v.Event(engine.Event{Kind: engine.Executed, ID: 0, Wall: time.Second})
	v.Event(engine.Event{Kind: engine.Started, ID: 1, Time: now})
	row := exp.Row{State: exp.Done, Set: []string{"note"}, Params: []exp.Field{{Name: "note", Value: frame.Value{Kind: frame.Text, Text: strings.Repeat("long ", 30) + "end"}}}}
	v.Experiment("brave-otter", dewar.Finished{Name: "brave-otter", Row: row})
	v.frame(false)
	text := regexp.MustCompile(`\x1b\[[0-9]*[A-Za-z]|\r`).ReplaceAllString(out.String(), "")
	want := "executed    clean 1.00s\n" +
		"recorded    brave-otter  note=" + strings.Repeat("long ", 30) + "end\n" +
		"━━━━━━━━━━────────── 1/2 done, 1 running, 0.00s, 1 of 3 experiments ended\n" +
		"     0.00s  train  train.C=0.1 train.solver=lbfgs  \n"
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
