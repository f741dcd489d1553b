package graph

import "github.com/dewar-build/dewar/diag"

// Selector is a parsed selector: a stage (a glob is allowed) with some axes, or
// the path of an output.
type Selector struct {
	Text  string // as written
	Stage string // the part before "@" or "["
	Key   string // the part after it, "" without
	Axes  []Axis // Key read as axis=value,…; nil if it is not of that form
}

// ParseSelector reads a selector. Which of its readings is meant is only known
// with a graph: a Text that has a slash may be a path.
func ParseSelector(text string) (Selector, error) { panic("unwritten") }

// Select returns the instances that the selectors name, sorted, each once; no
// selectors name all. A selector that names nothing is an error with a
// suggestion.
func Select(g *Graph, selectors []string) ([]ID, diag.List) { panic("unwritten") }
