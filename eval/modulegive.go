package eval

import (
	"maps"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/zclconf/go-cty/cty"
)

// give evaluates the params that a module block gives to kid.
func (ev *evaluator) give(kid *evaluator) bool {
	m := kid.used.module
	fr := &m.st.frame
	u := &param.User{Module: m.name, Span: m.block.Span, Given: map[string]param.Given{}, Prepare: func(name string, ty param.Type, v cty.Value) (cty.Value, bool) {
		v, ok := ev.prepareGiven(kid, fr, name, ty, v)
		if !ok {
			return v, false
		}
		kid.used.given[name] = v
		kid.gifts(v)
		kid.used.note(v, kid.used.user.Given[name].Span)
		bare, _ := v.UnmarkDeep()
		return bare, true
	}}
	kid.used.user, kid.used.given = u, map[string]cty.Value{}
	a := m.block.Attr("params")
	if a == nil {
		return true
	}
	u.Span = a.Span
	f, list, known, ok := ev.entries(a, fr, view{base: kid.dir, to: kid}).at()
	if !ok {
		return false
	}
	if f != named && len(list) > 0 {
		ev.errorf(fr, "E-attribute-type", spanOf(a), "params is an object that gives the module's params their values: params = { raw = data.raw }.")
		return false
	}
	if !known {
		for _, b := range kid.pipe.Params {
			u.Given[b.Name] = param.Given{Value: cty.DynamicVal, Span: spanOf(a)}
		}
	}
	for _, e := range list {
		_, marks := e.v.UnmarkDeep()
		u.Given[e.name] = param.Given{Value: e.v, Sensitive: len(secrecy(marks)) > 0, Span: e.span}
	}
	return true
}

// prepareGiven makes a value of this pipeline one of kid's: where kid wants a path, a text
// of ours is a path of ours.
func (ev *evaluator) prepareGiven(kid *evaluator, fr *frame, name string, ty param.Type, v cty.Value) (cty.Value, bool) {
	span := kid.used.user.Given[name].Span
	ok := true
	v, err := cty.TransformWithTransformer(v, &givenPaths{ev: ev, kid: kid, ty: ty, bad: func(format string, args ...any) {
		ev.errorf(fr, "E-param-type", span, format, args...)
		ok = false
	}, path: func(s string) (string, bool) {
		what := "param " + name + " of module " + kid.used.module.name
		p, _, good := ev.path(fr, s, span, what)
		if good && ev.space.Forbidden(p) { // nobody gives what he was not given
			ev.errorf(fr, "E-path-escape", span, "%s is %s, %s.", capital(what), quoteJSON(s), notGiven)
			good = false
		}
		ok = ok && good
		return p, good
	}})
	return v, ok && err == nil
}

// givenPaths renders the paths in a given value relative to the module.
type givenPaths struct {
	ev, kid *evaluator
	ty      param.Type
	bad     func(format string, args ...any)
	path    func(s string) (string, bool)
}

// Enter implements cty.Transformer.
func (g *givenPaths) Enter(_ cty.Path, v cty.Value) (cty.Value, error) { return v, nil }

// Exit implements cty.Transformer.
func (g *givenPaths) Exit(at cty.Path, v cty.Value) (cty.Value, error) {
	bare, marks := v.Unmark()
	if bare.Type().IsCapsuleType() {
		g.bad("%s is no value that a param can have. Give a path of it, as stage.NAME.outputs.OUTPUT.", capital(kindOf(bare)))
		return cty.NullVal(cty.DynamicPseudoType), nil
	}
	if bare.IsNull() || !bare.IsKnown() || bare.Type() != cty.String || g.ty.Along(at) != param.KindPath {
		return v, nil
	}
	var o origins
	if o.add(marks); !o.empty() || len(o.places) > 0 {
		return v, nil // it was rendered for the module
	}
	p, ok := g.path(bare.AsString())
	if !ok {
		return v, nil
	}
	real := g.ev.space.Real(p)
	return cty.StringVal(rel(g.kid.dir, g.kid.space.Seen(real))).WithMarks(marks).Mark(placeMark{real}), nil
}

// given puts the marks that a param's value came with on what was bound.
func (ev *evaluator) given(name string, v cty.Value) cty.Value {
	if ev.used == nil {
		return v
	}
	from, ok := ev.used.given[name]
	if !ok {
		return v
	}
	if !from.IsMarked() && !from.ContainsMarked() {
		return v
	}
	return remarked(v, from)
}

// remarked returns v with the marks of the same parts of from.
func remarked(v, from cty.Value) cty.Value {
	from, marks := from.Unmark()
	v, own := v.Unmark()
	marks = joined(marks, own)
	switch {
	case v.IsNull() || !v.IsKnown() || !v.CanIterateElements() || from.IsNull() || !from.IsKnown() || !from.CanIterateElements() || v.LengthInt() == 0:
	case v.Type().IsSetType():
		_, deep := from.UnmarkDeep()
		marks = joined(marks, deep)
	case isObject(v.Type()) && isObject(from.Type()):
		parts, source := v.AsValueMap(), from.AsValueMap()
		for n := range parts {
			if s, ok := source[n]; ok {
				parts[n] = remarked(parts[n], s)
			}
		}
		v = cty.ObjectVal(parts)
	case isList(v.Type()) && isList(from.Type()):
		parts, source := v.AsValueSlice(), from.AsValueSlice()
		for i := range parts {
			if i < len(source) {
				parts[i] = remarked(parts[i], source[i])
			}
		}
		v = cty.TupleVal(parts)
	}
	return v.WithMarks(marks)
}

func joined(a, b cty.ValueMarks) cty.ValueMarks {
	if len(b) == 0 {
		return a
	}
	out := maps.Clone(b)
	maps.Copy(out, a)
	return out
}
