package graph

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dewar-build/dewar/diag"
)

// Union is several evaluations of one pipeline as one graph, to be run as one.
type Union struct {
	Graph *Graph
	IDs   [][]ID // by evaluation, by ID there: the instance of Graph that it is
}

// Unite puts evaluations into one graph. Instances that are equal in everything
// that matters become one, so that a sweep over the last of ten stages has nine
// instances and as many more as there are points.
//
// Instances that are not equal may still turn out to have one action key: that is the
// scheduler's to see. Overrides stay with their own graphs. A toolchain that
// differs between evaluations is there under several names.
func Unite(gs []*Graph) *Union {
	u := &uniter{
		known: map[string]ID{}, toolchains: map[string]int{}, stages: map[string]int{},
		coder: newWriter(1), out: &Graph{},
	}
	ids := make([][]ID, len(gs))
	for i, g := range gs {
		ids[i] = u.add(g)
	}
	return u.union(ids)
}

// uniter is a union in the making. While it grows, IDs are in the order of
// finding; the last thing is to put stages together.
type uniter struct {
	out        *Graph
	instances  []Instance
	stageOf    []int         // by instance: index in out.Stages
	known      map[string]ID // by identity
	stages     map[string]int
	toolchains map[string]int // by declaration: index in out.Toolchains
	coder      *coder
}

// add finds or adds the instances of g and returns them by ID in g.
func (u *uniter) add(g *Graph) []ID {
	if u.out.Dir == "" {
		u.out.Dir, u.out.Params = g.Dir, g.Params
	}
	for _, name := range g.Idle {
		if !slices.Contains(u.out.Idle, name) {
			u.out.Idle = append(u.out.Idle, name)
		}
	}
	names := u.addToolchains(g)
	for _, d := range g.Data {
		if !slices.Contains(u.out.Data, d) {
			u.out.Data = append(u.out.Data, d)
		}
	}
	stageOf := make([]int, len(g.Instances))
	for _, s := range g.Stages {
		at := u.stage(s)
		for id := s.First; id < s.First+s.N; id++ {
			stageOf[id] = at
		}
	}
	ids := make([]ID, len(g.Instances))
	for _, id := range g.Edges().Order() { // what an instance needs is there before it
		x := g.Instances[id].renamed(ids, names)
		name := u.identity(x)
		at, ok := u.known[name]
		if !ok {
			at = ID(len(u.instances))
			u.known[name] = at
			u.instances = append(u.instances, x)
			u.stageOf = append(u.stageOf, stageOf[id])
		}
		ids[id] = at
	}
	return ids
}

func (u *uniter) stage(s Stage) int {
	at, ok := u.stages[s.Name]
	if !ok {
		at = len(u.out.Stages)
		u.stages[s.Name] = at
		s.First, s.N = 0, 0
		u.out.Stages = append(u.out.Stages, s)
	}
	return at
}

// addToolchains returns what the toolchains of g are called in the union.
func (u *uniter) addToolchains(g *Graph) map[string]string {
	names := map[string]string{}
	for _, t := range g.Toolchains {
		declared := u.encoded(func(c *coder) { bare := t; bare.Span = diag.Span{}; c.toolchain(&bare) })
		at, ok := u.toolchains[declared]
		if !ok {
			at = len(u.out.Toolchains)
			u.toolchains[declared] = at
			name := t.Name
			for n := 2; slices.ContainsFunc(u.out.Toolchains, func(o Toolchain) bool { return o.Name == name }); n++ {
				name = fmt.Sprintf("%s %d", t.Name, n)
			}
			t.Name = name
			u.out.Toolchains = append(u.out.Toolchains, t)
		}
		names[g.Toolchains[len(names)].Name] = u.out.Toolchains[at].Name
	}
	return names
}

// renamed returns x with the IDs and the names of the union.
func (x Instance) renamed(ids []ID, toolchains map[string]string) Instance {
	x.Inputs = slices.Clone(x.Inputs)
	for i := range x.Inputs {
		if x.Inputs[i].Kind == Artifact {
			x.Inputs[i].From = ids[x.Inputs[i].From]
		}
	}
	x.After = slices.Clone(x.After)
	for i, id := range x.After {
		x.After[i] = ids[id]
	}
	slices.Sort(x.After)
	x.After = slices.Compact(x.After)
	x.Toolchains = slices.Clone(x.Toolchains)
	for i, name := range x.Toolchains {
		x.Toolchains[i] = toolchains[name]
	}
	slices.Sort(x.Toolchains)
	return x
}

// identity is the same for instances that do the same: all of it but where it
// was written and which param a value came through.
func (u *uniter) identity(x Instance) string {
	x.Uses, x.Display, x.Span = nil, "", diag.Span{}
	x.Inputs, x.Outputs, x.Asserts = slices.Clone(x.Inputs), slices.Clone(x.Outputs), slices.Clone(x.Asserts)
	for i := range x.Asserts {
		x.Asserts[i].Span = diag.Span{}
	}
	for i := range x.Inputs {
		x.Inputs[i].Span = diag.Span{}
	}
	for i := range x.Outputs {
		x.Outputs[i].Span = diag.Span{}
	}
	return u.encoded(func(c *coder) { c.instance(&x) })
}

// encoded returns what write writes, the same bytes for the same values.
func (u *uniter) encoded(write func(*coder)) string {
	u.coder.out = u.coder.out[:0]
	clear(u.coder.texts)
	clear(u.coder.spans)
	write(u.coder)
	return string(u.coder.out)
}

// union puts the instances of each stage together, as a Graph has them.
func (u *uniter) union(ids [][]ID) *Union {
	order := make([]ID, len(u.instances))
	for i := range order {
		order[i] = ID(i)
	}
	slices.SortStableFunc(order, func(a, b ID) int { return u.stageOf[a] - u.stageOf[b] })
	now := make([]ID, len(order))
	for at, was := range order {
		now[was] = ID(at)
	}
	same := make(map[string]string, len(u.out.Toolchains))
	for _, t := range u.out.Toolchains {
		same[t.Name] = t.Name
	}
	u.out.Instances = make([]Instance, len(order))
	for at, was := range order {
		u.out.Instances[at] = u.instances[was].renamed(now, same)
		s := &u.out.Stages[u.stageOf[was]]
		if s.N == 0 {
			s.First = ID(at)
		}
		s.N++
	}
	for next, i := ID(0), 0; i < len(u.out.Stages); i++ {
		u.out.Stages[i].First = next
		next += u.out.Stages[i].N
	}
	for _, list := range ids {
		for i, was := range list {
			list[i] = now[was]
		}
	}
	slices.Sort(u.out.Idle)
	slices.SortFunc(u.out.Data, func(a, b Data) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Path, b.Path)) })
	slices.SortFunc(u.out.Toolchains, func(a, b Toolchain) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Path, b.Path)) })
	return &Union{Graph: u.out, IDs: ids}
}
