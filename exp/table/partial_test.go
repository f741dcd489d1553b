package table_test

import (
	"testing"

	"github.com/dewar-build/dewar/exp/table"
)

// TestPartial: a value that was not reached at the end of anything is shown, and is neither
// the best nor part of a mean.
func TestPartial(t *testing.T) {
	number := func(text string, n float64, partial bool) table.Cell {
		return table.Cell{Text: text, Number: n, IsNumber: true, Partial: partial}
	}
	row := func(seed string, c table.Cell) table.Row {
		return table.Row{Kind: table.Experiment, Cells: []table.Cell{{Text: "x" + seed}, c, {Text: seed}}}
	}
	in := &table.Table{
		Columns: []table.Column{{Name: "Experiment"}, {Group: table.Metrics, Name: "acc", Numeric: true, Better: 1}, {Group: table.Params, Name: "seed"}},
		Rows:    []table.Row{row("1", number("0.25", 0.25, false)), row("2", number("0.75", 0.75, false)), row("3", number("0.9", 0.9, true)), row("4", number("0.75", 0.75, true))},
	}
	var tones []int8
	for _, r := range in.Highlight().Rows {
		tones = append(tones, r.Cells[1].Tone)
	}
	if want := [...]int8{0, 1, 0, 0}; [4]int8(tones) != want {
		t.Errorf("marked %v, want %v", tones, want)
	}
	out, err := in.GroupByAllBut("seed")
	if err != nil {
		t.Fatal(err)
	}
	if got := out.Rows[0].Cells[2]; len(out.Rows) != 1 || got.Number != 0.5 {
		t.Errorf("%d rows, the mean is %v", len(out.Rows), got.Number)
	}
}
