package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	engine "github.com/dewar-build/dewar/run"
	"github.com/spf13/cobra"
)

// observer shows a run while it goes on. Event comes from one goroutine, the
// others from many.
type observer interface {
	Event(engine.Event)
	Line(id graph.ID, text string)
	Sample(dewar.Sample)
	Notice(id graph.ID, text string)             // what it waits for
	Experiment(planned string, f dewar.Finished) // of a sweep, one is done
	Close()                                      // before the summary is printed
}

func (c *cli) run() *cobra.Command {
	var params paramFlags
	var o dewar.RunOptions
	var pull pullFlags
	cmd := &cobra.Command{
		Use: "run [SELECTOR...]", Short: "Make outputs up to date",
		Long: `Runs what is needed to make the selected instances up to date, and what they
need; without selectors, the whole pipeline. A selector is a stage (train), an
instance (train@C=0.1,depth=3), some instances (train@C=0.1) or the path of an
output.`,
		Example: "  dewar run\n  dewar run train -p train.C=10\n  dewar run 'train@C=0.1' --force",
		RunE: func(_ *cobra.Command, args []string) error {
			o.Select = args
			return c.runPipeline(&params, &pull, o)
		},
	}
	params.add(cmd)
	pull.add(cmd)
	f := cmd.Flags()
	f.BoolVarP(&o.Force, "force", "f", false, "execute the selected even if they are up to date")
	f.BoolVarP(&c.verbose, "verbose", "v", false, "show what commands write, also those whose results are restored")
	f.BoolVarP(&o.DryRun, "dry-run", "n", false, "say what would be done, change nothing")
	f.BoolVarP(&o.KeepGoing, "keep-going", "k", false, "after a failure, go on with what does not depend on it")
	f.BoolVar(&o.Only, "only", false, "only the selected, not what they need")
	f.BoolVar(&o.Downstream, "downstream", false, "also everything that needs the selected")
	f.BoolVar(&o.Trace, "trace", false, "record what commands look for, and warn of what is not declared")
	f.BoolVar(&o.Strict, "require-isolation", false, "fail where commands cannot be isolated as their stages ask, and execute nothing")
	f.BoolVar(&o.Keep, "keep-sandbox", false, "of what fails, keep what it wrote, in .dewar/sandbox")
	parallelFlag(f, &o.Parallel, "how many actions at once (default: one a CPU)")
	cmd.ValidArgsFunction = c.completeSelectors
	return cmd
}

func (c *cli) runPipeline(params *paramFlags, pull *pullFlags, o dewar.RunOptions) error {
	c.events = c.json
	if o.DryRun && !c.json {
		return c.printPlan(params, o)
	}
	p, dir, err := c.open()
	if err != nil {
		return err
	}
	defer c.close(p)
	if !c.json { // programs hear of each instance
		if rep, err := c.unchanged(p, dir, params, o); rep != nil || err != nil {
			return err
		}
	}
	var closeRemotes func()
	if o.Pull, closeRemotes, err = c.pullFrom(p, pull); err != nil {
		return err
	}
	defer closeRemotes()
	ev, err := c.evaluateWith(p, dir, params, c.bringing(o))
	if err != nil {
		return err
	}
	if ev, err = c.withData(p, ev, dir, params, o); err != nil {
		return err
	}
	o.Select = c.selectors(p, ev, o.Select)
	ids, err := p.Selected(ev, o)
	if err != nil {
		return err
	}
	obs := c.observer(refs(ev.Graph), len(ids))
	var once sync.Once
	closeView := func() { once.Do(obs.Close) }
	defer closeView()
	o.Events, o.Progress, o.Replay = obs.Event, obs.Line, c.verbose
	o.Samples, o.Notices = obs.Sample, obs.Notice
	rep, err := p.Run(c.ctx, ev, o)
	closeView()
	if rep != nil && rep.Instances == 0 {
		c.sayEmpty(o.Select)
	}
	if rep != nil {
		c.sayReport(p, rep)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return exit(exitInterrupted)
	case err != nil:
		return err
	case rep.Failed > 0:
		return exit(exitFailed)
	}
	return nil
}

// bringing says where a run may take what is missing when it evaluates; a dry run changes nothing.
func (c *cli) bringing(o dewar.RunOptions) *dewar.BringOptions {
	if o.DryRun {
		return nil
	}
	return &dewar.BringOptions{Pull: o.Pull, Progress: c.progressLine}
}

// unchanged reports a run that has nothing to do; it returns nil if there may be
// something.
func (c *cli) unchanged(p *dewar.Project, dir string, params *paramFlags, o dewar.RunOptions) (*dewar.Report, error) {
	eo, err := params.options(c, p, dir)
	if err != nil {
		return nil, err
	}
	rep := p.Unchanged(c.ctx, eo, o)
	if rep != nil {
		c.sayReport(p, rep)
	}
	return rep, nil
}

// sayEmpty warns that what was named is there, but has no instances.
func (c *cli) sayEmpty(selectors []string) {
	if len(selectors) > 0 {
		c.say(diag.List{{Severity: diag.Warning, Code: "W-selector-empty",
			Detail: fmt.Sprintf("%s has no instances: its `when` is false, its list of points is empty, or it is a module without stages.", strings.Join(selectors, ", "))}})
	}
}

// removedShown is how many removed outputs are named to people.
const removedShown = 10

// sayReport prints what a run left to say, and the summary.
func (c *cli) sayReport(p *dewar.Project, rep *dewar.Report) {
	c.say(append(append(rep.Failures, rep.Warnings...), p.Warnings()...))
	for _, k := range rep.Kept {
		if c.json {
			_ = c.printEvent(map[string]any{"event": "kept", "path": k.Path, "where": k.Where, "kind": k.Kind})
			continue
		}
		fmt.Fprintf(c.err, "kept: %s that was at %s is now %s\n", k.Kind, k.Path, k.Where)
	}
	for i, path := range rep.Removed {
		if c.json {
			_ = c.printEvent(map[string]any{"event": "removed", "path": path})
			continue
		}
		if i < removedShown {
			fmt.Fprintf(c.err, "removed: %s, which nothing makes any more\n", path)
		}
	}
	if n := len(rep.Removed) - removedShown; n > 0 && !c.json {
		fmt.Fprintf(c.err, "removed: and %d more\n", n)
	}
	if c.json {
		_ = c.printEvent(summaryJSON(rep.Summary))
		return
	}
	c.printf("%s\n", summaryText(rep.Summary))
}

// instances counts them for people.
func instances(n int) string {
	if n == 1 {
		return "1 instance"
	}
	return fmt.Sprintf("%d instances", n)
}

// summaryText is the last line of a run.
func summaryText(s engine.Summary) string {
	text := fmt.Sprintf("%s: %d executed, %d restored, %d unchanged", instances(s.Instances), s.Executed, s.Restored, s.Unchanged)
	if s.Failed > 0 {
		text += fmt.Sprintf(", %d failed", s.Failed)
	}
	if s.Skipped > 0 {
		text += fmt.Sprintf(", %d skipped", s.Skipped)
	}
	if s.Interrupted {
		text += ", interrupted"
	}
	return text + fmt.Sprintf(" (%s)", seconds(s.Wall))
}

// summaryJSON is the last event of a run; spec/formats.md describes it.
func summaryJSON(s engine.Summary) any {
	return struct {
		Event     string  `json:"event"`
		Instances int     `json:"instances"`
		Executed  int     `json:"executed"`
		Restored  int     `json:"restored"`
		Unchanged int     `json:"unchanged"`
		Failed    int     `json:"failed"`
		Skipped   int     `json:"skipped"`
		Seconds   float64 `json:"seconds"`
	}{"summary", s.Instances, s.Executed, s.Restored, s.Unchanged, s.Failed, s.Skipped, s.Wall.Seconds()}
}
