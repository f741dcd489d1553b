package eval

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/graph"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Who asks a stage for an output that it has not, most often asks in the wrong group: the message
// names what the stage has in all of them.

// asked is a name that is asked for in a group of what a stage makes: .outputs.m, .outputs["m"].
type asked struct {
	group graph.Group
	name  string
	at    hcl.Range
	code  string // of the mistake if there is no such name
}

// askedAt reads the name at a place of a reference; ok tells whether there is one.
func askedAt(path hcl.Traversal, at int, group graph.Group) (a asked, ok bool) {
	if at >= len(path) || !isGroup(group) {
		return asked{}, false
	}
	switch s := path[at].(type) {
	case hcl.TraverseAttr:
		return asked{group, s.Name, s.SrcRange, "E-value-attribute"}, true
	case hcl.TraverseIndex:
		if s.Key.Type() == cty.String {
			return asked{group, s.Key.AsString(), s.SrcRange, "E-value-index"}, true
		}
	}
	return asked{}, false
}

// absent says that the stage has nothing that is asked for behind a group. It is nil where the
// group is no object, or has it.
func (in *instance) absent(group graph.Group, path hcl.Traversal, at int) hcl.Diagnostics {
	a, ok := askedAt(path, at, group)
	if s := in.made(group); !ok || s.form != named || s.slot(a.name) != nil {
		return nil
	}
	return a.absent(fmt.Sprintf("Stage %q", in.st.name), func(g graph.Group) []string {
		var names []string
		for _, s := range in.made(g).list {
			if s.name != "" { // else it is the only one, or one of a list
				names = append(names, s.name)
			}
		}
		return names
	})
}

// absentOf does so for an instance that a function chose, whose value is v.
func absentOf(v cty.Value, path hcl.Traversal, at int) hcl.Diagnostics {
	if at == 0 {
		return nil
	}
	group, ok := path[at-1].(hcl.TraverseAttr)
	a, named := askedAt(path, at, graph.Group(group.Name))
	ty := v.Type()
	if !ok || !named || !ty.IsObjectType() || slices.ContainsFunc(groups[:], func(g graph.Group) bool { return !ty.HasAttribute(string(g)) }) {
		return nil
	}
	if !ty.AttributeType(group.Name).IsObjectType() {
		return nil // not known before there are points, or no names
	}
	return a.absent("The stage", func(g graph.Group) []string {
		if ty := ty.AttributeType(string(g)); ty.IsObjectType() {
			return slices.Sorted(maps.Keys(ty.AttributeTypes()))
		}
		return nil
	})
}

// absent words it; names are those of what who has in a group.
func (a asked) absent(who string, names func(graph.Group) []string) hcl.Diagnostics {
	detail := fmt.Sprintf("%s has no %s called %q.", who, a.group, a.name)
	if len(names(a.group)) == 0 {
		detail = fmt.Sprintf("%s has no %s.", who, a.group)
	}
	var all []string
	for _, g := range groups {
		if g != a.group && slices.Contains(names(g), a.name) {
			return fault(a.code, a.at, nil, "%s Did you mean %s.%s?", detail, g, a.name)
		}
		for _, n := range names(g) {
			all = append(all, string(g)+"."+n)
		}
	}
	advice := ""
	if best := nearest(a.name, names(a.group)); best != "" {
		advice = fmt.Sprintf(" Did you mean %q?", best)
	} else if n := len(all); n > 0 {
		advice = " It has " + strings.Join(all[:min(n, 12)], ", ") + "."
	}
	return fault(a.code, a.at, nil, "%s%s", detail, advice)
}
