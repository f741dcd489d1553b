package param

import (
	"bytes"
	"slices"
	"strings"
)

// What the editors of all formats ask of a text: where lines begin and end, and
// how a new name goes into brackets.

// layout is how a person has laid out a file.
type layout struct {
	text []byte
	eol  string // "\n" or "\r\n", as the first line ends
	unit string // one level of indentation
}

func (f *File) layout() layout {
	l := layout{text: f.Bytes, eol: f.eol, unit: "  "}
	if l.eol == "" {
		l.eol = "\n"
		if i := bytes.IndexByte(l.text, '\n'); i > 0 && l.text[i-1] == '\r' {
			l.eol = "\r\n"
		}
	}
	return l
}

// lineStart returns where the line of off begins.
func (l layout) lineStart(off int) int {
	return bytes.LastIndexByte(l.text[:min(off, len(l.text))], '\n') + 1
}

// lineEnd returns where the line of off ends, before what ends it.
func (l layout) lineEnd(off int) int {
	end := len(l.text)
	if i := bytes.IndexByte(l.text[off:], '\n'); i >= 0 {
		end = off + i
	}
	if end > off && l.text[end-1] == '\r' {
		end--
	}
	return end
}

// indent returns the white space that the line of off begins with, and whether
// off is right after it.
func (l layout) indent(off int) (space string, first bool) {
	start := l.lineStart(off)
	if start == 0 && bytes.HasPrefix(l.text, []byte("\ufeff")) {
		start = min(3, off)
	}
	line := string(l.text[start:off])
	space = line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	return space, space == line
}

// blank reports whether nothing but white space and a comment follows on the line.
func (l layout) blank(off int) bool {
	rest := strings.TrimLeft(string(l.text[off:l.lineEnd(off)]), " \t")
	return rest == "" || rest[0] == '#'
}

// lines writes lines with the file's own line ends, each indented.
func (l layout) lines(indent string, lines []string) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteString(l.eol)
		}
		b.WriteString(indent + line)
	}
	return b.String()
}

// appendLine puts a line at the end of the file.
func (l layout) appendLine(line string) cut {
	end := len(l.text)
	switch {
	case end == 0 || l.text[end-1] == '\n' || string(l.text) == "\ufeff":
		return cut{end, end, line + l.eol}
	default:
		return cut{end, end, l.eol + line}
	}
}

// brackets is a mapping in braces.
type brackets struct {
	open, close int // of the braces
	names       int // how many it has
	name, end   int // of the last: where its name starts and its value ends
	comma       int // where a comma after the last is; -1
	pad         bool
}

// insert adds an entry. Where each stands on a line of its own, so does the new
// one, and the comments stay with theirs. nested makes the entry for an indentation.
func (l layout) insert(b brackets, sep string, entry func(indent string) string) []cut {
	if b.names == 0 {
		space, _ := l.indent(b.open)
		text := entry(space)
		if b.pad {
			text = " " + text + " "
		}
		return []cut{{b.open + 1, b.close, text}}
	}
	indent, first := l.indent(b.name)
	after := b.end
	if b.comma >= 0 {
		after = b.comma + 1
	}
	if !first || l.lineStart(b.open) == l.lineStart(b.name) || !l.blank(after) {
		return []cut{{b.end, b.end, sep + entry(indent)}}
	}
	end := l.lineEnd(after)
	if b.comma >= 0 {
		return []cut{{end, end, l.eol + indent + entry(indent) + ","}}
	}
	return []cut{{b.end, b.end, ","}, {end, end, l.eol + indent + entry(indent)}}
}

// cut replaces the bytes from start up to end by text.
type cut struct {
	start, end int
	text       string
}

// applyCuts makes the cuts, of which no two may overlap; those at one place are
// made in their order.
func applyCuts(text []byte, cuts []cut) ([]byte, bool) {
	cuts = slices.Clone(cuts)
	slices.SortStableFunc(cuts, func(a, b cut) int { return a.start - b.start })
	var out bytes.Buffer
	at := 0
	for _, c := range cuts {
		if c.start < at || c.end < c.start || c.end > len(text) {
			return nil, false
		}
		out.Write(text[at:c.start])
		out.WriteString(c.text)
		at = c.end
	}
	out.Write(text[at:])
	return out.Bytes(), true
}
