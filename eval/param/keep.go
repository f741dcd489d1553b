package param

import (
	"slices"

	"github.com/dewar-build/dewar/diag"
	"github.com/zclconf/go-cty/cty"
)

// Get returns the param called name, or nil.
func (p *Params) Get(name string) *Bound {
	for i := range p.List {
		if p.List[i].Name == name {
			return &p.List[i]
		}
	}
	return nil
}

// File returns the params file read from the project-relative path, or nil.
func (p *Params) File(path string) *File {
	for _, f := range p.Files {
		if f.Path == path {
			return f
		}
	}
	return nil
}

// LeafName returns "param.train.C" for the leaf C of train.
func (b *Bound) LeafName(l Leaf) string {
	return dotted(append([]string{"param", b.Name}, l.Path...))
}

// TypeAt returns the type of the part at path, and false if there is none.
func (b *Bound) TypeAt(path []string) (Type, bool) { return b.Type.at(path) }

// Under returns the leaves at or below path, which follow one another: a part is built as a
// whole.
func (b *Bound) Under(path []string) []Leaf {
	under := func(l Leaf) bool { return len(l.Path) >= len(path) && slices.Equal(l.Path[:len(path)], path) }
	from := slices.IndexFunc(b.Leaves, under)
	if from < 0 {
		return nil
	}
	to := from + 1
	for to < len(b.Leaves) && under(b.Leaves[to]) {
		to++
	}
	return b.Leaves[from:to:to]
}

// Keep returns what a projection of b's own file must keep to show the value
// of b at path (below the param; empty for all of it) as bound: the source text where
// the file decided, the effective value where another layer did. For a param
// without a file the paths begin with its name, and every value is there, for Write.
func (b *Bound) Keep(path []string) []Keep {
	if b.Choice == nil {
		return b.keep(path)
	}
	empty := cty.EmptyObjectVal
	out := b.keep(path)
	if len(path) == 0 && len(b.Key) > 0 && b.File != "" { // however the file chooses, the same names stand in the same order
		out = append([]Keep{{Path: clone(b.Key), Override: &empty}}, b.keepValues(b.Under(nil))...)
	}
	return out
}

func (b *Bound) keep(path []string) []Keep {
	ty, ok := b.Type.at(path)
	if !ok {
		return nil
	}
	under := b.Under(path)
	if ty.Kind != KindObject || len(under) == 1 && len(under[0].Path) == len(path) {
		return b.keepLeaves(under)
	}
	var out []Keep
	for _, f := range ty.Fields {
		out = append(out, b.keep(append(clone(path), f.Name))...)
	}
	if len(out) == 0 { // everything in it is absent, but the object is there
		empty := cty.EmptyObjectVal
		out = append(out, Keep{Path: append(clone(b.Key), path...), Override: &empty})
	}
	return out
}

func (b *Bound) keepLeaves(leaves []Leaf) []Keep {
	var out []Keep
	for _, l := range leaves {
		k := Keep{Path: append(clone(b.Key), l.Path...)}
		if b.File == "" || l.Layer != OwnFile {
			if l.Value.IsNull() {
				continue
			}
			k.Override, k.Type, k.like = &l.Value, &l.Type, b.likeness(&l)
		}
		out = append(out, k)
	}
	return out
}

// keepValues is keepLeaves with every value given.
func (b *Bound) keepValues(leaves []Leaf) []Keep {
	var out []Keep
	for _, l := range leaves {
		if !l.Value.IsNull() {
			out = append(out, Keep{Path: append(clone(b.Key), l.Path...), Override: &l.Value, Type: &l.Type, like: b.likeness(&l)})
		}
	}
	return out
}

// likeness is how the chosen file spells a part, for scripts are to read it as it stands there.
func (b *Bound) likeness(l *Leaf) *Tree {
	if b.Choice == nil {
		return nil
	}
	return b.layers[0].at(l.Path)
}

// Values is Keep with every value given and under another name: what
// `params = { "conf/run.yaml" = [...] }` writes for the part of b at path.
func (b *Bound) Values(path []string) []Keep {
	var out []Keep
	for _, l := range b.Under(path) {
		if !l.Value.IsNull() {
			out = append(out, Keep{Path: append([]string{b.Name}, l.Path...), Override: &l.Value, Type: &l.Type})
		}
	}
	return out
}

// Override is Keep with the value v in place of what was bound, for
// override(param.train.C, each.C) in a stage. v must be known; its marks are
// ignored. The span of the diagnostics is the caller's to set. In the list given to Project
// it goes after every Keep of the bound value: the last override of a path wins.
func (b *Bound) Override(path []string, v cty.Value) (Keep, diag.List) {
	name := dotted(append([]string{"param", b.Name}, path...))
	ty, ok := b.Type.at(path)
	if !ok {
		return Keep{}, diag.List{report("E-param-unknown-key", diag.Span{}, "There is no %s.", name)}
	}
	v, _ = v.UnmarkDeep()
	t, err := treeOf(v, func(t *Tree) { t.Layer = Flag })
	if err != nil {
		return Keep{}, diag.List{report("E-param-type", diag.Span{}, "%s cannot be this number: %v.", name, err)}
	}
	if t.Shape == Null {
		return Keep{}, diag.List{report("E-param-type", diag.Span{}, "%s must be %s, not null.", name, ty.article())}
	}
	diags := checker{subject: name, sensitive: b.Sensitive}.check(ty, t)
	k := Keep{Path: append(clone(b.Key), path...), Override: &v, Type: &ty}
	return k, diags
}
