package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/spf13/cobra"
)

func (c *cli) dataUpdate() *cobra.Command {
	cmd := &cobra.Command{
		Use: "update [NAME...]", Short: "Accept what tracked data is now; bring what is missing",
		Long: `Takes what lies in the workspace into the cache and writes its digests into pipeline.lock. A download that
is missing is downloaded; data of another project is brought as it is there now, at the revision of its
block.`,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.evaluated(func(p *dewar.Project, ev *dewar.Evaluation) error {
				imports, err := p.UpdateImports(c.ctx, ev, args, c.progressLine)
				if err != nil {
					c.endLine()
					return err
				}
				brought, err := p.BringData(c.ctx, ev, dewar.BringOptions{Names: args, Progress: c.progressLine})
				c.endLine()
				if err != nil {
					return err
				}
				states, err := p.DataUpdate(c.ctx, ev, args)
				if err != nil {
					return err
				}
				return c.sayUpdated(imports, brought, states)
			})
		},
		ValidArgsFunction: c.completeData,
	}
	return cmd
}

func (c *cli) sayUpdated(imports []dewar.UpdatedImport, brought []dewar.Brought, states []dewar.DataState) error {
	if c.json {
		list := []stateJSON{}
		for _, s := range states {
			list = append(list, stateOf(s))
		}
		from := []broughtJSON{}
		for _, b := range brought {
			from = append(from, broughtJSON(b))
		}
		return c.printJSON(map[string]any{"data": list, "brought": from, "imports": importsOf(imports)})
	}
	updated := c.sayImports(imports)
	for _, b := range brought {
		c.printf("brought data.%s: %s from %s (%s)\n", b.Name, b.Path, b.From, size(b.Bytes))
	}
	accepted := 0
	for _, s := range states {
		switch s.Drift {
		case dewar.DataModified, dewar.DataNew:
			accepted++
			c.printf("accepted data.%s: %s (%s)\n", s.Name, s.Path, filesText(s.Files, s.Bytes))
		case dewar.DataMissing, dewar.DataUnread:
			fmt.Fprintf(c.err, "%s: data.%s, %s%s\n", s.Drift, s.Name, s.Path, driftHint(s))
		}
	}
	if accepted+len(brought)+updated == 0 {
		c.printf("nothing to accept\n")
	}
	return nil
}

type broughtJSON struct {
	Name  string `json:"name"`
	Path  string `json:"path"`
	From  string `json:"from"`
	Bytes int64  `json:"bytes"`
}

func (c *cli) dataMove() *cobra.Command {
	return &cobra.Command{
		Use: "move NAME PATH", Aliases: []string{"mv"}, Short: "Move tracked data to another place in the project", Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			if args[1] == "" {
				return usage("E-usage", "PATH is empty. Say where data.%s goes: a free path, or a directory.", strings.TrimPrefix(args[0], "data."))
			}
			return c.evaluated(func(p *dewar.Project, ev *dewar.Evaluation) error {
				rel, err := filepath.Rel(p.Root, c.abs(args[1]))
				if err != nil {
					return err
				}
				to := filepath.ToSlash(rel)
				if strings.HasSuffix(args[1], "/") {
					to += "/"
				}
				d, err := p.MoveData(c.ctx, ev, args[0], to)
				if err != nil {
					return err
				}
				return c.done(map[string]any{"name": d.Name, "path": d.Path}, "moved data.%s to %s\n", d.Name, d.Path)
			})
		},
		ValidArgsFunction: c.completeData,
	}
}

func (c *cli) dataRemove() *cobra.Command {
	return &cobra.Command{
		Use: "remove NAME", Aliases: []string{"rm"}, Short: "Stop tracking data; its files stay", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return c.evaluated(func(p *dewar.Project, ev *dewar.Evaluation) error {
				d, err := p.RemoveData(ev, args[0])
				if err != nil {
					return err
				}
				return c.done(map[string]any{"name": d.Name, "path": d.Path}, "no longer tracked: data.%s; %s stays where it is\n", d.Name, d.Path)
			})
		},
		ValidArgsFunction: c.completeData,
	}
}

func (c *cli) dataAllow() *cobra.Command {
	return &cobra.Command{
		Use: "allow NAME [PATH]", Short: "Let external data be read on this machine", Args: cobra.RangeArgs(1, 2),
		Long: `External data lies outside of the project, at a path that a committed file names. Nothing is read there
until this says so. With PATH it lies elsewhere on this machine. The answer is kept in
.dewar/config.local.hcl, which Git does not have.`,
		RunE: func(_ *cobra.Command, args []string) error {
			return c.evaluated(func(p *dewar.Project, ev *dewar.Evaluation) error {
				path := ""
				if len(args) > 1 {
					path = filepath.ToSlash(c.abs(args[1]))
				}
				at, err := p.AllowData(ev, args[0], path)
				if err != nil {
					return err
				}
				return c.done(map[string]any{"name": args[0], "path": at}, "data.%s is read at %s\n", args[0], at)
			})
		},
		ValidArgsFunction: c.completeData,
	}
}
