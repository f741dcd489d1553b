package lsp

import (
	"strings"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/graph"
)

// points are those of a stage, or of a module.
type points struct {
	count  int // instances; of a module: its points
	axes   []axis
	places []place
	inside int // instances of the stages of a module
}

// axis is what values an axis has, as text, in the order of the points.
type axis struct {
	name   string
	values []string // the first of them
	count  int
}

// shownValues is how many values of an axis are kept for showing.
const shownValues = 12

// place is where an entry of inputs, outputs, metrics or plots is.
type place struct {
	name string // "outputs.model"
	path string // of the first instance
	more bool   // there are others
}

// shownPlaces is how many entries of a stage are kept for showing.
const shownPlaces = 24

// evaluated keeps what an evaluation says of locals, and of points if there is a graph.
func (a *analysis) evaluated(res *eval.Result) {
	a.locals = make(map[string]eval.Local, len(res.Locals))
	for _, l := range res.Locals {
		a.locals[l.Name] = l
	}
	a.stages, a.modules = map[string]*points{}, map[string]*points{}
	if res.Graph == nil {
		return
	}
	uses := map[string]bool{} // of modules: "m", or "m@KEY" at one of its points
	for i := range res.Graph.Stages {
		st := &res.Graph.Stages[i]
		a.stage(st.Name, st.Axes, res.Graph.Instances[st.First:st.First+st.N])
		if use, _, ok := strings.Cut(st.Name, "/"); ok {
			a.module(use, int(st.N), !uses[use])
			uses[use] = true
		}
	}
}

func (a *analysis) stage(name string, axes []string, instances []graph.Instance) {
	p := &points{count: len(instances)}
	p.takeAxes(axes, instances)
	for i := range instances {
		p.takePlaces(&instances[i], i == 0)
	}
	a.stages[name] = p
}

// module counts the instances of a stage of a module.
func (a *analysis) module(use string, instances int, first bool) {
	name, _, _ := strings.Cut(use, "@")
	p := a.modules[name]
	if p == nil {
		p = &points{}
		a.modules[name] = p
	}
	if p.inside += instances; first {
		p.count++
	}
}

func (p *points) takeAxes(names []string, instances []graph.Instance) {
	seen := make([]map[string]bool, len(names))
	for i, name := range names {
		p.axes = append(p.axes, axis{name: name})
		seen[i] = map[string]bool{}
	}
	for _, in := range instances {
		for i := range min(len(in.Point), len(p.axes)) {
			x := &p.axes[i]
			v := in.Point[i].Value
			if seen[i][v] {
				continue
			}
			seen[i][v] = true
			if x.count++; len(x.values) < shownValues {
				x.values = append(x.values, v)
			}
		}
	}
}

// takePlaces keeps where the inputs and outputs of an instance are. All instances of a stage
// have the same names, so that those of the first are enough.
func (p *points) takePlaces(in *graph.Instance, first bool) {
	at := 0
	add := func(name, path string) {
		for n := range p.places { // most often they come in the same order
			if x := &p.places[(at+n)%len(p.places)]; x.name == name {
				x.more = x.more || x.path != path
				at += n + 1
				return
			}
		}
		if first && len(p.places) < shownPlaces {
			p.places = append(p.places, place{name: name, path: path})
			at = len(p.places)
		}
	}
	for i := range in.Outputs {
		add(string(in.Outputs[i].Group)+"."+in.Outputs[i].Name, in.Outputs[i].Path)
	}
	for i := range in.Inputs {
		if x := &in.Inputs[i]; strings.HasPrefix(x.Label, "inputs.") {
			add(x.Label, x.At)
		}
	}
}

// place is where an entry is; nil if that is not known.
func (p *points) place(name string) *place {
	if p == nil {
		return nil
	}
	for i := range p.places {
		if p.places[i].name == name {
			return &p.places[i]
		}
	}
	return nil
}
