package main

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/exp/plot"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/spf13/cobra"
)

// plotsFlags are those of the commands that draw.
type plotsFlags struct {
	out      string
	text     bool
	svg      string
	only     []string
	template string
	x        string
	y        []string

	templates *plotTemplates  // that plots may name
	chosen    *chosenTemplate // what template names; nil if nothing was said
}

func (f *plotsFlags) add(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVarP(&f.out, "out", "o", "plots.html", "the page to write: one file that needs no network")
	fl.BoolVar(&f.text, "text", false, "draw in the terminal instead")
	fl.StringVar(&f.svg, "svg", "", "write an SVG file of each plot into this directory instead")
	fl.StringArrayVar(&f.only, "plot", nil, "only this plots file (repeatable)")
	fl.StringVarP(&f.template, "template", "t", "", "draw with this `template`, or with that of a .json file; dewar plots templates lists them")
	fl.StringVarP(&f.x, "x", "x", "", "the column along")
	fl.StringArrayVarP(&f.y, "y", "y", nil, "a column up (repeatable)")
}

func (c *cli) plots() *cobra.Command {
	cmd := &cobra.Command{Use: "plots", Short: "Draw what commands wrote"}
	var show, diff plotsFlags
	showCmd := &cobra.Command{
		Use: "show [PLACE...]", Short: "Draw plots files into a page, the terminal, or SVG files",
		Long:              "Draws the plots files of the workspace, or of the places named: \"workspace\", commits, experiments.\nSeveral are laid over each other.",
		ValidArgsFunction: c.completePlaces,
		RunE:              func(_ *cobra.Command, args []string) error { return c.drawPlots(args, &show) },
	}
	show.add(showCmd)
	diffCmd := &cobra.Command{
		Use: "diff [A [B...]]", Short: "Draw the plots of several places over each other",
		Long:              "Draws the plots of commits and experiments over those of the workspace; without arguments, of the\nlast commit and the workspace.",
		ValidArgsFunction: c.completePlaces,
		RunE: func(_ *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				args = []string{"HEAD", dewar.Workspace}
			case 1:
				args = append(args, dewar.Workspace)
			}
			return c.drawPlots(args, &diff)
		},
	}
	diff.add(diffCmd)
	cmd.AddCommand(showCmd, diffCmd, c.plotsTemplates())
	return cmd
}

func (c *cli) drawPlots(places []string, f *plotsFlags) error {
	return c.project(func(p *dewar.Project, dir string) error {
		f.templates = c.templates(p)
		if f.template != "" {
			chosen, err := f.templates.asked(f.template, c.abs)
			if err != nil {
				return templateFailure(err)
			}
			f.chosen = &chosen
		}
		results, err := c.places(p, dir, places)
		if err != nil {
			return err
		}
		c.sayProblems(results...)
		list := plotsOf(results, f)
		if len(list) == 0 {
			return usage("E-usage", "There is nothing to draw%s. A stage declares its plots files as plots = { curve = \"curve.csv\" }.", plotsThere(results, f))
		}
		c.sayTemplates(list)
		switch {
		case f.text:
			return c.plotsText(list)
		case f.svg != "":
			return c.plotsSVG(list, results, f.svg)
		}
		return c.plotsPage(list, results, f.out)
	})
}

// plotsThere lists the plots files, for who asked for one that is not there.
func plotsThere(results []*dewar.Results, f *plotsFlags) string {
	if len(f.only) == 0 {
		return ""
	}
	var names []string
	for _, r := range results {
		for _, x := range r.Plots {
			if !slices.Contains(names, x.Path) {
				names = append(names, x.Path)
			}
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ": the plots files are " + strings.Join(names, ", ")
}

// plotsOf lays the files of one path over each other.
func plotsOf(results []*dewar.Results, f *plotsFlags) []plot.Plot {
	at := map[string]int{}
	var out []plot.Plot
	var names []string
	for _, r := range results {
		names = append(names, r.Name)
	}
	for _, r := range results {
		for _, x := range r.Plots {
			if len(f.only) > 0 && !slices.Contains(f.only, x.Path) {
				continue
			}
			i, ok := at[x.Path]
			if !ok {
				i = len(out)
				at[x.Path] = i
				out = append(out, f.plot(x.Path, x.Hints, names))
			}
			out[i].Sources = append(out[i].Sources, sourceOf(r.Name, &x))
		}
	}
	return out
}

// plot is how a file is drawn: what the command line says goes before what the
// pipeline says.
func (f *plotsFlags) plot(at string, h *graph.PlotHints, names []string) plot.Plot {
	p := plot.Plot{Definition: plot.Definition{ID: at}, Experiments: names}
	hint := ""
	if h != nil {
		hint, p.X, p.Y, p.XLabel, p.YLabel, p.Title = h.Template, h.X, h.Y, h.XLabel, h.YLabel, h.Title
	}
	if f.x != "" {
		p.X, p.XLabel = f.x, ""
	}
	if len(f.y) > 0 {
		p.Y, p.YLabel = f.y, ""
	}
	chosen, err := chosenTemplate{}, error(nil)
	if f.chosen != nil {
		chosen = *f.chosen
	} else if chosen, err = f.templates.hinted(hint); err != nil {
		p.Template, p.Problem = hint, err.Error()
		return p
	}
	p.Template, p.Own = chosen.name, chosen.own
	return p
}

func sourceOf(name string, x *dewar.PlotFile) plot.Source {
	s := plot.Source{Experiment: name, Path: x.Path}
	b, err := x.Read()
	switch {
	case err != nil:
		s.Err = err.Error()
	case isImage(x.Path):
		s.Image = b
	default:
		if s.Frame, err = frame.Read(x.Path, b); err != nil {
			s.Frame, s.Err = nil, err.Error()
		}
	}
	return s
}

func isImage(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp":
		return true
	}
	return false
}

func (c *cli) plotsText(list []plot.Plot) error {
	o := plot.TextOptions{Width: min(c.columns(), 100), Height: 20, Unicode: c.unicode(), Color: c.color == "always" && c.terminal(c.stdout)}
	for i, p := range list {
		if i > 0 {
			c.printf("\n")
		}
		if err := p.Text(c.out, o); err != nil {
			return usage("E-usage", "%s: %v.", p.ID, err)
		}
	}
	return nil
}

func (c *cli) plotsSVG(list []plot.Plot, results []*dewar.Results, dir string) error {
	var files []string
	at := c.abs(dir)
	if err := c.host.FS.MkdirAll(at, 0o777); err != nil {
		return fmt.Errorf("write plots: %w", err)
	}
	for _, p := range list {
		var b bytes.Buffer
		if err := p.SVG(&b, plot.SVGOptions{}); err != nil {
			return usage("E-usage", "%s: %v.", p.ID, err)
		}
		name := strings.NewReplacer("/", "_", string(os.PathSeparator), "_").Replace(p.ID) + ".svg"
		if err := fs.WriteFile(c.host.FS, filepath.Join(at, name), b.Bytes()); err != nil {
			return fmt.Errorf("write plots: %w", err)
		}
		files = append(files, filepath.Join(dir, name))
	}
	return c.done(map[string]any{"files": files, "errors": plotsProblems(list, results)}, "%s\n", strings.Join(files, "\n"))
}

func (c *cli) plotsPage(list []plot.Plot, results []*dewar.Results, out string) error {
	page := plot.Page{Title: "Plots of " + namesOf(results), Sections: []plot.Section{{}}}
	for i := range list {
		page.Sections[0].Charts = append(page.Sections[0].Charts, list[i])
	}
	return c.writePage(page, out, plotsProblems(list, results))
}

// plotsProblems are what --json says of what is not there, or not drawn.
func plotsProblems(list []plot.Plot, results []*dewar.Results) []map[string]string {
	out := problemsJSON(results...)
	for _, p := range list {
		if p.Problem != "" {
			out = append(out, map[string]string{"in": "", "path": p.ID, "error": p.Problem})
		}
		for _, s := range p.Sources {
			if s.Err != "" {
				out = append(out, map[string]string{"in": s.Experiment, "path": s.Path, "error": s.Err})
			}
		}
	}
	return out
}

func namesOf(results []*dewar.Results) string {
	var names []string
	for _, r := range results {
		names = append(names, r.Name)
	}
	return strings.Join(names, ", ")
}

// writePage writes a page to a file; "-" is the standard output.
func (c *cli) writePage(page plot.Page, out string, problems []map[string]string) error {
	var b bytes.Buffer
	if err := page.HTML(&b); err != nil {
		return usage("E-usage", "%v.", err)
	}
	if out == "-" {
		_, err := c.out.Write(b.Bytes())
		return err
	}
	if err := fs.WriteFile(c.host.FS, c.abs(out), b.Bytes()); err != nil {
		return fmt.Errorf("write %s: %w", out, err)
	}
	return c.done(map[string]any{"files": []string{out}, "errors": problems}, "%s\n", out)
}
