package dewar

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/verify"
)

// Verifying executes actions again that have a result, each in a sandbox of its own, and compares digests. It
// looks nothing up and keeps nothing: a result that differs takes no other one's place.
//
// An execution that only repeats the first one on the same machine a second later finds little. So everything
// that a reproducible action must not care about is different, all at once. Most actions pass, and have cost
// one execution. Only when something differs it is asked what of it mattered: once more without any variation, and
// if that differs too, the action differs by itself; else with one variation at a time.

// VerifyOptions say what to verify and how. The zero value verifies everything once.
type VerifyOptions struct {
	Select        []string
	Runs          int      // how often each is executed under all variations; 0: once
	Tolerance     float64  // numbers of metrics that are no further apart count as equal; 0: none
	Vary          []string // names of variations; nil: all but locale
	Network       bool     // also what uses the network
	Nondeterminal bool     // also what says deterministic = false
	Strict        bool     // what cannot be isolated as it asks is not executed, and is a failure
	Parallel      int      // how many actions at once; 0: one a CPU
	// Listing returns the names of a directory in the order in which the system lists them; nil: it is not known,
	// and the order of directories is not varied.
	Listing func(dir string) ([]string, error)
	Memory  string                 // a directory whose listings follow the order in which files were made, as on a tmpfs; "": none
	Events  func(VerifyEvent)      // what happens, one at a time
	Notices func(graph.ID, string) // what an instance waits for, from many
}

// VerifyEvent is an execution that ended, or an instance of which everything is known.
type VerifyEvent struct {
	ID       graph.ID
	Time     time.Time
	Varied   []string // of an execution: what was different
	Fixed    []string // of an execution: what was held fast, to tell causes apart: "hash", "cpus"
	Same     bool     // of an execution: it made what is recorded
	Failed   bool     // of an execution
	Wall     time.Duration
	Number   int       // of an execution, from 1
	Verified *Verified // of an instance; nil: it is an execution
}

// VerifyVerdict says what came of one instance.
type VerifyVerdict string

// The verdicts.
const (
	Reproducible VerifyVerdict = "reproducible"     // every execution made the same bytes
	Tolerated    VerifyVerdict = "within tolerance" // the same but for numbers of metrics, which are near enough
	Differs      VerifyVerdict = "differs"
	VerifyFailed VerifyVerdict = "failed" // it could not be executed again
	NotVerified  VerifyVerdict = "not verified"
)

// Verified is what verifying found out about one instance.
type Verified struct {
	ID         graph.ID
	Ref        string
	Verdict    VerifyVerdict
	Why        string           // NotVerified: a word for programs, of those in spec/verify.md
	Reason     string           // NotVerified: a sentence
	Stale      bool             // NotVerified: a run would mend it
	Executions int              // how many there were
	Wall       time.Duration    // of all of them
	Varied     []string         // what was different
	Unvaried   []Unvaried       // what was asked for, and could not be
	Matter     []string         // variations under which it differs or fails, and without which it does not
	Inherent   bool             // it differs or fails without any variation
	Sometimes  bool             // not always, and no variation is to blame
	Together   bool             // only under several variations at once
	Settled    []string         // what, held fast, makes its executions agree: "hash", "cpus"
	Outputs    []VerifiedOutput // those that differ, or are within tolerance
	Failure    diag.List        // VerifyFailed
	Same       string           // the instance with the same action, which was executed for both; "" if none was
}

// Unvaried is a variation that could not be had.
type Unvaried struct{ Name, Why string }

// VerifiedOutput is an output that was made differently.
type VerifiedOutput struct {
	Output    graph.Output
	Was, Now  digest.Content
	Under     []string // the variations of the execution that made it
	Tolerated bool
	Apart     float64 // Tolerated: how far its numbers are apart, at most
	Report    *verify.Report
	Causes    []verify.Cause
}

// VerifyReport is what verifying found out.
type VerifyReport struct {
	Instances   []Verified // in the order of the graph
	Executions  int
	Wall        time.Duration
	Interrupted bool
	Warnings    diag.List
}

// Count returns how many instances have a verdict.
func (r *VerifyReport) Count(v VerifyVerdict) (n int) {
	for i := range r.Instances {
		if r.Instances[i].Verdict == v {
			n++
		}
	}
	return n
}

// Verify executes the selected instances again and compares what they make. The error is the context's when it
// was interrupted, with what is known by then in the report.
func (p *Project) Verify(ctx context.Context, ev *Evaluation, o VerifyOptions) (*VerifyReport, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	named, diags := graph.Select(ev.Graph, o.Select)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	ids := lookedUp(ev.Graph, named)
	s, diags := p.newSession(ctx, ev, ids, false)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	if missing := s.unlistedData(); len(missing) > 0 {
		return nil, failure(missing...)
	}
	s.apart, s.record, s.notices, s.strict = true, p.newRecord(ev, RunOptions{}), o.Notices, o.Strict
	if s.slots = o.Parallel; s.slots <= 0 {
		s.slots = p.host.CPUs
	}
	defer func() { _ = s.executor.close() }()
	if o.Strict {
		if err := s.requireIsolation(named); err != nil {
			return nil, err
		}
	}
	v := &verifier{session: s, o: o, ctx: ctx, all: make([]Verified, len(ev.Graph.Instances)), began: p.host.Now()}
	if err := v.lookUp(ids, named); err != nil {
		return nil, err
	}
	remove, err := v.makeRoom()
	if err != nil {
		return nil, err
	}
	defer remove()
	err = v.run()
	return v.report(named), err
}

// lookedUp is what has to be known to know the actions of the named. What is run always is taken from the lock:
// it has no result that could be looked up.
func lookedUp(g *graph.Graph, named []graph.ID) []graph.ID {
	out := []graph.ID{}
	for _, id := range g.Edges().Upstream(named) {
		if !g.Instances[id].Always {
			out = append(out, id)
		}
	}
	return out
}

// verifier verifies the instances of one session.
type verifier struct {
	*session
	o     VerifyOptions
	ctx   context.Context
	began time.Time
	room  room       // where copies of directories go
	all   []Verified // by graph.ID; an entry belongs to whoever verifies the instance

	reach  sync.Once
	weaker string // why sandboxes cannot be varied; "" if they can

	say   sync.Mutex // around Events
	count int
}

// lookUp finds the results of ids, and says of the named why they cannot be verified.
func (v *verifier) lookUp(ids, named []graph.ID) error {
	sum, err := run.Run(v.ctx, v.g, v.session, run.Options{
		Select: ids, Parallel: v.slots, KeepGoing: true, DryRun: true, Now: v.p.host.Now,
	})
	if err != nil {
		return err
	}
	for _, id := range named {
		x := &v.g.Instances[id]
		d := &v.all[id]
		*d = Verified{ID: id, Ref: x.Ref()}
		if v.excused(x, d); d.Verdict == "" {
			v.missing(&sum, d)
		}
	}
	return nil
}

// excused says of an instance that it is not verified, whatever its result is.
func (v *verifier) excused(x *graph.Instance, d *Verified) {
	no := func(why, format string, args ...any) {
		d.Verdict, d.Why, d.Reason = NotVerified, why, fmt.Sprintf(format, args...)
	}
	switch {
	case x.Native:
		no("native", "it is done by dewar itself, and what it brings is pinned")
	case len(x.Outputs) == 0:
		no("outputs", "it has no outputs that could be compared")
	case x.Always:
		no("always", "it says always = true: it is run each time, and may make something else each time")
	case x.Frozen:
		no("frozen", "it is frozen: its outputs are those of the lock, whatever it would make")
	case x.Isolation == graph.IsolationOff:
		no("isolation", "it runs in the workspace itself (isolation = \"off\"): executing it again would write there")
	case slices.ContainsFunc(x.Outputs, func(o graph.Output) bool { return o.Persist }):
		no("persist", "it goes on from its own earlier outputs (persist), which are not what they were")
	case x.Nondeterminal && !v.o.Nondeterminal:
		no("nondeterministic", "it says deterministic = false; --include-nondeterministic verifies it all the same")
	case x.Network && !v.o.Network:
		no("network", "it uses the network; --network verifies it all the same")
	}
}

// missing says of an instance without a result that it has none.
func (v *verifier) missing(sum *run.Summary, d *Verified) {
	r := sum.Results[d.ID]
	no := func(why, format string, args ...any) {
		d.Verdict, d.Why, d.Reason, d.Stale = NotVerified, why, fmt.Sprintf(format, args...), true
	}
	switch {
	case sum.Pending(d.ID):
		if r.Cause >= 0 {
			no("no-result", "%s, which it needs, is not up to date; run it first: dewar run %s", v.g.Instances[r.Cause].Ref(), d.Ref)
			return
		}
		no("no-result", "it has no result yet; run it first: dewar run %s", d.Ref)
	case r.Kind == run.Failed:
		no("inputs", "%s", firstSentence(&v.g.Instances[d.ID], r.Err))
	case r.Kind == run.Skipped:
		no("inputs", "%s, which it needs, cannot be looked up", v.g.Instances[r.Cause].Ref())
	case v.state[d.ID].outputs == nil: // it was not looked up: it is run always
		no("no-result", "it has no result yet; run it first: dewar run %s", d.Ref)
	}
}

func firstSentence(x *graph.Instance, err error) string {
	if list := asDiagnostics(x, err); len(list) > 0 {
		return list[0].Detail
	}
	return "its inputs cannot be had"
}

// run verifies what has a result. Nothing waits for anything: all inputs are there.
func (v *verifier) run() error {
	var ids []graph.ID
	for id := range v.all {
		switch d := &v.all[id]; {
		case d.Ref == "":
		case d.Verdict == "":
			ids = append(ids, graph.ID(id))
		default:
			v.tell(VerifyEvent{ID: d.ID, Verified: d})
		}
	}
	if len(ids) == 0 {
		return nil
	}
	apart := *v.g
	apart.Instances = slices.Clone(v.g.Instances)
	for i := range apart.Instances {
		x := &apart.Instances[i]
		x.Inputs, x.After, x.Retries, x.Always = nil, nil, 0, false
	}
	_, err := run.Run(v.ctx, &apart, &verifyDriver{v}, run.Options{
		Select: ids, Parallel: v.slots, KeepGoing: true, Capacity: v.p.capacity(), Durations: v.record.duration, Now: v.p.host.Now,
	})
	return err
}

// verifyDriver lets the scheduler verify, where else it would make up to date.
type verifyDriver struct{ v *verifier }

// Resolve gives the action key that was looked up: equal actions are executed once.
func (d *verifyDriver) Resolve(_ context.Context, id graph.ID) (digest.Digest, error) {
	return d.v.state[id].key, nil
}

// Restore finds nothing: that is the point.
func (d *verifyDriver) Restore(context.Context, graph.ID) (run.Found, error) {
	return run.NotFound, nil
}

// Share takes over what is known of the same action.
func (d *verifyDriver) Share(_ context.Context, id, from graph.ID) error {
	v := d.v
	ref := v.all[id].Ref
	v.all[id] = v.all[from]
	v.all[id].ID, v.all[id].Ref, v.all[id].Same = id, ref, v.all[from].Ref
	v.all[id].Executions, v.all[id].Wall = 0, 0
	v.tell(VerifyEvent{ID: id, Verified: &v.all[id]})
	return nil
}

// Execute verifies an instance. What fails is its verdict, and no failure of verifying.
func (d *verifyDriver) Execute(ctx context.Context, id graph.ID, _ int) error {
	v := d.v
	found, err := v.instance(ctx, id)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		found.Verdict, found.Failure = VerifyFailed, asDiagnostics(&v.g.Instances[id], err)
	}
	v.all[id] = found
	v.tell(VerifyEvent{ID: id, Verified: &v.all[id]})
	return nil
}

func (v *verifier) tell(e VerifyEvent) {
	v.say.Lock()
	defer v.say.Unlock()
	if e.Verified == nil {
		v.count++
	}
	if e.Time = v.p.host.Now(); v.o.Events != nil {
		v.o.Events(e)
	}
}

// report gathers what is known of the named.
func (v *verifier) report(named []graph.ID) *VerifyReport {
	r := &VerifyReport{Executions: v.count, Wall: v.p.host.Now().Sub(v.began), Interrupted: v.ctx.Err() != nil}
	verified, network := 0, 0
	for _, id := range named {
		d := v.all[id]
		if d.Verdict == "" {
			d.Verdict, d.Why, d.Reason = NotVerified, "interrupted", "it was interrupted"
		}
		if d.Why == "network" {
			network++
		}
		if d.Verdict != NotVerified {
			verified++
		}
		r.Instances = append(r.Instances, d)
	}
	r.Warnings = v.notes
	if network > 0 {
		r.Warnings = append(r.Warnings, diag.Diagnostic{Severity: diag.Warning, Code: "W-verify-network",
			Detail: fmt.Sprintf("%s left out because of the network: what a server answers is not in dewar's hands. --network verifies them all the same.", wereInstances(network))})
	}
	if verified == 0 && len(named) > 0 && !r.Interrupted {
		r.Warnings = append(r.Warnings, diag.Diagnostic{Severity: diag.Warning, Code: "W-verify-nothing",
			Detail: "None of the selected instances was executed again; the list says why."})
	}
	return r
}

func wereInstances(n int) string {
	if n == 1 {
		return "1 instance was"
	}
	return fmt.Sprintf("%d instances were", n)
}
