package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/exp/plot"
	"github.com/dewar-build/dewar/exp/table"
	"github.com/spf13/cobra"
)

// showFlags say what of the table is shown, and how.
type showFlags struct {
	all           bool
	rev           string
	onlyChanged   bool
	hideWorkspace bool
	hideFailed    bool
	sort          string
	reverse       bool
	filter        string
	keep, drop    string
	top           int
	groupBy       []string
	over          []string
	precision     int
	csv, md, html bool

	objective string // sorted by this, and the best first
	maximize  bool
	set       []string // params whose columns are there even if they are equal everywhere
}

func (c *cli) expShow() *cobra.Command {
	f := showFlags{}
	cmd := &cobra.Command{
		Use: "show [NAME...]", Short: "Show experiments in a table",
		Long: `Shows a table: the workspace, the commit that it stands at, and the experiments
made at this commit, with their params and metrics. --all shows those of other
commits as well. Without Git, all are shown.

A filter is an expression over params, metrics, name, state and created, as
--filter 'train.C < 1 && test_accuracy > 0.9'. --over seed puts experiments that
differ in nothing but seed together, as mean ± standard deviation.`,
		Example:           "  dewar exp show\n  dewar exp show --only-changed --sort test_accuracy --reverse --top 10\n  dewar exp show --over seed\n  dewar exp show --csv > experiments.csv",
		ValidArgsFunction: c.completeExperiments,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := f.check(); err != nil {
				return err
			}
			return c.project(func(p *dewar.Project, dir string) error { return c.showExperiments(p, dir, args, &f) })
		},
	}
	fl := cmd.Flags()
	fl.BoolVarP(&f.all, "all", "A", false, "the experiments of all commits")
	fl.StringVar(&f.rev, "rev", "", "the experiments of this commit")
	fl.BoolVar(&f.onlyChanged, "only-changed", false, "leave out columns that are equal everywhere")
	fl.BoolVar(&f.hideWorkspace, "hide-workspace", false, "leave out the workspace")
	fl.BoolVar(&f.hideFailed, "hide-failed", false, "leave out experiments that failed or were interrupted")
	fl.StringVar(&f.sort, "sort", "", "sort by this metric, param, created or name")
	fl.BoolVar(&f.reverse, "reverse", false, "the largest first")
	fl.StringVar(&f.filter, "filter", "", "only experiments for which this expression is true")
	fl.StringVar(&f.keep, "keep", "", "only metrics and params whose names match this regular expression")
	fl.StringVar(&f.drop, "drop", "", "leave out metrics and params whose names match this regular expression")
	fl.IntVar(&f.top, "top", 0, "only so many experiments")
	fl.StringSliceVar(&f.groupBy, "group-by", nil, "put experiments together that are equal in these params: mean ± standard deviation")
	fl.StringSliceVar(&f.over, "over", nil, "put experiments together that are equal in all params but these, as seeds")
	fl.IntVar(&f.precision, "precision", defaultPrecision, "decimals of numbers")
	fl.BoolVar(&f.csv, "csv", false, "print CSV, with exact values")
	fl.BoolVar(&f.md, "md", false, "print a Markdown table")
	fl.BoolVar(&f.html, "html", false, "print an HTML page: the table, parallel coordinates, and a heat map of two params")
	return cmd
}

// check says what of the flags makes no sense.
func (f *showFlags) check() error {
	forms := 0
	for _, is := range [...]bool{f.csv, f.md, f.html} {
		if is {
			forms++
		}
	}
	switch {
	case forms > 1:
		return usage("E-usage", "Of --csv, --md and --html only one can be had at a time.")
	case f.top < 0:
		return usage("E-usage", "--top wants a number of experiments, not %d.", f.top)
	}
	return checkPrecision(f.precision)
}

// checkPrecision says what is wrong with a number of decimals.
func checkPrecision(n int) error {
	if n < 0 {
		return usage("E-usage", "--precision wants a number of decimals, not %d.", n)
	}
	return nil
}

func (c *cli) showExperiments(p *dewar.Project, dir string, names []string, f *showFlags) error {
	rows, others, err := c.rowsToShow(p, dir, names, f)
	if err != nil {
		return err
	}
	if c.json {
		return c.printRowsJSON(rows, f)
	}
	t, err := f.tableOf(rows)
	if err != nil {
		return err
	}
	c.sayUnread(rows)
	if f.html {
		page := plot.Page{Title: "Experiments", Sections: []plot.Section{{Table: html(t)}}}
		if charts := sweepCharts(rows, f.sort); len(charts) > 0 {
			page.Sections = append(page.Sections, plot.Section{Charts: charts})
		}
		return page.HTML(c.out)
	}
	if err := c.renderTable(t, f); err != nil {
		return err
	}
	if others > 0 && !c.quiet && !f.csv && !f.md {
		c.printf("%s of other commits; --all shows them\n", experiments(others))
	}
	return nil
}

// sayUnread says why cells are marked, or a row is empty, for a few rows.
func (c *cli) sayUnread(rows []shownRow) {
	const most = 5
	n := 0
	for i := range rows {
		if rows[i].Problem == "" {
			continue
		}
		if n++; n <= most {
			fmt.Fprintf(c.err, "%s: %s\n", rows[i].Name, printable(rows[i].Problem))
		}
	}
	if n > most {
		fmt.Fprintf(c.err, "and %d more rows with something that cannot be read\n", n-most)
	}
}

// rowsToShow gathers the workspace, commits and experiments. others is how many
// experiments are left out because they belong to another commit.
func (c *cli) rowsToShow(p *dewar.Project, dir string, names []string, f *showFlags) (rows []shownRow, others int, err error) {
	list, err := p.Experiments()
	if err != nil {
		return nil, 0, err
	}
	for _, name := range names {
		if !slices.ContainsFunc(list, func(r exp.Row) bool { return r.Name == name }) {
			_, err := p.Experiment(name) // says what is like it
			return nil, 0, err
		}
	}
	base, err := p.Baselines(c.ctx, dir, f.rev, list, f.all || len(names) > 0)
	if err != nil {
		return nil, 0, err
	}
	if !f.hideWorkspace && f.rev == "" {
		rows = append(rows, shownResults(p.Workspace(dir), table.Workspace, ""))
	}
	for _, b := range base {
		depth := 0
		if b.Results != nil {
			rows = append(rows, shownResults(b.Results, table.Baseline, b.Title))
			depth = 1
		}
		for _, r := range b.Experiments {
			if r.Pipeline == dir && (len(names) == 0 || slices.Contains(names, r.Name)) && !(f.hideFailed && unfinished(r.State)) {
				rows = append(rows, shownRow{Row: r, Kind: table.Experiment, Depth: depth})
			}
		}
	}
	shown := 0
	mine := 0
	for _, r := range list {
		if r.Pipeline == dir {
			mine++
		}
	}
	for _, b := range base {
		for _, r := range b.Experiments {
			if r.Pipeline == dir {
				shown++
			}
		}
	}
	rows, err = f.filtered(rows)
	return rows, mine - shown, err
}

// shownResults is the row of a workspace or a commit.
func shownResults(r *dewar.Results, kind, title string) shownRow {
	row := shownRow{Kind: kind, Title: title, Row: exp.Row{Name: r.Name, Created: r.Time, Commit: r.Commit, Better: r.Better, Problem: r.Problem}}
	for _, p := range r.Params {
		row.Params = append(row.Params, exp.Field{Name: p.Name, Value: exp.ValueOf(p.Value)})
	}
	for _, m := range r.Metrics {
		if m.Error != "" && row.Problem == "" {
			row.Problem = m.Path + ": " + m.Error
		}
		for _, v := range m.Values {
			row.Metrics = append(row.Metrics, exp.Field{Name: exp.MetricName(m.Path, v.Name), Value: exp.ValueOf(v.Value)})
		}
	}
	return row
}

// filtered leaves out experiments for which the filter is not true.
func (f *showFlags) filtered(rows []shownRow) ([]shownRow, error) {
	if f.filter == "" {
		return rows, nil
	}
	filter, err := dewar.ParseFilter(f.filter)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	var names []string
	for i := range rows {
		for _, fields := range [][]exp.Field{rows[i].Params, rows[i].Metrics} {
			for _, x := range fields {
				if !known[x.Name] {
					known[x.Name] = true
					names = append(names, x.Name)
				}
			}
		}
	}
	if err := filter.CheckNames(names); err != nil {
		return nil, err
	}
	if err := f.oneEach(rows, filter.Names()); err != nil {
		return nil, err
	}
	var out []shownRow
	for i := range rows {
		if rows[i].Kind == table.Experiment {
			ok, err := filter.Match(func(name string) any { return valueIn(&rows[i].Row, name) })
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
		}
		out = append(out, rows[i])
	}
	return out, nil
}

// oneEach refuses a name that means several metrics of one row: which of them is meant,
// nobody but the person knows.
func (f *showFlags) oneEach(rows []shownRow, names []string) error {
	for _, name := range names {
		for i := range rows {
			if several := calledSo(&rows[i].Row, name); len(several) > 1 {
				return usage("E-filter", "The name %s is of several metrics of %s: %s. Write the whole name of one, or what tells it apart: metrics[%q].", name, rows[i].Name, strings.Join(several, ", "), exp.ShortNames(several)[0])
			}
		}
	}
	return nil
}

// calledSo lists the metrics of a row that a name means; none if it is that of a param, and
// one if it is a whole name.
func calledSo(r *exp.Row, name string) []string {
	for _, f := range r.Params {
		if f.Name == name {
			return nil
		}
	}
	return exp.MetricsCalled(r.Metrics, name)
}

// valueIn returns what a filter's name means in a row.
func valueIn(r *exp.Row, name string) any {
	for _, f := range r.Params {
		if f.Name == name {
			return plain(f.Value)
		}
	}
	if called := exp.MetricsCalled(r.Metrics, name); len(called) > 0 {
		for _, f := range r.Metrics {
			if f.Name == called[0] {
				return plain(f.Value)
			}
		}
	}
	switch name {
	case "name":
		return r.Name
	case "state":
		return string(r.State)
	case "note":
		return r.Note
	case "created":
		return r.Created.UTC().Format("2006-01-02T15:04:05Z")
	case "seconds":
		return r.Seconds
	}
	return nil
}

func plain(v frame.Value) any {
	switch v.Kind {
	case frame.Number:
		return v.Number
	case frame.Bool:
		return v.Text == "true"
	case frame.Text, frame.JSON:
		return v.Text
	}
	return nil
}

// table makes the table of experiments alone.
func (f *showFlags) table(rows []exp.Row) (*table.Table, error) {
	return f.tableOf(experimentRows(rows))
}

func experimentRows(rows []exp.Row) []shownRow {
	shown := make([]shownRow, len(rows))
	for i := range rows {
		shown[i] = shownRow{Row: rows[i], Kind: table.Experiment}
	}
	return shown
}

// tableOf makes the table that the flags describe.
func (f *showFlags) tableOf(rows []shownRow) (*table.Table, error) {
	t := experimentTable(rows, f.precision)
	for _, re := range []struct {
		flag, text string
		do         func(*table.Table, *regexp.Regexp) *table.Table
	}{{"--keep", f.keep, (*table.Table).Keep}, {"--drop", f.drop, (*table.Table).Drop}} {
		if re.text == "" {
			continue
		}
		compiled, err := regexp.Compile(re.text)
		if err != nil {
			return nil, usage("E-usage", "%s wants a regular expression: %v.", re.flag, err)
		}
		t = re.do(t, compiled)
	}
	var err error
	if t, err = f.grouped(t); err != nil {
		return nil, err
	}
	if f.onlyChanged {
		t = t.OnlyChanged(f.set...)
	}
	if f.sort != "" {
		if t, err = t.SortBy(f.sort, f.reverse); err != nil {
			return nil, unknownColumn("--sort", err)
		}
	} else if f.objective != "" {
		if sorted, err := t.SortBy(f.objective, f.maximize); err == nil {
			t = sorted
		}
	}
	t = t.Highlight()
	if f.top > 0 {
		t = t.Top(f.top)
	}
	return t, nil
}

func (f *showFlags) grouped(t *table.Table) (*table.Table, error) {
	switch {
	case len(f.groupBy) > 0 && len(f.over) > 0:
		return nil, usage("E-usage", "--group-by says which params are equal in a group, --over which are not: give one of them.")
	case len(f.groupBy) > 0:
		out, err := t.GroupBy(f.groupBy...)
		if err != nil {
			return nil, unknownColumn("--group-by", err)
		}
		return out, nil
	case len(f.over) > 0:
		out, err := t.GroupByAllBut(f.over...)
		if err != nil {
			return nil, unknownColumn("--over", err)
		}
		return out, nil
	}
	return t, nil
}

// printRowsJSON prints rows with exact values, in the order of the table.
func (c *cli) printRowsJSON(rows []shownRow, f *showFlags) error {
	if len(f.groupBy) > 0 || len(f.over) > 0 {
		return usage("E-usage", "--json has every experiment by itself, so it goes without --group-by and --over; --csv goes with them.")
	}
	t, err := f.tableOf(rows)
	if err != nil {
		return err
	}
	type called struct{ kind, name string } // a branch may be called as an experiment is
	byName := make(map[called]*shownRow, len(rows))
	for i := range rows {
		byName[called{rows[i].Kind, rows[i].Name}] = &rows[i]
	}
	out := []rowObject{}
	for _, shown := range t.Rows {
		row := byName[called{shown.Kind, shown.Cells[0].Text}]
		o := rowJSON(&row.Row)
		o.Kind = row.Kind
		out = append(out, o)
	}
	return c.printJSON(map[string]any{"rows": out})
}

func (c *cli) renderTable(t *table.Table, f *showFlags) error {
	switch {
	case f.csv:
		return t.CSV(c.out)
	case f.md:
		return t.Markdown(c.out)
	}
	return c.printTable(t)
}

// html is a table as a part of a page.
func html(t *table.Table) string {
	var b strings.Builder
	_ = t.HTML(&b) // a Builder does not fail
	return b.String()
}

// printTable prints a table as wide as the terminal, or as wide as it is.
func (c *cli) printTable(t *table.Table) error {
	o := table.Options{Unicode: c.unicode()}
	if c.terminal(c.stdout) {
		o.Width = c.columns()
		o.Color = c.color == "always"
	}
	return t.Text(c.out, o)
}

// unicode reports whether the output may hold more than ASCII.
func (c *cli) unicode() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := c.getenv(name); v != "" {
			up := strings.ToUpper(v)
			return strings.Contains(up, "UTF-8") || strings.Contains(up, "UTF8")
		}
	}
	return c.terminal(c.stdout) // nobody says: terminals of today can
}
