package run

import (
	"time"

	"github.com/dewar-build/dewar/graph"
)

// EventKind says what happened.
type EventKind uint8

// The kinds of events. Each instance ends with exactly one of Executed,
// Restored, Unchanged, Failed, Skipped, Interrupted and Planned.
const (
	Started     EventKind = iota + 1 // an attempt to execute begins
	Retrying                         // an attempt failed and another will follow; Err says why
	Executed                         // the command ran and its result is kept
	Restored                         // the result came from a cache, or from an equal action of this run
	Unchanged                        // there was nothing to do
	Failed                           // it cannot be had; Err says why
	Skipped                          // not tried, because Cause failed
	Interrupted                      // not tried or not ended, because the run was interrupted
	Planned                          // a dry run: it would execute, or, with Cause, may
)

// Event is something that happened to one instance. Events come from one
// goroutine, in order.
type Event struct {
	Kind    EventKind
	ID      graph.ID
	Time    time.Time     // when
	Wall    time.Duration // Executed, Failed, Retrying: how long the attempt took
	Attempt int           // Started, Retrying, Executed, Failed: from 1; 0 if no attempt was made
	Cause   graph.ID      // Skipped, Planned: the instance that is to blame; -1 if none
	Same    graph.ID      // Restored, Failed: the instance with an equal action key whose result it shares; -1 if none
	Err     error         // Failed, Retrying
}
