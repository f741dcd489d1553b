package eval

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/eval/space"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// A module block puts another pipeline into this one: at each of the block's points an
// evaluator of its own evaluates it, with the params that the block gives.
//
// What the pipeline means does not depend on who uses it. Its paths are relative to its
// own directory, and its commands find inputs and make outputs where they would if it ran
// alone, so its actions have the action keys that they have then (package space). Only where
// the outputs are put in the workspace is for the user to say.

// module is a module block.
type module struct {
	name  string
	block *lang.Block
	st    *stage // its points; as a stage it makes nothing
	state state
	dir   string // of the pipeline, once state is good
	root  string // directory of the project that the pipeline is of; "." if that is ours
	kids  []*evaluator
	asked []bool // by point: kids was tried
}

// use is one use of a pipeline by another: a module at one point.
type use struct {
	by       *evaluator
	module   *module
	in       *instance // of module.st
	prefix   string    // of the names of its stages: "prep@lang=de/"
	names    string    // the same without point keys: "prep/"
	user     *param.User
	given    map[string]cty.Value // by name of the param: what it was given, with its marks
	texts    map[string]diag.Span // paths in the workspace that it was given as plain text, and where
	problems diag.List            // with loading it, and with its params
}

// maxModules is where the number of modules is taken for a mistake: those in modules count
// once for each use.
const maxModules = 10_000

func (ev *evaluator) declareModules() {
	ev.modules = make(map[string]*module, len(ev.pipe.Modules))
	for _, b := range ev.pipe.Modules {
		m := &module{name: b.Name, block: b}
		m.st = &stage{ev: ev, module: m, name: b.Name, block: b, template: b.Attr("for_each") != nil}
		m.st.frame.st = m.st
		ev.modules[b.Name] = m
	}
	ev.outs = make(map[string]*output, len(ev.pipe.Outputs))
	for _, b := range ev.pipe.Outputs {
		ev.outs[b.Name] = &output{block: b, views: map[view]*localValue{}}
	}
}

// prefix is what the names of a module's declarations begin with in the graph.
func (ev *evaluator) prefix() string {
	if ev.used == nil {
		return ""
	}
	return ev.used.prefix
}

// sharedPrefix is prefix for a block that cannot differ from point to point: without point
// keys, so that all points share one.
func (ev *evaluator) sharedPrefix(b *lang.Block) string {
	if ev.used == nil {
		return ""
	}
	for _, a := range b.Attrs {
		if len(lang.Refs(a.Expr)) > 0 {
			return ev.used.prefix
		}
	}
	return ev.used.names
}

// gridOf returns the points behind stage.x or module.x, or nil.
func (ev *evaluator) gridOf(root, name string) *stage {
	switch root {
	case "stage":
		return ev.stages[name]
	case "module":
		if m := ev.modules[name]; m != nil {
			return m.st
		}
	}
	return nil
}

// kids returns the evaluators of all modules of a pipeline, those that can be used.
func (ev *evaluator) kids() []*evaluator {
	var out []*evaluator
	for _, b := range ev.pipe.Modules {
		m := ev.modules[b.Name]
		if !ev.points(m.st) {
			continue
		}
		for _, in := range m.st.instances {
			if kid := ev.child(in); kid != nil {
				out = append(out, kid)
			}
		}
	}
	return out
}

// child returns the evaluator of a module at a point, made when it is first asked for; nil
// if it cannot be used, and that is reported.
func (ev *evaluator) child(in *instance) *evaluator {
	m := in.st.module
	if m.kids == nil {
		m.kids, m.asked = make([]*evaluator, len(m.st.instances)), make([]bool, len(m.st.instances))
	}
	if !m.asked[in.pos] {
		m.asked[in.pos] = true
		m.kids[in.pos] = ev.open(m, in)
	}
	return m.kids[in.pos]
}

// open makes the evaluator of a module at a point: its params are bound, and nothing else
// of it is evaluated.
func (ev *evaluator) open(m *module, in *instance) *evaluator {
	if !ev.find(m) {
		return nil
	}
	if len(ev.family.kids) >= maxModules {
		if !ev.family.many {
			ev.family.many = true
			ev.errorf(nil, "E-points-many", m.block.Span, "There are more than %d modules, those inside of modules counted each time. Use fewer points, or have stages with for_each inside of one module.", maxModules)
		}
		return nil
	}
	before := m.st.frame.in
	m.st.frame.in = in
	defer func() { m.st.frame.in = before }()
	u := &use{by: ev, module: m, in: in, prefix: ev.prefix() + m.name + "/", texts: map[string]diag.Span{}}
	if m.st.template {
		u.prefix = ev.prefix() + m.name + "@" + in.key + "/"
	}
	if u.names = m.name + "/"; ev.used != nil {
		u.names = ev.used.names + u.names
	}
	out, ok := ev.modulePath(m, in)
	if !ok {
		return nil
	}
	kid := newEvaluator(Request{Read: ev.req.Read, Dir: m.dir, Environ: ev.req.Environ, Modules: ev.req.Modules, Validate: ev.req.Validate})
	kid.family, kid.used, kid.decoded = ev.family, u, ev.decoded
	kid.space = ev.space.Use(moduleBlocks{kid}, space.Use{Dir: m.dir, Root: m.root, Out: out, Shared: m.shared(out)})
	ev.family.kids = append(ev.family.kids, kid)
	u.problems = kid.loadModule()
	if u.problems.HasErrors() || !ev.give(kid) {
		return nil
	}
	u.problems = append(u.problems[:len(u.problems):len(u.problems)], kid.bind()...)
	kid.prepare()
	return kid
}

// user says to package param who sets the params.
func (ev *evaluator) user() *param.User {
	if ev.used == nil {
		return nil
	}
	return ev.used.user
}

// notes say where a module is used, from the inside out.
func (u *use) notes() []diag.Note {
	var out []diag.Note
	for ; u != nil && len(out) < 4; u = u.by.used {
		out = append(out, diag.Note{Span: u.module.block.Span, Text: "module " + u.module.name + " is used here"})
	}
	return out
}

// module resolves module.x.
func (r *refExpr) module(name string) (cty.Value, int, hcl.Diagnostics) {
	ev := r.ev
	m := ev.modules[name]
	if ev.early && !r.view.points {
		return cty.DynamicVal, 2, fault("E-ref-scope", r.rng(), nil, "This is read before stages and modules are, through a local. Params, data and toolchains cannot depend on them.")
	}
	if m == nil || !ev.points(m.st) {
		return cty.DynamicVal, 2, poisoned()
	}
	switch {
	case m.st.unknown:
		return cty.DynamicVal, len(r.steps), nil
	case m.st.template || r.all:
		v, ok := ev.tuple(m.st, r.view)
		if !ok {
			return cty.DynamicVal, 2, poisoned()
		}
		return v, 2, nil
	}
	in := m.st.instances[0]
	if r.name(2) == "outputs" {
		return r.moduleMade(in, 3)
	}
	v, ok := ev.instanceValue(in, r.view)
	if !ok {
		return v, 2, poisoned()
	}
	return v, 2, nil
}

// moduleMade resolves outputs.y of a module at a point; step at is the name.
func (r *refExpr) moduleMade(in *instance, at int) (cty.Value, int, hcl.Diagnostics) {
	kid := r.ev.child(in)
	if kid == nil {
		return cty.DynamicVal, at, poisoned()
	}
	name, rng := r.name(at), hcl.Range{}
	if name != "" {
		rng = r.steps[at].SourceRange()
	} else if at < len(r.steps) { // outputs["y"]
		if step, ok := r.steps[at].(hcl.TraverseIndex); ok && step.Key.Type() == cty.String {
			name, rng = step.Key.AsString(), step.SrcRange
		}
	}
	if name == "" {
		v, ok := r.ev.moduleOutputs(in, r.view)
		if !ok {
			return v, at, poisoned()
		}
		return v, at, nil
	}
	if kid.outs[name] == nil {
		return cty.DynamicVal, at, fault("E-module-output", rng, kid.declaredIn(), "Module %s has no output %q. %s", in.st.name, name, kid.offerOutput(name))
	}
	v, ok := kid.outputValue(name, r.ev.through(r.view))
	if !ok {
		return v, at + 1, poisoned()
	}
	return v, at + 1, nil
}
