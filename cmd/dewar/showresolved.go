package main

import (
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/graph"
	"github.com/spf13/cobra"
)

func (c *cli) showParamsOf() *cobra.Command {
	var flags paramFlags
	var resolved bool
	cmd := &cobra.Command{
		Use: "params", Short: "Show all params and where each comes from, or all of them as one file", Args: cobra.NoArgs,
		Long: `Shows all params as -p and --params make them, and where each value comes from.

With --resolved, prints them as one params file: the composed configuration. Given with --params it makes
the same actions. It is YAML, or JSON with --json. Sensitive params are not in it.`,
		Example: "  dewar show params --resolved -p model=tree > tree.yaml\n  dewar run --params tree.yaml",
		RunE: func(*cobra.Command, []string) error {
			p, dir, err := c.open()
			if err != nil {
				return err
			}
			defer c.close(p)
			o, err := flags.options(c, p, dir)
			if err != nil {
				return err
			}
			if resolved {
				return c.printResolved(p, o)
			}
			ev, err := c.evaluateIn(p, dir, &flags)
			if err != nil {
				return c.paramsAllTheSame(p, o, err)
			}
			return c.printParams(&dewar.Results{Name: dewar.Workspace, Params: ev.Params()}, false)
		},
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&resolved, "resolved", false, "print one params file")
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	return cmd
}

// paramsAllTheSame shows what the params are where the pipeline has mistakes, for people: they may be the
// cause, or something else is wrong, as a module that cannot be had. It returns the mistakes.
func (c *cli) paramsAllTheSame(p *dewar.Project, o dewar.EvalOptions, mistakes error) error {
	if params, _, diags := p.BoundParams(o); !c.json && !diags.HasErrors() {
		if err := c.printParams(&dewar.Results{Name: dewar.Workspace, Params: dewar.ShownParams(params)}, false); err != nil {
			return err
		}
	}
	return mistakes
}

func (c *cli) printResolved(p *dewar.Project, o dewar.EvalOptions) error {
	done := c.evaluating()
	params, sources, diags := p.BoundParams(o)
	done()
	c.sources = sources
	if err := diags.Err(); err != nil {
		return err
	}
	name := "resolved.yaml"
	if c.json {
		name = "resolved.json"
	}
	text, withheld, more := params.Resolved(name)
	if err := more.Err(); err != nil {
		return err
	}
	if c.json {
		_, err := c.out.Write(text)
		return err
	}
	c.say(append(diags, more...))
	for _, name := range withheld {
		c.printf("# %s is sensitive: it is not here\n", name)
	}
	_, err := c.out.Write(text)
	return err
}

// completeParams offers names of params and of their parts.
func (c *cli) completeParams(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	out, _ := c.complete(typed, func(g *graph.Graph, typed string) (out []string) {
		for _, p := range g.Params {
			for _, name := range append([]string{p.Name}, leafNames(&p)...) {
				if strings.HasPrefix(name, typed) {
					out = append(out, name)
				}
			}
		}
		return out
	})
	return out, cobra.ShellCompDirectiveNoFileComp
}

func leafNames(p *graph.Param) []string {
	var out []string
	for _, l := range p.Leaves {
		if l.Name != p.Name {
			out = append(out, l.Name)
		}
	}
	return out
}
