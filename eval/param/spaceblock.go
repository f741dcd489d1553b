package param

import (
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/text/unicode/norm"
)

// Block reads the attribute params of an experiment: values by the name of the
// param, nested as params are, or with a dotted name in quotes.
func (s *Space) Block(a *lang.Attr) ([]Tries, diag.List) {
	r := &blockReader{s: s, first: map[string]diag.Span{}}
	obj, ok := bare(a.Expr).(*hclsyntax.ObjectConsExpr)
	if !ok {
		s.b.report("E-attribute-type", lang.Span(a.Expr.Range()), "params is an object, written out, with the values of each param to try: params = { train = { C = [0.1, 1, 10] } }.")
		return nil, s.taken()
	}
	for _, item := range obj.Items {
		r.param(item)
	}
	return r.out, s.taken()
}

// blockReader is the reading of one block.
type blockReader struct {
	s     *Space
	out   []Tries
	first map[string]diag.Span // by name of what has values
}

func bare(e hcl.Expression) hcl.Expression {
	for {
		p, ok := e.(*hclsyntax.ParenthesesExpr)
		if !ok {
			return e
		}
		e = p.Expression
	}
}

// param reads an entry at the top: a param, or a part of one.
func (r *blockReader) param(item hclsyntax.ObjectConsItem) {
	name, at, ok := r.nameOf(item)
	if !ok {
		return
	}
	b := &r.s.b
	path, ok := splitName(name)
	if !ok {
		b.report("E-param-unknown", at, "%q is no param, and no part of one. Names have dots between their parts: \"train.C\".", name)
		return
	}
	d := b.decl(path[0])
	if d == nil {
		b.report("E-param-unknown", at, "There is no param %s.%s", path[0], orElse(b.partCalled(path), nearest(path[0], b.names())))
		return
	}
	r.below(spot{d: d, ty: d.ty, at: at}, name, path[1:], item.ValueExpr)
}

// below reads the values of a part of p.
func (r *blockReader) below(p spot, name string, path []string, e hcl.Expression) {
	if !r.s.open(&p) {
		return
	}
	ty, diags := settingType(p.ty, Setting{Name: dotted(append(append([]string{p.d.name}, p.path...), path...))}, path)
	for i := range diags {
		diags[i].Span = p.at
	}
	if r.s.b.diags = append(r.s.b.diags, diags...); diags.HasErrors() {
		return
	}
	p.path, p.ty = append(clone(p.path), path...), ty
	r.values(p, e)
}

func (r *blockReader) nameOf(item hclsyntax.ObjectConsItem) (string, diag.Span, bool) {
	at := lang.Span(item.KeyExpr.Range())
	name, ok := fieldName(item.KeyExpr)
	if !ok || name == "" {
		r.s.b.report("E-param-set", at, "The name of a param is a word or a string.")
		return "", at, false
	}
	return norm.NFC.String(name), at, true
}

// values reads what stands for p: its parts, if it has some and they are written out,
// else its values.
func (r *blockReader) values(p spot, e hcl.Expression) {
	if obj, ok := bare(e).(*hclsyntax.ObjectConsExpr); ok && len(obj.Items) > 0 && (p.ty.Kind == KindObject || p.ty.Kind == KindMap || p.ty.Kind == KindAny) {
		for _, item := range obj.Items {
			r.part(p, item)
		}
		return
	}
	if first, twice := r.first[p.name()]; twice {
		d := report("E-duplicate", p.at, "param.%s has values to try already. Leave one of the two out.", p.name())
		d.Notes = []diag.Note{{Span: first, Text: "given first here"}}
		r.s.b.diags = append(r.s.b.diags, d)
		return
	}
	r.first[p.name()] = p.at
	if p.d.chooses(p.path) {
		p.ty = Type{Kind: KindString}
	}
	reader := r.s.reader(&p, Default)
	t := reader.read(e)
	r.s.b.diags = append(r.s.b.diags, reader.diags...)
	if t == nil || reader.diags.HasErrors() {
		return
	}
	p.at = lang.Span(e.Range())
	r.out = append(r.out, r.s.tries(&p, spread(p.ty, t)))
}

// part reads an entry inside a param.
func (r *blockReader) part(p spot, item hclsyntax.ObjectConsItem) {
	name, at, ok := r.nameOf(item)
	if !ok {
		return
	}
	if p.d.chooses(p.path) && name == chooser {
		p.at = at
		r.values(p, item.ValueExpr)
		return
	}
	switch p.ty.Kind {
	case KindMap:
		r.values(p.inner(name, *p.ty.Elem, at), item.ValueExpr)
	case KindAny:
		r.values(p.inner(name, p.ty, at), item.ValueExpr)
	default:
		path := []string{name}
		if split, ok := splitName(name); ok && p.ty.field(name) == nil && strings.ContainsAny(name, ".[") {
			path = split
		}
		p.at = at
		r.below(p, name, path, item.ValueExpr)
	}
}
