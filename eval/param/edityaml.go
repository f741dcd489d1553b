package param

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"
)

// editYAML returns the cuts that put value at path. shared is the tree that results
// if the change is to be seen in other places too, because an anchor names what it
// is made in; else nil.
//
// What an alias stands for is never changed through it: the alias gives way to
// the value in full, and so does what comes through <<.
func (f *File) editYAML(path []string, value *Tree) (cuts []cut, shared *Tree, why string) {
	y := openYAML(f)
	if y == nil { // no names yet
		return firstYAML(f.layout(), path, value), nil, ""
	}
	at := y.root
	for i, name := range path {
		y.pass(at)
		k, v := y.own(at, name)
		if v != nil && v.Kind == yaml.MappingNode && i < len(path)-1 {
			at = v
			continue
		}
		old := y.done[at].Get(name)
		t, why := put(old, path[i+1:], 0, value)
		if why == "" && hasForeign(t) {
			why = "A value with a tag would have to be written a second time."
		}
		if why != "" {
			return nil, nil, why
		}
		if v == nil {
			return y.insert(at, name, t), y.outcome(func() { y.plant(at, name, t) }), ""
		}
		y.pass(v)
		return y.replace(at, k, v, t), y.outcome(func() { y.graft(v, t) }), ""
	}
	return nil, nil, "It has no place in the file."
}

func hasForeign(t *Tree) bool {
	if t.Shape == Foreign || slices.ContainsFunc(t.Items, hasForeign) {
		return true
	}
	return slices.ContainsFunc(t.Entries, func(e Entry) bool { return hasForeign(e.Value) })
}

// yamlEditor knows the nodes of a file, and where their text is.
type yamlEditor struct {
	*yamlDecoder
	layout
	root    *yaml.Node                  // a mapping
	aliases map[*yaml.Node][]*yaml.Node // by what they name
	shared  []*yaml.Node                // what the edit goes through, and aliases name
}

// openYAML reads the nodes of a file that can be decoded; nil if it has no names.
func openYAML(f *File) *yamlEditor {
	d := newDecoder(f.Source)
	var doc yaml.Node
	err := d.safely(func() error { return yaml.NewDecoder(bytes.NewReader(f.Bytes)).Decode(&doc) })
	if err != nil || len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil
	}
	y := &yamlEditor{layout: f.layout(), root: doc.Content[0], aliases: map[*yaml.Node][]*yaml.Node{}}
	y.yamlDecoder = &yamlDecoder{decoder: d, lines: yamlLines(f.Bytes), all: true}
	y.read()
	y.findAliases(y.root)
	y.unit = y.unitBelow(y.root)
	return y
}

// read makes the trees of the nodes.
func (y *yamlEditor) read() *Tree {
	y.done = map[*yaml.Node]*Tree{}
	return y.convert(y.root, 0)
}

func (y *yamlEditor) findAliases(n *yaml.Node) {
	if n.Kind == yaml.AliasNode {
		y.aliases[n.Alias] = append(y.aliases[n.Alias], n)
	}
	for _, c := range n.Content {
		y.findAliases(c)
	}
}

// unitBelow is how far the first mapping inside another is indented.
func (y *yamlEditor) unitBelow(n *yaml.Node) string {
	for i := 1; i < len(n.Content) && n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0; i += 2 {
		v := n.Content[i]
		if v.Kind != yaml.MappingNode || v.Style&yaml.FlowStyle != 0 {
			continue
		}
		if more := y.column(v) - y.column(n); more > 0 {
			return strings.Repeat(" ", more)
		}
	}
	return "  "
}

// tree returns what a node means.
func (y *yamlEditor) tree(n *yaml.Node) *Tree {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return y.done[n]
}

// own returns the name and value that a mapping has itself, not through <<.
func (y *yamlEditor) own(m *yaml.Node, name string) (k, v *yaml.Node) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		t := y.tree(m.Content[i])
		if t != nil && norm.NFC.String(keyName(t)) == norm.NFC.String(name) {
			return m.Content[i], m.Content[i+1]
		}
	}
	return nil, nil
}
