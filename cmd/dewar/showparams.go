package main

import (
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/exp/table"
	"github.com/spf13/cobra"
)

func (c *cli) params() *cobra.Command {
	cmd := &cobra.Command{Use: "params", Short: "Show and compare params"}
	cmd.AddCommand(c.paramsShow(), c.diffCommand("Compare params", "params", false, true))
	return cmd
}

func (c *cli) paramsShow() *cobra.Command {
	var revisions revisionFlags
	var md bool
	cmd := &cobra.Command{
		Use: "show [PLACE...]", Short: "Show params and where each comes from",
		Long: `Shows the params of the workspace, or of the places named: "workspace", commits, experiments.
Of several, each has a row.`,
		ValidArgsFunction: c.completePlaces,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.project(func(p *dewar.Project, dir string) error {
				places, err := revisions.places(c, p, dir, args)
				if err != nil {
					return err
				}
				for i, r := range places {
					places[i] = withoutMetrics(r)
				}
				if len(places) == 1 && !revisions.Any() {
					return c.printParams(places[0], md)
				}
				if c.json {
					return c.printJSON(map[string]any{"places": paramsJSON(places), "errors": problemsJSON(places...)})
				}
				c.sayProblems(places...)
				return c.printPlain(paramsTable(places), md)
			})
		},
	}
	cmd.Flags().BoolVar(&md, "md", false, "print a Markdown table")
	revisions.add(cmd)
	return cmd
}

// withoutMetrics is a place for who asks for its params: which of its metrics cannot be read
// says nothing of those.
func withoutMetrics(r *dewar.Results) *dewar.Results {
	out := *r
	out.Metrics = nil
	return &out
}

// printParams shows those of one place.
func (c *cli) printParams(r *dewar.Results, md bool) error {
	if r.Problem != "" {
		return usage("E-usage", "%s: %s.", r.Name, strings.TrimSuffix(r.Problem, "."))
	}
	if c.json {
		list := []*dewar.Results{r}
		return c.printJSON(map[string]any{"params": append([]exp.Param{}, r.Params...), "places": paramsJSON(list), "errors": problemsJSON(list...)})
	}
	t := &table.Table{Columns: []table.Column{{Name: "Param", Header: "Param"}, {Name: "Value", Header: "Value"}, {Name: "Origin", Header: "Origin"}}}
	for _, x := range r.Params {
		t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{{Text: x.Name}, paramCell(x), {Text: x.Origin}}})
	}
	return c.printPlain(t, md)
}

// paramCell is a value of a param. One that is sensitive is in no results.
func paramCell(x exp.Param) table.Cell {
	v := exp.ValueOf(x.Value)
	if v.Kind == frame.Absent {
		v = frame.Str("(sensitive)")
	}
	return exactCell(v)
}

// paramsTable has a row a place and a column a param.
func paramsTable(places []*dewar.Results) *table.Table {
	t := &table.Table{Columns: []table.Column{{Name: "Revision", Header: "Revision"}}}
	var names columnsOf
	for _, r := range places {
		fields := make([]exp.Field, len(r.Params))
		for i, x := range r.Params {
			fields[i].Name = x.Name
		}
		names.meet(fields)
	}
	for _, n := range names.names {
		t.Columns = append(t.Columns, table.Column{Name: n, Header: n})
	}
	for _, r := range places {
		cells := make([]table.Cell, len(t.Columns))
		for i := range cells {
			cells[i] = table.Cell{Absent: true, Error: r.Problem != ""}
		}
		cells[0] = table.Cell{Text: r.Name}
		for _, x := range r.Params {
			cells[1+names.at[x.Name]] = paramCell(x)
		}
		t.Rows = append(t.Rows, table.Row{Cells: cells})
	}
	return t
}

// paramsJSON is what params places have; spec/formats.md describes it.
func paramsJSON(places []*dewar.Results) any {
	type place struct {
		Name   string      `json:"name"`
		Commit string      `json:"commit,omitempty"`
		Params []exp.Param `json:"params"`
	}
	out := []place{}
	for _, r := range places {
		out = append(out, place{r.Name, commitOf(r), append([]exp.Param{}, r.Params...)})
	}
	return out
}
