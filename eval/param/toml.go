package param

import (
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
	if !d.soundTOML() {
		if d.diags.HasErrors() {
			return nil
		}
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

// tomlTable is a mapping while it is read: headers come back to it, and each asks for one
// of its names, which are in their normal form here.
type tomlTable struct {
	*Tree
	below map[string]*tomlTable // the mapping that a name leads to; of a list, the last element
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
	k := t.part(String, "", start, end)
	k.raw = t.source[start:end]
	k.Text = t.partOf(k.raw, n.Data)
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
	start, name := t.places.byteOf(k.Span.Start), k.Text
	normal := norm.NFC.String(name)
	e := at.entry(name)
	switch {
	case e != nil && e.Name != name:
		t.twice(k, e)
		return nil
	case e != nil:
		t.spare = k
	default:
		shape := Mapping
		if element {
			shape = Sequence
		}
		made := t.part(shape, "", start, start)
		at.push(t.named(name, k, made, false))
		if !element {
			at.lead(normal, &tomlTable{Tree: made})
		}
		e = at.entry(name)
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
	t.decoder.twice(Entry{Name: k.Text, Span: k.Span}, first.Span)
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
		if old := at.entry(k.Text); old != nil {
			t.twice(k, old)
			return
		}
		start, _ := t.bounds(e.Raw)
		if v := t.value(e.Value(), start, depth); v != nil {
			at.push(t.named(k.Text, k, v, false))
		}
	}
}

// value reads a value; where is the place of a collection, which has none itself.
func (t *tomlDecoder) value(n *unstable.Node, where, depth int) *Tree {
	if depth > maxDepth {
		t.fail("E-params-syntax", t.span(where, where), nestedTooDeep, maxDepth)
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
	s := t.part(String, "", start, end)
	raw := t.source[start:end]
	if s.Text = t.partOf(raw, n.Data); !strings.ContainsAny(raw, "\r\n") {
		s.raw = raw
	}
	switch n.Kind {
	case unstable.Bool:
		s.Shape, s.Text = Boolean, raw
	case unstable.Integer, unstable.Float:
		s.Shape, s.Text = Numeral, tomlNumber(raw)
	case unstable.LocalDate, unstable.LocalTime, unstable.LocalDateTime, unstable.DateTime:
		s.Shape, s.Text = Foreign, "the date or time "+raw
	}
	return s
}

// partOf returns data as the part of the source that it is taken from, inside its quotes, if it
// stands there as it is: then nothing is copied.
func (t *tomlDecoder) partOf(raw string, data []byte) string {
	for _, s := range []string{raw, inQuotes(raw)} {
		if s == string(data) {
			return s
		}
	}
	return string(data)
}

func inQuotes(raw string) string {
	if len(raw) < 2 || raw[0] != '"' && raw[0] != '\'' {
		return raw
	}
	return raw[1 : len(raw)-1]
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
