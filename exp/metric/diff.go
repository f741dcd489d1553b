package metric

import (
	"math/big"

	"github.com/dewar-build/dewar/exp/frame"
)

// Change is one metric in two readings.
type Change struct {
	Name     string
	Old, New frame.Value // absent where there is none of the name
	Delta    frame.Value // New - Old, a Number if both are; exact, as decimals are
}

// Diff compares two readings: the names of the old one in its order, then those
// that are only in the new one. Those without a change are in it too.
func Diff(old, new []Leaf) []Change {
	later := make(map[string]frame.Value, len(new))
	for _, l := range new {
		later[l.Name] = l.Value
	}
	seen := make(map[string]bool, len(old))
	out := make([]Change, 0, len(old))
	for _, l := range old {
		if !seen[l.Name] {
			out = append(out, change(l.Name, l.Value, later[l.Name]))
		}
		seen[l.Name] = true
	}
	for _, l := range new {
		if !seen[l.Name] {
			out = append(out, change(l.Name, frame.Value{}, l.Value))
		}
		seen[l.Name] = true
	}
	return out
}

func change(name string, old, new frame.Value) Change {
	c := Change{Name: name, Old: old, New: new}
	if old.Kind == frame.Number && new.Kind == frame.Number {
		c.Delta = subtract(new, old)
	}
	return c
}

// maxBits is up to where the text of an integer has all its digits, as in number.Text.
const maxBits = 512

// subtract returns a - b without what floats add to it: 0.93 - 0.91 is 0.02. It is
// absent if it is too large for a number.
func subtract(a, b frame.Value) frame.Value {
	v, d := frame.Num(a.Number-b.Number), new(big.Rat)
	x, okX := new(big.Rat).SetString(a.Text)
	y, okY := new(big.Rat).SetString(b.Text)
	if okX && okY {
		f, _ := d.Sub(x, y).Float64()
		v = frame.Num(f)
	}
	if v.Kind != frame.Number {
		return frame.Value{}
	}
	if okX && okY && d.IsInt() && d.Num().BitLen() <= maxBits {
		v.Text = d.Num().String()
	}
	return v
}

// Changed reports whether the two values differ.
func (c Change) Changed() bool { return c.Old != c.New }

// Better is 1 if the new value is better, -1 if it is worse, and 0 if neither
// can be said.
func (c Change) Better(d Direction) int {
	if c.Delta.Kind != frame.Number || d == Unknown || c.Delta.Number == 0 {
		return 0
	}
	if (c.Delta.Number > 0) == (d == Higher) {
		return 1
	}
	return -1
}
