package main

import (
	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/graph"
)

// selectors lets paths of outputs be written as seen from the current
// directory, as shells complete them. What names a stage is one, whatever else
// is called so; a path that leads to no output from here is left as it is.
func (c *cli) selectors(p *dewar.Project, ev *dewar.Evaluation, args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = arg
		rel, err := p.Rel(c.abs(arg))
		if err != nil || rel == arg || namesStage(ev.Graph, arg) {
			continue
		}
		if _, diags := graph.Select(ev.Graph, []string{rel}); !diags.HasErrors() {
			out[i] = rel
		}
	}
	return out
}

// namesStage reports whether a selector is that of a stage, its instances or a module.
func namesStage(g *graph.Graph, arg string) bool {
	s, err := graph.ParseSelector(arg)
	if err != nil {
		return true // Select says what is wrong with it
	}
	return s.Names(g)
}
