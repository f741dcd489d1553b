package dewar

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/graph"
)

// A param with choices is a choice and values merged over it. When an experiment is applied, what
// it chose comes first: only then can be seen which values differ from what that file holds.

// choicesOf returns the choices of an evaluation.
func choicesOf(g *graph.Graph) []paramPlace {
	var out []paramPlace
	for i := range g.Params {
		if p := &g.Params[i]; p.Chosen != "" {
			out = append(out, paramPlace{p, p.Leaves[0]})
		}
	}
	return out
}

// chosenThen is g as it is with the choices of the experiment, or g if it chose
// nothing else, or what cannot be chosen now.
func (a *applier) chosenThen(g *graph.Graph) *graph.Graph {
	var set []param.Setting
	for _, c := range choicesOf(g) {
		for _, want := range a.r.Params {
			var name string
			if want.Name == c.param.Name && string(want.Value) != c.leaf.Value && json.Unmarshal(want.Value, &name) == nil && name != "" {
				set = append(set, param.Setting{Name: want.Name, Text: name})
			}
		}
	}
	a.chosen = set
	if len(set) == 0 {
		return g
	}
	if ev, _ := a.p.Evaluate(EvalOptions{Dir: a.r.Pipeline, Set: set, Fresh: true}); ev.Graph != nil {
		return ev.Graph
	}
	return g
}

// choosing makes room for values beside a choice that is a text in the file: an object
// that says both.
func choosing(edits []param.Edit, c paramPlace) []param.Edit {
	own := slices.IndexFunc(edits, func(e param.Edit) bool { return slices.Equal(e.Path, c.leaf.Path) })
	beside := slices.ContainsFunc(edits, func(e param.Edit) bool {
		return len(e.Path) > len(c.leaf.Path) && slices.Equal(e.Path[:len(c.leaf.Path)], c.leaf.Path)
	})
	name := c.leaf.Value
	switch {
	case !beside:
		return edits
	case own >= 0:
		name = edits[own].JSON
		edits = slices.Delete(edits, own, own+1)
	case !strings.HasPrefix(c.leaf.Origin, c.param.File+":"):
		return edits
	}
	return append([]param.Edit{{Path: c.leaf.Path, JSON: `{"choice": ` + name + `}`}}, edits...)
}

// besideChoices returns the values that stand in a file beside a choice and that the experiment
// did not have, of those that may be absent. then has the choices of the experiment.
func (a *applier) besideChoices(then *graph.Graph) []paramPlace {
	var out []paramPlace
	var params *param.Params
	for _, c := range choicesOf(then) {
		if c.param.File == "" || c.param.Sensitive {
			continue
		}
		for _, l := range c.param.Leaves[1:] {
			if !strings.HasPrefix(l.Origin, c.param.File+":") || a.has(l.Name) {
				continue
			}
			if params == nil {
				params, _, _ = a.p.BoundParams(EvalOptions{Dir: a.r.Pipeline})
			}
			if b, path, ok := params.Find(l.Name); ok && b.Optional(path) {
				out = append(out, paramPlace{c.param, l})
			}
		}
	}
	return out
}

// has reports whether the experiment had a value of that name.
func (a *applier) has(name string) bool {
	return slices.ContainsFunc(a.r.Params, func(x exp.Param) bool { return x.Name == name })
}
