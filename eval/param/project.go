package param

import (
	"slices"

	"github.com/dewar-build/dewar/diag"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/text/unicode/norm"
)

// Keep is one part of a params file that stays in a projection.
type Keep struct {
	Path     []string   // names from the top of the file; a list is whole
	Override *cty.Value // known; written as an edit of the file would; nil keeps the text; null drops the part
	Type     *Type      // of Override; a float is then written as one ("1.0"); nil if unknown

	like *Tree // how a file that is chosen spells the value; nil if it is from elsewhere
}

// Project writes the file with just the parts to keep, each scalar spelled as
// in the source except where YAML 1.1 and 1.2 would read it differently
// (W-params-respelled). Comments, blank lines and layout of the source do not
// influence the bytes. Overrides are applied in their order, after everything
// else. withheld names what was left out, outermost names only
// ("train.max_iter"), sorted.
func (f *File) Project(keep []Keep) (out []byte, withheld []string, diags diag.List) {
	p := &projector{file: f}
	want := &wanted{}
	for _, k := range keep {
		want.add(k.Path)
	}
	root := p.prune(f.Root, want, nil)
	root = p.override(root, keep)
	if p.diags.HasErrors() {
		return nil, nil, p.diags
	}
	slices.Sort(p.withheld)
	out, diags = write(f.format, root)
	return out, p.withheld, append(p.diags, diags...)
}

// Project decodes and projects.
func Project(src Source, keep []Keep) (out []byte, withheld []string, diags diag.List) {
	f, diags := Decode(src)
	if f == nil {
		return nil, nil, diags
	}
	out, withheld, more := f.Project(keep)
	return out, withheld, append(diags, more...)
}

// Write makes a params file from values alone, for params that have no file
// and for `params = { "conf/run.yaml" = [...] }`. A Keep without an Override
// writes nothing.
func Write(path string, values []Keep) ([]byte, diag.List) {
	fm, ok := formatOf(path)
	if !ok {
		return nil, diag.List{report("E-params-format", diag.Span{}, "%s is in no format that dewar writes. Params files are YAML (.yaml, .yml), JSON (.json) or TOML (.toml).%s", path, pythonAdvice(path))}
	}
	p := &projector{}
	root := p.override(&Tree{Shape: Mapping}, values)
	if p.diags.HasErrors() {
		return nil, p.diags
	}
	return write(fm, root)
}

func write(fm format, root *Tree) ([]byte, diag.List) {
	switch fm {
	case formatJSON:
		return writeJSON(root), nil
	case formatTOML:
		return writeTOML(root)
	default:
		return writeYAML(root)
	}
}

// wanted is the set of paths to keep, as a trie.
type wanted struct {
	all  bool
	more map[string]*wanted // by name in NFC
}

func (w *wanted) add(path []string) {
	for _, name := range path {
		name = norm.NFC.String(name)
		if w.more == nil {
			w.more = map[string]*wanted{}
		}
		if w.more[name] == nil {
			w.more[name] = &wanted{}
		}
		w = w.more[name]
	}
	w.all = true
}

// projector makes one projection.
type projector struct {
	file     *File
	withheld []string
	diags    diag.List
}

// prune copies the parts of t that are wanted.
func (p *projector) prune(t *Tree, w *wanted, path []string) *Tree {
	if w.all || t.Shape != Mapping {
		return t
	}
	out := *t
	out.Entries = nil
	for _, e := range t.Entries {
		at := append(clone(path), e.Name)
		below := w.more[norm.NFC.String(e.Name)]
		if below == nil {
			p.withheld = append(p.withheld, dotted(at))
			continue
		}
		e.Value = p.prune(e.Value, below, at)
		out.Entries = append(out.Entries, e)
	}
	return &out
}

// override puts the given values in, in order.
func (p *projector) override(root *Tree, keep []Keep) *Tree {
	edits := placer{}
	for _, k := range keep {
		if k.Override == nil {
			continue
		}
		t, err := treeOf(*k.Override, func(*Tree) {})
		if err != nil {
			p.diags = append(p.diags, report("E-param-type", diag.Span{}, "%s cannot be this number: %v.", dotted(k.Path), err))
			continue
		}
		if k.Type != nil {
			floats(*k.Type, t)
		}
		if p.alike(k.like, t) {
			t = k.like
		} else if p.file != nil && t.Shape != Null {
			t = asEdited(t, p.file.Root.at(k.Path), p.file.format)
		}
		root = edits.place(root, k.Path, t)
	}
	return root
}

// alike reports whether t can be spelled as like, which is of another file.
func (p *projector) alike(like, t *Tree) bool {
	if p.file == nil || like == nil || !sameTree(like, t) {
		return false
	}
	fm, _ := formatOf(like.Span.File)
	return fm == p.file.format
}

// placer puts values into a tree one after the other. It holds the mappings that it has made,
// which nobody else has yet: each is copied once, however many of its entries are replaced.
type placer map[*Tree]bool

func (p placer) own(t *Tree) *Tree {
	if p[t] {
		return t
	}
	out := &Tree{Shape: Mapping}
	if t != nil && t.Shape == Mapping {
		*out = *t
		out.Entries = slices.Clone(t.Entries)
		out = out.indexed()
	}
	p[out] = true
	return out
}

// place returns t with v at path; null removes what is there.
func (p placer) place(t *Tree, path []string, v *Tree) *Tree {
	if len(path) == 0 {
		if v.Shape == Null {
			return &Tree{Shape: Mapping}
		}
		return v
	}
	out := p.own(t)
	if old := out.entry(path[0]); old != nil {
		if len(path) == 1 && v.Shape == Null {
			out.remove(old)
			return out
		}
		old.Value = p.place(old.Value, path[1:], v)
		return out
	}
	if v.Shape != Null {
		out.push(Entry{Name: path[0], Value: p.place(nil, path[1:], v)})
	}
	return out
}

// floats spells the whole numbers of a fresh tree with a point where the type
// says float, so that a script gets a float too.
func floats(ty Type, t *Tree) {
	switch {
	case ty.Kind == KindFloat && t.Shape == Numeral:
		t.Text = floatText(t.Text)
	case ty.Elem != nil:
		for _, item := range t.Items {
			floats(*ty.Elem, item)
		}
		for _, e := range t.Entries {
			floats(*ty.Elem, e.Value)
		}
	case ty.Kind == KindTuple:
		for i, item := range t.Items[:min(len(t.Items), len(ty.Elems))] {
			floats(ty.Elems[i], item)
		}
	case ty.Kind == KindObject:
		for _, e := range t.Entries {
			if f := ty.field(e.Name); f != nil {
				floats(f.Type, e.Value)
			}
		}
	}
}
