// Package grid is points and their point keys: what a point is, in which order
// a product lists them, how a point is written as text, and how a point is
// found among many.
//
// It knows cty values and their canonical text, nothing of declarations,
// instances or evaluation. Marks are eval's: values given here must be
// unmarked, except where a function says that it removes marks. eval and
// builtins import it.
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

// Point gives each axis a value. Axes are sorted by name, each name once; New,
// FromValue and FromInstance see to it.
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

// FromValue reads a point from an object or map value, attributes as axes. It
// does not check the names; see CheckAxis.
func FromValue(v cty.Value) (Point, error) {
	if v.IsNull() || !v.IsKnown() || !(v.Type().IsObjectType() || v.Type().IsMapType()) {
		return Point{}, &NoPointError{TypeName(v)}
	}
	return New(v.AsValueMap()), nil
}

// FromInstance reads the point of an instance as expressions see it: all its
// attributes but the reserved ones, without marks. A point is its own.
func FromInstance(v cty.Value) (Point, error) {
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() || !(v.Type().IsObjectType() || v.Type().IsMapType()) {
		return Point{}, &NoPointError{TypeName(v)}
	}
	values := v.AsValueMap()
	for name, axis := range values {
		if isReserved(name) {
			delete(values, name)
			continue
		}
		values[name], _ = axis.UnmarkDeep()
	}
	return New(values), nil
}

// Value returns the point as an object value.
func (p Point) Value() cty.Value {
	attrs := make(map[string]cty.Value, len(p.Axes))
	for _, a := range p.Axes {
		attrs[a.Name] = a.Value
	}
	return cty.ObjectVal(attrs)
}

// Get returns the value of an axis, or cty.NilVal.
func (p Point) Get(axis string) cty.Value {
	i := sort.Search(len(p.Axes), func(i int) bool { return p.Axes[i].Name >= axis })
	if i < len(p.Axes) && p.Axes[i].Name == axis {
		return p.Axes[i].Value
	}
	return cty.NilVal
}

// CheckAxis says what is wrong with an axis name: not an identifier, or
// reserved. The error is an *AxisError.
func CheckAxis(name string) error {
	if isReserved(name) {
		return &AxisError{name, true}
	}
	for i := 0; i < len(name); i++ {
		if c := name[i]; !isLetter(c) && c != '_' && (i == 0 || !isDigit(c) && c != '-') {
			return &AxisError{name, false}
		}
	}
	if name == "" {
		return &AxisError{name, false}
	}
	return nil
}

// isReserved reports whether a name means something else on an instance.
func isReserved(name string) bool {
	switch name {
	case "key", "outputs", "metrics", "plots", "params", "from":
		return true
	}
	return false
}
