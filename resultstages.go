package dewar

import (
	"context"
	"path"
	"slices"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
)

// The stages of a place are what its pipeline says, with the results that its
// lock names. An experiment has no graph, only a record: its stages are those
// that it was made of, and what needs what follows from paths. Nothing is hashed
// or run for it: a lock that is older than the code beside it says what it says,
// and Stale tells of the workspace whether it is.

// basis is what the stages of a place follow from.
type basis struct {
	graph      *graph.Graph // nil for an experiment
	evaluation *Evaluation  // of the workspace only
	lock       *lock.Lock   // nil if it cannot be read
	record     *exp.Record  // of an experiment
}

// Stages are those of a place, in the order of its graph.
type Stages struct {
	List []StageResult
	Part bool // an experiment of selected instances: what is not here was not asked for
}

// StageResult is a stage and what its instances made.
type StageResult struct {
	Name      string   // without the points of modules around it: it is one stage
	Grid      bool     // it has points, or they have
	Needs     []string // other stages, sorted
	Instances []InstanceResult
}

// InstanceResult is what an instance made, as a lock or a record has it.
type InstanceResult struct {
	Ref     string
	Action  digest.Digest // the action key; zero if there is no result
	Outputs []lock.Output
	Seconds float64 // that its command ran, where a record says so; 0 if not
}

// StagesOf returns the stages of a place. There are none if it has a Problem.
func (p *Project) StagesOf(r *Results) Stages {
	switch {
	case r.basis.graph != nil:
		return Stages{List: graphStages(r.basis.graph, r.basis.lock)}
	case r.basis.record != nil:
		return Stages{List: recordStages(r.basis.record, r.basis.lock), Part: len(r.basis.record.Args) > 0}
	}
	return Stages{}
}

func graphStages(g *graph.Graph, l *lock.Lock) []StageResult {
	all := stagesAtAllPoints(g)
	out := make([]StageResult, len(all))
	at := map[string]int{}
	for i, points := range all {
		st := &points[0]
		name := graph.WithoutPoints(st.Name)
		at[name] = i
		out[i] = StageResult{Name: name, Grid: st.Template || name != st.Name}
	}
	edges := g.Edges()
	for i := range g.Instances {
		x := &g.Instances[i]
		st := &out[at[graph.WithoutPoints(x.Stage)]]
		st.Instances = append(st.Instances, resultIn(l, x.Ref()))
		for _, dep := range edges.Deps(graph.ID(i)) {
			st.need(graph.WithoutPoints(g.Instances[dep].Stage))
		}
	}
	return out
}

func recordStages(r *exp.Record, l *lock.Lock) []StageResult {
	var out []StageResult
	at := map[string]int{}
	for _, x := range r.Instances {
		name := atAllPoints(x.Instance)
		i, ok := at[name]
		if !ok {
			i = len(out)
			at[name] = i
			out = append(out, StageResult{Name: name, Grid: name != x.Instance})
		}
		one := resultIn(l, x.Instance)
		if !one.Action.IsZero() {
			one.Seconds = x.Seconds
		}
		out[i].Instances = append(out[i].Instances, one)
	}
	makers := makersOf(r, l)
	for _, e := range l.Entries {
		i, ok := at[atAllPoints(e.Instance)]
		if !ok {
			continue
		}
		for _, in := range e.Inputs {
			for _, name := range makers.of(in) {
				out[i].need(name)
			}
		}
	}
	return out
}

// atAllPoints is the stage of an instance as people count stages: one of a module is one,
// however many points the module has.
func atAllPoints(ref string) string { return graph.WithoutPoints(graph.StageOf(ref)) }

func resultIn(l *lock.Lock, ref string) InstanceResult {
	out := InstanceResult{Ref: ref}
	if l != nil {
		if e := l.Entry(ref); e != nil {
			out.Action, out.Outputs = e.Action, e.Outputs
		}
	}
	return out
}

func (st *StageResult) need(name string) {
	if at, ok := slices.BinarySearch(st.Needs, name); !ok && name != st.Name {
		st.Needs = slices.Insert(st.Needs, at, name)
	}
}

// makers tells from inputs which stages made them.
type makers struct {
	byPath    map[string]string         // of an output
	below     map[string][]string       // stages with outputs below a directory
	byContent map[digest.Content]string // "" if several made the same
	source    map[string]bool           // files of the workspace
}

func makersOf(r *exp.Record, l *lock.Lock) *makers {
	m := &makers{byPath: map[string]string{}, below: map[string][]string{}, byContent: map[digest.Content]string{}, source: map[string]bool{}}
	for _, s := range r.Sources {
		m.source[s.Path] = true
	}
	for _, d := range l.Data {
		m.source[d.Path] = true
	}
	for _, e := range l.Entries {
		name := atAllPoints(e.Instance)
		for _, o := range e.Outputs {
			m.byPath[o.Path] = name
			if other, ok := m.byContent[o.Content]; ok && other != name {
				name = ""
			}
			m.byContent[o.Content] = name
			name = atAllPoints(e.Instance)
			for dir := path.Dir(o.Path); dir != "."; dir = path.Dir(dir) {
				if !slices.Contains(m.below[dir], name) {
					m.below[dir] = append(m.below[dir], name)
				}
			}
		}
	}
	return m
}

// of returns the stages that made an input: by its path, or, for one that stands
// elsewhere in the input root, by its bytes, if only one stage made such.
func (m *makers) of(in lock.Input) []string {
	for at := in.At; at != "."; at = path.Dir(at) {
		if name, ok := m.byPath[at]; ok {
			return []string{name}
		}
	}
	if names := m.below[in.At]; len(names) > 0 && in.Content.Kind == digest.Directory {
		return names
	}
	if name := m.byContent[in.Content]; name != "" && !m.source[in.At] && in.Content.Digest.Size > 0 {
		return []string{name}
	}
	return nil
}

// Stale lists the stages of which the workspace has results that a run would make
// anew, in the order of the graph: what is told of them is older than the code. Of
// another place it lists none: what is committed or recorded is what it is.
func (p *Project) Stale(ctx context.Context, r *Results) ([]string, error) {
	ev := r.basis.evaluation
	if ev == nil {
		return nil, nil
	}
	plan, err := p.Plan(ctx, ev, RunOptions{})
	if err != nil {
		return nil, err
	}
	always := map[string]bool{} // they run whatever is known, which makes nothing stale
	var out []string
	for _, x := range plan.Instances {
		one := &ev.Graph.Instances[x.ID]
		if one.Always || x.Verdict == MayExecute && always[x.Cause] {
			always[x.Ref] = true
			continue
		}
		if x.Verdict != IsUnchanged && !slices.Contains(out, one.Stage) {
			out = append(out, one.Stage)
		}
	}
	return out, nil
}
