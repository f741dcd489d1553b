package param

import (
	"fmt"
	"slices"

	"github.com/dewar-build/dewar/diag"
	"go.yaml.in/yaml/v3"
)

// An anchor gives a part of a file a name, and aliases take it to other places. An
// edit inside it is seen at all of them: the person is told, and the tree that
// is to result is that of the changed nodes.

// sharedEdits warns of edits that are seen in other places too.
func (f *File) sharedEdits(edits []Edit) diag.List {
	y := openYAML(f)
	if y == nil || len(y.aliases) == 0 {
		return nil
	}
	var diags diag.List
	warned := map[*yaml.Node]bool{}
	for _, e := range edits {
		value, why := editValue(e)
		if why != "" {
			continue
		}
		for _, part := range changes(f.Root.at(e.Path), e.then(), e.Path, value) {
			y.shared = nil
			y.walk(part.path)
			for _, n := range y.shared {
				if !warned[n] {
					warned[n] = true
					diags = append(diags, y.warn(n, part.path))
				}
			}
		}
	}
	return diags
}

// walk passes whatever on the path the file has itself.
func (y *yamlEditor) walk(path []string) {
	at := y.root
	y.pass(at)
	for _, name := range path {
		_, v := y.own(at, name)
		if v == nil || v.Kind == yaml.AliasNode {
			return
		}
		y.pass(v)
		if at = v; v.Kind != yaml.MappingNode {
			return
		}
	}
}

func (y *yamlEditor) warn(n *yaml.Node, path []string) diag.Diagnostic {
	d := report("W-params-anchor", y.span(y.offset(n), y.offset(n)+1+len(n.Anchor)), "%s is set inside what &%s names, so it changes wherever *%s stands as well. If that is not meant, take it back and write the value there itself.", dotted(path), n.Anchor, n.Anchor)
	for i, alias := range y.aliases[n] {
		const few = 5
		if i == few {
			d.Notes = append(d.Notes, diag.Note{Text: fmt.Sprintf("and in %d more places", len(y.aliases[n])-few)})
			break
		}
		off := y.offset(alias)
		d.Notes = append(d.Notes, diag.Note{Span: y.span(off, y.end(alias)), Text: "it changes here"})
	}
	return d
}

// pass notes that the edit changes what is in n.
func (y *yamlEditor) pass(n *yaml.Node) {
	if len(y.aliases[n]) > 0 && !slices.Contains(y.shared, n) {
		y.shared = append(y.shared, n)
	}
}

// outcome is what the nodes say once they are changed, if aliases matter to that.
func (y *yamlEditor) outcome(change func()) *Tree {
	if len(y.shared) == 0 {
		return nil
	}
	change()
	return y.read()
}

func (y *yamlEditor) graft(v *yaml.Node, t *Tree) {
	anchor := v.Anchor
	*v = *yamlNode(t)
	v.Anchor = anchor
}

func (y *yamlEditor) plant(m *yaml.Node, name string, t *Tree) {
	m.Content = append(m.Content, yamlNode(&Tree{Shape: String, Text: name}), yamlNode(t))
}

// yamlNode makes a node without a place.
func yamlNode(t *Tree) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: t.Text}
	switch t.Shape {
	case Null:
		n.Value = "null"
	case String:
		n.Style = yaml.DoubleQuotedStyle
	case Sequence:
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		for _, item := range t.Items {
			n.Content = append(n.Content, yamlNode(item))
		}
	case Mapping:
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
		for _, e := range t.Entries {
			name := &Tree{Shape: String, Text: e.Name}
			if key := e.scalar(); key != nil {
				name = key
			}
			n.Content = append(n.Content, yamlNode(name), yamlNode(e.Value))
		}
	}
	return n
}
