package builtins

import (
	"github.com/dewar-build/dewar/eval/grid"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func gridFuncs() []Func {
	axes := takes(anything("axes"))
	points := anything("points")
	return []Func{
		{Name: "grid", Doc: "Lists the points of every combination of the axes' values. Axes are in the order of their names, the last fastest. Leave points out with [for p in grid(…) : p if …], add some with concat.", Example: `grid({ C = [0.1, 1], solver = ["saga"] })`, Want: `[{ C = 0.1, solver = "saga" }, { C = 1, solver = "saga" }]`, Impl: moving(axes, known(product))},
		{Name: "zip", Doc: "Lists the points that take the axes' values in lockstep: the first of each, the second of each. The axes must have equally many.", Example: `zip({ C = [0.1, 1], name = ["low", "high"] })`, Want: `[{ C = 0.1, name = "low" }, { C = 1, name = "high" }]`, Impl: moving(axes, known(zip))},
		{Name: "sample", Doc: "Draws n different elements of a list at random, as a seed (number or text) decides: always the same ones, on every machine. More draws with the same seed begin with the same elements.", Example: `sample(["a", "b", "c", "d"], 2, 7)`, Want: `["d", "c"]`, Impl: moving(takes(points, count("n"), anything("seed")), known(sample))},
		{Name: "repeat", Doc: "Lists each point n times, with an axis seed from 0 to n - 1.", Example: `repeat(grid({ C = [1] }), 2)`, Want: `[{ C = 1, seed = 0 }, { C = 1, seed = 1 }]`, Impl: moving(takes(points, count("n")), known(repeat))},
	}
}

// axesOf reads the argument of grid and zip.
func axesOf(args []cty.Value) (map[string][]cty.Value, error) {
	attrs, sorted, err := attributes(args, 0)
	if err != nil {
		return nil, err
	}
	if len(sorted) == 0 {
		return nil, function.NewArgErrorf(0, "a grid needs at least one axis: { C = [0.1, 1] }")
	}
	axes := make(map[string][]cty.Value, len(sorted))
	for _, name := range sorted {
		if err := grid.CheckAxis(name); err != nil {
			return nil, function.NewArgError(0, err)
		}
		v, _ := attrs[name].Unmark()
		if v.IsNull() || v.IsKnown() && !isList(v) {
			return nil, function.NewArgErrorf(0, "the axis %s must be a list of values, not %s; for one value write [value]", name, grid.TypeName(v))
		}
		if axes[name], err = elements([]cty.Value{attrs[name]}, 0); err != nil {
			return nil, err
		}
	}
	return axes, nil
}

func product(args []cty.Value) (cty.Value, error) {
	axes, err := axesOf(args)
	if err != nil {
		return cty.DynamicVal, err
	}
	if _, ok := grid.Size(axes); !ok {
		sizes := make(map[string]int, len(axes))
		for name, values := range axes {
			sizes[name] = len(values)
		}
		return cty.DynamicVal, function.NewArgErrorf(0, "the grid is %s, which is more than %d points; use fewer values, or draw from the lists of them before: sample(range(1000), 20, seed)", grid.Factors(sizes), grid.MaxPoints)
	}
	return pointList(grid.Product(axes)), nil
}

func zip(args []cty.Value) (cty.Value, error) {
	axes, err := axesOf(args)
	if err != nil {
		return cty.DynamicVal, err
	}
	points, err := grid.Zip(axes)
	if err != nil {
		return cty.DynamicVal, function.NewArgError(0, err)
	}
	return pointList(points), nil
}

func pointList(points []grid.Point) cty.Value {
	list := make([]cty.Value, len(points))
	for i, p := range points {
		list[i] = p.Value()
	}
	return listOf(list)
}

const seedAxis = "seed"

func repeat(args []cty.Value) (cty.Value, error) {
	points, err := elements(args, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	n, marks, err := position(args, 1)
	if err != nil {
		return cty.DynamicVal, err
	}
	if n < 0 || len(points) > 0 && n > grid.MaxPoints/len(points) {
		return cty.DynamicVal, function.NewArgErrorf(1, "a grid has between 0 and %d points", grid.MaxPoints)
	}
	list := make([]cty.Value, 0, n*len(points))
	for _, p := range points {
		for seed := range n {
			attrs, _, err := attributes([]cty.Value{p}, 0)
			if err != nil {
				return cty.DynamicVal, function.NewArgErrorf(0, "only points can be repeated, and an element is %s", grid.TypeName(p))
			}
			if _, taken := attrs[seedAxis]; taken {
				return cty.DynamicVal, function.NewArgErrorf(0, "the points have an axis %s already", seedAxis)
			}
			attrs[seedAxis] = onLeaves(cty.NumberIntVal(int64(seed)), marks)
			list = append(list, cty.ObjectVal(attrs))
		}
	}
	return listOf(list), nil
}
