package main

import (
	"fmt"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp"
	"github.com/spf13/cobra"
)

func (c *cli) expApply() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "apply NAME", Short: "Bring an experiment into the workspace", Args: cobra.ExactArgs(1),
		Long: `Makes the workspace what the experiment was: its code, the values of its params, its
outputs, and the lock. In params files only the values change. Files that its commands or
its evaluation would read, and that it did not have, are removed. What is neither committed nor
part of an experiment is neither overwritten nor removed. Tracked data stays as it is, too: what the experiment
read other bytes of is named.`,
		ValidArgsFunction: c.completeExperiment,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.project(func(p *dewar.Project, _ string) error {
				rep, err := p.ApplyExperiment(c.ctx, args[0], force)
				if err != nil {
					return err
				}
				return c.sayApplied(rep)
			})
		},
	}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "do it all the same; what is in the way is kept aside")
	return cmd
}

func (c *cli) sayApplied(rep *dewar.ApplyReport) error {
	if c.json {
		return c.printJSON(rep)
	}
	for _, k := range rep.Kept {
		fmt.Fprintf(c.err, "kept: %s that was at %s is now %s\n", k.Kind, k.Path, k.Where)
	}
	for _, f := range rep.Files {
		c.printf("file     %s\n", f)
	}
	for _, f := range rep.FilesRemoved {
		c.printf("removed  %s  (the experiment did not have it)\n", f)
	}
	for _, ch := range rep.Params {
		c.printf("param    %s: %s -> %s  (%s)\n", ch.Name, orNone(ch.Old), ch.New, ch.In)
	}
	for _, name := range rep.NotThere {
		fmt.Fprintf(c.err, "left out: the pipeline has no param %s any more\n", printable(name))
	}
	for _, ref := range rep.LeftAlone {
		fmt.Fprintf(c.err, "left out: %s has other outputs now; `dewar run` makes them\n", printable(ref))
	}
	for _, ref := range rep.Missing {
		fmt.Fprintf(c.err, "missing: the cache has lost the outputs of %s; `dewar run` makes them again\n", ref)
	}
	for _, name := range rep.OtherData {
		fmt.Fprintf(c.err, "other data: data.%s is not what the experiment read; `dewar status` says what would run because of it\n", printable(name))
	}
	c.printf("applied %s: %s written", rep.Name, counted(rep.Outputs, "output"))
	if n := len(rep.Removed); n > 0 {
		c.printf(", %d removed", n)
	}
	c.printf("\n")
	return nil
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}

// counted is a number of things for people.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (c *cli) expSave() *cobra.Command {
	var name, note string
	cmd := &cobra.Command{
		Use: "save", Short: "Record the workspace as an experiment", Args: cobra.NoArgs,
		Long: "Records the workspace as it is: params, metrics, code, and the results that are up to date. Runs nothing.",
		RunE: func(*cobra.Command, []string) error {
			return c.project(func(p *dewar.Project, dir string) error {
				fin, stale, err := p.SaveExperiment(c.ctx, dir, name, note)
				if err != nil {
					return err
				}
				if c.json {
					return c.printJSON(map[string]any{"experiment": fin.Name, "known": fin.Known, "stale": stale})
				}
				for _, ref := range stale {
					fmt.Fprintf(c.err, "not up to date: %s; its metrics are recorded as they lie there, its outputs are not\n", ref)
				}
				if fin.Known {
					c.printf("recorded already: %s\n", fin.Name)
					return nil
				}
				c.printf("recorded as %s\n", fin.Name)
				return nil
			})
		},
	}
	cmd.Flags().StringVarP(&name, "name", "n", "", "the experiment's name (default: made up)")
	cmd.Flags().StringVarP(&note, "note", "m", "", "a note to write to it")
	return cmd
}

// Experiment says that an experiment is done.
func (v *plainLines) Experiment(planned string, f dewar.Finished) {
	v.mu.Lock()
	defer v.mu.Unlock()
	fmt.Fprintf(v.w, "%-11s %s\n", experimentWord(f), experimentLine(planned, f))
}

func experimentWord(f dewar.Finished) string {
	switch {
	case f.Known:
		return "known"
	case f.Row.State == exp.Failed:
		return "failed"
	case f.Row.State == exp.Interrupted:
		return "interrupted"
	}
	return "recorded"
}

// experimentLine is an experiment with what it set and what came out, for a line.
func experimentLine(planned string, f dewar.Finished) string {
	text := f.Name
	if planned != f.Name {
		text += " (planned as " + planned + ")"
	}
	return text + summaryOf(&f.Row)
}

// Experiment says that an experiment is done.
func (v *liveView) Experiment(planned string, f dewar.Finished) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.sweep.ended++
	code := "32"
	if unfinished(f.Row.State) {
		code = "31"
	}
	v.above = append(v.above, v.paint("1;"+code, fmt.Sprintf("%-11s ", experimentWord(f)))+experimentLine(planned, f))
}

// Experiment says that an experiment is done.
func (v *eventLines) Experiment(planned string, f dewar.Finished) {
	line := rowJSON(&f.Row)
	line.Event, line.Planned, line.Known, line.Name = "experiment", planned, f.Known, f.Name
	_ = v.c.printEvent(line)
}

func (silent) Experiment(string, dewar.Finished) {}
