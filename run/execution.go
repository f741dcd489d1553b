// Package run makes instances happen: the scheduler owns the state of a graph
// and says what may go on next; executors carry single actions out, on this
// machine in a sandbox, inside dewar (native actions), or elsewhere.
//
// It does not know the language, the lock or the workspace's state: whoever
// drives it (package dewar) tells it how to resolve, look up and keep results.
package run

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/dewar-build/dewar/graph"
)

// Executor carries out one action to its end.
//
// An error means that the executor failed (an environment failure); a command
// that fails is an Outcome with an exit code. When ctx ends, every process of
// the action is killed, and the error is ctx's.
type Executor interface {
	Execute(ctx context.Context, x *Execution) (*Outcome, error)
}

// WorkDir is the directory within Execution.Dir that is the input root as far
// as it is writable. What outputs that persist held before lies there when the
// executor is called; outputs lie there afterwards, unless Outcome.Root says
// otherwise.
const WorkDir = "root"

// Execution is an action together with everything about this one attempt that
// is not part of the action key.
type Execution struct {
	Action     *graph.Action
	Level      graph.Isolation // asked for
	Network    bool
	Bindings   []Binding     // what its toolchains resolved to, sorted by Name
	Scratch    []ScratchDir  // writable directories that survive
	Timeout    time.Duration // 0: none
	Dir        string        // an existing directory on the store's filesystem, the executor's for this execution
	Workspace  string        // the project's root on this machine
	Stdin      *os.File      // what the command reads; nil: nothing. Not with Terminal
	Stdout     io.Writer     // must be written from one goroutine at a time
	Stderr     io.Writer     // may equal Stdout
	Trace      bool          // record which paths were looked for
	TempDirMax int64         // bytes of /tmp; 0: the default
	SharedMax  int64         // bytes of shared memory; 0: as /tmp
	GPUs       []GPU         // taken for it; what they need is shown
	Vars       []graph.Var   // set at execution, over what the action says; not part of the action key
	Image      string        // Level image: the directory of this machine that is the root filesystem
	Vary       Variation     // what is different from how actions are executed else
	Terminal   *Terminal     // where the command is talked to; nil: it has no input, and Stdout and Stderr
	Strict     bool          // an executor that cannot reach Level fails, and executes nothing
}

// Variation is what may be different between two executions of an action that make the same. The zero
// Variation is how actions are executed.
type Variation struct {
	Host    string // the name of the machine
	TempDir string // an absolute path below /tmp, in place of it as TMPDIR and as where HOME is
	OneCPU  bool   // the command has one processor, and not all
}

// Terminal is where a person talks to a command. The executor gives the command a terminal of its own and
// copies between the two.
type Terminal struct {
	In     io.Reader // what is typed; read until the command ends, maybe some bytes longer
	Out    io.Writer // what the command shows
	Size   func() (rows, cols uint16)
	Resize <-chan struct{} // Size has changed; may be nil
}

// GPU is a device that one action at a time may have.
type GPU struct {
	Index string   // what it is called on this machine, "0"
	Name  string   // what programs call it: its UUID if that is known, else its index
	Kind  string   // "nvidia", "amd"; "" if only its index is known
	Files []string // absolute paths of /dev that are shown to whoever has it, sorted
}

// ScratchDir is a resolved scratch directory.
type ScratchDir struct {
	Host string // where it is on this machine
	Path string // where it stands in the input root; "" when only Env names it
	Env  string
}

// Binding is what a toolchain resolved to on this machine.
type Binding struct {
	Name        string
	Kind        string
	Fingerprint string        // enters the action key
	Mounts      []string      // absolute host paths, shown read-only at the same place
	Base        []string      // what else is needed where the system's directories are not shown: absolute host paths without symbolic links, sorted
	Links       []Link        // the symbolic links on the way to what is in Mounts, Base and Path, sorted by At
	BaseDigest  string        // of the contents of Base and Links; enters the action key where the system is not shown
	Path        []string      // directories put in front of PATH; not part of the action key
	Env         []graph.Var   // set at execution; not part of the action key
	Details     []graph.Field // what the fingerprint was made of, for explanation
}

// Link is a symbolic link of this machine.
type Link struct {
	At string // its absolute path, in which no other is
	To string // what it holds
}

// Outcome is what became of an execution. Outputs are looked at by the caller
// after every process of the action is dead.
type Outcome struct {
	Level      graph.Isolation // reached
	ExitCode   int
	Signal     string // the name of the signal that ended it; "" if it exited
	TimedOut   bool
	NotFound   []string // the command was not found: the places looked at, in order
	Program    string   // the host path of what argv[0] was resolved to
	Started    time.Time
	Wall       time.Duration
	User, Sys  time.Duration
	MaxRSS     int64     // bytes
	Root       string    // host directory in which outputs lie, each at its At; they may be renamed away
	Undeclared []Written // files left behind that are no outputs, sorted; at most 1,000
	Accesses   []Access  // with Trace: sorted by Path
}

// Written is a file that an action wrote and did not declare.
type Written struct {
	At   string // in the input root
	Size int64
}

// Access is a path that a traced action looked for.
type Access struct {
	Path   string // absolute, as the action saw it: "/project/src/config.py"
	Found  bool
	Listed bool // a directory that was opened to be listed: an import looks for modules so, and never asks for a file that is missing
}
