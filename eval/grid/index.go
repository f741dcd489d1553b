package grid

// Index finds points by the values of some of their axes. Values are compared
// by canonical text, so 0.1 matches 1e-1; a string never matches a number.
// Build one a stage and share it: a lookup costs as much as it finds.
type Index struct {
	points []Point
}

// NewIndex returns the index of points.
func NewIndex(points []Point) *Index { panic("unwritten") }

// Where returns the positions, ascending, of the points that have all of
// want's values. An axis no point has is an *UnknownAxisError.
func (x *Index) Where(want Point) ([]int, error) { panic("unwritten") }

// Pick returns the position of the one point that has all of want's values;
// none or several are a *PickError.
func (x *Index) Pick(want Point) (int, error) { panic("unwritten") }
