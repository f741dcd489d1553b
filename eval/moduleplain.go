package eval

import (
	"path"

	"github.com/dewar-build/dewar/eval/space"
	"github.com/dewar-build/dewar/graph"
)

// plainInputs finds inputs of a module's stages that are written as paths and are what its
// stages make. If the pipeline stood for itself, the graph would tell: here what is made is
// put elsewhere, and nothing would be found at the path.
func (ev *evaluator) plainInputs() {
	if ev.used == nil {
		return
	}
	type made struct {
		st *stage
		o  *graph.Output
	}
	at, inside := map[string]made{}, map[string]made{}
	for _, st := range ev.order {
		for _, in := range st.instances {
			for i := range in.out {
				m := made{st, &in.out[i]}
				at[m.o.Path] = m
				for dir := range space.Around(path.Dir(m.o.Path)) {
					if inside[dir].st != nil {
						break
					}
					inside[dir] = m
				}
			}
		}
	}
	for _, st := range ev.order {
		for _, in := range st.instances {
			st.frame.in = in
			for i := range in.in {
				x := &in.in[i]
				if x.Kind != graph.Workspace || x.Data != "" {
					continue
				}
				m, found := inside[x.Path]
				for dir := range space.Around(x.Path) {
					if found {
						break
					}
					m, found = at[dir]
				}
				if found {
					ev.errorf(&st.frame, "E-input-is-output", x.Span, "%s is %s, and %s is made by stage %q. Write stage.%s.%s.%s for that: then it is made first, and this stage runs again when it changes.",
						x.Label, quoteJSON(rel(ev.dir, x.Path)), quoteJSON(rel(ev.dir, m.o.Path)), m.st.name, m.st.name, m.o.Group, m.o.Name)
				}
			}
		}
		st.frame.in = nil
	}
}
