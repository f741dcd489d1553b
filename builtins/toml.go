package builtins

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/eval/number"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/pelletier/go-toml/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func tomlFuncs() []Func {
	return []Func{
		{Name: "tomldecode", Doc: "Reads an object from TOML. Dates and times are texts, as RFC 3339 writes them.", Example: `tomldecode("seed = 42\n[train]\nC = 1e-1\n")`, Want: `{ seed = 42, train = { C = 0.1 } }`, Impl: decoding("tomldecode", tomlDecode, ".toml", ".txt")},
		{Name: "tomlencode", Doc: "Writes an object as TOML, names sorted, tables after plain values. What is null is left out, since TOML has none.", Example: `tomlencode({ train = { C = 0.1 }, seed = 42 })`, Want: `"seed = 42\n\n[train]\nC = 0.1\n"`, Impl: making(cty.String, takes(anything("object")), tomlEncode)},
	}
}

// deepest is how many brackets inside each other a text to decode may have: readers
// recurse, and nobody can recover from a stack that is exhausted.
const deepest = 10_000

// tooDeep reports whether a text opens more brackets than any value needs.
func tooDeep(text string) bool {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '[', '{':
			if depth++; depth > deepest {
				return true
			}
		case ']', '}':
			depth--
		}
	}
	return false
}

func tomlDecode(args []cty.Value) (cty.Value, error) {
	var root map[string]any
	src := args[0].AsString()
	if tooDeep(src) {
		return cty.DynamicVal, function.NewArgErrorf(0, "not TOML that can be read: it is nested too deeply")
	}
	if err := toml.Unmarshal([]byte(src), &root); err != nil {
		var at *toml.DecodeError
		if errors.As(err, &at) {
			line, _ := at.Position()
			err = fmt.Errorf("line %d: %s", line, strings.TrimPrefix(at.Error(), "toml: "))
		}
		return cty.DynamicVal, function.NewArgErrorf(0, "not TOML: %s", err)
	}
	v, err := fromTOML(root)
	if err != nil {
		return cty.DynamicVal, function.NewArgErrorf(0, "%s", err)
	}
	return v, nil
}

// fromTOML makes a value of what the library made of the text.
func fromTOML(x any) (cty.Value, error) {
	switch x := x.(type) {
	case string:
		return cty.StringVal(x), nil
	case bool:
		return cty.BoolVal(x), nil
	case int64:
		return cty.NumberIntVal(x), nil
	case float64:
		if math.IsInf(x, 0) || math.IsNaN(x) {
			return cty.DynamicVal, fmt.Errorf("%v is no number here", x)
		}
		return number.Parse(strconv.FormatFloat(x, 'g', -1, 64))
	case time.Time:
		return cty.StringVal(x.Format(time.RFC3339Nano)), nil
	case fmt.Stringer: // dates and times without a zone
		return cty.StringVal(x.String()), nil
	case []any:
		list := make([]cty.Value, len(x))
		for i, e := range x {
			v, err := fromTOML(e)
			if err != nil {
				return cty.DynamicVal, err
			}
			list[i] = v
		}
		return listOf(list), nil
	case map[string]any:
		attrs := make(map[string]cty.Value, len(x))
		for name, e := range x {
			v, err := fromTOML(e)
			if err != nil {
				return cty.DynamicVal, err
			}
			attrs[name] = v
		}
		return object(attrs)
	}
	return cty.DynamicVal, fmt.Errorf("TOML has a value of the unknown kind %T", x)
}

func tomlEncode(args []cty.Value) (cty.Value, error) {
	if args[0].IsNull() || !isObject(args[0]) {
		return cty.DynamicVal, function.NewArgErrorf(0, "TOML is written of an object, not of %s", grid.TypeName(args[0]))
	}
	text, err := param.TOML(args[0])
	if err != nil {
		return cty.DynamicVal, function.NewArgErrorf(0, "%s", err)
	}
	return cty.StringVal(text), nil
}
