package run

import (
	"context"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// Driver does for the scheduler what needs to know more than the graph. Its
// methods are called from worker goroutines, never at once for one instance.
// An error makes the instance failed; ctx's error after ctx has ended makes it
// interrupted.
type Driver interface {
	// Resolve computes the action key of id; all it waits for is done, or not
	// selected. The zero key is shared with no other instance.
	Resolve(ctx context.Context, id graph.ID) (digest.Digest, error)
	// Restore makes the result of id present without executing it, if it can.
	Restore(ctx context.Context, id graph.ID) (Found, error)
	// Share makes the result of from the result of id too: they have the same
	// action key, and from is done.
	Share(ctx context.Context, id, from graph.ID) error
	// Execute carries id out and keeps its result. attempt counts from 1. An
	// error made by Final is not tried again.
	Execute(ctx context.Context, id graph.ID, attempt int) error
}

// Found says what Restore found.
type Found uint8

// The answers of Restore.
const (
	NotFound      Found = iota // it has to be executed
	FoundInPlace               // it is unchanged: nothing had to be done
	FoundInCache               // it was restored from a cache
)

// Options say how to run.
type Options struct {
	Select    []graph.ID                   // the instances to run; nil: all. What they wait for and is not selected counts as done
	Parallel  int                          // how many may execute at once; 0: the number of CPUs
	Light     int                          // how many may resolve, restore and share at once; 0: twice the number of CPUs
	Capacity  []graph.Resource             // what this machine has; what is not listed is unlimited, but cpus, which is Parallel CPUs
	Tokens    Tokens                       // capacity shared with other dewar processes; nil: none
	KeepGoing bool                         // after a failure, go on with what does not depend on it
	DryRun    bool                         // execute nothing: report what would
	Force     func(graph.ID) bool          // execute without asking Restore; nil: none. Always implies it
	Durations func(graph.ID) time.Duration // how long it took last time, 0 if unknown; nil: all unknown
	Events    func(Event)                  // called for each event; nil: nobody listens
	Now       func() time.Time             // the clock of events; nil: the system's
}

// Tokens is capacity shared by several processes of one machine.
type Tokens interface {
	// Acquire waits until an action may take what it needs, and returns what
	// gives it back.
	Acquire(ctx context.Context, needs []graph.Resource) (release func(), err error)
}

// Result is what became of one instance.
type Result struct {
	Kind     EventKind     // one of the ends; 0 if it was not selected
	Key      digest.Digest // the action key, if it was resolved
	Attempts int
	Wall     time.Duration // of the last attempt
	Cause    graph.ID      // as in Event
	Same     graph.ID      // as in Event
	Err      error
}

// Summary counts what became of the selected instances. Instances is the sum of
// the others; Interrupted ones are among Skipped, Planned ones among Executed.
type Summary struct {
	Instances, Executed, Restored, Unchanged, Failed, Skipped int

	Interrupted bool          // the run was interrupted
	Wall        time.Duration // of the whole run
	Results     []Result      // by graph.ID
}

// Final marks an error of Execute that another attempt would not mend.
func Final(err error) error { panic("unwritten") }

// Run runs the selected instances of g. The error is ctx's if the run was
// interrupted, and otherwise nil: failures are in the Summary. It returns when nothing
// that it started is going on any more.
func Run(ctx context.Context, g *graph.Graph, d Driver, o Options) (Summary, error) {
	panic("unwritten")
}
