package lsp

import "strings"

// tomlLine is what a line of TOML says, as far as names without escapes go.
type tomlLine struct {
	table bool     // [a.b]
	names []string // a.b, the last of which may be empty or unfinished
	equal bool     // a value follows
	value string
	known bool
}

func readTOML(text string) tomlLine {
	rest := strings.TrimSpace(text)
	l := tomlLine{known: !strings.HasPrefix(rest, "[[") && !strings.ContainsAny(rest, "#")}
	if rest, l.table = strings.CutPrefix(rest, "["); l.table {
		rest, _, _ = strings.Cut(rest, "]")
	} else {
		rest, l.value, l.equal = strings.Cut(rest, "=")
		l.value = strings.TrimSpace(l.value)
	}
	for _, name := range strings.Split(rest, ".") {
		name = strings.Trim(strings.TrimSpace(name), `"'`)
		l.known = l.known && !strings.ContainsAny(name, " \t{}[],\"'")
		l.names = append(l.names, name)
	}
	return l
}

// tomlSlot is what can be written at the place of a file of TOML: a name in the table that its
// line lies in, the name of a table, or a value. Inside of what takes several lines it is nil.
func (x *paramsPlace) tomlSlot() *slot {
	row := x.doc.row(x.at)
	text, begin := x.doc.line(row)
	before := text[:x.at-begin]
	l := readTOML(before)
	above := x.doc.text[:begin]
	several := strings.Count(above, `"""`)%2+strings.Count(above, "'''")%2 > 0
	if end := strings.TrimRight(above, " \t\r\n"); strings.HasSuffix(end, "[") || strings.HasSuffix(end, ",") || several || !l.known {
		return nil
	}
	if l.table && strings.Contains(before, "]") {
		return nil
	}
	table, given, ok := x.table(row)
	if l.table {
		table, given, ok = nil, nil, true
	}
	n := len(l.names) - 1
	out := &slot{path: append(table, l.names[:n]...), from: x.at - len(l.names[n]), to: x.at, quote: `"`}
	if n == 0 {
		out.given = given
	}
	switch {
	case !ok:
		return nil
	case l.equal:
		if out.name = l.names[n]; strings.HasPrefix(l.value, `"`) {
			out.quote, l.value = "", l.value[1:]
		}
		if strings.Contains(l.value, `"`) || !strings.HasSuffix(before, l.value) {
			return nil // it is written already
		}
		out.from = x.at - len(l.value)
		return out
	}
	equal := " = "
	if strings.HasPrefix(strings.TrimLeft(text[x.at-begin:], " \t"), "=") {
		equal = ""
	}
	out.spell = func(name string, deep bool) string {
		switch {
		case l.table && !deep:
			return ""
		case l.table:
			return name
		case deep:
			return name + "."
		}
		return name + equal
	}
	if !strings.HasSuffix(before, l.names[n]) {
		return nil
	}
	return out
}

// table is the table that a line lies in, and the names of the other lines in it; ok is false
// if it is one of a list.
func (x *paramsPlace) table(row int) (path, given []string, ok bool) {
	for _, by := range []int{-1, 1} {
		for n := row + by; n >= 0 && n < len(x.doc.starts); n += by {
			text, _ := x.doc.line(n)
			l := readTOML(text)
			switch {
			case strings.HasPrefix(strings.TrimSpace(text), "[") && by > 0:
				return path, given, true
			case strings.HasPrefix(strings.TrimSpace(text), "["):
				if !l.known {
					return nil, nil, false
				}
				path, n = l.names, -1
			case l.equal && len(l.names) == 1:
				given = append(given, l.names[0])
			}
		}
	}
	return path, given, true
}
