package main

import (
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lock"
	"github.com/spf13/cobra"
)

// mergeLock is what Git calls to merge a pipeline.lock; `dewar init` registers it.
func (c *cli) mergeLock() *cobra.Command {
	return &cobra.Command{
		Use: "merge-lock BASE OURS THEIRS", Hidden: true, Args: cobra.ExactArgs(3),
		Short: "Merge three versions of a pipeline.lock into OURS, for Git",
		RunE: func(_ *cobra.Command, args []string) error {
			var versions [3][]byte
			for i, name := range args {
				b, err := fs.ReadFile(c.host.FS, c.abs(name))
				if err != nil {
					return err
				}
				versions[i] = b
			}
			merged, conflicts := lock.MergeFiles(versions[0], versions[1], versions[2])
			if err := fs.WriteFile(c.host.FS, c.abs(args[1]), merged); err != nil {
				return err
			}
			if conflicts > 0 {
				return exit(exitFailed)
			}
			return nil
		},
	}
}
