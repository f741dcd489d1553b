package lint

import "github.com/hashicorp/hcl/v2/hclsyntax"

// expressions looks at every part of every expression once.
func (l *linter) expressions() {
	for i := range l.places {
		pl := &l.places[i]
		walk(pl.root(), func(n hclsyntax.Node, above []hclsyntax.Node) { l.part(pl, n, above) })
	}
}

func (l *linter) part(pl *place, n hclsyntax.Node, above []hclsyntax.Node) {
	switch n := n.(type) {
	case *hclsyntax.TemplateWrapExpr:
		l.quoted(pl, n, above)
		l.rawIn(pl, n, n.Wrapped, above)
	case *hclsyntax.TemplateExpr:
		l.textReference(pl, n, above)
		l.scriptReferences(pl, n, above)
		l.machinePaths(pl, n)
		for _, p := range n.Parts {
			l.rawIn(pl, n, p, above)
		}
	case *hclsyntax.LiteralValueExpr:
		l.digits(pl, n)
	case *hclsyntax.BinaryOpExpr:
		l.compared(pl, n)
	case *hclsyntax.SplatExpr:
		l.starWithDot(pl, n)
	case *hclsyntax.ScopeTraversalExpr:
		l.numberWithDot(pl, n.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		l.numberWithDot(pl, n.Traversal)
	}
}
