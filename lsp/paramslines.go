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

// completion lists the names that params look for at the place, or the values that one can
// have.
func (x *paramsPlace) completion() completionList {
	out := completionList{Items: []completionItem{}}
	row := x.doc.row(x.at)
	text, begin := x.doc.line(row)
	before := text[:x.at-begin]
	l := readLine(before)
	path, ok := x.above(row, l.indent)
	if !x.yaml() || !ok || l.blank && strings.TrimSpace(before) != "" || !l.blank && l.name == "" || !strings.HasSuffix(before, l.word()) {
		return out
	}
	at := x.doc.span(x.at-len(l.word()), x.at)
	given := x.beside(row, l.indent)
	add := func(name, detail string, kind int, text string) {
		if !slices.Contains(given, name) {
			given = append(given, name)
			out.Items = append(out.Items, completionItem{Label: name, Kind: kind, Detail: detail, Edit: &textEdit{at, text}})
		}
	}
	colon := ": "
	if strings.HasPrefix(text[x.at-begin:], ":") {
		colon = ""
	}
	for _, c := range x.s.claims(x.name) {
		rest, inside := c.below(path)
		switch {
		case l.colon:
			for _, v := range c.values(append(slices.Clip(path), l.name)) {
				add(v, "", itemValue, v)
			}
		case inside:
			if t := c.typeAt(rest); t != nil {
				for _, f := range t.Fields {
					add(f.Name, f.Type.String(), itemField, f.Name+colonOf(&f.Type, colon))
				}
			}
		case len(path) < len(c.at) && slices.Equal(c.at[:len(path)], path):
			detail, kind := "", itemField
			var t *param.Type
			if len(path) == len(c.at)-1 {
				detail, t = c.sc.paramType(c.block.Label)
				kind = itemVariable
			}
			name := c.at[len(path)]
			add(name, detail, kind, name+colonOf(t, colon))
		}
	}
	return out
}

// colonOf is what follows a name: what has names of its own goes on in the next line.
func colonOf(t *param.Type, colon string) string {
	if t == nil || len(t.Fields) > 0 {
		return strings.TrimSuffix(colon, " ")
	}
	return colon
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
