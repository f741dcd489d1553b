package eval

import (
	"reflect"

	"github.com/dewar-build/dewar/graph"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// refExpr is a reference to something declared. It asks for that alone, so that
// no scope object is ever built.
type refExpr struct {
	hclsyntax.Expression
	ev    *evaluator
	fr    *frame
	view  view
	root  string
	steps hcl.Traversal // the root among them
	text  string        // as written
	all   bool          // a splat follows: all instances of a stage, be there one, many or none
}

// frame says for which instance a stage's expressions are being evaluated.
type frame struct {
	st *stage
	in *instance // nil: none yet
}

// varies reports whether the reference may mean something else at another point.
func (r *refExpr) varies() bool {
	switch r.root {
	case "each", "inputs", "outputs", "metrics", "plots":
		return true
	}
	return false
}

func (r *refExpr) Value(*hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, used, ds := r.resolve()
	if ds.HasErrors() {
		return cty.DynamicVal, ds
	}
	return follow(v, r.steps[min(used, len(r.steps)):])
}

// resolve returns what the first steps mean, and how many those are.
func (r *refExpr) resolve() (cty.Value, int, hcl.Diagnostics) {
	if r.ev.results != nil {
		return r.ev.results.value(r)
	}
	name := r.name(1)
	switch r.root {
	case "each":
		return r.each(name)
	case "metrics":
		if r.view.results {
			return r.result()
		}
		return r.own(name)
	case "inputs", "outputs", "plots":
		return r.own(name)
	case "stage":
		return r.stage(name)
	case "module":
		return r.module(name)
	}
	var v cty.Value
	ok := false
	switch r.root {
	case "param":
		v, ok = r.ev.paramFor(name, r.view)
	case "local":
		v, ok = r.ev.local(name, r.view)
	case "data":
		v, ok = r.ev.dataPath(name, r.view)
	case "toolchain":
		v, ok = r.ev.toolchain(name)
	}
	if !ok {
		return cty.DynamicVal, 2, poisoned() // lang reports what is not declared
	}
	return v, 2, nil
}

// name returns the attribute name at step i, or "".
func (r *refExpr) name(i int) string {
	if i < len(r.steps) {
		if a, ok := r.steps[i].(hcl.TraverseAttr); ok {
			return a.Name
		}
	}
	return ""
}

func (r *refExpr) rng() hcl.Range { return r.Range() }

// stage resolves stage.x: for one instance straight to the path where it can, for a
// template to the tuple of its instances.
func (r *refExpr) stage(name string) (cty.Value, int, hcl.Diagnostics) {
	st := r.ev.stages[name]
	if r.ev.early && !r.view.points {
		return cty.DynamicVal, 2, fault("E-ref-scope", r.rng(), nil, "This is read before stages are, through a local. Params, data and toolchains cannot depend on stages.")
	}
	if st == nil || !r.ev.points(st) {
		return cty.DynamicVal, 2, poisoned()
	}
	switch {
	case st.unknown:
		return cty.DynamicVal, len(r.steps), nil
	case st.template || r.all:
		v, ok := r.ev.tuple(st, r.view)
		if !ok {
			return cty.DynamicVal, 2, poisoned()
		}
		return v, 2, nil
	case len(st.instances) == 0:
		return cty.DynamicVal, 2, fault("E-when-absent", r.rng(), whenNote(st),
			"Stage %q does not exist in this evaluation: its when is false. Choose between what is there with a conditional on the same params, or use stage.%s[*], which leaves it out.", name, name)
	}
	in := st.instances[0]
	group := graph.Group(r.name(2))
	if r.view.points || !isGroup(group) {
		v, ok := r.ev.instanceValue(in, r.view)
		if !ok {
			return v, 2, poisoned()
		}
		return v, 2, nil
	}
	return r.made(in, group, 3)
}

// made resolves outputs.y of an instance; step at is the name.
func (r *refExpr) made(in *instance, group graph.Group, at int) (cty.Value, int, hcl.Diagnostics) {
	if in.st.module != nil {
		return r.moduleMade(in, at)
	}
	if !r.ev.outputs(in.st) || in.broken {
		return cty.DynamicVal, at, poisoned()
	}
	if name := r.name(at); name != "" {
		if s := in.made(group).slot(name); s != nil {
			return r.ev.slotValue(in, s, r.view, true), at + 1, nil
		}
	}
	if ds := in.absent(group, r.steps, at); ds != nil {
		return cty.DynamicVal, at, ds
	}
	return r.ev.groupValue(in, group, r.view, true), at, nil
}

// each resolves each.…, the point of the instance.
func (r *refExpr) each(name string) (cty.Value, int, hcl.Diagnostics) {
	in := r.fr.in
	if in == nil || in.unknown {
		return cty.DynamicVal, len(r.steps), nil
	}
	switch name {
	case "":
		if r.view.results {
			return in.pointOnly(), 1, nil
		}
		v, ok := r.ev.eachValue(in, r.view)
		if !ok {
			return v, 1, poisoned()
		}
		return v, 1, nil
	case "key":
		return cty.StringVal(in.key), 2, nil
	case "outputs", "metrics", "plots":
		if in.parent != nil && r.view.points {
			return cty.DynamicVal, 2, dynamic(r.rng())
		}
		if in.parent != nil {
			return r.made(in.parent, graph.Group(name), 2)
		}
	case "from":
		if in.parent != nil && in.parent.parent != nil {
			v, ok := r.ev.instanceValue(in.parent.parent, r.view)
			if !ok {
				return v, 2, poisoned()
			}
			return v, 2, nil
		}
	}
	if v := in.axis(name); v != cty.NilVal {
		return r.ev.rebased(v, r.view), 2, nil
	}
	return cty.DynamicVal, 2, fault("E-value-attribute", r.steps[1].(hcl.TraverseAttr).SrcRange, nil,
		"A point of stage %q has no %q. %s", r.fr.st.name, name, offer(name, in.names()))
}

// own resolves inputs.x and the like: what the stage's own command will find.
func (r *refExpr) own(name string) (cty.Value, int, hcl.Diagnostics) {
	in := r.fr.in
	if in == nil || in.unknown {
		return cty.DynamicVal, len(r.steps), nil
	}
	if in.broken {
		return cty.DynamicVal, 1, poisoned()
	}
	slots := in.slots(r.root)
	if name != "" {
		if s := slots.slot(name); s != nil {
			return r.ev.slotValue(in, s, r.view, false), 2, nil
		}
	}
	return r.ev.groupValue(in, graph.Group(r.root), r.view, false), 1, nil
}

func isGroup(g graph.Group) bool {
	return g == graph.Outputs || g == graph.Metrics || g == graph.Plots
}

// gatherExpr is stage.x[*].outputs.y, the commonest way to collect: it makes the
// list of paths without making values of whole instances.
type gatherExpr struct {
	hclsyntax.Expression
	ref   *refExpr
	group graph.Group
	name  string
	rest  hcl.Traversal
}

// gather returns the node for a splat over a stage's instances, or nil.
func gather(source hclsyntax.Expression, e *hclsyntax.SplatExpr) hclsyntax.Expression {
	r, ok := source.(*refExpr)
	if !ok || r.root != "stage" || len(r.steps) != 2 || r.view.points {
		return nil
	}
	rel, ok := e.Each.(*hclsyntax.RelativeTraversalExpr)
	if !ok || rel.Source != hclsyntax.Expression(e.Item) || len(rel.Traversal) < 2 {
		return nil
	}
	group, ok := rel.Traversal[0].(hcl.TraverseAttr)
	if !ok || !isGroup(graph.Group(group.Name)) {
		return nil
	}
	name, ok := rel.Traversal[1].(hcl.TraverseAttr)
	if !ok {
		return nil
	}
	return &gatherExpr{Expression: e, ref: r, group: graph.Group(group.Name), name: name.Name, rest: rel.Traversal[1:]}
}

func (e *gatherExpr) Value(*hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	ev, st := e.ref.ev, e.ref.ev.stages[e.ref.name(1)]
	if st == nil || !ev.points(st) {
		return cty.DynamicVal, poisoned()
	}
	if st.unknown {
		return cty.DynamicVal, nil
	}
	if !ev.outputs(st) {
		return cty.DynamicVal, poisoned()
	}
	paths := make([]cty.Value, 0, len(st.instances))
	for _, in := range st.instances {
		if in.broken {
			return cty.DynamicVal, poisoned()
		}
		if s := in.made(e.group).slot(e.name); s != nil {
			v, ds := follow(ev.slotValue(in, s, e.ref.view, true), e.rest[1:])
			if ds.HasErrors() {
				return cty.DynamicVal, ds
			}
			paths = append(paths, v)
			continue
		}
		if ds := in.absent(e.group, e.rest, 0); ds != nil {
			return cty.DynamicVal, ds
		}
		v, ds := follow(ev.groupValue(in, e.group, e.ref.view, true), e.rest)
		if ds.HasErrors() {
			return cty.DynamicVal, ds
		}
		paths = append(paths, v)
	}
	return cty.TupleVal(paths), nil
}

// toolchainType is what toolchain.x is: nothing that could be taken for a text.
var toolchainType = cty.Capsule("toolchain", reflect.TypeFor[string]())

// instanceType stands for the outputs of an instance while points are made. It is
// how a point made of an instance, by whatever functions, is known to belong to it.
var instanceType = cty.Capsule("outputs", reflect.TypeFor[instance]())
