package builtins

import (
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Lists as sets: what is equal counts once. The results are lists, so that elements
// keep their marks and their order.

func setFuncs() []Func {
	list := anything("list")
	return []Func{
		{Name: "setunion", Doc: "Lists what is in any of several lists, each element once, in the order in which they are first met.", Example: `setunion(["b", "a"], ["a", "c"])`, Want: `["b", "a", "c"]`, Impl: moving(takes(list).then(list), known(setUnion))},
		{Name: "setintersection", Doc: "Lists what is in all of several lists, each element once, in the order of the first list.", Example: `setintersection(["c", "a", "b"], ["a", "c"], ["c", "a"])`, Want: `["c", "a"]`, Impl: moving(takes(list).then(list), known(setIntersection))},
		{Name: "setsubtract", Doc: "Lists what is in the first list and not in the second, each element once, in the order of the first.", Example: `setsubtract(["c", "a", "b"], ["a"])`, Want: `["c", "b"]`, Impl: moving(takes(list, anything("without")), known(setSubtract))},
		{Name: "matchkeys", Doc: "Lists those values whose name, at the same position of a second list, is among the wanted ones.", Example: `matchkeys(["a.csv", "b.csv", "c.csv"], ["de", "en", "de"], ["de"])`, Want: `["a.csv", "c.csv"]`, Impl: moving(takes(anything("values"), anything("names"), anything("wanted")), known(matchKeys))},
		{Name: "coalescelist", Doc: "Returns the first list that is not empty; null counts as empty.", Example: `coalescelist([], null, ["a"])`, Want: `["a"]`, Impl: moving(takes().then(orNull(list)), known(coalesceList))},
	}
}

// members returns which elements argument i has, by identity.
func members(args []cty.Value, i int) (map[string]bool, error) {
	all, err := elements(args, i)
	if err != nil {
		return nil, err
	}
	set := make(map[string]bool, len(all))
	for _, e := range all {
		id, err := identity(e)
		if err != nil {
			return nil, err
		}
		set[id] = true
	}
	return set, nil
}

// chosen lists the elements of argument i that keep says yes to, each once.
func chosen(args []cty.Value, i int, keep func(id string) bool) (cty.Value, error) {
	all, err := elements(args, i)
	if err != nil {
		return cty.DynamicVal, err
	}
	seen := make(map[string]bool, len(all))
	var list []cty.Value
	for _, e := range all {
		id, err := identity(e)
		if err != nil {
			return cty.DynamicVal, err
		}
		if !seen[id] && keep(id) {
			list = append(list, e)
		}
		seen[id] = true
	}
	return listOf(list), nil
}

func setUnion(args []cty.Value) (cty.Value, error) {
	all, err := concat(args)
	if err != nil {
		return cty.DynamicVal, err
	}
	return chosen([]cty.Value{all}, 0, func(string) bool { return true })
}

func setIntersection(args []cty.Value) (cty.Value, error) {
	others := make([]map[string]bool, 0, len(args))
	for i := range args[1:] {
		set, err := members(args, i+1)
		if err != nil {
			return cty.DynamicVal, err
		}
		others = append(others, set)
	}
	return chosen(args, 0, func(id string) bool {
		for _, set := range others {
			if !set[id] {
				return false
			}
		}
		return true
	})
}

func setSubtract(args []cty.Value) (cty.Value, error) {
	without, err := members(args, 1)
	if err != nil {
		return cty.DynamicVal, err
	}
	return chosen(args, 0, func(id string) bool { return !without[id] })
}

func matchKeys(args []cty.Value) (cty.Value, error) {
	values, err := elements(args, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	names, err := elements(args, 1)
	if err != nil {
		return cty.DynamicVal, err
	}
	if len(names) != len(values) {
		return cty.DynamicVal, function.NewArgErrorf(1, "there must be as many names as values; there are %d of %d", len(names), len(values))
	}
	wanted, err := members(args, 2)
	if err != nil {
		return cty.DynamicVal, err
	}
	var list []cty.Value
	for i, n := range names {
		id, err := identity(n)
		if err != nil {
			return cty.DynamicVal, err
		}
		if wanted[id] {
			list = append(list, values[i])
		}
	}
	return listOf(list), nil
}

func coalesceList(args []cty.Value) (cty.Value, error) {
	for i, a := range args {
		if bare, _ := a.Unmark(); bare.IsNull() {
			continue
		}
		all, err := elements(args, i)
		if err != nil {
			return cty.DynamicVal, err
		}
		if len(all) > 0 {
			return a, nil
		}
	}
	return cty.DynamicVal, function.NewArgErrorf(max(0, len(args)-1), "all lists are empty; give one that is not at the end")
}
