package param

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/eval/number"
	"github.com/zclconf/go-cty/cty"
)

// treeOf returns a known value as a tree, without its marks; mark is called on each
// new part to say where it is from.
func treeOf(v cty.Value, mark func(*Tree)) (*Tree, error) {
	v, _ = v.Unmark()
	t := &Tree{}
	mark(t)
	if !v.IsKnown() {
		panic("param.treeOf: unknown value")
	}
	switch ty := v.Type(); {
	case v.IsNull():
	case ty == cty.String:
		t.Shape, t.Text = String, v.AsString()
	case ty == cty.Bool:
		t.Shape, t.Text = Boolean, strconv.FormatBool(v.True())
	case ty == cty.Number:
		text, err := number.Text(v)
		t.Shape, t.Text = Numeral, text
		return t, err
	case ty.IsObjectType() || ty.IsMapType():
		t.Shape = Mapping
		for it := v.ElementIterator(); it.Next(); {
			name, elem := it.Element()
			child, err := treeOf(elem, mark)
			if err != nil {
				return nil, err
			}
			t.Entries = append(t.Entries, Entry{Name: name.AsString(), Value: child})
		}
	case ty.IsTupleType() || ty.IsListType() || ty.IsSetType():
		t.Shape = Sequence
		for it := v.ElementIterator(); it.Next(); {
			_, elem := it.Element()
			child, err := treeOf(elem, mark)
			if err != nil {
				return nil, err
			}
			t.Items = append(t.Items, child)
		}
	default:
		return nil, fmt.Errorf("%s cannot be written", grid.TypeName(v))
	}
	return t, nil
}

// leafText returns the canonical text of a leaf: numbers and bools as they are
// everywhere, strings bare, anything else as JSON.
func leafText(v cty.Value) string {
	if !v.IsWhollyKnown() {
		return "(unknown)"
	}
	if v, _ = v.Unmark(); !v.IsNull() && v.Type() == cty.String {
		return v.AsString()
	}
	var b strings.Builder
	jsonOf(&b, v)
	return b.String()
}

// jsonOf is jsonCompact of the tree of a known value, which is not made: that of a long list is
// much larger than the list.
func jsonOf(b *strings.Builder, v cty.Value) {
	v, _ = v.Unmark()
	switch ty := v.Type(); {
	case v.IsNull():
		b.WriteString("null")
	case ty == cty.String:
		b.WriteString(jsonQuote(v.AsString()))
	case ty == cty.Bool:
		b.WriteString(strconv.FormatBool(v.True()))
	case ty == cty.Number:
		text, err := number.Text(v)
		if err != nil {
			panic("param.jsonOf: " + err.Error()) // bound numbers have been read by number.Parse
		}
		b.WriteString(text)
	default:
		jsonParts(b, v, ty.IsObjectType() || ty.IsMapType())
	}
}

// jsonParts writes an object or a list.
func jsonParts(b *strings.Builder, v cty.Value, names bool) {
	ends := "[]"
	if names {
		ends = "{}"
	}
	b.WriteByte(ends[0])
	sep := ""
	for it := v.ElementIterator(); it.Next(); sep = "," {
		name, elem := it.Element()
		if b.WriteString(sep); names {
			b.WriteString(jsonQuote(name.AsString()) + ":")
		}
		jsonOf(b, elem)
	}
	b.WriteByte(ends[1])
}

func jsonCompact(b *strings.Builder, t *Tree) {
	sep := ""
	switch t.Shape {
	case Null:
		b.WriteString("null")
	case Boolean, Numeral:
		b.WriteString(t.Text)
	case String, Foreign:
		b.WriteString(jsonQuote(t.Text))
	case Sequence:
		b.WriteByte('[')
		for _, item := range t.Items {
			b.WriteString(sep)
			jsonCompact(b, item)
			sep = ","
		}
		b.WriteByte(']')
	case Mapping:
		b.WriteByte('{')
		for _, e := range t.Entries {
			b.WriteString(sep + jsonQuote(e.Name) + ":")
			jsonCompact(b, e.Value)
			sep = ","
		}
		b.WriteByte('}')
	}
}

// jsonQuote writes a JSON string with nothing escaped that need not be.
func jsonQuote(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) < 0 {
		return `"` + s + `"`
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic("param.jsonQuote: " + err.Error())
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// literalText writes a tree as an expression of the language, for Type.String.
func literalText(t *Tree) string {
	switch t.Shape {
	case String, Foreign:
		return hclQuote(t.Text)
	case Sequence:
		items := make([]string, len(t.Items))
		for i, item := range t.Items {
			items[i] = literalText(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case Mapping:
		if len(t.Entries) == 0 {
			return "{}"
		}
		items := make([]string, len(t.Entries))
		for i, e := range t.Entries {
			name := e.Name
			if !isWord(name) {
				name = hclQuote(name)
			}
			items[i] = name + " = " + literalText(e.Value)
		}
		return "{ " + strings.Join(items, ", ") + " }"
	case Null:
		return "null"
	default:
		return t.Text
	}
}

func hclQuote(s string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(jsonQuote(s))
}
