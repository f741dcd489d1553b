// Package table is a table for people and programs: rows of cells with a text
// that is exact and another that is rounded, columns in groups, operations that
// each return a new table, and renderings of it: for terminals, as Markdown, as
// CSV and as HTML.
//
// It was made for experiments but knows nothing of them, nor of metrics: whoever
// builds a table says what kind a row is and which values of a column are better.
// The command line imports it.
package table

// Groups of columns that operations treat in their own way.
const (
	Metrics = "metrics"
	Params  = "params"
)

// Kinds of rows. Only experiments are sorted, counted and grouped; a baseline
// begins a section of the table.
const (
	Experiment = "experiment"
	Baseline   = "baseline"
	Workspace  = "workspace"
)

// Column is a column without its cells.
type Column struct {
	Group   string // "", metrics, params, …; neighbours of one group share a header
	Name    string // in full: what users name it by, and what CSV has
	Header  string // short, for people
	Numeric bool   // aligned at the decimal point
	Better  int8   // 1: higher values are, -1: lower ones, 0: nobody knows
	Apart   bool   // rows that differ in it are in no group together, whatever the groups are
}

// Cell is a value in a row.
type Cell struct {
	Text     string  // exact: what programs get
	Show     string  // rounded for people; "" for Text
	Std      string  // exact, of the mean of a group; "" if it is none
	Number   float64 // if IsNumber
	IsNumber bool
	Absent   bool // there is no value; shown as -
	Error    bool // there is one, but it cannot be read; shown as !
	Partial  bool // of something that did not come to its end: it is no best value, and in no mean
	Tone     int8 // 1 good, -1 bad, 0 neither
}

// Row is a row of a table.
type Row struct {
	Cells []Cell // as many as there are columns; those that lack are absent
	Kind  string // workspace, baseline, experiment, …
	Depth int    // how far the first cell is indented
	Dim   bool   // drawn faintly
}

// Table is columns and rows. Its operations leave it as it is and return a new
// one, which may share rows with it.
type Table struct {
	Columns []Column
	Rows    []Row
}

// at returns the cell of a column.
func (r *Row) at(column int) *Cell {
	if column < len(r.Cells) {
		return &r.Cells[column]
	}
	return &Cell{Absent: true}
}

// show is what people see in a cell.
func (c *Cell) show() string {
	switch {
	case c.Error:
		return "!"
	case c.Absent:
		return "-"
	case c.Show != "":
		return c.Show
	default:
		return c.Text
	}
}

// exact is what programs see in a cell.
func (c *Cell) exact() string {
	switch {
	case c.Error:
		return "!"
	case c.Absent:
		return ""
	default:
		return c.Text
	}
}

// has reports whether there is a value in a cell.
func (c *Cell) has() bool { return !c.Absent && !c.Error }

// same reports whether two cells hold the same value.
func (c *Cell) same(o *Cell) bool { return c.exact() == o.exact() && c.Absent == o.Absent }

// pick returns a table of the columns at the given places, with rows of its own.
func (t *Table) pick(columns []int) *Table {
	out := &Table{Columns: make([]Column, len(columns)), Rows: make([]Row, len(t.Rows))}
	for i, c := range columns {
		out.Columns[i] = t.Columns[c]
	}
	cells := make([]Cell, len(columns)*len(t.Rows)) // of all rows at once
	for i := range t.Rows {
		row := &t.Rows[i]
		mine := cells[i*len(columns) : (i+1)*len(columns) : (i+1)*len(columns)]
		for j, c := range columns {
			mine[j] = *row.at(c)
		}
		out.Rows[i] = *row
		out.Rows[i].Cells = mine
	}
	return out
}

// where returns the places of the columns that pass.
func (t *Table) where(pass func(i int, c Column) bool) []int {
	var out []int
	for i, c := range t.Columns {
		if pass(i, c) {
			out = append(out, i)
		}
	}
	return out
}

// sections cuts the rows at the baselines, what comes before the first of them
// aside: each is from the first of its rows up to the last, exclusive.
func (t *Table) sections() [][2]int {
	var out [][2]int
	start, begun := 0, false
	for i, r := range t.Rows {
		if r.Kind == Baseline && begun {
			out = append(out, [2]int{start, i})
			start = i
		}
		begun = begun || r.Kind == Baseline || r.Kind == Experiment
	}
	return append(out, [2]int{start, len(t.Rows)})
}

// experiments returns the rows of a section in two: those that are no experiments,
// and those that are.
func (t *Table) experiments(section [2]int) (others, experiments []Row) {
	for _, r := range t.Rows[section[0]:section[1]] {
		if r.Kind == Experiment {
			experiments = append(experiments, r)
		} else {
			others = append(others, r)
		}
	}
	return others, experiments
}
