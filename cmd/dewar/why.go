package main

import (
	"github.com/dewar-build/dewar"
	"github.com/spf13/cobra"
)

func (c *cli) why() *cobra.Command {
	var params paramFlags
	cmd := &cobra.Command{
		Use: "why SELECTOR...", Short: "Say why an instance would run, field by field", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			p, ev, err := c.evaluate(&params)
			if err != nil {
				return err
			}
			defer c.close(p)
			shown, err := p.Show(c.ctx, ev, c.selectors(p, ev, args))
			if err != nil {
				return err
			}
			if c.json {
				list := []plannedJSON{}
				for _, x := range shown {
					list = append(list, onePlannedJSON(x.Planned))
				}
				return c.printJSON(map[string]any{"instances": list})
			}
			for _, x := range shown {
				c.printWhy(x)
			}
			return nil
		},
	}
	params.add(cmd)
	cmd.ValidArgsFunction = c.completeSelectors
	return cmd
}

func (c *cli) printWhy(x dewar.Shown) {
	switch x.Verdict {
	case dewar.IsUnchanged:
		c.printf("%s is up to date: its action key %s is the lock's, and its outputs are in place\n", x.Ref, x.Key.Short())
	case dewar.MayExecute:
		c.printf("%s may execute: it depends on %s, which would execute (dewar why %s)\n", x.Ref, x.Cause, x.Cause)
	case dewar.WouldRestore:
		c.printf("%s would be restored from the cache: another run has had its action key %s\n", x.Ref, x.Key.Short())
		printChanges(c.out, x.Reasons, 100)
	case dewar.WouldExecute:
		if len(x.Reasons) == 1 && x.Reasons[0].Label == dewar.NeverRun {
			c.printf("%s would execute, because it never did:\n", x.Ref)
		} else {
			c.printf("%s would execute, because since it last did, this is different:\n", x.Ref)
		}
		printChanges(c.out, x.Reasons, 100)
	default:
		c.printPlanned(x.Planned)
	}
}
