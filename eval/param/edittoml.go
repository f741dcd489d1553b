package param

import (
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// editTOML returns the cuts that put value at path.
func (f *File) editTOML(path []string, value *Tree) (cuts []cut, why string) {
	if hasNull(value) {
		return nil, "TOML has no null: remove the name if it is to have no value."
	}
	e := &tomlEditor{layout: f.layout()}
	e.read()
	if at := e.line(path); at != nil {
		return []cut{{at.value, at.end, e.write(value, e.raw(at))}}, ""
	}
	n := len(path) - 1
	for n > 0 && f.Root.at(path[:n]) == nil {
		n--
	}
	if f.Root.at(path) != nil {
		return nil, "It is written as tables of its own, or as a list of them, which dewar does not rewrite whole."
	}
	return e.add(path[:n], path[n], under(path[n+1:], value)), ""
}

func hasNull(t *Tree) bool {
	if t.Shape == Null || slices.ContainsFunc(t.Items, hasNull) {
		return true
	}
	return slices.ContainsFunc(t.Entries, func(e Entry) bool { return hasNull(e.Value) })
}

// tomlEditor knows where everything stands.
type tomlEditor struct {
	layout
	p        unstable.Parser
	sections []tomlSection // the first is what stands before all headers
}

// tomlSection is a header with the lines below it.
type tomlSection struct {
	path       []string // nil in lists of tables, to which no path leads
	start, end int      // of the header, with its brackets
	lines      []tomlLine
}

// tomlLine is a name with its value, on a line of its own or in an inline table.
type tomlLine struct {
	path       []string
	name       int // where the name starts, with what is before its dots
	value, end int
	inline     []tomlLine // of an inline table, in order
	table      bool       // it is an inline table
}

// read notes the places of the text, which is known to be TOML.
func (e *tomlEditor) read() {
	e.p.Reset(e.text)
	e.sections = []tomlSection{{path: []string{}}}
	lists := map[string]bool{} // paths of [[lists]]
	for e.p.NextExpression() {
		x := e.p.Expression()
		last := &e.sections[len(e.sections)-1]
		if x.Kind == unstable.KeyValue {
			last.lines = append(last.lines, e.keyValue(last.path, x))
			continue
		}
		path, start, end := e.names([]string{}, x)
		if x.Kind == unstable.ArrayTable {
			lists[strings.Join(path, "\x00")] = true
		}
		for i := range path {
			if lists[strings.Join(path[:i+1], "\x00")] {
				path = nil
				break
			}
		}
		for end < len(e.text) && strings.IndexByte("] \t", e.text[end]) >= 0 {
			end++
		}
		e.sections = append(e.sections, tomlSection{path: path, start: bracketBefore(e.text, start), end: end})
	}
}

// bracketBefore returns where the brackets before a header's name start.
func bracketBefore(text []byte, name int) int {
	for name > 0 && strings.IndexByte("[ \t", text[name-1]) >= 0 {
		name--
	}
	for name < len(text) && text[name] != '[' {
		name++
	}
	return name
}

// names reads a dotted name below path.
func (e *tomlEditor) names(path []string, x *unstable.Node) (out []string, start, end int) {
	out, start = path, -1
	for it := x.Key(); it.Next(); {
		raw := it.Node().Raw
		if start < 0 {
			start = int(raw.Offset)
		}
		end = int(raw.Offset + raw.Length)
		if out != nil {
			out = append(clone(out), string(it.Node().Data))
		}
	}
	return out, start, end
}

func (e *tomlEditor) keyValue(path []string, x *unstable.Node) tomlLine {
	full, start, after := e.names(path, x)
	l := tomlLine{path: full, name: start, value: after, end: int(x.Raw.Offset + x.Raw.Length)}
	for l.value < l.end && strings.IndexByte(" \t=", e.text[l.value]) >= 0 {
		l.value++
	}
	if v := x.Value(); v.Kind == unstable.InlineTable {
		l.table = true
		for it := v.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				l.inline = append(l.inline, e.keyValue(full, it.Node()))
			}
		}
	}
	return l
}

func (e *tomlEditor) raw(l *tomlLine) string { return string(e.text[l.value:l.end]) }

// line returns the place of the value at path; nil if it has none of its own.
func (e *tomlEditor) line(path []string) *tomlLine {
	for i := range e.sections {
		if l := findLine(e.sections[i].lines, path); l != nil {
			return l
		}
	}
	return nil
}

func findLine(lines []tomlLine, path []string) *tomlLine {
	for i := range lines {
		l := &lines[i]
		if l.path != nil && slices.Equal(l.path, path) {
			return l
		}
		if found := findLine(l.inline, path); found != nil {
			return found
		}
	}
	return nil
}

// write spells a value that is to stand after "="; raw is what stood there.
func (e *tomlEditor) write(t *Tree, raw string) string {
	switch t.Shape {
	case Numeral:
		return tomlNumeral(t.Text)
	case String:
		if strings.HasPrefix(raw, "'") && !strings.HasPrefix(raw, "'''") && tomlLiteral(t.Text) {
			return "'" + t.Text + "'"
		}
		return quoteTOML(t.Text)
	case Sequence:
		items := make([]string, len(t.Items))
		for i, item := range t.Items {
			items[i] = e.write(item, "")
		}
		return "[" + strings.Join(items, ", ") + "]"
	case Mapping:
		var items []string
		for _, entry := range t.Entries {
			items = append(items, tomlKey(Entry{Name: entry.Name})+" = "+e.write(entry.Value, ""))
		}
		if len(items) == 0 {
			return "{}"
		}
		return "{ " + strings.Join(items, ", ") + " }"
	default:
		return t.Text
	}
}

// tomlLiteral reports whether a text may stand in single quotes.
func tomlLiteral(s string) bool {
	for _, r := range s {
		if r == '\'' || r < 0x20 && r != '\t' || r == 0x7f {
			return false
		}
	}
	return true
}

func tomlPath(path []string) string {
	names := make([]string, len(path))
	for i, name := range path {
		names[i] = tomlKey(Entry{Name: name})
	}
	return strings.Join(names, ".")
}

// comma returns where a comma follows off, before anything else does; -1.
func (e *tomlEditor) comma(off int) int {
	for off < len(e.text) {
		switch c := e.text[off]; {
		case c == ',':
			return off
		case c == '#':
			off = e.lineEnd(off)
		case strings.IndexByte(" \t\r\n", c) >= 0:
			off++
		default:
			return -1
		}
	}
	return -1
}
