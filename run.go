package dewar

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/run"
)

// RunOptions say what to run and how. The zero value runs everything.
type RunOptions struct {
	Select     []string // selectors; none: everything
	Only       bool     // not what the selected need; their inputs are taken as they are
	Downstream bool     // also everything that needs the selected
	Force      bool     // execute the selected even if they are up to date
	DryRun     bool     // change nothing, say what would happen
	KeepGoing  bool     // after a failure, go on with what does not depend on it
	Parallel   int      // how many actions at once; 0: one a CPU
	Trace      bool     // record what commands look for
	Strict     bool     // what cannot be isolated as it asks is not executed, and is a failure
	Keep       bool     // of what fails, keep what it wrote: see KeptSandbox
	Args       []string // the command line, for the record
	Pull       *Pull    // take from remotes what the cache does not have; nil: do not

	Events   func(run.Event)                // what happens, from one goroutine
	Progress func(id graph.ID, line string) // what commands write, from many
	Replay   bool                           // what is restored says again what its command wrote
	Samples  func(Sample)                   // the newest rows of series that commands are writing, from many
	Notices  func(id graph.ID, text string) // what an instance waits for, from many
}

// Report is what a run did.
type Report struct {
	run.Summary
	Failures diag.List
	Warnings diag.List
	Kept     []Kept   // what was in the way of outputs, and where it is now
	Removed  []string // outputs of instances that no longer exist
}

// Run makes the selected instances up to date. The error is the context's when
// it was interrupted, or an environment failure; actions that failed are in the Report.
func (p *Project) Run(ctx context.Context, ev *Evaluation, o RunOptions) (*Report, error) {
	ids, forced, err := chosen(ev.Graph, o)
	if err != nil {
		return nil, err
	}
	s, diags := p.newSession(ctx, ev, ids, o.DryRun)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	s.trace, s.progress, s.replay, s.slots = o.Trace, o.Progress, o.Replay, o.Parallel
	s.samples, s.notices, s.keep = o.Samples, o.Notices, o.Keep
	if s.slots <= 0 {
		s.slots = p.host.CPUs
	}
	if missing := s.missingInputs(ctx, ids); len(missing) > 0 {
		return nil, failure(missing...)
	}
	if o.Pull != nil && !o.DryRun {
		s.pull = newPuller(p, o.Pull)
		defer s.pull.release()
	}
	if !o.DryRun {
		s.rescue(ctx)
		if err := p.NoteImages(ev); err != nil {
			return nil, err
		}
	}
	s.record = p.newRecord(ev, o)
	defer func() { _ = s.executor.close() }()
	if o.Strict && !o.DryRun {
		if err := s.requireIsolation(ids); err != nil {
			return nil, err
		}
	}
	sum, runErr := run.Run(ctx, ev.Graph, s, run.Options{
		Select: ids, Parallel: s.slots, KeepGoing: o.KeepGoing, DryRun: o.DryRun,
		Force:     func(id graph.ID) bool { return forced[id] },
		Capacity:  p.capacity(),
		Durations: s.record.duration,
		Events:    s.watch(o.Events),
		Now:       p.host.Now,
	})
	rep := &Report{Summary: sum, Failures: s.failures(sum)}
	if !o.DryRun {
		rep.Failures = append(rep.Failures, s.withdraw(context.WithoutCancel(ctx), &rep.Summary)...)
		s.warnUnmet(rep.Summary)
		s.wholeData(ctx)
		var more diag.List
		more, runErr = also(runErr, s.conclude(context.WithoutCancel(ctx), o, rep))
		rep.Failures = append(rep.Failures, more...)
	}
	rep.Kept, rep.Warnings = s.kept, s.notes
	return rep, runErr
}

// Selected returns the instances that a run with these options is about.
func (p *Project) Selected(ev *Evaluation, o RunOptions) ([]graph.ID, error) {
	ids, _, err := chosen(ev.Graph, o)
	return ids, err
}

// chosen returns the instances to run and those that are run even if up to date.
func chosen(g *graph.Graph, o RunOptions) (ids []graph.ID, forced map[graph.ID]bool, err error) {
	named, diags := graph.Select(g, o.Select)
	if err := diags.Err(); err != nil {
		return nil, nil, err
	}
	edges := g.Edges()
	if o.Downstream {
		named = edges.Downstream(named)
	}
	forced = map[graph.ID]bool{}
	if o.Force {
		for _, id := range named {
			forced[id] = !g.Instances[id].Frozen // what is frozen has nothing else than the lock's outputs
		}
	}
	if ids = named; !o.Only {
		ids = edges.Upstream(named)
	}
	if ids == nil { // what was named has no instances; nil would be all
		ids = []graph.ID{}
	}
	return ids, forced, nil
}

// capacity is what this machine has for actions to share. CPUs are the
// scheduler's own affair.
func (p *Project) capacity() []graph.Resource {
	out := []graph.Resource{{Name: "gpus", Amount: int64(len(p.host.GPUs))}}
	if p.host.Memory > 0 {
		out = append(out, graph.Resource{Name: "memory", Amount: p.host.Memory})
	}
	return out
}

// watch passes events on, and lets finished instances into the lock from time
// to time: never once an instance, which would cost the square of them.
func (s *session) watch(events func(run.Event)) func(run.Event) {
	last := s.p.host.Now()
	return func(e run.Event) {
		if events != nil {
			events(e)
		}
		s.record.event(e)
		if now := s.p.host.Now(); now.Sub(last) > flushEvery && !s.look {
			began := now
			if err := s.flush(nil); err != nil {
				s.note(diag.Diagnostic{Severity: diag.Warning, Code: "W-lock-unwritable", Detail: err.Error() + "."})
			}
			last = s.p.host.Now()
			last = last.Add(20 * last.Sub(began)) // at most a twentieth of the time
		}
	}
}

func (s *session) note(d diag.Diagnostic) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes = append(s.notes, d)
}

// failures gathers what failed. Instances of one stage that failed for one
// reason are one diagnostic.
func (s *session) failures(sum run.Summary) diag.List {
	var out diag.List
	for id := range sum.Results {
		r := &sum.Results[id]
		if r.Kind != run.Failed || r.Err == nil || r.Same >= 0 && sum.Results[r.Same].Kind == run.Failed {
			continue
		}
		for _, d := range asDiagnostics(&s.g.Instances[id], r.Err) {
			out = append(out, s.inPoints(graph.ID(id), d))
		}
	}
	return out
}

// inPoints says which point of a grid, or of a sweep, d is about, so that one mistake in
// many points is one message.
func (s *session) inPoints(id graph.ID, d diag.Diagnostic) diag.Diagnostic {
	x := &s.g.Instances[id]
	point := x.Key
	if s.within != nil {
		point = joined(point, s.within(id))
	}
	if point == "" || len(d.Instances) > 0 {
		return d
	}
	d.Instances = []string{point}
	for _, st := range s.g.Stages {
		if st.Name == x.Stage {
			d.Total = int(st.N)
		}
	}
	return d
}

// joined is a point of a grid and one of a sweep as one text.
func joined(point, tried string) string {
	if point == "" || tried == "" {
		return point + tried
	}
	return point + " with " + tried
}

// asDiagnostics shows an environment failure as a diagnostic about x.
func asDiagnostics(x *graph.Instance, err error) diag.List {
	var f *diag.Failure
	if errors.As(err, &f) {
		return f.List
	}
	return diag.List{{Code: "E-environment", Span: x.Span, Subject: subject(x), Detail: fmt.Sprintf("%s: %v.", x.Ref(), err)}}
}

// also returns the error of a run that had runErr, and then err: what went wrong behind an interruption is to be
// said as well.
func also(runErr, err error) (said diag.List, ends error) {
	var f *diag.Failure
	switch {
	case runErr == nil:
		return nil, err
	case err == nil:
		return nil, runErr
	case errors.As(err, &f):
		return f.List, runErr
	}
	return diag.List{{Code: "E-environment", Detail: err.Error() + "."}}, runErr
}

// missingInputs looks for the workspace inputs of all instances at once, so
// that everything that is missing is said before anything runs.
func (s *session) missingInputs(ctx context.Context, ids []graph.ID) diag.List {
	there := map[string]bool{}
	missing := map[string]*diag.Diagnostic{}
	var order []string
	for _, id := range ids {
		x := &s.g.Instances[id]
		if x.Frozen { // what it was made of does not matter
			continue
		}
		for i := range x.Inputs {
			in := &x.Inputs[i]
			if in.Kind != graph.Workspace || there[in.Path] {
				continue
			}
			if d := missing[in.Path]; d != nil {
				d.Instances = append(d.Instances, x.Ref())
				continue
			}
			host := s.hostOf(in.Path)
			if host == "" {
				d := s.unread(x, in)
				missing[in.Path], order = &d, append(order, in.Path)
				continue
			}
			if _, err := s.p.host.FS.Stat(host); !isNotExist(err) {
				there[in.Path] = true
				continue
			}
			d := s.missingInput(x, in)
			if x.Key != "" { // more instances will lack it
				d.Detail = fmt.Sprintf("%s needs %s, which %s.%s", x.Stage, in.Path, s.absent(in.Path), s.whence(in))
				d.Instances = []string{x.Ref()}
			}
			missing[in.Path] = &d
			order = append(order, in.Path)
		}
	}
	out := append(s.unlistedData(), s.byChance(ctx)...)
	for _, path := range order {
		d := missing[path]
		if near := s.near(path); near != "" {
			d.Detail += fmt.Sprintf(" Did you mean %s?", near)
		}
		out = append(out, *d)
	}
	return out
}

// conclude writes what a run leaves behind: the lock, .gitignore, the index,
// the record; and takes away the outputs of instances that no longer exist.
func (s *session) conclude(ctx context.Context, o RunOptions, rep *Report) error {
	var gone []lock.Entry
	// What failed may be what takes a vanished one's place: nothing goes before everything works.
	full := len(o.Select) == 0 && !rep.Interrupted && rep.Failed == 0
	if full {
		gone = s.vanished()
	}
	removed, err := s.removeOutputs(ctx, gone)
	if err != nil {
		return err
	}
	rep.Removed = removed
	if edit := s.lockEdit(gone); edit != nil || len(s.changed) > 0 {
		if err := s.flush(edit); err != nil {
			return lockUnwritable(err)
		}
	}
	if err := s.p.updateGitignore(s.g); err != nil {
		return err
	}
	if err := s.p.index.Save(); err != nil {
		return fmt.Errorf("save the index: %w", err)
	}
	if full {
		s.certify(rep)
	}
	s.p.keepParams(s.g)
	return s.record.write(rep)
}

// lockEdit returns what has to change in the lock beside finished instances,
// or nil.
func (s *session) lockEdit(gone []lock.Entry) func(*lock.Lock) {
	drop := make(map[string]bool, len(gone))
	for _, e := range gone {
		drop[e.Instance] = true
	}
	for _, id := range s.withdrawn {
		drop[s.g.Instances[id].Ref()] = true
	}
	data := s.dataNow()
	if !s.damaged && len(drop) == 0 && sameData(s.lock.Data, data) && sameOverrides(s.lock.Overrides, s.g.Overrides) {
		return nil
	}
	_ = noteData(s.p.store, s.p.Root, slices.Concat(data, s.lock.Data)...) // gc does it as well, while a lock names it
	return func(l *lock.Lock) {
		l.Keep(func(instance string) bool { return !drop[instance] })
		l.PutData(data...)
		declared := map[string]bool{}
		for _, d := range s.g.Data {
			declared[d.Name] = !inModules(d.Path)
		}
		l.KeepData(func(name string) bool { return declared[name] })
		l.SetOverrides(s.g.Overrides)
	}
}

// dataNow is the tracked data that this run looked at; what it did not look at
// stays as the lock has it.
func (s *session) dataNow() []lock.Data {
	var out []lock.Data
	for _, d := range s.g.Data {
		if inModules(d.Path) {
			continue // its commit says what it is
		}
		for _, reference := range []bool{true, false} {
			if c := s.contents.of[contentOf{d.Path, reference}]; c != nil && c.err == nil && c.content.Kind != digest.None {
				out = append(out, lock.Data{Name: d.Name, Path: d.Path, Content: c.content})
				break
			}
		}
	}
	return out
}

// sameData reports whether everything in now is in was, and was has no more names.
func sameData(was, now []lock.Data) bool {
	known := make(map[string]lock.Data, len(was))
	for _, d := range was {
		known[d.Name] = d
	}
	for _, d := range now {
		if known[d.Name] != d {
			return false
		}
	}
	return true
}

func sameOverrides(a, b []graph.Override) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
