package builtins

import (
	"reflect"
	"slices"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// cty looks for marks in all of a value whenever it is given to a function. For a list of
// thousands that is asked about at each of thousands of points, nothing costs more. So
// evaluation gives lists and objects in a box, which cty takes for one value, and the bodies of
// functions see what is in it. Functions that look for something are given the box: what is
// asked again and again of the same list is answered from an index.

// box is what Box makes of a value.
type box struct {
	v     cty.Value
	asked bool           // something was looked for in it
	at    map[string]int // the position of the first element of each identity; nil: none is made
	marks cty.ValueMarks // of everything in the list, with at
}

var boxType = cty.Capsule("value", reflect.TypeFor[box]())

// Box returns what to give to a parameter of any type in place of v. What is neither a list
// nor an object stays as it is. No function returns a box.
func Box(v cty.Value) cty.Value {
	bare := v
	if v.IsMarked() {
		bare, _ = v.Unmark()
	}
	if !bare.IsKnown() || bare.IsNull() || !isList(bare) && !isObject(bare) {
		return v
	}
	return cty.CapsuleVal(boxType, &box{v: v})
}

// boxOf returns the box of an argument, a new one if it came without.
func boxOf(v cty.Value) *box {
	if v.Type() == boxType {
		return v.EncapsulatedValue().(*box)
	}
	return &box{v: v}
}

// unboxed returns the arguments without boxes.
func unboxed(args []cty.Value) []cty.Value {
	i := slices.IndexFunc(args, func(a cty.Value) bool { return a.Type() == boxType })
	if i < 0 {
		return args
	}
	out := slices.Clone(args)
	for ; i < len(out); i++ {
		out[i] = boxOf(out[i]).v
	}
	return out
}

// seeking makes a function that says where in a list a value is; its body is given the
// position, -1 for nowhere. The marks of both arguments go onto what it returns.
func seeking(result cty.Type, body func(at int) (cty.Value, error)) function.Function {
	s := takes(anything("list"), orNull(anything("value")))
	return s.raw(result, func(args []cty.Value) (cty.Value, error) {
		want, marks := unboxed(args)[1].UnmarkDeep()
		at, of, err := boxOf(args[0]).find(want)
		if err == errUnknown {
			return cty.UnknownVal(result).WithMarks(marks), nil
		}
		if err != nil {
			return cty.DynamicVal, err
		}
		v, err := body(at)
		return v.WithMarks(marks, of), err
	})
}

// find returns the position of the first element equal to want, which has no marks, or -1,
// and the marks of the list and of all in it.
func (b *box) find(want cty.Value) (int, cty.ValueMarks, error) {
	if b.at == nil && b.asked {
		b.index()
	}
	if b.asked = true; b.at == nil {
		return b.scan(want)
	}
	id, err := identity(want)
	if err != nil {
		return -1, nil, err
	}
	if at, ok := b.at[id]; ok {
		return at, b.marks, nil
	}
	return -1, b.marks, nil
}

// index makes the index, unless an element can be compared with nothing.
func (b *box) index() {
	bare, marks := b.v.UnmarkDeep()
	if bare.IsNull() || !isList(bare) || !bare.IsWhollyKnown() {
		return
	}
	at := make(map[string]int, bare.LengthInt())
	for i, e := range bare.AsValueSlice() {
		id, err := identity(e)
		if err != nil {
			return
		}
		if _, twice := at[id]; !twice {
			at[id] = i
		}
	}
	b.at, b.marks = at, marks
}

// scan is find without an index.
func (b *box) scan(want cty.Value) (int, cty.ValueMarks, error) {
	bare, marks := b.v.Unmark()
	switch {
	case bare.IsNull() || !isList(bare):
		return -1, nil, function.NewArgErrorf(0, "a list is needed, not %s", grid.TypeName(bare))
	case !bare.IsKnown():
		return -1, nil, errUnknown
	}
	id, err := identity(want)
	if err != nil {
		return -1, nil, err
	}
	at := -1
	for i, e := range bare.AsValueSlice() {
		e, more := unmarked(e)
		for m := range more {
			if marks == nil {
				marks = cty.ValueMarks{}
			}
			marks[m] = struct{}{}
		}
		if at >= 0 || differ(e, want) {
			continue
		}
		other, err := identity(e)
		if err != nil {
			return -1, nil, err
		}
		if other == id {
			at = i
		}
	}
	return at, marks, nil
}

// unmarked is UnmarkDeep, which does not look into what has no parts.
func unmarked(v cty.Value) (cty.Value, cty.ValueMarks) {
	if v.Type().IsPrimitiveType() {
		return v.Unmark()
	}
	return v.UnmarkDeep()
}

// differ reports whether two values without marks are certainly not equal. It says so of
// nothing but single values.
func differ(a, b cty.Value) bool {
	switch t := a.Type(); {
	case !a.IsKnown() || a.IsNull() || b.IsNull() || !t.IsPrimitiveType() || !b.Type().IsPrimitiveType():
		return false
	case t != b.Type():
		return true
	case t == cty.String:
		return a.AsString() != b.AsString()
	case t == cty.Number:
		x, y := a.AsBigFloat(), b.AsBigFloat()
		return x.IsInt() && y.IsInt() && x.Cmp(y) != 0
	}
	return false
}
