package table

import (
	"strings"
	"testing"
)

// Columns that hold nothing but numbers stand to the right as those that are declared
// to, with their headings and their gaps.
func TestHTML_numbers(t *testing.T) {
	number := func(text string, n float64) Cell { return Cell{Text: text, Number: n, IsNumber: true} }
	table := Table{
		Columns: []Column{{Header: "mixed"}, {Header: "numbers"}, {Header: "nothing"}, {Header: "declared", Numeric: true}},
		Rows: []Row{
			{Cells: []Cell{{Text: "x"}, number("1", 1), {Absent: true}, {Absent: true}}},
			{Cells: []Cell{number("2", 2), {Absent: true}, {Absent: true}, {Error: true}}},
		},
	}
	var b strings.Builder
	if err := table.HTML(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`data-name="">mixed</th>`, `class="number" data-name="">numbers</th>`, `<th scope="col" data-name="">nothing</th>`, `class="number" data-name="">declared</th>`,
		`<td data-value="x">x</td>`, `<td class="number absent">-</td><td class="absent">-</td><td class="number error">!</td>`,
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s is not in\n%s", want, b.String())
		}
	}
}
