package eval

import (
	"sort"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
)

// useFinder finds which params an expression reads, by itself and through locals.
// It looks at the syntax, so a branch not taken counts too: what is shown may be too
// much, never too little.
type useFinder struct {
	locals map[string]map[string]graph.Use // what a local reads, by name of the leaf
}

// of returns the params that a stage reads, sorted by name, and its axes: "" stands
// for all of them.
func (u *useFinder) of(ev *evaluator, st *stage) ([]graph.Use, map[string]bool) {
	found := map[string]graph.Use{}
	axes := map[string]bool{}
	for _, a := range st.block.Attrs {
		u.collect(ev, a.Expr, found)
		for _, r := range lang.Refs(a.Expr) {
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
	out := make([]graph.Use, 0, len(found))
	for _, use := range found {
		out = append(out, use)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, axes
}

func (u *useFinder) collect(ev *evaluator, e hcl.Expression, found map[string]graph.Use) {
	for _, r := range lang.Refs(e) {
		switch r.Root {
		case "param":
			b := ev.byParam[r.Name]
			if b == nil {
				continue
			}
			for _, l := range b.Under(leafPath(b, r.Rest)) {
				name := b.LeafName(l)
				found[name] = graph.Use{Name: name, Text: l.Text, Origin: l.Origin}
			}
		case "local":
			for name, use := range u.local(ev, r.Name) {
				found[name] = use
			}
		}
	}
}

func (u *useFinder) local(ev *evaluator, name string) map[string]graph.Use {
	if found, ok := u.locals[name]; ok {
		return found
	}
	if u.locals == nil {
		u.locals = map[string]map[string]graph.Use{}
	}
	found := map[string]graph.Use{}
	u.locals[name] = found
	if l := ev.locals[name]; l != nil {
		u.collect(ev, l.attr.Expr, found)
	}
	return found
}
