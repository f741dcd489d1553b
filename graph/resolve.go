package graph

import "github.com/dewar-build/dewar/digest"

// Resolver turns instances into actions.
type Resolver struct {
	Content  func(*Input) (digest.Content, error) // what an input of kind Workspace or Artifact is (Sub applied); None: nothing
	Host     func(*Input) string                  // where to bind an input with Reference from; nil: nowhere
	Salt     func(*Instance) ([]Field, error)     // toolchain fingerprints and the like; nil: none. isolation and network are added here
	Platform []Var                                // OSFamily and ISA; the instance's own are added
	Env      []Var                                // the closed environment: BaseEnv(); the instance's own wins
	Dirs     DirGetter                            // for inputs inside one another
}

// Resolve returns the action of x and the canonical bytes of directories that
// Layout made. An input that is not there is a *MissingError, inputs that
// disagree a *ConflictError; errors of the functions are returned as they are.
func (r *Resolver) Resolve(x *Instance) (*Action, [][]byte, error) { panic("unwritten") }

// MissingError says that an input is not there.
type MissingError struct{ Input *Input }

func (e *MissingError) Error() string { panic("unwritten") }

// BaseEnv returns the closed environment every action starts from, sorted.
func BaseEnv() []Var { panic("unwritten") }
