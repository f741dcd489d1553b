package eval

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar/builtins"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
)

// MaxPoints is how many points a sweep may have.
const MaxPoints = 1_000_000

// Points lists the points of a sweep: for each axis, in order, the setting that it has
// there. Without axes there is one point, at which nothing is set.
//
// The points are every combination, the first axis slowest and the last fastest;
// with Zip the first values of all axes, the second values and so on, where an axis
// with one value has it everywhere. With Random, or if the budget is less than the
// number N of these, they are a sample without replacement, in the order drawn:
//
//   - up to N = 2^62, the numbers from 0 to N-1 are shuffled as sample() shuffles a
//     list (builtins/sample.go), with Seed as the seed, and the first of them are the
//     places in the list above;
//   - beyond, a point is drawn axis by axis in order, by a number below the number of
//     its values; a point that was drawn already is drawn again.
//
// Only the points that are drawn are ever made. A larger budget with the same seed
// begins with the same points.
func Points(s Sweep) ([][]param.Setting, diag.List) {
	p := pointMaker{axes: s.Axes, zip: s.Zip}
	if ds := p.measure(); ds.HasErrors() {
		return nil, ds
	}
	n := p.size
	sample := s.Random
	if s.Budget > 0 && uint64(s.Budget) < n {
		n, sample = uint64(s.Budget), true
	}
	if n > MaxPoints {
		return nil, p.tooMany()
	}
	seed := s.Seed
	if seed == "" {
		seed = "0"
	}
	d := builtins.NewDraws(seed)
	switch {
	case !sample:
		return p.first(n), nil
	case p.size > largest:
		return p.drawn(d, int(n)), nil
	}
	return p.shuffled(d, n), nil
}

// first returns the points at the first n places.
func (p *pointMaker) first(n uint64) [][]param.Setting {
	out := make([][]param.Setting, n)
	for i := range n {
		out[i] = p.at(i)
	}
	return out
}

// shuffled returns the first n points after a shuffle, of which only what it moves is
// ever written down.
func (p *pointMaker) shuffled(d *builtins.Draws, n uint64) [][]param.Setting {
	moved := map[uint64]uint64{} // places of the shuffled list that do not hold their own number
	held := func(i uint64) uint64 {
		if x, ok := moved[i]; ok {
			return x
		}
		return i
	}
	out := make([][]param.Setting, n)
	for i := range n {
		j := i + d.Below(p.size-i)
		out[i] = p.at(held(j))
		moved[j] = held(i)
	}
	return out
}

// largest is the size up to which points have numbers.
const largest = 1 << 62

// pointMaker makes points by their place in the list of all.
type pointMaker struct {
	axes []Axis
	zip  bool
	size uint64 // over largest: more than that
}

// measure finds how many points there are.
func (p *pointMaker) measure() diag.List {
	p.size = 1
	for i := range p.axes {
		n := uint64(len(p.axes[i].Values))
		switch {
		case n == 0:
			return diag.List{{Code: "E-sweep-empty", Span: p.axes[i].Span, Detail: fmt.Sprintf("There are no values to try for param.%s.", p.axes[i].Name)}}
		case !p.zip && p.size > largest/n:
			p.size = largest + 1
		case !p.zip:
			p.size *= n
		}
	}
	if p.zip {
		return p.lockstep()
	}
	return nil
}

// lockstep finds how many values the axes have together.
func (p *pointMaker) lockstep() diag.List {
	first := -1
	for i := range p.axes {
		n := len(p.axes[i].Values)
		switch {
		case n == 1:
		case first < 0:
			first, p.size = i, uint64(n)
		case uint64(n) != p.size:
			a, b := &p.axes[first], &p.axes[i]
			return diag.List{{
				Code: "E-sweep-zip", Span: b.Span,
				Detail: fmt.Sprintf("In lockstep all axes have equally many values, or one: param.%s has %d, param.%s has %d.", a.Name, len(a.Values), b.Name, n),
				Notes:  []diag.Note{{Span: a.Span, Text: fmt.Sprintf("%d values", len(a.Values))}},
			}}
		}
	}
	return nil
}

// tooMany says how the number of points comes about.
func (p *pointMaker) tooMany() diag.List {
	var parts []string
	for i := range p.axes {
		if n := len(p.axes[i].Values); n > 1 {
			parts = append(parts, fmt.Sprintf("param.%s has %d", p.axes[i].Name, n))
		}
	}
	count := fmt.Sprintf("%d points", p.size)
	if p.size > largest {
		count = "more than 2⁶² points"
	}
	return diag.List{{Code: "E-sweep-many", Span: p.axes[0].Span, Detail: fmt.Sprintf("There are %s: %s. At most %d can be tried. Leave values out, or give the experiment a budget to try a sample.", count, strings.Join(parts, ", "), MaxPoints)}}
}

// at returns the point at a place.
func (p *pointMaker) at(i uint64) []param.Setting {
	out := make([]param.Setting, len(p.axes))
	for k := len(p.axes) - 1; k >= 0; k-- {
		values := p.axes[k].Values
		n := uint64(len(values))
		v := i % n // of one value in lockstep too
		if !p.zip {
			i /= n
		}
		out[k] = param.Setting{Name: p.axes[k].Name, Text: values[v]}
	}
	return out
}

// drawn draws points whose place has no number.
func (p *pointMaker) drawn(d *builtins.Draws, n int) [][]param.Setting {
	out := make([][]param.Setting, 0, n)
	seen := make(map[string]bool, n)
	for len(out) < n {
		point := make([]param.Setting, len(p.axes))
		var id strings.Builder
		for k := range p.axes {
			v := d.Below(uint64(len(p.axes[k].Values)))
			fmt.Fprintf(&id, "%d ", v)
			point[k] = param.Setting{Name: p.axes[k].Name, Text: p.axes[k].Values[v]}
		}
		if !seen[id.String()] {
			seen[id.String()] = true
			out = append(out, point)
		}
	}
	return out
}
