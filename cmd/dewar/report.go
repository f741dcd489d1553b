package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp/plot"
	"github.com/dewar-build/dewar/exp/table"
	"github.com/dewar-build/dewar/fs"
	"github.com/spf13/cobra"
)

func (c *cli) report() *cobra.Command {
	var out string
	var all bool
	cmd := &cobra.Command{
		Use: "report [A [B]]", Short: "Write a report of what changed, for a pull request", Args: cobra.MaximumNArgs(2),
		Long: `Writes what changed between two places, as for metrics diff, into one file: metrics,
params, assertions and plots. A name that ends with .html is a page that needs no
network; anything else is Markdown, with the plots left out.`,
		Example:           "  dewar report main -o report.md\n  dewar report HEAD brave-otter -o report.html",
		ValidArgsFunction: c.completeExperiments,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.project(func(p *dewar.Project, dir string) error {
				old, new, err := c.sides(p, dir, args)
				if err != nil {
					return err
				}
				c.sayProblems(old, new)
				if strings.HasSuffix(out, ".html") {
					return c.writePage(reportPage(old, new, all), out)
				}
				return c.writeMarkdown(reportMarkdown(old, new, all), out)
			})
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "-", "the file to write; - is the standard output")
	cmd.Flags().BoolVar(&all, "all", false, "also what is equal")
	return cmd
}

// reportTables are the tables of a report, by heading.
func reportTables(old, new *dewar.Results, all bool) (headings []string, tables []*table.Table) {
	add := func(heading string, t *table.Table) {
		if len(t.Rows) > 0 {
			headings, tables = append(headings, heading), append(tables, t)
		}
	}
	f := compareFlags{precision: defaultPrecision}
	add("Metrics", metricTable(metricChanges(old, new, all), old.Name, new.Name, &f))
	add("Params", paramTable(paramChanges(old, new, all), old.Name, new.Name))
	asserts := &table.Table{Columns: []table.Column{{Name: "Instance", Header: "Instance"}, {Name: "Condition", Header: "Condition"}, {Name: "Holds", Header: "Holds"}}}
	for _, a := range new.Asserts {
		holds := table.Cell{Text: "yes"}
		if !a.OK {
			holds = table.Cell{Text: "no: " + a.Error, Tone: -1}
		}
		asserts.Rows = append(asserts.Rows, table.Row{Cells: []table.Cell{{Text: a.Instance}, {Text: strings.Join(strings.Fields(a.Condition), " ")}, holds}})
	}
	add("Assertions", asserts)
	return headings, tables
}

func reportTitle(old, new *dewar.Results) string { return old.Name + " and " + new.Name }

func reportPage(old, new *dewar.Results, all bool) plot.Page {
	page := plot.Page{Title: reportTitle(old, new)}
	headings, tables := reportTables(old, new, all)
	for i := range tables {
		page.Sections = append(page.Sections, plot.Section{Heading: headings[i], Table: html(tables[i])})
	}
	if len(tables) == 0 {
		page.Sections = append(page.Sections, plot.Section{Prose: "No metric and no param is different."})
	}
	var charts []plot.Chart
	for _, p := range plotsOf([]*dewar.Results{old, new}, &plotsFlags{}) {
		charts = append(charts, p)
	}
	if len(charts) > 0 {
		page.Sections = append(page.Sections, plot.Section{Heading: "Plots", Charts: charts})
	}
	return page
}

func reportMarkdown(old, new *dewar.Results, all bool) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n", reportTitle(old, new))
	headings, tables := reportTables(old, new, all)
	for i, t := range tables {
		fmt.Fprintf(&b, "\n## %s\n\n", headings[i])
		_ = t.Markdown(&b) // a Buffer does not fail
	}
	if len(tables) == 0 {
		b.WriteString("\nNo metric and no param is different.\n")
	}
	return b.Bytes()
}

func (c *cli) writeMarkdown(text []byte, out string) error {
	if out == "-" {
		_, err := c.out.Write(text)
		return err
	}
	if err := fs.WriteFile(c.host.FS, c.abs(out), text); err != nil {
		return fmt.Errorf("write %s: %w", out, err)
	}
	return c.done(map[string]any{"files": []string{out}}, "%s\n", out)
}
