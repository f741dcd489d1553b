// Package script quotes the interpolations of a shell script: each value is
// written so that the shell reads back exactly that value as one word, for the
// place the interpolation stands in.
//
// It follows the script as a POSIX shell reads it: bare text, '…', "…",
// backslashes, comments, here-documents, $(…), ${…}, $((…)) and `…`, nested in
// each other. Values need no parsing, since a quoted value never changes the
// state; so the script's own text decides every place, once and for all points.
// Where shells disagree about where a construct ends, or it takes the whole
// grammar to know (case inside $(…)), we do not guess: the reading is *lost*,
// and an interpolation after that is an error, while a script without one
// there passes as it is. A value never becomes code.
//
// The package knows quoting and nothing of hcl or cty: eval splits a template
// into parts and turns values into text first. Only eval imports it.
package script

// Part is a piece of a script template.
type Part struct {
	Kind  Kind
	Text  string   // Literal and Raw: script text
	Words []string // Word: exactly one; List: any number
}

// Kind says what a Part is.
type Kind uint8

// The kinds.
const (
	Literal Kind = iota // text of the script, as written
	Raw                 // the value of raw(x): script text like a Literal, unquoted
	Word                // an interpolated scalar: one word
	List                // an interpolated list: several words, or none
)

// Lit makes a Literal part.
func Lit(text string) Part { return Part{Kind: Literal, Text: text} }

// RawText makes a Raw part.
func RawText(text string) Part { return Part{Kind: Raw, Text: text} }

// One makes a Word part.
func One(word string) Part { return Part{Kind: Word, Words: []string{word}} }

// Many makes a List part.
func Many(words ...string) Part { return Part{Kind: List, Words: words} }

// Quote returns the script with every interpolation quoted for its place. The
// error is an *Error about the first part that cannot be.
func Quote(parts []Part) (string, error) {
	s := newScanner(parts)
	if err := s.checkValues(); err != nil {
		return "", err
	}
	if err := s.commands(&level{}); err != nil {
		return "", err
	}
	return s.finish()
}

// The codes of an Error.
const (
	CodePlace = "E-script-place" // no value can be quoted where the interpolation stands
	CodeList  = "E-script-list"  // a list that does not stand alone
	CodeValue = "E-script-value" // this value cannot be written where it stands
)

// Error is an interpolation that cannot be written where it stands.
type Error struct {
	Part   int    // index into parts
	Code   string // one of the codes above
	Detail string // what is wrong and what to do, in sentences
}

func (e *Error) Error() string { return e.Code + ": " + e.Detail }
