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
	locals  map[string]readings
	modules map[string]readings
}

// readings are what an expression refers to.
type readings struct {
	params map[string]graph.Use // by name of the leaf
	stages map[string]bool
	others map[string]bool // "module", "param": by which another pipeline can be read
}

// of returns the params that a stage reads, sorted by name, and its axes: "" stands
// for all of them.
func (u *useFinder) of(ev *evaluator, st *stage) ([]graph.Use, map[string]bool) {
	found := readings{params: map[string]graph.Use{}, stages: map[string]bool{}, others: map[string]bool{}}
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
	st.reads, st.readsOthers = found.stages, found.others["module"] || found.others["param"] && ev.used != nil
	out := make([]graph.Use, 0, len(found.params))
	for _, use := range found.params {
		out = append(out, use)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, axes
}

func (u *useFinder) collect(ev *evaluator, refs []lang.Ref, found readings) {
	for _, r := range refs {
		switch r.Root {
		case "module":
			found.others["module"] = true
			maps.Copy(found.stages, u.module(ev, r.Name).stages)
		case "stage":
			found.stages[r.Name] = true
		case "param":
			found.others["param"] = true
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
			maps.Copy(found.others, in.others)
		}
	}
}

func (u *useFinder) local(ev *evaluator, name string) readings {
	if found, ok := u.locals[name]; ok {
		return found
	}
	if u.locals == nil {
		u.locals = map[string]readings{}
	}
	found := readings{params: map[string]graph.Use{}, stages: map[string]bool{}, others: map[string]bool{}}
	u.locals[name] = found
	if l := ev.locals[name]; l != nil {
		u.collect(ev, lang.Refs(l.attr.Expr), found)
	}
	return found
}

// module returns what a module block refers to: an output of the module may be what the
// block gave.
func (u *useFinder) module(ev *evaluator, name string) readings {
	if found, ok := u.modules[name]; ok {
		return found
	}
	if u.modules == nil {
		u.modules = map[string]readings{}
	}
	found := readings{params: map[string]graph.Use{}, stages: map[string]bool{}, others: map[string]bool{}}
	u.modules[name] = found
	if m := ev.modules[name]; m != nil {
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
	}
	return found
}
