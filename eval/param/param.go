// Package param turns declared params, params files and settings of the
// command line into typed values that know where each leaf came from, and
// writes params files back, cut down to the parts that a stage asked for.
//
// It evaluates nothing but literal expressions: conditions of validation blocks and
// everything that refers to something else are eval's business. It reads files
// only through the function it is given. eval imports it.
package param

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/zclconf/go-cty/cty"
)

// Options says where values come from besides the declarations.
type Options struct {
	Dir          string                            // the pipeline's directory, project-relative; `file` is relative to it
	Read         func(path string) ([]byte, error) // reads a project-relative path, or one of ParamsFiles as given
	ParamsFiles  []string                          // --params, in order: later ones win
	Set          []Setting                         // -p, in order: later ones win
	Instead      []Instead                         // wins over all of them
	Files        *Files                            // keeps what is read for other bindings of the same project; may be nil
	User         *User                             // the pipeline that uses this one as a module; nil: it stands for itself
	Modules      []string                          // names of the pipeline's modules, for who takes them for params
	Going        func()                            // asked now and then, where there are many values: it panics if nobody waits for them any more; may be nil
	AllowMissing bool                              // a required value or a file that is missing is an unknown value, not an error
}

// Layer says which source a leaf came from. A higher layer wins.
type Layer uint8

// The layers, lowest first.
const (
	Default    Layer = iota // the declaration
	Chosen                  // the file that a choice names
	OwnFile                 // the file that the declaration names
	ParamsFile              // --params
	Flag                    // -p
	Caller                  // the module block of another pipeline
)

// Params are all params of a pipeline, bound.
type Params struct {
	List  []Bound  // in the order of the declarations
	Files []*File  // every params file that was read, sorted by path; the Source gives snippets
	Texts []Source // synthetic sources, "<-p train.C>", for snippets
}

// Bound is one param with its value.
type Bound struct {
	Name      string
	Type      Type
	Value     cty.Value // unmarked, numbers normalised; unknown where something is missing or wrong
	Leaves    []Leaf    // in the order of the type's fields; map keys in order of their bytes
	Sensitive bool      // values must not be shown; Leaf.Text is redacted
	File      string    // project-relative path of its own file; "" if it has none
	Key       []string  // where the param is in File, from the top
	Choice    *Choice   // what was chosen, of a param with choices; nil: it has none, or nothing is chosen
	Span      diag.Span // of the declaration
	Broken    bool      // diagnostics were given; Value is not to be used

	layers []*Tree // what it was put together from, lowest first; nil where a layer says nothing
	picks  []*Tree // what each layer chooses, lowest first
}

// Leaf is a part of a param that comes from one place: a scalar, a whole list,
// tuple or set, an empty object, or an absent optional (null).
type Leaf struct {
	Path   []string  // below the param; empty for a scalar param
	Layer  Layer     // what kind of source it is from
	Origin string    // for people: "default", "params.yaml:3", "--params conf.yaml:2", "-p train.C"
	Span   diag.Span // of the value where it was written
	Text   string    // canonical: numbers as number.Text, strings as they are, others as JSON; "(sensitive)"
	Value  cty.Value // unknown if it is missing and that is allowed
	Type   Type
}
