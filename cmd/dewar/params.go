package main

import (
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/spf13/cobra"
)

// paramFlags are -p and --params.
type paramFlags struct {
	set   []string
	files []string
}

func (f *paramFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVarP(&f.set, "param", "p", nil, "set a param: -p train.C=10 (repeatable)")
	cmd.Flags().StringArrayVar(&f.files, "params", nil, "read params from this file too (repeatable)")
}

// options returns what to evaluate.
func (f *paramFlags) options(c *cli, p *dewar.Project, dir string) (dewar.EvalOptions, error) {
	o := dewar.EvalOptions{Dir: dir}
	for _, s := range f.set {
		name, text, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return o, usage("E-usage", "-p wants name=value, not %q; for example -p train.C=10.", s)
		}
		o.Set = append(o.Set, param.Setting{Name: name, Text: text})
	}
	for _, file := range f.files {
		at := file
		if !filepath.IsAbs(at) {
			at = filepath.Join(c.dir, at)
		}
		rel, err := filepath.Rel(p.Root, at)
		if err != nil || strings.HasPrefix(rel, "..") {
			return o, usage("E-usage", "--params %s lies outside the project %s.", file, p.Root)
		}
		o.Params = append(o.Params, filepath.ToSlash(rel))
	}
	return o, nil
}

// evaluate opens the project and evaluates its pipeline, and says what it has
// to say about that. The caller closes the project.
func (c *cli) evaluate(f *paramFlags) (*dewar.Project, *dewar.Evaluation, error) {
	p, dir, err := c.open()
	if err != nil {
		return nil, nil, err
	}
	ev, err := c.evaluateIn(p, dir, f)
	if err != nil {
		c.close(p)
	}
	return p, ev, err
}

// evaluateIn evaluates the pipeline of a directory.
func (c *cli) evaluateIn(p *dewar.Project, dir string, f *paramFlags) (*dewar.Evaluation, error) {
	return c.evaluateWith(p, dir, f, nil)
}

// evaluateWith does the same. Tracked data that the pipeline reads and that is missing is brought by bring, if it
// is not nil: without it nobody knows what else there is to bring.
func (c *cli) evaluateWith(p *dewar.Project, dir string, f *paramFlags, bring *dewar.BringOptions) (*dewar.Evaluation, error) {
	o, err := f.options(c, p, dir)
	if err != nil {
		return nil, err
	}
	for {
		done := c.evaluating()
		ev, diags := p.Evaluate(o)
		done()
		c.sources = ev.Sources
		if !diags.HasErrors() {
			if bring == nil || len(p.UnlistedData(ev)) == 0 { // else it is brought, and all is evaluated again
				c.say(p.EvaluationWarnings(ev))
			}
			return ev, nil
		}
		if bring != nil {
			brought, err := p.BringRead(c.ctx, ev, *bring)
			c.endLine()
			c.sayBrought(brought)
			if err != nil {
				return nil, err
			}
			if len(brought) > 0 {
				continue
			}
		}
		return nil, append(diags, p.UnreadData(ev)...).Err()
	}
}

// abs is the path of a command-line argument.
func (c *cli) abs(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.dir, name)
}
