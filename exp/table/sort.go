package table

import (
	"cmp"
	"slices"
)

// SortBy sorts the experiments of each section by a column; all other rows stay
// at the top of it. Numbers come before texts, and rows without a value last,
// whichever way it is sorted. Rows that are equal keep their order. The error is
// a *ColumnError.
func (t *Table) SortBy(column string, descending bool) (*Table, error) {
	at, err := t.Find(column)
	if err != nil {
		return nil, err
	}
	out := &Table{Columns: t.Columns, Rows: make([]Row, 0, len(t.Rows))}
	for _, s := range t.sections() {
		others, experiments := t.experiments(s)
		out.Rows = append(out.Rows, others...)
		for _, r := range order(experiments, at, descending) {
			out.Rows = append(out.Rows, experiments[r])
		}
	}
	return out, nil
}

// order returns the places of rows as they are sorted by a column.
func order(rows []Row, column int, descending bool) []int {
	cells, out := make([]*Cell, len(rows)), make([]int, len(rows))
	for i := range rows {
		cells[i], out[i] = rows[i].at(column), i
	}
	slices.SortFunc(out, func(a, b int) int {
		return cmp.Or(compare(cells[a], cells[b], descending), cmp.Compare(a, b))
	})
	return out
}

func compare(a, b *Cell, descending bool) int {
	if d := cmp.Compare(class(a), class(b)); d != 0 {
		return d
	}
	d := 0
	switch {
	case !a.has():
	case a.IsNumber:
		d = cmp.Compare(a.Number, b.Number)
	default:
		d = cmp.Compare(a.Text, b.Text)
	}
	if descending {
		return -d
	}
	return d
}

// class is the order of what is not compared: numbers, texts, nothing.
func class(c *Cell) int {
	switch {
	case !c.has():
		return 2
	case c.IsNumber:
		return 0
	default:
		return 1
	}
}
