package eval

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// What a person can write in a line must not take all the memory of a machine. The limits
// are far beyond what can be run, and each is noticed before the memory is asked for.
const (
	maxTurns  = 2_000_000  // turns of for expressions in one value
	allTurns  = 12_000_000 // and in one evaluation: a minute or two at most, where 100,000 points with a hundred each fit
	maxParts  = 8_000_000  // values inside of one value, each counted as often as it is there
	maxInputs = 2_000_000  // inputs of all instances together

	maxInstances = 2_000_000 // of all stages together, those of modules at each of their points
)

func manyParts(at hcl.Range) hcl.Diagnostics {
	return fault("E-value-many", at, nil, "The value holds more than %d others: lists of lists that hold the same things again and again. Nothing that large can be run.", maxParts)
}

// tooManyParts reports whether v is so large that to walk over it would never end. A few
// lists of lists of the same list are quickly written and take no memory, but everything
// that is done with all of it does. Types are as deep as values, and cheaper to look at.
func tooManyParts(v cty.Value) bool {
	left := maxParts
	return !fits(v.Type(), &left)
}

func fits(t cty.Type, left *int) bool {
	if *left--; *left < 0 {
		return false
	}
	switch {
	case t.IsTupleType():
		for _, e := range t.TupleElementTypes() {
			if !fits(e, left) {
				return false
			}
		}
	case t.IsObjectType():
		for _, e := range t.AttributeTypes() {
			if !fits(e, left) {
				return false
			}
		}
	}
	return true
}

// tooLargeGrid reports a grid that is written out in for_each and has more points than a stage can
// have: before the points are made, and with what makes them so many.
func (ev *evaluator) tooLargeGrid(st *stage, e hclsyntax.Expression) bool {
	call, ok := unparen(e).(*hclsyntax.FunctionCallExpr)
	if !ok || call.Name != "grid" || len(call.Args) != 1 {
		return false
	}
	axes, ok := unparen(call.Args[0]).(*hclsyntax.ObjectConsExpr)
	if !ok || len(axes.Items) < 2 {
		return false
	}
	n := big.NewInt(1)
	sizes := map[string]int{}
	for _, it := range axes.Items {
		v, ok := ev.compile(it.ValueExpr, &st.frame, view{base: ev.dir, points: true}, "").value()
		v, _ = v.Unmark()
		name := hcl.ExprAsKeyword(it.KeyExpr)
		if !ok || name == "" || v.IsNull() || !v.IsKnown() || !isList(v.Type()) {
			return false // whoever makes the points says so
		}
		n.Mul(n, big.NewInt(int64(v.LengthInt())))
		sizes[name] = v.LengthInt()
	}
	if n.Cmp(big.NewInt(maxPoints)) <= 0 {
		return false
	}
	ev.errorf(&st.frame, "E-points-many", lang.Span(call.Range()), "The grid has %s points: %s. The most there can be is %d. Use fewer values, or draw from lists of them with sample(…, n, seed).", n, grid.Factors(sizes), maxPoints)
	return true
}

// tooManyValues reports a for expression that makes a point of each of more values than a stage
// can have points: before it does, which would take longest of all. It is true as well if there
// are no values, which is reported then.
func (ev *evaluator) tooManyValues(st *stage, x *compiled) bool {
	e := x.expr
	if m, ok := e.(*memoExpr); ok {
		e = m.Expression
	}
	loop, ok := unparen(e).(*loopExpr)
	if !ok || loop.cond != nil || loop.name != nil {
		return false
	}
	over := &memoExpr{Expression: loop.over}
	loop.over = over
	v, ok := (&compiled{ev: ev, fr: x.fr, expr: over, refs: x.refs, subject: x.subject}).value()
	if !ok || v.IsMarked() || v.IsNull() || !v.IsKnown() || !isList(v.Type()) || v.LengthInt() <= maxPoints {
		return !ok
	}
	ev.manyPoints(st, v)
	return true
}

// manyPoints reports too many values of for_each.
func (ev *evaluator) manyPoints(st *stage, v cty.Value) {
	of := differing(v)
	if of != "" {
		of = " (different values: " + of + ")"
	}
	ev.errorf(&st.frame, "E-points-many", spanOf(st.block.Attr("for_each")), "for_each has %d points%s; the most there can be is %d. Use fewer values, or sample(grid(…), n, seed).", v.LengthInt(), of, maxPoints)
}

// differing says how many different values each axis of points has: where there are too many
// points, and grid is not written out in for_each, what makes them so many. It is "" where they are no
// combinations, as the rows of a table, or a point is none, which somebody else reports.
func differing(points cty.Value) string {
	seen := map[string]map[string]bool{}
	for _, p := range points.AsValueSlice() {
		p, _ = p.Unmark()
		if p.IsNull() || !p.IsKnown() || !isObject(p.Type()) {
			return ""
		}
		for name, v := range p.AsValueMap() {
			v, _ = v.Unmark()
			text, err := grid.Text(v)
			if name == "key" || err != nil {
				continue // of an instance, or an axis of objects
			}
			if seen[name] == nil {
				seen[name] = map[string]bool{}
			}
			seen[name][text] = true
		}
	}
	sizes := make(map[string]int, len(seen))
	product, most := 1, 2*points.LengthInt()
	for name, values := range seen {
		if product *= len(values); product > most {
			return ""
		}
		sizes[name] = len(values)
	}
	return grid.Factors(sizes)
}

// allPoints finds the points of all stages, those of modules too, before anything is made for
// each of them. It is false if they are too many.
func (ev *evaluator) allPoints() bool {
	for _, st := range ev.order {
		ev.points(st)
	}
	for _, kid := range ev.kids() {
		if ev.family.full() || !kid.allPoints() {
			return false
		}
	}
	return !ev.family.full()
}

// manyInstances reports the stage with which there are too many instances.
func (ev *evaluator) manyInstances(st *stage) {
	parts := []string{fmt.Sprintf("stage %s %d", st.name, len(st.instances))}
	for u := ev.used; u != nil; u = u.by.used {
		parts = append([]string{fmt.Sprintf("module %s %d", u.module.name, len(u.module.st.instances))}, parts...)
	}
	span := st.block.Span
	if a := st.block.Attr("for_each"); a != nil {
		span = spanOf(a)
	}
	ev.errorf(nil, "E-points-many", span, "All stages together have more than %d instances. The last that was counted has %s. Use fewer points, or have commands that do more at once, as over shard(files(…), 64).", ev.family.most, strings.Join(parts, " × "))
}

// spoil makes what is read of the stage, which has too much, nobody's business any more.
func (st *stage) spoil() {
	for _, in := range st.instances {
		in.in, in.broken = nil, true
	}
}

// room counts more inputs of a stage, and reports when there are too many.
func (ev *evaluator) room(st *stage, more int) bool {
	f := ev.family
	if f.inputs += more; f.inputs <= maxInputs {
		return true
	}
	if f.inputs-more <= maxInputs {
		in := st.frame.in
		st.frame.in = nil
		span := st.block.Span
		if a := st.block.Attr("inputs"); a != nil {
			span = spanOf(a)
		}
		ev.errorf(&st.frame, "E-inputs-many", span, "All instances together have more than %d inputs, and those of this stage, of which there are %d, are among them. Put a stage before it that makes one directory of what they all read, and give them that.", maxInputs, len(st.instances))
		st.frame.in = in
	}
	return false
}
