package main

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/graph"
	"github.com/spf13/cobra"
)

func (c *cli) show() *cobra.Command {
	var params paramFlags
	cmd := &cobra.Command{
		Use: "show [action] SELECTOR...", Short: "Show an instance: command, inputs, outputs, what its action key is made of", Args: cobra.MinimumNArgs(1),
		Long: `Shows instances: what is run, what it reads and makes, and what a run would do.

With the word action before the selectors it shows the resolved actions: arguments, environment, the input
root with digests and sizes, platform, salt, toolchains, the action key and the digests that it is made of.

A stage that is called as one of the commands below is shown by: dewar show -- NAME.`,
		Example: "  dewar show train@C=0.1\n  dewar show action train@C=0.1 --json",
		RunE: func(_ *cobra.Command, args []string) error {
			p, ev, err := c.evaluate(&params)
			if err != nil {
				return err
			}
			defer c.close(p)
			if asksForAction(args) {
				return c.showAction(p, ev, args[1:])
			}
			shown, err := p.Show(c.ctx, ev, c.selectors(p, ev, args))
			if err != nil {
				return err
			}
			if c.json {
				list := []any{}
				for _, x := range shown {
					list = append(list, shownJSON(ev.Graph, x))
				}
				return c.printJSON(map[string]any{"instances": list})
			}
			for i, x := range shown {
				if i > 0 {
					c.printf("\n")
				}
				c.printShown(ev.Graph, x)
			}
			return nil
		},
	}
	params.add(cmd)
	cmd.AddCommand(c.showParam(), c.showParamsOf(), c.showGraph(), c.showSchema(), c.showFunctions())
	cmd.ValidArgsFunction = c.completeSelectors
	return cmd
}

func (c *cli) printShown(g *graph.Graph, x dewar.Shown) {
	in := x.Instance
	c.printf("%s\n", x.Ref)
	c.printf("  verdict     %s\n", x.Verdict)
	if !x.Key.IsZero() {
		c.printf("  action key  %s\n", x.Key)
	}
	if in.Script != "" {
		c.printf("  script\n    %s\n", strings.ReplaceAll(strings.TrimRight(in.Script, "\n"), "\n", "\n    "))
	} else {
		c.printf("  command     %s\n", graph.Quote(in.Args))
	}
	c.printf("  inputs\n")
	for i := range in.Inputs {
		c.printf("    %-40s %s\n", visible(in.Inputs[i].At), inputFrom(g, &in.Inputs[i]))
	}
	c.printf("  outputs\n")
	for _, o := range in.Outputs {
		c.printf("    %-40s %s.%s\n", visible(o.Path), o.Group, o.Name)
	}
	if len(in.Uses) > 0 {
		c.printf("  uses\n")
		for _, u := range in.Uses {
			origin := ""
			if u.Origin != "" {
				origin = " (" + u.Origin + ")"
			}
			c.printf("    %-40s %s%s\n", u.Name, shorten(u.Text), origin)
		}
	}
	for _, s := range in.Params {
		c.printf("  params in %s: %s\n", s.Path, strings.Join(s.Keys, ", "))
	}
	if x.Last != nil {
		c.printf("  last result took %s, at most %s of memory, isolation %s\n", seconds(x.Last.Wall), size(x.Last.MaxRSS), x.Last.Level)
	}
}

// inputFrom says where an input comes from.
func inputFrom(g *graph.Graph, in *graph.Input) string {
	switch in.Kind {
	case graph.Artifact:
		y := &g.Instances[in.From]
		o := y.Outputs[in.Output]
		return fmt.Sprintf("from %s (%s.%s)", y.Ref(), o.Group, o.Name)
	case graph.Literal:
		return "written by dewar (" + in.Label + ")"
	case graph.Collected:
		return "collected (" + in.Label + ")"
	}
	if in.Data != "" {
		return "data." + in.Data
	}
	return "workspace"
}

// size is a number of bytes for people.
func size(n int64) string {
	f := float64(n)
	for _, unit := range []string{"B", "KiB", "MiB", "GiB"} {
		if f < 1024 || unit == "GiB" {
			if unit == "B" {
				return fmt.Sprintf("%d B", n)
			}
			return fmt.Sprintf("%.1f %s", f, unit)
		}
		f /= 1024
	}
	return ""
}

func shownJSON(g *graph.Graph, x dewar.Shown) any {
	type field struct {
		Label string `json:"label"`
		Value string `json:"value"`
	}
	type path struct {
		Path string `json:"path"`
		From string `json:"from,omitempty"`
		Name string `json:"name,omitempty"`
	}
	out := struct {
		plannedJSON
		Command     []string `json:"command"`
		Script      string   `json:"script,omitempty"`
		WorkingDir  string   `json:"working_dir"`
		Inputs      []path   `json:"inputs"`
		Outputs     []path   `json:"outputs"`
		Explanation []field  `json:"explanation"`
	}{plannedJSON: onePlannedJSON(x.Planned), Command: x.Instance.Args, Script: x.Instance.Script, WorkingDir: x.Instance.WorkingDir,
		Inputs: []path{}, Outputs: []path{}, Explanation: []field{}}
	for i := range x.Instance.Inputs {
		out.Inputs = append(out.Inputs, path{Path: x.Instance.Inputs[i].At, From: inputFrom(g, &x.Instance.Inputs[i])})
	}
	for _, o := range x.Instance.Outputs {
		out.Outputs = append(out.Outputs, path{Path: o.Path, Name: string(o.Group) + "." + o.Name})
	}
	for _, f := range x.Explanation {
		out.Explanation = append(out.Explanation, field{f.Label, f.Value})
	}
	return out
}
