package layout

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlace(t *testing.T) {
	// a leads to b and, past it, to c.
	got := Place([]Size{{40, 20}, {60, 20}, {40, 20}}, [][2]int{{0, 1}, {1, 2}, {0, 2}}, 10, 30)
	want := Placed{
		Size:  Size{71, 120},
		Boxes: []Point{{30, 0}, {0, 50}, {30, 100}},
		Lines: [][]Point{
			{{50, 20}, {30, 50}},
			{{30, 70}, {50, 100}},
			{{50, 20}, {70, 50}, {70, 70}, {50, 100}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Place(nil, nil, 1, 1); got.Boxes != nil {
		t.Errorf("of nothing: %v", got)
	}
}

// TestPlace_apart: no two boxes overlap, and every line goes down.
func TestPlace_apart(t *testing.T) {
	edges := [][2]int{{0, 1}, {1, 2}, {1, 3}, {2, 4}, {3, 4}, {4, 5}, {5, 6}, {1, 5}, {0, 6}, {7, 4}, {0, 2}}
	sizes := []Size{{30, 20}, {90, 40}, {50, 20}, {50, 20}, {120, 40}, {10, 20}, {70, 20}, {200, 20}}
	p := Place(sizes, edges, 16, 40)
	for i := range sizes {
		for j := range i {
			a, b := p.Boxes[i], p.Boxes[j]
			if a.X < b.X+sizes[j].W && b.X < a.X+sizes[i].W && a.Y < b.Y+sizes[j].H && b.Y < a.Y+sizes[i].H {
				t.Errorf("boxes %d at %v and %d at %v overlap", i, a, j, b)
			}
		}
	}
	for i, line := range p.Lines {
		for k := 1; k < len(line); k++ {
			if line[k].Y <= line[k-1].Y {
				t.Errorf("edge %v goes up: %v", edges[i], line)
			}
		}
	}
}
