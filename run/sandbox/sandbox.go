// Package sandbox carries actions out on this machine. On Linux each runs in
// namespaces of its own, prepared by a keeper (see package keeper): it sees the
// system read-only (at the level hermetic what its toolchains name, at the level image a directory
// that is the root), the project at /project with the declared inputs only, and
// whatever it leaves behind is dead before anyone looks at its outputs. Where
// namespaces are refused it runs in a private directory instead, and the
// Outcome says so. The level off runs it in the workspace.
//
// It keeps nothing: hashing and storing outputs is the caller's. It knows
// actions as package graph defines them and takes inputs from a small Blobs.
// The root package imports it.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// Root is where the input root stands in a sandbox.
const Root = "/project"

// Blobs shows the contents of inputs as paths of this machine. What it returns
// must not change as long as it is in use.
type Blobs interface {
	// BlobPath returns a read-only file with the bytes of d, one that may be
	// executed if exec is set.
	BlobPath(d digest.Digest, exec bool) (string, error)
	// Tree returns an immutable directory with the content of the directory d.
	// release says that it is no longer in use.
	Tree(d digest.Digest) (path string, release func(), err error)
}

// Options say how an Executor works.
type Options struct {
	Slots    int           // how many actions may run at once; 0: the number of CPUs
	Store    Blobs         // where inputs are; must be set
	TempRoot string        // a directory on the filesystem of executions, for what outlives one of them; "" costs a file an input
	Grace    time.Duration // between SIGTERM and SIGKILL after a timeout; 0: 3 seconds. A cancelled action gets a sixth of it
	Private  bool          // use the private directory, whatever works: for tests and for doctor
	Landlock bool          // use Landlock even where namespaces work: for tests and for doctor

	Processes int // how many an action may have at once; 0: 32,768
}

// Executor runs actions on this machine. It may be used concurrently.
type Executor struct {
	opt   Options
	slots chan struct{} // a token for each action that may run
	pool  pool

	mu       sync.Mutex
	reason   string   // why namespaces cannot be used; "" while they can
	refusal  *Refused // the same, in parts; nil if nobody tried
	unlocked string   // why Landlock cannot; "" while it can
	closed   bool
}

var _ run.Executor = (*Executor)(nil)

// New returns an Executor. It starts no process yet.
func New(o Options) (*Executor, error) {
	if o.Store == nil {
		return nil, errors.New("sandbox: no store")
	}
	if o.Slots <= 0 {
		o.Slots = runtime.NumCPU()
	}
	if o.Grace <= 0 {
		o.Grace = 3 * time.Second
	}
	e := &Executor{opt: o, slots: make(chan struct{}, o.Slots)}
	e.limit()
	return e, nil
}

// Close ends every keeper, and with it every process of its action. Actions
// that are running fail.
func (e *Executor) Close() error {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.pool.close()
	return nil
}

// Level returns the level that actions asking for project reach, as far as is
// known by now, and why it is less if it is. Hermetic and image need the same of a machine, and are
// reached where project is.
func (e *Executor) Level() (graph.Isolation, string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.reason != "" {
		return e.standIn()
	}
	return graph.IsolationProject, ""
}

// Reaches returns the level that actions asking for one reach, as Level does. It is "" if they
// cannot be executed at all.
func (e *Executor) Reaches(asked graph.Isolation) (graph.Isolation, string) {
	switch asked {
	case graph.IsolationProject, graph.IsolationHermetic, graph.IsolationImage:
	default:
		return asked, ""
	}
	level, why := e.Level()
	switch {
	case level == graph.IsolationProject:
		return asked, ""
	case asked == graph.IsolationImage: // the programs of this machine are not an image's
		return "", why
	}
	return level, why
}

// refuse remembers that namespaces cannot be used.
func (e *Executor) refuse(r *Refused) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.reason == "" {
		e.reason, e.refusal = r.Error(), r
	}
}

// Execute implements run.Executor.
func (e *Executor) Execute(ctx context.Context, x *run.Execution) (*run.Outcome, error) {
	if len(x.Action.Args) == 0 {
		return nil, errors.New("sandbox: an action without a command")
	}
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	switch x.Level {
	case graph.IsolationOff:
		return e.direct(ctx, x, workspacePlace(x))
	case graph.IsolationPrivate:
		return e.private(ctx, x)
	case graph.IsolationProject, graph.IsolationHermetic, graph.IsolationImage, "":
	default:
		return nil, fmt.Errorf("sandbox: isolation level %q does not exist on this machine", x.Level)
	}
	if level, _ := e.Level(); level == graph.IsolationProject {
		out, err := e.isolated(ctx, x)
		var r *Refused
		if !errors.As(err, &r) {
			return out, err
		}
		e.refuse(r)
	}
	return e.fallback(ctx, x)
}

// Refused says that this machine does not allow a sandbox, why, and what to do
// about it. Nothing has been executed.
type Refused struct {
	Reason string // what failed
	Advice string // what the person can do; may be empty
}

func (r *Refused) Error() string {
	if r.Advice == "" {
		return r.Reason
	}
	return r.Reason + "; " + r.Advice
}

// Probe says which level the default isolation reaches on this machine, by
// trying it, and why it is less than project if it is.
func Probe() (graph.Isolation, string) {
	if err := probe(); err != nil {
		return lesser(), err.Error()
	}
	return graph.IsolationProject, ""
}
