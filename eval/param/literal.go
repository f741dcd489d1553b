package param

import (
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// literal reads a constant expression of a declaration as a tree, so that every
// part of a default has its own place in messages; masked ones are not shown there.
func literal(expr hcl.Expression, masked bool) (*Tree, diag.List) {
	r := literalReader{layer: Default, origin: "default", code: "E-param-default", masked: masked,
		advice: "A default is a constant: it can refer to nothing. Put what is computed into locals."}
	t := r.read(expr)
	return t, r.diags
}

// literalReader turns an expression without scope into a tree.
type literalReader struct {
	layer  Layer
	origin string
	code   string
	advice string
	masked bool
	value  func(hcl.Expression) (cty.Value, diag.List) // evaluates what is not written out; nil: constants only
	diags  diag.List
}

func (r *literalReader) span(at hcl.Range) diag.Span {
	s := lang.Span(at)
	s.Masked = r.masked
	return s
}

func (r *literalReader) fail(at hcl.Range, detail string) *Tree {
	r.diags = append(r.diags, report(r.code, r.span(at), "%s", detail))
	return nil
}

func (r *literalReader) leaf(t *Tree, at hcl.Range) *Tree {
	t.Layer, t.Origin, t.Span = r.layer, r.origin, r.span(at)
	return t
}

// read returns nil if it reported something.
func (r *literalReader) read(expr hcl.Expression) *Tree {
	switch e := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return r.read(e.Expression)
	case *hclsyntax.TupleConsExpr:
		t := r.leaf(&Tree{Shape: Sequence, Items: []*Tree{}}, e.SrcRange)
		for _, x := range e.Exprs {
			if item := r.read(x); item != nil {
				t.Items = append(t.Items, item)
			}
		}
		return t
	case *hclsyntax.ObjectConsExpr:
		return r.object(e)
	default:
		return r.constant(expr)
	}
}

func (r *literalReader) object(e *hclsyntax.ObjectConsExpr) *Tree {
	t := r.leaf(&Tree{Shape: Mapping}, e.SrcRange)
	for _, item := range e.Items {
		name, ok := fieldName(item.KeyExpr)
		if !ok {
			r.fail(item.KeyExpr.Range(), "The name of an attribute is a word or a string.")
			continue
		}
		if t.Get(name) != nil {
			r.fail(item.KeyExpr.Range(), "The name "+name+" is there twice.")
			continue
		}
		if v := r.read(item.ValueExpr); v != nil {
			t.push(Entry{Name: name, Span: r.span(item.KeyExpr.Range()), Value: v})
		}
	}
	return t
}

// constant evaluates anything else without a scope: -1, 2 * 3, a template
// without interpolations.
func (r *literalReader) constant(expr hcl.Expression) *Tree {
	if vars := expr.Variables(); len(vars) > 0 {
		return r.fail(vars[0].SourceRange(), r.advice)
	}
	if r.value != nil {
		return r.computed(expr)
	}
	v, diags := expr.Value(nil)
	if diags.HasErrors() {
		detail := strings.TrimSuffix(diags[0].Detail, ".") + ". " + r.advice
		at := expr.Range()
		if diags[0].Subject != nil {
			at = *diags[0].Subject
		}
		return r.fail(at, detail)
	}
	t, err := treeOf(v, func(t *Tree) { r.leaf(t, expr.Range()) })
	if err != nil {
		return r.fail(expr.Range(), "This number cannot be used: "+err.Error()+".")
	}
	return t
}

// computed evaluates an expression that calls functions.
func (r *literalReader) computed(expr hcl.Expression) *Tree {
	v, diags := r.value(expr)
	if r.diags = append(r.diags, diags...); diags.HasErrors() {
		return nil
	}
	t, err := treeOf(v, func(t *Tree) { r.leaf(t, expr.Range()) })
	if err != nil {
		return r.fail(expr.Range(), "This number cannot be used: "+err.Error()+".")
	}
	return t
}
