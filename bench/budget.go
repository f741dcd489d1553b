package main

import (
	"math"
	"time"
)

// What would probably take too long is not begun. The guess: from one size to
// the next, time beyond what a program needs for nothing at all grows as work
// does; if it has grown faster before, as it did then, at most with the square.

// sized is what work of a size took.
type sized struct {
	n    int
	took time.Duration
}

// predict guesses how long work of size n takes. known is what smaller sizes
// took, the smallest first; start is what the program takes for nothing.
func predict(known []sized, start time.Duration, n int) time.Duration {
	if len(known) == 0 {
		return 0
	}
	last := known[len(known)-1]
	beyond := max(last.took-start, 0)
	exponent := 1.0
	if len(known) > 1 {
		exponent = growth(known[len(known)-2], last, start)
	}
	grown := float64(beyond) * math.Pow(float64(n)/float64(last.n), exponent)
	return start + time.Duration(min(grown, float64(math.MaxInt64/2)))
}

// noise is what says nothing about how time grows.
const noise = 50 * time.Millisecond

// growth is the power of the size that time has grown with: from 1 to 2.
func growth(small, large sized, start time.Duration) float64 {
	was, is := small.took-start, large.took-start
	if was < noise || is < noise || large.n <= small.n {
		return 1
	}
	seen := math.Log(float64(is)/float64(was)) / math.Log(float64(large.n)/float64(small.n))
	return min(max(seen, 1), 2)
}
