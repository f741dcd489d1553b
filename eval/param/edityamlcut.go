package param

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// firstYAML writes the first name of a file that has none.
func firstYAML(l layout, path []string, value *Tree) []cut {
	w := yamlSpeller{unit: l.unit}
	return []cut{l.appendLine(l.lines("", w.entry(w.text(path[0], 0), under(path[1:], value))))}
}

// insert adds a name to a mapping, after those it has.
func (y *yamlEditor) insert(m *yaml.Node, name string, t *Tree) []cut {
	w := yamlSpeller{unit: y.unit, flow: isFlow(m)}
	quote := byte(0)
	if n := len(m.Content); n > 1 {
		quote = quoteOf(m.Content[n-2])
	}
	if w.flow {
		w.quote = quote == '"'
		b := brackets{open: y.start(m), close: y.end(m) - 1, names: len(m.Content) / 2, comma: -1}
		if n := len(m.Content); n > 1 {
			b.name, b.end = y.offset(m.Content[n-2]), y.entryEnd(m.Content[n-2], m.Content[n-1])
			if c := y.skipSpace(b.end); c < len(y.text) && y.text[c] == ',' {
				b.comma = c
			}
		}
		return y.layout.insert(b, ", ", func(string) string { return w.text(name, quote) + ": " + w.inline(t, nil, 0) })
	}
	end := y.lineEnd(y.end(m))
	indent := strings.Repeat(" ", y.column(m))
	return []cut{{end, end, y.eol + y.layout.lines(indent, w.entry(w.text(name, quote), t))}}
}

// replace puts a new value where v stands. The value's own line keeps what else is
// on it.
func (y *yamlEditor) replace(m, k, v *yaml.Node, t *Tree) []cut {
	w := yamlSpeller{unit: y.unit, flow: isFlow(m)}
	old := y.tree(v)
	colon, ok := y.colon(k)
	if !ok { // {a}
		return []cut{{colon, colon, ": " + w.inline(t, nil, 0)}}
	}
	kept, all := y.kept(v, t)
	switch {
	case !w.flow && isBlock(v) && t.Shape == old.Shape && len(t.Items)+len(t.Entries) > 0:
		cuts := []cut{{y.start(v), y.end(v), y.layout.lines(strings.Repeat(" ", y.column(v)), w.lines(t, old))[y.column(v):]}}
		if !all {
			cuts = append(cuts, y.head(colon, v, kept))
		}
		return cuts
	case !w.flow && w.tall(t) && (!isFlow(v) || v.Kind == yaml.AliasNode):
		head, end := y.head(colon, v, kept), y.end(v)
		indent := strings.Repeat(" ", y.column(m)) + y.unit
		text := y.eol + y.layout.lines(indent, w.lines(t, old))
		if isBlock(v) {
			return []cut{head, {y.lineEnd(head.end), y.lineEnd(end), text}}
		}
		head.end = max(end, head.end)
		return []cut{head, {y.lineEnd(head.end), y.lineEnd(head.end), text}}
	case isBlock(v) && y.lineStart(y.start(v)) > colon:
		head := y.head(colon, v, kept)
		head.text += " " + w.inline(t, old, 0)
		return []cut{head, {y.lineEnd(head.end), y.lineEnd(y.end(v)), ""}}
	}
	text := w.inline(t, old, quoteOf(v))
	switch {
	case isNothing(v):
		head := y.head(colon, v, kept)
		head.text += " " + text
		return []cut{head}
	case all:
		return []cut{{y.start(v), y.end(v), text}}
	default:
		return []cut{{y.offset(v), y.end(v), strings.TrimLeft(kept+" ", " ") + text}}
	}
}

// head cuts what stands between a colon and the value, down to the properties
// that stay.
func (y *yamlEditor) head(colon int, v *yaml.Node, kept string) cut {
	end := colon
	if props := y.properties(v); len(props) > 0 && v.Kind != yaml.AliasNode {
		end = props[len(props)-1].end
	}
	if kept != "" {
		kept = " " + kept
	}
	return cut{colon, end, kept}
}

// quoteOf returns the quote that a scalar stands in; 0 for none.
func quoteOf(n *yaml.Node) byte {
	switch {
	case n.Kind != yaml.ScalarNode:
		return 0
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return '"'
	case n.Style&yaml.SingleQuotedStyle != 0:
		return '\''
	default:
		return 0
	}
}
