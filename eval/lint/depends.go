package lint

import (
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// redundantOrder finds stages in depends_on whose outputs the stage reads anyway: what
// is read comes first by itself.
func (l *linter) redundantOrder() {
	for _, b := range l.p.Stages {
		a := b.Attr("depends_on")
		if a == nil {
			continue
		}
		e, _ := a.Expr.(hclsyntax.Expression)
		list, ok := unparen(e).(*hclsyntax.TupleConsExpr)
		if !ok {
			continue
		}
		var redundant []int
		for i, x := range list.Exprs {
			if to := l.stageNamed(x); to != nil && l.alwaysReads(b, to) && l.graphAgrees(b.Name, to.Name) {
				redundant = append(redundant, i)
			}
		}
		for _, i := range redundant {
			to := l.stageNamed(list.Exprs[i])
			l.report("W-depends-on-redundant", spanOf(list.Exprs[i].Range()), b.Subject(), l.removeElement(a, list, i, len(redundant)),
				"The stage reads what stage %q makes, so it comes after it in any case. depends_on is for order where nothing is read; leave it out.", to.Name)
		}
	}
}

// stageNamed returns the stage that `stage.x` names.
func (l *linter) stageNamed(e hclsyntax.Expression) *lang.Block {
	t, ok := unparen(e).(*hclsyntax.ScopeTraversalExpr)
	if !ok {
		return nil
	}
	names := namesOf(t.Traversal)
	if len(names) != 2 || names[0] != "stage" {
		return nil
	}
	return find(l.p.Stages, names[1])
}

// alwaysReads reports whether all that a stage makes, whatever params say, is read by
// another: the reference stands in no conditional and no loop.
func (l *linter) alwaysReads(b, to *lang.Block) bool {
	for _, pl := range l.of[b] {
		if !readsIn(pl.attr.Name) {
			continue
		}
		found := false
		walk(pl.root(), func(n hclsyntax.Node, above []hclsyntax.Node) {
			found = found || isReading(n, above, to)
		})
		if found {
			return true
		}
	}
	return false
}

func readsIn(attr string) bool { return attr == "inputs" || attr == "command" || attr == "env" }

// isReading reports whether a part of an expression reads an output of every instance
// of a stage.
func isReading(n hclsyntax.Node, above []hclsyntax.Node, of *lang.Block) bool {
	t, ok := n.(*hclsyntax.ScopeTraversalExpr)
	if !ok || t.Traversal.RootName() != "stage" || len(t.Traversal) < 2 {
		return false
	}
	names := namesOf(t.Traversal)
	if len(names) < 2 || names[1] != of.Name {
		return false
	}
	if _, splat := parent(above).(*hclsyntax.SplatExpr); splat != (of.Attr("for_each") != nil) && len(names) < 4 {
		return false
	}
	for _, p := range above {
		switch p := p.(type) {
		case *hclsyntax.ConditionalExpr, *hclsyntax.ForExpr, *hclsyntax.BinaryOpExpr, *hclsyntax.IndexExpr:
			return false
		case *hclsyntax.FunctionCallExpr:
			if p.Name != "concat" && p.Name != "merge" && p.Name != "flatten" && p.Name != "join" {
				return false
			}
		}
	}
	return true
}

// graphAgrees holds the text against the graph, if there is one: every instance that
// is ordered after another reads what it makes.
func (l *linter) graphAgrees(from, to string) bool {
	g := l.o.Graph
	if g == nil {
		return true
	}
	for i := range g.Instances {
		x := &g.Instances[i]
		if x.Stage != from {
			continue
		}
		reads := map[graph.ID]bool{}
		for j := range x.Inputs {
			if x.Inputs[j].Kind == graph.Artifact {
				reads[x.Inputs[j].From] = true
			}
		}
		for _, id := range x.After {
			if g.Instances[id].Stage == to && !reads[id] {
				return false
			}
		}
	}
	return true
}

// removeElement is a fix that takes one element out of a list, or the attribute away
// where none would be left.
func (l *linter) removeElement(a *lang.Attr, list *hclsyntax.TupleConsExpr, i, gone int) *Fix {
	file := a.Span.File
	if len(list.Exprs) == gone {
		e, ok := l.removal(file, a.Span.Start.Byte, a.Span.End.Byte)
		if !ok {
			return nil
		}
		return &Fix{Text: "remove depends_on", Same: true, Edit: e}
	}
	from, to := list.Exprs[i].Range().Start.Byte, list.Exprs[i].Range().End.Byte
	if i+1 < len(list.Exprs) {
		to = list.Exprs[i+1].Range().Start.Byte
	} else {
		from = list.Exprs[i-1].Range().End.Byte
	}
	src, _ := l.source(file)
	if hasComment(src[from:to]) {
		return nil
	}
	return &Fix{Text: "leave it out", Same: true, Edit: Edit{Span: l.span(file, from, to)}}
}
