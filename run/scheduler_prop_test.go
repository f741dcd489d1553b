package run_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// TestWhateverHappens draws graphs, failures, equal actions, limits and an
// interrupt, and holds what is always true of a run.
func TestWhateverHappens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		f := newFake(g)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		n := len(g.Instances)
		kinds := rapid.IntRange(1, n).Draw(t, "actions")
		f.key = func(id graph.ID) string { return fmt.Sprint(int(id) % kinds) }
		failing := drawSet(t, n, "failing")
		cached := drawSet(t, n, "cached")
		interruptAt := rapid.IntRange(-n, n).Draw(t, "interrupt") // at this execution, if there is one
		executions := 0
		f.restore = func(id graph.ID) run.Found {
			if cached[int(id)%kinds] && !failing[int(id)%kinds] {
				return run.FoundInCache
			}
			return run.NotFound
		}
		used := map[string]int64{}
		capacity := map[string]int64{"cpus": 4000, "memory": 10}
		f.execute = func(ctx context.Context, id graph.ID, attempt int) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			executions++
			if executions == interruptAt {
				cancel()
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if failing[int(id)%kinds] {
				return errBroken
			}
			return nil
		}
		forced := drawSet(t, n, "forced")
		o := run.Options{
			Parallel:  rapid.IntRange(1, 4).Draw(t, "parallel"),
			Capacity:  []graph.Resource{{Name: "cpus", Amount: 4000}, {Name: "memory", Amount: 10}},
			KeepGoing: rapid.Bool().Draw(t, "keep going"),
			DryRun:    rapid.IntRange(0, 3).Draw(t, "dry") == 0,
			Force:     func(id graph.ID) bool { return forced[id] },
		}
		if rapid.Bool().Draw(t, "select") {
			o.Select = []graph.ID{}
			f.skipDep = map[graph.ID]bool{}
			for id, yes := range drawSet(t, n, "selected") {
				if yes {
					o.Select = append(o.Select, graph.ID(id))
				} else {
					f.skipDep[graph.ID(id)] = true
				}
			}
		}
		if o.DryRun {
			f.skipDep = map[graph.ID]bool{}
			for id := range n {
				f.skipDep[graph.ID(id)] = true
			}
		}
		ends := map[graph.ID]int{}
		started := map[graph.ID]bool{}
		o.Events = func(e run.Event) {
			switch e.Kind {
			case run.Started:
				started[e.ID] = true
				take(t, g, used, capacity, e.ID)
			case run.Retrying:
				give(g, used, e.ID)
				started[e.ID] = false
			default:
				ends[e.ID]++
				if started[e.ID] {
					give(g, used, e.ID)
				}
			}
		}
		s, err := run.Run(ctx, g, f, o)
		if len(f.wrong) > 0 {
			t.Fatalf("broken promises: %v", f.wrong)
		}
		if s.Instances != s.Executed+s.Restored+s.Unchanged+s.Failed+s.Skipped {
			t.Fatalf("the sum is wrong: %+v", s)
		}
		if (err != nil) != s.Interrupted || s.Interrupted && ctx.Err() == nil {
			t.Fatalf("error %v, interrupted %v", err, s.Interrupted)
		}
		selected := n
		if o.Select != nil {
			selected = len(o.Select)
		}
		if len(ends) != selected || s.Instances != selected {
			t.Fatalf("%d of %d instances have an end", len(ends), selected)
		}
		for id, times := range ends {
			if times != 1 {
				t.Fatalf("%d ended %d times", id, times)
			}
		}
		succeeded := map[digest.Digest]int{}
		for id, r := range s.Results {
			if r.Kind == run.Executed {
				succeeded[r.Key]++
			}
			if r.Kind == run.Executed && o.DryRun || r.Kind == run.Planned && !o.DryRun {
				t.Fatalf("%d: %v in a dry run: %v", id, r.Kind, o.DryRun)
			}
		}
		for key, times := range succeeded {
			if times > 1 {
				t.Fatalf("action %v was executed %d times", key, times)
			}
		}
		if !s.Interrupted && (o.KeepGoing || s.Failed == 0) {
			noneLeftOut(t, f, s)
		}
	})
}

// noneLeftOut holds that only what depends on a failure was skipped.
func noneLeftOut(t *rapid.T, f *fake, s run.Summary) {
	for id, r := range s.Results {
		if r.Kind != run.Skipped {
			continue
		}
		blamed := false
		for _, d := range f.edges.Deps(graph.ID(id)) {
			k := s.Results[d].Kind
			blamed = blamed || k == run.Failed || k == run.Skipped
		}
		if !blamed || s.Results[r.Cause].Kind != run.Failed {
			t.Fatalf("%d was skipped for nothing: %+v", id, r)
		}
	}
}

func drawGraph(t *rapid.T) *graph.Graph {
	n := rapid.IntRange(1, 12).Draw(t, "instances")
	deps := make([][]int, n)
	for i := range deps {
		for j := range i {
			switch rapid.IntRange(0, 5).Draw(t, "edge") {
			case 0:
				deps[i] = append(deps[i], j)
			case 1:
				deps[i] = append(deps[i], order(j))
			}
		}
	}
	g := build(deps...)
	for i := range g.Instances {
		x := &g.Instances[i]
		x.Retries = rapid.IntRange(0, 1).Draw(t, "retries")
		switch rapid.IntRange(0, 5).Draw(t, "needs") {
		case 0:
			x.Resources = []graph.Resource{{Name: "cpus", Amount: 3000}}
		case 1:
			x.Resources = []graph.Resource{{Name: "memory", Amount: 6}}
		case 2:
			x.Resources = []graph.Resource{{Name: "memory", Amount: 20}}
		case 3:
			x.Isolation = graph.IsolationOff
		}
	}
	return g
}

func drawSet(t *rapid.T, n int, name string) []bool {
	return rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, name)
}

// take and give keep account of resources, as a machine would.
func take(t *rapid.T, g *graph.Graph, used, capacity map[string]int64, id graph.ID) {
	used["places"]++
	for _, r := range g.Instances[id].Resources {
		used[r.Name] += r.Amount
		if used[r.Name] > capacity[r.Name] && used["places"] > 1 {
			t.Fatalf("%s: %d of %d in use", r.Name, used[r.Name], capacity[r.Name])
		}
	}
	if g.Instances[id].Isolation == graph.IsolationOff {
		used["alone"]++
	}
	if used["alone"] > 0 && used["places"] > 1 {
		t.Fatalf("%d runs beside others", id)
	}
}

func give(g *graph.Graph, used map[string]int64, id graph.ID) {
	used["places"]--
	for _, r := range g.Instances[id].Resources {
		used[r.Name] -= r.Amount
	}
	if g.Instances[id].Isolation == graph.IsolationOff {
		used["alone"]--
	}
}
