package main

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/lint"
	"github.com/dewar-build/dewar/graph"
	"github.com/spf13/cobra"
)

func (c *cli) lint() *cobra.Command {
	var fix bool
	var params paramFlags
	cmd := &cobra.Command{
		Use: "lint [SELECTOR|DIR...]", Short: "Find what is allowed and most likely not meant",
		Long: "Looks at the pipelines of the project for what is allowed and most likely not\nmeant: names that nothing uses, axes that change nothing, comparisons that are\nnever true. Arguments are directories, for the pipelines in and below them, or\nstages of this pipeline. Exits with 3 if something is found.\n\nA comment `# dewar:ignore W-code` on the line above says that it is meant.",
		RunE: func(_ *cobra.Command, args []string) error {
			p, dir, err := c.open()
			if err != nil {
				return err
			}
			defer c.close(p)
			o, err := c.lintOptions(p, dir, args)
			if err != nil {
				return err
			}
			if o.Values, err = params.lintValues(c, p, dir, o.Dirs); err != nil {
				return err
			}
			o.Fix = fix
			done := c.evaluating()
			o.Writing = done
			r, err := p.Lint(o)
			done()
			if err != nil {
				return err
			}
			c.sources = r.Sources
			if c.json {
				err = c.lintJSON(r)
			} else {
				err = c.printLint(r, fix)
			}
			switch {
			case err != nil:
				return err
			case len(r.Broken) > 0:
				return exit(exitUsage)
			case len(r.Found) > 0:
				return exit(exitStale)
			}
			return nil
		},
	}
	params.add(cmd)
	cmd.Flags().BoolVar(&fix, "fix", false, "mend what can be mended for certain, and say what was changed")
	cmd.ValidArgsFunction = c.completeSelectors
	return cmd
}

// lintOptions reads the arguments: directories, and stages of the pipeline here.
func (c *cli) lintOptions(p *dewar.Project, dir string, args []string) (o dewar.LintOptions, err error) {
	for _, arg := range args {
		if c.isDir(c.abs(arg)) && (!isStage(p, dir, arg) || strings.ContainsAny(arg, "./")) {
			below, err := c.pipelinesBelow(p, arg)
			if err != nil {
				return o, err
			}
			o.Dirs = append(o.Dirs, below...)
			continue
		}
		s, err := graph.ParseSelector(arg)
		if err != nil || !isStage(p, dir, arg) {
			return o, usage("E-usage", "%q is neither a directory nor a stage of this pipeline.", arg)
		}
		o.Stages = append(o.Stages, s.Stage)
	}
	switch {
	case len(o.Stages) > 0 && len(o.Dirs) > 0:
		return o, usage("E-usage", "Name either directories or stages of this pipeline, not both.")
	case len(o.Stages) > 0:
		o.Dirs = []string{dir}
	case len(o.Dirs) == 0:
		if o.Dirs, err = p.Pipelines("."); err != nil {
			return o, err
		}
		if len(o.Dirs) == 0 {
			o.Dirs = []string{dir} // evaluation says what is missing
		}
	}
	slices.Sort(o.Dirs)
	o.Dirs = slices.Compact(o.Dirs)
	return o, nil
}

// lintValues are the values of -p and --params, and the pipeline that they are for: the one
// that is looked at, of several the one here.
func (f *paramFlags) lintValues(c *cli, p *dewar.Project, dir string, dirs []string) (dewar.EvalOptions, error) {
	switch {
	case len(f.set)+len(f.files) == 0:
	case len(dirs) == 1:
		dir = dirs[0]
	case !slices.Contains(dirs, dir):
		return dewar.EvalOptions{}, usage("E-usage", "-p and --params give values to one pipeline, and several are looked at. Name the directory of the one that is meant.")
	}
	return f.options(c, p, dir)
}

// isDir reports whether a name is that of a directory.
func (c *cli) isDir(name string) bool {
	info, err := c.host.FS.Stat(name)
	return err == nil && info.IsDir()
}

// isStage reports whether a selector names stages of the pipeline in a directory.
func isStage(p *dewar.Project, dir, arg string) bool {
	s, err := graph.ParseSelector(arg)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(p.StageNames(dir), func(name string) bool {
		yes, err := path.Match(s.Stage, name)
		return yes && err == nil
	})
}

// printLint prints what was mended, what was not, and what is left.
func (c *cli) printLint(r *dewar.LintReport, fix bool) error {
	last := ""
	for i, f := range r.Fixed {
		changes := ""
		if !f.Fix.Same {
			changes = "; it is another command now"
		}
		line := fmt.Sprintf("%s:%d: %s, %s%s\n", f.Span.File, f.Span.Start.Line, f.Code, f.Fix.Text, changes)
		if !f.Together || line != last { // two findings that one edit mends are said once
			c.printf("%s", line)
		}
		last = line
		if i+1 < len(r.Fixed) && r.Fixed[i+1].Together {
			continue
		}
		for _, line := range f.Old {
			c.printf("  - %s\n", line)
		}
		for _, line := range f.New {
			c.printf("  + %s\n", line)
		}
	}
	for _, f := range r.Refused {
		c.printf("%s:%d: %s was not mended: %s\n", f.Span.File, f.Span.Start.Line, f.Code, strings.TrimSuffix(f.Why, "."))
	}
	if len(r.Found) > 0 {
		list := make(diag.List, len(r.Found))
		for i, f := range r.Found {
			list[i] = f.Diagnostic
		}
		o := c.textOptions()
		o.Limit = -1
		if err := diag.Text(c.out, list, c.snippets(), o); err != nil {
			return err
		}
		c.printf("\n")
	}
	c.say(r.Broken)
	if len(r.Broken) == 0 || len(r.Found)+len(r.Fixed) > 0 {
		c.printf("%s\n", lintSummary(r, fix))
	}
	return nil
}

// lintSummary is the last line.
func lintSummary(r *dewar.LintReport, fix bool) string {
	where := ""
	if r.Pipelines > 1 {
		where = fmt.Sprintf(" in %d pipelines", r.Pipelines)
	}
	out := plural(len(r.Found), "finding") + where
	if len(r.Found) == 0 {
		out = "nothing found" + where
	}
	if len(r.Fixed) > 0 {
		out = fmt.Sprintf("%d mended, %s", len(r.Fixed), out)
	}
	mendable := 0
	for _, f := range r.Found {
		if f.Fix != nil {
			mendable++
		}
	}
	if mendable > 0 && !fix {
		out += fmt.Sprintf("; `dewar lint --fix` mends %d", mendable)
	}
	return out
}

// lintJSON prints one object.
func (c *cli) lintJSON(r *dewar.LintReport) error {
	found, fixed, refused := []lintFinding{}, []lintFixed{}, []lintRefused{}
	m := diag.NewMessages(c.snippets())
	for _, f := range r.Found {
		found = append(found, findingJSON(f, m))
	}
	for _, f := range r.Fixed {
		fixed = append(fixed, lintFixed{placeJSON(f.LintFinding), f.Fix.Text, f.Fix.Same, append([]string{}, f.Old...), append([]string{}, f.New...)})
	}
	for _, f := range r.Refused {
		refused = append(refused, lintRefused{placeJSON(f.LintFinding), f.Why})
	}
	c.held = append(c.held, r.Broken...)
	return c.printJSON(map[string]any{"findings": found, "fixed": fixed, "refused": refused, "changed": append([]string{}, r.Changed...), "pipelines": r.Pipelines})
}

// lintFinding is a message, with the pipeline it is of and what would mend it.
type lintFinding struct {
	Pipeline string `json:"pipeline"`
	diag.Message
	Fix *lintFix `json:"fix,omitempty"`
}

type lintFix struct {
	Text  string     `json:"text"`
	Same  bool       `json:"same"`
	Edits []lintEdit `json:"edits"`
}

type lintEdit struct {
	Range diag.Range `json:"range"`
	Text  string     `json:"text"`
}

// lintPlace says which finding is meant, when there is no message of it.
type lintPlace struct {
	Pipeline string `json:"pipeline"`
	Code     string `json:"code"`
	File     string `json:"file"`
	Line     int    `json:"line"`
}

func placeJSON(f dewar.LintFinding) lintPlace {
	return lintPlace{f.Pipeline, f.Code, f.Span.File, f.Span.Start.Line}
}

type lintFixed struct {
	lintPlace
	Text string   `json:"text"`
	Same bool     `json:"same"`
	Old  []string `json:"old"`
	New  []string `json:"new"`
}

type lintRefused struct {
	lintPlace
	Why string `json:"why"`
}

func findingJSON(f dewar.LintFinding, m diag.Messages) lintFinding {
	out := lintFinding{Pipeline: f.Pipeline, Message: m.Of(f.Diagnostic)}
	if f.Fix != nil {
		src, _ := m.Source(f.Fix.Edit.Span.File)
		out.Fix = &lintFix{f.Fix.Text, f.Fix.Same, []lintEdit{{m.Range(f.Fix.Edit.Span), lint.TextFor(src, f.Fix.Edit)}}}
	}
	return out
}
