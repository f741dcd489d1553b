// Package layout draws a directed acyclic graph with box-drawing characters,
// for terminals: layers by longest path, as few crossings as four sweeps of
// barycentres give (Sugiyama's method), boxes near what they belong to, and
// right-angled edges that never run on top of each other unless they come from
// the same box or end in the same one. Place gives the same order as lengths, for
// who draws otherwise.
//
// It knows boxes with text and pairs of numbers, nothing of dewar; the
// command line imports it.
package layout

import (
	"sort"

	"github.com/charmbracelet/x/ansi"
)

// Box is a vertex: some lines of text.
type Box struct{ Lines []string }

// Draw returns the lines of the drawing, boxes in order of their layers,
// edges[i] from edges[i][0] to edges[i][1]. The graph must have no cycle.
func Draw(boxes []Box, edges [][2]int) []string {
	if len(boxes) == 0 {
		return nil
	}
	sizes := make([]Size, len(boxes))
	for i, b := range boxes {
		for _, line := range b.Lines {
			sizes[i].W = max(sizes[i].W, ansi.StringWidth(line)+4)
		}
		sizes[i].W, sizes[i].H = max(sizes[i].W, 4), len(b.Lines)+2
	}
	l := newLayers(sizes, edges, gap)
	l.boxes = boxes
	l.order()
	l.place()
	return l.render()
}

// gap is the least space between neighbours in a terminal.
const gap = 2

// vertex is a box, or a bend: a place where an edge passes through a layer.
type vertex struct {
	box    int // index in boxes; -1 for a bend
	layer  int
	width  int
	height int
	x      int // of the left edge
	up     []int
	down   []int
}

func (v *vertex) center() int { return v.x + v.width/2 }

// layers is the graph with its bends.
type layers struct {
	boxes []Box
	vs    []vertex
	rows  [][]int // the vertices of each layer, from left to right
	paths [][]int // of each edge, the vertices that it joins: two boxes, and bends between them
	gap   int     // the least space between neighbours
}

// newLayers puts every box below everything that leads to it, and splits
// edges that skip layers.
func newLayers(boxes []Size, edges [][2]int, gap int) *layers {
	l := &layers{gap: gap}
	down := make([][]int, len(boxes))
	indegree := make([]int, len(boxes))
	for _, e := range edges {
		down[e[0]] = append(down[e[0]], e[1])
		indegree[e[1]]++
	}
	layer := make([]int, len(boxes))
	var queue []int
	for i := range boxes {
		if indegree[i] == 0 {
			queue = append(queue, i)
		}
	}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		for _, w := range down[v] {
			layer[w] = max(layer[w], layer[v]+1)
			if indegree[w]--; indegree[w] == 0 {
				queue = append(queue, w)
			}
		}
	}
	for i, b := range boxes {
		l.add(vertex{box: i, layer: layer[i], width: b.W, height: b.H})
	}
	for _, e := range edges {
		from, path := e[0], []int{e[0]}
		for at := layer[from] + 1; at < layer[e[1]]; at++ {
			bend := l.add(vertex{box: -1, layer: at, width: 1})
			l.connect(from, bend)
			from, path = bend, append(path, bend)
		}
		l.connect(from, e[1])
		l.paths = append(l.paths, append(path, e[1]))
	}
	return l
}

func (l *layers) add(v vertex) int {
	l.vs = append(l.vs, v)
	for len(l.rows) <= v.layer {
		l.rows = append(l.rows, nil)
	}
	l.rows[v.layer] = append(l.rows[v.layer], len(l.vs)-1)
	return len(l.vs) - 1
}

func (l *layers) connect(from, to int) {
	l.vs[from].down = append(l.vs[from].down, to)
	l.vs[to].up = append(l.vs[to].up, from)
}

// order sorts each layer by the mean position of what it is connected to,
// downwards and upwards in turn.
func (l *layers) order() {
	position := make([]int, len(l.vs))
	for _, row := range l.rows {
		for i, v := range row {
			position[v] = i
		}
	}
	sweep := func(row []int, neighbours func(int) []int) {
		mean := make(map[int]float64, len(row))
		for _, v := range row {
			mean[v] = float64(position[v])
			if ns := neighbours(v); len(ns) > 0 {
				sum := 0
				for _, n := range ns {
					sum += position[n]
				}
				mean[v] = float64(sum) / float64(len(ns))
			}
		}
		sort.SliceStable(row, func(i, j int) bool { return mean[row[i]] < mean[row[j]] })
		for i, v := range row {
			position[v] = i
		}
	}
	for range 4 {
		for _, row := range l.rows[1:] {
			sweep(row, func(v int) []int { return l.vs[v].up })
		}
		for i := len(l.rows) - 2; i >= 0; i-- {
			sweep(l.rows[i], func(v int) []int { return l.vs[v].down })
		}
	}
}

// place gives every vertex its x: near the middle of its neighbours, without
// overlaps.
func (l *layers) place() {
	for _, row := range l.rows {
		x := 0
		for _, v := range row {
			l.vs[v].x = x
			x += l.vs[v].width + l.gap
		}
	}
	for range 6 {
		for _, row := range l.rows[1:] {
			l.pull(row, func(v int) []int { return l.vs[v].up })
		}
		for i := len(l.rows) - 2; i >= 0; i-- {
			l.pull(l.rows[i], func(v int) []int { return l.vs[v].down })
		}
	}
	least := l.vs[0].x
	for _, v := range l.vs {
		least = min(least, v.x)
	}
	for i := range l.vs {
		l.vs[i].x -= least
	}
}

// pull moves the vertices of a layer towards their neighbours, keeping order
// and distance: what is wanted, pushed apart from the left and from the right,
// and the middle of both.
func (l *layers) pull(row []int, neighbours func(int) []int) {
	n := len(row)
	left, right := make([]int, n), make([]int, n)
	for i, v := range row {
		want := l.vs[v].x
		if ns := neighbours(v); len(ns) > 0 {
			sum := 0
			for _, u := range ns {
				sum += l.vs[u].center()
			}
			want = sum/len(ns) - l.vs[v].width/2
		}
		left[i], right[i] = want, want
	}
	for i := 1; i < n; i++ {
		left[i] = max(left[i], left[i-1]+l.vs[row[i-1]].width+l.gap)
	}
	for i := n - 2; i >= 0; i-- {
		right[i] = min(right[i], right[i+1]-l.vs[row[i]].width-l.gap)
	}
	for i, v := range row {
		l.vs[v].x = floorHalf(left[i] + right[i])
		if i > 0 {
			before := &l.vs[row[i-1]]
			l.vs[v].x = max(l.vs[v].x, before.x+before.width+l.gap)
		}
	}
}

func floorHalf(n int) int { return n >> 1 }
