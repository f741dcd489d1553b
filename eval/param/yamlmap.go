package param

import (
	"github.com/dewar-build/dewar/eval/number"
	"go.yaml.in/yaml/v3"
)

// mapping reads names and values, and takes over what `<<` names.
func (y *yamlDecoder) mapping(n *yaml.Node, depth int) *Tree {
	off := y.offset(n)
	t := y.part(Mapping, "", off, off)
	t.Entries = make([]Entry, 0, len(n.Content)/2)
	var merged []*Tree
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind == yaml.ScalarNode && k.Tag == "!!merge" {
			merged = append(merged, y.merge(v, depth)...)
			continue
		}
		key := y.convert(k, depth+1)
		val := y.convert(v, depth+1)
		if key == nil || val == nil {
			continue
		}
		if !isName(key) {
			y.fail("E-params-syntax", key.Span, "The names in a params file are plain words or strings, not %s.", checker{}.describe(key))
			continue
		}
		y.add(t, y.named(keyName(key), key, val, y.all || k.Kind == yaml.AliasNode || k.Anchor != ""))
	}
	if len(merged) > 0 {
		t.Entries = append(inherited(t, merged), t.Entries...)
		t = t.indexed()
	}
	return y.tagged(n, t, "!!map")
}

// isName reports whether a name means the same to every reader.
func isName(key *Tree) bool {
	switch key.Shape {
	case Sequence, Mapping, Foreign:
		return false
	case Numeral:
		_, err := number.Parse(key.Text)
		return err == nil
	default:
		return true
	}
}

// keyName is what a name that was read as a scalar is called. One that is no
// string has the canonical text of its value: 017 and 17 are one name.
func keyName(key *Tree) string {
	switch key.Shape {
	case Null:
		return "null"
	case Numeral:
		return canonicalText(key.Text)
	default:
		return key.Text
	}
}

// merge returns the mappings that `<<` takes over.
func (y *yamlDecoder) merge(v *yaml.Node, depth int) []*Tree {
	t := y.convert(v, depth+1)
	if t == nil {
		return nil
	}
	from := []*Tree{t}
	if t.Shape == Sequence {
		from = t.Items
	}
	for _, m := range from {
		if m.Shape != Mapping {
			y.fail("E-params-syntax", m.Span, "<< takes over mappings: *name, or a list of them.")
			return nil
		}
	}
	return from
}

// inherited returns the entries of the merged mappings that t does not have
// itself; the first that has a name wins.
func inherited(t *Tree, merged []*Tree) []Entry {
	all := Tree{Shape: Mapping}
	for _, m := range merged {
		for _, e := range m.Entries {
			if t.entry(e.Name) == nil && all.entry(e.Name) == nil {
				all.push(e)
			}
		}
	}
	return all.Entries
}
