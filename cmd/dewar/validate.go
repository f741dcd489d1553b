package main

import "github.com/spf13/cobra"

func (c *cli) validate() *cobra.Command {
	var params paramFlags
	cmd := &cobra.Command{
		Use: "validate", Short: "Check the pipeline without running anything", Args: cobra.NoArgs,
		Long: "Checks the pipeline: syntax, names, types, and whatever else is certain without\nthe values of params that are not given.",
		RunE: func(*cobra.Command, []string) error {
			p, dir, err := c.open()
			if err != nil {
				return err
			}
			defer c.close(p)
			o, err := params.options(c, p, dir)
			if err != nil {
				return err
			}
			ev, diags := p.Validate(o)
			c.sources = ev.Sources
			if err := diags.Err(); err != nil {
				return err
			}
			if c.json {
				return c.printJSON(map[string]any{"valid": true})
			}
			c.say(diags)
			c.printf("the pipeline is valid\n")
			return nil
		},
	}
	params.add(cmd)
	return cmd
}
