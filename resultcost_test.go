package dewar_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/dewar-build/dewar"
	"github.com/google/go-cmp/cmp"
)

// took has a command read its inputs, run for a while, and do what it does otherwise.
func took(d time.Duration, do act) act {
	return func(w *workbench) string {
		w.files()
		w.out.Started, w.out.Wall = time.Unix(1_700_000_000, 0), d
		return do(w)
	}
}

// costing is a directory, a grid of which two points are one action, and commands
// that run for 8, 2 and 1 seconds.
func costing(t *testing.T) *engine {
	e := inMemory(t, `
-- pipeline.hcl --
param "n" {
  type    = int
  default = 1
}
stage "clean" {
  outputs = { o = "build/clean/" }
  command = ["clean", outputs.o]
}
stage "train" {
  for_each = grid({ d = [1, 2, 3] })
  inputs   = { i = { path = stage.clean.outputs.o, at = "elsewhere" } }
  outputs  = { o = { path = "build/${each.key}", at = "model" } }
  command  = ["train", param.n, each.d == 3 ? 2 : each.d]
}
stage "pick" {
  inputs  = { i = stage.train[*].outputs.o }
  outputs = { o = "build/best" }
  command = ["pick", outputs.o]
}
`)
	e.shop.on("clean", took(8*time.Second, func(w *workbench) string {
		w.write("build/clean/a", "12345")
		w.write("build/clean/sub/b", "678")
		return ""
	}))
	e.shop.on("train", took(2*time.Second, text("model")))
	e.shop.on("pick", took(time.Second, text("best")))
	return e
}

// costs compares two places.
func (e *engine) costs(old, new string) ([]dewar.StageChange, dewar.Costs) {
	e.Helper()
	p := e.open()
	defer e.close(p)
	a, err := p.ResultsOf(context.Background(), ".", old)
	e.must(err)
	b, err := p.ResultsOf(context.Background(), ".", new)
	e.must(err)
	list := dewar.CompareStages(p.StagesOf(a), p.StagesOf(b))
	costs, err := p.CostsOf(list)
	e.must(err)
	return list, costs
}

func TestCosts(t *testing.T) {
	e := costing(t)
	e.run(all)
	_, got := e.costs(dewar.Workspace, dewar.Workspace)
	clean := &dewar.Cost{Instances: 1, Actions: 1, Seconds: 8, Artifacts: 1, Bytes: 8}
	train := &dewar.Cost{Instances: 3, Actions: 2, Seconds: 4, Artifacts: 3, Bytes: 15}
	pick := &dewar.Cost{Instances: 1, Actions: 1, Seconds: 1, Artifacts: 1, Bytes: 4}
	sum := dewar.Cost{Instances: 5, Actions: 4, Seconds: 13, Artifacts: 5, Bytes: 27}
	want := dewar.Costs{
		Stages: []dewar.StageCost{{Name: "clean", Old: clean, New: clean}, {Name: "train", Old: train, New: train}, {Name: "pick", Old: pick, New: pick}},
		Old:    sum, New: sum,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What the cache has lost is not known, which is not nothing. The sizes of files
// are in the lock, those of directories are not.
func TestCosts_lost(t *testing.T) {
	e := costing(t)
	e.run(all)
	e.remove(".dewar/cache")
	_, got := e.costs(dewar.Workspace, dewar.Workspace)
	want := dewar.Cost{Instances: 5, Actions: 4, Untimed: 4, Artifacts: 5, Unsized: 1, Bytes: 19}
	if diff := cmp.Diff(want, got.New); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The record of an experiment remembers how long its commands ran when the cache
// does not, for other places that have the same actions, too.
func TestCosts_ofRecords(t *testing.T) {
	e := costing(t)
	e.run(all)
	s := e.sweep(dewar.SweepOptions{Set: setting("n=1,2")}, all)
	e.remove(".dewar/cache")
	one, two := s.Experiments[0].Name, s.Experiments[1].Name
	list, got := e.costs(dewar.Workspace, two)
	if got.Old.Untimed != 0 || got.Old.Seconds != 13 || got.New.Seconds != 13 {
		t.Errorf("%s has them all: %+v, %+v", one, got.Old, got.New)
	}
	if got.Fresh.Actions != 2 || got.Fresh.Seconds != 4 {
		t.Errorf("what %s has and the workspace has not: %+v", two, got.Fresh)
	}
	var needs []string
	for _, c := range list {
		needs = append(needs, c.Name+" "+string(c.Difference)+" needs "+fmt.Sprint(c.Needs))
	}
	want := []string{"clean same needs []", "train same results needs [clean]", "pick same needs [train]"}
	if diff := cmp.Diff(want, needs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// How long a command had run when it was interrupted is not how long it takes.
func TestCosts_ofInterrupted(t *testing.T) {
	ends := map[string]func(*workbench) string{}
	e := newLearning(t, ends)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ends["0.5"] = took(2*time.Second, func(*workbench) string { cancel(); return "" })
	e.sweepContext(ctx, dewar.SweepOptions{}, all)
	delete(ends, "0.5")
	e.run(all)
	e.remove(".dewar/cache")
	_, got := e.costs(dewar.Workspace, dewar.Workspace)
	if got.New.Actions != 2 || got.New.Untimed != 2 {
		t.Errorf("nobody knows any more: %+v", got.New)
	}
}

// Stale names what the last run did not see, and of other places nothing.
func TestStale(t *testing.T) {
	e := costing(t)
	e.run(all)
	stale := func() []string {
		p := e.open()
		defer e.close(p)
		list, err := p.Stale(context.Background(), p.Workspace("."))
		e.must(err)
		return list
	}
	if got := stale(); got != nil {
		t.Errorf("after a run: %v", got)
	}
	e.edit("pipeline.hcl", `["train",`, `["train", "-x",`)
	if diff := cmp.Diff([]string{"train", "pick"}, stale()); diff != "" {
		t.Errorf("after an edit (-want +got):\n%s", diff)
	}
}
