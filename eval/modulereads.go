package eval

import "github.com/dewar-build/dewar/lang"

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
		for _, leaf := range leaves {
			if _, ok := found.params[leaf]; ok {
				out = append(out, b.Name)
				break
			}
		}
	}
	return out
}
