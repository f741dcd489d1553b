package run_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// sleeper makes every execution of f take as long as takes says, on the clock
// of a synctest bubble.
func sleeper(f *fake, takes func(graph.ID) time.Duration) {
	f.execute = func(_ context.Context, id graph.ID, _ int) error {
		time.Sleep(takes(id))
		return nil
	}
}

func independent(n int) *graph.Graph { return build(make([][]int, n)...) }

func needs(g *graph.Graph, id graph.ID, name string, amount int64) {
	g.Instances[id].Resources = append(g.Instances[id].Resources, graph.Resource{Name: name, Amount: amount})
}

// together runs f and returns which instances executed at once with id.
func together(t *testing.T, f *fake, o run.Options, id graph.ID) (others []graph.ID, wall time.Duration) {
	t.Helper()
	running := map[graph.ID]bool{}
	seen := map[graph.ID]bool{}
	o.Events = func(e run.Event) {
		switch e.Kind {
		case run.Started:
			running[e.ID] = true
		case run.Executed, run.Failed:
			delete(running, e.ID)
		}
		if running[id] {
			for x := range running {
				seen[x] = true
			}
		}
	}
	s, err := run.Run(t.Context(), f.g, f, o)
	if err != nil || s.Executed != s.Instances {
		t.Fatalf("%+v, %v", s, err)
	}
	for x := range seen {
		if x != id {
			others = append(others, x)
		}
	}
	slices.Sort(others)
	return others, s.Wall
}

func TestParallelIsALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(independent(10))
		sleeper(f, func(graph.ID) time.Duration { return time.Second })
		_, wall := together(t, f, run.Options{Parallel: 3}, 0)
		if f.most != 3 || wall != 4*time.Second {
			t.Errorf("%d at once, %v in all", f.most, wall)
		}
	})
}

func TestLongestPathFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// 0 and 1 stand alone; 3 is long and waits for 2. While 3 is resolved, 0
		// may as well run.
		f := newFake(build(nil, nil, nil, []int{2}))
		took := []time.Duration{5, 2, 1, 10}
		sleeper(f, func(id graph.ID) time.Duration { return took[id] })
		s, err := run.Run(t.Context(), f.g, f, run.Options{Parallel: 1, Light: 1, Durations: func(id graph.ID) time.Duration { return took[id] }})
		if err != nil || s.Executed != 4 {
			t.Fatal(s, err)
		}
		if diff := cmp.Diff([]graph.ID{2, 0, 3, 1}, f.order); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCPUs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := independent(4)
		needs(g, 0, "cpus", 3000)
		f := newFake(g)
		sleeper(f, func(graph.ID) time.Duration { return time.Second })
		_, wall := together(t, f, run.Options{Parallel: 4}, 0)
		if f.most > 3 || wall != 2*time.Second {
			t.Errorf("%d at once, though one has 3 of 4 CPUs; %v in all", f.most, wall)
		}
	})
}

func TestNamedUnits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := independent(6)
		for id := range graph.ID(3) {
			needs(g, id, "licence", 1)
		}
		needs(g, 3, "nobody limits this", 1000)
		f := newFake(g)
		sleeper(f, func(graph.ID) time.Duration { return time.Second })
		others, _ := together(t, f, run.Options{Parallel: 6, Light: 1, Capacity: []graph.Resource{{Name: "licence", Amount: 1}}}, 0)
		if diff := cmp.Diff([]graph.ID{3, 4, 5}, others); diff != "" {
			t.Error(diff)
		}
	})
}

// TestMoreDevicesThanThereAre: what asks for them fails, so it neither waits nor keeps
// others waiting.
func TestMoreDevicesThanThereAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := independent(5)
		needs(g, 4, "gpus", 3)
		needs(g, 0, "gpus", 1)
		needs(g, 1, "gpus", 2)
		f := newFake(g)
		sleeper(f, func(id graph.ID) time.Duration {
			if id == 4 {
				return time.Second / 2
			}
			return time.Second
		})
		others, _ := together(t, f, run.Options{Parallel: 5, Light: 1, Capacity: []graph.Resource{{Name: "gpus", Amount: 2}}}, 4)
		if diff := cmp.Diff([]graph.ID{0, 2, 3}, others); diff != "" {
			t.Error(diff)
		}
	})
}

func TestMoreThanTheMachineRunsAlone(t *testing.T) {
	for name, change := range map[string]func(*graph.Graph){
		"too much memory": func(g *graph.Graph) { needs(g, 2, "memory", 100) },
		"too many CPUs":   func(g *graph.Graph) { needs(g, 2, "cpus", 64_000) },
		"no isolation":    func(g *graph.Graph) { g.Instances[2].Isolation = graph.IsolationOff },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := independent(5)
				change(g)
				f := newFake(g)
				sleeper(f, func(graph.ID) time.Duration { return time.Second })
				others, _ := together(t, f, run.Options{Parallel: 4, Capacity: []graph.Resource{{Name: "memory", Amount: 10}}}, 2)
				if len(others) > 0 {
					t.Errorf("beside it ran %v", others)
				}
			})
		})
	}
}

// TestABigRequestIsNotStarved has a stage that needs the whole machine, and
// many small ones of uneven length, of which some always run.
func TestABigRequestIsNotStarved(t *testing.T) {
	for name, change := range map[string]func(*graph.Graph){
		"all CPUs": func(g *graph.Graph) { needs(g, 0, "cpus", 2000) },
		"alone":    func(g *graph.Graph) { g.Instances[0].Isolation = graph.IsolationOff },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := independent(101)
				change(g)
				f := newFake(g)
				// Instance 0 becomes ready a little later than the others.
				g.Instances[0].Inputs = []graph.Input{{Kind: graph.Artifact, From: 1}}
				f.edges = g.Edges()
				sleeper(f, func(id graph.ID) time.Duration { return time.Duration(2+id%3) * time.Second })
				together(t, f, run.Options{Parallel: 2}, 0)
				if at := slices.Index(f.order, 0); at > 12 {
					t.Errorf("it was started after %d others", at)
				}
			})
		})
	}
}

// TestReservedIsOnlyWhatIsNeeded: while memory is set aside for a big one,
// what needs no memory goes on.
func TestReservedIsOnlyWhatIsNeeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := independent(40)
		needs(g, 0, "memory", 6)  // holds memory for long
		needs(g, 1, "memory", 10) // the big one
		f := newFake(g)
		sleeper(f, func(id graph.ID) time.Duration {
			if id == 0 {
				return time.Minute
			}
			return time.Second
		})
		_, wall := together(t, f, run.Options{Parallel: 3, Capacity: []graph.Resource{{Name: "memory", Amount: 10}}}, 1)
		if wall != 61*time.Second {
			t.Errorf("%v in all: the others waited as well", wall)
		}
	})
}

type tokens chan struct{}

func (c tokens) Acquire(ctx context.Context, needs []graph.Resource) (func(), error) {
	if len(needs) != 1 || needs[0] != (graph.Resource{Name: "cpus", Amount: 1000}) {
		panic(needs)
	}
	select {
	case c <- struct{}{}:
		return func() { <-c }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestTokensOfTheMachine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(independent(6))
		sleeper(f, func(graph.ID) time.Duration { return time.Second })
		_, wall := together(t, f, run.Options{Parallel: 6, Tokens: make(tokens, 2)}, 0)
		if f.most != 2 || wall != 3*time.Second {
			t.Errorf("%d at once, %v in all", f.most, wall)
		}
	})
}
