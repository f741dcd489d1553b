package table

import (
	"regexp"
	"slices"
)

// OnlyChanged drops the metrics and params that are equal in all rows that have
// one; the groups and the columns named in except are left as they are.
func (t *Table) OnlyChanged(except ...string) *Table {
	return t.pick(t.where(func(i int, c Column) bool {
		if c.Group != Metrics && c.Group != Params || slices.Contains(except, c.Group) || slices.Contains(except, c.Name) {
			return true
		}
		return t.varies(i)
	}))
}

// varies reports whether two rows hold different values in a column.
func (t *Table) varies(column int) bool {
	var first *Cell
	for i := range t.Rows {
		c := t.Rows[i].at(column)
		switch {
		case c.Absent:
		case c.Std != "" && c.Std != "0": // the mean of different ones
			return true
		case first == nil:
			first = c
		case !c.same(first) && !(c.IsNumber && first.IsNumber && c.Number == first.Number):
			return true // a mean of equal ones is spelled otherwise than they are
		}
	}
	return false
}

// Keep drops the columns in groups whose full names do not match. Those that are
// in no group say what a row is; they stay.
func (t *Table) Keep(re *regexp.Regexp) *Table {
	return t.pick(t.where(func(_ int, c Column) bool { return c.Group == "" || re.MatchString(c.Name) }))
}

// Drop drops the columns whose full names match, but never the first.
func (t *Table) Drop(re *regexp.Regexp) *Table {
	return t.pick(t.where(func(i int, c Column) bool { return i == 0 || !re.MatchString(c.Name) }))
}

// Filter keeps the rows that pass. It asks about every row: whoever would not
// lose the workspace lets it pass.
func (t *Table) Filter(pass func(Row) (bool, error)) (*Table, error) {
	out := &Table{Columns: t.Columns}
	for _, r := range t.Rows {
		ok, err := pass(r)
		if err != nil {
			return nil, err
		}
		if ok {
			out.Rows = append(out.Rows, r)
		}
	}
	return out, nil
}

// Top keeps the first n experiments of each section, and all other rows.
func (t *Table) Top(n int) *Table {
	out := &Table{Columns: t.Columns}
	for _, s := range t.sections() {
		left := max(n, 0)
		for _, r := range t.Rows[s[0]:s[1]] {
			if r.Kind == Experiment {
				if left == 0 {
					continue
				}
				left--
			}
			out.Rows = append(out.Rows, r)
		}
	}
	return out
}

// Highlight marks the best value of every metric of which it is known what is
// better, if not all are equally good. Marks that are there already stay.
func (t *Table) Highlight() *Table {
	out := t.pick(t.where(func(int, Column) bool { return true }))
	for i, c := range out.Columns {
		if c.Group == Metrics && c.Better != 0 {
			out.highlight(i, float64(c.Better))
		}
	}
	return out
}

func (t *Table) highlight(column int, sign float64) {
	found, differ, best := false, false, 0.0
	for i := range t.Rows {
		c := t.Rows[i].at(column)
		if !c.has() || !c.IsNumber || c.Partial {
			continue
		}
		differ = differ || found && c.Number != best
		if !found || c.Number*sign > best*sign {
			found, best = true, c.Number
		}
	}
	if !differ {
		return
	}
	for i := range t.Rows {
		if c := t.Rows[i].at(column); c.has() && c.IsNumber && !c.Partial && c.Number == best {
			c.Tone = 1
		}
	}
}
