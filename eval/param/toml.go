package param

import (
	"bytes"
	"errors"
	"math/big"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// toml decodes the source as TOML. The library's decoder checks the document (tables
// defined twice, and so on); its parser then gives the text of every value.
func (d *decoder) toml() *Tree {
	var ignored map[string]any
	if err := toml.Unmarshal(d.text, &ignored); err != nil {
		d.tomlError(err)
		return nil
	}
	root := d.part(Mapping, "", 0, 0)
	t := &tomlDecoder{decoder: d, root: root}
	t.p.Reset(d.text)
	table := root
	for t.p.NextExpression() {
		switch e := t.p.Expression(); e.Kind {
		case unstable.Table:
			table = t.table(e, false)
		case unstable.ArrayTable:
			table = t.table(e, true)
		case unstable.KeyValue:
			t.keyValue(table, e, 0)
		}
		if d.diags.HasErrors() {
			return nil
		}
	}
	if err := t.p.Error(); err != nil {
		d.tomlError(err)
		return nil
	}
	return root
}

func (d *decoder) tomlError(err error) {
	var de *toml.DecodeError
	span := diag.Span{File: d.file}
	if errors.As(err, &de) {
		row, col := de.Position()
		at := min(d.lineStart(row)+col-1, len(d.text))
		span = d.span(at, at)
	}
	code, msg := "E-params-syntax", strings.TrimPrefix(err.Error(), "toml: ")
	if strings.Contains(msg, "already") {
		code = "E-params-duplicate"
	}
	d.fail(code, span, "This is not TOML: %s.", msg)
}

// tomlDecoder builds the tree of a document that is known to be valid.
type tomlDecoder struct {
	*decoder
	p    unstable.Parser
	root *Tree
}

// bounds returns where a slice of the source stands in it.
func (t *tomlDecoder) bounds(r unstable.Range) (start, end int) {
	return int(r.Offset), int(r.Offset) + int(r.Length)
}

// key reads one part of a dotted name.
func (t *tomlDecoder) key(n *unstable.Node) *Tree {
	start, end := t.bounds(n.Raw)
	k := t.part(String, string(n.Data), start, end)
	k.raw = string(t.text[start:end])
	return k
}

// table returns the mapping that a header opens. Of an array of tables a new
// last element is opened.
func (t *tomlDecoder) table(e *unstable.Node, array bool) *Tree {
	at := t.root
	for it := e.Key(); it.Next(); {
		k := t.key(it.Node())
		at = t.enter(at, k, array && it.IsLast())
		if at == nil {
			return nil
		}
	}
	return at
}

// enter goes down to the mapping called k, making it if need be.
func (t *tomlDecoder) enter(at *Tree, k *Tree, element bool) *Tree {
	start := k.Span.Start.Byte
	e := at.entry(k.Text)
	if e != nil && e.Name != k.Text {
		t.add(at, Entry{Name: k.Text, Span: k.Span}, map[string]diag.Span{e.Name: e.Span, k.Text: e.Span})
		return nil
	}
	if e == nil {
		shape := Mapping
		if element {
			shape = Sequence
		}
		at.Entries = append(at.Entries, Entry{Name: k.Text, Span: k.Span, key: k, Value: t.part(shape, "", start, start)})
		e = &at.Entries[len(at.Entries)-1]
	}
	v := e.Value
	if v.Shape != Sequence {
		return v
	}
	if element {
		v.Items = append(v.Items, t.part(Mapping, "", start, start))
	}
	if len(v.Items) == 0 {
		return nil
	}
	return v.Items[len(v.Items)-1]
}

func (t *tomlDecoder) keyValue(at *Tree, e *unstable.Node, depth int) {
	for it := e.Key(); it.Next(); {
		k := t.key(it.Node())
		if !it.IsLast() {
			if at = t.enter(at, k, false); at == nil {
				return
			}
			continue
		}
		seen := map[string]diag.Span{}
		if old := at.entry(k.Text); old != nil {
			t.add(at, Entry{Name: k.Text, Span: k.Span}, map[string]diag.Span{k.Text: old.Span, old.Name: old.Span})
			return
		}
		start, _ := t.bounds(e.Raw)
		if v := t.value(e.Value(), start, depth); v != nil {
			t.add(at, Entry{Name: k.Text, Span: k.Span, Value: v, key: k}, seen)
		}
	}
}

// value reads a value; where is the place of a collection, which has none itself.
func (t *tomlDecoder) value(n *unstable.Node, where, depth int) *Tree {
	if depth > maxDepth {
		t.fail("E-params-syntax", t.span(where, where), "The file is nested more than %d levels deep.", maxDepth)
		return nil
	}
	switch n.Kind {
	case unstable.Array:
		a := t.part(Sequence, "", where, where)
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.Comment {
				continue
			}
			if v := t.value(it.Node(), where, depth+1); v != nil {
				a.Items = append(a.Items, v)
			}
		}
		return a
	case unstable.InlineTable:
		m := t.part(Mapping, "", where, where)
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				t.keyValue(m, it.Node(), depth+1)
			}
		}
		return m
	default:
		return t.scalar(n)
	}
}

func (t *tomlDecoder) scalar(n *unstable.Node) *Tree {
	r := n.Raw
	if r.Length == 0 {
		r = t.p.Range(n.Data)
	}
	start, end := t.bounds(r)
	s := t.part(String, string(n.Data), start, end)
	raw := t.text[start:end]
	if !bytes.ContainsAny(raw, "\r\n") {
		s.raw = string(raw)
	}
	switch n.Kind {
	case unstable.Bool:
		s.Shape, s.Text = Boolean, string(raw)
	case unstable.Integer, unstable.Float:
		s.Shape, s.Text = Numeral, tomlNumber(string(raw))
	case unstable.LocalDate, unstable.LocalTime, unstable.LocalDateTime, unstable.DateTime:
		s.Shape, s.Text = Foreign, "the date or time "+string(raw)
	}
	return s
}

// tomlNumber spells a number of TOML in the common way.
func tomlNumber(raw string) string {
	s := strings.ReplaceAll(raw, "_", "")
	switch strings.TrimPrefix(s, "+") {
	case "inf":
		return ".inf"
	case "-inf":
		return "-.inf"
	case "nan", "-nan":
		return ".nan"
	}
	if len(s) > 2 && s[0] == '0' && strings.IndexByte("xob", s[1]) >= 0 {
		if i, ok := new(big.Int).SetString(s, 0); ok {
			return i.String()
		}
	}
	return s
}
