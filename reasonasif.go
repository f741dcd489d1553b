package dewar

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/graph"
)

// asIf evaluates the pipeline as if params were as they once were, and remembers: many instances change
// alike.
type asIf struct {
	left   int           // evaluations that may still be made
	states [][]paramPart // how earlier params differ from those of now, the newest first
	known  map[supposed]instancesByPoint
}

// supposed is some parts as they were in a state.
type supposed struct {
	state int
	parts partSet
}

// partSet is a set of the parts of a state, by their bits.
type partSet uint64

const mostParts = 64 // of a state that may be looked at: who changed more has written other params

type (
	stagePoint       struct{ stage, key string }
	instancesByPoint map[stagePoint]*graph.Instance
)

// What is spent, in instances: a plan of very many stays quick.
const (
	evaluatedInstances = 40_000
	fewestEvaluations  = 4
	mostEvaluations    = 16
	triedInstances     = 15_000 // in states, most of which may have nothing to do with it
)

// whatIf prepares it. Of a sweep it knows nothing: each experiment has params of its own.
func (s *session) whatIf() *asIf {
	if s.asIf != nil {
		return s.asIf
	}
	n := max(1, len(s.g.Instances))
	s.asIf = &asIf{left: min(max(evaluatedInstances/n, fewestEvaluations), mostEvaluations), known: map[supposed]instancesByPoint{}}
	if s.ev.asked.Dir == "" {
		return s.asIf
	}
	states, _ := s.p.paramStates(s.g)
	for _, was := range states {
		if parts := changedParts(was, s.g.Params); 0 < len(parts) && len(parts) <= mostParts {
			s.asIf.states = append(s.asIf.states, parts)
		}
	}
	s.asIf.states = s.asIf.states[:min(len(s.asIf.states), max(triedInstances/n, 1))]
	return s.asIf
}

// suppose returns the instances as they would be; nil if that cannot be known.
func (s *session) suppose(t supposed) instancesByPoint {
	a := s.whatIf()
	by, ok := a.known[t]
	if ok || a.left == 0 {
		return by
	}
	a.left--
	req := s.p.request(s.ev.asked)
	set, instead := asTheyWere(t.parts.of(a.states[t.state]))
	req.Set, req.Instead = append(slices.Clone(req.Set), set...), instead
	if res, _ := eval.Evaluate(req); res.Graph != nil {
		by = make(instancesByPoint, len(res.Graph.Instances))
		for i := range res.Graph.Instances {
			x := &res.Graph.Instances[i]
			by[stagePoint{x.Stage, x.Key}] = x
		}
	}
	a.known[t] = by
	return by
}

// of are the parts in the set.
func (s partSet) of(parts []paramPart) []paramPart {
	var out []paramPart
	for i, p := range parts {
		if s&(1<<i) != 0 {
			out = append(out, p)
		}
	}
	return out
}

// causes returns what of parts may have changed x, the likeliest first: what its stage refers to, through locals and
// functions too, and, where others may reach it as well, all.
func causes(x *graph.Instance, parts []paramPart) []partSet {
	var read partSet
	gone := false // nobody can refer to it
	for i, p := range parts {
		if slices.ContainsFunc(x.Uses, func(u graph.Use) bool { return u.Name == "param."+p.leaf }) {
			read |= 1 << i
		}
		gone = gone || p.now == nil
	}
	var out []partSet
	if read != 0 {
		out = append(out, read)
	}
	// A stage that x refers to has points, and what a module was given is the module's own there.
	reached := strings.Contains(x.Stage, "/") || slices.ContainsFunc(x.Inputs, func(in graph.Input) bool { return in.Kind == graph.Artifact })
	if all := partSet(1<<len(parts) - 1); read != all && (reached || gone) {
		out = append(out, all)
	}
	return out
}
