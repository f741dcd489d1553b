package main

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/spf13/cobra"
)

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
			done := c.evaluating()
			ev, diags := p.Validate(o)
			done()
			c.sources = ev.Sources
			if c.json {
				return c.printValidity(diags)
			}
			if err := diags.Err(); err != nil {
				return err
			}
			c.say(diags)
			c.printf("the pipeline is valid\n")
			return nil
		},
	}
	params.add(cmd)
	return cmd
}

// printValidity prints one object whether the pipeline is valid or not: an
// editor wants the messages either way.
func (c *cli) printValidity(diags diag.List) error {
	c.held = diags
	if err := c.printJSON(map[string]any{"valid": !diags.HasErrors()}); err != nil {
		return err
	}
	if diags.HasErrors() {
		return exit(exitUsage)
	}
	return nil
}
