package plot

import (
	"fmt"
	"math"
	"slices"

	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/exp/metric"
)

// Axis is a param or a metric, with one value an experiment.
type Axis struct {
	Name   string
	Values []frame.Value
	Better metric.Direction // of a metric
}

// Sweep is a table of experiments: what they were given and what came of it.
type Sweep struct {
	Params, Metrics []Axis
	Experiments     []string // their names, as long as the Values of every axis
}

// axis finds a param or metric by name.
func (s Sweep) axis(kind string, axes []Axis, name string) (Axis, error) {
	if name == "" && len(axes) > 0 {
		return axes[0], nil
	}
	var names []string
	for _, a := range axes {
		if a.Name == name {
			return a.fitting(len(s.Experiments)), nil
		}
		names = append(names, a.Name)
	}
	return Axis{}, fmt.Errorf("there is no %s %q; there are %s", kind, name, some(names, 8))
}

// fitting makes sure that there are as many values as experiments.
func (a Axis) fitting(n int) Axis {
	a.Values = append(slices.Clip(a.Values[:min(n, len(a.Values))]), make([]frame.Value, max(0, n-len(a.Values)))...)
	return a
}

// distinct returns the values of a, sorted, each once.
func (a Axis) distinct() []frame.Value {
	var out []frame.Value
	for _, v := range a.Values {
		if v.Kind != frame.Absent && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, compareValues)
	return out
}

// varies reports whether experiments differ in a.
func (a Axis) varies() bool { return len(a.distinct()) > 1 }

// goodness says how good each value is among them, from 0 to 1; more is better
// where nobody knows.
func (a Axis) goodness() []float64 {
	out := make([]float64, len(a.Values))
	for i, v := range a.Values {
		out[i] = number(v)
	}
	lo, hi := extent(out)
	for i, v := range out {
		switch {
		case !finite(v):
			out[i] = 0
		case lo == hi:
			out[i] = 1
		case a.Better == metric.Lower:
			out[i] = (hi - v) / (hi - lo)
		default:
			out[i] = (v - lo) / (hi - lo)
		}
	}
	return out
}

// hint says which way a metric is good.
func (a Axis) hint() string {
	switch a.Better {
	case metric.Lower:
		return a.Name + " (lower is better)"
	case metric.Higher:
		return a.Name + " (higher is better)"
	}
	return a.Name
}

// track is an axis that runs from 0 to 1.
type track struct {
	name  string
	at    []float64 // of each experiment; NaN if it has no value
	ticks []tick
}

// track places the values of a: numbers to scale, or by their logarithms where
// they are spread over orders of magnitude; everything else at even distances.
func (a Axis) track(param bool) track {
	values := a.distinct()
	t := track{name: a.Name, at: make([]float64, len(a.Values))}
	place := evenly(values)
	if quantitative(a.Values) {
		place = toScale(values, param)
	}
	for i, v := range a.Values {
		if t.at[i] = math.NaN(); v.Kind != frame.Absent {
			t.at[i] = place(v)
		}
	}
	t.ticks = ticksAt(values, place)
	if len(values) > 9 && quantitative(a.Values) {
		t.ticks = roundTicks(values, place)
	}
	return t
}

func evenly(values []frame.Value) func(frame.Value) float64 {
	return func(v frame.Value) float64 {
		if len(values) < 2 {
			return 0.5
		}
		return float64(slices.Index(values, v)) / float64(len(values)-1)
	}
}

func toScale(values []frame.Value, param bool) func(frame.Value) float64 {
	var numbers []float64
	for _, v := range values {
		numbers = append(numbers, number(v))
	}
	lo, hi := extent(numbers)
	if lo >= hi {
		return func(frame.Value) float64 { return 0.5 }
	}
	if param && lo > 0 && hi/lo >= 30 {
		return func(v frame.Value) float64 { return math.Log(number(v)/lo) / math.Log(hi/lo) }
	}
	return func(v frame.Value) float64 { return (number(v) - lo) / (hi - lo) }
}

// ticksAt labels the values themselves, those that do not stand in each other's way.
func ticksAt(values []frame.Value, place func(frame.Value) float64) []tick {
	var out []tick
	for i, v := range values {
		at := place(v)
		if !finite(at) || len(out) > 0 && at-out[len(out)-1].at < 0.06 && i < len(values)-1 {
			continue
		}
		if n := len(out); n > 1 && at-out[n-1].at < 0.06 {
			out = out[:n-1] // the last value is more worth than the one before
		}
		label := v.Text
		if v.Kind == frame.Number {
			label = short(v.Number)
		}
		out = append(out, tick{at, label})
	}
	return out
}

// roundTicks labels round numbers.
func roundTicks(values []frame.Value, place func(frame.Value) float64) []tick {
	lo, hi := number(values[0]), number(values[len(values)-1])
	var out []tick
	if !finite(lo) || !finite(hi) {
		return ticksAt(values, place)
	}
	for _, k := range tight(lo, hi, 5).ticks {
		out = append(out, tick{place(frame.Num(k.at)), k.label})
	}
	return out
}
