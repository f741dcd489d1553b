package graph

// Edges are the edges of a graph in both directions, each list sorted.
type Edges struct{}

// Edges returns what waits for what, from inputs that are artifacts and from
// After. They are computed anew by each call.
func (g *Graph) Edges() *Edges { panic("unwritten") }

// Deps returns what id waits for, sorted. The caller must not change it.
func (e *Edges) Deps(id ID) []ID { panic("unwritten") }

// Dependants returns what waits for id, sorted. The caller must not change it.
func (e *Edges) Dependants(id ID) []ID { panic("unwritten") }

// Order returns all instances, dependencies first, otherwise by ID. Those on
// or behind a cycle are missing.
func (e *Edges) Order() []ID { panic("unwritten") }

// Cycles returns one cycle for each strongly connected component that has
// one: a shortest one, beginning with its smallest ID; id i+1 waits for id i.
func (e *Edges) Cycles() [][]ID { panic("unwritten") }

// Upstream returns ids and all they wait for, sorted.
func (e *Edges) Upstream(ids []ID) []ID { panic("unwritten") }

// Downstream returns ids and all that wait for them, sorted.
func (e *Edges) Downstream(ids []ID) []ID { panic("unwritten") }

// Critical returns for each instance the weight of the heaviest path from it
// to an end of the graph, its own weight included.
func (e *Edges) Critical(weight func(ID) int64) []int64 { panic("unwritten") }
