package eval

import (
	"maps"
	"sort"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
)

// useFinder finds which params and stages an expression reads, by itself and
// through locals. It looks at the syntax, so a branch not taken counts too: what is
// shown may be too much, never too little.
type useFinder struct {
	known map[string]*readings // of locals and modules: "local.x"
}

// readings are what an expression refers to.
type readings struct {
	params map[string]graph.Use // by name of the leaf
	stages map[string]bool
	module bool // it refers to one
	param  bool // it refers to one
}

func newReadings() *readings {
	return &readings{params: map[string]graph.Use{}, stages: map[string]bool{}}
}

// of returns the params that a stage reads, sorted by name, and its axes: "" stands
// for all of them.
func (u *useFinder) of(ev *evaluator, st *stage) ([]graph.Use, map[string]bool) {
	found := newReadings()
	axes := map[string]bool{}
	for _, a := range st.block.Attrs {
		refs := lang.Refs(a.Expr)
		u.collect(ev, refs, found)
		for _, r := range refs {
			if r.Root != "each" {
				continue
			}
			switch r.Name {
			case "outputs", "metrics", "plots", "from":
			case "key", "":
				axes[""] = true
			default:
				axes[r.Name] = true
			}
		}
	}
	st.reads, st.readsOthers = found.stages, found.module || found.param && ev.used != nil
	out := make([]graph.Use, 0, len(found.params))
	for _, use := range found.params {
		out = append(out, use)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, axes
}

func (u *useFinder) collect(ev *evaluator, refs []lang.Ref, found *readings) {
	for _, r := range refs {
		switch r.Root {
		case "module":
			found.module = true
			maps.Copy(found.stages, u.module(ev, r.Name).stages)
		case "stage":
			found.stages[r.Name] = true
		case "param":
			found.param = true
			b := ev.byParam[r.Name]
			if b == nil {
				continue
			}
			if c := b.Choice; c != nil {
				name := b.LeafName(c.Leaf)
				found.params[name] = graph.Use{Name: name, Text: c.Text, Origin: c.Origin}
			}
			for _, l := range b.Under(leafPath(b, r.Rest)) {
				name := b.LeafName(l)
				found.params[name] = graph.Use{Name: name, Text: l.Text, Origin: l.Origin}
			}
		case "local":
			in := u.local(ev, r.Name)
			maps.Copy(found.params, in.params)
			maps.Copy(found.stages, in.stages)
			found.module, found.param = found.module || in.module, found.param || in.param
		}
	}
}

// once returns what is known of a declaration, found when it is first asked for.
func (u *useFinder) once(address string, find func(found *readings)) *readings {
	if found := u.known[address]; found != nil {
		return found
	}
	if u.known == nil {
		u.known = map[string]*readings{}
	}
	found := newReadings()
	u.known[address] = found
	find(found)
	return found
}

func (u *useFinder) local(ev *evaluator, name string) *readings {
	return u.once("local."+name, func(found *readings) {
		if l := ev.locals[name]; l != nil {
			u.collect(ev, lang.Refs(l.attr.Expr), found)
		}
	})
}

// module returns what a module block refers to: an output of the module may be what the
// block gave.
func (u *useFinder) module(ev *evaluator, name string) *readings {
	return u.once("module."+name, func(found *readings) {
		m := ev.modules[name]
		if m == nil {
			return
		}
		for _, a := range m.block.Attrs {
			u.collect(ev, lang.Refs(a.Expr), found)
		}
		for _, in := range m.st.instances {
			for p := in.parent; p != nil; p = p.parent {
				if p.st.module == nil {
					found.stages[p.st.name] = true
				} else {
					maps.Copy(found.stages, u.module(ev, p.st.name).stages)
				}
			}
		}
	})
}
