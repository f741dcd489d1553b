package eval

import (
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// What stages refer to: params, locals, data, toolchains and the settings of the
// pipeline. Each is evaluated when it is first asked for.

// param returns the value of a param.
func (ev *evaluator) param(name string) (cty.Value, bool) {
	if v, ok := ev.values[name]; ok {
		return v, true
	}
	b := ev.byParam[name]
	if b == nil || b.Broken {
		return cty.DynamicVal, false
	}
	v := b.Value
	if b.Sensitive {
		v = markLeaves(v, sensitiveMark{name})
	}
	v = ev.given(name, v)
	ev.values[name] = v
	return v, true
}

// markLeaves marks the scalars in v, and what holds none.
func markLeaves(v cty.Value, mark any) cty.Value {
	t := v.Type()
	if v.IsNull() || !v.IsKnown() || !v.CanIterateElements() || v.LengthInt() == 0 {
		return v.Mark(mark)
	}
	if t.IsObjectType() || t.IsMapType() {
		m := v.AsValueMap()
		for n, e := range m {
			m[n] = markLeaves(e, mark)
		}
		if t.IsMapType() {
			return cty.MapVal(m)
		}
		return cty.ObjectVal(m)
	}
	list := v.AsValueSlice()
	for i, e := range list {
		list[i] = markLeaves(e, mark)
	}
	switch {
	case t.IsListType():
		return cty.ListVal(list)
	case t.IsSetType():
		return v.Mark(mark)
	}
	return cty.TupleVal(list)
}

// local is one local value, under each view it was asked for.
type local struct {
	attr  *lang.Attr
	views map[view]*localValue
	reads *bool // whether it asks for stages; nil until somebody wants to know
}

type localValue struct {
	state state
	v     cty.Value
}

func (ev *evaluator) local(name string, vw view) (cty.Value, bool) {
	l := ev.locals[name]
	if l == nil {
		return cty.DynamicVal, false
	}
	lv := l.views[vw]
	if lv == nil {
		lv = &localValue{state: working}
		l.views[vw] = lv
		v, ok := ev.compile(l.attr.Expr, nil, vw, "local."+name).value()
		lv.v, lv.state = v, good
		if !ok {
			lv.state = failed
		}
	}
	if lv.state == working {
		panic("eval.local: local." + name + " refers to itself, which lang.Check refuses")
	}
	return lv.v, lv.state == good
}

// localReadsStages asks once a local: two references to each of forty locals that build
// on each other are 2⁴⁰ paths.
func (ev *evaluator) localReadsStages(l *local) bool {
	if l.reads == nil {
		answer := ev.readsStages(l.attr.Expr)
		l.reads = &answer
	}
	return *l.reads
}

// readsStages reports whether an expression asks for stages, by itself or through
// locals: such a local is evaluated when stages are.
func (ev *evaluator) readsStages(e hcl.Expression) bool {
	for _, r := range lang.Refs(e) {
		if r.Root == "stage" || r.Root == "module" {
			return true
		}
		if l := ev.locals[r.Name]; r.Root == "local" && l != nil && ev.localReadsStages(l) {
			return true
		}
	}
	return false
}

// settings are those of the pipeline block.
type settings struct {
	shell      []string
	isolation  graph.Isolation
	image      graph.Image
	toolchains []string
}

func (ev *evaluator) pipelineSettings() {
	ev.settings = settings{shell: []string{"/bin/sh", "-eu"}, isolation: graph.IsolationProject}
	b := ev.pipe.Settings
	if b == nil {
		return
	}
	at := ev.attrs(b, nil, view{base: ev.dir})
	if at.has("shell") {
		shell, ok := at.texts("shell")
		if ok && len(shell) == 0 {
			ev.errorf(nil, "E-attribute-value", b.Attr("shell").Span, "The shell needs a program: shell = [\"/bin/bash\", \"-eu\"].")
		}
		ev.settings.shell = shell
	}
	def := graph.IsolationProject
	if at.has("image") {
		def = graph.IsolationImage
	}
	ev.settings.isolation = at.isolation(def)
	ev.settings.image = at.image(graph.Image{})
	ev.settings.toolchains = at.toolchains(nil)
}

// leafPath turns the steps of a reference into a path inside a param, up to where
// the param has leaves.
func leafPath(b *param.Bound, steps hcl.Traversal) []string {
	var path []string
	for _, s := range steps {
		name := ""
		switch s := s.(type) {
		case hcl.TraverseAttr:
			name = s.Name
		case hcl.TraverseIndex:
			if s.Key.Type() == cty.String {
				name = s.Key.AsString()
			}
		}
		if name == "" {
			break
		}
		next := append(path[:len(path):len(path)], name)
		if len(b.Under(next)) == 0 {
			break
		}
		path = next
	}
	return path
}
