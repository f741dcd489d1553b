package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (c *cli) checkout() *cobra.Command {
	var params paramFlags
	cmd := &cobra.Command{
		Use: "checkout [SELECTOR...]", Short: "Make the workspace hold the outputs that the lock names",
		RunE: func(_ *cobra.Command, args []string) error {
			p, ev, err := c.evaluate(&params)
			if err != nil {
				return err
			}
			defer c.close(p)
			rep, err := p.Checkout(c.ctx, ev, c.selectors(p, ev, args))
			if rep != nil {
				for _, k := range rep.Kept {
					fmt.Fprintf(c.err, "kept: %s that was at %s is now %s\n", k.Kind, k.Path, k.Where)
				}
			}
			if err != nil {
				return err
			}
			if c.json {
				err = c.printJSON(rep)
			} else {
				c.printf("%d files written, %d removed, %d unchanged\n", rep.Written, rep.Removed, rep.Unchanged)
				for _, ref := range rep.Missing {
					c.printf("not in the cache: %s; `dewar run %s` makes it\n", ref, ref)
				}
			}
			if err == nil && len(rep.Missing) > 0 {
				return exit(exitStale)
			}
			return err
		},
	}
	params.add(cmd)
	cmd.ValidArgsFunction = c.completeSelectors
	return cmd
}
