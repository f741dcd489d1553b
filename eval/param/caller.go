package param

import (
	"slices"
	"strconv"

	"github.com/dewar-build/dewar/diag"
	"github.com/zclconf/go-cty/cty"
)

// User is the pipeline that uses this one as a module: nobody else sets its params. What
// it gives wins over the declaration and the param's own file.
type User struct {
	Module string           // the name of the module there, for people
	Span   diag.Span        // where it gives the params, or should
	Given  map[string]Given // by name of the param
	// Prepare makes a given value one of this pipeline, now that its type is known: paths
	// are relative to another directory here. What it returns has no marks.
	Prepare func(name string, ty Type, v cty.Value) (cty.Value, bool)
}

// Given is a value that a User gives.
type Given struct {
	Value     cty.Value // marked; perhaps unknown, with AllowMissing
	Sensitive bool
	Span      diag.Span // of the value
}

// given adds the layer of the user.
func (b *binding) given() {
	u := b.opts.User
	if u == nil {
		return
	}
	names := make([]string, 0, len(u.Given))
	for name := range u.Given {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		g := u.Given[name]
		d := b.decl(name)
		if d == nil {
			b.report("E-param-unknown", g.Span, "Module %s has no param %q.%s", u.Module, name, nearestOrAll(name, b.names()))
			continue
		}
		b.give(d, g)
	}
}

func (b *binding) give(d *decl, g Given) {
	d.sensitive = d.sensitive || g.Sensitive
	v, ok := b.opts.User.Prepare(d.name, d.ty, g.Value)
	if !ok {
		d.broken = true
		return
	}
	if !v.IsWhollyKnown() {
		d.unknown = true
		return
	}
	t, err := treeOf(v, func(t *Tree) {
		t.Layer, t.Span, t.Origin = Caller, g.Span, originAt(g.Span)
	})
	if err != nil {
		b.report("E-param-type", g.Span, "param.%s cannot be this number: %v.", d.name, err)
		d.broken = true
		return
	}
	for i := range t.Entries {
		t.Entries[i].Span = g.Span
	}
	b.layer(d, t)
}

// originAt is "pipeline.hcl:3".
func originAt(at diag.Span) string { return at.File + ":" + strconv.Itoa(at.Start.Line) }

// lacking reports what a module's user should have given.
func (b *binding) lacking(d *decl, names string) {
	u := b.opts.User
	dg := report("E-param-missing", u.Span, "Module %s needs a value for %s. Give it in the module block: params = { %s = … }.", u.Module, names, d.name)
	dg.Notes = append(dg.Notes, diag.Note{Span: d.span, Text: "declared here"})
	b.diags = append(b.diags, dg)
}

// ofModule reports a setting of a param of a module, which is for its block alone to give.
func (b *binding) ofModule(name string, at diag.Span) bool {
	if !slices.Contains(b.opts.Modules, name) {
		return false
	}
	b.report("E-param-unknown", at, "%s is a module, and its params get their values in its block alone: params = { … }. To set one from here, declare a param in this pipeline and give it to the module.", name)
	return true
}
