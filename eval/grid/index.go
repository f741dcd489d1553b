package grid

import (
	"slices"
	"sort"

	"github.com/agext/levenshtein"
	"github.com/dewar-build/dewar/eval/number"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// Index finds points by the values of some of their axes. Values are compared
// as point keys compare them, by canonical text, so 0.1 matches 1e-1. Build one
// for each list of points and share it: a lookup looks only at the points that
// have the rarest of the values asked for.
type Index struct {
	points []Point
	axes   map[string]column
}

// column is one axis of all points.
type column struct {
	ids   map[string]int32 // a value's text -> its id
	at    []int32          // position -> id of the point's value; -1: it has no such axis
	found [][]int32        // id -> positions, ascending
}

// NewIndex returns the index of points.
func NewIndex(points []Point) *Index {
	x := &Index{points, map[string]column{}}
	for i, p := range points {
		for _, a := range p.Axes {
			c, ok := x.axes[a.Name]
			if !ok {
				c = column{map[string]int32{}, slices.Repeat([]int32{-1}, len(points)), nil}
			}
			c.put(int32(i), identity(a.Value))
			x.axes[a.Name] = c
		}
	}
	return x
}

func (c *column) put(position int32, value string) {
	id, ok := c.ids[value]
	if !ok {
		id = int32(len(c.found))
		c.ids[value] = id
		c.found = append(c.found, nil)
	}
	c.at[position] = id
	c.found[id] = append(c.found[id], position)
}

// identity is what values are compared by. A value without a text of its own
// (which needs `key` on the stage) is compared by its JSON.
func identity(v cty.Value) string {
	if text, err := Text(v); err == nil {
		return text
	}
	if !v.IsWhollyKnown() {
		return "\x00unknown"
	}
	if normal, err := number.Normalize(v); err == nil {
		v = normal
	}
	text, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		panic("grid.identity: " + err.Error())
	}
	return "\x00" + string(text)
}

// Len returns the number of points.
func (x *Index) Len() int { return len(x.points) }

// Where returns the positions, ascending, of the points that have all of
// want's values. An axis no point has is an *UnknownAxisError.
func (x *Index) Where(want Point) ([]int, error) {
	if len(x.points) == 0 {
		return nil, nil
	}
	if err := x.check(want); err != nil {
		return nil, err
	}
	wanted, rarest := x.wanted(want)
	if wanted == nil {
		return nil, nil
	}
	found := make([]int, 0, len(rarest))
	for _, i := range rarest {
		if wanted.match(i) {
			found = append(found, int(i))
		}
	}
	return found, nil
}

// cells are the values asked for, as columns and ids.
type cells []struct {
	column column
	id     int32
}

func (c cells) match(position int32) bool {
	for _, w := range c {
		if w.column.at[position] != w.id {
			return false
		}
	}
	return true
}

// wanted returns what to compare and the positions to compare it at; nil if a
// value occurs nowhere.
func (x *Index) wanted(want Point) (cells, []int32) {
	wanted := make(cells, len(want.Axes))
	rarest := []int32(nil)
	for k, a := range want.Axes {
		c := x.axes[a.Name]
		id, ok := c.ids[identity(a.Value)]
		if !ok {
			return nil, nil
		}
		wanted[k].column, wanted[k].id = c, id
		if k == 0 || len(c.found[id]) < len(rarest) {
			rarest = c.found[id]
		}
	}
	if len(want.Axes) == 0 {
		rarest = make([]int32, len(x.points))
		for i := range rarest {
			rarest[i] = int32(i)
		}
	}
	return wanted, rarest
}

// Pick returns the position of the one point that has all of want's values;
// none or several are a *PickError.
func (x *Index) Pick(want Point) (int, error) {
	found, err := x.Where(want)
	if err != nil {
		return 0, err
	}
	if len(found) == 1 {
		return found[0], nil
	}
	e := &PickError{Want: want, Total: len(x.points), Found: found}
	if len(found) == 0 {
		e.Near = x.near(want)
	} else {
		e.Near = x.some(found)
	}
	return 0, e
}

const maxNear = 5

// some returns the first few of the points at positions.
func (x *Index) some(positions []int) []Point {
	var points []Point
	for _, i := range positions[:min(len(positions), maxNear)] {
		points = append(points, x.points[i])
	}
	return points
}

// near returns the points that share the most values with want.
func (x *Index) near(want Point) []Point {
	shared := make([]int, len(x.points))
	order := make([]int, len(x.points))
	for i := range x.points {
		order[i] = i
		for _, a := range want.Axes {
			c := x.axes[a.Name]
			if id, ok := c.ids[identity(a.Value)]; ok && c.at[i] == id {
				shared[i]++
			}
		}
	}
	sort.SliceStable(order, func(a, b int) bool { return shared[order[a]] > shared[order[b]] })
	return x.some(order)
}

// check reports an axis that no point has.
func (x *Index) check(want Point) error {
	for _, a := range want.Axes {
		if _, ok := x.axes[a.Name]; ok {
			continue
		}
		known := make([]string, 0, len(x.axes))
		for name := range x.axes {
			known = append(known, name)
		}
		slices.Sort(known)
		return &UnknownAxisError{a.Name, known, suggestion(a.Name, known)}
	}
	return nil
}

// suggestion returns the one of known that name was probably meant to be.
func suggestion(name string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if d := levenshtein.Distance(name, k, nil); d < distance && d < len(name) {
			best, distance = k, d
		}
	}
	return best
}

// Same reports whether two values of an axis are the same to an Index.
func Same(a, b cty.Value) bool { return identity(a) == identity(b) }
