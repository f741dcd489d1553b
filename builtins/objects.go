package builtins

import (
	"fmt"
	"slices"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func objectFuncs() []Func {
	obj := anything("object")
	return []Func{
		{Name: "keys", Doc: "Lists the names of an object's attributes, sorted.", Example: `keys({ b = 1, a = 2 })`, Want: `["a", "b"]`, Impl: moving(takes(obj), known(names))},
		{Name: "values", Doc: "Lists the values of an object's attributes, in the order of their names.", Example: `values({ b = 1, a = 2 })`, Want: `[2, 1]`, Impl: moving(takes(obj), known(values))},
		{Name: "lookup", Doc: "Returns an attribute by name, or the third argument if there is none; without a third argument that is an error.", Example: `[lookup({ a = 1 }, "a", 0), lookup({ a = 1 }, "b", 0)]`, Want: `[1, 0]`, Impl: moving(takes(obj, text("name")).then(orNull(anything("default"))), known(lookup))},
		{Name: "merge", Doc: "Makes one object of several; of attributes with the same name the last counts. Null is left out. Over an instance or a point, it adds axes.", Example: `merge({ C = 1, fold = 0 }, { fold = 1 })`, Want: `{ C = 1, fold = 1 }`, Impl: moving(takes().then(orNull(obj)), known(merge))},
		{Name: "zipmap", Doc: "Makes an object of a list of names and a list of values.", Example: `zipmap(["a", "b"], [1, 2])`, Want: `{ a = 1, b = 2 }`, Impl: moving(takes(anything("names"), anything("values")), known(zipmap))},
		{Name: "transpose", Doc: "Turns an object of lists of names into the lists of those that had each name.", Example: `transpose({ a = ["x", "y"], b = ["y"] })`, Want: `{ x = ["a"], y = ["a", "b"] }`, Impl: making(cty.DynamicPseudoType, takes(obj), transpose)},
	}
}

func names(args []cty.Value) (cty.Value, error) {
	_, marks := args[0].Unmark()
	_, sorted, err := attributes(args, 0)
	var list []cty.Value
	for _, name := range sorted {
		list = append(list, cty.StringVal(name))
	}
	return onLeaves(listOf(list), marks), err
}

func values(args []cty.Value) (cty.Value, error) {
	attrs, sorted, err := attributes(args, 0)
	var list []cty.Value
	for _, name := range sorted {
		list = append(list, attrs[name])
	}
	return listOf(list), err
}

func lookup(args []cty.Value) (cty.Value, error) {
	if len(args) > 3 {
		return cty.DynamicVal, function.NewArgErrorf(3, "lookup takes an object, a name and one default")
	}
	name, marks := args[1].Unmark()
	v, ok, err := attributeOf(args, name)
	switch {
	case err != nil:
		return cty.DynamicVal, err
	case ok:
		return onLeaves(v, marks), nil
	case len(args) == 3:
		return args[2], nil
	}
	_, sorted, _ := attributes(args, 0)
	has := "it has none"
	if len(sorted) > 0 {
		has = fmt.Sprintf("it has %q", sorted)
	}
	return cty.DynamicVal, function.NewArgErrorf(1, "the object has no attribute %q; %s", name.AsString(), has)
}

// attributeOf returns the attribute of argument 0 that is called so, if it has one, and looks
// at no other. Marks of the object itself go onto it.
func attributeOf(args []cty.Value, name cty.Value) (v cty.Value, ok bool, err error) {
	obj, marks := args[0].Unmark()
	switch {
	case obj.IsNull() || !isObject(obj):
		_, _, err = attributes(args, 0)
		return v, false, err
	case !obj.IsKnown() || !name.IsKnown():
		return v, false, errUnknown
	case obj.Type().IsMapType():
		if ok = obj.HasIndex(name).True(); ok {
			v = obj.Index(name)
		}
	default:
		if ok = obj.Type().HasAttribute(name.AsString()); ok {
			v = obj.GetAttr(name.AsString())
		}
	}
	if !ok {
		return v, false, nil
	}
	return onLeaves(v, marks), true, nil
}

func merge(args []cty.Value) (cty.Value, error) {
	all := map[string]cty.Value{}
	for i, a := range args {
		if a.IsNull() {
			continue
		}
		attrs, _, err := attributes(args, i)
		if err != nil {
			return cty.DynamicVal, err
		}
		for name, v := range attrs {
			all[name] = v
		}
	}
	return object(all)
}

func zipmap(args []cty.Value) (cty.Value, error) {
	labels, err := elements(args, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	list, err := elements(args, 1)
	if err != nil {
		return cty.DynamicVal, err
	}
	if len(labels) != len(list) {
		return cty.DynamicVal, function.NewArgErrorf(1, "there %s %s and %s", isAre(len(labels)), counted(len(labels), "name"), counted(len(list), "value"))
	}
	attrs := map[string]cty.Value{}
	for i, l := range labels {
		bare, marks := l.Unmark()
		if !bare.IsKnown() {
			return cty.DynamicVal, errUnknown
		}
		if bare.IsNull() || bare.Type() != cty.String {
			return cty.DynamicVal, function.NewArgErrorf(0, "a name is a text, not %s", grid.TypeName(bare))
		}
		attrs[bare.AsString()] = onLeaves(list[i], marks)
	}
	return object(attrs)
}

// counted is "1 name", "2 names".
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func transpose(args []cty.Value) (cty.Value, error) {
	attrs, sorted, err := attributes(args, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	lists := map[string][]cty.Value{}
	for _, name := range sorted {
		all, err := elements([]cty.Value{attrs[name]}, 0)
		if err != nil {
			return cty.DynamicVal, err
		}
		for _, e := range all {
			if e.IsNull() || e.Type() != cty.String {
				return cty.DynamicVal, function.NewArgErrorf(0, "%s must be a list of texts, and has %s", name, grid.TypeName(e))
			}
			lists[e.AsString()] = append(lists[e.AsString()], cty.StringVal(name))
		}
	}
	out := map[string]cty.Value{}
	for name, list := range lists {
		out[name] = listOf(slices.Clip(list))
	}
	return object(out)
}
