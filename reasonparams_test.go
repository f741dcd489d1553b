package dewar

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/graph"
)

// A reason is about a param where an input came or went, but not what lies inside of one. It is not looked
// for among all inputs: of as many of them all may be different.
func TestMayDepend_inputs(t *testing.T) {
	x := &graph.Instance{Inputs: []graph.Input{{At: "a.txt"}, {At: "d"}, {At: "d.txt"}}}
	for i := range 1000 {
		x.Inputs = append(x.Inputs, graph.Input{At: fmt.Sprintf("%s/%04d.txt", strings.Repeat("long", 20), i)})
	}
	w := commandThen{now: x}
	for _, c := range []struct {
		at, was, now string
		want         bool
	}{
		{"gone.txt", "file", "", true}, {"d.txt", "", "file", true}, {"d", "", "file", true}, {"d.txt/x", "file", "", false}, {"d.tx/x", "file", "", true},
		{"d/x", "file", "", false}, {"d/e/x", "", "file", false}, {"e/d", "file", "", true}, {"d.txt", "file 1", "file 2", false},
	} {
		r := &Reason{Change: graph.Change{Label: "input " + c.at, Old: c.was, New: c.now}}
		if got := w.mayDepend(r); got != c.want {
			t.Errorf("%s, %q -> %q: %v", c.at, c.was, c.now, got)
		}
		if n := testing.AllocsPerRun(1, func() { w.mayDepend(r) }); n > 0 {
			t.Errorf("%s: %v allocations, as if each input were looked at", c.at, n)
		}
	}
}
