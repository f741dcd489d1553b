package main

import "github.com/spf13/cobra"

func (c *cli) logs() *cobra.Command {
	var params paramFlags
	cmd := &cobra.Command{
		Use: "logs [SELECTOR...]", Short: "Print what commands wrote when they last ran",
		RunE: func(_ *cobra.Command, args []string) error {
			p, ev, err := c.evaluate(&params)
			if err != nil {
				return err
			}
			defer c.close(p)
			logs, err := p.Logs(c.ctx, ev, c.selectors(p, ev, args))
			if err != nil {
				return err
			}
			if c.json {
				type entry struct {
					Instance string `json:"instance"`
					Outcome  string `json:"outcome,omitempty"`
					Log      string `json:"log"`
				}
				list := []entry{}
				for _, l := range logs {
					list = append(list, entry{l.Ref, l.Outcome, l.Digest.String()})
				}
				return c.printJSON(map[string]any{"logs": list})
			}
			for _, l := range logs {
				if len(logs) > 1 {
					c.printf("==> %s <==\n", l.Ref)
				}
				if err := p.CopyLog(c.out, l.Digest); err != nil {
					return err
				}
			}
			return nil
		},
	}
	params.add(cmd)
	cmd.ValidArgsFunction = c.completeSelectors
	return cmd
}
