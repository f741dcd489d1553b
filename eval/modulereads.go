package eval

import (
	"slices"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
)

// ModulesReading returns the modules of which the block reads one of the leaves of params, by
// itself or through locals, in the order of the text. Leaves are named as uses name them:
// "param.train.C". In a graph a module has no instances of its own that could tell.
func ModulesReading(req Request, leaves []string) []string {
	ev := newEvaluator(req)
	pipe, ds := lang.Load(req.Read, ev.dir)
	if ev.pipe = pipe; ds.HasErrors() {
		return nil
	}
	ev.bind()
	var out []string
	var finder useFinder
	for _, b := range pipe.Modules {
		found := newReadings()
		for _, a := range b.Attrs {
			finder.collect(ev, lang.Refs(a.Expr), found)
		}
		if slices.ContainsFunc(finder.leaves(found), func(u graph.Use) bool { return slices.Contains(leaves, u.Name) }) {
			out = append(out, b.Name)
		}
	}
	return out
}
