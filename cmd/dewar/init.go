package main

import (
	"github.com/dewar-build/dewar"
	"github.com/spf13/cobra"
)

func (c *cli) init() *cobra.Command {
	return &cobra.Command{
		Use: "init", Short: "Make this directory a project", Args: cobra.NoArgs,
		Long: "Makes this directory a project: .dewar for the cache, and a pipeline.hcl to start from\nif there is none. What is there already stays as it is.",
		RunE: func(*cobra.Command, []string) error {
			rep, err := dewar.Init(c.ctx, c.host, c.dir)
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(rep)
			}
			if len(rep.Created) == 0 {
				c.printf("%s is a project already; nothing was changed\n", rep.Root)
				return nil
			}
			c.printf("%s is a project now\n", rep.Root)
			for _, name := range rep.Created {
				c.printf("  made %s\n", name)
			}
			c.printf("Edit pipeline.hcl, then: dewar run\n")
			return nil
		},
	}
}
