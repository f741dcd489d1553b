package param

import (
	"bytes"
	"errors"
	"math/big"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
	"golang.org/x/text/unicode/norm"
)

// toml decodes the source as TOML. The library's decoder checks the document (tables
// defined twice, and so on); its parser then gives the text of every value.
func (d *decoder) toml() *Tree {
	if !soundTOML(d.text) {
		var ignored map[string]any
		if err := toml.Unmarshal(d.text, &ignored); err != nil {
			d.tomlError(err)
			return nil
		}
	}
	root := d.part(Mapping, "", 0, 0)
	t := &tomlDecoder{decoder: d, root: &tomlTable{Tree: root}}
	t.p.Reset(d.text)
	table := t.root
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
	root *tomlTable
}

// tomlTable is a mapping while it is read, with its names by their normal form:
// headers come back to it, and each asks for one of them.
type tomlTable struct {
	*Tree
	at    map[string]int        // the place of a name in Entries
	below map[string]*tomlTable // the mapping that it leads to; of a list, the last element
}

// named returns the entry that has a name already.
func (t *tomlTable) named(normal string) *Entry {
	if i, ok := t.at[normal]; ok {
		return &t.Entries[i]
	}
	return nil
}

func (t *tomlTable) put(normal string, e Entry) {
	if t.at == nil {
		t.at = map[string]int{}
	}
	t.at[normal] = len(t.Entries)
	t.Entries = append(t.Entries, e)
}

func (t *tomlTable) lead(normal string, below *tomlTable) {
	if t.below == nil {
		t.below = map[string]*tomlTable{}
	}
	t.below[normal] = below
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
func (t *tomlDecoder) table(e *unstable.Node, array bool) *tomlTable {
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
func (t *tomlDecoder) enter(at *tomlTable, k *Tree, element bool) *tomlTable {
	start, normal := t.places.byteOf(k.Span.Start), norm.NFC.String(k.Text)
	e := at.named(normal)
	if e != nil && e.Name != k.Text {
		t.twice(k, e)
		return nil
	}
	if e == nil {
		shape := Mapping
		if element {
			shape = Sequence
		}
		made := t.part(shape, "", start, start)
		at.put(normal, Entry{Name: k.Text, Span: k.Span, key: k, Value: made})
		if !element {
			at.lead(normal, &tomlTable{Tree: made})
		}
		e = at.named(normal)
	}
	if element {
		made := t.part(Mapping, "", start, start)
		e.Value.Items = append(e.Value.Items, made)
		at.lead(normal, &tomlTable{Tree: made})
	}
	return at.below[normal]
}

// twice reports a name that is there already, spelled with other characters.
func (t *tomlDecoder) twice(k *Tree, first *Entry) {
	t.add(&Tree{}, Entry{Name: k.Text, Span: k.Span}, map[string]diag.Span{norm.NFC.String(k.Text): first.Span})
}

func (t *tomlDecoder) keyValue(at *tomlTable, e *unstable.Node, depth int) {
	for it := e.Key(); it.Next(); {
		k := t.key(it.Node())
		if !it.IsLast() {
			if at = t.enter(at, k, false); at == nil {
				return
			}
			continue
		}
		normal := norm.NFC.String(k.Text)
		if old := at.named(normal); old != nil {
			t.twice(k, old)
			return
		}
		start, _ := t.bounds(e.Raw)
		if v := t.value(e.Value(), start, depth); v != nil {
			at.put(normal, Entry{Name: k.Text, Span: k.Span, Value: v, key: k})
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
		m := &tomlTable{Tree: t.part(Mapping, "", where, where)}
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				t.keyValue(m, it.Node(), depth+1)
			}
		}
		return m.Tree
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
