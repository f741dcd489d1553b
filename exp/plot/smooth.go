package plot

import (
	"math"
	"slices"
)

// loess returns ys after a local linear regression: at each x a line through
// the nearest points, the nearer the heavier, the nearest share of all of them.
// Gaps stay gaps.
func loess(xs, ys []float64, share float64) []float64 {
	var at []int
	for i := range xs {
		if finite(xs[i]) && finite(ys[i]) {
			at = append(at, i)
		}
	}
	slices.SortStableFunc(at, func(a, b int) int { return compare(xs[a], xs[b]) })
	out := make([]float64, len(ys))
	for i := range out {
		out[i] = math.NaN()
	}
	width := min(len(at), max(3, int(math.Round(share*float64(len(at))))))
	from := 0
	for _, i := range at {
		for from+width < len(at) && xs[at[from+width]]-xs[i] < xs[i]-xs[at[from]] {
			from++
		}
		out[i] = fit(xs, ys, at[from:from+width], xs[i])
	}
	return out
}

// fit returns the value at x of the line through the points of at.
func fit(xs, ys []float64, at []int, x float64) float64 {
	far := math.Max(math.Abs(x-xs[at[0]]), math.Abs(xs[at[len(at)-1]]-x))
	var w, wx, wy, wxx, wxy float64
	for _, i := range at {
		d := xs[i] - x
		k := 1.0
		if far > 0 {
			k = math.Pow(1-math.Pow(math.Min(1, math.Abs(d)/(far*1.0001)), 3), 3)
		}
		w, wx, wy, wxx, wxy = w+k, wx+k*d, wy+k*ys[i], wxx+k*d*d, wxy+k*d*ys[i]
	}
	if det := w*wxx - wx*wx; math.Abs(det) > 1e-12*w*wxx {
		return (wxx*wy - wx*wxy) / det
	}
	return wy / w
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
