package eval

import (
	"maps"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
)

// useFinder finds which params and stages an expression reads, by itself and
// through locals. It looks at the syntax, so a branch not taken counts too: what is
// shown may be too much, never too little.
type useFinder struct {
	known map[string]*readings   // of locals and modules: "local.x"
	uses  map[string][]graph.Use // of parts of params, and of several together, shared by who reads the same
}

// readings are what an expression refers to.
type readings struct {
	parts  map[string]paramPart // of params, by name: "param.train"
	stages map[string]bool
	module bool // it refers to one
	param  bool // it refers to one
}

// paramPart is a part of a param. There may be 100,000 leaves below it, and as many stages that
// read all of it: the leaves are listed when they are asked for, and once.
type paramPart struct {
	of   *param.Bound
	path []string // below the param; empty: all of it
}

func newReadings() *readings {
	return &readings{parts: map[string]paramPart{}, stages: map[string]bool{}}
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
	return u.leaves(found), axes
}

// leaves returns the leaves of params that are read, sorted by name. Nobody writes to them.
func (u *useFinder) leaves(found *readings) []graph.Use {
	names := slices.Sorted(maps.Keys(found.parts))
	return u.listed(strings.Join(names, "\n"), func() []graph.Use {
		if len(names) == 1 {
			return found.parts[names[0]].leaves()
		}
		out := []graph.Use{}
		for _, name := range names {
			out = append(out, u.listed(name, found.parts[name].leaves)...)
		}
		return sortedUses(out)
	})
}

// listed returns what is listed under a name, made when it is first asked for.
func (u *useFinder) listed(name string, list func() []graph.Use) []graph.Use {
	uses, ok := u.uses[name]
	if !ok {
		if u.uses == nil {
			u.uses = map[string][]graph.Use{}
		}
		uses = list()
		u.uses[name] = uses
	}
	return uses
}

// leaves returns the leaves of the part, and what was chosen for the param, sorted by name.
func (p paramPart) leaves() []graph.Use {
	under := p.of.Under(p.path)
	if c := p.of.Choice; c != nil {
		under = append([]param.Leaf{c.Leaf}, under...)
	}
	out := make([]graph.Use, len(under))
	for i, l := range under {
		out[i] = graph.Use{Name: p.of.LeafName(l), Text: l.Text, Origin: l.Origin}
	}
	return sortedUses(out)
}

// sortedUses sorts uses by name, and leaves each once.
func sortedUses(uses []graph.Use) []graph.Use {
	byName := func(a, b graph.Use) int { return strings.Compare(a.Name, b.Name) }
	if !slices.IsSortedFunc(uses, byName) {
		slices.SortFunc(uses, byName)
	}
	return slices.CompactFunc(uses, func(a, b graph.Use) bool { return a.Name == b.Name })
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
			path := leafPath(b, r.Rest)
			found.parts[b.LeafName(param.Leaf{Path: path})] = paramPart{b, path}
		case "local":
			in := u.local(ev, r.Name)
			maps.Copy(found.parts, in.parts)
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
