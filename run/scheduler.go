package run

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// The scheduler.
//
// One goroutine, the owner, holds the state of every instance; nobody else
// reads or writes it, so there are no locks and no order of events to reason
// about. Workers get an instance and a verb, call the driver, and report. The
// owner takes the reports, moves instances from state to state, and gives out
// more work. This is the machine; each arrow is a function below:
//
//	waiting ── begin ──> resolving ── resolved ──> looking ── looked ──> done
//	                         │                        │
//	                         │ another instance has   │ not found
//	                         │ the same action key    v
//	                         ├──> following         queued ── start ──> executing ──> done
//	                         │       │                ^                     │
//	                         │       │ the leader     └──── tried again ────┘
//	                         │       v is done
//	                         └──> sharing ──> done
//
// Any state may go to done as failed, or as skipped when something before it
// failed or the run is stopped.
//
// Resolving, looking and sharing are light: they hash, look up and copy, and
// have workers of their own, so that they never wait for a place in which a
// training runs for hours. Executing takes resources (see queue).
//
// Most runs find that nothing has changed. Then all the scheduler does is
// overhead, and it must be some microseconds an instance: work and reports
// travel through mailboxes from which everything is taken at once, so that with ten
// thousand instances in flight the owner is woken hundreds of times, not tens of thousands.
//
// Early cut-off needs no code here: an instance is resolved when all it waits
// for is done, so if their outputs came out as before, its action key is as before and
// its result is found.
//
// Instances with equal action keys are one action. The first to be resolved,
// the leader, goes its way; the others follow, and take its result over. So an
// action executes at most once in a run, however many evaluations it is part of.

// state is where an instance is on its way. Only the owner sees it.
type state uint8

const (
	unselected state = iota // the run is not about it; it counts as done
	waiting                 // something that it waits for is not done
	resolving               // a worker computes its action key, or will
	following               // its leader, which has the same action key, is not done
	looking                 // a worker looks whether its result is at hand, or will
	queued                  // it has to execute and waits for resources
	executing               // a worker executes it
	sharing                 // a worker makes the leader's result its own, or will
	done                    // it has come to one of the ends
)

type instance struct {
	state    state
	waits    int32     // how many of those it waits for are not done
	attempts int32     // how often it was started
	began    time.Time // the last attempt
	weight   int64     // of the longest path from it to an end; the heavier the sooner
}

// scheduler is the state of one Run. Its methods are the owner's.
type scheduler struct {
	o      Options
	g      *graph.Graph
	edges  *graph.Edges
	driver Driver
	ctx    context.Context

	instances []instance
	leaders   map[digest.Digest]graph.ID // the instance that acts for an action key
	followers map[graph.ID][]graph.ID    // by leader
	ready     []assignment               // light work to be given out
	queue     queue                      // what waits for resources
	pool      *pool                      // the workers
	cancel    func()                     // ends what they do
	active    int                        // work given out and not reported
	left      int                        // instances that are not done
	stopped   bool                       // nothing more is begun
	stopKind  EventKind                  // the end of what was not begun
	cause     graph.ID                   // the instance whose failure stopped the run
	bug       *bug                       // a panic of the driver, to be passed on
	summary   Summary
}

// Run runs the selected instances of g. The error is ctx's if the run was
// interrupted, and otherwise nil: failures are in the Summary. It returns when
// nothing that it started is going on any more.
func Run(ctx context.Context, g *graph.Graph, d Driver, o Options) (Summary, error) {
	s := newScheduler(ctx, g, d, o)
	started := s.o.Now()
	s.loop(ctx)
	if s.o.DryRun {
		s.settle()
	}
	s.summary.Wall = s.o.Now().Sub(started)
	if s.bug != nil {
		panic(s.bug.String())
	}
	if s.summary.Interrupted {
		return s.summary, context.Cause(ctx)
	}
	return s.summary, nil
}

func newScheduler(ctx context.Context, g *graph.Graph, d Driver, o Options) *scheduler {
	o = o.withDefaults()
	s := &scheduler{
		o: o, g: g, edges: g.Edges(), driver: d, ctx: ctx,
		instances: make([]instance, len(g.Instances)),
		leaders:   make(map[digest.Digest]graph.ID, len(g.Instances)),
		followers: map[graph.ID][]graph.ID{},
		summary:   Summary{Results: make([]Result, len(g.Instances))},
	}
	s.selectInstances()
	s.queue = newQueue(o.Parallel, o.Capacity, g, s.instances)
	s.weigh()
	return s
}

func (o Options) withDefaults() Options {
	if o.Parallel <= 0 {
		o.Parallel = runtime.NumCPU()
	}
	if o.Light <= 0 {
		o.Light = 2 * runtime.NumCPU()
	}
	if o.Force == nil {
		o.Force = func(graph.ID) bool { return false }
	}
	if o.Events == nil {
		o.Events = func(Event) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

func (s *scheduler) selectInstances() {
	for i := range s.summary.Results {
		s.summary.Results[i] = fresh()
		if s.o.Select == nil {
			s.instances[i].state = waiting
		}
	}
	for _, id := range s.o.Select {
		s.instances[id].state = waiting
	}
	for i := range s.instances {
		if s.instances[i].state != waiting {
			continue
		}
		s.left++
		for _, d := range s.edges.Deps(graph.ID(i)) {
			if s.instances[d].state == waiting {
				s.instances[i].waits++
			}
		}
	}
	s.summary.Instances = s.left
}

// loop is the life of the owner.
func (s *scheduler) loop(ctx context.Context) {
	working, cancel := context.WithCancel(ctx)
	defer cancel()
	s.cancel = cancel
	s.pool = newPool(working, s.driver, s.o, min(s.o.Light, s.left))
	defer s.pool.close()
	for i := range s.instances {
		if x := &s.instances[i]; x.state == waiting && x.waits == 0 {
			s.begin(graph.ID(i))
		}
	}
	interrupt := ctx.Done()
	var reports []report
	for {
		s.giveOut()
		if s.active == 0 {
			break
		}
		select {
		case <-interrupt:
			interrupt = nil
			s.stop(Interrupted, none)
		case <-s.pool.reports.filled:
			reports = s.pool.reports.takeAll(reports)
			for i := range reports {
				s.report(&reports[i])
			}
		}
	}
	if s.left > 0 && s.bug == nil {
		panic(fmt.Sprintf("run.Run: %d instances wait for each other", s.left))
	}
}

// giveOut hands light work to the pool and starts what has its resources.
func (s *scheduler) giveOut() {
	if s.stopped {
		return
	}
	if s.ctx.Err() != nil {
		s.stop(Interrupted, none)
		return
	}
	if len(s.ready) > 0 {
		slices.SortFunc(s.ready, func(a, b assignment) int { return moreUrgent(s.instances, a.id, b.id) })
		s.active += len(s.ready)
		s.pool.light.put(s.ready)
		s.ready = s.ready[:0]
	}
	for {
		id, ok := s.queue.next()
		if !ok {
			return
		}
		x := &s.instances[id]
		x.state = executing
		x.attempts++
		x.began = time.Time{}
		s.active++
		s.pool.execute(assignment{verb: doExecute, id: id, attempt: int(x.attempts), needs: s.queue.needs(id)})
	}
}

// weigh sets the weight of each instance from recorded durations. What has
// none counts as the mean of the others; with none at all the number of
// instances on the path decides.
func (s *scheduler) weigh() {
	took := make([]int64, len(s.instances))
	var sum, known int64
	if s.o.Durations != nil {
		for i := range took {
			if took[i] = int64(s.o.Durations(graph.ID(i))); took[i] > 0 {
				sum, known = sum+took[i], known+1
			}
		}
	}
	mean := max(1, sum/max(1, known))
	weights := s.edges.Critical(func(id graph.ID) int64 {
		if s.instances[id].state == unselected {
			return 0
		}
		if took[id] > 0 {
			return took[id]
		}
		return mean
	})
	for i := range s.instances {
		s.instances[i].weight = weights[i]
	}
}

// assign puts light work on the list of what giveOut gives out.
func (s *scheduler) assign(id graph.ID, to state, verb verb, from graph.ID) {
	s.instances[id].state = to
	s.ready = append(s.ready, assignment{verb: verb, id: id, from: from})
}

// report handles what a worker reports.
func (s *scheduler) report(r *report) {
	if r.verb == doBegin {
		s.instances[r.id].began = r.time
		s.emit(Event{Kind: Started, ID: r.id, Time: r.time, Attempt: r.attempt, Cause: none, Same: none})
		return
	}
	s.active--
	if r.verb == doExecute {
		s.queue.release(r.id)
	}
	switch {
	case r.bug != nil:
		if s.bug == nil {
			s.bug = r.bug
			s.cancel()
		}
		s.end(r.id, Failed, Result{Err: errors.New(r.bug.String()), Cause: none, Same: none})
		s.stop(Skipped, r.id)
	case r.verb == doExecute && errors.Is(r.err, ErrFound):
		s.end(r.id, Restored, Result{Cause: none, Same: none})
	case r.err != nil:
		s.failed(r)
	case r.verb == doResolve:
		s.resolved(r.id, r.key)
	case r.verb == doRestore:
		s.looked(r.id, r.found)
	case r.verb == doShare:
		s.end(r.id, Restored, Result{Cause: none, Same: r.from})
	case r.verb == doExecute:
		s.end(r.id, Executed, Result{Wall: r.time.Sub(s.instances[r.id].began), Cause: none, Same: none})
	}
}

// begin is called when nothing that id waits for is left.
func (s *scheduler) begin(id graph.ID) {
	if s.o.DryRun {
		if cause := s.plannedInput(id); cause >= 0 {
			s.end(id, Planned, Result{Cause: cause, Same: none})
			return
		}
	}
	s.assign(id, resolving, doResolve, none)
}

// plannedInput returns the instance for whose sake id would execute in a dry
// run: its action key is unknown as long as that has not made its outputs.
func (s *scheduler) plannedInput(id graph.ID) graph.ID {
	for i := range s.g.Instances[id].Inputs {
		in := &s.g.Instances[id].Inputs[i]
		if in.Kind != graph.Artifact {
			continue
		}
		if from := s.summary.maker(in.From); s.summary.Results[from].Kind == Planned {
			if root := s.summary.Results[from].Cause; root >= 0 {
				return root
			}
			return from
		}
	}
	return none
}

func (s *scheduler) resolved(id graph.ID, key digest.Digest) {
	s.summary.Results[id].Key = key
	if s.stopped {
		s.skip(id)
		return
	}
	s.lead(id, key)
}

func (s *scheduler) forced(id graph.ID) bool {
	return s.g.Instances[id].Always || s.o.Force(id)
}

func (s *scheduler) look(id graph.ID) {
	if s.forced(id) {
		s.mustExecute(id)
		return
	}
	s.assign(id, looking, doRestore, none)
}

func (s *scheduler) looked(id graph.ID, found Found) {
	switch found {
	case FoundInPlace:
		s.end(id, Unchanged, fresh())
	case FoundInCache:
		s.end(id, Restored, fresh())
	default:
		key := s.summary.Results[id].Key
		if leader, ok := s.leaders[key]; ok && leader != id && !s.stopped && !s.alone(id) {
			s.catchUp(id, leader)
			return
		}
		s.mustExecute(id)
	}
}

func (s *scheduler) mustExecute(id graph.ID) {
	switch {
	case s.o.DryRun:
		s.end(id, Planned, fresh())
	case s.stopped:
		s.skip(id)
	default:
		s.instances[id].state = queued
		s.queue.push(id)
	}
}
