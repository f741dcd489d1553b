package main

import (
	"fmt"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/exp/table"
	"github.com/spf13/cobra"
)

func (c *cli) metrics() *cobra.Command {
	cmd := &cobra.Command{Use: "metrics", Short: "Show, compare and check metrics"}
	cmd.AddCommand(c.metricsShow(), c.metricsDiff(), c.metricsCheck())
	return cmd
}

func (c *cli) metricsShow() *cobra.Command {
	f := compareFlags{}
	cmd := &cobra.Command{
		Use: "show [PLACE...]", Short: "Show metrics",
		Long:              "Shows the metrics of the workspace, or of the places named: \"workspace\", commits, experiments.",
		ValidArgsFunction: c.completeExperiments,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.project(func(p *dewar.Project, dir string) error {
				places, err := c.places(p, dir, args)
				if err != nil {
					return err
				}
				if c.json {
					return c.printJSON(map[string]any{"places": metricsJSON(places), "errors": problemsJSON(places...)})
				}
				c.sayProblems(places...)
				return c.printPlain(metricsTable(places, f.precision), f.md)
			})
		},
	}
	f.add(cmd)
	return cmd
}

// places returns the results of the places named; the workspace if none is.
func (c *cli) places(p *dewar.Project, dir string, names []string) ([]*dewar.Results, error) {
	if len(names) == 0 {
		names = []string{dewar.Workspace}
	}
	var out []*dewar.Results
	for _, name := range names {
		r, err := p.ResultsOf(c.ctx, dir, name)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// metricsTable has Path and a column a metric; before them the place, if there
// are several.
func metricsTable(places []*dewar.Results, precision int) *table.Table {
	t := &table.Table{}
	several := len(places) > 1
	if several {
		t.Columns = append(t.Columns, table.Column{Name: "Revision", Header: "Revision"})
	}
	t.Columns = append(t.Columns, table.Column{Name: "Path", Header: "Path"})
	fixed := len(t.Columns)
	var names columnsOf
	for _, r := range places {
		for _, m := range r.Metrics {
			names.meet(fieldsOf(m))
		}
	}
	for _, n := range names.names {
		t.Columns = append(t.Columns, table.Column{Name: n, Header: n})
	}
	for _, r := range places {
		for _, m := range r.Metrics {
			cells := make([]table.Cell, len(t.Columns))
			for i := range cells {
				cells[i] = table.Cell{Absent: true, Error: m.Error != "" && i >= fixed}
			}
			cells[0] = table.Cell{Text: r.Name}
			cells[fixed-1] = table.Cell{Text: m.Path}
			for _, x := range fieldsOf(m) {
				cells[fixed+names.at[x.Name]] = cellOf(x.Value, precision)
			}
			t.Rows = append(t.Rows, table.Row{Cells: cells})
		}
	}
	return t
}

func fieldsOf(m exp.Metrics) []exp.Field {
	out := make([]exp.Field, len(m.Values))
	for i, v := range m.Values {
		out[i] = exp.Field{Name: v.Name, Value: exp.ValueOf(v.Value)}
	}
	return out
}

// metricsJSON is what places measured; spec/formats.md describes it.
func metricsJSON(places []*dewar.Results) any {
	type file struct {
		Path   string       `json:"path"`
		Values fieldsObject `json:"values"`
		Error  string       `json:"error,omitempty"`
	}
	type place struct {
		Name    string `json:"name"`
		Metrics []file `json:"metrics"`
	}
	out := []place{}
	for _, r := range places {
		x := place{Name: r.Name, Metrics: []file{}}
		for _, m := range r.Metrics {
			x.Metrics = append(x.Metrics, file{m.Path, fieldsOf(m), m.Error})
		}
		out = append(out, x)
	}
	return out
}

func (c *cli) metricsDiff() *cobra.Command {
	f := compareFlags{}
	cmd := &cobra.Command{
		Use: "diff [A [B]]", Short: "Compare metrics", Args: cobra.MaximumNArgs(2),
		Long:              "Compares the metrics of two places: commits, experiments, \"workspace\". Without B the workspace,\nwithout A the last commit.",
		ValidArgsFunction: c.completeExperiments,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.project(func(p *dewar.Project, dir string) error {
				old, new, err := c.sides(p, dir, args)
				if err != nil {
					return err
				}
				list := metricChanges(old, new, f.all)
				if c.json {
					return c.printJSON(map[string]any{"old": old.Name, "new": new.Name, "metrics": changedJSON(list), "errors": problemsJSON(old, new)})
				}
				c.sayProblems(old, new)
				if len(list) == 0 {
					return nil
				}
				return c.printPlain(metricTable(list, old.Name, new.Name, &f), f.md)
			})
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&f.all, "all", false, "also what is equal")
	cmd.Flags().BoolVar(&f.noPath, "no-path", false, "leave out the column Path")
	return cmd
}

func (c *cli) metricsCheck() *cobra.Command {
	return &cobra.Command{
		Use: "check [PLACE]", Short: "Check the assertions of stages", Args: cobra.MaximumNArgs(1),
		Long:              "Checks what stages assert of their metrics, in the workspace, a commit or an experiment,\nand exits with 3 if something does not hold.",
		ValidArgsFunction: c.completeExperiments,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.project(func(p *dewar.Project, dir string) error {
				places, err := c.places(p, dir, args)
				if err != nil {
					return err
				}
				return c.sayAsserts(places[0])
			})
		},
	}
}

func (c *cli) sayAsserts(r *dewar.Results) error {
	if r.Problem != "" && len(r.Asserts) == 0 {
		return usage("E-usage", "%s: %s.", r.Name, r.Problem)
	}
	wrong := 0
	for _, a := range r.Asserts {
		if !a.OK {
			wrong++
		}
	}
	if c.json {
		list := r.Asserts
		if list == nil {
			list = []exp.Assert{}
		}
		if err := c.printJSON(map[string]any{"asserts": list, "ok": wrong == 0}); err != nil {
			return err
		}
	} else {
		for _, a := range r.Asserts {
			if !a.OK {
				c.printf("%s: %s\n    %s\n", a.Instance, a.Error, a.Condition)
			}
		}
		c.printf("%s: %d hold, %d do not\n", counted(len(r.Asserts), "assertion"), len(r.Asserts)-wrong, wrong)
	}
	if wrong > 0 {
		return exit(exitStale)
	}
	return nil
}

func (c *cli) params() *cobra.Command {
	cmd := &cobra.Command{Use: "params", Short: "Show and compare params"}
	cmd.AddCommand(c.paramsShow(), c.paramsDiff())
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
				r := places[0]
				if r.Problem != "" {
					return usage("E-usage", "%s: %s.", r.Name, r.Problem)
				}
				if c.json {
					list := r.Params
					if list == nil {
						list = []exp.Param{}
					}
					return c.printJSON(map[string]any{"params": list})
				}
				t := &table.Table{Columns: []table.Column{{Name: "Param", Header: "Param"}, {Name: "Value", Header: "Value"}, {Name: "Origin", Header: "Origin"}}}
				for _, x := range r.Params {
					v := exp.ValueOf(x.Value)
					if v.Kind == frame.Absent {
						v = frame.Str("(sensitive)")
					}
					t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{{Text: x.Name}, exactCell(v), {Text: fmt.Sprint(x.Origin)}}})
				}
				return c.printPlain(t, false)
			})
		},
	}
}

func (c *cli) paramsDiff() *cobra.Command {
	f := compareFlags{}
	cmd := &cobra.Command{
		Use: "diff [A [B]]", Short: "Compare params", Args: cobra.MaximumNArgs(2),
		Long:              "Compares the params of two places: commits, experiments, \"workspace\". Without B the workspace,\nwithout A the last commit.",
		ValidArgsFunction: c.completeExperiments,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.project(func(p *dewar.Project, dir string) error {
				old, new, err := c.sides(p, dir, args)
				if err != nil {
					return err
				}
				list := paramChanges(old, new, f.all)
				if c.json {
					return c.printJSON(map[string]any{"old": old.Name, "new": new.Name, "params": changedJSON(list), "errors": problemsJSON(old, new)})
				}
				c.sayProblems(old, new)
				if len(list) == 0 {
					return nil
				}
				return c.printPlain(paramTable(list, old.Name, new.Name), f.md)
			})
		},
	}
	cmd.Flags().BoolVar(&f.all, "all", false, "also what is equal")
	cmd.Flags().BoolVar(&f.md, "md", false, "print a Markdown table")
	return cmd
}
