// Package graph is what an evaluation means once nothing of the language is
// left: instances with their commands, inputs and outputs, the edges between
// them, and the actions and action keys they become when the contents of their
// inputs are known. It validates, orders and selects.
//
// It knows no hcl and no cty, reads no file and runs nothing: it sees strings,
// bytes and digests, so that the scheduler, the store and the sandbox can be
// tested with literals and another front end could feed it.
//
// All paths are project-relative, cleaned, with slashes and no trailing slash;
// "." is the project itself.
package graph

import (
	"time"

	"github.com/dewar-build/dewar/diag"
)

// ID is the index of an instance in Graph.Instances: stages in source order,
// instances in point order. It means nothing outside its Graph.
type ID int32

// Graph is one evaluation of one pipeline.
type Graph struct {
	Dir        string // the pipeline's directory
	Stages     []Stage
	Instances  []Instance
	Toolchains []Toolchain // sorted by name
	Data       []Data      // sorted by name
	Params     []Param     // sorted by name
	Overrides  []Override  // what -p and --params changed, for the lock and status
	Idle       []string    // modules in which there are no stages, as without points; sorted
}

// Stage is what all instances of a stage share.
type Stage struct {
	Name        string
	Description string
	Axes        []string // the names of its axes in order; none without for_each
	Template    bool     // it has for_each, even if that is empty
	Span        diag.Span
	First, N    ID // its instances are Instances[First : First+N]
}

// Axis is one value of a point, as text: the spelling of point keys.
type Axis struct{ Name, Value string }

// Instance is one stage at one point, all names resolved, its inputs not yet
// read: an action whose contents are unknown.
type Instance struct {
	Stage string // the stage's name
	Point []Axis // in axis order; empty without for_each
	Key   string // the point key; "" without for_each

	Inputs  []Input  // sorted by At; what stands in the input root
	Outputs []Output // sorted by Path
	After   []ID     // order only (depends_on), sorted

	Args       []string // argv; a native action has "native:KIND" as the first
	Native     bool     // Args is a native action, executed inside dewar
	Script     string   // the shell script as people should see it; Args runs it
	Env        []Var    // sorted by name; declared and passed variables only
	WorkingDir string   // where the command starts; the pipeline's directory unless set
	Toolchains []string // names, sorted

	Isolation     Isolation
	Image         Image         // Isolation image: what the root filesystem is
	Secrets       []Secret      // sorted by Name
	Network       bool          // the command may use the network
	Cache         bool          // results may be taken from and kept in the action cache
	Always        bool          // run once an invocation whatever is known
	Frozen        bool          // the locked outputs are used whatever changed
	Nondeterminal bool          // deterministic = false: verify does not complain
	Timeout       time.Duration // 0: none; not part of the action key
	Retries       int           // further tries after a failure; not part of the action key
	Resources     []Resource    // sorted by name; not part of the action key
	Scratch       []Scratch     // sorted by name; not part of the action key
	Platform      []Var         // properties beside OSFamily and ISA, sorted
	Labels        []string      // sorted; for selection and display only

	Asserts []Assert  // conditions that the results must meet, in source order; not part of the action key
	Uses    []Use     // the params and axes that reached it, for explanation; sorted by Name
	Params  []Section // the params files written into its input root
	Display string    // the command on one line, shortened, for people
	Span    diag.Span // where the stage is declared
}

// Ref returns "stage" or "stage@key", the full selector of the instance.
func (x *Instance) Ref() string {
	if x.Key == "" {
		return x.Stage
	}
	return x.Stage + "@" + x.Key
}

// Group is the attribute that an output was declared in.
type Group string

// The groups of outputs.
const (
	Outputs Group = "outputs"
	Metrics Group = "metrics"
	Plots   Group = "plots"
)

// Output is something that an instance makes.
type Output struct {
	Group       Group
	Name        string // within its group; list outputs are named by position
	Path        string // where it lives in the workspace
	At          string // where the command makes it in the input root; usually Path
	Dir         bool   // a directory
	NoCache     bool   // cache = false: the file is left to Git; still cached for our own use
	Persist     bool   // the previous bytes are copied in first
	NoPush      bool
	NoCheckout  bool
	Description string
	Maximize    []string   // Metrics: names in the file that are better when higher; sorted, not part of the action key
	Minimize    []string   // Metrics: names that are better when lower; the same
	Plot        *PlotHints // Plots: how to draw it; nil if nothing was said; not part of the action key
	Span        diag.Span
}

// PlotHints say how people want to see the data of a plot.
type PlotHints struct {
	Template       string   // "" is chosen by what the data is
	X              string   // the column along
	Y              []string // the columns up, in the order given
	XLabel, YLabel string
	Title          string
}

// SourceKind says where an input's bytes come from.
type SourceKind uint8

// The sources of inputs.
const (
	Workspace SourceKind = iota // a file or directory of the workspace
	Artifact                    // an output of another instance
	Literal                     // bytes known to the evaluation
	Collected                   // a directory that is made of the inputs inside of it
)

// Input is one path of an instance's input root.
type Input struct {
	Label string // what names it in the stage: "inputs.script", "params", "command"
	At    string // its path in the input root
	Kind  SourceKind

	Path      string // Workspace: where it is
	Data      string // Workspace: the data block that tracks it; "" for a plain path
	Reference bool   // Workspace: bind it where it is instead of copying it into the store

	From   ID     // Artifact: the instance that makes it
	Output int    // Artifact: index in that instance's Outputs
	Sub    string // Artifact: a path inside a directory artifact; "" for all of it

	Bytes []byte // Literal
	Exec  bool   // Literal: executable

	Span diag.Span // where it was written
}

// Var is a named string: an environment variable or a platform property.
type Var struct{ Name, Value string }

// Isolation is a level of isolation asked for, or reached.
type Isolation string

// The levels of isolation.
const (
	IsolationProject  Isolation = "project"
	IsolationHermetic Isolation = "hermetic"
	IsolationImage    Isolation = "image"
	IsolationLandlock Isolation = "landlock" // reached only: a private directory, and the kernel keeps the command to it
	IsolationPrivate  Isolation = "private"  // reached only: a private directory, nothing enforced
	IsolationOff      Isolation = "off"
)

// Image is an image of the Open Container Initiative; the zero Image is none.
type Image struct {
	Ref    string // where to find it: "oci:DIR", "tar:FILE" (project-relative or absolute), or a name in a registry; not part of the action key
	Digest string // "sha256:" and 64 hexadecimal digits: of its manifest, or of an index that has one for this platform
}

// Secret is a variable of the command's environment whose value is known only to who executes it.
type Secret struct {
	Name    string // what the command calls it
	Env     string // the variable of dewar's own environment that has the value; "" if Param has
	Param   string // the sensitive param that has the value
	Version string // enters the action key, as Name does; "" if nobody keeps count
	Value   string // Param: the value; never written anywhere
}

// Resource is a quantity of something that running the action takes: cpus in
// thousandths, memory in bytes, anything else in units.
type Resource struct {
	Name   string
	Amount int64
}

// Scratch is a writable directory outside the action key that survives failure.
type Scratch struct {
	Name  string
	Path  string // where it stands in the input root; "" when only Env names it
	Env   string // a variable that is set to its path
	Scope string // "key" or "machine"
}

// Use is a value that reached an instance, for explanation.
type Use struct {
	Name   string // "param.train.C", "each.C"
	Text   string
	Origin string // "params.yaml:3", "-p train.C", "default"
}

// Assert is a condition on results: it is checked when they are there, by the
// language's own evaluation, for which it carries everything but the metrics.
type Assert struct {
	Condition string    // source text of the expression
	Error     string    // source text of the expression that gives the message
	Scope     string    // JSON object {"each":{…},"local":{…},"param":{…}}: what they refer to, and no more; "function" is the text of functions
	Metrics   []string  // names of the metrics outputs that they read, sorted
	Span      diag.Span // of the condition
}

// Section is a params file that is written into the input root, and what was
// kept out of it.
type Section struct {
	Path     string   // the file
	Keys     []string // the keys that are in it
	Withheld []string // the keys of the workspace's file that are not, sorted
}

// Toolchain is a declaration; what it resolves to on this machine is found by
// package run.
type Toolchain struct {
	Name  string
	Kind  string   // "python", "r", "node", "java", "conda", "files", "command"
	Path  string   // a language: its environment, home or program, project-relative or absolute; "" finds it on PATH
	Files []string // files, command: absolute paths or globs of the host, sorted
	Args  []string // command: the argv whose output is the fingerprint
	Share bool
	Span  diag.Span
}

// Data is tracked data.
type Data struct {
	Name   string
	Path   string // where it is in the project; of external data, where it stands in input roots
	Dir    bool
	Host   string // external data: its absolute path as it was declared; "" for what lies in the project
	URL    string // a download: where from; "" for none
	SHA256 string // a download: the digest that it must have
	From   Import // the zero Import: it is of this project
	NoPush bool
	Span   diag.Span
}

// Import says what data of another project is.
type Import struct {
	Project string // what Git clones, or a directory
	Path    string // in that project
	Rev     string // a commit in Git's words; "" is what HEAD is
}

// External is the directory in which input roots have what is not of the project: external data, and files of
// modules from Git.
const External = ".external"

// Param is a declared param and the file that holds it.
type Param struct {
	Name      string
	File      string      // project path; "" without one
	Sensitive bool        // its values are nowhere in the graph
	Chosen    string      // project path of the file that was chosen for it; "" if it has no choices
	Leaves    []ParamLeaf // in the order of its type; what is absent is left out; a choice is the first, under the param's name
}

// ParamLeaf is a part of a param that comes from one place: a scalar, or a whole
// list.
type ParamLeaf struct {
	Name   string   // "train.C"
	Value  string   // JSON text, numbers canonical; "" if it is sensitive
	Origin string   // "params.yaml:3", "default", "-p train.C"
	Path   []string // where it is in the param's own file, from the top; nil without a file
	Set    bool     // -p or --params gave it
}

// Override is a param leaf that the command line set.
type Override struct {
	Name   string // "train.C"
	Text   string // canonical text of the value
	Origin string // "-p", "--params conf.yaml"
}
