// Package script quotes the interpolations of a shell script: each value is
// written so that the shell reads back exactly that value as one word, for the
// place the interpolation stands in.
//
// It knows the POSIX shell's quoting and nothing of hcl or cty: eval splits a
// template into parts and turns values into text first. Only eval imports it.
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
	Raw                 // the value of raw(x): taken as script text, unquoted
	Word                // an interpolated scalar: one word
	List                // an interpolated list: several words, or none
)

// Lit, RawText, One and Many make parts.
func Lit(text string) Part      { return Part{Kind: Literal, Text: text} }
func RawText(text string) Part  { return Part{Kind: Raw, Text: text} }
func One(word string) Part      { return Part{Kind: Word, Words: []string{word}} }
func Many(words ...string) Part { return Part{Kind: List, Words: words} }

// Quote returns the script with every interpolation quoted for its place. The
// error is an *Error.
func Quote(parts []Part) (string, error) { panic("unwritten") }

// Error is an interpolation that cannot be written where it stands.
type Error struct {
	Part   int    // index into parts
	Code   string // stable diagnostic code, "E-script-…"
	Detail string // what is wrong and what to do, in sentences
}

func (e *Error) Error() string { return e.Code + ": " + e.Detail }
