package plot

import (
	"math"
	"strconv"
)

// scale maps values to the stretch from 0 to 1 and knows where its ticks are.
type scale struct {
	lo, hi float64
	ticks  []tick
}

type tick struct {
	at    float64
	label string
}

// of returns where v lies: 0 at lo, 1 at hi.
func (s scale) of(v float64) float64 { return (v - s.lo) / (s.hi - s.lo) }

// tight returns a scale from lo to hi exactly, with about want ticks in it.
func tight(lo, hi float64, want int) scale {
	lo, hi = apart(lo, hi)
	gap := niceGap((hi - lo) / float64(max(1, want)))
	s := scale{lo: lo, hi: hi}
	// What is within a thousandth of the end belongs to it: 0.30000000000000004.
	for i := math.Ceil(lo/gap - 1e-3); i*gap <= hi+gap*1e-3; i++ {
		s.ticks = append(s.ticks, tick{at: i*gap + 0}) // + 0: there is no -0
	}
	s.label(gap)
	return s
}

// nice returns a scale that begins and ends at ticks.
func nice(lo, hi float64, want int) scale {
	lo, hi = apart(lo, hi)
	gap := niceGap((hi - lo) / float64(max(1, want)))
	return tight(math.Floor(lo/gap+1e-9)*gap, math.Ceil(hi/gap-1e-9)*gap, want)
}

// apart makes sure that a scale has an extent.
func apart(lo, hi float64) (float64, float64) {
	switch {
	case !(lo <= hi) || math.IsInf(lo, 0) || math.IsInf(hi, 0): // nothing was there
		return 0, 1
	case lo == hi && lo == 0:
		return 0, 1
	case hi-lo < math.Max(math.Abs(lo), math.Abs(hi))*1e-9:
		d := math.Abs(lo) / 10
		return lo - d, hi + d
	}
	return lo, hi
}

// niceGap returns the one of 1, 2, 2.5 and 5 times a power of ten that is nearest to gap.
func niceGap(gap float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(gap)))
	for _, m := range [...]struct{ below, nice float64 }{{1.5, 1}, {2.2, 2}, {3.5, 2.5}, {7.5, 5}} {
		if gap < m.below*power {
			return m.nice * power
		}
	}
	return 10 * power
}

// label gives all ticks the same number of decimals, or the same unit.
func (s *scale) label(gap float64) {
	most := math.Max(math.Abs(s.lo), math.Abs(s.hi))
	unit, suffix := 1.0, ""
	switch {
	case most >= 1e15 || gap < 1e-6:
		for i := range s.ticks {
			s.ticks[i].label = strconv.FormatFloat(s.ticks[i].at+0, 'g', 4, 64)
		}
		return
	case most >= 1e9:
		unit, suffix = 1e9, "G"
	case most >= 1e6:
		unit, suffix = 1e6, "M"
	case most >= 1e4:
		unit, suffix = 1e3, "k"
	}
	decimals := 0
	for g := gap / unit; decimals < 9 && math.Abs(g-math.Round(g)) > 1e-6; decimals++ {
		g *= 10
	}
	for i := range s.ticks {
		t := &s.ticks[i]
		if t.label = strconv.FormatFloat(t.at/unit, 'f', decimals, 64) + suffix; t.at == 0 || math.Abs(t.at) < gap*1e-6 {
			t.at, t.label = 0, "0"
		}
	}
}

// short returns a number as people read it: four digits that count.
func short(v float64) string {
	switch a := math.Abs(v); {
	case v == math.Trunc(v) && a < 1e7:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case a >= 1e7 || a < 1e-4:
		return strconv.FormatFloat(v, 'g', 4, 64)
	case a >= 1000:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(roundTo(v, 4), 'f', -1, 64)
}

// roundTo rounds to that many digits that count.
func roundTo(v float64, digits int) float64 {
	r, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	return r
}

// grouped writes a count with commas: 1,000,000.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// extent returns the least and the greatest finite value.
func extent(lists ...[]float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, vs := range lists {
		for _, v := range vs {
			if finite(v) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	return lo, hi
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
