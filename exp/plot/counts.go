package plot

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/exp/frame"
)

const (
	mostBars    = 50
	mostClasses = 40
	others      = "(others)"
)

// bars reads one series of bars each reading. x is the number and y the name, as
// in DVC; where it is clearly the other way round, it is taken so.
func (c *chart) bars(readings []reading) {
	places := map[string]int{}
	for _, r := range readings {
		s := c.begin(readings, r)
		if !quantitative(r.xs) && quantitative(r.ys) {
			r.x, r.y, r.xs, r.ys = r.y, r.x, r.ys, r.xs
			c.xLabel, c.yLabel = c.yLabel, c.xLabel
		}
		for i := range r.xs {
			if at := c.place(places, r.ys[i]); finite(at) && finite(number(r.xs[i])) {
				s.xs, s.ys = append(s.xs, at), append(s.ys, number(r.xs[i]))
			}
		}
		c.series = append(c.series, s)
	}
	if c.sorted {
		c.sortBars()
	}
	c.fewBars()
}

// longest returns the greatest value of each bar.
func (c *chart) longest() []float64 {
	out := make([]float64, len(c.names))
	for i := range out {
		out[i] = math.Inf(-1)
	}
	for _, s := range c.series {
		for i, at := range s.xs {
			out[int(at)] = math.Max(out[int(at)], s.ys[i])
		}
	}
	return out
}

// sortBars numbers the bars again, the longest first.
func (c *chart) sortBars() {
	length := c.longest()
	order := make([]int, len(c.names))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compare(length[b], length[a]) })
	names, places := make([]string, len(order)), make([]float64, len(order))
	for to, from := range order {
		names[to], places[from] = c.names[from], float64(to)
	}
	c.names = names
	for _, s := range c.series {
		for i, at := range s.xs {
			s.xs[i] = places[int(at)]
		}
	}
}

// fewBars drops what nobody could read, and says so.
func (c *chart) fewBars() {
	if len(c.names) <= mostBars {
		return
	}
	c.note("The first %d of %s bars are drawn.", mostBars, grouped(len(c.names)))
	c.names = c.names[:mostBars]
	for k := range c.series {
		s := &c.series[k]
		var xs, ys []float64
		for i, at := range s.xs {
			if at < mostBars {
				xs, ys = append(xs, at), append(ys, s.ys[i])
			}
		}
		s.xs, s.ys = xs, ys
	}
}

// bins reads histograms with the same edges for all.
func (c *chart) bins(readings []reading) {
	all, most := make([][]float64, len(readings)), 0
	for k, r := range readings {
		for _, v := range r.ys {
			if x := number(v); finite(x) {
				all[k] = append(all[k], x)
			}
		}
		c.missing(r)
		most = max(most, len(all[k]))
	}
	lo, hi := extent(all...)
	c.edges = edges(lo, hi, most)
	for k, r := range readings {
		s := c.begin(readings, r)
		s.xs, s.ys = c.edges[:len(c.edges)-1], make([]float64, len(c.edges)-1)
		width := c.edges[1] - c.edges[0]
		for _, x := range all[k] {
			// A hair above, so that 0.3 falls where 0.3 begins whatever 3*0.1 is.
			s.ys[min(len(s.ys)-1, int((x-c.edges[0])/width+1e-9))]++
		}
		c.series = append(c.series, s)
	}
}

// edges returns round edges of bins for n values: about as many as twice the
// third root of n (Rice), from 5 to 40.
func edges(lo, hi float64, n int) []float64 {
	lo, hi = apart(lo, hi)
	want := math.Min(40, math.Max(5, math.Ceil(2*math.Cbrt(float64(n)))))
	gap := niceGap((hi - lo) / want)
	first, last := math.Floor(lo/gap+1e-9), math.Floor(hi/gap+1e-9)+1
	var out []float64
	for i := first; i <= last; i++ {
		out = append(out, roundTo(i*gap, 12))
	}
	return out
}

// matrix is how often two columns said what together.
type matrix struct {
	label  string
	counts [][]int // by y, then x
	rows   []int   // the sum of each y
	most   int
}

// confusions counts a matrix each reading, all with the same classes.
func (c *chart) confusions(readings []reading) {
	c.confusionClasses(readings)
	at := map[string]int{}
	for i, name := range c.classes {
		at[name] = i
	}
	for _, r := range readings {
		s := c.begin(readings, r)
		m := matrix{label: r.experiment, rows: make([]int, len(c.classes)), counts: make([][]int, len(c.classes))}
		if len(c.variants) > 1 {
			m.label = strings.TrimSpace(r.experiment + " " + s.variant)
		}
		for i := range m.counts {
			m.counts[i] = make([]int, len(c.classes))
		}
		for i := range r.xs {
			if r.xs[i].Kind != frame.Absent && r.ys[i].Kind != frame.Absent {
				x, y := c.class(at, r.xs[i]), c.class(at, r.ys[i])
				m.counts[y][x]++
				m.rows[y]++
				m.most = max(m.most, m.counts[y][x])
			}
		}
		c.matrices = append(c.matrices, m)
	}
}

func (c *chart) class(at map[string]int, v frame.Value) int {
	if i, ok := at[v.Text]; ok {
		return i
	}
	return len(c.classes) - 1 // the others
}

// confusionClasses lists the values of both columns, numbers by size; of too many
// the most frequent.
func (c *chart) confusionClasses(readings []reading) {
	seen := map[frame.Value]int{}
	for _, r := range readings {
		for _, v := range slices.Concat(r.xs, r.ys) {
			if v.Kind != frame.Absent {
				seen[v]++
			}
		}
	}
	var all []frame.Value
	for v := range seen {
		all = append(all, v)
	}
	slices.SortFunc(all, compareValues)
	if len(all) > mostClasses {
		c.note("The %d most frequent of %s classes are drawn.", mostClasses-1, grouped(len(all)))
		slices.SortStableFunc(all, func(a, b frame.Value) int { return seen[b] - seen[a] })
		all = all[:mostClasses-1]
		slices.SortFunc(all, compareValues)
		defer func() { c.classes = append(c.classes, others) }()
	}
	for _, v := range all {
		c.classes = append(c.classes, v.Text)
	}
}

// compareValues orders numbers by size, and before texts.
func compareValues(a, b frame.Value) int {
	if an, bn := a.Kind == frame.Number, b.Kind == frame.Number; an != bn {
		if an {
			return -1
		}
		return 1
	} else if an && a.Number != b.Number {
		return compare(a.Number, b.Number)
	}
	return strings.Compare(a.Text, b.Text)
}

// share returns the part of a cell in its row.
func (m matrix) share(y, x int) float64 {
	if m.rows[y] == 0 {
		return 0
	}
	return float64(m.counts[y][x]) / float64(m.rows[y])
}

// cell returns how strong a cell is, from 0 to 1, and what stands in it.
func (c *chart) cell(m matrix, y, x int) (strength float64, text string) {
	if c.normalized {
		v := m.share(y, x)
		return v, strconv.FormatFloat(v, 'f', 2, 64)
	}
	if m.most == 0 {
		return 0, "0"
	}
	return float64(m.counts[y][x]) / float64(m.most), grouped(m.counts[y][x])
}
