package lint

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// axis is an axis as for_each writes it.
type axis struct {
	name   string
	span   diag.Span
	values hclsyntax.Expression // the list of its values; nil if they are not written as one
}

// axesOf returns the axes of a block's for_each where they can be read off it: a grid
// or a zip of an object that is written out, a list of points, what is drawn or chosen
// from those. Of anything else, instances of stages above all, it returns nil.
func (l *linter) axesOf(b *lang.Block) []axis {
	a := b.Attr("for_each")
	if a == nil {
		return nil
	}
	e, _ := a.Expr.(hclsyntax.Expression)
	return l.axesIn(e, 0)
}

func (l *linter) axisNames(b *lang.Block) []string {
	var out []string
	for _, a := range l.axesOf(b) {
		out = append(out, a.name)
	}
	return out
}

func (l *linter) axesIn(e hclsyntax.Expression, deep int) []axis {
	if e == nil || deep > depth {
		return nil
	}
	switch e := l.resolved(e).(type) {
	case *hclsyntax.FunctionCallExpr:
		if len(e.Args) == 0 {
			return nil
		}
		switch e.Name {
		case "grid", "zip":
			if o, ok := l.resolved(e.Args[0]).(*hclsyntax.ObjectConsExpr); ok && len(e.Args) == 1 {
				return l.axesOfObject(o, true)
			}
		case "sample", "repeat":
			return l.axesIn(e.Args[0], deep+1)
		}
	case *hclsyntax.ForExpr: // [for p in grid(…) : p if …]
		if v, ok := unparen(e.ValExpr).(*hclsyntax.ScopeTraversalExpr); ok && e.KeyExpr == nil && len(v.Traversal) == 1 && v.Traversal.RootName() == e.ValVar {
			return l.axesIn(e.CollExpr, deep+1)
		}
	case *hclsyntax.TupleConsExpr:
		if len(e.Exprs) > 0 {
			if o, ok := unparen(e.Exprs[0]).(*hclsyntax.ObjectConsExpr); ok {
				return l.axesOfObject(o, false)
			}
		}
	}
	return nil
}

func (l *linter) axesOfObject(o *hclsyntax.ObjectConsExpr, lists bool) []axis {
	var out []axis
	for _, item := range o.Items {
		n := itemName(item.KeyExpr)
		if n == "" {
			return nil
		}
		a := axis{name: n, span: lang.Span(item.KeyExpr.Range())}
		if lists {
			a.values = l.resolved(item.ValueExpr)
		}
		out = append(out, a)
	}
	return out
}

// pathAxes finds axes that name what comes out and decide nothing of it: all points
// that differ in them alone do the same work. What is to be repeated as it is says so
// with deterministic = false.
func (l *linter) pathAxes() {
	for _, b := range slices.Concat(l.p.Stages, l.p.Modules) {
		axes := l.axesOf(b)
		if len(axes) == 0 || isFalse(b.Attr("deterministic")) {
			continue
		}
		reached, all := l.reached(b)
		if all {
			continue
		}
		for _, a := range axes {
			if !reached[a.name] && varies(a.values) {
				l.idleAxis(b, a)
			}
		}
	}
}

func (l *linter) idleAxis(b *lang.Block, a axis) {
	at, each := a.span, b.Attr("for_each")
	outside := at.File != each.Span.File || at.Start.Byte < each.Span.Start.Byte || at.Start.Byte >= each.Span.End.Byte
	if outside {
		at = each.Span
	}
	where := "the command, env, inputs and params of the stage"
	advice := " Give it to the command, as ${each." + a.name + "}. If the same work is to be done several times, say deterministic = false."
	if b.Kind == "module" {
		where, advice = "the params of the module", " Give it to one of them, as each."+a.name+"."
	}
	f := l.report("W-axis-idle", at, b.Subject(), nil, "The axis %s does not reach %s: points that differ in it alone do the same work, whatever their paths are called.%s", a.name, where, advice)
	if outside {
		f.note(a.span, "the axis is here")
	}
}

// isFalse reports whether an attribute is the constant false.
func isFalse(a *lang.Attr) bool {
	if a == nil {
		return false
	}
	e, ok := a.Expr.(*hclsyntax.LiteralValueExpr)
	return ok && e.Val.Type() == cty.Bool && !e.Val.IsNull() && e.Val.False()
}

// varies reports whether an axis has, or may have, several values.
func varies(values hclsyntax.Expression) bool {
	list, ok := values.(*hclsyntax.TupleConsExpr)
	return !ok || len(list.Exprs) > 1
}

// naming are the attributes that say what instances and what they make are called, or
// whether they are there; they decide nothing of the work.
var naming = []string{"for_each", "key", "when", "outputs", "metrics", "plots", "description", "labels", "path", "depends_on"}

// reached returns the axes that reach the work of a stage. all: each as a whole does,
// or each.key.
func (l *linter) reached(b *lang.Block) (axes map[string]bool, all bool) {
	axes = map[string]bool{}
	for _, pl := range l.of[b] {
		named := slices.Contains(naming, pl.attr.Name)
		for _, r := range pl.refs {
			switch {
			case r.Root != "each":
			case named:
				if r.Name != "" && l.isEnding(r) {
					axes[r.Name] = true
				}
			case r.Name == "" || r.Name == "key" || r.Name == "from" || r.Name == "outputs" || r.Name == "metrics" || r.Name == "plots":
				all = true
			default:
				axes[r.Name] = true
			}
		}
	}
	return axes, all
}

// isEnding reports whether a reference is the ending of a path, "doc.${each.format}":
// there are commands that go by it.
func (l *linter) isEnding(r lang.Ref) bool {
	src, ok := l.source(r.Span.File)
	if !ok {
		return false
	}
	return strings.HasSuffix(strings.TrimRight(string(src[max(0, r.Span.Start.Byte-8):r.Span.Start.Byte]), " "), ".${")
}

// steps of a traversal that are all names, the root first; nil if others are among them.
func namesOf(t hcl.Traversal) []string {
	out := []string{t.RootName()}
	for _, s := range t[1:] {
		a, ok := s.(hcl.TraverseAttr)
		if !ok {
			return nil
		}
		out = append(out, a.Name)
	}
	return out
}
