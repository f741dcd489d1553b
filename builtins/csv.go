package builtins

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func csvFuncs() []Func {
	return []Func{
		{Name: "csvdecode", Doc: "Reads a list of objects from CSV; the first line has the names, and all values are texts.", Example: `csvdecode("C,solver\n0.1,saga\n")`, Want: `[{ C = "0.1", solver = "saga" }]`, Impl: decoding("csvdecode", csvDecode, ".csv", ".tsv", ".txt")},
		{Name: "csvencode", Doc: "Writes a list of objects as CSV: a line of names, then a line an object. The columns are those of a second argument, or all names, sorted. What an object has not, and null, is empty; numbers and bools have their usual text.", Example: `csvencode([{ C = 0.1, solver = "saga" }, { C = 1, solver = "lbfgs, l2" }])`, Want: `"C,solver\n0.1,saga\n1,\"lbfgs, l2\"\n"`, Impl: making(cty.String, takes(anything("rows")).then(anything("columns")), csvEncode)},
	}
}

func csvDecode(args []cty.Value) (cty.Value, error) {
	v, err := stdlib.CSVDecode(args[0])
	if err != nil {
		return cty.DynamicVal, function.NewArgErrorf(0, "not CSV: %s", err)
	}
	return v, nil
}

func csvEncode(args []cty.Value) (cty.Value, error) {
	rows, columns, err := table(args)
	if err != nil {
		return cty.DynamicVal, err
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	records := [][]string{columns}
	for i, row := range rows {
		record := make([]string, len(columns))
		for k, name := range columns {
			v, there := row[name]
			if !there || v.IsNull() {
				continue
			}
			if record[k], err = scalarText(v); err != nil {
				return cty.DynamicVal, function.NewArgErrorf(0, "%s of row %d: %s", name, i+1, err)
			}
		}
		records = append(records, record)
	}
	if err := w.WriteAll(records); err != nil {
		return cty.DynamicVal, fmt.Errorf("CSV cannot be written: %w", err)
	}
	return cty.StringVal(b.String()), nil
}

// table reads the rows of csvencode, and its columns.
func table(args []cty.Value) (rows []map[string]cty.Value, columns []string, err error) {
	list, err := elements(args, 0)
	if err != nil {
		return nil, nil, err
	}
	names := map[string]bool{}
	for i, e := range list {
		if e.IsNull() || !isObject(e) {
			return nil, nil, function.NewArgErrorf(0, "row %d is %s; each row is an object", i+1, grid.TypeName(e))
		}
		row, own, err := attributes([]cty.Value{e}, 0)
		if err != nil {
			return nil, nil, err
		}
		for _, name := range own {
			names[name] = true
		}
		rows = append(rows, row)
	}
	if len(args) == 1 {
		for name := range names {
			columns = append(columns, name)
		}
		slices.Sort(columns)
		return rows, columns, nil
	}
	wanted, err := elements(args, 1)
	if err != nil || len(args) > 2 {
		return nil, nil, function.NewArgErrorf(1, "the columns are one list of names")
	}
	for _, c := range wanted {
		if c.IsNull() || c.Type() != cty.String {
			return nil, nil, function.NewArgErrorf(1, "a column is named by a text, not by %s", grid.TypeName(c))
		}
		columns = append(columns, c.AsString())
	}
	return rows, columns, nil
}
