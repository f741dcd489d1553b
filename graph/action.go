package graph

import "github.com/dewar-build/dewar/digest"

// An action is the hermetic form of an instance: everything that the result
// depends on and nothing else. It is encoded as the messages of the Remote
// Execution API (Command, Directory, Action); the action key is the SHA-256 of
// the canonical encoding of Action. What the API has no field for goes into
// its salt as labelled lines. See spec/keys.md.

// Action is an instance with the contents of its inputs known.
type Action struct {
	Args       []string
	Env        []Var    // sorted by name
	Outputs    []Path   // sorted by At; relative to the project, not to the working directory
	WorkingDir string   // relative to the input root; "." is the root
	Platform   []Var    // sorted by name, then value; OSFamily and ISA among them
	Inputs     []Leaf   // sorted by At, none inside another
	Salt       []Field  // in the order of their labels
	Mkdirs     []string // directories that must exist: parents of outputs, output directories, the working directory
}

// Path is a declared output of an action.
type Path struct {
	At  string
	Dir bool
}

// Leaf is a file or a whole directory standing in the input root.
type Leaf struct {
	At      string
	Content digest.Content
	Host    string // where to bind it from when it is used by reference; not part of the action key
}

// Field is one labelled part of an action, the unit of explanations.
type Field struct{ Label, Value string }
