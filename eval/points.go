package eval

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// maxPoints is where a grid is taken for a mistake.
const maxPoints = 100_000

// points finds the instances of a stage: for_each gives points, key names them, when
// leaves some out. It depends on params, locals and tracked data, and on the points of
// other stages, never on what stages make.
func (ev *evaluator) points(st *stage) bool {
	switch st.pointState {
	case good:
		return true
	case failed:
		return false
	case working:
		panic("eval.points: stage " + st.name + " needs its own points, which lang.Check refuses")
	}
	if ev.family.full() {
		st.pointState = failed // and that was reported
		return false
	}
	st.pointState = working
	list, ok := ev.candidates(st)
	st.candidate = len(list)
	ok = ok && ev.sameAxes(st, list)
	if ok {
		list, ok = ev.settle(st, list)
	}
	st.frame.in = nil
	if !ok {
		st.pointState = failed
		return false
	}
	for i, in := range list {
		in.pos = i
	}
	st.instances, st.pointState = list, good
	ev.family.enter(st)
	if ev.family.full() {
		ev.manyInstances(st)
		st.instances, st.pointState = nil, failed
		return false
	}
	return true
}

// candidates returns the points of for_each; a plain stage has one without axes.
func (ev *evaluator) candidates(st *stage) ([]*instance, bool) {
	a := st.block.Attr("for_each")
	if a == nil {
		return []*instance{{st: st}}, true
	}
	if ev.tooLargeGrid(st, a.Expr.(hclsyntax.Expression)) {
		return nil, false
	}
	x := ev.compile(a.Expr, &st.frame, view{base: ev.dir, points: true}, st.subject())
	if from := ev.instancesOf(x); from != nil {
		return ev.children(st, from)
	}
	if ev.tooManyValues(st, x) {
		return nil, false
	}
	v, ok := x.value()
	if !ok {
		return nil, false
	}
	span := lang.Span(a.Expr.Range())
	v, marks := v.Unmark()
	if !ev.public(marks, nil, span, "for_each") {
		return nil, false
	}
	if !v.IsKnown() {
		st.unknown = true
		return []*instance{{st: st, unknown: true}}, true
	}
	if v.IsNull() || !isList(v.Type()) {
		ev.errorf(&st.frame, "E-for-each", span, "for_each is %s. %s", kindOf(v), forEachAdvice)
		return nil, false
	}
	if n := v.LengthInt(); n > maxPoints {
		ev.manyPoints(st, v)
		return nil, false
	} else if n == 0 {
		without := "the stage has no instances"
		if st.module != nil {
			without = "nothing of the module is used"
		}
		ev.warnf(&st.frame, "W-grid-empty", span, "for_each has no points, so %s.", without)
		return nil, true
	}
	return ev.elements(st, v, span)
}

const forEachAdvice = "It is a list of points: grid({ C = [0.1, 1] }), files(data.images, \"**/*.jpg\"), another stage, or a for expression over one of them."

// instancesOf returns the stage when for_each is just stage.x, with x a template.
func (ev *evaluator) instancesOf(x *compiled) *stage {
	e := x.expr
	if m, ok := e.(*memoExpr); ok {
		e = m.Expression
	}
	r, ok := unparen(e).(*refExpr)
	if !ok || len(r.steps) != 2 {
		return nil
	}
	if st := ev.gridOf(r.root, r.name(1)); st != nil && st.template {
		return st
	}
	return nil
}

// children makes one point for each instance of another stage.
func (ev *evaluator) children(st *stage, from *stage) ([]*instance, bool) {
	if !ev.points(from) {
		return nil, false
	}
	if from.unknown {
		st.unknown = true
		return []*instance{{st: st, unknown: true}}, true
	}
	all := make([]instance, len(from.instances))
	list := make([]*instance, len(all))
	for i, p := range from.instances {
		all[i] = instance{st: st, point: p.point, axes: p.axes, parent: p, extras: p.extras}
		list[i] = &all[i]
	}
	return list, true
}

// elements reads the points of a list.
func (ev *evaluator) elements(st *stage, v cty.Value, span diag.Span) ([]*instance, bool) {
	if at, ok := st.block.Attr("for_each").Expr.(*hclsyntax.TupleConsExpr); ok && len(at.Exprs) > 0 {
		span = lang.Span(at.Exprs[0].Range())
	}
	list := make([]*instance, 0, v.LengthInt())
	r := pointReader{ev: ev, st: st, span: span}
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		in, ok := r.read(e)
		if !ok {
			return nil, false
		}
		if st.unknown {
			return []*instance{in}, true
		}
		list = append(list, in)
	}
	return list, true
}

// sameAxes checks that all points have the same axes.
func (ev *evaluator) sameAxes(st *stage, list []*instance) bool {
	if st.unknown || len(list) == 0 {
		return true
	}
	first := list[0].axes
	for _, a := range first {
		st.axes = append(st.axes, a.Name)
	}
	for _, in := range list[1:] {
		same := len(in.axes) == len(first)
		for i := 0; same && i < len(first); i++ {
			same = in.axes[i].Name == first[i].Name
		}
		if !same {
			ev.errorf(&st.frame, "E-points-axes", lang.Span(st.block.Attr("for_each").Expr.Range()),
				"The points of a stage have the same axes. One has %s, another %s.", axisNames(first), axisNames(in.axes))
			return false
		}
	}
	if st.template && len(first) == 0 {
		ev.errorf(&st.frame, "E-for-each", lang.Span(st.block.Attr("for_each").Expr.Range()), "The points have no axes. %s", forEachAdvice)
		return false
	}
	return true
}

func axisNames(axes []graph.Axis) string {
	s := ""
	for i, a := range axes {
		if i > 0 {
			s += ", "
		}
		s += a.Name
	}
	if s == "" {
		return "none"
	}
	return s
}

// settle gives the points their point keys and leaves out those whose when is false.
func (ev *evaluator) settle(st *stage, list []*instance) ([]*instance, bool) {
	at := ev.attrs(st.block, &st.frame, view{base: ev.dir, points: true})
	out := list[:0]
	seen := make(map[string]*instance, len(list))
	ok := true
	for _, in := range list {
		st.frame.in = in
		if st.template && !in.unknown {
			ok = ev.pointKey(st, in, at) && ok
		}
		when, good := at.flag("when", true)
		ok = ok && good
		if !when {
			continue
		}
		if other := seen[in.key]; other != nil && ok {
			ev.sameKey(st, other, in)
			return nil, false
		}
		seen[in.key] = in
		out = append(out, in)
	}
	return out, ok
}
