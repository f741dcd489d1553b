package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/graph"
	engine "github.com/dewar-build/dewar/run"
)

// TestLiveSamples: a series says more than the last line of a log, and shorter.
func TestLiveSamples(t *testing.T) {
	g := &graph.Graph{Instances: []graph.Instance{{Stage: "train", Key: "C=1"}, {Stage: "rest"}}}
	now := time.Unix(1000, 0)
	v := &liveView{
		name: refs(g), now: func() time.Time { return now }, began: now, total: 2,
		running: map[graph.ID]*action{}, paint: func(_, s string) string { return s },
	}
	v.Sample(dewar.Sample{Values: []dewar.NamedValue{{Name: "late", Text: "1"}}}) // it does not run
	v.Event(engine.Event{Kind: engine.Started, ID: 0, Time: now})
	v.Notice(0, "waits for 1 GPU that other processes use")
	now = now.Add(12300 * time.Millisecond)
	lines := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, v.lines(10)[1:]); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	lines("     12.3s  train@C=1  waits for 1 GPU that other processes use")
	v.Sample(dewar.Sample{Output: 3, Values: []dewar.NamedValue{{Name: "epoch", Text: "39"}}})
	v.Sample(dewar.Sample{Output: 3, Values: []dewar.NamedValue{{Name: "epoch", Text: "40"}, {Name: "loss", Text: "0.21334567"}, {Name: "acc", Text: "0.91"}}})
	v.Line(0, "a line of the log")
	lines("     12.3s  train@C=1  epoch=40 loss=0.21335 acc=0.91")
	v.Sample(dewar.Sample{Output: 1, Values: []dewar.NamedValue{{Name: "n", Text: "123456789012"}, {Name: "text", Text: "1.2.3 \x1b[31mlong"}}})
	lines("     12.3s  train@C=1  n=123456789012 text=1.2.3 long  epoch=40 loss=0.21335 acc=0.91")
}
