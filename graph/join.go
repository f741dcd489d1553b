package graph

// Join puts several evaluations side by side in one graph, so that they can
// run as one. The instances of gs[i] begin at first[i]. Toolchains, Data and
// Overrides stay with their own graphs.
func Join(gs ...*Graph) (g *Graph, first []ID) {
	g = &Graph{}
	for _, part := range gs {
		base := ID(len(g.Instances))
		first = append(first, base)
		for _, s := range part.Stages {
			s.First += base
			g.Stages = append(g.Stages, s)
		}
		for _, x := range part.Instances {
			g.Instances = append(g.Instances, x.shifted(base))
		}
	}
	return g, first
}

// shifted returns x as it stands in a graph where its IDs begin at base.
func (x Instance) shifted(base ID) Instance {
	if base == 0 {
		return x
	}
	inputs := make([]Input, len(x.Inputs))
	copy(inputs, x.Inputs)
	for i := range inputs {
		if inputs[i].Kind == Artifact {
			inputs[i].From += base
		}
	}
	after := make([]ID, len(x.After))
	for i, id := range x.After {
		after[i] = id + base
	}
	x.Inputs, x.After = inputs, after
	return x
}
