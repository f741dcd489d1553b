package lint

import (
	"regexp"

	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Some functions give nothing but texts, at a known depth: of csvdecode's list of objects
// each value is one, though it may look like a number. texts follows such values through
// locals, axes and loops.

// noTexts is the depth of what may be anything.
const noTexts = -1

// textsOf are how deep the texts lie in what functions give: 0 is a text, 1 a list of texts.
var textsOf = map[string]int{
	"csvdecode": 2, "split": 1, "keys": 1, "formatlist": 1,
	"replace": 0, "regexreplace": 0, "substr": 0, "trim": 0, "trimprefix": 0, "trimsuffix": 0, "trimspace": 0, "chomp": 0,
	"strrev": 0, "title": 0, "indent": 0, "stem": 0, "extension": 0, "file": 0, "joinpath": 0,
}

// narrowing are functions that give a list of what their first argument holds.
var narrowing = map[string]bool{"distinct": true, "slice": true, "reverse": true, "sort": true, "tolist": true, "compact": true, "sample": true, "where": true}

// texts returns how deep the texts lie in a value that holds nothing else; noTexts if
// that cannot be told.
func (l *linter) texts(pl *place, e hclsyntax.Expression, deep int) int {
	if deep > depth || pl == nil {
		return noTexts
	}
	switch e := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return l.texts(pl, e.Expression, deep+1)
	case *hclsyntax.TemplateWrapExpr:
		return l.texts(pl, e.Wrapped, deep+1)
	case *hclsyntax.TemplateExpr:
		return 0
	case *hclsyntax.ScopeTraversalExpr:
		return l.textsOfReference(pl, e.Traversal, deep)
	case *hclsyntax.RelativeTraversalExpr:
		return below(l.texts(pl, e.Source, deep+1), len(e.Traversal))
	case *hclsyntax.IndexExpr:
		return below(l.texts(pl, e.Collection, deep+1), 1)
	case *hclsyntax.ForExpr:
		if n := l.texts(pl, e.ValExpr, deep+1); n >= 0 && !e.Group {
			return n + 1
		}
	case *hclsyntax.FunctionCallExpr:
		return l.textsOfCall(pl, e, deep)
	}
	return noTexts
}

// below is the depth after n indexes or names.
func below(texts, n int) int {
	if texts < n {
		return noTexts
	}
	return texts - n
}

func (l *linter) textsOfCall(pl *place, e *hclsyntax.FunctionCallExpr, deep int) int {
	if len(e.Args) == 0 || find(l.p.Functions, e.Name) != nil {
		return noTexts
	}
	if n, ok := textsOf[e.Name]; ok {
		return n
	}
	switch {
	case narrowing[e.Name]:
		return l.texts(pl, e.Args[0], deep+1)
	case e.Name == "element" || e.Name == "one":
		return below(l.texts(pl, e.Args[0], deep+1), 1)
	case e.Name == "regex" || e.Name == "regexall":
		return textsOfPattern(e)
	}
	return noTexts
}

// textsOfPattern is how deep the texts are that a regular expression finds.
func textsOfPattern(e *hclsyntax.FunctionCallExpr) int {
	pattern, ok := literalText(e.Args[0])
	re, err := regexp.Compile(pattern)
	if !ok || err != nil {
		return noTexts
	}
	n := min(re.NumSubexp(), 1)
	if e.Name == "regexall" {
		n++
	}
	return n
}

func (l *linter) textsOfReference(pl *place, t hcl.Traversal, deep int) int {
	if pl.kind() == "function" {
		return noTexts
	}
	if over := l.loopsOver(pl, t.RootName()); len(over) > 0 {
		return below(l.agreed(pl, over, deep), len(t)) // an element of it, and what follows the name
	}
	if len(t) < 2 {
		return noTexts
	}
	name, ok := t[1].(hcl.TraverseAttr)
	if !ok || l.bound(pl, t.RootName()) {
		return noTexts
	}
	n := noTexts
	switch t.RootName() {
	case "local":
		n = l.localTexts(name.Name, deep)
	case "each":
		if pl.block != nil {
			n = l.axisTexts(pl.block, name.Name, deep)
		}
	}
	return below(n, len(t)-2)
}

// loopsOver returns what the loops of an expression whose elements have this name go over.
func (l *linter) loopsOver(pl *place, name string) []hclsyntax.Expression {
	if !l.bound(pl, name) {
		return nil
	}
	var over []hclsyntax.Expression
	mixed := false
	walk(pl.root(), func(n hclsyntax.Node, _ []hclsyntax.Node) {
		if f, ok := n.(*hclsyntax.ForExpr); ok {
			if mixed = mixed || f.KeyVar == name; f.ValVar == name {
				over = append(over, f.CollExpr)
			}
		}
	})
	if mixed {
		return nil
	}
	return over
}

// agreed is the depth that all of some values have.
func (l *linter) agreed(pl *place, list []hclsyntax.Expression, deep int) int {
	n := l.texts(pl, list[0], deep+1)
	for _, e := range list[1:] {
		if l.texts(pl, e, deep+1) != n {
			return noTexts
		}
	}
	return n
}

// localTexts asks once a local, as localType does.
func (l *linter) localTexts(name string, deep int) int {
	n, known := l.textDepths[name]
	if known {
		return n
	}
	if l.textDepths == nil {
		l.textDepths = map[string]int{}
	}
	l.textDepths[name] = noTexts // while it is looked at
	n = noTexts
	if pl := l.localPlaces[name]; pl != nil {
		n = l.texts(pl, pl.root(), deep+1)
	}
	l.textDepths[name] = n
	return n
}

// axisTexts is the depth of what an axis holds: points that are rows of a table, or the
// values of an axis of a grid.
func (l *linter) axisTexts(b *lang.Block, name string, deep int) int {
	for _, pl := range l.of[b] {
		if pl.attr.Name != "for_each" || name == "key" {
			continue
		}
		for _, a := range l.axesOf(b) {
			if a.name == name && a.values != nil {
				return below(l.texts(pl, a.values, deep+1), 1)
			}
		}
		return below(l.texts(pl, pl.root(), deep+1), 2)
	}
	return noTexts
}
