package main

import (
	"testing"

	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/exp/plot"
	"github.com/dewar-build/dewar/exp/table"
)

// A page has as many pictures as there are params that vary to draw over.
func TestSweepCharts(t *testing.T) {
	row := func(name string, a, b, acc float64) shownRow {
		return shownRow{Kind: table.Experiment, Row: exp.Row{
			Name: name, State: exp.Done,
			Params:  []exp.Field{{Name: "a", Value: frame.Num(a)}, {Name: "b", Value: frame.Num(b)}},
			Metrics: []exp.Field{{Name: "m.json:acc", Value: frame.Num(acc)}},
		}}
	}
	for name, c := range map[string]struct {
		rows []shownRow
		want int
	}{
		"none":                       {nil, 0},
		"one":                        {[]shownRow{row("x", 1, 1, 1)}, 0},
		"equal params":               {[]shownRow{row("x", 1, 1, 1), row("y", 1, 1, 2)}, 0},
		"equal metrics":              {[]shownRow{row("x", 1, 1, 1), row("y", 2, 1, 1)}, 0},
		"one param":                  {[]shownRow{row("x", 1, 1, 1), row("y", 2, 1, 2)}, 1},
		"two params":                 {[]shownRow{row("x", 1, 1, 1), row("y", 2, 2, 2)}, 2},
		"the workspace is not drawn": {[]shownRow{row("x", 1, 1, 1), {Kind: table.Workspace, Row: row("w", 2, 2, 2).Row}}, 0},
	} {
		if got := len(sweepCharts(c.rows, "")); got != c.want {
			t.Errorf("%s: %d charts, want %d", name, got, c.want)
		}
	}
}

// The map is one of the params that most was tried of, not of the first ones.
func TestMostTried(t *testing.T) {
	axis := func(name string, values ...float64) plot.Axis {
		a := plot.Axis{Name: name}
		for _, v := range values {
			a.Values = append(a.Values, frame.Num(v))
		}
		return a
	}
	s := plot.Sweep{Params: []plot.Axis{axis("a", 1, 1, 2, 2), axis("b", 1, 2, 3, 4), axis("c", 5, 5, 5, 6), axis("d", 1, 2, 3, 3)}}
	if x, y := mostTried(s, []string{"a", "b", "c", "d"}); x != "b" || y != "d" {
		t.Errorf("%s and %s, want b and d", x, y)
	}
	if x, y := mostTried(s, []string{"a", "c"}); x != "a" || y != "c" {
		t.Errorf("%s and %s, want a and c", x, y)
	}
}
