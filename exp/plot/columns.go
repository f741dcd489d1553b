package plot

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/exp/frame"
)

// reading is two columns of one file of one experiment.
type reading struct {
	experiment, path string
	x, y             string        // names of the columns; x is "step" for the number of the row
	xs, ys           []frame.Value // of one length
}

// index is the column that stands for the number of the row, as in DVC.
const index = "step"

// read returns what p draws of s: a reading for each y.
func (p Plot) read(t template, s Source) ([]reading, error) {
	x, ys := p.X, p.Y
	if s.X != "" {
		x = s.X
	}
	if len(s.Y) > 0 {
		ys = s.Y
	}
	x, ys = defaults(t, s.Frame, x, ys)
	if len(ys) == 0 {
		return nil, fmt.Errorf("there are no columns")
	}
	xs, err := column(s.Frame, x)
	if err != nil {
		return nil, err
	}
	var out []reading
	for _, y := range ys {
		values, err := column(s.Frame, y)
		if err != nil {
			return nil, err
		}
		out = append(out, reading{s.Experiment, s.Path, x, y, xs, values})
	}
	return out, nil
}

// defaults fills in the columns that nobody named.
func defaults(t template, f *frame.Frame, x string, ys []string) (string, []string) {
	if has := t.prefer; has[0] != "" && f.Index(has[0]) >= 0 && f.Index(has[1]) >= 0 {
		if x == "" && !slices.Contains(ys, has[0]) {
			x = has[0]
		}
		if len(ys) == 0 && x != has[1] {
			ys = []string{has[1]}
		}
	}
	switch t.family {
	case bars: // the other way round than elsewhere: x is the number
		if x == "" {
			x = lastOf(f, true, ys)
		}
		if len(ys) == 0 {
			ys = []string{firstText(f)}
		}
	case bins: // of one column, however it was named
		switch {
		case len(ys) == 0 && x != "":
			ys = []string{x}
		case len(ys) == 0:
			ys = listOf(lastOf(f, true, nil))
		}
		x = index
	case matrices:
		if len(ys) == 0 {
			ys = listOf(lastOf(f, false, []string{x}))
		}
		if x == "" {
			x = lastOf(f, false, ys)
		}
	default:
		if len(ys) == 0 {
			ys = listOf(lastOf(f, true, []string{x, index}))
		}
		if x == "" && t.unit {
			x = lastOf(f, true, ys)
		}
	}
	if x == "" {
		x = index
	}
	return x, ys
}

func listOf(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

// lastOf returns the last column that is none of those, of numbers if there is one.
func lastOf(f *frame.Frame, numbers bool, but []string) string {
	last := ""
	for i := len(f.Columns) - 1; i >= 0; i-- {
		name := f.Columns[i]
		if slices.Contains(but, name) {
			continue
		}
		if !numbers || quantitative(values(f, i)) {
			return name
		}
		if last == "" {
			last = name
		}
	}
	return last
}

// firstText returns the first column that is not of numbers, or else the number of the row.
func firstText(f *frame.Frame) string {
	for i, name := range f.Columns {
		if !quantitative(values(f, i)) {
			return name
		}
	}
	return index
}

// column returns the values of a column; index need not be there.
func column(f *frame.Frame, name string) ([]frame.Value, error) {
	if i := f.Index(name); i >= 0 {
		return values(f, i), nil
	}
	if name == index {
		out := make([]frame.Value, len(f.Rows))
		for i := range out {
			out[i] = frame.Num(float64(i))
		}
		return out, nil
	}
	return nil, fmt.Errorf("there is no column %q; there are %s", name, some(f.Columns, 8))
}

// some lists the first of many names.
func some(names []string, most int) string {
	if len(names) == 0 {
		return "none"
	}
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// values returns a column; rows that are too short have nothing there.
func values(f *frame.Frame, i int) []frame.Value {
	out := make([]frame.Value, len(f.Rows))
	for r, row := range f.Rows {
		if i < len(row) {
			out[r] = row[i]
		}
	}
	return out
}

// quantitative reports whether values are numbers, those that are there. A loss
// that became nan does not make its column text.
func quantitative(values []frame.Value) bool {
	found := false
	for _, v := range values {
		switch v.Kind {
		case frame.Absent:
		case frame.Number:
			found = true
		default:
			if v.Text != "nan" && v.Text != "inf" && v.Text != "-inf" {
				return false
			}
		}
	}
	return found
}
