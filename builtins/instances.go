package builtins

import (
	"github.com/dewar-build/dewar/eval/grid"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func instanceFuncs(env Env) []Func {
	const list = `[{ C = 0.1, depth = 3 }, { C = 1, depth = 3 }]`
	return []Func{
		{Name: "pick", Doc: "Returns the one instance of a stage, or point of a list, that has the given values; none or several are an error. Values are compared by their text.", Example: `pick(` + list + `, { C = 1 })`, Want: `{ C = 1, depth = 3 }`, Impl: choice(env, true)},
		{Name: "where", Doc: "Lists the instances of a stage, or points of a list, that have the given values.", Example: `where(` + list + `, { depth = 3 })`, Want: list, Impl: choice(env, false)},
	}
}

// choice makes pick (one) and where.
func choice(env Env, one bool) function.Function {
	if env.Index == nil {
		return moving(takes(anything("instances"), anything("axes")), known(func(args []cty.Value) (cty.Value, error) {
			return choose(args[0], args[1], nil, one)
		}))
	}
	closure := function.Parameter{Name: "instances", Type: customdecode.ExpressionClosureType}
	return moving(takes(closure, anything("axes")), known(func(args []cty.Value) (cty.Value, error) {
		c := customdecode.ExpressionClosureFromVal(args[0])
		all, diags := c.Value()
		if diags.HasErrors() {
			return cty.DynamicVal, diags
		}
		return choose(all, args[1], env.Index(c.Expression, c.EvalContext), one)
	}))
}

// choose returns the element, or the elements, of a list that have the given
// values on their axes, found by x if there is one. The marks of those values end
// here: what a choice was made by is no part of what was chosen.
func choose(list, axes cty.Value, x *grid.Index, one bool) (cty.Value, error) {
	axes, _ = axes.UnmarkDeep()
	bare, marks := list.Unmark()
	switch {
	case !bare.IsKnown() || !axes.IsWhollyKnown():
		return cty.DynamicVal, errUnknown
	case bare.IsNull() || !bare.Type().IsTupleType() && !bare.Type().IsListType():
		return cty.DynamicVal, function.NewArgErrorf(0, "the instances of a stage with for_each, or a list of points, are needed, not %s", grid.TypeName(bare))
	}
	want, err := grid.FromValue(axes)
	if err != nil {
		return cty.DynamicVal, function.NewArgError(1, err)
	}
	found, err := search(bare, want, x, one)
	if err != nil {
		return cty.DynamicVal, function.NewArgError(1, err)
	}
	chosen := make([]cty.Value, len(found))
	for i, at := range found {
		chosen[i] = onLeaves(bare.Index(cty.NumberIntVal(int64(at))), marks)
	}
	if one {
		return chosen[0], nil
	}
	return listOf(chosen), nil
}

// search returns the positions of what has the wanted values.
func search(list cty.Value, want grid.Point, x *grid.Index, one bool) ([]int, error) {
	if x == nil {
		if found, ok := scan(list, want); ok && (!one || len(found) == 1) {
			return found, nil
		}
		var err error
		if x, err = indexOver(list); err != nil { // for what it says of near points and axes
			return nil, err
		}
	}
	if one {
		at, err := x.Pick(want)
		return []int{at}, err
	}
	return x.Where(want)
}

// scan looks at each element, which costs less than an index used once. It
// gives up on what is no point or has not the axes.
func scan(list cty.Value, want grid.Point) (found []int, ok bool) {
	at := 0
	for it := list.ElementIterator(); it.Next(); at++ {
		_, e := it.Element()
		e, _ = e.Unmark()
		match := true
		for _, a := range want.Axes {
			if e.IsNull() || !e.IsKnown() || !e.Type().IsObjectType() || !e.Type().HasAttribute(a.Name) || grid.CheckAxis(a.Name) != nil {
				return nil, false
			}
			v, _ := e.GetAttr(a.Name).UnmarkDeep()
			match = match && grid.Same(v, a.Value)
		}
		if match {
			found = append(found, at)
		}
	}
	return found, true
}

func indexOver(list cty.Value) (*grid.Index, error) {
	points := make([]grid.Point, 0, list.LengthInt())
	for it := list.ElementIterator(); it.Next(); {
		_, e := it.Element()
		p, err := grid.FromInstance(e)
		if err != nil {
			return nil, err
		}
		points = append(points, p)
	}
	return grid.NewIndex(points), nil
}
