package param

import (
	"strings"
	"unicode"
)

// yamlSpeller writes new values into a person's YAML, so that readers of both
// versions agree on them.
type yamlSpeller struct {
	unit  string // of indentation
	flow  bool   // inside brackets, where commas and colons mean something
	quote bool   // all strings are quoted: the file is JSON in disguise
}

// tall reports whether a value takes lines of its own where there may be such.
func (w yamlSpeller) tall(t *Tree) bool {
	return t.Shape == Mapping && len(t.Entries) > 0 || t.Shape == Sequence && !scalars(t)
}

// entry writes a name with its value, as lines.
func (w yamlSpeller) entry(name string, t *Tree) []string {
	if !w.tall(t) {
		return []string{name + ": " + w.inline(t, nil, 0)}
	}
	return append([]string{name + ":"}, indented(w.unit, w.lines(t, nil))...)
}

func indented(by string, lines []string) []string {
	for i := range lines {
		lines[i] = by + lines[i]
	}
	return lines
}

// lines writes a collection that is not empty in block style.
func (w yamlSpeller) lines(t, old *Tree) []string {
	var out []string
	for _, e := range t.Entries {
		out = append(out, w.child(w.entryName(e)+":", " ", w.unit, e.Value, old.Get(e.Name))...)
	}
	for i, item := range t.Items {
		out = append(out, w.child("-", " ", "  ", item, itemOf(old, i))...)
	}
	return out
}

// child writes a value after the beginning of its line.
func (w yamlSpeller) child(head, gap, by string, t, old *Tree) []string {
	if !w.tall(t) {
		return []string{head + gap + w.inline(t, old, 0)}
	}
	below := indented(by, w.lines(t, old))
	if head == "-" {
		return append([]string{head + below[0][1:]}, below[1:]...)
	}
	return append([]string{head}, below...)
}

// inline writes a value on one line. A string gets the quotes that stood there.
func (w yamlSpeller) inline(t, old *Tree, quote byte) string {
	inner := w
	inner.flow = true
	var parts []string
	switch t.Shape {
	case Sequence:
		for i, item := range t.Items {
			parts = append(parts, inner.inline(item, itemOf(old, i), 0))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case Mapping:
		for _, e := range t.Entries {
			parts = append(parts, inner.entryName(e)+": "+inner.inline(e.Value, old.Get(e.Name), 0))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case Numeral:
		if t.raw != "" {
			return t.raw
		}
		return t.Text
	case String:
		if t.raw != "" && (!w.flow || flowSafe(t.raw)) {
			return t.raw
		}
		if quote == 0 && old != nil && old.Shape == String && old.raw != "" && strings.IndexByte(`"'`, old.raw[0]) >= 0 {
			quote = old.raw[0]
		}
		return w.text(t.Text, quote)
	case Null:
		return "null"
	default:
		if t.raw != "" {
			return t.raw
		}
		return t.Text
	}
}

// flowSafe reports whether the text of a scalar may stand in brackets.
func flowSafe(raw string) bool {
	return raw[0] == '"' || raw[0] == '\'' || !strings.ContainsAny(raw, ",[]{}:?")
}

// text writes a string.
func (w yamlSpeller) text(s string, quote byte) string {
	if w.quote {
		quote = '"'
	}
	switch {
	case quote == '\'' && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0:
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	case quote == 0 && plain(s) && !doubtful(s) && string11(s) && (!w.flow || flowSafe(s)):
		return s
	default:
		return quoteYAML(s)
	}
}

// entryName writes the name of an entry, which may be a copy of one in the file.
func (w yamlSpeller) entryName(e Entry) string {
	if key := e.scalar(); key != nil {
		return w.inline(key, nil, 0)
	}
	return w.text(e.Name, 0)
}
