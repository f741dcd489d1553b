package plot

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/exp/metric"
)

func TestHeatMap(t *testing.T) {
	s := Sweep{
		Experiments: []string{"a", "b", "c", "d"},
		Params: []Axis{
			{Name: "x", Values: []frame.Value{num(10), num(2), num(2), str("none")}},
			{Name: "y", Values: []frame.Value{num(1), num(1), num(1)}}, // d has none
		},
		Metrics: []Axis{{Name: "loss", Values: []frame.Value{num(1), num(2), num(4), num(9)}, Better: metric.Lower}},
	}
	h := must[*HeatMap](t)(s.HeatMap("x", "y", ""))
	if got, want := fmt.Sprint(h.xs, h.ys, h.mean, h.count), "[2 10 none] [1] [[3 1 NaN]] [[2 1 0]]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if h.strength(1) != 1 || h.strength(3) != 0 {
		t.Error("the lower loss is not the brighter")
	}
	if _, err := s.HeatMap("z", "y", ""); err == nil || !strings.Contains(err.Error(), `no param "z"; there are x, y`) {
		t.Error(err)
	}
}

func TestHeatMap_labels(t *testing.T) {
	for _, c := range []struct {
		values []frame.Value
		want   string
	}{
		{[]frame.Value{num(0.001), num(56.2341325190349), str("scale")}, "[0.001 56.23 scale]"},
		{[]frame.Value{num(1.00001), num(1.00002)}, "[1.00001 1.00002]"}, // short, they would be one
	} {
		if got := fmt.Sprint(labels(c.values)); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

// TestHeatMap_crowded: cells are not written into if what stands there would be as
// wide as they are.
func TestHeatMap_crowded(t *testing.T) {
	for n, want := range map[int]bool{3: true, 12: false} {
		s := Sweep{Params: []Axis{{Name: "x"}, {Name: "y"}}, Metrics: []Axis{{Name: "m"}}}
		for i := range n {
			s.Experiments = append(s.Experiments, fmt.Sprint(i))
			s.Params[0].Values = append(s.Params[0].Values, num(float64(i)))
			s.Params[1].Values = append(s.Params[1].Values, num(1))
			s.Metrics[0].Values = append(s.Metrics[0].Values, num(0.98765+float64(i)/1000))
		}
		b, err := must[*HeatMap](t)(s.HeatMap("x", "y", "")).VegaLite()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.ReplaceAll(string(b), " ", ""), `"type":"text"`); got != want {
			t.Errorf("%d cells: text is %v, want %v", n, got, want)
		}
	}
}

func TestParallelCoordinates(t *testing.T) {
	p := must[*Parallel](t)(sampleSweep().ParallelCoordinates("loss"))
	var got []string
	for _, track := range p.tracks {
		line := track.name
		for _, k := range track.ticks {
			line += fmt.Sprintf(" %s@%.2f", k.label, k.at)
		}
		got = append(got, line)
	}
	want := []string{
		"train.C 0.01@0.00 0.1@0.33 1@0.67 10@1.00", // logarithmic
		"depth 2@0.00 3@0.25 4@0.50 5@0.75 6@1.00",
		"solver lbfgs@0.00 newton@0.50 saga@1.00",
		"loss 0.300@0.07 0.325@0.29 0.350@0.51 0.375@0.74 0.400@0.96",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	best := p.order()[59]
	if p.good[best] != 1 {
		t.Errorf("%v is on top", p.good[best])
	}
	b := written(t, func(w io.Writer) error { return p.SVG(w, SVGOptions{}) })
	if got := fmt.Sprint(marksIn(t, b)); got != "map[path:60]" {
		t.Error(got)
	}
}

// Sweeps of nothing, of one and of odd values are drawn.
func TestSweep_odd(t *testing.T) {
	for _, values := range [][]frame.Value{{}, {num(1)}, {str(hostile), {}, num(-1), frame.Boolean(true)}} {
		s := Sweep{Params: []Axis{{Name: hostile, Values: values}}, Metrics: []Axis{{Name: "m", Values: values}}}
		for i := range values {
			s.Experiments = append(s.Experiments, fmt.Sprint(hostile, i))
		}
		h := must[*HeatMap](t)(s.HeatMap(hostile, hostile, "m"))
		p := must[*Parallel](t)(s.ParallelCoordinates("m"))
		for _, c := range []Chart{h, p} {
			marksIn(t, written(t, func(w io.Writer) error { return c.SVG(w, SVGOptions{}) }))
			must[[]byte](t)(c.VegaLite())
		}
		checkLines(t, "heat", string(written(t, func(w io.Writer) error { return h.Text(w, TextOptions{}) })), newTerminal(TextOptions{}).TextOptions)
	}
}
