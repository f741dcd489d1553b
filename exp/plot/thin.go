package plot

import "math"

// mostPoints is how many points a line of one experiment is drawn with at most: more
// than a screen has columns, few enough for a page with twenty of them.
const mostPoints = 2000

// thinLine cuts a line into stretches and keeps the lowest and the highest point of
// each, in their order, with the first and the last: no spike is lost, as it is
// where every n-th point is taken or where points are averaged. A stretch with
// a gap keeps one.
func thinLine(xs, ys []float64, most int) ([]float64, []float64) {
	n := len(xs)
	stretches := (most - 2) / 3
	var outX, outY []float64
	keep := func(i int) { outX, outY = append(outX, xs[i]), append(outY, ys[i]) }
	keep(0)
	for k := range stretches {
		from, to := 1+k*(n-2)/stretches, 1+(k+1)*(n-2)/stretches
		for _, i := range marked(ys, from, to) {
			keep(i)
		}
	}
	keep(n - 1)
	return outX, outY
}

// marked returns the places of the lowest, the highest and a missing value, in order.
func marked(ys []float64, from, to int) []int {
	lo, hi, gap := -1, -1, -1
	for i := from; i < to; i++ {
		switch {
		case math.IsNaN(ys[i]):
			gap = i
		case lo < 0:
			lo, hi = i, i
		case ys[i] < ys[lo]:
			lo = i
		case ys[i] > ys[hi]:
			hi = i
		}
	}
	var out []int
	for i := from; i < to; i++ {
		if i == lo || i == hi || i == gap {
			out = append(out, i)
		}
	}
	return out
}

// thinPoints keeps the first point of each cell of a fine grid.
func thinPoints(xs, ys []float64) ([]float64, []float64) {
	const columns, rows = 80, 50
	x0, x1 := extent(xs)
	y0, y1 := extent(ys)
	x0, x1 = apart(x0, x1)
	y0, y1 = apart(y0, y1)
	taken := make([]bool, columns*rows)
	var outX, outY []float64
	for i := range xs {
		if !finite(xs[i]) || !finite(ys[i]) {
			continue
		}
		at := int((xs[i]-x0)/(x1-x0)*(columns-1))*rows + int((ys[i]-y0)/(y1-y0)*(rows-1))
		if !taken[at] {
			taken[at] = true
			outX, outY = append(outX, xs[i]), append(outY, ys[i])
		}
	}
	return outX, outY
}
