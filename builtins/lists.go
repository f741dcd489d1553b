package builtins

import (
	"errors"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func listFuncs() []Func {
	list := anything("list")
	return []Func{
		{Name: "length", Doc: "Counts the elements of a list, the attributes of an object, the instances of a stage, or the characters of a text.", Example: `[length(["a", "b"]), length({ C = 1 }), length("naïve")]`, Want: `[2, 1, 5]`, Impl: moving(takes(anything("value")), known(length))},
		{Name: "isempty", Doc: "Tells whether a list, an object or a text has nothing in it. (x == [] is no such question when x is an object.)", Example: `[isempty([]), isempty("a")]`, Want: `[true, false]`, Impl: moving(takes(anything("value")), known(isEmpty))},
		{Name: "concat", Doc: "Puts lists one after the other; lists of points are such lists.", Example: `concat(grid({ C = [1, 2] }), [{ C = 10 }])`, Want: `[{ C = 1 }, { C = 2 }, { C = 10 }]`, Impl: moving(takes().then(list), known(concat))},
		{Name: "flatten", Doc: "Makes one list of lists in lists, at any depth.", Example: `flatten([["a", ["b"]], [], "c"])`, Want: `["a", "b", "c"]`, Impl: moving(takes(list), known(flatten))},
		{Name: "distinct", Doc: "Leaves out elements that are equal to an earlier one.", Example: `distinct(["a", "b", "a"])`, Want: `["a", "b"]`, Impl: moving(takes(list), known(distinct))},
		{Name: "compact", Doc: "Leaves out null and empty texts.", Example: `compact(["a", "", null, "b"])`, Want: `["a", "b"]`, Impl: moving(takes(list), known(compact))},
		{Name: "sort", Doc: "Sorts numbers by size, or texts by their bytes.", Example: `[sort([10, 9, 0.5]), sort(["b", "a", "B"])]`, Want: `[[0.5, 9, 10], ["B", "a", "b"]]`, Impl: moving(takes(list), known(sortList))},
		{Name: "reverse", Doc: "Turns a list round.", Example: `reverse([1, 2, 3])`, Want: `[3, 2, 1]`, Impl: moving(takes(list), known(func(a []cty.Value) (cty.Value, error) {
			all, err := elements(a, 0)
			slices.Reverse(all)
			return listOf(all), err
		}))},
		{Name: "contains", Doc: "Tells whether a list has an element equal to a value. A text is never equal to a number.", Example: `[contains([0.1, 1], 1e-1), contains(["1"], 1)]`, Want: `[true, false]`, Impl: seeking(cty.Bool, func(at int) (cty.Value, error) { return cty.BoolVal(at >= 0), nil })},
		{Name: "index", Doc: "Returns the position, from 0, of the first element equal to a value; an error if there is none.", Example: `index(["a", "b"], "b")`, Want: `1`, Impl: seeking(cty.Number, indexOf)},
		{Name: "element", Doc: "Returns the element at a position, counted from 0 and beginning again at the end.", Example: `element(["a", "b", "c"], 4)`, Want: `"b"`, Impl: moving(takes(list, count("position")), known(element))},
		{Name: "slice", Doc: "Returns the elements from a position up to, not including, another.", Example: `slice(["a", "b", "c", "d"], 1, 3)`, Want: `["b", "c"]`, Impl: moving(takes(list, count("from"), count("to")), known(slice))},
		{Name: "chunklist", Doc: "Cuts a list into lists of a given length; the last may be shorter.", Example: `chunklist(["a", "b", "c"], 2)`, Want: `[["a", "b"], ["c"]]`, Impl: moving(takes(list, count("size")), known(chunk))},
		{Name: "one", Doc: "Returns the only element of a list, null of an empty one; more are an error.", Example: `one(["a"])`, Want: `"a"`, Impl: moving(takes(list), known(one))},
		{Name: "coalesce", Doc: "Returns the first argument that is neither null nor an empty text.", Example: `coalesce(null, "", "a", "b")`, Want: `"a"`, Impl: moving(takes().then(orNull(anything("value"))), known(coalesce))},
		{Name: "alltrue", Doc: "Tells whether all elements are true; so they are in an empty list.", Example: `alltrue([true, false])`, Want: `false`, Impl: making(cty.Bool, takes(list), func(a []cty.Value) (cty.Value, error) { return every(a, true) })},
		{Name: "anytrue", Doc: "Tells whether some element is true.", Example: `anytrue([true, false])`, Want: `true`, Impl: making(cty.Bool, takes(list), func(a []cty.Value) (cty.Value, error) { return every(a, false) })},
		{Name: "setproduct", Doc: "Returns every combination of one element of each list, the last fastest. For named axes use grid.", Example: `setproduct(["a", "b"], [1, 2])`, Want: `[["a", 1], ["a", 2], ["b", 1], ["b", 2]]`, Impl: moving(takes(list).then(list), known(setProduct))},
	}
}

func length(args []cty.Value) (cty.Value, error) {
	v, marks := args[0].Unmark()
	switch {
	case !v.IsKnown():
		return cty.UnknownVal(cty.Number).WithMarks(marks), nil
	case v.Type() == cty.String:
		return cty.NumberIntVal(int64(utf8.RuneCountInString(v.AsString()))).WithMarks(marks), nil
	case isList(v) || isObject(v):
		return cty.NumberIntVal(int64(v.LengthInt())).WithMarks(marks), nil
	}
	return cty.DynamicVal, function.NewArgErrorf(0, "a list, an object or a text has a length, not %s", grid.TypeName(v))
}

func isEmpty(args []cty.Value) (cty.Value, error) {
	n, err := length(args)
	if err != nil || !n.IsKnown() {
		return cty.UnknownVal(cty.Bool), err
	}
	return n.Equals(cty.Zero), nil
}

func concat(args []cty.Value) (cty.Value, error) {
	var all []cty.Value
	for i := range args {
		more, err := elements(args, i)
		if err != nil {
			return cty.DynamicVal, err
		}
		if len(all)+len(more) > longestList {
			return cty.DynamicVal, errLongList
		}
		all = append(all, more...)
	}
	return listOf(all), nil
}

// longestList is how many elements a list can have that is put together of others: a
// few functions that double a list can ask for more than any machine has.
const longestList = 1_000_000

var errLongList = errors.New("the list would have more than 1000000 elements")

func flatten(args []cty.Value) (cty.Value, error) {
	all, err := elements(args, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	var flat []cty.Value
	for _, e := range all {
		bare, _ := e.Unmark()
		if bare.IsNull() || !isList(bare) {
			flat = append(flat, e)
			continue
		}
		inner, err := flatten([]cty.Value{e})
		if err != nil {
			return cty.DynamicVal, err
		}
		if flat = append(flat, inner.AsValueSlice()...); len(flat) > longestList {
			return cty.DynamicVal, errLongList
		}
	}
	return listOf(flat), nil
}

func distinct(args []cty.Value) (cty.Value, error) {
	all, err := elements(args, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	seen := map[string]bool{}
	var kept []cty.Value
	for _, e := range all {
		id, err := identity(e)
		if err != nil {
			return cty.DynamicVal, err
		}
		if !seen[id] {
			seen[id] = true
			kept = append(kept, e)
		}
	}
	return listOf(kept), nil
}

// isNothing reports whether a value is null or an empty text.
func isNothing(v cty.Value) bool {
	v, _ = v.Unmark()
	return v.IsNull() || v.IsKnown() && v.Type() == cty.String && v.AsString() == ""
}

func compact(args []cty.Value) (cty.Value, error) {
	all, err := elements(args, 0)
	return listOf(slices.DeleteFunc(all, isNothing)), err
}

func coalesce(args []cty.Value) (cty.Value, error) {
	for _, v := range args {
		if !isNothing(v) {
			return v, nil
		}
	}
	return cty.DynamicVal, function.NewArgErrorf(max(0, len(args)-1), "every argument is null or empty; add a value to fall back to")
}

func sortList(args []cty.Value) (cty.Value, error) {
	all, err := elements(args, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	bare := make([]cty.Value, len(all))
	for i, e := range all {
		bare[i], _ = e.Unmark()
		switch t := bare[i].Type(); {
		case bare[i].IsNull() || t != cty.String && t != cty.Number:
			return cty.DynamicVal, function.NewArgErrorf(0, "only numbers or texts can be sorted, not %s", grid.TypeName(bare[i]))
		case t != bare[0].Type():
			return cty.DynamicVal, function.NewArgErrorf(0, "numbers and texts cannot be sorted together")
		case !bare[i].IsKnown():
			return cty.DynamicVal, errUnknown
		}
	}
	slices.SortStableFunc(all, func(a, b cty.Value) int {
		a, _ = a.Unmark()
		b, _ = b.Unmark()
		if a.Type() == cty.String {
			return strings.Compare(a.AsString(), b.AsString())
		}
		return a.AsBigFloat().Cmp(b.AsBigFloat())
	})
	return listOf(all), nil
}

func indexOf(at int) (cty.Value, error) {
	if at < 0 {
		return cty.DynamicVal, function.NewArgErrorf(1, "the list has no such element; to ask whether it has, use contains")
	}
	return cty.NumberIntVal(int64(at)), nil
}

// position returns argument i as a whole number, and the marks that go onto
// what it selects.
func position(args []cty.Value, i int) (int, cty.ValueMarks, error) {
	v, marks := args[i].Unmark()
	if !v.IsKnown() {
		return 0, nil, errUnknown
	}
	n, err := wholeNumber(args, i)
	return n, marks, err
}

func element(args []cty.Value) (cty.Value, error) {
	if bare, marks := args[0].Unmark(); len(marks) == 0 && bare.IsKnown() && bare.Type().IsTupleType() && !bare.IsNull() {
		return elementAt(args, bare.LengthInt(), func(i int) cty.Value { return bare.Index(cty.NumberIntVal(int64(i))) })
	}
	all, err := elements(args, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	return elementAt(args, len(all), func(i int) cty.Value { return all[i] })
}

// elementAt is element of a list of n elements.
func elementAt(args []cty.Value, n int, of func(i int) cty.Value) (cty.Value, error) {
	i, marks, err := position(args, 1)
	switch {
	case err != nil:
		return cty.DynamicVal, err
	case n == 0:
		return cty.DynamicVal, function.NewArgErrorf(0, "an empty list has no elements")
	case i < 0:
		return cty.DynamicVal, function.NewArgErrorf(1, "positions begin at 0, and this is %d", i)
	}
	return onLeaves(of(i%n), marks), nil
}

func slice(args []cty.Value) (cty.Value, error) {
	all, err := elements(args, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	from, marksFrom, err := position(args, 1)
	if err != nil {
		return cty.DynamicVal, err
	}
	to, marksTo, err := position(args, 2)
	switch {
	case err != nil:
		return cty.DynamicVal, err
	case from < 0 || from > to:
		return cty.DynamicVal, function.NewArgErrorf(1, "a slice goes from a position to a later one, not from %d to %d", from, to)
	case to > len(all):
		return cty.DynamicVal, function.NewArgErrorf(2, "the list has only %d elements, and the slice ends at %d", len(all), to)
	}
	return onLeaves(onLeaves(listOf(all[from:to]), marksFrom), marksTo), nil
}

func chunk(args []cty.Value) (cty.Value, error) {
	all, err := elements(args, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	size, marks, err := position(args, 1)
	if err != nil {
		return cty.DynamicVal, err
	}
	if size < 1 {
		return cty.DynamicVal, function.NewArgErrorf(1, "a chunk has at least 1 element, not %d", size)
	}
	var chunks []cty.Value
	for c := range slices.Chunk(all, size) {
		chunks = append(chunks, listOf(c))
	}
	return onLeaves(listOf(chunks), marks), nil
}

func one(args []cty.Value) (cty.Value, error) {
	all, err := elements(args, 0)
	switch {
	case err != nil:
		return cty.DynamicVal, err
	case len(all) == 0:
		return cty.NullVal(cty.DynamicPseudoType), nil
	case len(all) > 1:
		return cty.DynamicVal, function.NewArgErrorf(0, "the list has %d elements; one takes a list of at most one", len(all))
	}
	return all[0], nil
}

// every is alltrue (want true) and anytrue (want false).
func every(args []cty.Value, want bool) (cty.Value, error) {
	all, err := elements(args, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	result := want
	for _, e := range all {
		if e.IsNull() || e.Type() != cty.Bool {
			return cty.DynamicVal, function.NewArgErrorf(0, "a list of bools is needed, and an element is %s", grid.TypeName(e))
		}
		if e.True() != want {
			result = !want
		}
	}
	return cty.BoolVal(result), nil
}

func setProduct(args []cty.Value) (cty.Value, error) {
	rows := [][]cty.Value{nil}
	size := big.NewInt(1)
	for i := range args {
		all, err := elements(args, i)
		if err != nil {
			return cty.DynamicVal, err
		}
		if size.Mul(size, big.NewInt(int64(len(all)))).Cmp(big.NewInt(grid.MaxPoints)) > 0 {
			return cty.DynamicVal, function.NewArgErrorf(i, "the product has more than %d elements", grid.MaxPoints)
		}
		var longer [][]cty.Value
		for _, row := range rows {
			for _, e := range all {
				longer = append(longer, append(slices.Clone(row), e))
			}
		}
		rows = longer
	}
	lists := make([]cty.Value, len(rows))
	for i, row := range rows {
		lists[i] = listOf(row)
	}
	return listOf(lists), nil
}
