package main

import (
	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/exp/table"
	"github.com/spf13/cobra"
)

func (c *cli) metrics() *cobra.Command {
	cmd := &cobra.Command{Use: "metrics", Short: "Show, compare and check metrics"}
	cmd.AddCommand(c.metricsShow(), c.diffCommand("Compare metrics", "metrics", true, false), c.metricsCheck())
	return cmd
}

func (c *cli) metricsShow() *cobra.Command {
	f := compareFlags{}
	var revisions revisionFlags
	cmd := &cobra.Command{
		Use: "show [PLACE...]", Short: "Show metrics",
		Long:              "Shows the metrics of the workspace, or of the places named: \"workspace\", commits, experiments.",
		ValidArgsFunction: c.completePlaces,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := checkPrecision(f.precision); err != nil {
				return err
			}
			return c.project(func(p *dewar.Project, dir string) error {
				places, err := revisions.places(c, p, dir, args)
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
	cmd.Flags().IntVar(&f.precision, "precision", defaultPrecision, "decimals of numbers")
	cmd.Flags().BoolVar(&f.md, "md", false, "print a Markdown table")
	revisions.add(cmd)
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
		Path    string       `json:"path"`
		Values  fieldsObject `json:"values"`
		Partial bool         `json:"partial,omitempty"`
		Error   string       `json:"error,omitempty"`
	}
	type place struct {
		Name    string `json:"name"`
		Commit  string `json:"commit,omitempty"`
		Metrics []file `json:"metrics"`
	}
	out := []place{}
	for _, r := range places {
		x := place{Name: r.Name, Commit: commitOf(r), Metrics: []file{}}
		for _, m := range r.Metrics {
			x.Metrics = append(x.Metrics, file{m.Path, fieldsOf(m), m.Partial, m.Error})
		}
		out = append(out, x)
	}
	return out
}

func (c *cli) metricsCheck() *cobra.Command {
	return &cobra.Command{
		Use: "check [PLACE]", Short: "Check the assertions of stages", Args: cobra.MaximumNArgs(1),
		Long:              "Checks what stages assert of their metrics, in the workspace, a commit or an experiment,\nand exits with 3 if something does not hold.",
		ValidArgsFunction: c.completePlaces,
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

// endedBadly is what to say of an experiment that has not all of its results.
func endedBadly(s exp.State) string {
	if s == exp.Interrupted {
		return "was interrupted"
	}
	return "failed"
}

// sayAsserts says which assertions hold. A check that passes says that all was made and
// looked at, so an experiment that came to no end does not pass it.
func (c *cli) sayAsserts(r *dewar.Results) error {
	if r.Problem != "" && len(r.Asserts) == 0 {
		return usage("E-usage", "%s: %s.", r.Name, r.Problem)
	}
	unmade := unfinished(r.State)
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
		if err := c.printJSON(map[string]any{"asserts": list, "ok": wrong == 0 && !unmade}); err != nil {
			return err
		}
	} else {
		for _, a := range r.Asserts {
			if !a.OK {
				c.printf("%s: %s\n    %s\n", a.Instance, a.Error, a.Condition)
			}
		}
		c.printf("%s: %d hold, %d do not\n", counted(len(r.Asserts), "assertion"), len(r.Asserts)-wrong, wrong)
		if unmade {
			c.printf("%s %s: what it did not make cannot be checked\n", r.Name, endedBadly(r.State))
		}
	}
	if wrong > 0 || unmade {
		return exit(exitStale)
	}
	return nil
}
