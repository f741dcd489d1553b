// Package metric reads the scalar metrics that commands measured, compares two
// readings, and rounds them for people.
//
// A metric is a name and a value. Names lead through the document that a command
// wrote: scores.test["f1.macro"], classes[0].recall. What a better value is, is
// not in the document; Guess tells it by the name for most, and the callers let
// users say it for the rest.
//
// It reads bytes and knows nothing of stages or experiments: the root package
// and exp/plot import it.
package metric

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/dewar-build/dewar/exp/frame"
)

// Leaf is one metric.
type Leaf struct {
	Name  string // "" if the whole file is one value
	Value frame.Value
}

// Error says what is wrong with a file of metrics, in a sentence.
type Error = frame.Error

// Limits of metrics; beyond them a file is one of plots, by mistake.
const (
	maxLeaves = 100_000
	maxName   = 1000 // bytes
)

// Read reads the metrics in a file, in the order they stand in it:
//
//   - .json, .yaml, .yml, .toml: every value that is no list or object, by the
//     names that lead to it; null is left out;
//   - .csv, .tsv: the values of the last line, by their columns as they are called;
//   - .jsonl, .ndjson: the last value of each name, objects in objects joined with dots;
//   - any other: as JSON, or else as YAML.
//
// Its errors are *Error.
func Read(name string, b []byte) ([]Leaf, error) {
	switch format(name) {
	case tableFormat, linesFormat:
		f, err := frame.Read(name, b)
		if err != nil {
			return nil, err
		}
		return last(f, format(name) == linesFormat)
	}
	doc, err := frame.Document(name, b)
	if err != nil {
		return nil, err
	}
	r := &reader{}
	if err := r.walk(doc, ""); err != nil {
		return nil, err
	}
	return r.leaves, nil
}

// Series returns the table that a file of metrics is, if each of its lines is a
// reading: of .csv, .tsv, .jsonl and .ndjson. It is nil for all others.
func Series(name string, b []byte) (*frame.Frame, error) {
	if format(name) == documentFormat {
		return nil, nil
	}
	return frame.Read(name, b)
}

type fileFormat uint8

const (
	documentFormat fileFormat = iota
	tableFormat
	linesFormat
)

func format(name string) fileFormat {
	switch strings.ToLower(path.Ext(name)) {
	case ".csv", ".tsv":
		return tableFormat
	case ".jsonl", ".ndjson":
		return linesFormat
	default:
		return documentFormat
	}
}

// last returns the last values of a table: of the last row, or, if what does not
// change need not be written again, of the last row that has one.
func last(f *frame.Frame, any bool) ([]Leaf, error) {
	if len(f.Columns) > maxLeaves {
		return nil, tooMany(0)
	}
	var out []Leaf
	for i, name := range f.Columns {
		for r := len(f.Rows) - 1; r >= 0; r-- {
			if v := f.Rows[r][i]; v.Kind != frame.Absent {
				out = append(out, Leaf{name, v})
				break
			}
			if !any {
				break
			}
		}
	}
	return out, nil
}

type reader struct{ leaves []Leaf }

// walk gathers the values of a document.
func (r *reader) walk(t *frame.Tree, name string) error {
	if len(name) > maxName {
		return &Error{Line: t.Line, Text: fmt.Sprintf("A name has %d bytes, with the names around it; at most %d are read.", len(name), maxName)}
	}
	if t.Shape == frame.Scalar {
		if t.Value.Kind == frame.Absent {
			return nil
		}
		if len(r.leaves) == maxLeaves {
			return tooMany(t.Line)
		}
		r.leaves = append(r.leaves, Leaf{name, t.Value})
		return nil
	}
	for i, item := range t.Items {
		sub := name + "[" + strconv.Itoa(i) + "]"
		if t.Shape == frame.Mapping {
			sub = join(name, t.Names[i])
		}
		if err := r.walk(item, sub); err != nil {
			return err
		}
	}
	return nil
}

// join puts a name behind those that lead to it.
func join(prefix, name string) string {
	switch {
	case !word(name):
		return prefix + "[" + strconv.Quote(name) + "]"
	case prefix == "":
		return name
	default:
		return prefix + "." + name
	}
}

// word reports whether a name can be told from the text around it.
func word(name string) bool {
	for _, r := range name {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) && !strings.ContainsRune("_-/@%+", r) {
			return false
		}
	}
	return name != ""
}

func tooMany(line int) error {
	return &Error{Line: line, Text: fmt.Sprintf("The file holds more than %d values: it is no file of metrics. Declare it as a plot.", maxLeaves)}
}
