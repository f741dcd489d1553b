package lang

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// ModuleSource is the directory that a module block names; "" if it is of another project,
// or is computed.
func ModuleSource(b *Block) string {
	a := b.Attr("source")
	if a == nil {
		return ""
	}
	t, ok := a.Expr.(*hclsyntax.TemplateExpr)
	if !ok || !t.IsStringLiteral() {
		return ""
	}
	v, ds := t.Value(nil)
	if ds.HasErrors() {
		return ""
	}
	return v.AsString()
}

// ModuleRev is the commit that a module block names; "" if it is of no other project, or that
// is computed.
func ModuleRev(b *Block) string {
	a := b.Attr("source")
	if a == nil {
		return ""
	}
	o, ok := a.Expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return ""
	}
	v, ds := o.Value(nil)
	if ds.HasErrors() || !v.Type().IsObjectType() || !v.Type().HasAttribute("rev") {
		return ""
	}
	if rev := v.GetAttr("rev"); rev.Type() == cty.String && rev.IsKnown() && !rev.IsNull() {
		return rev.AsString()
	}
	return ""
}

// ModuleGives is where a module block gives a param a value. If it gives none, or it cannot
// be read off it which, given is false and the place is the nearest.
func ModuleGives(b *Block, param string) (at diag.Span, given bool) {
	a := b.Attr("params")
	if a == nil {
		return b.Span, false
	}
	o, ok := a.Expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return a.Span, true
	}
	for _, item := range o.Items {
		name, ds := item.KeyExpr.Value(nil)
		if !ds.HasErrors() && name.Type() == cty.String && name.IsKnown() && !name.IsNull() && name.AsString() == param {
			at, end := Span(item.KeyExpr.Range()), Span(item.ValueExpr.Range())
			at.End = end.End
			return at, true
		}
	}
	return a.NameSpan, false
}
