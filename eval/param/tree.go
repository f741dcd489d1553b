package param

import (
	"strings"

	"github.com/dewar-build/dewar/diag"
	"golang.org/x/text/unicode/norm"
)

// Shape is what a part of a params file is, before any declaration is asked.
type Shape uint8

// The shapes.
const (
	Null     Shape = iota // null, ~, or nothing
	Boolean               // Text is "true" or "false"
	Numeral               // Text is a decimal number with the digits of the source, or ".inf", ".nan"
	String                // Text is the value
	Foreign               // what no param can be: a date of TOML, a tagged value of YAML; Text names it
	Sequence              // Items
	Mapping               // Entries
)

// Tree is a params file, or a part of it, without its layout. Trees are not
// changed once made: aliases of YAML and layers share their parts.
type Tree struct {
	Shape   Shape
	Text    string
	Items   []*Tree
	Entries []Entry   // in source order, names distinct
	Span    diag.Span // of the scalar's text, or of the start of a collection
	Layer   Layer
	Origin  string // for people, "-p train.C"; "": its Span says

	raw   string     // a scalar as its source spells it, on one line; "" if it must be spelled anew
	index *nameIndex // of Entries, where they are many
}

// Entry is one name of a mapping.
type Entry struct {
	Name  string
	Span  diag.Span // of the name
	Value *Tree

	raw string // a name that is a string, as the source spells it; "" if there is no source, or key has it
	key *Tree  // any other name of the source as a scalar
}

// scalar returns the name as a scalar of the source; nil if there is no source.
func (e *Entry) scalar() *Tree {
	if e.key != nil || e.raw == "" {
		return e.key
	}
	return &Tree{Shape: String, Text: e.Name, Span: e.Span, Layer: OwnFile, raw: e.raw}
}

// origin says for people where a part is from: "params.yaml:3".
func (t *Tree) origin() string {
	if t.Origin != "" || t.Span.IsZero() {
		return t.Origin
	}
	return originAt(t.Span)
}

// Get returns the entry called name, or nil. Names are equal if they are after
// normalisation to NFC, as cty will have them.
func (t *Tree) Get(name string) *Tree {
	if e := t.entry(name); e != nil {
		return e.Value
	}
	return nil
}

func (t *Tree) entry(name string) *Entry {
	if t == nil || t.Shape != Mapping {
		return nil
	}
	if len(t.Entries) >= manyNames && t.index.of(t.Entries) {
		if i, ok := t.index.at[norm.NFC.String(name)]; ok {
			return &t.Entries[i]
		}
		return nil
	}
	for i := range t.Entries {
		if t.Entries[i].Name == name {
			return &t.Entries[i]
		}
	}
	for i := range t.Entries {
		if sameName(t.Entries[i].Name, name) {
			return &t.Entries[i]
		}
	}
	return nil
}

// at follows path down through mappings; nil if it leads nowhere.
func (t *Tree) at(path []string) *Tree {
	for _, name := range path {
		if t = t.Get(name); t == nil {
			return nil
		}
	}
	return t
}

// names lists the names of a mapping in source order.
func (t *Tree) names() []string {
	out := make([]string, len(t.Entries))
	for i, e := range t.Entries {
		out[i] = e.Name
	}
	return out
}

// isFloat reports whether the text of a numeral is spelled as a float.
func isFloat(text string) bool { return strings.ContainsAny(text, ".eE") }

// overlay puts high over low: mappings are merged name by name, anything else is
// replaced whole, and null leaves what is below. Either may be nil.
func overlay(low, high *Tree) *Tree {
	switch {
	case high == nil:
		return low
	case low == nil || low == high:
		return high
	case high.Shape == Null:
		return low
	case low.Shape != Mapping || high.Shape != Mapping:
		return high
	}
	low, high = low.indexed(), high.indexed()
	out := *high
	out.Entries = make([]Entry, 0, len(low.Entries)+len(high.Entries))
	for _, e := range low.Entries {
		if h := high.entry(e.Name); h != nil {
			e.Value = overlay(e.Value, h.Value)
		}
		out.Entries = append(out.Entries, e)
	}
	for _, e := range high.Entries {
		if low.entry(e.Name) == nil {
			out.Entries = append(out.Entries, e)
		}
	}
	return out.indexed()
}
