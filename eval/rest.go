package eval

import (
	"sort"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// rest is the last stratum of a stage: everything but points, inputs and outputs.
type rest struct {
	ev      *evaluator
	st      *stage
	attrs   *attrs
	command *command
	native  *native
	env     *entries
	secrets *entries
	params  *projection
	asserts []*assertion
	uses    []graph.Use // params; the same for all instances
	axes    map[string]bool
}

// rest prepares the last stratum. Its paths are relative to the working directory,
// which is therefore settled first, at each point by itself.
func (ev *evaluator) rest(st *stage, vw view) *rest {
	r := &rest{ev: ev, st: st, attrs: ev.attrs(st.block, &st.frame, vw)}
	if a := st.block.Attr("command"); a != nil {
		r.command = ev.command(a.Expr.(hclsyntax.Expression), &st.frame, vw)
	}
	if a := st.block.Attr("native"); a != nil {
		r.native = ev.native(a, &st.frame, view{base: ev.space.Root()})
	}
	if a := st.block.Attr("env"); a != nil {
		r.env = ev.entries(a, &st.frame, vw)
	}
	if a := st.block.Attr("secrets"); a != nil {
		r.secrets = ev.entries(a, &st.frame, view{base: "."})
	}
	if a := st.block.Attr("params"); a != nil {
		r.params = ev.projection(a, st, vw)
	}
	r.asserts = ev.assertions(st, vw)
	r.uses, r.axes = ev.uses.of(ev, st)
	return r
}

// workingDir returns where the command of the instance at the frame starts.
func (ev *evaluator) workingDir(st *stage, at *attrs) (string, bool) {
	s, ok := at.text("working_dir", "")
	if !ok {
		return "", false
	}
	if s == "" {
		return ev.dir, true
	}
	p, _, ok := ev.path(&st.frame, s, st.block.Attr("working_dir").Span, "working_dir")
	return p, ok
}

// finish evaluates the rest of a stage at all its points and adds the instances to
// out.
func (ev *evaluator) finish(st *stage, out []graph.Instance) []graph.Instance {
	if st.pointState != good {
		return out
	}
	ev.refuseOwnWorkDir(st)
	dirs := ev.attrs(st.block, &st.frame, view{base: ev.dir})
	made := map[string]*rest{}
	for _, in := range st.instances {
		if ev.family.inputs > maxInputs {
			break // there is no graph
		}
		st.frame.in = in
		wd, ok := ev.workingDir(st, dirs)
		if !ok {
			wd = ev.dir
		}
		r := made[wd]
		if r == nil {
			r = ev.rest(st, view{base: wd})
			made[wd] = r
		}
		out = append(out, graph.Instance{Stage: st.fullName(), Point: in.axes, Key: in.key, WorkingDir: wd, Span: st.block.Span})
		before := len(in.in)
		r.instance(&out[len(out)-1], in) // a broken one too: what does not need its paths is checked
		in.inputs = nil                  // which are for the stage's own attributes alone
		ev.room(st, len(in.in)-before)
		ev.space.Outside(&out[len(out)-1])
	}
	st.frame.in = nil
	return out
}

// refuseOwnWorkDir reports a working_dir made of paths that are relative to it.
func (ev *evaluator) refuseOwnWorkDir(st *stage) {
	a := st.block.Attr("working_dir")
	if a == nil {
		return
	}
	for _, r := range lang.Refs(a.Expr) {
		switch r.Root {
		case "inputs", "outputs", "metrics", "plots":
			ev.errorf(&st.frame, "E-stratum", r.Span, "working_dir cannot use %s: their paths are relative to it.", r.Root)
		}
	}
}

// instance evaluates everything for the instance at the frame.
func (r *rest) instance(x *graph.Instance, in *instance) {
	r.run(x, in)
	r.environment(x, in)
	r.secretsOf(x)
	r.switches(x)
	r.hints(x)
	if r.params != nil {
		r.params.at(x, in)
	}
	r.after(x)
	for _, a := range r.asserts {
		a.at(r.ev, x, in)
	}
	x.Uses = r.used(in)
	r.ev.sortInputs(in)
	if x.Isolation == graph.IsolationOff {
		r.refuseOff(in)
	}
	x.Inputs, x.Outputs = in.in, in.out
}

// run finds what carries the instance out.
func (r *rest) run(x *graph.Instance, in *instance) {
	ev, b := r.ev, r.st.block
	switch {
	case r.command != nil && r.native != nil:
		ev.errorf(&r.st.frame, "E-command-both", b.Attr("native").Span, "A stage has a command or a native action, not both.")
	case r.native != nil:
		r.native.at(x, in)
	case r.command != nil:
		c := r.command.at()
		if !c.ok || !c.known {
			return
		}
		ev.depend(in, c.marks, "command", r.command.span)
		c.give(ev, x, in)
	}
}

// environment collects env and pass_env.
func (r *rest) environment(x *graph.Instance, in *instance) {
	ev, fr := r.ev, &r.st.frame
	if r.env != nil {
		f, list, _, _ := r.env.at()
		if f != named && len(list) > 0 {
			ev.errorf(fr, "E-attribute-type", spanOf(r.env.attr), "env is an object like { NAME = \"value\" }.")
			return
		}
		for _, e := range list {
			if v, ok := r.variable(in, e); ok {
				x.Env = append(x.Env, v)
			}
		}
	}
	names, _ := r.attrs.sorted("pass_env")
	for _, n := range names {
		attr := r.st.block.Attr("pass_env")
		at := entrySpan(attr, n, spanOf(attr))
		if r.ours(n, at) && !ev.req.Validate { // whatever is set here says nothing about the pipeline
			r.pass(x, n, at)
		}
	}
	sort.SliceStable(x.Env, func(i, j int) bool { return x.Env[i].Name < x.Env[j].Name })
}

func (r *rest) variable(in *instance, e entry) (graph.Var, bool) {
	ev, fr := r.ev, &r.st.frame
	bare, marks := bareValue(e.v)
	if !ev.public(marks, fr, e.span, "env."+e.name) || bare.IsNull() || !bare.IsWhollyKnown() {
		return graph.Var{}, false
	}
	s, err := text(bare)
	switch {
	case err != nil:
		ev.errorf(fr, "E-attribute-type", e.span, "env.%s is %s. Use join(\" \", …) or jsonencode(…).", e.name, err)
		return graph.Var{}, false
	case strings.ContainsRune(s, 0) || strings.ContainsAny(e.name, "=\x00"):
		ev.errorf(fr, "E-attribute-value", e.span, "env.%s cannot be set: names hold no =, and neither names nor values hold a NUL byte.", e.name)
		return graph.Var{}, false
	}
	ev.depend(in, marks, "env", e.span)
	return graph.Var{Name: e.name, Value: s}, true
}

// ours reports whether a variable of the environment may be asked for: not by a stranger, who would
// know the names of tokens that most people have.
func (r *rest) ours(name string, at diag.Span) bool {
	if r.ev.space.Ours() {
		return true
	}
	r.ev.errorf(&r.st.frame, "E-module-env", at, "%s is a variable of whoever uses this pipeline, which is from Git and takes none. Declare a param, with sensitive = true if it is a secret: then its user can give it.", name)
	return false
}

// pass takes one variable from the environment.
func (r *rest) pass(x *graph.Instance, name string, at diag.Span) {
	ev := r.ev
	for _, v := range x.Env {
		if v.Name == name {
			ev.errorf(&r.st.frame, "E-duplicate", at, "%s is in env and in pass_env. Leave it out of one.", name)
			return
		}
	}
	value, ok := "", false
	if ev.req.Environ != nil {
		value, ok = ev.req.Environ(name)
	}
	if !ok {
		in := r.st.frame.in
		r.st.frame.in = nil
		ev.warnf(&r.st.frame, "W-env-absent", at, "%s is not set where dewar runs, so the command does not get it.", name)
		r.st.frame.in = in
		return
	}
	x.Env = append(x.Env, graph.Var{Name: name, Value: value})
}

// switches reads the attributes that are on or off, and the level of isolation.
func (r *rest) switches(x *graph.Instance) {
	a := r.attrs
	r.isolated(x)
	x.Network, _ = a.flag("network", false)
	x.Cache, _ = a.flag("cache", true)
	x.Always, _ = a.flag("always", false)
	x.Frozen, _ = a.flag("frozen", false)
	deterministic, _ := a.flag("deterministic", true)
	x.Nondeterminal = !deterministic
	if a.has("toolchains") {
		x.Toolchains = a.toolchains(nil)
	} else {
		x.Toolchains = r.ev.settings.toolchains
	}
	if x.Always && x.Frozen {
		r.ev.errorf(&r.st.frame, "E-attribute-value", r.st.block.Attr("frozen").Span, "A stage that always runs cannot be frozen.")
	}
}

// hints reads what does not enter the action key.
func (r *rest) hints(x *graph.Instance) {
	a := r.attrs
	x.Timeout, _ = a.duration("timeout")
	x.Retries, _ = a.count("retries")
	x.Labels, _ = a.sorted("labels")
	x.Platform, _ = a.pairs("platform")
	x.Resources = a.resources()
	x.Scratch = a.scratch()
}

// after reads depends_on.
func (r *rest) after(x *graph.Instance) {
	a := r.st.block.Attr("depends_on")
	if a == nil {
		return
	}
	list, ok := unparen(a.Expr.(hclsyntax.Expression)).(*hclsyntax.TupleConsExpr)
	if !ok {
		r.ev.errorf(&r.st.frame, "E-attribute-type", spanOf(a), "depends_on is a list of stages: [stage.prepare].")
		return
	}
	seen := map[graph.ID]bool{}
	for _, e := range list.Exprs {
		ref, ok := unparen(e).(*hclsyntax.ScopeTraversalExpr)
		if !ok || len(ref.Traversal) != 2 || ref.Traversal.RootName() != "stage" {
			r.ev.errorf(&r.st.frame, "E-attribute-type", lang.Span(e.Range()), "depends_on is a list of stages, as stage.prepare: it is for order alone. What a stage makes belongs into inputs.")
			continue
		}
		to := r.ev.stages[(&refExpr{steps: ref.Traversal}).name(1)]
		if to == nil || to.pointState != good {
			continue
		}
		for _, in := range to.instances {
			if !seen[in.id()] {
				seen[in.id()] = true
				x.After = append(x.After, in.id())
			}
		}
	}
	sort.Slice(x.After, func(i, j int) bool { return x.After[i] < x.After[j] })
}

// used returns the params and axes that reached an instance.
func (r *rest) used(in *instance) []graph.Use {
	if len(r.axes) == 0 {
		return r.uses
	}
	out := make([]graph.Use, 0, len(r.uses)+len(in.axes))
	for _, a := range in.axes {
		if r.axes[a.Name] || r.axes[""] {
			out = append(out, graph.Use{Name: "each." + a.Name, Text: a.Value})
		}
	}
	out = append(out, r.uses...) // "each." sorts before "param."
	return out
}

// stringOf returns a text in an object; ok is false if it is absent or none.
func stringOf(v cty.Value) (string, bool) {
	if v == cty.NilVal || v.IsNull() || v.Type() != cty.String {
		return "", false
	}
	return v.AsString(), true
}
