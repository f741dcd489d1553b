package graph

import (
	"container/heap"
	"slices"
)

// Edges are the edges of a graph in both directions, each list sorted. They
// are kept as compressed rows: the lists of all instances in one slice, and
// where each begins.
type Edges struct {
	deps, dependants rows
}

type rows struct {
	start []int32 // row i is ids[start[i]:start[i+1]]
	ids   []ID
}

func (r *rows) row(id ID) []ID { return r.ids[r.start[id]:r.start[id+1]:r.start[id+1]] }

// Edges returns what waits for what, from inputs that are artifacts and from
// After. They are computed anew by each call.
func (g *Graph) Edges() *Edges {
	n := len(g.Instances)
	e := &Edges{deps: rows{start: make([]int32, n+1)}}
	for i := range g.Instances {
		x := &g.Instances[i]
		from := len(e.deps.ids)
		for j := range x.Inputs {
			if x.Inputs[j].Kind == Artifact {
				e.deps.ids = append(e.deps.ids, x.Inputs[j].From)
			}
		}
		e.deps.ids = append(e.deps.ids, x.After...)
		slices.Sort(e.deps.ids[from:])
		e.deps.ids = e.deps.ids[:from+len(slices.Compact(e.deps.ids[from:]))]
		e.deps.start[i+1] = int32(len(e.deps.ids))
	}
	e.dependants = e.deps.reversed()
	return e
}

// reversed turns the rows around by counting; rows stay sorted.
func (r *rows) reversed() rows {
	n := len(r.start) - 1
	back := rows{start: make([]int32, n+1), ids: make([]ID, len(r.ids))}
	for _, id := range r.ids {
		back.start[id+1]++
	}
	for i := range n {
		back.start[i+1] += back.start[i]
	}
	next := slices.Clone(back.start)
	for i := range n {
		for _, id := range r.row(ID(i)) {
			back.ids[next[id]] = ID(i)
			next[id]++
		}
	}
	return back
}

// Len returns the number of instances.
func (e *Edges) Len() int { return len(e.deps.start) - 1 }

// Deps returns what id waits for, sorted. The caller must not change it.
func (e *Edges) Deps(id ID) []ID { return e.deps.row(id) }

// Dependants returns what waits for id, sorted. The caller must not change it.
func (e *Edges) Dependants(id ID) []ID { return e.dependants.row(id) }

// Order returns all instances, dependencies first, otherwise by ID. Those on
// or behind a cycle are missing.
func (e *Edges) Order() []ID {
	n := e.Len()
	waits := make([]int32, n)
	ready := idHeap{}
	for i := range n {
		waits[i] = int32(len(e.Deps(ID(i))))
		if waits[i] == 0 {
			ready = append(ready, ID(i)) // in order, so it is a heap
		}
	}
	order := make([]ID, 0, n)
	for len(ready) > 0 {
		id := heap.Pop(&ready).(ID)
		order = append(order, id)
		for _, d := range e.Dependants(id) {
			if waits[d]--; waits[d] == 0 {
				heap.Push(&ready, d)
			}
		}
	}
	return order
}

type idHeap []ID

func (h idHeap) Len() int           { return len(h) }
func (h idHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h idHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *idHeap) Push(x any)        { *h = append(*h, x.(ID)) }
func (h *idHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// Upstream returns ids and all they wait for, sorted.
func (e *Edges) Upstream(ids []ID) []ID { return e.deps.reach(ids) }

// Downstream returns ids and all that wait for them, sorted.
func (e *Edges) Downstream(ids []ID) []ID { return e.dependants.reach(ids) }

func (r *rows) reach(ids []ID) []ID {
	seen := make([]bool, len(r.start)-1)
	stack := make([]ID, 0, len(ids))
	visit := func(id ID) {
		if !seen[id] {
			seen[id] = true
			stack = append(stack, id)
		}
	}
	for _, id := range ids {
		visit(id)
	}
	var out []ID
	for len(stack) > 0 {
		id := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		out = append(out, id)
		for _, next := range r.row(id) {
			visit(next)
		}
	}
	slices.Sort(out)
	return out
}

// Critical returns for each instance the weight of the heaviest path from it
// to an end of the graph, its own weight included. On a cycle it is 0.
func (e *Edges) Critical(weight func(ID) int64) []int64 {
	path := make([]int64, e.Len())
	for _, id := range slices.Backward(e.Order()) {
		var longest int64
		for _, d := range e.Dependants(id) {
			longest = max(longest, path[d])
		}
		path[id] = weight(id) + longest
	}
	return path
}
