package param

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar/eval/number"
	"golang.org/x/text/unicode/norm"
)

// editValue reads the new value; why says what is wrong with it.
func editValue(e Edit) (value *Tree, why string) {
	if len(e.Path) == 0 {
		return nil, "An edit names what it changes, not the whole file."
	}
	src := Source{Path: "value.json", Bytes: []byte(e.JSON)}
	d := newDecoder(src)
	if d.readable(src) {
		value = d.json()
	}
	if d.diags.HasErrors() || value == nil {
		return nil, "The new value is not JSON."
	}
	if !finite(value) {
		return nil, "The new value has a number that is out of range."
	}
	return unsourced(value), ""
}

// finite reports whether every number in t has a canonical text.
func finite(t *Tree) bool {
	if t.Shape == Numeral {
		_, err := number.Parse(t.Text)
		return err == nil
	}
	return !slices.ContainsFunc(t.Items, func(t *Tree) bool { return !finite(t) }) &&
		!slices.ContainsFunc(t.Entries, func(e Entry) bool { return !finite(e.Value) })
}

// unsourced is t without what its source was.
func unsourced(t *Tree) *Tree {
	out := &Tree{Shape: t.Shape, Text: t.Text, Layer: OwnFile}
	for _, item := range t.Items {
		out.Items = append(out.Items, unsourced(item))
	}
	for _, e := range t.Entries {
		out.Entries = append(out.Entries, Entry{Name: e.Name, Value: unsourced(e.Value)})
	}
	return out
}

// change is a part of an edit that is made at one place.
type change struct {
	path  []string
	value *Tree
}

// then is what stood at the place when the value was used; nil if nobody knows.
func (e Edit) then() *Tree {
	if e.Like == nil {
		return nil
	}
	return e.Like.Root.at(e.Path)
}

// changes returns what is to be changed for value to stand in the place of old,
// spelled as then, if that is known.
func changes(old, then *Tree, path []string, value *Tree) []change {
	switch {
	case old != nil && sameTree(old, value):
		return nil
	case covers(value, old):
		var out []change
		for _, e := range value.Entries {
			out = append(out, changes(old.Get(e.Name), then.Get(e.Name), append(clone(path), e.Name), e.Value)...)
		}
		return out
	case then != nil && sameTree(then, value):
		return []change{{path, then}}
	case then != nil:
		return []change{{path, alike(value, then)}}
	default:
		return []change{{path, alike(value, old)}}
	}
}

// alike spells the numbers of a new value as those of the old are: where a float
// stood, readers who care get one again.
func alike(t, old *Tree) *Tree {
	out := *t
	out.Items, out.Entries = slices.Clone(t.Items), slices.Clone(t.Entries)
	for i := range out.Items {
		out.Items[i] = alike(t.Items[i], itemOf(old, i))
	}
	for i := range out.Entries {
		out.Entries[i].Value = alike(t.Entries[i].Value, old.Get(t.Entries[i].Name))
	}
	if t.Shape != Numeral {
		return &out
	}
	out.Text = canonicalText(t.Text)
	if isFloat(out.Text) || isFloat(t.Text) || old != nil && old.Shape == Numeral && isFloat(old.Text) {
		out.Text = floatText(out.Text)
	}
	return &out
}

// itemOf returns what stood where a new item is to stand; a longer list goes on
// as it ended.
func itemOf(old *Tree, i int) *Tree {
	if old == nil || old.Shape != Sequence || len(old.Items) == 0 {
		return nil
	}
	return old.Items[min(i, len(old.Items)-1)]
}

// covers reports whether value is a mapping with all the names that old has.
func covers(value, old *Tree) bool {
	if old == nil || old.Shape != Mapping || value.Shape != Mapping || len(old.Entries) == 0 {
		return false
	}
	for _, e := range old.Entries {
		if value.Get(e.Name) == nil {
			return false
		}
	}
	return true
}

// put returns t with value at path, its mappings made where nothing stands.
func put(t *Tree, path []string, depth int, value *Tree) (out *Tree, why string) {
	if depth == len(path) {
		return value, ""
	}
	if t == nil || t.Shape == Null {
		t = &Tree{Shape: Mapping, Layer: OwnFile}
	}
	if t.Shape != Mapping {
		return nil, dotted(path[:depth]) + " is no mapping, so nothing in it has a name."
	}
	child, why := put(t.Get(path[depth]), path, depth+1, value)
	if why != "" {
		return nil, why
	}
	made := *t
	made.Entries = slices.Clone(t.Entries)
	if e := made.entry(path[depth]); e != nil {
		e.Value = child
	} else {
		made.Entries = append(made.Entries, Entry{Name: path[depth], Value: child})
	}
	return &made, ""
}

// under returns a mapping that has value at path.
func under(path []string, value *Tree) *Tree {
	for _, name := range slices.Backward(path) {
		value = &Tree{Shape: Mapping, Layer: OwnFile, Entries: []Entry{{Name: name, Value: value}}}
	}
	return value
}

// sameTree reports whether two trees mean the same: numbers by value, names in any
// order. Nothing is said of what no param can be, but that it is the same text.
func sameTree(a, b *Tree) bool {
	if a.Shape != b.Shape || len(a.Items) != len(b.Items) || len(a.Entries) != len(b.Entries) {
		return false
	}
	for i := range a.Items {
		if !sameTree(a.Items[i], b.Items[i]) {
			return false
		}
	}
	others := make(map[string]*Tree, len(b.Entries))
	for _, e := range b.Entries {
		others[norm.NFC.String(e.Name)] = e.Value
	}
	for _, e := range a.Entries {
		other := others[norm.NFC.String(e.Name)]
		if other == nil || !sameTree(e.Value, other) {
			return false
		}
	}
	if a.Shape == Numeral && a.Text != b.Text {
		return canonicalText(a.Text) == canonicalText(b.Text)
	}
	return a.Text == b.Text
}

func compactText(t *Tree) string {
	var b strings.Builder
	jsonCompact(&b, t)
	return b.String()
}
