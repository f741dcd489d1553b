package table_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/exp/table"
)

// num is the cell of a number as it is written.
func num(text string) table.Cell {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(err)
	}
	return table.Cell{Text: text, Number: x, IsNumber: true}
}

// cells reads "0.9 text - !": numbers, texts, absent and errors.
func cells(line string) []table.Cell {
	var out []table.Cell
	for word := range strings.FieldsSeq(line) {
		switch _, err := strconv.ParseFloat(word, 64); {
		case word == "-":
			out = append(out, table.Cell{Absent: true})
		case word == "!":
			out = append(out, table.Cell{Error: true})
		case err == nil && word != "nan":
			out = append(out, num(word))
		default:
			out = append(out, table.Cell{Text: word})
		}
	}
	return out
}

// row reads "kind depth cells…".
func row(line string) table.Row {
	kind, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	depth, rest, _ := strings.Cut(rest, " ")
	d, err := strconv.Atoi(depth)
	if err != nil {
		panic(err)
	}
	return table.Row{Kind: kind, Depth: d, Cells: cells(rest)}
}

func rows(lines ...string) []table.Row {
	var out []table.Row
	for _, l := range lines {
		out = append(out, row(l))
	}
	return out
}

// sample is a table of experiments.
func sample() *table.Table {
	return &table.Table{
		Columns: []table.Column{
			{Name: "Experiment", Header: "Experiment"},
			{Name: "State", Header: "State"},
			{Group: "metrics", Name: "evaluate.scores:test_accuracy", Header: "test_accuracy", Numeric: true, Better: 1},
			{Group: "metrics", Name: "evaluate.scores:loss", Header: "loss", Numeric: true, Better: -1},
			{Group: "metrics", Name: "train.log:loss", Header: "loss", Numeric: true, Better: -1},
			{Group: "params", Name: "model.depth", Header: "depth", Numeric: true},
			{Group: "params", Name: "seed", Header: "seed", Numeric: true},
			{Group: "params", Name: "kind", Header: "kind"},
		},
		Rows: rows(
			"workspace 0 workspace - 0.91 0.3 12.5 3 1 forest",
			"baseline 0 main - 0.91 0.3 12.5 3 1 forest",
			"experiment 1 puffy-daks done 0.89 0.25 9.125 5 1 forest",
			"experiment 1 early-owl done 0.93 1e-7 100 5 2 forest",
			"experiment 1 lost-cat failed - - ! 4 1 forest",
			"experiment 1 slow-ox done 0.9 nan 0.5 4 2 forest",
		),
	}
}

func text(t *testing.T, tab *table.Table, o table.Options) string {
	t.Helper()
	var b strings.Builder
	if err := tab.Text(&b, o); err != nil {
		t.Fatal(err)
	}
	return "\n" + b.String()
}
