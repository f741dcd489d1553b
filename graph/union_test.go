package graph_test

import (
	"slices"
	"testing"

	"github.com/dewar-build/dewar/graph"
)

// Two evaluations that differ in the middle of a chain share what is before it,
// and nothing behind it.
func TestUnite(t *testing.T) {
	a, b := sketch(t, "a: >a", "b: =a >b", "c: =b"), sketch(t, "a: >a", "b: =a >b", "c: =b")
	b.Instances[1].Args = []string{"another"}
	u := graph.Unite([]*graph.Graph{a, b})
	if n := len(u.Graph.Instances); n != 5 {
		t.Fatalf("%d instances, want 5:\n%s", n, graph.Dump(u.Graph))
	}
	if u.IDs[0][0] != u.IDs[1][0] || u.IDs[0][1] == u.IDs[1][1] || u.IDs[0][2] == u.IDs[1][2] {
		t.Errorf("ids %v", u.IDs)
	}
	e := u.Graph.Edges()
	for i := range u.IDs {
		if got := e.Deps(u.IDs[i][2]); !slices.Equal(got, []graph.ID{u.IDs[i][1]}) {
			t.Errorf("evaluation %d: the last needs %v, want %v", i, got, u.IDs[i][1])
		}
	}
	for _, s := range u.Graph.Stages {
		for id := s.First; id < s.First+s.N; id++ {
			if u.Graph.Instances[id].Stage != s.Name {
				t.Errorf("instance %d of %s is in stage %s", id, u.Graph.Instances[id].Stage, s.Name)
			}
		}
	}
	if a.Instances[1].Inputs[0].From != 0 {
		t.Error("the parts were changed")
	}
}

// Where a value came from, and where a stage was written, makes no difference.
func TestUnite_explanations(t *testing.T) {
	a, b := sketch(t, "a: >a"), sketch(t, "a: >a")
	b.Instances[0].Uses = []graph.Use{{Name: "param.x", Text: "1", Origin: "-p x"}}
	b.Instances[0].Span.File = "elsewhere"
	if u := graph.Unite([]*graph.Graph{a, b}); len(u.Graph.Instances) != 1 {
		t.Errorf("%d instances, want 1", len(u.Graph.Instances))
	}
}

// A toolchain that is not the same in two evaluations is two.
func TestUnite_toolchains(t *testing.T) {
	part := func(path string) *graph.Graph {
		g := sketch(t, "a: >a")
		g.Toolchains = []graph.Toolchain{{Name: "python", Kind: "python", Path: path}}
		g.Instances[0].Toolchains = []string{"python"}
		return g
	}
	u := graph.Unite([]*graph.Graph{part(".venv"), part(".venv"), part("other")})
	if len(u.Graph.Instances) != 2 || len(u.Graph.Toolchains) != 2 {
		t.Fatal(graph.Dump(u.Graph))
	}
	for i, want := range []string{".venv", ".venv", "other"} {
		name := u.Graph.Instances[u.IDs[i][0]].Toolchains[0]
		n := slices.IndexFunc(u.Graph.Toolchains, func(tc graph.Toolchain) bool { return tc.Name == name })
		if got := u.Graph.Toolchains[n].Path; got != want {
			t.Errorf("evaluation %d has %s, want %s", i, got, want)
		}
	}
}

func TestUnite_none(t *testing.T) {
	if u := graph.Unite(nil); len(u.Graph.Instances) != 0 || len(u.IDs) != 0 {
		t.Errorf("%+v", u)
	}
}
