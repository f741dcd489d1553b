package eval

import (
	"sort"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/graph"
	"github.com/zclconf/go-cty/cty"
)

// pointReader turns values into points; most points of a list have one type.
type pointReader struct {
	ev    *evaluator
	st    *stage
	span  diag.Span
	ty    cty.Type
	names []string // of ty, sorted

	extras extrasOf
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
		return r.fail("E-for-each", "A point is an object that gives each axis a value, and this is %s. %s", kindOf(v), forEachAdvice)
	}
	in := &instance{st: r.st, parent: parentOf(v)}
	r.extras.reset()
	file, shard := isFile(v), isShard(v)
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
		if file && isFileName(name) || shard && name == "files" { // path or shard alone is an axis: it says all that these say
			r.extras.add(name, e)
			continue
		}
		if !r.axis(in, name, e) {
			return nil, false
		}
	}
	if in.parent != nil {
		r.inherit(in)
	}
	in.extras = r.extras.done()
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
	if hasArtifact(marks) {
		r.fail("E-points-dynamic", "Axis %s is made of what a stage makes: the points are fixed before anything runs. They can depend on params, locals and tracked data.", name)
		return false
	}
	if f, ok := pathOfFile(bare, marks); ok {
		r.extras.files = append(r.extras.files, fileAxis{name, f})
	} else if ofWorkspace(marks) {
		r.extras.add(name, v)
	}
	if err := grid.CheckAxis(name); err != nil {
		r.fail("E-axis-name", "%s.", capital(err.Error()))
		return false
	}
	in.point.Axes = append(in.point.Axes, grid.Axis{Name: name, Value: bare})
	in.axes = append(in.axes, graph.Axis{Name: name, Value: axisText(bare)})
	return true
}

// inherit keeps the extras that came with the parent, but what the point itself says otherwise.
func (r *pointReader) inherit(in *instance) {
	for n, v := range in.parent.allExtras() {
		bare, marks := bareValue(v)
		own := in.point.Get(n)
		switch f, ok := pathOfFile(bare, marks); {
		case r.extras.has(n):
		case own == cty.NilVal:
			r.extras.add(n, v)
		case !own.RawEquals(bare):
		case ok:
			r.extras.files = append(r.extras.files, fileAxis{n, f})
		default:
			r.extras.add(n, v)
		}
	}
}

// ofWorkspace reports whether one of the marks is of what lies in the workspace.
func ofWorkspace(marks cty.ValueMarks) bool {
	for m := range marks {
		switch m.(type) {
		case fileMark, dataMark, placeMark:
			return true
		}
	}
	return false
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

// isShard reports whether a point is of shard().
func isShard(v cty.Value) bool {
	t := v.Type()
	if !t.IsObjectType() || !t.HasAttribute("shard") || !t.HasAttribute("files") {
		return false
	}
	return t.AttributeType("shard") == cty.String && isList(t.AttributeType("files"))
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
