// Package exp is the history of a project: experiments, each of them one
// immutable record of what was evaluated, what came out, and of what code. It
// writes records, names them, and lists thousands of them quickly.
//
// What commands measured and drew is read by its parts metric, frame and plot,
// and put side by side by table. It evaluates nothing and runs nothing: what a
// record holds is given to it. The root package imports it.
//
// # Files
//
// A record is a file .dewar/exp/records/<id>.json, written by rename and never
// changed. The name under which people know it is claimed by a file
// .dewar/exp/names/<name> that holds the id: making that file is atomic, so two
// sweeps at once never give one name to two experiments. What may change later, the
// name and a note, is in .dewar/exp/labels/<id>.json. .dewar/exp/rows is what
// lists show of each record: a cache, made anew from records whenever it does
// not have them all.
package exp

import (
	"encoding/json"
	"time"
)

// Version is the version of the format of records that this package writes, and the
// newest it reads.
const Version = 1

// State says how an experiment ended.
type State string

// The states of a recorded experiment. One that was interrupted has a record only
// if some of its metrics had been written by then: what it finished is in the cache,
// and the same sweep goes on from there. When one that did not come to be done is tried
// again, the new record takes the place of the old one.
const (
	Done        State = "done"        // every instance has its result
	Failed      State = "failed"      // some instance failed
	Interrupted State = "interrupted" // a person ended it before it came to either
)

// Record is all that is remembered of an experiment. spec/formats.md has it.
type Record struct {
	Version     int         `json:"dewar_experiment"`
	ID          string      `json:"id"`
	Name        string      `json:"name"` // when it was recorded; labels may say otherwise
	Note        string      `json:"note,omitempty"`
	Pipeline    string      `json:"pipeline"`
	Created     time.Time   `json:"created"`
	Seconds     float64     `json:"seconds"` // from its first action to its last
	Cost        float64     `json:"cost"`    // seconds that commands ran for it, shared ones included, whenever they ran
	State       State       `json:"state"`
	Saved       bool        `json:"saved,omitempty"` // a snapshot of the workspace: nothing was run for it
	Sweep       string      `json:"sweep,omitempty"` // common to what was started together
	Block       string      `json:"block,omitempty"` // the experiment block
	Content     string      `json:"content"`         // names what was evaluated and at which commit: equal means nothing new
	Args        []string    `json:"args,omitempty"`  // the selectors
	Overrides   []Override  `json:"overrides"`       // sorted by name
	Params      []Param     `json:"params"`          // every part of every param, sorted by name
	Metrics     []Metrics   `json:"metrics"`         // by path
	Asserts     []Assert    `json:"asserts,omitempty"`
	Failures    []Failure   `json:"failures,omitempty"`
	Instances   []Instance  `json:"instances"`   // in the order of the graph
	Lock        []RawLine   `json:"lock"`        // lines of a pipeline.lock: action keys, inputs and outputs
	Sources     []Source    `json:"sources"`     // files of the workspace that it was made of, sorted by path
	Git         *Git        `json:"git"`         // null without Git
	Environment Environment `json:"environment"` // where it ran
}

// RawLine is a line of JSON, kept as it is.
type RawLine = json.RawMessage

// Override is a part of a param that the experiment set.
type Override struct {
	Name string `json:"name"` // "train.C"
	Text string `json:"text"` // as -p takes it
}

// Param is a part of a param that comes from one place.
type Param struct {
	Name   string          `json:"name"`
	Value  json.RawMessage `json:"value"` // null if it is sensitive
	Origin string          `json:"origin"`
}

// Metrics is a metrics file.
type Metrics struct {
	Path     string     `json:"path"`
	Instance string     `json:"instance"`
	Name     string     `json:"name"`              // of the output
	Values   []Measured `json:"values"`            // in the order of the file
	Error    string     `json:"error,omitempty"`   // why it could not be read
	Partial  bool       `json:"partial,omitempty"` // what a command had written that came to no result
	Maximize []string   `json:"maximize,omitempty"`
	Minimize []string   `json:"minimize,omitempty"`
}

// Measured is one value of a metrics file.
type Measured struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}

// Assert is what became of an assertion of a stage.
type Assert struct {
	Instance  string `json:"instance"`
	Condition string `json:"condition"`
	OK        bool   `json:"ok"`
	Error     string `json:"error,omitempty"`
}

// Failure is why an instance failed.
type Failure struct {
	Instance string `json:"instance"`
	Code     string `json:"code"`
	Detail   string `json:"detail"`
}

// Instance is what became of one instance.
type Instance struct {
	Instance string  `json:"instance"`
	Action   string  `json:"action,omitempty"` // the action key
	Outcome  string  `json:"outcome"`
	Seconds  float64 `json:"seconds,omitempty"` // how long its command ran, whenever that was
	Log      string  `json:"log,omitempty"`     // the digest of what it wrote
}

// Source is a file of the workspace that the experiment was made of.
type Source struct {
	Path   string `json:"path"`
	Digest string `json:"digest"`
	Exec   bool   `json:"exec,omitempty"`
	Params bool   `json:"params,omitempty"` // it holds params: applying changes values in it, not the file
}

// Git is where the workspace stood.
type Git struct {
	Commit  string `json:"commit"` // "" before the first commit
	Branch  string `json:"branch,omitempty"`
	Subject string `json:"subject,omitempty"`
	Patch   string `json:"patch,omitempty"` // digest of the difference of tracked files to the commit; "" if there was none
}

// Environment is where an experiment ran.
type Environment struct {
	OS         string      `json:"os"`
	Arch       string      `json:"arch"`
	Dewar      string      `json:"dewar"`
	CPUs       int         `json:"cpus"`
	Toolchains []Toolchain `json:"toolchains,omitempty"`
}

// Toolchain is a toolchain as it was found.
type Toolchain struct {
	Name        string `json:"name"`
	Kind        string `json:"kind"`
	Fingerprint string `json:"fingerprint"`
}
