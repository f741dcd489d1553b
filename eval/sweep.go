package eval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
)

// Axis is one param, or a part of one, with the values that a sweep gives it.
type Axis struct {
	Name   string    // "train.C"
	Values []string  // as -p takes them, canonical; each once, never none
	Span   diag.Span // where they are written
}

// Sweep is what an experiment block and the settings of the command line ask for.
// Points says which evaluations that is.
type Sweep struct {
	Block       string // the experiment block; "" without one
	Description string
	Axes        []Axis // the block's in the order written, then those that only -p has
	Metric      string // what is to be high or low; "" if nothing is
	Maximize    bool   // it is to be high
	MetricSpan  diag.Span
	Random      bool   // the points in random order
	Zip         bool   // the axes in lockstep, in place of every combination
	Budget      int    // how many points at most; 0: all
	Seed        string // decides a sample; "" is "0"
}

// ReadSweep reads an experiment block, if one is named, and settings that may hold
// several values each. A setting takes the place of the block's axis of its name. The
// pipeline is loaded and checked, and nothing else of it is evaluated.
func ReadSweep(req Request, block string, set []param.Setting) (Sweep, diag.Sources, diag.List) {
	ev := newEvaluator(req)
	ds := ev.load()
	if ds.HasErrors() {
		return Sweep{}, ev.sources(), ds.Sorted()
	}
	r := &sweepReader{ev: ev}
	r.space, r.diags = param.NewSpace(ev.pipe.Params, ev.dir, ev.constantOf)
	if !r.diags.HasErrors() {
		r.block(block)
		r.settings(set)
	}
	src := ev.sources().(diag.SourceMap)
	for _, s := range r.space.Sources() {
		src[s.Path] = s.Bytes
	}
	return r.out, src, append(ds, r.diags...).Sorted()
}

type sweepReader struct {
	ev    *evaluator
	space *param.Space
	out   Sweep
	diags diag.List
}

func (r *sweepReader) block(name string) {
	if name == "" {
		return
	}
	var names []string
	for _, b := range r.ev.pipe.Experiments {
		if b.Name == name {
			out, diags := r.ev.experiment(b, r.space)
			r.out, r.diags = out, append(r.diags, diags...)
			return
		}
		names = append(names, b.Name)
	}
	advice := fmt.Sprintf("The pipeline declares none: write experiment %q { params = { … } }.", name)
	if len(names) > 0 {
		advice = "There are: " + strings.Join(names, ", ") + "."
		if best := nearest(name, slices.Clone(names)); best != "" {
			advice = fmt.Sprintf("Did you mean %q? %s", best, advice)
		}
	}
	r.diags = append(r.diags, diag.Diagnostic{Code: "E-experiment-unknown", Detail: fmt.Sprintf("There is no experiment %q. %s", name, advice)})
}

// settings reads -p. Of two settings of one name the later counts.
func (r *sweepReader) settings(set []param.Setting) {
	last := map[string]int{}
	for i, s := range set {
		last[s.Name] = i
	}
	for i, s := range set {
		if last[s.Name] != i {
			continue
		}
		tries, diags := r.space.Setting(s)
		r.diags = append(r.diags, diags...)
		if !diags.HasErrors() {
			r.add(tries)
		}
	}
}

func (r *sweepReader) add(t param.Tries) {
	a := Axis{Name: t.Name, Values: t.Texts, Span: t.Span}
	if i := slices.IndexFunc(r.out.Axes, func(x Axis) bool { return x.Name == a.Name }); i >= 0 {
		r.out.Axes[i] = a
		return
	}
	r.out.Axes = append(r.out.Axes, a)
}
