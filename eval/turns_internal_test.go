package eval

import (
	"strings"
	"testing"
)

// TestLoops_budget: turns are counted over all points, not in each value alone.
func TestLoops_budget(t *testing.T) {
	const text = `stage "a" {
  for_each = grid({ i = range(10) })
  command  = ["echo", length([for x in range(5) : x + each.i]), length([for x in range(2) : x + each.i])]
}
`
	for left, says := range map[int]string{
		70: "",
		69: "evaluated 9 times and has taken 18 so far", // the last of the shorter one
		35: "evaluated 5 times and has taken 25 so far",
		0:  "evaluated 0 times and has taken 0 so far",
	} {
		ev := newEvaluator(Request{Read: texts{"pipeline.hcl": text}})
		ev.family.turns = allTurns - left
		_, ds := ev.result(ev.load(), nil)
		if says == "" {
			if len(ds) > 0 {
				t.Errorf("%d turns are left, and the pipeline takes 70: %v", left, ds.Err())
			}
			continue
		}
		if len(ds) != 1 || ds[0].Code != "E-loop-turns" || !strings.Contains(ds[0].Detail, says) {
			t.Errorf("%d turns are left: want one E-loop-turns that says %q, got %v", left, says, ds.Err())
			continue
		}
		if elsewhere := left == 69; elsewhere != (len(ds[0].Notes) == 1) {
			t.Errorf("%d turns are left: notes %v", left, ds[0].Notes)
		}
	}
}

// TestLoops_foreseen: loops that multiply are too many before the first turn, where that can be
// told, and are not where a condition may leave turns out.
func TestLoops_foreseen(t *testing.T) {
	for text, c := range map[string]struct {
		fails bool
		turns int
	}{
		`[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : { x = a }]]]`:    {true, 0},
		`[for a in range(1000) : flatten(([for b in range(1000) : [for c in range(1000) : c]]))]`: {true, 0},
		`[for a in range(2000) : [for b in range(2000) : [for c in range(1e15) : c]]]`:            {true, 0},
		`[for a in range(2000) : [for b in range(2000) : a * b] if a < 2]`:                        {false, 6000},
		`[for a in range(2000) : a < 2 ? [for b in range(2000) : a * b] : []]`:                    {false, 6000},
		`[for a in range(2000) : [for b in range(2000) : b]]`:                                     {true, 0},
		`[for a in [] : [for b in range(2000) : [for c in range(2000) : [a, b, c]]]]`:             {false, 0},
		`[for a in range(3) : [for b in range(a) : b]]`:                                           {false, 6},
	} {
		ev := newEvaluator(Request{Read: texts{}})
		ev.load()
		_, ok := ev.compile(parsed(t, text), nil, view{base: "."}, "").value()
		if ok == c.fails || ev.family.turns != c.turns {
			t.Errorf("%s: want fails %v after %d turns, got %v after %d", text, c.fails, c.turns, !ok, ev.family.turns)
		}
	}
}

// TestLoops_refusedOnce: a loop that is too much for a value is not begun again at the next point.
func TestLoops_refusedOnce(t *testing.T) {
	ev := newEvaluator(Request{Read: texts{"pipeline.hcl": `stage "a" {
  for_each = grid({ i = range(20) })
  command  = ["echo", length([for x in range(1500) : [for y in range(1500) : y + each.i]])]
}
`}})
	_, ds := ev.result(ev.load(), nil)
	if len(ds) != 1 || ds[0].Code != "E-value-many" || len(ds[0].Instances) != 1 {
		t.Error(ds)
	}
}
