// Package diag is how dewar speaks to the person who made a mistake: a
// diagnostic has a severity, a stable code, a summary, a detail that says what
// to do, and the places in the sources that it is about. Text and JSON are
// made from the same data, so they cannot disagree.
//
// It knows nothing of the language or the engine. Everything may import it.
package diag

// Severity orders diagnostics.
type Severity uint8

// The severities.
const (
	Error   Severity = iota // the command cannot do what was asked
	Warning                 // it can, but the person should know
)

func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Pos is a place in a source file.
type Pos struct {
	Line   int // from 1
	Column int // from 1, in Unicode grapheme clusters
	Byte   int // offset from 0, counted as if a line feed alone ended each line; see Lines
}

// Span is a range of a source file: from Start up to, not including, End. The
// zero Span is no place.
type Span struct {
	File       string // project-relative path with slashes, or a synthetic name as "<-p train.C>"
	Start, End Pos
	Masked     bool `json:",omitempty"` // the text there is secret: messages name the line and do not show it
}

// IsZero reports whether s is no place.
func (s Span) IsZero() bool { return s == Span{} }

// Note is further text, with the place it is about if it has one.
type Note struct {
	Span Span
	Text string
}

// Value is a name that the failing expression uses, and what it was then.
type Value struct {
	Name string // as written: "each.C"
	Text string // shortened for display; "(sensitive)" where it must not be shown
}

// Diagnostic is one message.
//
// Summary is a fixed sentence fragment a program could group by (lower case,
// no full stop); names and values go into Detail, whose sentences say what is wrong,
// why, and what to do. Codes are stable: tests and tools match codes, never
// English. Every code is documented in spec/diagnostics.md.
type Diagnostic struct {
	Severity  Severity
	Code      string // "E-ref-unknown", "W-params-respelled"
	Summary   string
	Detail    string
	Span      Span     // the primary place
	Subject   string   // what it is about, for the header: `stage "train"`; may be empty
	Notes     []Note   // in the order to be read
	Values    []Value  // sorted by name
	Instances []string // the points it happened in, when not in all; display caps the list
	Total     int      // how many points there were; 0 if not known
}

// List is a set of diagnostics under construction. The order of appending does
// not matter: Sort defines the order people see.
type List []Diagnostic

// HasErrors reports whether l holds an Error.
func (l List) HasErrors() bool {
	for i := range l {
		if l[i].Severity == Error {
			return true
		}
	}
	return false
}

// Err returns l as an error if it holds an Error, else nil.
func (l List) Err() error {
	if !l.HasErrors() {
		return nil
	}
	return &Failure{l}
}

// Failure is an error made of diagnostics, for interfaces that return error.
type Failure struct{ List List }

func (f *Failure) Error() string {
	for _, d := range f.List {
		if d.Severity == Error {
			return d.Code + ": " + d.summary()
		}
	}
	return "no errors"
}
