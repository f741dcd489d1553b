package table

import (
	"math/big"
	"strconv"
	"strings"
)

// GroupBy makes one row of the experiments of a section that have the same values
// in the named columns, and in those that keep rows apart; of other params it does not matter what they are. A column n
// is added that says of how many. What is a number and no param becomes a mean, with
// its sample standard deviation; of what is not, the value that all have stays, and
// otherwise there is an … . The error is a *ColumnError.
func (t *Table) GroupBy(columns ...string) (*Table, error) {
	by, err := t.findAll(columns)
	if err != nil {
		return nil, err
	}
	return t.group(by), nil
}

// GroupByAllBut is GroupBy with all params but the named ones, which are seeds.
func (t *Table) GroupByAllBut(columns ...string) (*Table, error) {
	but, err := t.findAll(columns)
	if err != nil {
		return nil, err
	}
	by := map[int]bool{}
	for i, c := range t.Columns {
		if c.Group == Params && !but[i] {
			by[i] = true
		}
	}
	return t.group(by), nil
}

func (t *Table) findAll(columns []string) (map[int]bool, error) {
	out := make(map[int]bool, len(columns))
	for _, name := range columns {
		at, err := t.Find(name)
		if err != nil {
			return nil, err
		}
		out[at] = true
	}
	return out, nil
}

func (t *Table) group(by map[int]bool) *Table {
	for i, c := range t.Columns {
		by[i] = by[i] || c.Apart
	}
	out := &Table{Columns: insert(t.Columns, Column{Name: "n", Header: "n", Numeric: true})}
	for _, s := range t.sections() {
		others, experiments := t.experiments(s)
		for _, r := range others {
			r.Cells = insert(t.full(r), Cell{Absent: true})
			out.Rows = append(out.Rows, r)
		}
		for _, rows := range t.alike(experiments, by) {
			out.Rows = append(out.Rows, t.merge(rows, by))
		}
	}
	return out
}

// insert returns a copy of list with an item more behind the first.
func insert[T any](list []T, item T) []T {
	first := min(1, len(list))
	out := append(make([]T, 0, len(list)+1), list[:first]...)
	return append(append(out, item), list[first:]...)
}

// full returns the cells of a row, one for every column.
func (t *Table) full(r Row) []Cell {
	out := make([]Cell, len(t.Columns))
	for i := range out {
		out[i] = *r.at(i)
	}
	return out
}

// alike puts rows together that are equal in the columns of by, in the order of
// their first ones.
func (t *Table) alike(rows []Row, by map[int]bool) [][]Row {
	var out [][]Row
	index := map[string]int{}
	for _, r := range rows {
		var b strings.Builder
		for i := range t.Columns {
			if by[i] {
				c := r.at(i)
				b.WriteString(strconv.Quote(c.exact()) + strconv.FormatBool(c.Absent))
			}
		}
		at, known := index[b.String()]
		if !known {
			at = len(out)
			index[b.String()] = at
			out = append(out, nil)
		}
		out[at] = append(out[at], r)
	}
	return out
}

// merge makes one row of several.
func (t *Table) merge(rows []Row, by map[int]bool) Row {
	out := rows[0]
	cells := make([]Cell, len(t.Columns))
	for i, c := range t.Columns {
		if c.Numeric && c.Group != Params && !by[i] {
			cells[i] = mean(rows, i)
		} else {
			cells[i] = agreed(rows, i)
		}
		cells[i].Tone = 0
	}
	for _, r := range rows {
		out.Dim = out.Dim && r.Dim
	}
	n := len(rows)
	out.Cells = insert(cells, Cell{Text: strconv.Itoa(n), Number: float64(n), IsNumber: true})
	return out
}

// agreed returns the cell that all rows have.
func agreed(rows []Row, column int) Cell {
	first := rows[0].at(column)
	for i := range rows {
		if !rows[i].at(column).same(first) {
			return Cell{Text: "…"}
		}
	}
	return *first
}

// mean returns the mean of the rows that have a number. If one has something else,
// a nan say, there is no mean: it is as with texts.
func mean(rows []Row, column int) Cell {
	var numbers []float64
	var only *Cell
	for i := range rows {
		c := rows[i].at(column)
		if !c.has() || c.Partial {
			continue
		}
		if !c.IsNumber {
			return agreed(rows, column)
		}
		numbers, only = append(numbers, c.Number), c
	}
	switch len(numbers) {
	case 0:
		return agreed(rows, column)
	case 1:
		return *only
	}
	m, s := meanStd(numbers)
	if s == 0 && only.Show != "" { // all say the same, and so does their mean
		return Cell{Text: only.Text, Std: decimal(s), Show: only.Show + " ± 0", Number: m, IsNumber: true}
	}
	return Cell{Text: decimal(m), Std: decimal(s), Show: meanText(m, s), Number: m, IsNumber: true}
}

// meanStd returns the mean and the sample standard deviation, rounded once, at
// the end: the mean of 0.89, 0.91 and 0.93 is 0.91.
func meanStd(numbers []float64) (mean, std float64) {
	const bits = 300
	float := func(x float64) *big.Float { return new(big.Float).SetPrec(bits).SetFloat64(x) }
	n, sum, squares := float(float64(len(numbers))), float(0), float(0)
	for _, x := range numbers {
		sum.Add(sum, float(x))
	}
	m := sum.Quo(sum, n)
	for _, x := range numbers {
		d := float(x)
		d.Sub(d, m)
		squares.Add(squares, d.Mul(d, d))
	}
	squares.Quo(squares, float(float64(len(numbers)-1)))
	mean, _ = m.Float64()
	std, _ = squares.Sqrt(squares).Float64()
	return mean, std
}

// decimal is the shortest text of a float.
func decimal(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// meanText shows two digits of the deviation, and as many decimals of the mean.
func meanText(m, s float64) string {
	if s == 0 {
		return strconv.FormatFloat(m, 'g', 6, 64) + " ± 0"
	}
	_, exp, _ := strings.Cut(strconv.FormatFloat(s, 'e', 1, 64), "e")
	e, err := strconv.Atoi(exp)
	if err != nil || e < -6 || e > 15 {
		return strconv.FormatFloat(m, 'g', 6, 64) + " ± " + strconv.FormatFloat(s, 'g', 2, 64)
	}
	decimals := max(0, 1-e)
	a, b := strconv.FormatFloat(m, 'f', decimals, 64), strconv.FormatFloat(s, 'f', decimals, 64)
	for decimals > 0 && strings.HasSuffix(a, "0") && strings.HasSuffix(b, "0") {
		a, b = a[:len(a)-1], b[:len(b)-1]
		decimals--
	}
	return strings.TrimSuffix(a, ".") + " ± " + strings.TrimSuffix(b, ".")
}
