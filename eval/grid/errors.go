package grid

// AxisError is an axis name that cannot be one.
type AxisError struct {
	Axis     string
	Reserved bool // else: not an identifier
}

func (e *AxisError) Error() string { panic("unwritten") }

// KeyNeededError is a value with no text of its own: the stage needs `key = …`
// (E-point-key-needed).
type KeyNeededError struct {
	Axis string
	Type string // "object", "list"
}

func (e *KeyNeededError) Error() string { panic("unwritten") }

// NullError is an axis without a value.
type NullError struct{ Axis string }

func (e *NullError) Error() string { panic("unwritten") }

// LengthError is unequal lengths in Zip.
type LengthError struct {
	Axis, Other       string
	Length, OtherSize int
}

func (e *LengthError) Error() string { panic("unwritten") }

// UnknownAxisError is a name that no point has as an axis.
type UnknownAxisError struct {
	Axis       string
	Known      []string // sorted
	Suggestion string   // one of Known, or ""
}

func (e *UnknownAxisError) Error() string { panic("unwritten") }

// PickError is not exactly one point.
type PickError struct {
	Want  Point
	Total int
	Found []int   // positions of the points that match; empty: none does
	Near  []Point // when none does: those that differ least, at most five
}

func (e *PickError) Error() string { panic("unwritten") }
