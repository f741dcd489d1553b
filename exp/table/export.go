package table

import (
	"encoding/csv"
	"io"
)

// CSV writes the exact values under the full names. What is absent is empty. A
// column with means has another one behind it for their deviations.
func (t *Table) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	var header []string
	means := t.means()
	for i, c := range t.Columns {
		header = append(header, c.Name)
		if means[i] {
			header = append(header, c.Name+" std")
		}
	}
	if err := out.Write(header); err != nil {
		return err
	}
	record := make([]string, 0, len(header))
	for r := range t.Rows {
		record = record[:0]
		for i := range t.Columns {
			c := t.Rows[r].at(i)
			record = append(record, c.exact())
			if means[i] {
				record = append(record, c.Std)
			}
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// means returns which columns hold a mean.
func (t *Table) means() []bool {
	out := make([]bool, len(t.Columns))
	for r := range t.Rows {
		for i := range t.Columns {
			out[i] = out[i] || t.Rows[r].at(i).Std != ""
		}
	}
	return out
}
