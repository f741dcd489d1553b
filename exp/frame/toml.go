package frame

import (
	"errors"
	"math/big"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// parseTOML reads TOML. The library's decoder checks the document; its parser
// then gives what stands in it in order.
func parseTOML(b []byte) (*Tree, *Error) {
	if len(b) > maxTOMLBytes {
		return nil, failf(0, "The file has %d bytes; of TOML at most %d are read.", len(b), maxTOMLBytes)
	}
	var ignored map[string]any
	if err := toml.Unmarshal(b, &ignored); err != nil {
		return nil, tomlError(err)
	}
	t := &tomlReader{text: b, root: &Tree{Shape: Mapping, Line: 1}, in: map[*Tree]*names{}, line: 1}
	t.p.Reset(b)
	table := t.root
	for t.p.NextExpression() {
		var err *Error
		switch e := t.p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			table, err = t.table(e)
		case unstable.KeyValue:
			err = t.keyValue(table, e, 0)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := t.p.Error(); err != nil {
		return nil, tomlError(err)
	}
	return t.root, nil
}

func tomlError(err error) *Error {
	line := 0
	var at *toml.DecodeError
	if errors.As(err, &at) {
		line, _ = at.Position()
	}
	return failf(line, "This is not TOML: %s.", strings.TrimPrefix(err.Error(), "toml: "))
}

// tomlReader builds the tree of a document that is known to be valid.
type tomlReader struct {
	p    unstable.Parser
	text []byte
	root *Tree
	in   map[*Tree]*names
	at   int // the offset whose line was found last
	line int
}

// of returns what knows the names of a mapping.
func (t *tomlReader) of(m *Tree) *names {
	if t.in[m] == nil {
		t.in[m] = newNames(m)
	}
	return t.in[m]
}

// lineOf returns the line of an offset; they come in order.
func (t *tomlReader) lineOf(r unstable.Range) int {
	off := int(r.Offset)
	if off > t.at && off <= len(t.text) {
		t.line += strings.Count(string(t.text[t.at:off]), "\n")
		t.at = off
	}
	return t.line
}

// table returns the mapping that a header opens; of an array of tables, a new
// last element.
func (t *tomlReader) table(e *unstable.Node) (*Tree, *Error) {
	at, depth := t.root, 0
	for it := e.Key(); it.Next(); depth++ {
		element := e.Kind == unstable.ArrayTable && it.IsLast()
		at = t.enter(at, string(it.Node().Data), t.lineOf(it.Node().Raw), element)
		if at == nil || depth > maxDepth {
			return nil, t.refuse()
		}
	}
	return at, nil
}

func (t *tomlReader) refuse() *Error {
	return failf(t.line, "The file is nested more than %d levels deep, or a table in it is no table.", maxDepth)
}

// enter goes down to the mapping of a name, making it if need be.
func (t *tomlReader) enter(at *Tree, name string, line int, element bool) *Tree {
	v := t.of(at).find(name)
	if v == nil {
		v = &Tree{Shape: Mapping, Line: line}
		if element {
			v.Shape = List
		}
		t.of(at).add(name, v)
	}
	if v.Shape == List && element {
		v.Items = append(v.Items, &Tree{Shape: Mapping, Line: line})
	}
	if v.Shape == List && len(v.Items) > 0 {
		v = v.Items[len(v.Items)-1]
	}
	if v.Shape != Mapping {
		return nil
	}
	return v
}

func (t *tomlReader) keyValue(at *Tree, e *unstable.Node, depth int) *Error {
	for it := e.Key(); it.Next(); depth++ {
		name, line := string(it.Node().Data), t.lineOf(it.Node().Raw)
		if !it.IsLast() {
			if at = t.enter(at, name, line, false); at == nil || depth > maxDepth {
				return t.refuse()
			}
			continue
		}
		item, err := t.value(e.Value(), line, depth+1)
		if err != nil {
			return err
		}
		t.of(at).add(name, item)
	}
	return nil
}

// value reads a value; line is that of its name.
func (t *tomlReader) value(n *unstable.Node, line, depth int) (*Tree, *Error) {
	if depth > maxDepth {
		return nil, t.refuse()
	}
	out := &Tree{Line: line}
	switch n.Kind {
	case unstable.Array:
		out.Shape = List
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.Comment {
				continue
			}
			item, err := t.value(it.Node(), line, depth+1)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, item)
		}
	case unstable.InlineTable:
		out.Shape = Mapping
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				if err := t.keyValue(out, it.Node(), depth+1); err != nil {
					return nil, err
				}
			}
		}
	default:
		out.Value = t.scalar(n)
	}
	return out, nil
}

func (t *tomlReader) scalar(n *unstable.Node) Value {
	switch n.Kind {
	case unstable.Bool:
		return Boolean(string(n.Data) == "true")
	case unstable.Integer, unstable.Float:
		return tomlNumber(string(n.Data))
	default: // a text, or a date as it is written
		return Str(string(n.Data))
	}
}

// tomlNumber reads a number as TOML spells it.
func tomlNumber(raw string) Value {
	s := strings.ReplaceAll(raw, "_", "")
	if len(s) > 2 && s[0] == '0' && strings.IndexByte("xob", s[1]) >= 0 {
		if i, ok := new(big.Int).SetString(s, 0); ok {
			s = i.String()
		}
	}
	return cell(s)
}
