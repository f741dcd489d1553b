package run

import (
	"context"
	"errors"
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
	// In a dry run it only says whether it could.
	Restore(ctx context.Context, id graph.ID) (Found, error)
	// Share makes the result of from the result of id too: they have the same
	// action key, and from is done. In a dry run it only says that they have, and it
	// is not called if from would execute.
	Share(ctx context.Context, id, from graph.ID) error
	// Execute carries id out and keeps its result. attempt counts from 1. An
	// error made by Final is not tried again; ErrFound is none.
	Execute(ctx context.Context, id graph.ID, attempt int) error
}

// Found says what Restore found.
type Found uint8

// The answers of Restore.
const (
	NotFound     Found = iota // it has to be executed
	FoundInPlace              // it is unchanged: nothing had to be done
	FoundInCache              // it was restored from a cache
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
	// gives it back. It is called with what the scheduler counts: an instance
	// that declares no cpus needs one.
	Acquire(ctx context.Context, needs []graph.Resource) (release func(), err error)
}

// Result is what became of one instance.
type Result struct {
	Kind     EventKind     // one of the ends; 0 if it was not selected
	Key      digest.Digest // the action key, if it was resolved
	Attempts int           // how often it was tried to execute it
	Wall     time.Duration // of the last attempt
	Cause    graph.ID      // as in Event
	Same     graph.ID      // as in Event
	Err      error         // as in Event
}

// Summary counts what became of the selected instances. Instances is the sum of
// the others; Interrupted ones are among Skipped, Planned ones among Executed.
type Summary struct {
	Instances, Executed, Restored, Unchanged, Failed, Skipped int

	Interrupted bool          // something was not done because ctx ended
	Wall        time.Duration // of the whole run
	Results     []Result      // by graph.ID
}

func (s *Summary) count(k EventKind) {
	switch k {
	case Executed, Planned:
		s.Executed++
	case Restored:
		s.Restored++
	case Unchanged:
		s.Unchanged++
	case Failed:
		s.Failed++
	case Interrupted:
		s.Interrupted = true
		s.Skipped++
	case Skipped:
		s.Skipped++
	}
}

// Pending reports whether a dry run left what id makes to a run: it would execute, or
// share the result of what would.
func (s *Summary) Pending(id graph.ID) bool { return s.Results[s.maker(id)].Kind == Planned }

// maker is the instance whose result that of id is.
func (s *Summary) maker(id graph.ID) graph.ID {
	if r := s.Results[id]; r.Kind == Restored && r.Same >= 0 {
		return r.Same
	}
	return id
}

// Fail says that an instance failed after all, although it seemed to have its result.
func (s *Summary) Fail(id graph.ID) {
	r := &s.Results[id]
	switch r.Kind {
	case Executed:
		s.Executed--
	case Restored:
		s.Restored--
	case Unchanged:
		s.Unchanged--
	default:
		return
	}
	r.Kind = Failed
	s.count(Failed)
}

// ErrFound is what Execute returns when it found a result after all, which somebody
// else made while it waited: the instance counts as restored.
var ErrFound = errors.New("the result was found meanwhile")

// Final marks an error of Execute that another attempt would not mend.
func Final(err error) error {
	if err == nil {
		return nil
	}
	return &finalError{err}
}

type finalError struct{ err error }

func (e *finalError) Error() string { return e.err.Error() }
func (e *finalError) Unwrap() error { return e.err }

func isFinal(err error) bool {
	var f *finalError
	return errors.As(err, &f)
}
