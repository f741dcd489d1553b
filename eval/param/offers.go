package param

import (
	"slices"
	"strings"
)

// Offer is what one layer says of a part of a param.
type Offer struct {
	Leaf      // Path is the part; Value is what this layer alone would make of it
	Wins bool // it is the one that counts
}

// Offers returns what every layer says of the part at path, lowest first; the part is
// a leaf, and of scalars and lists the highest layer that says more than null counts. An
// empty path of a param with choices is the choice.
func (b *Bound) Offers(path []string) []Offer {
	layers := b.layers
	if b.Choice != nil && len(path) == 0 {
		layers = b.picks
	}
	ty, ok := b.Type.at(path)
	if !ok {
		return nil
	}
	if b.Choice != nil && len(path) == 0 {
		ty = b.Choice.Type
	}
	var out []Offer
	if f := b.Type.fieldAt(path); f != nil && f.Default != nil {
		out = append(out, b.offer(ty, path, f.Default))
	}
	for _, layer := range layers {
		if t := layer.at(path); t != nil {
			out = append(out, b.offer(ty, path, t))
		}
	}
	if i := lastIndex(out, func(o Offer) bool { return !o.Value.IsNull() }); i >= 0 {
		out[i].Wins = true
	}
	return out
}

func (b *Bound) offer(ty Type, path []string, t *Tree) Offer {
	var bb builder
	as := ty
	if t.Shape == Null {
		as = Type{}
	}
	v := bb.build(as, t, nil, false)
	o := Offer{Leaf: Leaf{Path: clone(path), Layer: t.Layer, Origin: t.origin(), Span: t.Span, Text: leafText(v), Value: v, Type: ty}}
	if b.Sensitive {
		o.Text, o.Span.Masked = "(sensitive)", true
	}
	return o
}

// Optional reports whether the part at path is one that may be absent.
func (b *Bound) Optional(path []string) bool {
	f := b.Type.fieldAt(path)
	return f != nil && f.Optional
}

// fieldAt returns the attribute of an object type that path leads to, or nil.
func (t Type) fieldAt(path []string) *Field {
	if len(path) == 0 {
		return nil
	}
	in, ok := t.at(path[:len(path)-1])
	if !ok || in.Kind != KindObject {
		return nil
	}
	return in.field(path[len(path)-1])
}

func lastIndex[T any](list []T, is func(T) bool) int {
	for i, x := range slices.Backward(list) {
		if is(x) {
			return i
		}
	}
	return -1
}

// Find takes a name like train.C or param.train.C apart. It returns the param and the path of
// the part below it; the param is nil if there is none, and ok is false if it has no such part.
func (p *Params) Find(name string) (b *Bound, path []string, ok bool) {
	parts, ok := splitName(name)
	if ok && len(parts) > 1 && parts[0] == "param" && p.Get("param") == nil {
		parts = parts[1:]
	}
	if !ok || p.Get(parts[0]) == nil {
		return nil, nil, false
	}
	b = p.Get(parts[0])
	path = parts[1:]
	if b.Choice != nil && slices.Equal(path, []string{chooser}) {
		return b, nil, true
	}
	_, ok = b.Type.at(path)
	return b, path, ok && (len(path) == 0 || len(b.Under(path)) > 0)
}

// Nearest returns " Did you mean train.C?", or what else there is, for a name that Find does not find.
func (p *Params) Nearest(name string) string {
	parts, ok := splitName(name)
	if ok && len(parts) > 1 && parts[0] == "param" {
		parts = parts[1:]
	}
	if !ok {
		return ""
	}
	b := p.Get(parts[0])
	if b == nil {
		names := make([]string, len(p.List))
		for i := range p.List {
			names[i] = p.List[i].Name
		}
		return nearestOrAll(parts[0], names)
	}
	var names []string
	for _, l := range b.Leaves {
		names = append(names, dotted(append([]string{b.Name}, l.Path...)))
	}
	return nearestOrAll(dotted(parts), names)
}

// Parts returns the leaves at and below path; the choice of a param that has choices
// comes first.
func (b *Bound) Parts(path []string) []Leaf {
	out := b.Under(path)
	if b.Choice != nil && len(path) == 0 {
		out = append([]Leaf{b.Choice.Leaf}, out...)
	}
	return out
}

// PartName is the name of a part as -p takes it: train.C.
func (b *Bound) PartName(path []string) string { return dotted(append([]string{b.Name}, path...)) }

// TypeName is the type of the part at path as it is declared.
func (b *Bound) TypeName(path []string) string {
	ty, _ := b.Type.at(path)
	return ty.String()
}

// JSON is the value of a leaf: the text of JSON, numbers canonical.
func (l *Leaf) JSON() string {
	if !l.Value.IsWhollyKnown() {
		return "null"
	}
	t, err := treeOf(l.Value, func(*Tree) {})
	if err != nil {
		panic("param.Leaf: " + err.Error()) // bound numbers have been read by number.Parse
	}
	var b strings.Builder
	jsonCompact(&b, t)
	return b.String()
}

// layerNames are for people, by Layer.
var layerNames = [...]string{"default", "choice", "file", "--params", "-p", "module"}

func (l Layer) String() string { return layerNames[l] }
