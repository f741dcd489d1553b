package graph_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dewar-build/dewar/graph"
)

func TestEdges(t *testing.T) {
	g := sketch(t, "a: =d >a", "b: =a =d >b", "c: ~b >c", "d: >d", "e: >e")
	e := g.Edges()
	for name, c := range map[string]struct{ got, want []graph.ID }{
		"deps of b":       {e.Deps(1), []graph.ID{0, 3}},
		"dependants of d": {e.Dependants(3), []graph.ID{0, 1}},
		"order":           {e.Order(), []graph.ID{3, 0, 1, 2, 4}},
		"upstream of b":   {e.Upstream([]graph.ID{1}), []graph.ID{0, 1, 3}},
		"downstream of a": {e.Downstream([]graph.ID{0, 4}), []graph.ID{0, 1, 2, 4}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	weights := e.Critical(func(id graph.ID) int64 { return int64(id) + 1 })
	if diff := cmp.Diff([]int64{6, 5, 3, 10, 5}, weights); diff != "" {
		t.Errorf("critical: %s", diff)
	}
}

// TestCyclesAndOrder holds on random graphs that Order is an order, and that
// it is complete just when there is no cycle.
func TestCyclesAndOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 10).Draw(t, "n")
		g := &graph.Graph{Instances: make([]graph.Instance, n)}
		for i := range g.Instances {
			for _, d := range rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 0, 2, rapid.ID).Draw(t, "deps") {
				g.Instances[i].After = append(g.Instances[i].After, graph.ID(d))
			}
			slices.Sort(g.Instances[i].After)
		}
		e := g.Edges()
		order := e.Order()
		place := map[graph.ID]int{}
		for i, id := range order {
			place[id] = i + 1
			for _, d := range e.Deps(id) {
				if place[d] == 0 {
					t.Fatalf("%d comes before %d in %v", id, d, order)
				}
			}
		}
		cycles := e.Cycles()
		if (len(cycles) == 0) != (len(order) == n) {
			t.Fatalf("cycles %v, order %v of %d", cycles, order, n)
		}
		for _, c := range cycles {
			if slices.Min(c) != c[0] {
				t.Fatalf("cycle %v does not begin with its least", c)
			}
			for i, id := range c {
				if !slices.Contains(e.Deps(id), c[(i+1)%len(c)]) {
					t.Fatalf("%v is no cycle", c)
				}
			}
		}
	})
}
