package plot

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/exp/frame"
)

// A line is thinned, but what stands out of it stays.
func TestThinLine(t *testing.T) {
	const n = 100_000
	xs, ys := make([]float64, n), make([]float64, n)
	for i := range xs {
		xs[i], ys[i] = float64(i), math.Sin(float64(i)/1000)
	}
	ys[31_415], ys[27_182], ys[50_000] = 40, -40, math.NaN()
	outX, outY := thinLine(xs, ys, mostPoints)
	if len(outX) > mostPoints || len(outX) < mostPoints/2 || outX[0] != 0 || outX[len(outX)-1] != n-1 {
		t.Errorf("%d points from %v to %v", len(outX), outX[0], outX[len(outX)-1])
	}
	if !slices.Contains(outY, 40) || !slices.Contains(outY, -40) || !slices.ContainsFunc(outY, math.IsNaN) {
		t.Error("the spikes or the gap are gone")
	}
	if !slices.IsSorted(outX) {
		t.Error("out of order")
	}
}

// However long the files are, a page stays a page.
func TestSizes(t *testing.T) {
	const n = 300_000
	f := table("x y", n, func(i int) []frame.Value { return []frame.Value{num(float64(i)), num(noise("", 0, i))} })
	words := table("x y", 60_000, func(i int) []frame.Value {
		return []frame.Value{str(fmt.Sprint(i)), str(fmt.Sprint(i % 5000))}
	})
	for _, template := range TemplateNames() {
		data := f
		if strings.HasPrefix(template, "bar") || strings.HasPrefix(template, "confusion") {
			data = words
		}
		p := Plot{Definition: Definition{Template: template, X: "x", Y: []string{"y"}}, Sources: []Source{{Experiment: "a", Path: "p.csv", Frame: data}}}
		c := must[*chart](t)(p.chart())
		if template != "histogram" && len(c.notes) == 0 {
			t.Errorf("%s: nothing says what was left out", template)
		}
		b := must[[]byte](t)(p.VegaLite())
		s := written(t, func(w io.Writer) error { return p.SVG(w, SVGOptions{}) })
		if len(b) > 1<<20 || len(s) > 1<<20 {
			t.Errorf("%s: %d and %d bytes", template, len(b), len(s))
		}
		if bytes.Contains(b, []byte("NaN")) {
			t.Errorf("%s: NaN", template)
		}
	}
	p := Plot{Definition: Definition{X: "x", Y: []string{"x"}}, Sources: []Source{{Experiment: "a", Path: "p.csv", Frame: words}}}
	if b := must[[]byte](t)(p.VegaLite()); len(b) > 1<<20 {
		t.Errorf("a line over names: %d bytes", len(b))
	}
}

func TestLoess(t *testing.T) {
	xs, ys := []float64{3, 1, 2, 4, 5, 5}, []float64{7, 3, 5, 9, 11, math.NaN()}
	for i, v := range loess(xs, ys, 0.6) { // a straight line stays one
		if math.Abs(v-ys[i]) > 1e-9 && !(math.IsNaN(v) && math.IsNaN(ys[i])) {
			t.Errorf("at %v: %v, want %v", xs[i], v, ys[i])
		}
	}
}

func TestTicks(t *testing.T) {
	for want, s := range map[string]scale{
		"0 0.2 0.4 0.6 0.8 1.0":    tight(0, 1, 5),
		"0 0.5 1.0 1.5 2.0 2.5":    nice(0.1, 2.4, 5),
		"0 50 100 150":             tight(0, 199, 4),
		"-1.0 -0.5 0 0.5 1.0":      tight(-1, 1, 4),
		"0 2M 4M 6M 8M":            tight(0, 8e6, 4),
		"1.98 1.99 2.00 2.01 2.02": tight(1.98, 2.02, 4),
		"9M 10M 11M":               tight(1e7, 1e7, 2),
		"0 1e-09 2e-09 3e-09":      tight(0, 3e-9, 3),
	} {
		var got []string
		for _, k := range s.ticks {
			got = append(got, k.label)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
