package builtins

import (
	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/eval/number"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

func conversionFuncs() []Func {
	value := orNull(anything("value"))
	return []Func{
		{Name: "tostring", Doc: "Turns a number or a bool into its text.", Example: `tostring(1e-1)`, Want: `"0.1"`, Impl: making(cty.String, takes(value), toString)},
		{Name: "tonumber", Doc: "Reads a number from a text.", Example: `tonumber("1e-3")`, Want: `0.001`, Impl: making(cty.Number, takes(value), toNumber)},
		{Name: "tobool", Doc: "Reads true or false from a text.", Example: `tobool("true")`, Want: `true`, Impl: making(cty.Bool, takes(value), toBool)},
		{Name: "tolist", Doc: "Makes a list of a set.", Example: `tolist(toset(["b", "a"]))`, Want: `["a", "b"]`, Impl: moving(takes(anything("value")), known(toList))},
		{Name: "toset", Doc: "Makes a set of a list of texts, of numbers or of bools: sorted, each once.", Example: `toset(["b", "a", "b"])`, Want: `["a", "b"]`, Impl: making(cty.DynamicPseudoType, takes(anything("value")), toSet)},
		{Name: "tomap", Doc: "Makes a map of an object whose attributes have one type.", Example: `tomap({ a = 1, b = 2 })`, Want: `{ a = 1, b = 2 }`, Impl: making(cty.DynamicPseudoType, takes(anything("value")), toMap)},
	}
}

func toString(args []cty.Value) (cty.Value, error) {
	if args[0].IsNull() {
		return cty.NullVal(cty.String), nil
	}
	t, err := scalarText(args[0])
	if err != nil {
		return cty.DynamicVal, function.NewArgError(0, err)
	}
	return cty.StringVal(t), nil
}

func toNumber(args []cty.Value) (cty.Value, error) {
	v := args[0]
	switch {
	case v.IsNull():
		return cty.NullVal(cty.Number), nil
	case v.Type() == cty.Number:
		return v, nil
	case v.Type() != cty.String:
		return cty.DynamicVal, function.NewArgErrorf(0, "a number can be read from a text, not from %s", grid.TypeName(v))
	}
	n, err := number.Parse(v.AsString())
	if err != nil {
		return cty.DynamicVal, function.NewArgError(0, err)
	}
	return n, nil
}

func toBool(args []cty.Value) (cty.Value, error) {
	v := args[0]
	switch {
	case v.IsNull():
		return cty.NullVal(cty.Bool), nil
	case v.Type() == cty.Bool:
		return v, nil
	case v.Type() == cty.String && (v.AsString() == "true" || v.AsString() == "false"):
		return cty.BoolVal(v.AsString() == "true"), nil
	}
	return cty.DynamicVal, function.NewArgErrorf(0, `only "true" and "false" are bools`)
}

func toList(args []cty.Value) (cty.Value, error) {
	all, err := elements(args, 0)
	return listOf(all), err
}

func toSet(args []cty.Value) (cty.Value, error) {
	all, err := elements(args, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	for _, e := range all {
		if e.IsNull() || !e.Type().IsPrimitiveType() || e.Type() != all[0].Type() {
			return cty.DynamicVal, function.NewArgErrorf(0, "a set has only texts, only numbers or only bools; for other values use distinct")
		}
	}
	if len(all) == 0 {
		return cty.SetValEmpty(cty.String), nil
	}
	return cty.SetVal(all), nil
}

func toMap(args []cty.Value) (cty.Value, error) {
	if _, _, err := attributes(args, 0); err != nil {
		return cty.DynamicVal, err
	}
	v, err := convert.Convert(args[0], cty.Map(cty.DynamicPseudoType))
	if err != nil {
		return cty.DynamicVal, function.NewArgErrorf(0, "the attributes of a map have one type: %s", err)
	}
	return v, nil
}
