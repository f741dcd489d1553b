package main

import (
	"slices"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/graph"
)

// blockMeant is what to say of selectors that name nothing if one is the name of an experiment block: those are no
// arguments. It is nil if there is no such.
func blockMeant(p *dewar.Project, sw *dewar.Sweep, selectors []string) error {
	if len(sw.Experiments) == 0 {
		return nil
	}
	for _, b := range p.ExperimentBlocks(sw.Dir) {
		if !slices.Contains(selectors, b.Name) {
			continue
		}
		if _, diags := graph.Select(sw.Experiments[0].Graph, []string{b.Name}); diags.HasErrors() {
			return usage("E-selector-unknown", "%q is an experiment block, and neither a stage nor an output. `dewar exp run -x %s` runs it.", b.Name, b.Name)
		}
	}
	return nil
}
