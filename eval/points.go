package eval

import (
	"errors"
	"sort"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/grid"
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
	return true
}

// candidates returns the points of for_each; a plain stage has one without axes.
func (ev *evaluator) candidates(st *stage) ([]*instance, bool) {
	a := st.block.Attr("for_each")
	if a == nil {
		return []*instance{{st: st}}, true
	}
	x := ev.compile(a.Expr, &st.frame, view{base: ev.dir, points: true}, st.subject())
	if from := ev.instancesOf(x); from != nil {
		return ev.children(st, from)
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
		ev.errorf(&st.frame, "E-for-each", span, "for_each is %s. %s", kind(v.Type()), forEachAdvice)
		return nil, false
	}
	if n := v.LengthInt(); n > maxPoints {
		ev.errorf(&st.frame, "E-points-many", span, "for_each has %d points; the most there can be is %d. Use fewer values, or sample(grid(…), n, seed).", n, maxPoints)
		return nil, false
	} else if n == 0 {
		ev.warnf(&st.frame, "W-grid-empty", span, "for_each has no points, so the stage has no instances.")
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
	if !ok || r.root != "stage" || len(r.steps) != 2 {
		return nil
	}
	if st := ev.stages[r.name(1)]; st != nil && st.template {
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
		all[i] = instance{st: st, point: p.point, axes: p.axes, parent: p, extra: p.extra}
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

// pointReader turns values into points; most points of a list have one type.
type pointReader struct {
	ev    *evaluator
	st    *stage
	span  diag.Span
	ty    cty.Type
	names []string // of ty, sorted
}

func (r *pointReader) fail(code, format string, args ...any) (*instance, bool) {
	r.ev.errorf(&r.st.frame, code, r.span, format, args...)
	return nil, false
}

func (r *pointReader) read(v cty.Value) (*instance, bool) {
	v, marks := v.Unmark()
	if !r.ev.public(marks, &r.st.frame, r.span, "for_each") {
		return nil, false
	}
	if r.ev.req.Validate && !v.IsWhollyKnown() {
		r.st.unknown = true
		return &instance{st: r.st, unknown: true}, true
	}
	if v.IsNull() || !isObject(v.Type()) {
		return r.fail("E-for-each", "A point is an object that gives each axis a value, and this is %s. %s", kind(v.Type()), forEachAdvice)
	}
	in := &instance{st: r.st, parent: parentOf(v)}
	file := isFile(v)
	for _, name := range r.attributes(v) {
		var e cty.Value
		if v.Type().IsObjectType() {
			e = v.GetAttr(name)
		} else {
			e = v.Index(cty.StringVal(name))
		}
		if in.parent != nil && isFixed(name) {
			continue
		}
		if file && isFileName(name) { // path alone is an axis: it says all that these say
			in.keep(name, e)
			continue
		}
		if !r.axis(in, name, e) {
			return nil, false
		}
	}
	if in.parent != nil {
		r.inherit(in)
	}
	return in, true
}

// attributes returns the names that a point gives, sorted.
func (r *pointReader) attributes(v cty.Value) []string {
	t := v.Type()
	if t.IsObjectType() {
		if r.ty != cty.NilType && r.ty.Equals(t) {
			return r.names
		}
		r.ty, r.names = t, nil
		for n := range t.AttributeTypes() {
			r.names = append(r.names, n)
		}
	} else {
		r.ty, r.names = cty.NilType, nil
		for n := range v.AsValueMap() {
			r.names = append(r.names, n)
		}
	}
	sort.Strings(r.names)
	return r.names
}

// axis adds one axis to a point.
func (r *pointReader) axis(in *instance, name string, v cty.Value) bool {
	bare, marks := bareValue(v)
	if !r.ev.public(marks, &r.st.frame, r.span, "a point") {
		return false
	}
	for m := range marks {
		switch m.(type) {
		case artifactMark:
			r.fail("E-points-dynamic", "Axis %s is made of what a stage makes: the points are fixed before anything runs. They can depend on params, locals and tracked data.", name)
			return false
		case fileMark, dataMark:
			in.keep(name, v)
		}
	}
	if err := grid.CheckAxis(name); err != nil {
		r.fail("E-axis-name", "%s.", capital(err.Error()))
		return false
	}
	in.point.Axes = append(in.point.Axes, grid.Axis{Name: name, Value: bare})
	in.axes = append(in.axes, graph.Axis{Name: name, Value: axisText(bare)})
	return true
}

// inherit keeps the names of files() that came with the parent.
func (r *pointReader) inherit(in *instance) {
	for n, v := range in.parent.extra {
		if _, ok := in.extra[n]; !ok {
			in.keep(n, v)
		}
	}
}

// keep gives each a name that is no axis.
func (in *instance) keep(name string, v cty.Value) {
	if in.extra == nil {
		in.extra = map[string]cty.Value{}
	}
	in.extra[name] = v
}

// isFile reports whether a point is of files().
func isFile(v cty.Value) bool {
	if !v.Type().IsObjectType() || !v.Type().HasAttribute("path") {
		return false
	}
	for m := range v.GetAttr("path").Marks() {
		if _, ok := m.(fileMark); ok {
			return true
		}
	}
	return false
}

// isFileName reports whether files() gives its points the name besides path.
func isFileName(name string) bool {
	return name == "name" || name == "stem" || name == "ext" || name == "dir"
}

// parentOf returns the instance that a point was made of, or nil.
func parentOf(v cty.Value) *instance {
	if !v.Type().IsObjectType() {
		return nil
	}
	for _, g := range []string{"outputs", "metrics", "plots"} {
		if v.Type().HasAttribute(g) {
			if t, _ := v.GetAttr(g).Unmark(); t.Type().Equals(instanceType) && t.IsKnown() && !t.IsNull() {
				return t.EncapsulatedValue().(*instance)
			}
		}
	}
	return nil
}

// isFixed reports whether an instance has the name whatever its axes are.
func isFixed(name string) bool {
	switch name {
	case "key", "outputs", "metrics", "plots", "params", "from":
		return true
	}
	return false
}

// axisText is a value of an axis as people see it.
func axisText(v cty.Value) string {
	if s, err := grid.Text(v); err == nil {
		return s
	}
	return jsonText(v)
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

// pointKey names one point.
func (ev *evaluator) pointKey(st *stage, in *instance, at *attrs) bool {
	if at.has("key") {
		if ev.readsOwnKey(st) {
			return false
		}
		k, ok := at.text("key", "")
		if !ok {
			return false
		}
		if k == "" {
			ev.errorf(&st.frame, "E-point-key", st.block.Attr("key").Span, "The point key is empty.")
			return false
		}
		in.key, in.custom = encodeKey(k), true
		return true
	}
	k, err := inheritedKey(in)
	if err == nil {
		in.key = k
		return true
	}
	code := "E-point-value"
	var needed *grid.KeyNeededError
	if errors.As(err, &needed) {
		code = "E-point-key-needed"
	}
	ev.errorf(&st.frame, code, lang.Span(st.block.Attr("for_each").Expr.Range()), "%s.", capital(err.Error()))
	return false
}

// readsOwnKey reports a key made of itself.
func (ev *evaluator) readsOwnKey(st *stage) bool {
	for _, r := range lang.Refs(st.block.Attr("key").Expr) {
		if r.Root == "each" && r.Name == "key" {
			in := st.frame.in
			st.frame.in = nil
			ev.errorf(&st.frame, "E-stratum", r.Span, "key cannot use each.key: it is what it makes. Use the axes.")
			st.frame.in = in
			return true
		}
	}
	return false
}

// inheritedKey is the parent's point key, if that was given by hand, with the axes
// that came on top; else it is made of the axes.
func inheritedKey(in *instance) (string, error) {
	if in.parent == nil || !in.parent.custom {
		if in.parent != nil && len(in.parent.point.Axes) == len(in.point.Axes) && samePoint(in.parent.point, in.point) {
			return in.parent.key, nil
		}
		return in.point.Key()
	}
	in.custom = true
	var more grid.Point
	for _, a := range in.point.Axes {
		if old := in.parent.point.Get(a.Name); old == cty.NilVal || !old.RawEquals(a.Value) {
			more.Axes = append(more.Axes, a)
		}
	}
	if len(more.Axes) == 0 {
		return in.parent.key, nil
	}
	k, err := more.Key()
	return in.parent.key + "," + k, err
}

func samePoint(a, b grid.Point) bool {
	if len(a.Axes) > 0 && &a.Axes[0] == &b.Axes[0] {
		return true
	}
	for i := range a.Axes {
		if a.Axes[i].Name != b.Axes[i].Name || !a.Axes[i].Value.RawEquals(b.Axes[i].Value) {
			return false
		}
	}
	return true
}

// encodeKey makes a given text a point key: = and , stay, other bytes are
// escaped as in made ones.
func encodeKey(s string) string {
	out, from := "", 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != '=' && s[i] != ',' {
			continue
		}
		out += grid.EncodeValue(s[from:i])
		if i < len(s) {
			out += s[i : i+1]
		}
		from = i + 1
	}
	return out
}

// sameKey reports two instances with one point key.
func (ev *evaluator) sameKey(st *stage, a, b *instance) {
	st.frame.in = nil
	span := lang.Span(st.block.Attr("for_each").Expr.Range())
	advice := "Leave one of them out, or name them apart with key = …"
	if at := st.block.Attr("key"); at != nil {
		span, advice = at.Span, "Put into key what tells them apart."
	}
	ev.errorf(&st.frame, "E-point-key-duplicate", span, "Two points have the point key %s: %s and %s. %s", a.key, describe(a), describe(b), advice)
}

// describe writes a point for messages, strings quoted: 1 and "1" have one text.
func describe(in *instance) string {
	s := ""
	for i, a := range in.point.Axes {
		if i > 0 {
			s += ", "
		}
		s += a.Name + " = " + jsonText(a.Value)
	}
	return "{ " + s + " }"
}
