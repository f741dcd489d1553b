package main

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp/plot"
	"github.com/dewar-build/dewar/fs"
	"github.com/spf13/cobra"
)

// reportFlags are those of report.
type reportFlags struct {
	out   string
	plots string
	all   bool
}

func (c *cli) report() *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use: "report [A [B]]", Short: "Write a report of what changed, for a pull request", Args: cobra.MaximumNArgs(2),
		Long: `Writes what changed between two places, as for metrics diff, into one file: metrics,
params, assertions, the graph of the pipeline with the stages that differ, what their
results cost, and plots. A name that ends with .html is a page that needs no network;
anything else is Markdown as GitHub shows it, with an SVG file of each plot beside it.`,
		Example:           "  dewar report main -o report.md\n  dewar report HEAD brave-otter -o report.html",
		ValidArgsFunction: c.completePlaces,
		RunE: func(_ *cobra.Command, args []string) error {
			if f.plots != "" && strings.HasSuffix(f.out, ".html") {
				return usage("E-usage", "A page has its plots in it: --plots is for Markdown.")
			}
			return c.project(func(p *dewar.Project, dir string) error {
				old, new, err := c.sides(p, dir, args)
				if err != nil {
					return err
				}
				r, err := c.compare(p, old, new, f.all)
				if err != nil {
					return err
				}
				return c.writeReport(r, &f)
			})
		},
	}
	fl := cmd.Flags()
	fl.StringVarP(&f.out, "out", "o", "-", "the file to write; - is the standard output")
	fl.StringVar(&f.plots, "plots", "", "the directory for the plots of Markdown; of FILE.md it is FILE_plots")
	fl.BoolVar(&f.all, "all", false, "also what is equal")
	return cmd
}

// report is what there is to say of two places.
type report struct {
	old, new *dewar.Results
	all      bool
	metrics  []changed
	params   []changed
	compared bool // both places have a pipeline: there are stages and costs
	stages   []dewar.StageChange
	costs    dewar.Costs
	stale    []string    // stages of which the workspace has old results
	unsure   string      // why that is not known; "" if it is
	draw     plotsFlags  // how plots are drawn
	drawn    []plot.Plot // those that were
}

func (c *cli) compare(p *dewar.Project, old, new *dewar.Results, all bool) (*report, error) {
	r := &report{old: old, new: new, all: all, draw: plotsFlags{templates: c.templates(p)}, metrics: metricChanges(old, new, all), params: paramChanges(old, new, all)}
	if old.Problem != "" || new.Problem != "" {
		return r, nil
	}
	r.compared = true
	r.stages = dewar.CompareStages(p.StagesOf(old), p.StagesOf(new))
	var err error
	if r.costs, err = p.CostsOf(r.stages); err != nil {
		return nil, err
	}
	for _, side := range []*dewar.Results{old, new} {
		stale, err := p.Stale(c.ctx, side)
		if c.ctx.Err() != nil {
			return nil, c.ctx.Err()
		}
		if err != nil {
			r.unsure = strings.Join(strings.Fields(err.Error()), " ")
		}
		r.stale = append(r.stale, stale...)
	}
	return r, nil
}

// writeReport writes r to where it is wanted: as --json, into a file, or to the
// standard output.
func (c *cli) writeReport(r *report, f *reportFlags) error {
	c.sayProblems(r.old, r.new)
	text, files := []byte(nil), []string{}
	var err error
	switch {
	case c.json && f.out == "-" && f.plots == "":
		return c.printJSON(r.json(files))
	case strings.HasSuffix(f.out, ".html"):
		text, err = r.page()
	default:
		var plots []linkedPlot
		if plots, files, err = c.plotFiles(r, f); err == nil {
			text = r.markdown(plots)
		}
	}
	if err != nil {
		return err
	}
	c.sayTemplates(r.drawn)
	if f.out != "-" {
		if err := fs.WriteFile(c.host.FS, c.abs(f.out), text); err != nil {
			return fmt.Errorf("write %s: %w", f.out, err)
		}
		files = append([]string{f.out}, files...)
	}
	switch {
	case c.json:
		return c.printJSON(r.json(files))
	case f.out == "-":
		_, err = c.out.Write(text)
		return err
	}
	c.printf("%s\n", strings.Join(files, "\n"))
	return nil
}
