package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp"
	"github.com/spf13/cobra"
)

func (c *cli) exp() *cobra.Command {
	cmd := &cobra.Command{
		Use: "exp", Short: "Make experiments, and compare them",
		Long: "An experiment is the pipeline under other params, with its results recorded. The workspace is left alone.",
	}
	cmd.AddCommand(c.expRun(), c.expShow(), c.expList(), c.expDiff(), c.expApply(), c.expSave(), c.expRename(), c.expNote(), c.expRemove())
	return cmd
}

// project opens the project for a command that evaluates nothing itself.
func (c *cli) project(work func(p *dewar.Project, dir string) error) error {
	p, dir, err := c.open()
	if err != nil {
		return err
	}
	defer c.close(p)
	err = work(p, dir)
	c.say(p.Warnings())
	return err
}

func (c *cli) expList() *cobra.Command {
	var all, namesOnly bool
	cmd := &cobra.Command{
		Use: "list", Short: "List experiments", Args: cobra.NoArgs,
		Long: "Lists the experiments of this pipeline, the newest last; with --all those of the whole project.",
		RunE: func(*cobra.Command, []string) error {
			return c.project(func(p *dewar.Project, dir string) error {
				rows, err := p.Experiments()
				if err != nil {
					return err
				}
				return c.listExperiments(rows, dir, all, namesOnly)
			})
		},
	}
	cmd.Flags().BoolVarP(&all, "all", "A", false, "those of all pipelines of the project")
	cmd.Flags().BoolVar(&namesOnly, "name-only", false, "names alone")
	return cmd
}

func (c *cli) listExperiments(rows []exp.Row, dir string, all, namesOnly bool) error {
	type listed struct {
		Name     string `json:"name"`
		Created  string `json:"created"`
		State    string `json:"state"`
		Pipeline string `json:"pipeline"`
		Commit   string `json:"commit,omitempty"`
		Note     string `json:"note,omitempty"`
	}
	list := []listed{}
	for _, r := range rows {
		if all || r.Pipeline == dir {
			list = append(list, listed{r.Name, r.Created.UTC().Format("2006-01-02T15:04:05Z"), string(r.State), r.Pipeline, r.Commit, r.Note})
		}
	}
	if c.json {
		return c.printJSON(map[string]any{"experiments": list})
	}
	widest := 0
	for _, x := range list {
		widest = max(widest, len(x.Name))
	}
	for _, x := range list {
		if namesOnly {
			c.printf("%s\n", x.Name)
			continue
		}
		line := x.Name + strings.Repeat(" ", widest-len(x.Name)) + "  " + strings.Replace(x.Created[:16], "T", " ", 1) + "  " + x.State
		if all {
			line += "  " + x.Pipeline
		}
		if x.Note != "" {
			line += "  " + printable(x.Note)
		}
		c.printf("%s\n", line)
	}
	if len(list) == 0 && !c.quiet {
		c.printf("no experiments yet; `dewar exp run` makes one\n")
	}
	return nil
}

func (c *cli) expRename() *cobra.Command {
	return &cobra.Command{
		Use: "rename NAME NEW", Short: "Give an experiment another name", Args: cobra.ExactArgs(2),
		ValidArgsFunction: c.completeExperiment,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.project(func(p *dewar.Project, _ string) error {
				if err := p.RenameExperiment(args[0], args[1]); err != nil {
					return err
				}
				return c.done(map[string]any{"experiment": args[1], "was": args[0]}, "%s is now %s\n", args[0], args[1])
			})
		},
	}
}

func (c *cli) expNote() *cobra.Command {
	return &cobra.Command{
		Use: "note NAME TEXT...", Short: "Write a note to an experiment", Args: cobra.MinimumNArgs(1),
		Long:              "Writes a note to an experiment, in place of the one it had; without a text, takes it away.",
		ValidArgsFunction: c.completeExperiment,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.project(func(p *dewar.Project, _ string) error {
				text := strings.Join(args[1:], " ")
				if err := p.NoteExperiment(args[0], text); err != nil {
					return err
				}
				return c.done(map[string]any{"experiment": args[0], "note": text}, "noted\n")
			})
		},
	}
}

func (c *cli) expRemove() *cobra.Command {
	var all, failed bool
	cmd := &cobra.Command{
		Use: "rm NAME...", Aliases: []string{"remove"}, Short: "Forget experiments",
		Long:              "Forgets experiments: their records go, at once and for good. What they made stays in the cache until\nthat is collected.",
		ValidArgsFunction: c.completeExperiments,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.project(func(p *dewar.Project, dir string) error {
				names, err := c.toRemove(p, dir, args, all, failed)
				if err != nil {
					return err
				}
				if err := p.RemoveExperiments(names); err != nil {
					return err
				}
				return c.done(map[string]any{"removed": names}, "removed %s\n", experiments(len(names)))
			})
		},
	}
	cmd.Flags().BoolVarP(&all, "all", "A", false, "all experiments of this pipeline")
	cmd.Flags().BoolVar(&failed, "failed", false, "those of this pipeline that failed")
	return cmd
}

func (c *cli) toRemove(p *dewar.Project, dir string, args []string, all, failed bool) ([]string, error) {
	if !all && !failed {
		if len(args) == 0 {
			return nil, usage("E-usage", "exp rm wants the names of experiments, or --failed, or --all.")
		}
		return slices.Compact(slices.Sorted(slices.Values(args))), nil
	}
	if len(args) > 0 {
		return nil, usage("E-usage", "exp rm wants names, or --failed, or --all: not both.")
	}
	rows, err := p.Experiments()
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, r := range rows {
		if r.Pipeline == dir && (all || r.State == exp.Failed) {
			names = append(names, r.Name)
		}
	}
	return names, nil
}

// done prints the one object of a command that changed something, or a sentence.
func (c *cli) done(object any, format string, args ...any) error {
	if c.json {
		return c.printJSON(object)
	}
	c.printf(format, args...)
	return nil
}

// experiments counts them for people.
func experiments(n int) string {
	if n == 1 {
		return "1 experiment"
	}
	return fmt.Sprintf("%d experiments", n)
}
