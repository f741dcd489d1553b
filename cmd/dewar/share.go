package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/spf13/cobra"
)

// shareFlags are those of push, fetch and pull.
type shareFlags struct {
	dewar.ShareOptions
	remotes     []string
	experiments []string
	all         bool // --experiments without names
	noResults   bool
	brings      bool // what is listed and missing will be there
}

func (s *shareFlags) add(c *cli, cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVarP(&s.remotes, "remote", "r", nil, "the remote (default: the one that is configured as such)")
	f.BoolVarP(&s.Branches, "all-branches", "a", false, "also what the last commit of every branch names")
	f.BoolVarP(&s.Tags, "all-tags", "T", false, "also what every tag names")
	f.BoolVarP(&s.Commits, "all-commits", "A", false, "also what every commit names")
	f.StringArrayVarP(&s.experiments, "experiment", "e", nil, "this experiment (repeatable)")
	f.BoolVar(&s.all, "experiments", false, "all experiments")
	f.BoolVarP(&s.DryRun, "dry-run", "n", false, "say what would be moved, move nothing")
	f.BoolVar(&s.Recheck, "recheck", false, "ask for every file, also in directories that the remote has")
	parallelFlag(f, &s.Parallel, "how many transfers at once (default: as the remote likes)")
	_ = cmd.RegisterFlagCompletionFunc("experiment", c.completeExperiment)
	cmd.ValidArgsFunction = c.completeShared
}

// options is what is to be shared.
func (s *shareFlags) options(c *cli, p *dewar.Project, ev *dewar.Evaluation, args []string) (dewar.ShareOptions, error) {
	o := s.ShareOptions
	o.Select = c.sharedNames(p, ev, args)
	o.Results = !s.noResults
	if o.Experiments = s.experiments; s.all {
		o.Experiments = []string{"*"}
	}
	return o, nil
}

// sharedNames are the selectors of the command line, and the data of the names, each with "data." before it.
func (c *cli) sharedNames(p *dewar.Project, ev *dewar.Evaluation, args []string) []string {
	var out, selectors []string
	for _, a := range args {
		if name := strings.TrimPrefix(a, "data."); slices.Contains(dataNames(ev), name) {
			out = append(out, "data."+name)
			continue
		}
		selectors = append(selectors, a)
	}
	return append(out, c.selectors(p, ev, selectors)...)
}

func dataNames(ev *dewar.Evaluation) []string {
	var out []string
	for _, d := range ev.Graph.Data {
		out = append(out, d.Name)
	}
	return out
}

// opened opens the remotes of the flags, the default if there are none, and closes them when f has returned.
func (c *cli) opened(p *dewar.Project, names []string, f func([]*dewar.RemotePlace) error) error {
	if len(names) == 0 {
		names = []string{""}
	}
	var places []*dewar.RemotePlace
	defer func() {
		for _, r := range places {
			_ = r.Close()
		}
	}()
	for _, name := range names {
		r, err := p.OpenRemote(c.ctx, name)
		if err != nil {
			return err
		}
		places = append(places, r)
	}
	return f(places)
}

func (c *cli) push() *cobra.Command {
	var s shareFlags
	cmd := &cobra.Command{
		Use: "push [SELECTOR|DATA...]", Short: "Bring results, data and experiments to a remote",
		Long: `Brings to a remote what it lacks of what the lock names: outputs, tracked data and, unless
--no-results says otherwise, the action results with them, for those who trust the remote's. What
was sent stays there: a push that was interrupted goes on from there the next time.`,
		Example: "  dewar push\n  dewar push train data.penguins -r backup\n  dewar push --all-branches --experiments",
		RunE: func(_ *cobra.Command, args []string) error {
			return c.shared(&s, args, func(p *dewar.Project, ev *dewar.Evaluation, at []*dewar.RemotePlace, o dewar.ShareOptions) (*dewar.ShareReport, error) {
				var last *dewar.ShareReport
				for _, r := range at {
					rep, err := p.Push(c.ctx, ev, r, o)
					if err != nil || len(at) == 1 {
						return rep, err
					}
					if last != nil {
						rep = joined(last, rep)
					}
					last = rep
				}
				return last, nil
			}, "pushed")
		},
	}
	s.add(c, cmd)
	cmd.Flags().BoolVar(&s.noResults, "no-results", false, "outputs and data only, no action results")
	return cmd
}

// joined is what two pushes did together.
func joined(a, b *dewar.ShareReport) *dewar.ShareReport {
	b.Remotes = append(a.Remotes, b.Remotes...)
	b.Moved.Objects, b.Moved.Bytes = a.Moved.Objects+b.Moved.Objects, a.Moved.Bytes+b.Moved.Bytes
	b.Present.Objects, b.Present.Bytes = a.Present.Objects+b.Present.Objects, a.Present.Bytes+b.Present.Bytes
	b.Missing = a.Missing // they are missing here, so for both
	return b
}

func (c *cli) fetch() *cobra.Command {
	var s shareFlags
	cmd := &cobra.Command{
		Use: "fetch [SELECTOR|DATA...]", Short: "Bring from a remote into the cache",
		Long: `Brings into the cache what it lacks of what the lock names, verified by digest. The workspace is left
alone: dewar checkout writes it, and dewar pull does both. Action results come along from remotes
that are trusted.`,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.shared(&s, args, c.fetching, "fetched")
		},
	}
	s.add(c, cmd)
	return cmd
}

// fetching fetches, and believes action results if all the remotes are trusted.
func (c *cli) fetching(p *dewar.Project, ev *dewar.Evaluation, at []*dewar.RemotePlace, o dewar.ShareOptions) (*dewar.ShareReport, error) {
	for _, r := range at {
		o.Results = o.Results && r.Config.Trust
	}
	return p.Fetch(c.ctx, ev, at, o, nil)
}

func (c *cli) pull() *cobra.Command {
	s := shareFlags{brings: true}
	cmd := &cobra.Command{
		Use: "pull [SELECTOR|DATA...]", Short: "Bring from a remote into the cache and the workspace",
		Long: `Brings what the lock names into the cache and from there into the workspace, without running anything:
after a clone, every output and all data. What lies there and dewar does not know is kept aside.`,
		Example: "  dewar pull\n  dewar pull evaluate data.penguins",
		RunE: func(_ *cobra.Command, args []string) error {
			if err := c.pullRead(&s); err != nil {
				return err
			}
			return c.shared(&s, args, c.pulling, "pulled")
		},
	}
	s.add(c, cmd)
	return cmd
}

// pullRead brings the data that the pipeline reads as it is evaluated, for without it nothing can be named. Other
// mistakes of the pipeline are not its matter.
func (c *cli) pullRead(s *shareFlags) error {
	p, dir, err := c.open()
	if err != nil {
		return err
	}
	defer c.close(p)
	if ev, diags := p.Evaluate(dewar.EvalOptions{Dir: dir}); s.DryRun || !diags.HasErrors() || len(p.UnreadData(ev)) == 0 {
		return nil
	}
	return c.opened(p, s.remotes, func(at []*dewar.RemotePlace) error {
		_, err := c.evaluateWith(p, dir, &paramFlags{}, &dewar.BringOptions{Pull: &dewar.Pull{From: at}, Progress: c.progressLine})
		return err
	})
}

func (c *cli) pulling(p *dewar.Project, ev *dewar.Evaluation, at []*dewar.RemotePlace, o dewar.ShareOptions) (*dewar.ShareReport, error) {
	rep, err := c.fetching(p, ev, at, o)
	if err != nil || o.DryRun || len(o.Experiments) > 0 && len(o.Select) == 0 {
		return rep, err
	}
	ev, before, err := c.withListed(p, ev, &paramFlags{}, o.Select, dewar.CheckoutOptions{})
	if err != nil {
		return rep, err
	}
	done, err := p.CheckoutAll(c.ctx, ev, o.Select, dewar.CheckoutOptions{})
	addWritten(done, before)
	if done != nil && !c.json {
		c.sayKept(done.Kept)
		defer c.printf("%s written, %d unchanged\n", counted(done.Written, "file"), done.Unchanged)
	}
	return rep, err
}

// shared opens everything, has share do it, and says what was done.
func (c *cli) shared(s *shareFlags, args []string, share func(*dewar.Project, *dewar.Evaluation, []*dewar.RemotePlace, dewar.ShareOptions) (*dewar.ShareReport, error), word string) error {
	c.events = c.json
	p, dir, err := c.open()
	if err != nil {
		return err
	}
	defer c.close(p)
	var bring *dewar.BringOptions
	if s.brings {
		bring = &dewar.BringOptions{}
	}
	ev, err := c.evaluateWith(p, dir, &paramFlags{}, bring)
	if err != nil {
		return err
	}
	o, err := s.options(c, p, ev, args)
	if err != nil {
		return err
	}
	return c.opened(p, s.remotes, func(at []*dewar.RemotePlace) error {
		view := c.newTransfer(at)
		o.Progress = view.progress
		began := c.host.Now()
		rep, err := share(p, ev, at, o)
		view.end()
		c.say(p.Warnings())
		if err != nil {
			if errors.Is(err, context.Canceled) && rep != nil && !c.json {
				fmt.Fprintf(c.err, "%s %s before it was interrupted; what was moved stays\n", word, movedText(rep))
			}
			return err
		}
		return c.sayShared(rep, o.DryRun, word, c.host.Now().Sub(began).Seconds())
	})
}

// missingShown is how many missing things are named to people.
const missingShown = 20

func (c *cli) sayShared(rep *dewar.ShareReport, dry bool, word string, took float64) error {
	for i, m := range rep.Missing {
		if c.json {
			_ = c.printEvent(missingJSON(m))
			continue
		}
		if i < missingShown {
			fmt.Fprintf(c.err, "missing: %s\n", missingText(m))
		}
	}
	if n := len(rep.Missing) - missingShown; n > 0 && !c.json {
		fmt.Fprintf(c.err, "missing: and %d more\n", n)
	}
	for _, d := range rep.Down {
		c.say(diag.List{{Severity: diag.Warning, Code: "W-remote-down", Detail: fmt.Sprintf("The remote %s failed, and others were asked instead: %v.", d.Place, d.Err)}})
	}
	if c.json {
		_ = c.printEvent(sharedJSON(rep, dry, took))
	} else {
		if rep.Withheld > 0 && !c.quiet {
			fmt.Fprintf(c.err, "kept here: %s of commands that used this machine's programs; with a toolchain that pins them, others can use them\n", counted(rep.Withheld, "action result"))
		}
		c.printf("%s\n", sharedText(rep, dry, word, took))
	}
	if len(rep.Missing) > 0 {
		return exit(exitFailed)
	}
	return nil
}

func missingText(m dewar.MissingShare) string {
	text := m.Of
	if m.Path != "" {
		text += " " + m.Path
	}
	if m.At != "" {
		text += " of " + m.At
	}
	switch {
	case m.Why != "":
		text += ": " + m.Why
	case m.Lacks > 1:
		text += fmt.Sprintf(": %d files of it are nowhere to be had", m.Lacks)
	default:
		text += ": nowhere to be had"
	}
	return text
}

func movedText(rep *dewar.ShareReport) string {
	return fmt.Sprintf("%s, %s", counted(int(rep.Moved.Objects), "object"), size(rep.Moved.Bytes))
}

func sharedText(rep *dewar.ShareReport, dry bool, word string, took float64) string {
	text := word + " "
	if dry {
		text = "would have " + word + " "
	}
	text += movedText(rep)
	if !dry && took >= 0.1 && rep.Moved.Bytes > 0 {
		text += fmt.Sprintf(" in %.1f s, %s/s", took, size(int64(float64(rep.Moved.Bytes)/took)))
	}
	if rep.Moved.Objects == 0 {
		text = "nothing to do: everything is there"
		if len(rep.Missing) > 0 {
			text = "nothing could be moved"
		}
	}
	if n := len(rep.Experiments); n > 0 {
		text += "; " + experiments(n)
	}
	if n := len(rep.Missing); n > 0 {
		text += fmt.Sprintf("; %d missing", n)
	}
	return text
}

func missingJSON(m dewar.MissingShare) any {
	return struct {
		Event string `json:"event"`
		Of    string `json:"of"`
		At    string `json:"at,omitempty"`
		Path  string `json:"path,omitempty"`
		Lacks int64  `json:"lacks"`
		Why   string `json:"why,omitempty"`
	}{"missing", m.Of, m.At, m.Path, m.Lacks, m.Why}
}

// sharedJSON is the last event of push, fetch and pull; spec/formats.md describes it.
func sharedJSON(rep *dewar.ShareReport, dry bool, took float64) any {
	return struct {
		Event       string   `json:"event"`
		Remotes     []string `json:"remotes"`
		DryRun      bool     `json:"dry_run,omitempty"`
		Names       int      `json:"names"`
		Objects     int64    `json:"objects"`
		Bytes       int64    `json:"bytes"`
		Present     int64    `json:"present"`
		Results     int      `json:"results"`
		Withheld    int      `json:"withheld"`
		Experiments []string `json:"experiments"`
		Missing     int      `json:"missing"`
		Corrupt     int      `json:"corrupt"`
		Seconds     float64  `json:"seconds"`
	}{"summary", rep.Remotes, dry, rep.Names, rep.Moved.Objects, rep.Moved.Bytes, rep.Present.Objects, rep.Results, rep.Withheld, rep.Experiments, len(rep.Missing), len(rep.Corrupt), took}
}

// sayKept names what was in the way.
func (c *cli) sayKept(list []dewar.Kept) {
	for _, k := range list {
		fmt.Fprintf(c.err, "kept: %s that was at %s is now %s\n", k.Kind, k.Path, k.Where)
	}
}
