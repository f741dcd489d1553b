package main

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/spf13/cobra"
)

func (c *cli) checkout() *cobra.Command {
	var params paramFlags
	var o dewar.CheckoutOptions
	var summary bool
	cmd := &cobra.Command{
		Use: "checkout [SELECTOR|DATA...]", Short: "Make the workspace hold the outputs and the data that the lock names",
		Long: "Writes outputs and tracked data into the workspace as the lock names them, from the cache, without running\nanything. What is in the way and the cache does not know is kept in .dewar/kept. How files are made (reflink,\nhardlink, symlink, copy) is link in the cache block of the configuration.",
		RunE: func(_ *cobra.Command, args []string) error {
			p, dir, err := c.open()
			if err != nil {
				return err
			}
			defer c.close(p)
			ev, err := c.evaluateWith(p, dir, &params, &dewar.BringOptions{})
			if err != nil {
				return err
			}
			ev, before, err := c.withListed(p, ev, &params, c.sharedNames(p, ev, args), o)
			if err != nil {
				return err
			}
			rep, err := p.CheckoutAll(c.ctx, ev, c.sharedNames(p, ev, args), o)
			addWritten(rep, before)
			if rep != nil && !summary {
				c.sayKept(rep.Kept)
			}
			if err != nil {
				return err
			}
			if c.json {
				err = c.printJSON(rep)
			} else {
				c.printf("%d files written, %d removed, %d unchanged\n", rep.Written, rep.Removed, rep.Unchanged)
				c.sayMissing(rep, summary)
			}
			if err == nil && len(rep.Missing) > 0 {
				return exit(exitStale)
			}
			return err
		},
	}
	cmd.Flags().BoolVarP(&o.Force, "force", "f", false, "keep nothing of what is in the way: it is gone")
	cmd.Flags().BoolVar(&o.Relink, "relink", false, "make files again that were not made in the way that is configured")
	cmd.Flags().BoolVar(&summary, "summary", false, "print counts only")
	params.add(cmd)
	cmd.ValidArgsFunction = c.completeShared
	return cmd
}

// withListed brings data out of the cache whose files the pipeline lists, and evaluates again: before that there
// are no instances that could be named, or have outputs. Data alone can be had without.
func (c *cli) withListed(p *dewar.Project, ev *dewar.Evaluation, params *paramFlags, args []string, o dewar.CheckoutOptions) (*dewar.Evaluation, *dewar.CheckoutReport, error) {
	if len(args) > 0 && !slices.ContainsFunc(args, func(a string) bool { return !strings.HasPrefix(a, "data.") }) {
		return ev, nil, nil
	}
	rep, err := p.CheckoutListed(c.ctx, ev, o)
	if err != nil || rep.Written == 0 {
		return ev, nil, err
	}
	now, err := c.evaluateIn(p, ev.Dir, params)
	return now, rep, err
}

// addWritten counts what was written before as such.
func addWritten(rep, before *dewar.CheckoutReport) {
	if rep != nil && before != nil {
		rep.Written, rep.Unchanged = rep.Written+before.Written, max(0, rep.Unchanged-before.Written)
	}
}

// sayMissing says what the cache does not have, and what brings it.
func (c *cli) sayMissing(rep *dewar.CheckoutReport, summary bool) {
	if summary && len(rep.Missing)+len(rep.Kept) > 0 {
		c.printf("%d not in the cache, %d kept aside\n", len(rep.Missing), len(rep.Kept))
		return
	}
	for _, ref := range rep.Missing {
		if name, ok := strings.CutPrefix(ref, "data."); ok {
			c.printf("not in the cache: %s; `dewar pull %s` fetches it, if somebody pushed it; if it changed here on purpose, `dewar data update %s`\n", ref, ref, name)
			continue
		}
		c.printf("not in the cache: %s; `dewar run %s` makes it\n", ref, ref)
	}
}
