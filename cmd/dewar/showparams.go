package main

import (
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
	return &cobra.Command{
		Use: "show [PLACE]", Short: "Show params and where each comes from", Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: c.completeExperiments,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.project(func(p *dewar.Project, dir string) error {
				places, err := c.places(p, dir, args)
				if err != nil {
					return err
				}
				return c.printParams(places[0])
			})
		},
	}
}

func (c *cli) printParams(r *dewar.Results) error {
	if r.Problem != "" {
		return usage("E-usage", "%s: %s.", r.Name, r.Problem)
	}
	if c.json {
		return c.printJSON(map[string]any{"params": append([]exp.Param{}, r.Params...)})
	}
	t := &table.Table{Columns: []table.Column{{Name: "Param", Header: "Param"}, {Name: "Value", Header: "Value"}, {Name: "Origin", Header: "Origin"}}}
	for _, x := range r.Params {
		v := exp.ValueOf(x.Value)
		if v.Kind == frame.Absent {
			v = frame.Str("(sensitive)")
		}
		t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{{Text: x.Name}, exactCell(v), {Text: x.Origin}}})
	}
	return c.printPlain(t, false)
}
