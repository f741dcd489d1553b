package graph_test

import (
	"fmt"
	"testing"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// TestCollected: a collected directory is one input of the action, and the action key is that of
// its parts standing there one by one.
func TestCollected(t *testing.T) {
	r := graph.Resolver{
		Content: func(in *graph.Input) (digest.Content, error) {
			return digest.Content{Kind: digest.File, Digest: digest.Of([]byte(in.Path))}, nil
		},
		Host: func(*graph.Input) string { return "" },
		Dirs: func(d digest.Digest) (digest.Dir, error) { return digest.Dir{}, fmt.Errorf("%s was asked for", d) },
	}
	var apart []graph.Input
	for i := range 1000 {
		p := fmt.Sprintf("d%d/%d", i%7, i)
		apart = append(apart, graph.Input{At: ".dewar/collect/x/" + p, Kind: graph.Workspace, Path: p})
	}
	together := append([]graph.Input{{At: ".dewar/collect/x", Kind: graph.Collected}}, apart...)
	var keys []digest.Digest
	for _, inputs := range [][]graph.Input{apart, together} {
		a, dirs, err := r.Resolve(&graph.Instance{Args: []string{"x"}, Inputs: inputs})
		if err != nil {
			t.Fatal(err)
		}
		e, err := a.Key()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, e.Key)
		if len(inputs) > 1000 && (len(a.Inputs) != 1 || len(dirs) != 8) {
			t.Errorf("%d inputs of the action, %d new directories", len(a.Inputs), len(dirs))
		}
	}
	if keys[0] != keys[1] {
		t.Error("collecting changes the action key")
	}
	a, _, err := r.Resolve(&graph.Instance{Args: []string{"x"}, Inputs: together[:1]})
	if err != nil || len(a.Inputs) != 1 || a.Inputs[0].Content.Digest != digest.Empty {
		t.Errorf("an empty collection: %v, %v", a, err)
	}
}
