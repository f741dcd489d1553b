package lsp

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar/eval/param"
)

// While a params file is being written it cannot be parsed, so completion reads the lines
// of YAML: a name belongs to the line above it that is less far in. What is written on one
// line, with braces, is left out.

// line is what a line of YAML begins with.
type line struct {
	indent int
	name   string // "" if there is none
	value  string // what follows the colon
	colon  bool
	blank  bool // nothing, or a comment
}

// word is what was written last.
func (l *line) word() string {
	if l.colon {
		return l.value
	}
	return l.name
}

func readLine(text string) line {
	rest := strings.TrimLeft(text, " ")
	l := line{indent: len(text) - len(rest), blank: strings.TrimSpace(rest) == "" || rest[0] == '#'}
	n := 0
	for n < len(rest) && (rest[n] == '_' || rest[n] == '-' && n > 0 || rest[n] == '.' && n > 0 || rest[n]|0x20 >= 'a' && rest[n]|0x20 <= 'z' || rest[n] >= '0' && rest[n] <= '9') {
		n++
	}
	switch after := rest[n:]; {
	case l.blank:
	case strings.TrimSpace(after) == "":
		l.name = rest[:n]
	case after[0] == ':' && (len(after) == 1 || after[1] == ' '):
		l.name, l.value, l.colon = rest[:n], strings.TrimLeft(after[1:], " "), true
	}
	return l
}

// above are the names that a line lies in which begins indent far in; ok is false where that
// is a list or cannot be told.
func (x *paramsPlace) above(row, indent int) (path []string, ok bool) {
	for row--; row >= 0 && indent > 0; row-- {
		text, _ := x.doc.line(row)
		l := readLine(text)
		if l.blank || l.indent >= indent {
			continue
		}
		if l.name == "" || !l.colon || l.value != "" && l.value[0] != '#' {
			return nil, false
		}
		path, indent = append(path, l.name), l.indent
	}
	slices.Reverse(path)
	return path, indent == 0
}

// beside are the names that stand where a line is, without its own.
func (x *paramsPlace) beside(row, indent int) []string {
	var out []string
	for _, by := range []int{-1, 1} {
		for n := row + by; n >= 0 && n < len(x.doc.starts); n += by {
			text, _ := x.doc.line(n)
			l := readLine(text)
			if l.blank || l.indent > indent {
				continue
			}
			if l.indent < indent {
				break
			}
			out = append(out, l.name)
		}
	}
	return out
}

// yamlSlot is what can be written at the place of a file of YAML; nil where that is not known.
func (x *paramsPlace) yamlSlot() *slot {
	row := x.doc.row(x.at)
	text, begin := x.doc.line(row)
	before := text[:x.at-begin]
	l := readLine(before)
	path, ok := x.above(row, l.indent)
	if !ok || l.blank && strings.TrimSpace(before) != "" || !l.blank && l.name == "" || !strings.HasSuffix(before, l.word()) {
		return nil
	}
	out := &slot{path: path, from: x.at - len(l.word()), to: x.at, given: x.beside(row, l.indent)}
	if l.colon {
		out.name = l.name
	}
	colon := ": "
	if strings.HasPrefix(text[x.at-begin:], ":") {
		colon = ""
	}
	out.spell = func(name string, deep bool) string {
		if deep { // it goes on in the next line
			return name + strings.TrimSuffix(colon, " ")
		}
		return name + colon
	}
	return out
}

// values are what can be written at a place of the file: the names of choices, or a bool.
func (c *claim) values(path []string) []string {
	rest, ok := c.below(path)
	if !ok {
		return nil
	}
	if len(rest) == 0 {
		var out []string
		for _, e := range entries(c.f, c.block, "choices") {
			out = append(out, e.Name)
		}
		if out != nil {
			return out
		}
	}
	if t := c.typeAt(rest); t != nil && t.Kind == param.KindBool {
		return []string{"true", "false"}
	}
	return nil
}
