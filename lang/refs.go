package lang

import (
	"cmp"
	"slices"

	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Ref is one reference in an expression: `root.name.rest`. Loop variables of
// `for` are no references.
type Ref struct {
	Root    string        // "param", "local", "data", "stage", "toolchain", "each", "inputs", ...: whatever stands first
	Name    string        // what follows it; "" if nothing does, or it is not a fixed name
	Indexed bool          // the name was written as root["name"], root[0] or root[expression]
	Rest    hcl.Traversal // what follows the name, up to a splat or an index that is not fixed
	Splat   bool          // a splat follows the rest
	Each    hcl.Traversal // what follows the splat, up to the next one
	Index   bool          // an index that is not fixed follows the rest
	Inside  bool          // it stands inside of a string template
	Span    diag.Span     // of root.name and the rest
}

// Address returns "root.name", or the root alone.
func (r Ref) Address() string {
	if r.Name == "" {
		return r.Root
	}
	return r.Root + "." + r.Name
}

// Call is one function call in an expression.
type Call struct {
	Name   string
	Args   int       // how many arguments are written
	Spread bool      // the last one is a list of arguments: f(list...)
	Span   diag.Span // of the name
}

// Refs returns the references in expr, in source order.
func Refs(expr hcl.Expression) []Ref { return look(expr).refs }

// Calls returns the function calls in expr, in source order.
func Calls(expr hcl.Expression) []Call { return look(expr).calls }

// findings is what one walk over an expression finds.
type findings struct {
	refs    []Ref
	calls   []Call
	objects []*hclsyntax.ObjectConsExpr
}

func look(expr hcl.Expression) findings {
	tree, ok := expr.(hclsyntax.Node)
	if !ok {
		return findings{}
	}
	w := &refWalker{}
	hclsyntax.Walk(tree, w) // its diagnostics are those of Enter and Exit: none
	slices.SortStableFunc(w.refs, func(a, b Ref) int { return cmp.Compare(a.Span.Start.Byte, b.Span.Start.Byte) })
	slices.SortStableFunc(w.calls, func(a, b Call) int { return cmp.Compare(a.Span.Start.Byte, b.Span.Start.Byte) })
	return w.findings
}

// refWalker collects findings, keeping track of loop variables.
type refWalker struct {
	findings
	scopes  []map[string]struct{}
	parents []hclsyntax.Node // from the root down to the current node

	templates int // how many of the parents are string templates
}

// Enter is called by hclsyntax.Walk before the children of n.
func (w *refWalker) Enter(n hclsyntax.Node) hcl.Diagnostics {
	switch n := n.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		if !w.loopVariable(n.Traversal.RootName()) {
			w.refs = append(w.refs, w.ref(n))
		}
	case *hclsyntax.FunctionCallExpr:
		w.calls = append(w.calls, Call{Name: n.Name, Args: len(n.Args), Spread: n.ExpandFinal, Span: Span(n.NameRange)})
	case *hclsyntax.ObjectConsExpr:
		w.objects = append(w.objects, n)
	case hclsyntax.ChildScope:
		w.scopes = append(w.scopes, n.LocalNames)
	}
	w.parents = append(w.parents, n)
	if isTemplate(n) {
		w.templates++
	}
	return nil
}

// Exit is called by hclsyntax.Walk after the children of n.
func (w *refWalker) Exit(n hclsyntax.Node) hcl.Diagnostics {
	if _, ok := n.(hclsyntax.ChildScope); ok {
		w.scopes = w.scopes[:len(w.scopes)-1]
	}
	w.parents = w.parents[:len(w.parents)-1]
	if isTemplate(n) {
		w.templates--
	}
	return nil
}

func isTemplate(n hclsyntax.Node) bool {
	switch n.(type) {
	case *hclsyntax.TemplateExpr, *hclsyntax.TemplateWrapExpr:
		return true
	}
	return false
}

func (w *refWalker) loopVariable(name string) bool {
	for _, s := range w.scopes {
		if _, ok := s[name]; ok {
			return true
		}
	}
	return false
}

func (w *refWalker) ref(n *hclsyntax.ScopeTraversalExpr) Ref {
	t := n.Traversal
	r := Ref{Root: t.RootName(), Span: Span(t.SourceRange())}
	if len(t) > 1 {
		r.Rest = t[2:]
		switch s := t[1].(type) {
		case hcl.TraverseAttr:
			r.Name = s.Name
		case hcl.TraverseIndex:
			r.Indexed = true
			if s.Key.Type() == cty.String {
				r.Name = s.Key.AsString()
			}
		}
	}
	w.follow(&r, n, len(t) == 1)
	r.Inside = w.templates > 0
	return r
}

// follow looks at what is done with the traversal n: a splat or an index of it.
func (w *refWalker) follow(r *Ref, n *hclsyntax.ScopeTraversalExpr, bare bool) {
	if len(w.parents) == 0 {
		return
	}
	switch p := w.parents[len(w.parents)-1].(type) {
	case *hclsyntax.IndexExpr:
		if p.Collection == hclsyntax.Expression(n) {
			r.Index = !bare
			r.Indexed = r.Indexed || bare
		}
	case *hclsyntax.SplatExpr:
		if p.Source == hclsyntax.Expression(n) {
			r.Splat = true
			r.Each = eachOf(p.Each)
		}
	}
}

// eachOf returns the traversal that a splat applies to every element.
func eachOf(e hclsyntax.Expression) hcl.Traversal {
	for {
		switch x := e.(type) {
		case *hclsyntax.RelativeTraversalExpr:
			if _, ok := x.Source.(*hclsyntax.AnonSymbolExpr); ok {
				return x.Traversal
			}
			e = x.Source
		case *hclsyntax.IndexExpr:
			e = x.Collection
		case *hclsyntax.SplatExpr:
			e = x.Source
		default:
			return nil
		}
	}
}
