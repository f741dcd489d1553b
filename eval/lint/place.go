package lint

import (
	"slices"

	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// place is an expression and where it stands.
type place struct {
	block   *lang.Block // the block at the top; nil in locals
	inner   *lang.Block // validation or assert; nil outside of them
	attr    *lang.Attr
	subject string
	refs    []lang.Ref
	loops   map[string]bool // names that loops in it take; nil until somebody asks
}

// kind is that of the block.
func (pl *place) kind() string {
	if pl.block == nil {
		return "locals"
	}
	return pl.block.Kind
}

func (pl *place) root() hclsyntax.Expression {
	e, _ := pl.attr.Expr.(hclsyntax.Expression)
	return e
}

// placesOf returns all expressions of a pipeline but types, whose words have a
// meaning of their own.
func placesOf(p *lang.Pipeline) []place {
	var out []place
	add := func(pl place) {
		if isType(&pl) || pl.root() == nil {
			return
		}
		pl.refs = lang.Refs(pl.attr.Expr)
		out = append(out, pl)
	}
	for _, b := range blocks(p) {
		for _, a := range b.Attrs {
			add(place{block: b, attr: a, subject: b.Subject()})
		}
		for _, inner := range b.Blocks {
			for _, a := range inner.Attrs {
				add(place{block: b, inner: inner, attr: a, subject: b.Subject()})
			}
		}
	}
	for _, a := range p.Locals {
		add(place{attr: a, subject: "local." + a.Name})
	}
	return out
}

func isType(pl *place) bool {
	name := pl.attr.Name
	switch pl.kind() {
	case "param":
		return pl.inner == nil && name == "type"
	case "function":
		return name == "type" || name == "params"
	}
	return false
}

// blocks returns all blocks of a pipeline.
func blocks(p *lang.Pipeline) []*lang.Block {
	all := slices.Concat(p.Params, p.Data, p.Toolchains, p.Stages, p.Experiments, p.Modules, p.Outputs, p.Functions)
	if p.Settings != nil {
		all = append(all, p.Settings)
	}
	return all
}

// visitor calls see for every part of an expression, with the parts around it.
type visitor struct {
	see   func(n hclsyntax.Node, above []hclsyntax.Node)
	above []hclsyntax.Node
}

// walk visits the parts of an expression, outer ones first.
func walk(e hclsyntax.Node, see func(n hclsyntax.Node, above []hclsyntax.Node)) {
	hclsyntax.Walk(e, &visitor{see: see}) // it has no diagnostics but ours: none
}

// Enter is called by hclsyntax.Walk before the parts of n.
func (v *visitor) Enter(n hclsyntax.Node) hcl.Diagnostics {
	v.see(n, v.above)
	v.above = append(v.above, n)
	return nil
}

// Exit is called by hclsyntax.Walk after the parts of n.
func (v *visitor) Exit(hclsyntax.Node) hcl.Diagnostics {
	v.above = v.above[:len(v.above)-1]
	return nil
}

// parent is the part around, or nil.
func parent(above []hclsyntax.Node) hclsyntax.Node {
	if len(above) == 0 {
		return nil
	}
	return above[len(above)-1]
}

// isCommand reports whether what stands below above is the command itself, a script
// then if it is a template.
func isCommand(pl *place, above []hclsyntax.Node) bool {
	if pl.kind() != "stage" || pl.inner != nil || pl.attr.Name != "command" {
		return false
	}
	for _, n := range above {
		switch n.(type) {
		case *hclsyntax.ParenthesesExpr, *hclsyntax.ConditionalExpr:
		default:
			return false
		}
	}
	return true
}

// unparen returns the expression inside of parentheses.
func unparen(e hclsyntax.Expression) hclsyntax.Expression {
	for {
		p, ok := e.(*hclsyntax.ParenthesesExpr)
		if !ok {
			return e
		}
		e = p.Expression
	}
}

// literalText returns the text of a string without interpolations.
func literalText(e hclsyntax.Expression) (string, bool) {
	t, ok := e.(*hclsyntax.TemplateExpr)
	if !ok || !t.IsStringLiteral() {
		return "", false
	}
	v, ds := t.Value(nil)
	if ds.HasErrors() || !v.IsKnown() || v.IsNull() {
		return "", false
	}
	return v.AsString(), true
}

// itemName returns the name of an entry of an object; "" if it is computed.
func itemName(e hclsyntax.Expression) string {
	if name := hcl.ExprAsKeyword(e); name != "" {
		return name
	}
	if k, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok {
		e = k.Wrapped
	}
	s, _ := literalText(e)
	return s
}

// entry returns what an object gives for a name, or nil.
func entry(o *hclsyntax.ObjectConsExpr, name string) hclsyntax.Expression {
	for _, item := range o.Items {
		if itemName(item.KeyExpr) == name {
			return item.ValueExpr
		}
	}
	return nil
}

// resolved follows locals that are nothing but another expression.
func (l *linter) resolved(e hclsyntax.Expression) hclsyntax.Expression {
	for range 20 {
		e = unparen(e)
		t, ok := e.(*hclsyntax.ScopeTraversalExpr)
		if !ok || t.Traversal.RootName() != "local" || len(t.Traversal) != 2 {
			return e
		}
		name, ok := t.Traversal[1].(hcl.TraverseAttr)
		if !ok {
			return e
		}
		to := l.locals[name.Name]
		if to == nil {
			return e
		}
		e = to
	}
	return e
}

// find returns the declaration of a name among blocks, or nil.
func find(list []*lang.Block, name string) *lang.Block {
	for _, b := range list {
		if b.Name == name {
			return b
		}
	}
	return nil
}
