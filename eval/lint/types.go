package lint

import (
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// valueType is what can be told of a value's type from the text.
type valueType uint8

const (
	unknownType valueType = iota
	stringType
	numberType
	boolType
	listType
	objectType
)

var typeNames = [...]string{"a value", "a string", "a number", "a bool", "a list", "an object"}

func (t valueType) String() string { return typeNames[t] }

// depth is how many locals and brackets a type is looked for through.
const depth = 20

// typeOf returns the type that an expression has whatever the values of params are;
// unknownType if that cannot be told, or it may be null.
func (l *linter) typeOf(pl *place, e hclsyntax.Expression, deep int) valueType {
	if deep > depth {
		return unknownType
	}
	switch e := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return l.typeOf(pl, e.Expression, deep+1)
	case *hclsyntax.LiteralValueExpr:
		return ctyType(e.Val)
	case *hclsyntax.TemplateExpr:
		return stringType
	case *hclsyntax.TemplateWrapExpr:
		return l.typeOf(pl, e.Wrapped, deep+1)
	case *hclsyntax.TupleConsExpr:
		return listType
	case *hclsyntax.ObjectConsExpr:
		return objectType
	case *hclsyntax.UnaryOpExpr:
		if e.Op == hclsyntax.OpLogicalNot {
			return boolType
		}
		return numberType
	case *hclsyntax.BinaryOpExpr:
		switch e.Op {
		case hclsyntax.OpAdd, hclsyntax.OpSubtract, hclsyntax.OpMultiply, hclsyntax.OpDivide, hclsyntax.OpModulo:
			return numberType
		}
		return boolType
	case *hclsyntax.ConditionalExpr:
		if yes := l.typeOf(pl, e.TrueResult, deep+1); yes == l.typeOf(pl, e.FalseResult, deep+1) {
			return yes
		}
	case *hclsyntax.FunctionCallExpr:
		return resultTypes[e.Name]
	case *hclsyntax.ScopeTraversalExpr:
		return l.typeOfReference(pl, e.Traversal, deep)
	}
	return unknownType
}

// resultTypes are those of functions that give one type whatever they take.
var resultTypes = map[string]valueType{
	"length": numberType, "ceil": numberType, "floor": numberType, "abs": numberType, "max": numberType, "min": numberType, "tonumber": numberType,
	"join": stringType, "format": stringType, "lower": stringType, "upper": stringType, "basename": stringType, "dirname": stringType, "jsonencode": stringType, "tostring": stringType,
	"contains": boolType, "tobool": boolType, "startswith": boolType, "endswith": boolType,
}

func ctyType(v cty.Value) valueType {
	switch {
	case v.IsNull() || !v.IsKnown():
		return unknownType
	case v.Type() == cty.String:
		return stringType
	case v.Type() == cty.Number:
		return numberType
	case v.Type() == cty.Bool:
		return boolType
	}
	return unknownType
}

func (l *linter) typeOfReference(pl *place, t hcl.Traversal, deep int) valueType {
	names := make([]string, 0, len(t))
	for _, s := range t[1:] {
		a, ok := s.(hcl.TraverseAttr)
		if !ok {
			return unknownType
		}
		names = append(names, a.Name)
	}
	if len(names) == 0 || l.bound(pl, t.RootName()) {
		return unknownType
	}
	switch root := t.RootName(); {
	case root == "param":
		if b, ok := l.params[names[0]]; ok && !b.Broken {
			return declaredType(b.Type, names[1:])
		}
	case root == "local" && len(names) == 1:
		return l.localType(names[0], deep)
	case root == "data" && len(names) == 1:
		return stringType
	case root == "each" && len(names) == 1 && pl.block != nil:
		return l.axisType(pl.block, names[0])
	}
	return unknownType
}

// localType asks once a local: two references to each of forty locals that build on each
// other are 2⁴⁰ ways.
func (l *linter) localType(name string, deep int) valueType {
	t, known := l.types[name]
	if e := l.locals[name]; !known && e != nil {
		t = l.typeOf(&place{}, e, deep+1)
		l.types[name] = t
	}
	return t
}

// bound reports whether a loop of the expression takes the name of a root.
func (l *linter) bound(pl *place, root string) bool {
	if pl.attr == nil {
		return false
	}
	if pl.loops == nil {
		pl.loops = map[string]bool{}
		walk(pl.root(), func(n hclsyntax.Node, _ []hclsyntax.Node) {
			if f, ok := n.(*hclsyntax.ForExpr); ok {
				pl.loops[f.KeyVar], pl.loops[f.ValVar] = true, true
			}
		})
	}
	return pl.loops[root] || pl.kind() == "function"
}

// declaredType is the type of a part of a param. A part that may be absent has its
// type all the same: null is equal to no value of another type either.
func declaredType(t param.Type, path []string) valueType {
	for _, name := range path {
		switch t.Kind {
		case param.KindObject:
			i := fieldIndex(t, name)
			if i < 0 {
				return unknownType
			}
			t = t.Fields[i].Type
		case param.KindMap:
			t = *t.Elem
		default:
			return unknownType
		}
	}
	switch t.Kind {
	case param.KindString, param.KindPath:
		return stringType
	case param.KindNumber, param.KindInt, param.KindFloat:
		return numberType
	case param.KindBool:
		return boolType
	case param.KindList, param.KindTuple:
		return listType
	case param.KindMap, param.KindObject:
		return objectType
	}
	return unknownType
}

func fieldIndex(t param.Type, name string) int {
	for i := range t.Fields {
		if t.Fields[i].Name == name {
			return i
		}
	}
	return -1
}

// axisType is the type that all values of an axis have, where they are written out.
func (l *linter) axisType(b *lang.Block, name string) valueType {
	if name == "key" {
		return stringType
	}
	for _, a := range l.axesOf(b) {
		if a.name != name {
			continue
		}
		list, ok := a.values.(*hclsyntax.TupleConsExpr)
		if !ok || len(list.Exprs) == 0 {
			return unknownType
		}
		t := l.typeOf(&place{}, list.Exprs[0], 0)
		for _, e := range list.Exprs[1:] {
			if l.typeOf(&place{}, e, 0) != t {
				return unknownType
			}
		}
		return t
	}
	return unknownType
}

// compared finds == and != between values of different types. Nothing is converted, so
// the one is never true and the other always.
func (l *linter) compared(pl *place, e *hclsyntax.BinaryOpExpr) {
	sign, always := "==", "never"
	switch e.Op {
	case hclsyntax.OpEqual:
	case hclsyntax.OpNotEqual:
		sign, always = "!=", "always"
	default:
		return
	}
	left, right := l.sideType(pl, e.LHS), l.sideType(pl, e.RHS)
	if left == unknownType || right == unknownType || left == right {
		return
	}
	l.report("W-compare-types", spanOf(e.SrcRange), pl.subject, nil, "%s is %s and %s is %s. Nothing is converted, so %s between them is %s true.%s",
		short(l.text(e.LHS.Range())), left, short(l.text(e.RHS.Range())), right, sign, always, l.rewritten(pl, e, left, right))
}

// sideType is the type of one side of a comparison.
func (l *linter) sideType(pl *place, e hclsyntax.Expression) valueType {
	t := l.typeOf(pl, e, 0)
	if t == unknownType && l.texts(pl, e, 0) == 0 {
		return stringType
	}
	return t
}

// rewritten says what was meant, where a text that is a number or a bool is compared.
func (l *linter) rewritten(pl *place, e *hclsyntax.BinaryOpExpr, left, right valueType) string {
	for _, side := range []struct {
		e     hclsyntax.Expression
		other valueType
	}{{e.LHS, right}, {e.RHS, left}} {
		text, ok := literalText(side.e)
		if ok && (side.other == boolType && (text == "true" || text == "false") || side.other == numberType && plainNumber().MatchString(text)) {
			return " Write " + text + " without quotes."
		}
		if side.other == numberType && l.texts(pl, side.e, 0) == 0 && !ok {
			return " Write tonumber(" + short(l.text(side.e.Range())) + ")."
		}
	}
	return ""
}
