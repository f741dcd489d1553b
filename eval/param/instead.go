package param

import "github.com/dewar-build/dewar/diag"

// Instead is what a leaf is to be, whatever gives it a value: a param as it was.
type Instead struct {
	Name string // "train.C"
	JSON string // of the value; "": it is absent
}

// instead gives d's leaves the values that are asked for. t is what its layers gave it.
func (b *binding) instead(d *decl, t *Tree) *Tree {
	changed, edits := false, placer{}
	for _, x := range b.opts.Instead {
		path, ok := splitName(x.Name)
		if !ok || path[0] != d.name || d.broken {
			continue
		}
		v, diags := x.tree()
		if b.diags = append(b.diags, diags...); diags.HasErrors() {
			d.broken = true
			continue
		}
		t, changed = edits.put(t, path[1:], v), true
	}
	if changed && t != nil {
		b.check(d, t) // it may be of a time when the type was another
	}
	return t
}

// tree returns the value, nil if there is none.
func (x Instead) tree() (*Tree, diag.List) {
	if x.JSON == "" {
		return nil, nil
	}
	f, diags := Decode(Source{Path: "<" + x.Name + ">.json", Bytes: []byte(`{"value":` + x.JSON + `}`)})
	if diags.HasErrors() {
		return nil, diags
	}
	return f.Root.Get("value"), nil
}

// put returns t with v at path; nil takes away what is there.
func (p placer) put(t *Tree, path []string, v *Tree) *Tree {
	if len(path) == 0 {
		return v
	}
	if v == nil && t.entry(path[0]) == nil {
		return t
	}
	out := p.own(t)
	switch e := out.entry(path[0]); {
	case e == nil:
		out.push(Entry{Name: path[0], Value: p.put(nil, path[1:], v)})
	case v == nil && len(path) == 1:
		out.remove(e)
	default:
		e.Value = p.put(e.Value, path[1:], v)
	}
	return out
}
