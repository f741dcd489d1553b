package dewar

import (
	"context"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/store"
)

// Verdict says what a run would do with an instance.
type Verdict string

// The verdicts.
const (
	WouldExecute Verdict = "execute"     // it will run
	MayExecute   Verdict = "may execute" // it runs unless what it needs comes out as before
	WouldRestore Verdict = "restore"     // its result is in the cache
	IsUnchanged  Verdict = "unchanged"   // nothing has to be done
	WouldFail    Verdict = "fail"        // its action key cannot be computed
	WouldSkip    Verdict = "skip"        // something before it fails
)

// Planned is what a run would do with one instance, and why.
type Planned struct {
	ID      graph.ID
	Ref     string
	Verdict Verdict
	Key     digest.Digest // the action key, if it can be known now
	Cause   string        // MayExecute, WouldSkip: the instance that decides
	Reasons []Reason      // what is different from the last time; empty if unchanged
	Err     error         // WouldFail
	Seconds float64       // how long it took last time; 0 if unknown
}

// Plan is what a run would do, in the order of the graph.
type Plan struct {
	Instances []Planned
	Vanished  []string // in the lock, no longer in the pipeline
	Warnings  diag.List
}

// UpToDate reports whether a run would have nothing to do.
func (p *Plan) UpToDate() bool {
	for _, x := range p.Instances {
		if x.Verdict != IsUnchanged {
			return false
		}
	}
	return len(p.Vanished) == 0
}

// Plan says what Run would do. It writes nothing.
func (p *Project) Plan(ctx context.Context, ev *Evaluation, o RunOptions) (*Plan, error) {
	ids, forced, err := chosen(ev.Graph, o)
	if err != nil {
		return nil, err
	}
	s, diags := p.newSession(ctx, ev, ids, true)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	if missing := s.unlistedData(); len(missing) > 0 {
		return nil, failure(missing...)
	}
	s.record = p.newRecord(ev, o)
	sum, err := run.Run(ctx, ev.Graph, s, run.Options{
		Select: ids, Parallel: p.host.CPUs, KeepGoing: true, DryRun: true,
		Force: func(id graph.ID) bool { return forced[id] }, Now: p.host.Now,
	})
	if err != nil {
		return nil, err
	}
	plan := &Plan{Instances: make([]Planned, 0, len(ids)), Warnings: append(s.notes, p.changedPrograms(ev.Graph)...)}
	for _, id := range ids {
		plan.Instances = append(plan.Instances, s.planned(id, sum.Results[id], forced[id]))
	}
	if len(o.Select) == 0 {
		for _, e := range s.vanished() {
			plan.Vanished = append(plan.Vanished, e.Instance)
		}
	}
	return plan, nil
}

// planned explains what the dry run decided about one instance.
func (s *session) planned(id graph.ID, r run.Result, forced bool) Planned {
	x := &s.g.Instances[id]
	p := Planned{ID: id, Ref: x.Ref(), Key: r.Key, Seconds: s.record.duration(id).Seconds()}
	switch r.Kind {
	case run.Unchanged:
		p.Verdict = IsUnchanged
	case run.Restored:
		p.Verdict = WouldRestore
		p.Reasons = s.reasons(x, &s.state[id])
	case run.Failed:
		p.Verdict, p.Err = WouldFail, r.Err
	case run.Skipped:
		p.Verdict, p.Cause = WouldSkip, s.g.Instances[r.Cause].Ref()
	default:
		p.Verdict = WouldExecute
		if r.Cause >= 0 {
			p.Verdict, p.Cause = MayExecute, s.g.Instances[r.Cause].Ref()
			break
		}
		p.Reasons = s.reasons(x, &s.state[id])
		if len(p.Reasons) == 0 && forced {
			p.Reasons = because("forced", "--force")
		}
	}
	return p
}

// reasons compares x as it is now with what the lock remembers, field by field.
func (s *session) reasons(x *graph.Instance, st *instance) []Reason {
	if x.Always {
		return because("always", "the stage says always = true")
	}
	e := s.lock.Entry(x.Ref())
	if e == nil {
		out := because(NeverRun, "the lock has no result of it")
		s.nameParams(x, nil, out)
		return out
	}
	if e.Action == st.key {
		return s.outputReasons(x, st.key)
	}
	a := s.actionOf(x, st)
	if a == nil {
		return nil
	}
	now, err := a.Explain()
	if err != nil {
		return nil
	}
	if was := s.explanation(e.Action); was != nil {
		out := s.withLines(x, graph.Expand(s.dir, graph.Diff(was, now)))
		s.nameParams(x, was, out)
		return out
	}
	if inputs := graph.Diff(inputFields(e.Inputs), inputFields(inputsOf(a))); len(inputs) > 0 {
		return s.withLines(x, graph.Expand(s.dir, inputs))
	}
	return []Reason{{Change: graph.Change{Label: "action key", Old: e.Action.Short(), New: st.key.Short() + " (not an input; the rest of what it was made of is no longer in the cache)"}}}
}

// inputFields is the part of an explanation that the lock has too: what is
// left when the cache has lost the result, or never had one, as of what persists.
func inputFields(list []lock.Input) []graph.Field {
	out := make([]graph.Field, len(list))
	for i, in := range list {
		out[i] = graph.Field{Label: "input " + in.At, Value: graph.FormatContent(in.Content)}
	}
	return out
}

// outputReasons says which outputs are not as the lock has them.
func (s *session) outputReasons(x *graph.Instance, key digest.Digest) []Reason {
	var out []Reason
	outs := s.locked(x, key)
	for i, o := range x.Outputs {
		if outs == nil {
			return because("outputs", "declared differently from the lock")
		}
		taker, _ := s.outputHolds(context.Background(), o.Path, outs[i])
		switch {
		case o.NoCheckout || taker != nil:
		case !exists(s.p.host.FS, s.p.hostPath(o.Path)):
			out = append(out, Reason{Change: graph.Change{Label: "output " + o.Path, Old: outs[i].Digest.Short(), New: "not there"}})
		default:
			out = append(out, Reason{Change: graph.Change{Label: "output " + o.Path, Old: outs[i].Digest.Short(), New: "edited"}})
		}
	}
	return out
}

// explanation returns what an action key was made of, or nil.
func (s *session) explanation(key digest.Digest) []graph.Field {
	res, err := s.p.store.Result(key)
	if err != nil || res == nil {
		return nil
	}
	return res.Explanation
}

// Shown is all there is to say about one instance.
type Shown struct {
	Planned
	Instance    *graph.Instance
	Action      *graph.Action // nil if its inputs are not known
	Explanation []graph.Field // the labelled parts of its action key, if it can be known
	Last        *store.Result // of this action key, if it is in the cache
}

// Show describes the selected instances. Selected are only the named ones.
func (p *Project) Show(ctx context.Context, ev *Evaluation, selectors []string) ([]Shown, error) {
	named, diags := graph.Select(ev.Graph, selectors)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	_, out, err := p.show(ctx, ev, named)
	return out, err
}

// show describes instances, and returns the session that looked at them.
func (p *Project) show(ctx context.Context, ev *Evaluation, named []graph.ID) (*session, []Shown, error) {
	ids := ev.Graph.Edges().Upstream(named)
	s, diags := p.newSession(ctx, ev, ids, true)
	if err := diags.Err(); err != nil {
		return nil, nil, err
	}
	s.record = p.newRecord(ev, RunOptions{})
	sum, err := run.Run(ctx, ev.Graph, s, run.Options{Select: ids, KeepGoing: true, DryRun: true, Now: p.host.Now})
	if err != nil {
		return nil, nil, err
	}
	var out []Shown
	for _, id := range named {
		sh := Shown{Planned: s.planned(id, sum.Results[id], false), Instance: &ev.Graph.Instances[id]}
		if a := s.actionOf(sh.Instance, &s.state[id]); a != nil {
			sh.Action = a
			if sh.Explanation, err = a.Explain(); err != nil {
				return nil, nil, err
			}
			if sh.Last, err = p.store.Result(sh.Key); err != nil {
				return nil, nil, err
			}
		}
		out = append(out, sh)
	}
	return s, out, nil
}
