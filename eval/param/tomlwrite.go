package param

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/zclconf/go-cty/cty"
)

// TOML writes a known object, without its marks, as params files are written.
func TOML(v cty.Value) (string, error) {
	t, err := treeOf(v, func(*Tree) {})
	if err != nil {
		return "", err
	}
	text, diags := writeTOML(t)
	if diags.HasErrors() {
		return "", errors.New(strings.TrimSuffix(diags[0].Detail, "."))
	}
	return string(text), nil
}

// writeTOML writes each table with its plain values first, then the tables in
// it under headers of their own. Tables inside lists are inline.
func writeTOML(root *Tree) ([]byte, diag.List) {
	w := &tomlWriter{}
	w.table(root, "")
	return []byte(w.b.String()), w.diags
}

type tomlWriter struct {
	b     strings.Builder
	diags diag.List
}

func (w *tomlWriter) table(t *Tree, path string) {
	var tables []Entry
	for _, e := range t.Entries {
		switch e.Value.Shape {
		case Mapping:
			tables = append(tables, e)
		case Null: // TOML has none: what is null is absent
		default:
			w.b.WriteString(tomlKey(e) + " = " + w.value(e.Value) + "\n")
		}
	}
	for _, e := range tables {
		name := tomlKey(e)
		if path != "" {
			name = path + "." + name
		}
		if w.b.Len() > 0 {
			w.b.WriteByte('\n')
		}
		w.b.WriteString("[" + name + "]\n")
		w.table(e.Value, name)
	}
}

func tomlKey(e Entry) string {
	if key := e.scalar(); key != nil && key.raw != "" && !tomlNewEscapes(key.raw) {
		return key.raw
	}
	bare := e.Name != ""
	for _, c := range []byte(e.Name) {
		bare = bare && (isWord(string(c)) && c < 0x80 || '0' <= c && c <= '9' || c == '-')
	}
	if bare {
		return e.Name
	}
	return quoteTOML(e.Name)
}

func (w *tomlWriter) value(t *Tree) string {
	switch t.Shape {
	case Sequence:
		items := make([]string, len(t.Items))
		for i, item := range t.Items {
			items[i] = w.value(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case Mapping:
		return w.inline(t)
	case Null:
		w.diags = append(w.diags, report("E-params-format", t.Span, "TOML has no null, and a list cannot do without it: use YAML or JSON."))
		return `""`
	}
	if t.raw != "" && !tomlNewEscapes(t.raw) {
		return t.raw
	}
	switch t.Shape {
	case Numeral:
		return tomlNumeral(t.Text)
	case Boolean:
		return t.Text
	default:
		return quoteTOML(t.Text)
	}
}

func (w *tomlWriter) inline(t *Tree) string {
	var items []string
	for _, e := range t.Entries {
		if e.Value.Shape != Null {
			items = append(items, tomlKey(e)+" = "+w.value(e.Value))
		}
	}
	if len(items) == 0 {
		return "{}"
	}
	return "{ " + strings.Join(items, ", ") + " }"
}

// tomlNumeral spells a canonical number: an integer that 64 bits do not hold is
// a float, as TOML has no larger ones.
func tomlNumeral(text string) string {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return text
	}
	return floatText(text)
}

// tomlNewEscapes reports whether a string has an escape that TOML 1.0 lacks.
func tomlNewEscapes(raw string) bool {
	if raw[0] != '"' {
		return false
	}
	for i := 0; i+1 < len(raw); i++ {
		if raw[i] == '\\' {
			if i++; raw[i] == 'e' || raw[i] == 'x' {
				return true
			}
		}
	}
	return false
}

// quoteTOML writes a basic string.
func quoteTOML(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
