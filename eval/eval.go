// Package eval turns declarations and params into a graph: every stage at every
// point, with its command, inputs and outputs as plain text and paths.
//
// Evaluation is a pure function of what it is given: the bytes, names and
// listings that Reader answers, the params files and settings, and the environment
// variables that pass_env names. Everything hcl and cty ends here; the graph knows
// neither. It may be imported by package dewar only.
//
// # How it works
//
// Values remember where they came from (marks.go): the text of a path that a
// stage makes carries an artifact mark, of tracked data a data mark. Whatever is
// computed from it carries the mark on, so a path that ends up in a command is a
// dependency even if nobody listed it. A param's value carries no mark unless it is
// sensitive: which params an instance used is read from the syntax.
//
// An expression is compiled once for the place it stands in (compile.go): names
// become nodes that ask the evaluator for just what they need, conditionals become
// nodes that evaluate one branch, and parts that cannot differ between points are
// computed once. Evaluating it at a point then builds no scope at all.
//
// Declarations are evaluated on demand. A stage has strata, each of which sees
// only those before it: points (for_each, key, when), inputs, outputs, the rest. The
// points of all stages come first, so every instance has its place before any
// path is made.
//
// What an experiment tries is read here too (sweep.go): a sweep is values for params,
// and its points are lists of settings, each of which is one evaluation (many.go). So
// are conditions on results (results.go), which are evaluated when there are results,
// from what an instance carries.
//
// A declaration that failed is poison: whoever refers to it fails without a word,
// so one mistake gives one message.
package eval

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

// Reader is the project as evaluation sees it. Names are project-relative with
// slashes, "." is the project. Its calls are the evaluation's whole trace: the same
// answers give the same graph. Errors answer errors.Is with io/fs's.
type Reader interface {
	ReadFile(name string) ([]byte, error)
	ReadDir(name string) ([]fs.Entry, error) // sorted by name
	Lstat(name string) (fs.Info, error)
}

// Request says what to evaluate.
type Request struct {
	Read     Reader
	Dir      string                                    // the pipeline's directory, project-relative; "" is "."
	Params   []string                                  // --params, project-relative; later ones win
	Set      []param.Setting                           // -p; later ones win
	Instead  []param.Instead                           // values of params that win over all others: what if they were as they once were?
	Environ  func(name string) (string, bool)          // asked for the names in pass_env only; nil: nothing is set
	Modules  func(m GitModule) (dir string, err error) // brings the project of a module from Git, and says where it lies in ours; nil: none can be had
	Decoded  *param.Files                              // the params files of evaluations before this one, which are not decoded again where they are the same; nil: of this one alone
	Validate bool                                      // required params may be missing; the result has no graph
	Locals   bool                                      // the result says what locals are
	Stop     func() bool                               // asked now and then: once it is true, nobody waits for the result; nil: it never is
}

// Result is what an evaluation found.
type Result struct {
	Graph   *graph.Graph // nil if there were errors, or with Validate
	Locals  []Local      // those with a value, in the order of the declarations; nil unless they were asked for
	Sources diag.Sources // the text of everything read, for snippets
	Stopped bool         // nobody waited any more; nothing was found out
}
