package main

import (
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/spf13/cobra"
)

func (c *cli) cache() *cobra.Command {
	cmd := &cobra.Command{
		Use: "cache", Short: "Look into the cache, and mend it",
		Long: "The cache holds the bytes of every result, each once. It is in .dewar/cache unless the configuration\nsays otherwise; `dewar gc` keeps it small.",
	}
	cmd.AddCommand(c.cacheStats(), c.cacheVerify(), c.cacheRepair(), c.cacheDir(), c.cachePin(), c.cacheUnpin(), c.cacheUnprotect())
	return cmd
}

func (c *cli) cacheDir() *cobra.Command {
	return &cobra.Command{
		Use: "dir", Short: "Print where the cache is", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return c.project(func(p *dewar.Project, _ string) error {
				if c.json {
					return c.printJSON(map[string]string{"dir": p.CacheDir()})
				}
				c.printf("%s\n", p.CacheDir())
				return nil
			})
		},
	}
}

func (c *cli) cacheStats() *cobra.Command {
	return &cobra.Command{
		Use: "stats", Short: "Show how much of what is in the cache", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return c.project(func(p *dewar.Project, dir string) error {
				st, err := p.CacheStats(c.ctx, dir)
				if err != nil {
					return err
				}
				if c.json {
					return c.printJSON(st)
				}
				c.printStats(st)
				return nil
			})
		},
	}
}

func (c *cli) printStats(st *dewar.CacheStats) {
	c.printf("%s\n", st.Dir)
	row := func(what string, a dewar.Amount, more string) {
		if a.Count > 0 {
			c.printf("  %-18s %8d  %10s%s\n", what, a.Count, size(a.Bytes), more)
		}
	}
	row("blobs", st.Blobs, "")
	row("  named", st.Reachable, "")
	row("  not named", st.Unreachable, "  `dewar gc --dry-run` says more")
	row("executable copies", st.Twins, "")
	row("results", st.Results, "")
	row("directories", dewar.Amount{Count: st.Trees}, "  materialized, as links of blobs")
	row("quarantine", st.Quarantine, "")
	row("fetched by half", st.Incoming, "")
	row("temporary", st.Temporary, "")
	if st.Distinct.Count > 0 {
		c.printf("outputs of all results: %s in %s; kept once each, %s: %.1f times less\n",
			size(st.Outputs.Bytes), counted(st.Outputs.Count, "file"), size(st.Distinct.Bytes), st.Dedup)
	}
	if st.Projects > 1 {
		c.printf("%d projects use it\n", st.Projects)
	}
	if len(st.Largest) > 0 {
		c.printf("largest outputs:\n")
	}
	for _, x := range st.Largest {
		c.printf("  %10s  %s\n", size(x.Bytes), x.Instance)
	}
}

func (c *cli) cacheVerify() *cobra.Command {
	var quick bool
	cmd := &cobra.Command{
		Use: "verify", Short: "Read the whole cache, and set aside what is damaged", Args: cobra.NoArgs,
		Long: "Reads every blob and compares it with its name, and looks at results and materialized directories. What is\ndamaged is set aside and counts as missing: `dewar cache repair` and `dewar run` bring it back.",
		RunE: func(*cobra.Command, []string) error {
			return c.project(func(p *dewar.Project, _ string) error {
				a, err := p.VerifyCache(c.ctx, quick, nil)
				if err != nil {
					return err
				}
				if c.json {
					err = c.printJSON(a)
				} else {
					for _, d := range a.Damaged {
						c.printf("damaged: %s: %s\n", d.Path, d.Detail)
					}
					c.printf("%s looked at, %s; %s, %s\n", plural(a.Blobs.Count+a.Copies.Count, "blob"), size(a.Blobs.Bytes+a.Copies.Bytes),
						plural(a.Results, "result"), plural(a.Trees, "materialized directory"))
					if a.Incomplete > 0 {
						c.printf("%s to what is not there; `dewar cache repair` mends or drops them\n", refer(a.Incomplete))
					}
					if len(a.Damaged) > 0 {
						c.printf("%s damaged and set aside; `dewar cache repair` brings back what it can\n", plural(len(a.Damaged), "file"))
					}
				}
				if err == nil && len(a.Damaged) > 0 {
					return exit(exitFailed)
				}
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&quick, "quick", false, "read only what looks as if it had been written to")
	return cmd
}

func refer(n int) string {
	if n == 1 {
		return "1 result refers"
	}
	return plural(n, "result") + " refer"
}

func (c *cli) cacheRepair() *cobra.Command {
	return &cobra.Command{
		Use: "repair", Short: "Bring back what the cache lacks", Args: cobra.NoArgs,
		Long: "Takes in again what the lock names, the cache lacks and the workspace still holds, and drops results that\nrefer to what is not there. What is left is listed with the command that brings it back.",
		RunE: func(*cobra.Command, []string) error {
			return c.evaluated(func(p *dewar.Project, ev *dewar.Evaluation) error {
				rep, err := p.RepairCache(c.ctx, ev)
				if err != nil {
					return err
				}
				if c.json {
					err = c.printJSON(rep)
				} else {
					for _, at := range rep.Taken {
						c.printf("taken in again: %s\n", at)
					}
					for _, m := range rep.Missing {
						c.printf("missing: %s, of %s; `%s` brings it back\n", m.Path, m.Of, m.Mend)
					}
					c.printf("%s taken in again, %s made from executable copies, %s dropped, %d missing\n",
						plural(len(rep.Taken), "path"), plural(rep.Copies, "blob"), plural(rep.Dropped, "result"), len(rep.Missing))
				}
				if err == nil && len(rep.Missing) > 0 {
					return exit(exitStale)
				}
				return err
			})
		},
	}
}

func (c *cli) cachePin() *cobra.Command {
	cmd := &cobra.Command{
		Use: "pin [NAME [SELECTOR...]]", Short: "Keep results from being collected, or list what is kept so",
		Long: "Keeps the results that the lock has now, of the instances selected or of all, under a name: `dewar gc` leaves\nthem whatever becomes of the lock. Without a name it lists the pins.",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.listPins()
			}
			return c.evaluated(func(p *dewar.Project, ev *dewar.Evaluation) error {
				pin, err := p.Pin(ev, args[0], c.selectors(p, ev, args[1:]))
				if err != nil {
					return err
				}
				if c.json {
					return c.printJSON(pin)
				}
				c.printf("%s keeps %s\n", pin.Name, pinned(pin))
				return nil
			})
		},
	}
	cmd.ValidArgsFunction = c.completeSelectors
	return cmd
}

func pinned(pin *dewar.Pin) string {
	text := plural(len(pin.Instances), "instance")
	if len(pin.Data) > 0 {
		text += " and data." + strings.Join(pin.Data, ", data.")
	}
	return text
}

func (c *cli) listPins() error {
	return c.project(func(p *dewar.Project, _ string) error {
		pins, err := p.Pins()
		if err != nil {
			return err
		}
		if c.json {
			return c.printJSON(map[string]any{"pins": pins})
		}
		for i := range pins {
			c.printf("%s  %s\n", pins[i].Name, pinned(&pins[i]))
		}
		return nil
	})
}

func (c *cli) cacheUnpin() *cobra.Command {
	return &cobra.Command{
		Use: "unpin NAME...", Short: "Let results be collected again", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return c.project(func(p *dewar.Project, _ string) error {
				if err := p.Unpin(args); err != nil {
					return err
				}
				if c.json {
					return c.printJSON(map[string]any{"removed": args})
				}
				c.printf("%s removed\n", plural(len(args), "pin"))
				return nil
			})
		},
	}
}

func (c *cli) cacheUnprotect() *cobra.Command {
	return &cobra.Command{
		Use: "unprotect PATH...", Short: "Make files that are links into the cache copies that can be written to", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return c.project(func(p *dewar.Project, _ string) error {
				var paths []string
				for _, a := range args {
					if !filepath.IsAbs(a) {
						a = filepath.Join(c.dir, a)
					}
					rel, err := p.Rel(a)
					if err != nil {
						return usage("E-usage", "%s is outside the project.", a)
					}
					paths = append(paths, rel)
				}
				n, err := p.Unprotect(c.ctx, paths)
				if err != nil {
					return err
				}
				if c.json {
					return c.printJSON(map[string]int{"files": n})
				}
				c.printf("%s made writable\n", plural(n, "file"))
				return nil
			})
		},
	}
}
