package grid

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// MaxPoints is how many points one grid may have: enough for any sweep that
// can be run, few enough that a slip of an axis cannot fill the memory.
const MaxPoints = 1_000_000

// Size returns the number of points of the product of axes, and false if it is
// over MaxPoints.
func Size(axes map[string][]cty.Value) (int, bool) {
	n, over := 1, false
	for _, values := range axes {
		if len(values) == 0 {
			return 0, true
		}
		if n > MaxPoints/len(values) {
			over = true
			continue
		}
		n *= len(values)
	}
	return n, !over
}

// Factors says what makes a product as large as it is, by the number of values of each axis:
// "C 100 × seed 20".
func Factors(sizes map[string]int) string {
	var parts []string
	for _, name := range sortedNames(sizes) {
		parts = append(parts, fmt.Sprintf("%s %d", name, sizes[name]))
	}
	return strings.Join(parts, " × ")
}

// Product lists the points of the product of axes: axes in the order of their
// names, the last fastest. An empty list gives no points, no axes one point
// without axes. It panics beyond MaxPoints; see Size.
func Product(axes map[string][]cty.Value) []Point {
	n, ok := Size(axes)
	if !ok {
		panic("grid.Product: too many points")
	}
	names := sortedNames(axes)
	points := make([]Point, n)
	cells := make([]Axis, n*len(names))
	for i := range points {
		row := cells[i*len(names) : (i+1)*len(names) : (i+1)*len(names)]
		rest := i
		for k := len(names) - 1; k >= 0; k-- {
			values := axes[names[k]]
			row[k] = Axis{names[k], values[rest%len(values)]}
			rest /= len(values)
		}
		points[i] = Point{row}
	}
	return points
}

// Zip lists the points that take the axes' values in lockstep. Unequal
// lengths are a *LengthError.
func Zip(axes map[string][]cty.Value) ([]Point, error) {
	names := sortedNames(axes)
	if len(names) == 0 {
		return nil, nil
	}
	n := len(axes[names[0]])
	for _, name := range names[1:] {
		if m := len(axes[name]); m != n {
			return nil, &LengthError{names[0], n, name, m}
		}
	}
	points := make([]Point, n)
	for i := range points {
		row := make([]Axis, len(names))
		for k, name := range names {
			row[k] = Axis{name, axes[name][i]}
		}
		points[i] = Point{row}
	}
	return points, nil
}

func sortedNames[V any](axes map[string]V) []string {
	names := make([]string, 0, len(axes))
	for name := range axes {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
