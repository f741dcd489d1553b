package param

import "strings"

// writeJSON writes JSON with two spaces a level.
func writeJSON(root *Tree) []byte {
	var b strings.Builder
	jsonIndented(&b, root, 0)
	b.WriteByte('\n')
	return []byte(b.String())
}

func jsonIndented(b *strings.Builder, t *Tree, depth int) {
	newline := func(depth int) { b.WriteString("\n" + strings.Repeat("  ", depth)) }
	sep := ""
	switch {
	case t.Shape == Mapping && len(t.Entries) > 0:
		b.WriteByte('{')
		for _, e := range t.Entries {
			b.WriteString(sep)
			newline(depth + 1)
			key := e.scalar()
			if key == nil {
				key = &Tree{Shape: String, Text: e.Name}
			}
			b.WriteString(spellJSON(key) + ": ")
			jsonIndented(b, e.Value, depth+1)
			sep = ","
		}
		newline(depth)
		b.WriteByte('}')
	case t.Shape == Sequence && len(t.Items) > 0:
		b.WriteByte('[')
		for _, item := range t.Items {
			b.WriteString(sep)
			newline(depth + 1)
			jsonIndented(b, item, depth+1)
			sep = ","
		}
		newline(depth)
		b.WriteByte(']')
	default:
		b.WriteString(spellJSON(t))
	}
}

func spellJSON(t *Tree) string {
	switch {
	case t.raw != "":
		return t.raw
	case t.Shape == Mapping:
		return "{}"
	case t.Shape == Sequence:
		return "[]"
	case t.Shape == Null:
		return "null"
	case t.Shape == String:
		return jsonQuote(t.Text)
	default:
		return t.Text
	}
}
