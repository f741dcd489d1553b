package main

import (
	"slices"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/graph"
)

// neededFirst puts groups in the order in which they would run: a stage behind those that it needs,
// otherwise as they are. (In the graph, stages of modules stand behind all others.)
func neededFirst(g *graph.Graph, groups [][]dewar.Planned) [][]dewar.Planned {
	rank := stageRanks(g)
	slices.SortStableFunc(groups, func(a, b []dewar.Planned) int {
		return rank[stageOf(a[0].Ref)] - rank[stageOf(b[0].Ref)]
	})
	return groups
}

// stageRanks numbers stages, one of a module as one at all points of it: each behind those that it
// needs, otherwise as they are written.
func stageRanks(g *graph.Graph) map[string]int {
	of := make([]string, len(g.Instances))
	all := map[string][]graph.ID{}
	for i := range g.Stages {
		st := &g.Stages[i]
		name := graph.WithoutPoints(st.Name)
		for id := st.First; id < st.First+st.N; id++ {
			of[id] = name
			all[name] = append(all[name], id)
		}
	}
	edges := g.Edges()
	rank, met := map[string]int{}, map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if met[name] {
			return
		}
		met[name] = true
		for _, id := range all[name] {
			for _, dep := range edges.Deps(id) {
				visit(of[dep])
			}
		}
		rank[name] = len(rank)
	}
	for i := range g.Stages {
		visit(graph.WithoutPoints(g.Stages[i].Name))
	}
	return rank
}
