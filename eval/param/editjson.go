package param

import (
	"bytes"
	"strings"
)

// editJSON returns the cuts that put value at path.
func (f *File) editJSON(path []string, value *Tree) (cuts []cut, why string) {
	e := jsonEditor{f.layout()}
	at := e.scan(e.space(0))
	e.unit = e.unitOf(at)
	around := at
	for i, name := range path {
		if at.kind != '{' {
			return nil, "It has no place in the file."
		}
		child := at.get(f.Root.at(path[:i]), name)
		if child == nil {
			return e.add(at, around, name, under(path[i+1:], value)), ""
		}
		if i == len(path)-1 || child.kind == 'n' {
			indent, _ := e.indent(child.name)
			w := jsonWriter{e.layout, e.colon(at), e.wide(child, at)}
			return []cut{{child.start, child.end, w.write(under(path[i+1:], value), indent)}}, ""
		}
		at, around = child, at
	}
	return nil, "It has no place in the file."
}

type jsonEditor struct{ layout }

// jsonPlace is where a value stands.
type jsonPlace struct {
	kind           byte // its first character, or n for null
	start, end     int
	name, afterKey int          // of the name before it, if it has one
	parts          []*jsonPlace // of an object or array, in order
}

// get returns the place of a name; t is the tree of the object, with its names in
// the same order.
func (p *jsonPlace) get(t *Tree, name string) *jsonPlace {
	found := t.entry(name)
	for i := range p.parts {
		if i < len(t.Entries) && found == &t.Entries[i] {
			return p.parts[i]
		}
	}
	return nil
}

// scan reads the value at off. The text is known to be JSON.
func (e jsonEditor) scan(off int) *jsonPlace {
	p := &jsonPlace{kind: e.at(off), start: off}
	switch p.kind {
	case '{', '[':
		p.end = e.parts(p)
	case '"':
		p.end = off + quotedEnd(e.text[off:], '"')
	default:
		for p.end = off; p.end < len(e.text) && strings.IndexByte(" \t\r\n,:]}", e.text[p.end]) < 0; {
			p.end++
		}
	}
	return p
}

// parts reads what is in an object or array, and returns where that ends.
func (e jsonEditor) parts(p *jsonPlace) int {
	off := e.space(p.start + 1)
	for off < len(e.text) && e.text[off] != ']' && e.text[off] != '}' {
		name, afterKey := off, off
		if p.kind == '{' {
			afterKey = off + quotedEnd(e.text[off:], '"')
			off = e.space(e.space(afterKey) + 1)
		}
		part := e.scan(off)
		if part.end <= off {
			return len(e.text) // not JSON after all
		}
		part.name, part.afterKey = name, afterKey
		p.parts = append(p.parts, part)
		if off = e.space(part.end); e.at(off) == ',' {
			off = e.space(off + 1)
		}
	}
	return min(off+1, len(e.text))
}

func (e jsonEditor) at(off int) byte {
	if off < len(e.text) {
		return e.text[off]
	}
	return 0
}

func (e jsonEditor) space(off int) int {
	for off < len(e.text) && strings.IndexByte(" \t\r\n", e.text[off]) >= 0 {
		off++
	}
	return off
}

// unitOf is how far the first name stands from the edge.
func (e jsonEditor) unitOf(root *jsonPlace) string {
	if len(root.parts) > 0 {
		if space, first := e.indent(root.parts[0].name); first && space != "" && e.broken(root) {
			outer, _ := e.indent(root.start)
			if unit := strings.TrimPrefix(space, outer); unit != "" {
				return unit
			}
		}
	}
	return e.unit
}

// broken reports whether a value is written over several lines.
func (e jsonEditor) broken(p *jsonPlace) bool {
	return bytes.IndexByte(e.text[p.start:p.end], '\n') >= 0
}

// wide says of the parts of a new value in the place of old whether each has a
// line of its own: as in the old one, or else, for objects, as around it.
func (e jsonEditor) wide(old, around *jsonPlace) func(*Tree) bool {
	return func(t *Tree) bool {
		switch {
		case old != nil && old.kind == '[' || old != nil && old.kind == '{' && t.Shape == Mapping:
			return e.broken(old)
		case t.Shape == Sequence && scalars(t):
			return false
		default:
			return e.broken(around)
		}
	}
}

// colon is what stands between the names and values of an object.
func (e jsonEditor) colon(p *jsonPlace) string {
	if n := len(p.parts); n > 0 && p.kind == '{' {
		if s := string(e.text[p.parts[n-1].afterKey:p.parts[n-1].start]); !strings.ContainsAny(s, "\r\n") {
			return s
		}
	}
	return ": "
}

// add puts a new name at the end of an object; around is what that stands in.
func (e jsonEditor) add(p, around *jsonPlace, name string, value *Tree) []cut {
	w := jsonWriter{e.layout, e.colon(p), e.wide(nil, p)}
	if len(p.parts) == 0 {
		w.colon = e.colon(around)
		w.wide = func(t *Tree) bool { return t.Shape == Mapping && (p == around || e.broken(around)) }
		indent, _ := e.indent(p.start)
		return []cut{{p.start, p.end, w.write(under([]string{name}, value), indent)}}
	}
	last, sep := p.parts[len(p.parts)-1], ", "
	if w.colon == ":" {
		sep = ","
	}
	b := brackets{open: p.start, close: p.end - 1, names: len(p.parts), name: last.name, end: last.end, comma: -1}
	return e.insert(b, sep, func(indent string) string { return jsonQuote(name) + w.colon + w.write(value, indent) })
}

// jsonWriter spells new values.
type jsonWriter struct {
	layout
	colon string           // between name and value
	wide  func(*Tree) bool // whether the parts of a value have lines of their own
}

// write spells a value that begins on a line with the given indentation.
func (w jsonWriter) write(t *Tree, indent string) string {
	open, end, inner := "[", "]", indent
	if w.wide(t) {
		inner += w.unit
	}
	var parts []string
	switch {
	case t.Shape == Mapping && len(t.Entries) > 0:
		open, end = "{", "}"
		for _, e := range t.Entries {
			parts = append(parts, jsonQuote(e.Name)+w.colon+w.write(e.Value, inner))
		}
	case t.Shape == Sequence && len(t.Items) > 0:
		for _, item := range t.Items {
			parts = append(parts, w.write(item, inner))
		}
	default:
		return spellJSON(t)
	}
	switch {
	case w.wide(t):
		return open + w.eol + inner + strings.Join(parts, ","+w.eol+inner) + w.eol + indent + end
	case w.colon == ":":
		return open + strings.Join(parts, ",") + end
	default:
		return open + strings.Join(parts, ", ") + end
	}
}

// scalars reports whether nothing in t has parts of its own.
func scalars(t *Tree) bool {
	for _, item := range t.Items {
		if len(item.Items)+len(item.Entries) > 0 {
			return false
		}
	}
	return true
}
