package dewar

import (
	"context"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/run"
)

// SaveExperiment records the workspace as it is, and runs nothing. Results that
// are up to date are part of the record; of stale, the others, it has the metrics
// that lie in the workspace. The overrides of the last run are the experiment's.
func (p *Project) SaveExperiment(ctx context.Context, dir, name, note string) (f Finished, stale []string, err error) {
	sw, err := p.snapshotOf(dir, name)
	if err != nil {
		return f, nil, err
	}
	ids, _, of, err := sw.selected(RunOptions{})
	if err != nil {
		return f, nil, err
	}
	ev := sw.evaluation()
	s, diags := p.newSession(ctx, ev, ids, false)
	if err := diags.Err(); err != nil {
		return f, nil, err
	}
	s.apart = true
	o := RunOptions{}
	s.record = p.newRecord(ev, o)
	sum, err := run.Run(ctx, ev.Graph, s, run.Options{Select: ids, KeepGoing: true, DryRun: true, Now: p.host.Now})
	if err != nil {
		return f, nil, err
	}
	w, err := s.newRecordWriter(ctx, sw, o)
	if err != nil {
		return f, nil, err
	}
	r, stale := w.snapshot(of[0], sum, p.workspaceResults(dir))
	r.Note = note
	f.Ended = true
	if row, ok := w.known[r.Content]; ok && name == "" {
		f.Row, f.Name, f.Known = row, row.Name, true
		return f, stale, nil
	}
	if err := w.history.Add(r); err != nil {
		return f, stale, err
	}
	f.Row, f.Name = r.Row(), r.Name
	return f, stale, p.index.Save()
}

// snapshotOf evaluates the workspace as a sweep of one.
func (p *Project) snapshotOf(dir, name string) (*Sweep, error) {
	l, diags := p.readLock(dir)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	trace := fs.NewRecorder(p.view)
	set := settingsOf(l)
	req := p.request(EvalOptions{Dir: dir, Set: set})
	req.Read = trace
	res, diags := eval.Evaluate(req)
	if res.Graph != nil {
		diags = append(diags, graph.Validate(res.Graph)...)
	}
	if err := diags.Err(); err != nil {
		return nil, err
	}
	nothing := func(*exp.Row, *graph.Graph, string) bool { return false } // a snapshot goes on with no experiment
	sw := &Sweep{
		Dir: dir, Sources: p.sourcesOf(res), trace: trace.Trace(),
		Experiments: []PlannedExperiment{{Set: set, Graph: res.Graph}}, Union: graph.Unite([]*graph.Graph{res.Graph}),
	}
	if diags := p.nameExperiments(sw, name, nothing); diags.HasErrors() {
		return nil, &diag.Failure{List: diags}
	}
	return sw, nil
}

// snapshot makes the record of what a dry run found.
func (w *recordWriter) snapshot(own []graph.ID, sum run.Summary, res *Results) (r *exp.Record, stale []string) {
	x := &w.sw.Experiments[0]
	r = w.empty(x)
	r.Saved = true
	var entries []lock.Entry
	for _, id := range own {
		at := w.sw.Union.IDs[0][id]
		one := w.instance(&x.Graph.Instances[id], at, run.Event{Kind: sum.Results[at].Kind})
		r.Cost += one.Seconds
		st := &w.s.state[at]
		if st.outputs == nil {
			one.Outcome = "stale"
			stale = append(stale, one.Instance)
			r.Metrics = append(r.Metrics, ofInstance(res.Metrics, one.Instance, func(m exp.Metrics) string { return m.Instance })...)
			r.Asserts = append(r.Asserts, ofInstance(res.Asserts, one.Instance, func(a exp.Assert) string { return a.Instance })...)
		} else {
			found := w.metricsOf(&x.Graph.Instances[id], at)
			r.Metrics, r.Asserts = append(r.Metrics, found.metrics...), append(r.Asserts, found.asserts...)
			entries = append(entries, entryOf(&x.Graph.Instances[id], st, st.outputs))
		}
		r.Instances = append(r.Instances, one)
	}
	w.complete(r, x.Graph, entries, own)
	return r, stale
}

// ofInstance returns the elements of list that are about one instance.
func ofInstance[T any](list []T, ref string, of func(T) string) []T {
	var out []T
	for _, x := range list {
		if of(x) == ref {
			out = append(out, x)
		}
	}
	return out
}

// empty is the record of an experiment of which nothing is known yet.
func (w *recordWriter) empty(x *PlannedExperiment) *exp.Record {
	r := &exp.Record{
		Name: x.Name, Pipeline: w.sw.Dir, Created: w.s.p.host.Now(), Sweep: w.s.record.rec.Sweep, Block: w.sw.Declared.Block,
		Args: w.args, State: exp.Done, Git: w.git, Environment: w.env,
		Overrides: recordedOverrides(x.Graph), Metrics: []exp.Metrics{}, Instances: []exp.Instance{}, Params: paramsOf(x.Graph.Params),
	}
	return r
}

// complete adds what follows from the instances.
func (w *recordWriter) complete(r *exp.Record, g *graph.Graph, entries []lock.Entry, own []graph.ID) {
	l := &lock.Lock{Overrides: g.Overrides}
	l.Put(entries...)
	r.Lock = lockLines(l)
	r.Sources = w.sources(g, own)
	slices.SortStableFunc(r.Metrics, func(a, b exp.Metrics) int { return strings.Compare(a.Path, b.Path) })
	r.Content = contentName(r)
}
