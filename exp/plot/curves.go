package plot

import (
	"hash/fnv"
	"math"
	"slices"
	"strconv"

	"github.com/dewar-build/dewar/exp/frame"
)

// curves reads the series of lines and points.
func (c *chart) curves(readings []reading) {
	words := false
	for _, r := range readings {
		words = words || !quantitative(r.xs) && len(r.xs) > 0
	}
	places := map[string]int{}
	for _, r := range readings {
		s := c.begin(readings, r)
		for i := range r.xs {
			x := number(r.xs[i])
			if words {
				x = c.place(places, r.xs[i])
			}
			s.xs, s.ys = append(s.xs, x), append(s.ys, number(r.ys[i]))
		}
		c.missing(r)
		c.thin(&s)
		if c.smooth {
			s.smooth = loess(s.xs, s.ys, 0.25)
		}
		c.series = append(c.series, s)
	}
	if len(c.names) > mostPoints {
		c.dropNames()
	}
	if c.jitter {
		c.scatterApart()
	}
}

// place numbers the texts of an x in the order of their appearance.
func (c *chart) place(places map[string]int, v frame.Value) float64 {
	if v.Kind == frame.Absent {
		return math.NaN()
	}
	i, ok := places[v.Text]
	if !ok {
		i = len(c.names)
		places[v.Text], c.names = i, append(c.names, v.Text)
	}
	return float64(i)
}

// dropNames numbers the names again, those that thinning left.
func (c *chart) dropNames() {
	var all []float64
	for _, s := range c.series {
		all = append(all, s.xs...)
	}
	all = slices.DeleteFunc(all, math.IsNaN)
	slices.Sort(all)
	all = slices.Compact(all)
	names := make([]string, len(all))
	for i, at := range all {
		names[i] = c.names[int(at)]
	}
	c.names = names
	for _, s := range c.series {
		for i, x := range s.xs {
			if finite(x) {
				at, _ := slices.BinarySearch(all, x)
				s.xs[i] = float64(at)
			}
		}
	}
}

// missing notes what is left out.
func (c *chart) missing(r reading) {
	n := 0
	for _, v := range r.ys {
		if v.Kind != frame.Number {
			n++
		}
	}
	switch {
	case n == len(r.ys):
		c.note("%s has no numbers in %s.", r.experiment, r.y)
	case n > 0:
		c.note("%s of %s values of %s (%s) are no finite numbers: gaps.", grouped(n), grouped(len(r.ys)), r.y, r.experiment)
	}
}

// thin makes a long series short, and says so.
func (c *chart) thin(s *series) {
	n := len(s.xs)
	if n <= mostPoints {
		return
	}
	if c.points {
		s.xs, s.ys = thinPoints(s.xs, s.ys)
		c.note("Of more than %s points, one of each spot is drawn.", grouped(mostPoints))
		return
	}
	s.xs, s.ys = thinLine(s.xs, s.ys, mostPoints)
	c.note("Lines of more than %s points are thinned: of each stretch, the lowest and the highest are drawn.", grouped(mostPoints))
}

// scatterApart moves every point a little, the same at every drawing: points
// with equal values are seen.
func (c *chart) scatterApart() {
	var xs, ys [][]float64
	for _, s := range c.series {
		xs, ys = append(xs, s.xs), append(ys, s.ys)
	}
	dx, dy := wiggle(xs...), wiggle(ys...)
	if c.names != nil {
		dx = 0.25
	}
	for k := range c.series {
		s := &c.series[k]
		for i := range s.xs {
			s.xs[i] += dx * noise("x", k, i)
			s.ys[i] += dy * noise("y", k, i)
		}
	}
	c.note("Points are moved a little at random, so that equal ones are seen.")
}

// wiggle returns how far values may be moved without being taken for others.
func wiggle(lists ...[]float64) float64 {
	lo, hi := extent(lists...)
	lo, hi = apart(lo, hi)
	all := slices.Concat(lists...)
	slices.Sort(all)
	gap := math.Inf(1)
	for i := 1; i < len(all); i++ {
		if d := all[i] - all[i-1]; d > (hi-lo)*1e-6 {
			gap = math.Min(gap, d)
		}
	}
	return math.Min((hi-lo)/25, math.Max(gap/4, (hi-lo)/100))
}

// noise returns a number from -1 to 1 that its arguments decide.
func noise(dimension string, k, i int) float64 {
	h := fnv.New64a()
	h.Write([]byte(dimension + strconv.Itoa(k) + "." + strconv.Itoa(i) + "."))
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return float64(x>>11)/(1<<52) - 1
}
