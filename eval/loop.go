package eval

import (
	"fmt"
	"maps"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// loopExpr is a for expression, whose turns are counted. hcl's builds a scope for each turn.
// Here the names of a loop are nodes that look at the turn that goes on, as those of
// parameters look at the call.
type loopExpr struct {
	hclsyntax.Expression
	ev         *evaluator
	over       hclsyntax.Expression
	cond, name hclsyntax.Expression // nil: there is none
	value      hclsyntax.Expression
	group      bool // there may be several values of one name
	fixed      bool // over is the same at every point and turn
	turn       turn // that goes on
	turns      int  // taken so far, at all points
	times      int  // evaluated so far
	refused    bool // it has too many turns, which was said
}

// turn is what the names of a loop stand for.
type turn struct{ name, value cty.Value }

// loopName is a name that a loop around binds.
type loopName struct {
	name  string
	loop  *loopExpr
	first bool // of two: what an element is called
}

// turnExpr is the name of a loop inside of it.
type turnExpr struct {
	hclsyntax.Expression
	of loopName
}

func (e *turnExpr) Value(*hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if e.of.first {
		return e.of.loop.turn.name, nil
	}
	return e.of.loop.turn.value, nil
}

// loop compiles a for expression. Its body varies with every turn, the whole only
// if the collection does or the body refers to the point.
func (c *compiler) loop(e *hclsyntax.ForExpr) (hclsyntax.Expression, bool) {
	n := newLoop(c.ev, e)
	outer := c.children(&n.over)
	n.fixed = !outer
	before, asked, depth := len(c.refs), c.asked, len(c.loops)
	c.inside(n, e, func() { c.children(&n.name, &n.value, &n.cond) })
	varies := outer || depth > 0 || len(c.anon) > 0 || c.asked > asked
	for _, r := range c.refs[before:] {
		varies = varies || r.varies()
	}
	if !outer && varies && worthKeeping(n.over) {
		n.over = &memoExpr{Expression: n.over}
	}
	return n, varies
}

func newLoop(ev *evaluator, e *hclsyntax.ForExpr) *loopExpr {
	return &loopExpr{Expression: e, ev: ev, over: e.CollExpr, cond: e.CondExpr, name: e.KeyExpr, value: e.ValExpr, group: e.Group}
}

// inside compiles what sees the names of a loop.
func (c *compiler) inside(n *loopExpr, e *hclsyntax.ForExpr, parts func()) {
	depth := len(c.loops)
	if e.KeyVar != "" {
		c.loops = append(c.loops, loopName{e.KeyVar, n, true})
	}
	c.loops = append(c.loops, loopName{e.ValVar, n, false})
	parts()
	c.loops = c.loops[:depth]
}

// loopName compiles a name that a loop around has taken, if it is one.
func (c *compiler) loopName(e *hclsyntax.ScopeTraversalExpr) (hclsyntax.Expression, bool) {
	root := e.Traversal.RootName()
	for i := len(c.loops) - 1; i >= 0; i-- {
		if c.loops[i].name != root {
			continue
		}
		first := &turnExpr{Expression: e, of: c.loops[i]}
		if len(e.Traversal) == 1 {
			return first, true
		}
		return &relExpr{Expression: e, source: first, steps: e.Traversal[1:]}, true
	}
	return nil, false
}

// mostFaults is how many mistakes a loop goes on after. Most that are made at one turn are
// made at all.
const mostFaults = 10

func (e *loopExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	over, ds := e.over.Value(ctx)
	if ds.HasErrors() {
		return cty.DynamicVal, ds
	}
	over, marks := over.Unmark()
	switch {
	case over.IsNull() || over.IsKnown() && !over.CanIterateElements():
		return cty.DynamicVal, fault("E-iteration", e.over.Range(), nil, "A for expression goes over a list, a set or an object, not over %s.", kindOf(over))
	case !over.IsKnown():
		return cty.DynamicVal.WithMarks(marks), ds
	}
	if ds := e.mayTurn(e.least(over.LengthInt(), ctx)); ds != nil {
		return cty.DynamicVal, ds
	}
	before := e.turn
	defer func() { e.turn = before }()
	e.times++
	r := &turnResults{loop: e, marks: []cty.ValueMarks{marks}, known: true, ds: ds}
	for it := over.ElementIterator(); it.Next(); {
		if ds := e.counted(); ds != nil {
			return cty.DynamicVal, ds
		}
		e.turn.name, e.turn.value = it.Element()
		if r.take(ctx); len(r.ds) >= mostFaults {
			break
		}
	}
	return r.done()
}

// turnResults are what the turns of a loop give.
type turnResults struct {
	loop   *loopExpr
	list   []cty.Value
	named  map[string]cty.Value
	groups map[string][]cty.Value
	marks  []cty.ValueMarks // that the whole must carry
	known  bool
	ds     hcl.Diagnostics
}

// take adds what the turn that goes on gives.
func (r *turnResults) take(ctx *hcl.EvalContext) {
	e := r.loop
	if e.cond != nil {
		c, marks, ds := truth(e.cond, ctx)
		r.ds = append(r.ds, ds...)
		r.mark(marks)
		if ds.HasErrors() {
			return
		}
		if r.known = r.known && c.IsKnown(); !c.IsKnown() || c.False() {
			return
		}
	}
	name, ok := "", true
	if e.name != nil {
		name, ok = r.name(ctx)
	}
	v, ds := e.value.Value(ctx)
	r.ds = append(r.ds, ds...)
	switch {
	case !ok || ds.HasErrors():
	case e.name == nil:
		r.list = append(r.list, v)
	case e.group:
		if r.groups == nil {
			r.groups = map[string][]cty.Value{}
		}
		r.groups[name] = append(r.groups[name], v)
	default:
		r.put(name, v)
	}
}

func (r *turnResults) put(name string, v cty.Value) {
	if r.named == nil {
		r.named = map[string]cty.Value{}
	}
	if _, twice := r.named[name]; twice {
		at := r.loop.name.Range()
		r.ds = append(r.ds, &hcl.Diagnostic{Severity: hcl.DiagError, Subject: &at,
			Detail: fmt.Sprintf("Two different items produced the name %q in this 'for' expression. If duplicates are expected, use the ellipsis (...) after the value expression to have a list of them.", name),
			Extra:  coded{code: "E-value", withheld: "Two different items produced the same name in this 'for' expression. Which is not shown: a sensitive value is among those that it reads."},
		})
		return
	}
	r.named[name] = v
}

// mark keeps marks for the whole, once where they are those of the turn before.
func (r *turnResults) mark(marks cty.ValueMarks) {
	if len(marks) > 0 && !maps.Equal(marks, r.marks[len(r.marks)-1]) {
		r.marks = append(r.marks, marks)
	}
}

// name evaluates the name of a value in an object.
func (r *turnResults) name(ctx *hcl.EvalContext) (string, bool) {
	v, ds := r.loop.name.Value(ctx)
	r.ds = append(r.ds, ds...)
	if ds.HasErrors() {
		return "", false
	}
	v, marks := v.Unmark()
	r.mark(marks)
	switch {
	case v.IsNull():
		r.ds = append(r.ds, fault("E-value", r.loop.name.Range(), nil, "The name of a value in an object is null; it must be a text.")...)
		return "", false
	case !v.IsKnown():
		r.known = false
		return "", false
	}
	name, err := text(v)
	if err != nil {
		r.ds = append(r.ds, fault("E-value", r.loop.name.Range(), nil, "The name of a value in an object is %s.", err)...)
	}
	return name, err == nil
}

// done returns the value of the whole.
func (r *turnResults) done() (cty.Value, hcl.Diagnostics) {
	if r.ds.HasErrors() {
		return cty.DynamicVal, r.ds
	}
	v := cty.DynamicVal
	switch {
	case !r.known:
	case r.loop.name == nil:
		v = cty.TupleVal(r.list)
	default:
		for name, list := range r.groups {
			r.put(name, cty.TupleVal(list))
		}
		v = cty.ObjectVal(r.named)
	}
	if tooManyParts(v) {
		return cty.DynamicVal, manyParts(r.loop.Range())
	}
	return v.WithMarks(r.marks...), r.ds
}
