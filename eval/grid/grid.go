// Package grid is points and their point keys: what a point is, in which order
// a product lists them, how a point is written as text, and how a point is
// found among many.
//
// It knows cty values and their canonical text, nothing of declarations,
// instances or evaluation. Marks are eval's: a value given here must be
// unmarked. eval and builtins import it.
package grid

import (
	"sort"

	"github.com/zclconf/go-cty/cty"
)

// Axis is one named value of a point.
type Axis struct {
	Name  string
	Value cty.Value
}

// Point gives each axis a value. Axes are sorted by name, each name once; New
// and FromValue see to it.
type Point struct {
	Axes []Axis
}

// New returns the point with the given values.
func New(values map[string]cty.Value) Point {
	axes := make([]Axis, 0, len(values))
	for name, v := range values {
		axes = append(axes, Axis{name, v})
	}
	sort.Slice(axes, func(i, j int) bool { return axes[i].Name < axes[j].Name })
	return Point{axes}
}

// FromValue reads a point from an object (or map) value, attributes as axes.
// It does not check the names; see CheckAxis.
func FromValue(v cty.Value) (Point, error) { panic("unwritten") }

// Value returns the point as an object value.
func (p Point) Value() cty.Value { panic("unwritten") }

// Get returns the value of an axis, or cty.NilVal.
func (p Point) Get(axis string) cty.Value { panic("unwritten") }

// CheckAxis says what is wrong with an axis name: not an identifier, or
// reserved. The error is a *AxisError.
func CheckAxis(name string) error { panic("unwritten") }

// Product lists the points of the product of axes: axes in the order of their
// names, the last fastest. An empty list gives no points.
func Product(axes map[string][]cty.Value) []Point { panic("unwritten") }

// Zip lists the points that take the axes' values in lockstep. Unequal
// lengths are an error.
func Zip(axes map[string][]cty.Value) ([]Point, error) { panic("unwritten") }
