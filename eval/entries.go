package eval

import (
	"sort"
	"strconv"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// entries is an attribute such as inputs: a path, a list or an object of them.
// Where it is written out, each entry is compiled by itself, so that messages
// point at it and no object is built at every point.
type entries struct {
	ev     *evaluator
	attr   *lang.Attr
	fr     *frame
	form   form
	items  []entryItem
	whole  *compiled // in place of items
	varies bool
}

type entryItem struct {
	name   string
	nameOf *compiled // in place of name
	value  *compiled
	span   diag.Span
}

// entry is one evaluated entry.
type entry struct {
	name string
	v    cty.Value
	span diag.Span
}

func (ev *evaluator) entries(a *lang.Attr, fr *frame, vw view) *entries {
	out := &entries{ev: ev, attr: a, fr: fr}
	add := func(it entryItem, e hclsyntax.Expression) {
		it.value = ev.compile(e, fr, vw, "")
		it.span = lang.Span(e.Range())
		out.varies = out.varies || it.value.varies || it.nameOf != nil && it.nameOf.varies
		out.items = append(out.items, it)
	}
	switch e := unparen(a.Expr.(hclsyntax.Expression)).(type) {
	case *hclsyntax.ObjectConsExpr:
		for _, item := range e.Items {
			it := entryItem{name: hcl.ExprAsKeyword(item.KeyExpr)}
			if it.name == "" {
				it.nameOf = ev.compile(item.KeyExpr, fr, vw, "")
			}
			add(it, item.ValueExpr)
		}
	case *hclsyntax.TupleConsExpr:
		out.form = listed
		for i, e := range e.Exprs {
			add(entryItem{name: strconv.Itoa(i)}, e)
		}
	default:
		out.whole = ev.compile(a.Expr, fr, vw, "")
		out.varies = out.whole.varies
	}
	return out
}

// at evaluates the entries at the frame's point. ok is false if something failed,
// known is false if, while validating, it cannot be told what there is.
func (e *entries) at() (f form, list []entry, known, ok bool) {
	if e.whole != nil {
		return e.wholeAt()
	}
	known, ok = true, true
	list = make([]entry, 0, len(e.items))
	for i := range e.items {
		it := &e.items[i]
		name := it.name
		if it.nameOf != nil {
			var good bool
			if name, good = e.nameAt(it); !good {
				ok = false
				continue
			}
		}
		v, good := it.value.value()
		if !good {
			ok = false
			continue
		}
		list = append(list, entry{name, v, it.span})
	}
	return e.form, list, known, ok
}

func (e *entries) nameAt(it *entryItem) (string, bool) {
	v, ok := it.nameOf.value()
	if !ok {
		return "", false
	}
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() || v.Type() != cty.String || v.AsString() == "" {
		e.ev.errorf(e.fr, "E-attribute-type", lang.Span(it.nameOf.expr.Range()), "A name in %s is a text, and not empty.", e.attr.Name)
		return "", false
	}
	return v.AsString(), true
}

func (e *entries) wholeAt() (f form, list []entry, known, ok bool) {
	v, ok := e.whole.value()
	if !ok {
		return named, nil, true, false
	}
	span := lang.Span(e.attr.Expr.Range())
	bare, marks := v.Unmark()
	t := bare.Type()
	switch {
	case !bare.IsKnown():
		return named, nil, false, true
	case bare.IsNull():
		return named, nil, true, true
	case isObject(t):
		m := bare.AsValueMap()
		if isInstance(m) {
			return single, []entry{{"0", v, span}}, true, true
		}
		for n, v := range m {
			list = append(list, entry{n, v.WithMarks(marks), span})
		}
		sort.Slice(list, func(i, j int) bool { return list[i].name < list[j].name })
		return named, list, true, true
	case isList(t):
		for i, v := range bare.AsValueSlice() {
			list = append(list, entry{strconv.Itoa(i), v.WithMarks(marks), span})
		}
		return listed, list, true, true
	}
	return single, []entry{{"0", v, span}}, true, true
}
