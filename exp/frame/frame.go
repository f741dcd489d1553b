// Package frame reads what commands wrote for people to look at: tables of
// values (CSV, TSV, lines of JSON, lists of objects in JSON and YAML), and the
// documents that scalar metrics stand in (JSON, YAML, TOML).
//
// A value keeps two things, because two kinds of readers come for it: its
// canonical text, which is exact and is what gets compared and printed, and its
// float64, which is what gets drawn and sorted. What is no finite number is
// never a Number, so that nobody draws or averages it by accident.
//
// It reads bytes and names, no files, and knows nothing of metrics or plots:
// exp/metric and exp/plot import it.
package frame

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// Frame is a table with named columns.
type Frame struct {
	Columns []string  // in the order of their first appearance, each once
	Rows    [][]Value // aligned with Columns; a cell that is missing is Absent
}

// Index returns where a column stands, -1 if there is none of this name.
func (f *Frame) Index(column string) int {
	for i, name := range f.Columns {
		if name == column {
			return i
		}
	}
	return -1
}

// Column returns the values of a column from the first row to the last.
func (f *Frame) Column(i int) []Value {
	out := make([]Value, len(f.Rows))
	for r, row := range f.Rows {
		out[r] = row[i]
	}
	return out
}

// Error says what is wrong with a file, in a sentence.
type Error struct {
	Line int // counted from 1; 0 if it is of no line
	Text string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Text)
}

func failf(line int, format string, args ...any) *Error {
	return &Error{Line: line, Text: fmt.Sprintf(format, args...)}
}

// Limits of what is read. Beyond them a file is an error, not a machine that
// runs out of memory.
const (
	maxBytes     = 64 << 20
	maxYAMLBytes = 16 << 20 // its library takes a hundred bytes for every one
	maxTOMLBytes = 1 << 20  // nobody writes more of it
	maxCells     = 10_000_000
	maxParts     = 5_000_000 // of a document
	maxYAMLParts = 1_000_000 // aliases expanded
	maxDepth     = 100
	maxName      = 1000 // bytes of a joined name
)

// Read reads a table in the format that the extension of its name says:
//
//   - .csv, .tsv: the first line names the columns;
//   - .jsonl, .ndjson: an object a line; a last line that was not written to its
//     end is left out, so that a table can be read while it grows;
//   - .json, .yaml, .yml: a list of objects, or the first one inside an object,
//     in the order of the document.
//
// Objects in objects become columns with dotted names. Its errors are *Error.
func Read(name string, b []byte) (*Frame, error) {
	f, err := read(name, b)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func read(name string, b []byte) (*Frame, *Error) {
	if len(b) > maxBytes {
		return nil, failf(0, "The file has %d bytes; tables of at most %d are read.", len(b), maxBytes)
	}
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".csv":
		return readCSV(b, ',')
	case ".tsv":
		return readCSV(b, '\t')
	case ".jsonl", ".ndjson":
		return readLines(b)
	case ".json", ".yaml", ".yml":
		doc, err := document(ext, b)
		if err != nil {
			return nil, err
		}
		return records(doc)
	default:
		return nil, failf(0, "Tables are read from .csv, .tsv, .jsonl, .ndjson, .json, .yaml and .yml files, by the name of the file.")
	}
}

// text checks that b is text, and cuts the mark that some programs put before it.
func text(b []byte) ([]byte, *Error) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if at := bytes.IndexByte(b, 0); at >= 0 {
		return nil, failf(lineAt(b, at), "The file holds a NUL byte: it is not text in UTF-8.")
	}
	if at := invalid(b); at >= 0 {
		return nil, failf(lineAt(b, at), "The file is not text in UTF-8.")
	}
	return b, nil
}

// invalid returns where b stops to be UTF-8, -1 if nowhere.
func invalid(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	at := 0
	for {
		r, n := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && n <= 1 {
			return at
		}
		at += n
	}
}

// lineAt returns the line of a byte.
func lineAt(b []byte, at int) int { return 1 + bytes.Count(b[:at], []byte{'\n'}) }
