package param

import (
	"github.com/dewar-build/dewar/diag"
)

// Resolved writes all params as one params file, in the format of the path's ending: given with
// --params in place of everything that it was made of, it gives every param the
// value that it has here. What is absent is left out. Sensitive params are left out too, and
// named. Nothing in the params may be unknown or broken. (A part of type any that a layer made a
// text and a higher one an object again is the exception: below it stands an object still.)
func (p *Params) Resolved(path string) (text []byte, withheld []string, diags diag.List) {
	root := &Tree{Shape: Mapping}
	for i := range p.List {
		b := &p.List[i]
		if b.Sensitive {
			withheld = append(withheld, b.Name)
			continue
		}
		t, err := treeOf(b.Value, func(*Tree) {})
		if err != nil {
			panic("param.Resolved: " + err.Error()) // bound numbers have been read by number.Parse
		}
		t = present(b.Type, t)
		floats(b.Type, t)
		if b.Choice != nil {
			choice := Entry{Name: chooser, Value: &Tree{Shape: String, Text: b.Choice.Text}}
			t.Entries = append([]Entry{choice}, t.Entries...)
		}
		if t.Shape != Null {
			root.Entries = append(root.Entries, Entry{Name: b.Name, Value: t})
		}
	}
	fm, ok := formatOf(path)
	if !ok {
		panic("param.Resolved: " + path)
	}
	text, diags = write(fm, root)
	return text, withheld, diags
}

// present returns t in the order of its type, without what is absent.
func present(ty Type, t *Tree) *Tree {
	out := *t
	switch {
	case ty.Kind == KindObject && t.Shape == Mapping:
		out.Entries = nil
		for _, f := range ty.Fields {
			if v := t.Get(f.Name); v != nil && v.Shape != Null {
				out.Entries = append(out.Entries, Entry{Name: f.Name, Value: present(f.Type, v)})
			}
		}
	case ty.Elem != nil || ty.Kind == KindTuple:
		elem := func(i int) Type {
			if ty.Kind == KindTuple {
				return ty.Elems[i]
			}
			return *ty.Elem
		}
		out.Items, out.Entries = make([]*Tree, len(t.Items)), make([]Entry, len(t.Entries))
		for i, item := range t.Items {
			out.Items[i] = present(elem(i), item)
		}
		for i, e := range t.Entries {
			e.Value = present(elem(i), e.Value)
			out.Entries[i] = e
		}
	}
	return &out
}
