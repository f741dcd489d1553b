// Package wire is the protocol between dewar and a program that reaches a place
// for it: requests and answers as lines of JSON over the program's standard
// input and output, described in spec/remote-protocol.md. It has the messages,
// and Serve, the side that answers.
//
// It knows no clouds and starts nothing: store/remote/program is the side that
// asks, cmd/dewar-remote the program.
package wire

import "time"

// Version is the version of the protocol that is spoken here.
const Version = 1

// What is bounded, so that neither side can be made to hold more than it wants.
const (
	MaxLine    = 1 << 20 // bytes of a line, both ways, its end included
	MaxNames   = 1000    // names in a request
	MaxObjects = 1000    // objects in an answer
)

// The operations.
const (
	OpHello    = "hello"    // which versions there are
	OpDescribe = "describe" // what options a url may have
	OpLogin    = "login"    // gets secrets from a person
	OpOpen     = "open"     // before all that follow
	OpStat     = "stat"
	OpPut      = "put"
	OpGet      = "get"
	OpPart     = "part" // a get that ends before the object does
	OpList     = "list"
	OpRemove   = "remove"
	OpCancel   = "cancel" // has no answer of its own
)

// Request is a line that dewar writes.
type Request struct {
	ID uint64 `json:"id,omitempty"` // never used twice; 0 only for cancel
	Op string `json:"op"`

	Versions []int             `json:"versions,omitempty"` // hello
	URL      string            `json:"url,omitempty"`      // describe, login, open
	Options  map[string]string `json:"options,omitempty"`  // login, open
	Secrets  map[string]string `json:"secrets,omitempty"`  // login, open
	Browser  bool              `json:"browser,omitempty"`  // login: the program may open one
	Names    []string          `json:"names,omitempty"`    // stat, remove
	Name     string            `json:"name,omitempty"`     // put, get, part
	File     string            `json:"file,omitempty"`     // put, get, part: an absolute path of this machine
	Offset   int64             `json:"offset,omitempty"`   // get, part
	Size     int64             `json:"size,omitempty"`     // put, get: of the object; part: how many bytes
	Dir      string            `json:"dir,omitempty"`      // list
	Of       uint64            `json:"of,omitempty"`       // cancel: the id of the request
}

// Answer is a line that the program writes. A request has any number of
// answers that say how far it is, and a last one with Done or Error. A line
// without an id says only that the program lives.
type Answer struct {
	ID uint64 `json:"id,omitempty"`

	Moved   int64    `json:"moved,omitempty"`   // put, get, part: bytes since the answer before
	Objects []Object `json:"objects,omitempty"` // list
	Visit   string   `json:"visit,omitempty"`   // login: the page that the person is to open

	Done    bool              `json:"done,omitempty"`
	Error   *Error            `json:"error,omitempty"`
	Version int               `json:"version,omitempty"` // hello
	Program string            `json:"program,omitempty"` // hello: name and version, for people
	Traits  *Traits           `json:"traits,omitempty"`  // open
	Sizes   []int64           `json:"sizes,omitempty"`   // stat: as Names; -1 is absent
	Backend *Backend          `json:"backend,omitempty"` // describe
	Secrets map[string]string `json:"secrets,omitempty"` // login
}

// Last reports whether no answer with the same id follows.
func (a Answer) Last() bool { return a.Done || a.Error != nil }

// Object is one that is listed.
type Object struct {
	Name    string    `json:"name"`
	Size    int64     `json:"size"`
	Changed time.Time `json:"changed,omitzero"`
}

// Traits are how a place likes to be used; see remote.Traits.
type Traits struct {
	Parallel     int  `json:"parallel"`
	Packs        bool `json:"packs,omitempty"`
	ReadOnly     bool `json:"read_only,omitempty"`
	AsksOneByOne bool `json:"asks_one_by_one,omitempty"`
}

// Backend is what a program knows about the places of a kind of url.
type Backend struct {
	Name    string   `json:"name"`              // "s3"
	Title   string   `json:"title,omitempty"`   // for people
	Login   bool     `json:"login,omitempty"`   // there is a login that gets secrets from a browser
	Options []Option `json:"options,omitempty"` // sorted by name
}

// Option is one that a url may have.
type Option struct {
	Name    string `json:"name"`
	Help    string `json:"help,omitempty"` // one line
	Default string `json:"default,omitempty"`
	Secret  bool   `json:"secret,omitempty"`  // it belongs into secrets, and is not shown
	Private bool   `json:"private,omitempty"` // it says something about the person, and is better not committed
	Command bool   `json:"command,omitempty"` // its value is run as a command, or decides what is: never from a committed file
}

// Error is why a request failed.
type Error struct {
	Kind string `json:"kind"`
	Text string `json:"text"` // for people: without secrets and line ends
}
