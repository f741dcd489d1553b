package lang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
)

// edge is a reference from one declaration to another.
type edge struct {
	to *decl
	at diag.Span
}

// circles reports the declarations that refer to each other in circles: for
// each set of them that hang together, the shortest circle through the first.
func circles(all []*decl) diag.List {
	var ds diag.List
	for _, set := range components(all) {
		first := set[0]
		for _, d := range set {
			if d.id < first.id {
				first = d
			}
		}
		if path := shortestCircle(first, set); path != nil {
			ds = append(ds, circle(first, path))
		}
	}
	return ds
}

// components returns the strongly connected components of the references, by
// Tarjan's algorithm: linear, whatever the number of circles.
func components(all []*decl) [][]*decl {
	t := &tarjan{index: make([]int, len(all)), low: make([]int, len(all)), onStack: make([]bool, len(all))}
	for _, d := range all {
		if t.index[d.id] == 0 {
			t.visit(d)
		}
	}
	return t.out
}

type tarjan struct {
	index   []int // when first seen, from 1
	low     []int // the earliest on the stack that can be reached
	onStack []bool
	stack   []*decl
	next    int
	out     [][]*decl
}

func (t *tarjan) visit(d *decl) {
	t.next++
	t.index[d.id], t.low[d.id] = t.next, t.next
	t.stack, t.onStack[d.id] = append(t.stack, d), true
	for _, e := range d.edges {
		if t.index[e.to.id] == 0 {
			t.visit(e.to)
			t.low[d.id] = min(t.low[d.id], t.low[e.to.id])
		} else if t.onStack[e.to.id] {
			t.low[d.id] = min(t.low[d.id], t.index[e.to.id])
		}
	}
	if t.low[d.id] != t.index[d.id] {
		return
	}
	for i := len(t.stack) - 1; ; i-- {
		t.onStack[t.stack[i].id] = false
		if t.stack[i] == d {
			t.out = append(t.out, append([]*decl(nil), t.stack[i:]...))
			t.stack = t.stack[:i]
			return
		}
	}
}

// link is a reference taken on the way from one declaration to another.
type link struct {
	from *decl
	edge edge
}

// shortestCircle returns the references of a shortest way from first back to
// it inside of set, or nil if there is none.
func shortestCircle(first *decl, set []*decl) []link {
	inside := make(map[*decl]bool, len(set))
	for _, d := range set {
		inside[d] = true
	}
	came := map[*decl]link{}
	for queue := []*decl{first}; len(queue) > 0; queue = queue[1:] {
		for _, e := range queue[0].edges {
			if _, seen := came[e.to]; seen || !inside[e.to] {
				continue
			}
			came[e.to] = link{from: queue[0], edge: e}
			if e.to == first {
				return unwind(first, came)
			}
			queue = append(queue, e.to)
		}
	}
	return nil
}

func unwind(first *decl, came map[*decl]link) []link {
	var path []link
	for d := first; ; {
		l := came[d]
		path = append(path, l)
		if d = l.from; d == first {
			slices.Reverse(path)
			return path
		}
	}
}

func circle(first *decl, path []link) diag.Diagnostic {
	d := diag.Diagnostic{Code: "E-cycle", Span: path[0].edge.at, Subject: first.subject()}
	verb, advice := "refers to", "Each needs the next one first:\n  %s\nRemove one of these references."
	if first.kind == "function" {
		verb, advice = "calls", "A function cannot call itself, nor through others:\n  %s\nLists are gone through with a for expression; numbers come from range."
	}
	if len(path) == 1 {
		d.Detail = itself(first)
		return d
	}
	if slices.ContainsFunc(path, func(l link) bool { return l.from.kind == "module" }) {
		advice = "Each needs the next one first:\n  %s\nA module needs all that its block refers to before any of its outputs can be read, also what that output does not need. Remove one of these references, or make two modules of the pipeline: one that is given what the output needs, and one for the rest."
	}
	words := []string{first.address()}
	for _, l := range path {
		words = append(words, l.edge.to.address())
		d.Notes = append(d.Notes, diag.Note{
			Span: l.edge.at,
			Text: fmt.Sprintf("%s %s %s", l.from.address(), verb, l.edge.to.address()),
		})
	}
	d.Detail = fmt.Sprintf(advice, strings.Join(words, " -> "))
	return d
}

// itself words a circle of one.
func itself(d *decl) string {
	if d.kind == "module" {
		return fmt.Sprintf("Module %q refers to itself. What is inside of it is connected by its own pipeline.", d.name)
	}
	if d.kind == "stage" {
		return fmt.Sprintf("Stage %q refers to itself. Inside of a stage its own paths are inputs.NAME, outputs.NAME, metrics.NAME and plots.NAME.", d.name)
	}
	if d.kind == "function" {
		return fmt.Sprintf("The function %s calls itself. Lists are gone through with a for expression; numbers come from range.", d.name)
	}
	return fmt.Sprintf("The value of %s is defined by itself.", d.address())
}

func (d *decl) subject() string {
	if d.block == nil {
		return d.address()
	}
	return d.block.Subject()
}
