package graph

import "slices"

// Cycles returns one cycle for each strongly connected component that has
// one: a shortest one through its smallest ID, which it begins with; each
// waits for the next, and the last for the first. Sorted by their first.
func (e *Edges) Cycles() [][]ID {
	var cycles [][]ID
	for _, c := range e.components() {
		first := slices.Min(c)
		if len(c) > 1 || slices.Contains(e.Deps(first), first) {
			cycles = append(cycles, e.shortestCycle(first))
		}
	}
	slices.SortFunc(cycles, func(a, b []ID) int { return int(a[0] - b[0]) })
	return cycles
}

// shortestCycle searches breadth first from id along what it waits for until
// it is back.
func (e *Edges) shortestCycle(id ID) []ID {
	via := map[ID]ID{}
	queue := []ID{id}
	for len(queue) > 0 {
		x := queue[0]
		queue = queue[1:]
		for _, d := range e.Deps(x) {
			if d == id {
				cycle := []ID{x}
				for x != id {
					x = via[x]
					cycle = append(cycle, x)
				}
				slices.Reverse(cycle)
				return cycle
			}
			if _, seen := via[d]; !seen {
				via[d] = x
				queue = append(queue, d)
			}
		}
	}
	panic("graph.shortestCycle: no cycle")
}

// components returns the strongly connected components, by Tarjan's algorithm
// with an explicit stack: graphs may be deep. Instances that are on no cycle
// for certain, which is all of them in a sound graph, are left out.
func (e *Edges) components() [][]ID {
	suspects := e.unordered()
	if len(suspects) == 0 {
		return nil
	}
	t := tarjan{e: e, index: make([]int32, e.Len()), low: make([]int32, e.Len()), on: make([]bool, e.Len())}
	for _, id := range suspects {
		if t.index[id] == 0 {
			t.visit(id)
		}
	}
	return t.found
}

// unordered returns the instances that Order leaves out.
func (e *Edges) unordered() []ID {
	order := e.Order()
	if len(order) == e.Len() {
		return nil
	}
	ordered := make([]bool, e.Len())
	for _, id := range order {
		ordered[id] = true
	}
	var out []ID
	for i, ok := range ordered {
		if !ok {
			out = append(out, ID(i))
		}
	}
	return out
}

type tarjan struct {
	e          *Edges
	index, low []int32 // from 1; 0 is not visited
	on         []bool  // on the stack of open components
	stack      []ID
	next       int32
	found      [][]ID
}

type frame struct {
	id ID
	at int // how many of its dependencies were looked at
}

func (t *tarjan) open(id ID) frame {
	t.next++
	t.index[id], t.low[id], t.on[id] = t.next, t.next, true
	t.stack = append(t.stack, id)
	return frame{id: id}
}

func (t *tarjan) visit(id ID) {
	frames := []frame{t.open(id)}
	for len(frames) > 0 {
		f := &frames[len(frames)-1]
		if deps := t.e.Deps(f.id); f.at < len(deps) {
			d := deps[f.at]
			f.at++
			if t.index[d] == 0 {
				frames = append(frames, t.open(d))
			} else if t.on[d] {
				t.low[f.id] = min(t.low[f.id], t.index[d])
			}
			continue
		}
		t.close(f.id)
		frames = frames[:len(frames)-1]
		if len(frames) > 0 {
			up := frames[len(frames)-1].id
			t.low[up] = min(t.low[up], t.low[f.id])
		}
	}
}

func (t *tarjan) close(id ID) {
	if t.low[id] != t.index[id] {
		return
	}
	at := len(t.stack) - 1
	for t.stack[at] != id {
		at--
	}
	c := slices.Clone(t.stack[at:])
	t.stack = t.stack[:at]
	for _, x := range c {
		t.on[x] = false
	}
	t.found = append(t.found, c)
}
