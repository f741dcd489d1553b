package table_test

import (
	"fmt"
	"io"
	"strconv"
	"testing"

	"github.com/dewar-build/dewar/exp/table"
)

// large is 10,000 experiments with 40 columns, half of which are all the same, of
// numbers that have their texts already.
func large(texts []string) *table.Table {
	t := &table.Table{Columns: make([]table.Column, 40), Rows: make([]table.Row, 10_000)}
	for i := range t.Columns {
		group := ""
		switch {
		case i >= 20:
			group = table.Params
		case i >= 3:
			group = table.Metrics
		}
		t.Columns[i] = table.Column{Group: group, Name: fmt.Sprint("stage.file:column_", i), Header: fmt.Sprint("column_", i), Numeric: i >= 3, Better: int8(i%3 - 1)}
	}
	for r := range t.Rows {
		row := &t.Rows[r]
		row.Kind, row.Depth, row.Cells = table.Experiment, 1, make([]table.Cell, 40)
		for i := range row.Cells {
			switch x := (r*7919 + i*104729) % len(texts); {
			case i < 3:
				row.Cells[i] = table.Cell{Text: "puffy-daks-" + strconv.Itoa(r)}
			case i%2 == 0:
				row.Cells[i] = table.Cell{Text: "1", Number: 1, IsNumber: true}
			default:
				row.Cells[i] = table.Cell{Text: texts[x], Number: float64(x) / 1000, IsNumber: true}
			}
		}
	}
	return t
}

func texts() []string {
	out := make([]string, 99_991)
	for i := range out {
		out[i] = strconv.FormatFloat(float64(i)/1000, 'f', -1, 64)
	}
	return out
}

func BenchmarkTable(b *testing.B) {
	texts := texts()
	b.ReportAllocs()
	for b.Loop() {
		sorted, err := large(texts).SortBy("column_5", true)
		if err != nil {
			b.Fatal(err)
		}
		if err := sorted.OnlyChanged().Text(io.Discard, table.Options{Unicode: true, Color: true, Width: 200}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkText(b *testing.B) {
	t := large(texts())
	b.ReportAllocs()
	for b.Loop() {
		if err := t.Text(io.Discard, table.Options{Unicode: true}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGroupBy(b *testing.B) {
	t := large(texts())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.GroupBy("column_20"); err != nil {
			b.Fatal(err)
		}
	}
}
