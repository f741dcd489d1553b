package frame

import (
	"bytes"
	"strconv"
)

// builder gathers objects whose names are not known beforehand.
type builder struct {
	columns []string
	index   map[string]int
	rows    [][]Value // each as long as there were columns then
}

func newBuilder() *builder { return &builder{index: map[string]int{}} }

// frame fills the rows up to all columns.
func (b *builder) frame() *Frame {
	for i, row := range b.rows {
		for len(row) < len(b.columns) {
			row = append(row, Value{})
		}
		b.rows[i] = row
	}
	return &Frame{Columns: b.columns, Rows: b.rows}
}

// add makes a row of an object.
func (b *builder) add(t *Tree) *Error {
	b.rows = append(b.rows, make([]Value, len(b.columns)))
	if err := b.flatten(t, ""); err != nil {
		return err
	}
	if max(1, len(b.columns))*len(b.rows) > maxCells {
		return tooMany(t.Line)
	}
	return nil
}

// flatten puts the values of an object into the last row.
func (b *builder) flatten(t *Tree, prefix string) *Error {
	for i, item := range t.Items {
		name := prefix + t.Names[i]
		if len(name) > maxName {
			return failf(item.Line, "A name has %d bytes, with the names around it; at most %d are read.", len(name), maxName)
		}
		if item.Shape == Mapping {
			if err := b.flatten(item, name+"."); err != nil {
				return err
			}
			continue
		}
		if err := b.put(name, item); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) put(name string, t *Tree) *Error {
	at, known := b.index[name]
	if !known {
		at = len(b.columns)
		b.columns, b.index[name] = append(b.columns, name), at
	}
	row := &b.rows[len(b.rows)-1]
	for len(*row) <= at {
		*row = append(*row, Value{})
	}
	if (*row)[at].Kind != Absent {
		return failf(t.Line, "Two values of one object are both called %q, with dots between names.", name)
	}
	v := t.Value
	if t.Shape == List {
		v = Str(string(appendJSON(nil, t)))
	}
	(*row)[at] = v
	return nil
}

// records makes a table of a document: of the list of objects that it is, or
// that comes first in it.
func records(doc *Tree) (*Frame, *Error) {
	list := findList(doc)
	if list == nil {
		return nil, failf(0, "There is no list of objects in the file; a table is one.")
	}
	b := newBuilder()
	for _, item := range list.Items {
		if err := b.add(item); err != nil {
			return nil, err
		}
	}
	return b.frame(), nil
}

// findList returns the first list of objects, rather one that is not empty. It
// is looked for in objects, not in other lists.
func findList(t *Tree) *Tree {
	if t.Shape == List {
		for _, item := range t.Items {
			if item.Shape != Mapping {
				return nil
			}
		}
		return t
	}
	var empty *Tree
	for _, item := range t.Items {
		list := findList(item)
		if list != nil && len(list.Items) > 0 {
			return list
		}
		if empty == nil {
			empty = list
		}
	}
	return empty
}

// readLines reads objects that stand one a line.
func readLines(b []byte) (*Frame, *Error) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	out := newBuilder()
	for line := 1; len(b) > 0; line++ {
		part, rest, ended := bytes.Cut(b, []byte{'\n'})
		b = rest
		if len(bytes.TrimSpace(part)) == 0 {
			continue
		}
		t, err := object(part, line)
		if err != nil && !ended {
			break // it is being written, or its writer died
		}
		if err != nil {
			return nil, err
		}
		if err := out.add(t); err != nil {
			return nil, err
		}
	}
	return out.frame(), nil
}

func object(b []byte, line int) (*Tree, *Error) {
	b, bad := text(b)
	if bad != nil {
		bad.Line = line
		return nil, bad
	}
	t, bad := parseJSON(b, line)
	if bad == nil && t.Shape != Mapping {
		bad = failf(line, "The line is no object; a table in lines has one a line, {…}.")
	}
	return t, bad
}

// count is a number of things.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
