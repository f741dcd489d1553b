package main

import (
	"fmt"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/exp/metric"
	"github.com/dewar-build/dewar/exp/table"
	"github.com/spf13/cobra"
)

// compareFlags are those of the commands that put two places side by side.
type compareFlags struct {
	all       bool
	precision int
	md        bool
	noPath    bool
}

// sides returns the two places that a command compares: without arguments the
// last commit and the workspace, with one that place and the workspace.
func (c *cli) sides(p *dewar.Project, dir string, args []string) (old, new *dewar.Results, err error) {
	from, to := "HEAD", dewar.Workspace
	if len(args) > 0 {
		from = args[0]
	}
	if len(args) > 1 {
		to = args[1]
	}
	if old, err = p.ResultsOf(c.ctx, dir, from); err != nil {
		return nil, nil, err
	}
	new, err = p.ResultsOf(c.ctx, dir, to)
	return old, new, err
}

// sayProblems names what could not be read, and goes on with the rest.
func (c *cli) sayProblems(list ...*dewar.Results) {
	if c.json {
		return // the object has them
	}
	for _, r := range list {
		if r.Problem != "" {
			fmt.Fprintf(c.err, "%s: %s\n", r.Name, printable(r.Problem))
		}
		for _, m := range r.Metrics {
			if m.Error != "" {
				fmt.Fprintf(c.err, "%s: %s: %s\n", r.Name, m.Path, printable(m.Error))
			}
		}
	}
}

func (c *cli) printPlain(t *table.Table, md bool) error {
	if md {
		return t.Markdown(c.out)
	}
	return t.TextPlain(c.out, table.Options{Color: c.color == "always" && c.terminal(c.stdout), Unicode: c.unicode()})
}

// changed is one value in two places.
type changed struct {
	Path  string
	Name  string
	Old   frame.Value
	New   frame.Value
	Delta frame.Value
	Tone  int8
}

// metricChanges pairs the metrics of two places, file by file.
func metricChanges(old, new *dewar.Results, all bool) []changed {
	better := map[string]int8{}
	for _, b := range append(old.Better, new.Better...) {
		better[b.Name] = direction(b.Higher)
	}
	files := map[string][2][]metric.Leaf{}
	var order []string
	for side, r := range []*dewar.Results{old, new} {
		for _, m := range r.Metrics {
			pair, ok := files[m.Path]
			if !ok {
				order = append(order, m.Path)
			}
			for _, v := range m.Values {
				pair[side] = append(pair[side], metric.Leaf{Name: v.Name, Value: exp.ValueOf(v.Value)})
			}
			files[m.Path] = pair
		}
	}
	var out []changed
	for _, path := range order {
		for _, ch := range metric.Diff(files[path][0], files[path][1]) {
			if all || ch.Changed() {
				d := metric.Unknown
				switch betterOf(exp.MetricName(path, ch.Name), better) {
				case 1:
					d = metric.Higher
				case -1:
					d = metric.Lower
				}
				out = append(out, changed{path, ch.Name, ch.Old, ch.New, ch.Delta, int8(ch.Better(d))})
			}
		}
	}
	return out
}

// paramChanges pairs the params of two places by name.
func paramChanges(old, new *dewar.Results, all bool) []changed {
	leaves := func(r *dewar.Results) (out []metric.Leaf) {
		for _, p := range r.Params {
			out = append(out, metric.Leaf{Name: p.Name, Value: exp.ValueOf(p.Value)})
		}
		return out
	}
	var out []changed
	for _, ch := range metric.Diff(leaves(old), leaves(new)) {
		if all || ch.Changed() {
			out = append(out, changed{Name: ch.Name, Old: ch.Old, New: ch.New})
		}
	}
	return out
}

// metricTable has Path, Metric, the two places, and Change.
func metricTable(list []changed, old, new string, f *compareFlags) *table.Table {
	t := &table.Table{}
	if !f.noPath {
		t.Columns = append(t.Columns, table.Column{Name: "Path", Header: "Path"})
	}
	for _, h := range []string{"Metric", old, new, "Change"} {
		t.Columns = append(t.Columns, table.Column{Name: h, Header: h})
	}
	for _, ch := range list {
		var cells []table.Cell
		if !f.noPath {
			cells = append(cells, table.Cell{Text: ch.Path})
		}
		delta := cellOf(ch.Delta, f.precision)
		delta.Tone = ch.Tone
		t.Rows = append(t.Rows, table.Row{Cells: append(cells, table.Cell{Text: ch.Name}, cellOf(ch.Old, f.precision), cellOf(ch.New, f.precision), delta)})
	}
	return t
}

func paramTable(list []changed, old, new string) *table.Table {
	t := &table.Table{}
	for _, h := range []string{"Param", old, new} {
		t.Columns = append(t.Columns, table.Column{Name: h, Header: h})
	}
	for _, ch := range list {
		t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{{Text: ch.Name}, exactCell(ch.Old), exactCell(ch.New)}})
	}
	return t
}

// exactCell is a param's value: those are not rounded, as 1e-6 is not 0.
func exactCell(v frame.Value) table.Cell {
	if v.Kind == frame.Absent {
		return table.Cell{Absent: true}
	}
	return table.Cell{Text: v.Text, Number: v.Number, IsNumber: v.Kind == frame.Number}
}

// changedObject is a changed value as --json has it.
type changedObject struct {
	Path  string `json:"path,omitempty"`
	Name  string `json:"name"`
	Old   any    `json:"old"`
	New   any    `json:"new"`
	Delta any    `json:"delta,omitempty"`
}

func changedJSON(list []changed) []changedObject {
	out := []changedObject{}
	for _, ch := range list {
		o := changedObject{Path: ch.Path, Name: ch.Name, Old: exp.JSONOf(ch.Old), New: exp.JSONOf(ch.New)}
		if ch.Delta.Kind == frame.Number {
			o.Delta = exp.JSONOf(ch.Delta)
		}
		out = append(out, o)
	}
	return out
}

// problemsJSON lists what could not be read in a place.
func problemsJSON(list ...*dewar.Results) []map[string]string {
	out := []map[string]string{}
	for _, r := range list {
		if r.Problem != "" {
			out = append(out, map[string]string{"in": r.Name, "path": "", "error": r.Problem})
		}
		for _, m := range r.Metrics {
			if m.Error != "" {
				out = append(out, map[string]string{"in": r.Name, "path": m.Path, "error": m.Error})
			}
		}
	}
	return out
}

func (c *cli) expDiff() *cobra.Command {
	return c.diffCommand("Compare two experiments, or one with the workspace", "params and metrics", true, true)
}

// diffCommand compares two places: their metrics, their params, or both.
func (c *cli) diffCommand(short, what string, metrics, params bool) *cobra.Command {
	f := compareFlags{}
	cmd := &cobra.Command{
		Use: "diff [A [B]]", Short: short, Args: cobra.MaximumNArgs(2),
		Long:              "Compares the " + what + " of two places: commits, experiments, \"workspace\". Without B the\nworkspace, without A the last commit.",
		ValidArgsFunction: c.completePlaces,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := checkPrecision(f.precision); err != nil {
				return err
			}
			return c.project(func(p *dewar.Project, dir string) error {
				old, new, err := c.sides(p, dir, args)
				if err != nil {
					return err
				}
				return c.printDiff(old, new, &f, metrics, params)
			})
		},
	}
	cmd.Flags().BoolVar(&f.all, "all", false, "also what is equal")
	cmd.Flags().BoolVar(&f.md, "md", false, "print a Markdown table")
	if metrics { // params are not rounded, and are named without a file
		cmd.Flags().IntVar(&f.precision, "precision", defaultPrecision, "decimals of numbers")
		cmd.Flags().BoolVar(&f.noPath, "no-path", false, "leave out the column Path")
	}
	return cmd
}

func (c *cli) printDiff(old, new *dewar.Results, f *compareFlags, metrics, params bool) error {
	if !metrics {
		old, new = withoutMetrics(old), withoutMetrics(new)
	}
	object := map[string]any{"old": old.Name, "new": new.Name, "errors": problemsJSON(old, new)}
	var tables []*table.Table
	if metrics {
		list := metricChanges(old, new, f.all)
		object["metrics"] = changedJSON(list)
		tables = append(tables, metricTable(list, old.Name, new.Name, f))
	}
	if params {
		list := paramChanges(old, new, f.all)
		object["params"] = changedJSON(list)
		tables = append(tables, paramTable(list, old.Name, new.Name))
	}
	if c.json {
		return c.printJSON(object)
	}
	c.sayProblems(old, new)
	first := true
	for _, t := range tables {
		if len(t.Rows) == 0 {
			continue
		}
		if !first {
			c.printf("\n")
		}
		first = false
		if err := c.printPlain(t, f.md); err != nil {
			return err
		}
	}
	return nil
}
