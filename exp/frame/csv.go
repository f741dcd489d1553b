package frame

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
)

// readCSV reads a table of cells between commas or tabs.
func readCSV(b []byte, comma rune) (*Frame, *Error) {
	b, bad := text(b)
	if bad != nil {
		return nil, bad
	}
	if bytes.IndexByte(b, '\n') < 0 { // lines that end as they did on old Macintoshes
		b = bytes.ReplaceAll(b, []byte{'\r'}, []byte{'\n'})
	}
	r := csv.NewReader(bytes.NewReader(b))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, failf(0, "The file is empty; its first line names the columns.")
	}
	if err != nil {
		return nil, csvError(err)
	}
	f := &Frame{Columns: slices.Clone(header)}
	if bad := checkHeader(r, f.Columns); bad != nil {
		return nil, bad
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			return nil, csvError(err)
		}
		if bad := f.add(r, record); bad != nil {
			return nil, bad
		}
	}
}

// checkHeader trims the names of the columns and sees that each is there once.
func checkHeader(r *csv.Reader, columns []string) *Error {
	seen := make(map[string]int, len(columns))
	for i, name := range columns {
		line, _ := r.FieldPos(i)
		name = strings.TrimSpace(name)
		if len(name) > maxName {
			return failf(line, "The name of column %d has %d bytes; names have at most %d.", i+1, len(name), maxName)
		}
		if other, ok := seen[name]; ok {
			return failf(line, "The columns %d and %d have the same name, %q.", other+1, i+1, name)
		}
		seen[name], columns[i] = i, name
	}
	return nil
}

// add appends a line of cells.
func (f *Frame) add(r *csv.Reader, record []string) *Error {
	line, _ := r.FieldPos(0)
	if len(record) != len(f.Columns) {
		return failf(line, "The line has %s; the header has %s.", count(len(record), "cell"), count(len(f.Columns), "column"))
	}
	if len(f.Columns)*(len(f.Rows)+1) > maxCells {
		return tooMany(line)
	}
	row := make([]Value, len(record))
	for i, s := range record {
		row[i] = cell(s)
	}
	f.Rows = append(f.Rows, row)
	return nil
}

func csvError(err error) *Error {
	var at *csv.ParseError
	if !errors.As(err, &at) {
		return failf(0, "The file cannot be read: %v.", err)
	}
	if errors.Is(err, csv.ErrBareQuote) {
		return failf(at.Line, `A " stands inside a cell that does not begin with one.`)
	}
	return failf(at.StartLine, `A cell begins with a " that is not closed as it should: quotes inside are doubled, and a separator or the end of the line follows.`)
}

func tooMany(line int) *Error {
	return failf(line, "The table has more than %d cells, those that are missing counted.", maxCells)
}
