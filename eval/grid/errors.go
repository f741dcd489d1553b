package grid

import (
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// AxisError is an axis name that cannot be one.
type AxisError struct {
	Axis     string
	Reserved bool // else: not an identifier
}

func (e *AxisError) Error() string {
	if e.Reserved {
		return fmt.Sprintf("an axis may not be called %s: each.%s is something else; choose another name", e.Axis, e.Axis)
	}
	return fmt.Sprintf("the axis name %q is not an identifier: use letters, digits, _ and -, a letter first", e.Axis)
}

// KeyNeededError is a value with no text of its own: the stage needs `key = …`
// (E-point-key-needed).
type KeyNeededError struct {
	Axis string
	Type string // "object", "list"
}

func (e *KeyNeededError) Error() string {
	return fmt.Sprintf("the axis %s has a value that is %s, which has no short text: write key = … on the stage, as key = each.%s.name", e.Axis, e.Type, e.Axis)
}

// NullError is an axis without a value.
type NullError struct{ Axis string }

func (e *NullError) Error() string {
	return fmt.Sprintf("the axis %s has the value null: give it a value, or leave the point out", e.Axis)
}

// UnknownError is a value that is not known yet, as while validating.
type UnknownError struct{ Axis string }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("the value of the axis %s is not known", e.Axis)
}

// onAxis completes an error of Text.
func onAxis(err error, axis string) error {
	switch e := err.(type) {
	case *KeyNeededError:
		return &KeyNeededError{axis, e.Type}
	case *NullError:
		return &NullError{axis}
	case *UnknownError:
		return &UnknownError{axis}
	}
	return err
}

// NoPointError is a value that should be a point and is not.
type NoPointError struct{ Type string }

func (e *NoPointError) Error() string {
	return fmt.Sprintf("a point is an object like { C = 0.1 }, not %s", e.Type)
}

// LengthError is unequal lengths in Zip.
type LengthError struct {
	Axis   string
	Length int

	Other       string
	OtherLength int
}

func (e *LengthError) Error() string {
	return fmt.Sprintf("zip takes values in lockstep, but %s has %d and %s has %d; for every combination use grid",
		e.Axis, e.Length, e.Other, e.OtherLength)
}

// UnknownAxisError is a name that no point has as an axis.
type UnknownAxisError struct {
	Axis       string
	Known      []string // sorted
	Suggestion string   // one of Known, or ""
}

func (e *UnknownAxisError) Error() string {
	if e.Suggestion != "" {
		return fmt.Sprintf("there is no axis %s; did you mean %s?", e.Axis, e.Suggestion)
	}
	if len(e.Known) == 0 {
		return fmt.Sprintf("there is no axis %s: the points have no axes", e.Axis)
	}
	return fmt.Sprintf("there is no axis %s; the axes are %s", e.Axis, strings.Join(e.Known, ", "))
}

// PickError is not exactly one point.
type PickError struct {
	Want  Point
	Total int
	Found []int   // positions of the points that match; empty: none does
	Near  []Point // of several: the first; of none: those that differ least; at most five
}

func (e *PickError) Error() string {
	near := make([]string, len(e.Near))
	for i, p := range e.Near {
		near[i] = p.display()
	}
	list := strings.Join(near, "; ")
	switch {
	case e.Total == 0:
		return "there are no points to pick from"
	case len(e.Found) == 0:
		return fmt.Sprintf("none of %d points has %s; near it: %s", e.Total, e.Want.display(), list)
	}
	return fmt.Sprintf("%d of %d points have %s: %s; name more axes, or use where for all of them",
		len(e.Found), e.Total, e.Want.display(), list)
}

// display writes a point for a message; it is not the point key.
func (p Point) display() string {
	if len(p.Axes) == 0 {
		return "{}"
	}
	parts := make([]string, len(p.Axes))
	for i, a := range p.Axes {
		parts[i] = a.Name + "=" + EncodeValue(strings.TrimPrefix(identity(a.Value), "\x00"))
	}
	return strings.Join(parts, ",")
}

// TypeName says what a value is, with its article: "a list", "an object".
func TypeName(v cty.Value) string {
	if v == cty.NilVal {
		return "nothing"
	}
	switch t := v.Type(); {
	case v.IsNull():
		return "null"
	case t == cty.String:
		return "a string"
	case t == cty.Number:
		return "a number"
	case t == cty.Bool:
		return "a bool"
	case t.IsListType(), t.IsTupleType():
		return "a list"
	case t.IsSetType():
		return "a set"
	case t.IsMapType(), t.IsObjectType():
		return "an object"
	}
	return "a value of unknown type"
}
