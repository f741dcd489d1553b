package layout

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func boxes(names ...string) []Box {
	var out []Box
	for _, n := range names {
		out = append(out, Box{Lines: []string{n}})
	}
	return out
}

func TestDraw(t *testing.T) {
	for _, test := range []struct {
		name  string
		boxes []Box
		edges [][2]int
		want  string
	}{
		{"nothing", nil, nil, ""},
		{"one", boxes("a"), nil, `
┌───┐
│ a │
└───┘`},
		{"chain", boxes("clean", "train"), [][2]int{{0, 1}}, `
┌───────┐
│ clean │
└───┬───┘
    │
┌───┴───┐
│ train │
└───────┘`},
		{"diamond", boxes("a", "b", "c", "d"), [][2]int{{0, 1}, {0, 2}, {1, 3}, {2, 3}}, `
    ┌───┐
    │ a │
    └─┬─┘
  ┌───┴──┐
  │      │
┌─┴─┐  ┌─┴─┐
│ b │  │ c │
└─┬─┘  └─┬─┘
  └───┬──┘
      │
    ┌─┴─┐
    │ d │
    └───┘`},
		{"skip", boxes("features", "train", "evaluate"), [][2]int{{0, 1}, {0, 2}, {1, 2}}, `
  ┌──────────┐
  │ features │
  └─────┬────┘
    ┌───┴──┐
    │      │
┌───┴───┐  │
│ train │  │
└───┬───┘  │
    └───┬──┘
        │
  ┌─────┴────┐
  │ evaluate │
  └──────────┘`},
	} {
		got := strings.Join(Draw(test.boxes, test.edges), "\n")
		if diff := cmp.Diff(strings.TrimPrefix(test.want, "\n"), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestDrawIsDeterministic(t *testing.T) {
	edges := [][2]int{{0, 1}, {1, 2}, {1, 3}, {2, 4}, {3, 4}, {4, 5}, {5, 6}, {1, 5}, {0, 6}, {7, 4}, {0, 2}}
	names := boxes("raw", "prep", "x", "y", "train ×10", "eval ×10", "report", "other")
	want := Draw(names, edges)
	for range 5 {
		if diff := cmp.Diff(want, Draw(names, edges)); diff != "" {
			t.Fatal(diff)
		}
	}
	for _, b := range names {
		if !strings.Contains(strings.Join(want, "\n"), b.Lines[0]) {
			t.Errorf("%s is not in the drawing", b.Lines[0])
		}
	}
}
