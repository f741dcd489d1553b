package builtins

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/eval/number"
	"github.com/pelletier/go-toml/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func tomlFuncs() []Func {
	return []Func{
		{Name: "tomldecode", Doc: "Reads an object from TOML. Dates and times are texts, as RFC 3339 writes them.", Example: `tomldecode("seed = 42\n[train]\nC = 1e-1\n")`, Want: `{ seed = 42, train = { C = 0.1 } }`, Impl: making(cty.DynamicPseudoType, takes(text("text")), tomlDecode)},
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
	w := &tomlWriter{}
	if err := w.table(args[0], ""); err != nil {
		return cty.DynamicVal, function.NewArgErrorf(0, "%s", err)
	}
	return cty.StringVal(w.b.String()), nil
}

// tomlWriter writes each table with its plain values first, then the tables in it under
// headers of their own. Tables inside of lists are inline.
type tomlWriter struct{ b strings.Builder }

func (w *tomlWriter) table(v cty.Value, path string) error {
	attrs, sorted, err := attributes([]cty.Value{v}, 0)
	if err != nil {
		return err
	}
	var tables []string
	for _, name := range sorted {
		switch e := attrs[name]; {
		case e.IsNull():
		case isObject(e):
			tables = append(tables, name)
		default:
			text, err := tomlValue(e)
			if err != nil {
				return err
			}
			w.b.WriteString(tomlName(name) + " = " + text + "\n")
		}
	}
	for _, name := range tables {
		header := tomlName(name)
		if path != "" {
			header = path + "." + header
		}
		if w.b.Len() > 0 {
			w.b.WriteByte('\n')
		}
		w.b.WriteString("[" + header + "]\n")
		if err := w.table(attrs[name], header); err != nil {
			return err
		}
	}
	return nil
}

func tomlValue(v cty.Value) (string, error) {
	switch {
	case v.IsNull():
		return "", errors.New("TOML has no null, and a list cannot do without it; use JSON or YAML")
	case isList(v):
		var parts []string
		for _, e := range v.AsValueSlice() {
			t, err := tomlValue(e)
			if err != nil {
				return "", err
			}
			parts = append(parts, t)
		}
		return "[" + strings.Join(parts, ", ") + "]", nil
	case isObject(v):
		return tomlInline(v)
	case v.Type() == cty.String:
		return tomlText(v.AsString()), nil
	case v.Type() == cty.Number:
		return tomlNumber(v)
	case v.Type() == cty.Bool:
		return grid.Text(v)
	}
	return "", fmt.Errorf("%s has no TOML", grid.TypeName(v))
}

func tomlInline(v cty.Value) (string, error) {
	attrs, sorted, err := attributes([]cty.Value{v}, 0)
	if err != nil {
		return "", err
	}
	var parts []string
	for _, name := range sorted {
		if attrs[name].IsNull() {
			continue
		}
		t, err := tomlValue(attrs[name])
		if err != nil {
			return "", err
		}
		parts = append(parts, tomlName(name)+" = "+t)
	}
	if len(parts) == 0 {
		return "{}", nil
	}
	return "{ " + strings.Join(parts, ", ") + " }", nil
}

// tomlNumber writes a number; a whole one that is no integer of TOML is a float.
func tomlNumber(v cty.Value) (string, error) {
	text, err := number.Text(v)
	if err != nil || strings.ContainsAny(text, ".eE") {
		return text, err
	}
	if _, err := strconv.ParseInt(text, 10, 64); err != nil {
		return text + ".0", nil
	}
	return text, nil
}

func tomlName(name string) string {
	for i := range len(name) {
		c := name[i] | 0x20
		if ('a' > c || c > 'z') && ('0' > name[i] || name[i] > '9') && name[i] != '_' && name[i] != '-' {
			return tomlText(name)
		}
	}
	if name == "" {
		return `""`
	}
	return name
}

// tomlText writes a basic string.
func tomlText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < ' ' || r == 0x7f || r == utf8.RuneError:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
