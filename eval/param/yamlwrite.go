package param

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/dewar-build/dewar/diag"
)

// writeYAML writes block style with two spaces a level: one layout for one content.
func writeYAML(root *Tree) ([]byte, diag.List) {
	w := &yamlWriter{}
	if len(root.Entries) == 0 {
		return []byte("{}\n"), nil
	}
	w.entries(root, 0)
	return []byte(w.b.String()), w.diags
}

type yamlWriter struct {
	b     strings.Builder
	diags diag.List
}

func (w *yamlWriter) indent(depth int) { w.b.WriteString(strings.Repeat("  ", depth)) }

func (w *yamlWriter) entries(t *Tree, depth int) {
	for i, e := range t.Entries {
		if i > 0 {
			w.indent(depth)
		}
		key := e.scalar()
		unsourced := key == nil
		if unsourced {
			key = &Tree{Shape: String, Text: e.Name}
		}
		name := w.scalar(key)
		if unsourced && plain(e.Name) && !doubtful(e.Name) {
			name = e.Name
		}
		if len(name) > 120 { // readers look for the colon of a short name only so far
			w.b.WriteString("? " + name + "\n")
			w.indent(depth)
		} else {
			w.b.WriteString(name)
		}
		w.b.WriteByte(':')
		w.child(e.Value, depth+1)
	}
}

// child writes a value after "name:".
func (w *yamlWriter) child(t *Tree, depth int) {
	if t.Shape == Mapping && len(t.Entries) > 0 || t.Shape == Sequence && len(t.Items) > 0 {
		w.b.WriteByte('\n')
		w.indent(depth)
		w.collection(t, depth)
		return
	}
	w.b.WriteByte(' ')
	w.collection(t, depth)
}

// collection writes any value where the line stands at depth already.
func (w *yamlWriter) collection(t *Tree, depth int) {
	switch {
	case t.Shape == Mapping && len(t.Entries) > 0:
		w.entries(t, depth)
	case t.Shape == Sequence && len(t.Items) > 0:
		for i, item := range t.Items {
			if i > 0 {
				w.indent(depth)
			}
			w.b.WriteString("- ")
			w.collection(item, depth+1)
		}
	case t.Shape == Mapping:
		w.b.WriteString("{}\n")
	case t.Shape == Sequence:
		w.b.WriteString("[]\n")
	default:
		w.b.WriteString(w.scalar(t) + "\n")
	}
}

// scalar spells a scalar as the source does, if all readers agree on what that is.
func (w *yamlWriter) scalar(t *Tree) string {
	text := spellYAML(t)
	if t.raw != "" && text != t.raw && misread(t) {
		w.diags = append(w.diags, report("W-params-respelled", t.Span, "%s is written as %s in the copy that the command sees: by YAML 1.2 it is %s, but readers of YAML 1.1 as PyYAML take it for something else. Write it so in the source as well.", t.raw, text, describePlain(t)))
	}
	return text
}

func describePlain(t *Tree) string {
	if t.Shape == Numeral {
		if isFloat(t.Text) {
			return "a float"
		}
		return "the int " + t.Text
	}
	return "a string"
}

// misread reports whether PyYAML would read the source's spelling as something else.
func misread(t *Tree) bool {
	switch {
	case t.raw[0] == '"' || t.raw[0] == '\'':
		return false
	case t.Shape == String:
		return !string11(t.raw)
	case t.Shape == Numeral:
		return !numeral11(t.raw)
	default:
		return false
	}
}

func spellYAML(t *Tree) string {
	switch t.Shape {
	case Null:
		if t.raw == "~" {
			return t.raw
		}
		return "null"
	case Boolean:
		if t.raw != "" {
			return t.raw
		}
		return t.Text
	case Numeral:
		switch {
		case t.raw != "" && numeral11(t.raw):
			return t.raw
		case t.raw == "" && t.Layer != OwnFile:
			return yamlNumber(t.Text)
		default:
			return respell(t.Text)
		}
	default:
		if keepsYAML(t.raw, t.Text) {
			return t.raw
		}
		return quoteYAML(t.Text)
	}
}

// yamlNumber spells a canonical number that has no source.
func yamlNumber(text string) string {
	if isFloat(text) {
		return floatText(text)
	}
	return text
}

// keepsYAML reports whether the source's spelling of a string means the same to
// every reader, wherever it is put.
func keepsYAML(raw, text string) bool {
	if raw == "" {
		return false
	}
	for _, r := range raw {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	switch raw[0] {
	case '"':
		return commonEscapes(raw)
	case '\'':
		return true
	default:
		return raw == text && plain(raw) && !doubtful(raw) && string11(raw)
	}
}

// commonEscapes reports whether both versions of YAML have every escape in raw.
func commonEscapes(raw string) bool {
	for i := 0; i < len(raw); i++ {
		if raw[i] == '\\' {
			if i++; i < len(raw) && strings.IndexByte(`0abtnvfre"\xuU`, raw[i]) < 0 {
				return false
			}
		}
	}
	return true
}

// plain reports whether s may stand without quotes as a name or a value
// anywhere. It allows less than YAML does.
func plain(s string) bool {
	for i, r := range s {
		word := r == '_' || r == '.' || r == '/' || unicode.IsLetter(r) || unicode.IsDigit(r)
		inner := i > 0 && (strings.ContainsRune("-+@=,%()*~^", r) || r == ' ' || r == ':' && i+1 < len(s) && s[i+1] != ' ' || unicode.IsMark(r))
		sign := i == 0 && len(s) > 1 && (r == '-' || r == '+') && s[1] != ' ' && s[1] != '-'
		if !word && !inner && !sign {
			return false
		}
	}
	return s != "" && s[len(s)-1] != ' '
}

// quoteYAML writes a double-quoted scalar with the escapes that both versions have.
func quoteYAML(s string) string {
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
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xff:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
