package main

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/digest"
	"github.com/spf13/cobra"
)

// changesShown is how many changed files of one directory are named to people who did not ask for all.
const changesShown = 10

func (c *cli) dataStatus() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use: "status [NAME...]", Short: "Say what tracked data is not what the lock says",
		Long: "Says what tracked data has drifted from what the lock says, and exits with 3 if some has.",
		RunE: func(_ *cobra.Command, args []string) error {
			return c.evaluated(func(p *dewar.Project, ev *dewar.Evaluation) error {
				states, err := p.DataStatus(c.ctx, ev, args)
				if err != nil {
					return err
				}
				return c.sayStates(states, all)
			})
		},
		ValidArgsFunction: c.completeData,
	}
	cmd.Flags().BoolVar(&all, "granular", false, "name every file that changed")
	return cmd
}

// evaluated opens the project, evaluates the pipeline and calls work.
func (c *cli) evaluated(work func(p *dewar.Project, ev *dewar.Evaluation) error) error {
	p, ev, err := c.evaluate(&paramFlags{})
	if err != nil {
		return err
	}
	defer c.close(p)
	err = work(p, ev)
	c.say(p.Warnings()) // also when err says no more than that something has changed
	return err
}

func (c *cli) sayStates(states []dewar.DataState, all bool) error {
	drifted := 0
	for _, s := range states {
		if s.Drift != dewar.DataUnchanged {
			drifted++
		}
	}
	if c.json {
		list := []stateJSON{}
		for _, s := range states {
			list = append(list, stateOf(s))
		}
		if err := c.printJSON(map[string]any{"data": list}); err != nil {
			return err
		}
	} else {
		c.printStates(states, drifted, all)
	}
	if drifted > 0 {
		return exit(exitStale)
	}
	return nil
}

func (c *cli) printStates(states []dewar.DataState, drifted int, all bool) {
	for _, s := range states {
		if s.Drift == dewar.DataUnchanged {
			continue
		}
		c.printf("%-11s data.%s  %s%s\n", s.Drift, s.Name, s.Path, driftHint(s))
		for i, ch := range s.Changes {
			if i == changesShown && !all {
				c.printf("              and %d more (--granular names them all)\n", len(s.Changes)-i)
				break
			}
			if ch.Path != "" {
				c.printf("              %-9s %s\n", ch.Change, renamedText(ch.From, ch.Path))
			}
		}
	}
	if drifted == 0 {
		c.printf("unchanged: %s\n", countedAll(len(states), "data block"))
	}
}

func countedAll(n int, what string) string {
	if n == 0 {
		return "no tracked data"
	}
	return counted(n, what)
}

// driftHint says what to do.
func driftHint(s dewar.DataState) string {
	switch {
	case s.Drift == dewar.DataMissing && s.Cached:
		return "  (dewar checkout brings it back)"
	case s.Drift == dewar.DataMissing && s.Kind == dewar.DataHere && s.Locked.Kind != digest.None:
		return "  (dewar pull brings it)"
	case s.Drift == dewar.DataMissing && s.Kind != dewar.DataHere && s.Kind != dewar.DataOutside:
		return fmt.Sprintf("  (dewar data update %s brings it)", s.Name)
	case s.Drift == dewar.DataUnread:
		return fmt.Sprintf("  (dewar data allow %s lets it be read)", s.Name)
	case s.Drift == dewar.DataModified || s.Drift == dewar.DataNew:
		return "  (" + filesText(s.Files, s.Bytes) + ")"
	}
	return ""
}

func renamedText(from, to string) string {
	if from == "" {
		return printable(to)
	}
	return printable(from + " -> " + to)
}

type stateJSON struct {
	Name    string           `json:"name"`
	Path    string           `json:"path"`
	Kind    string           `json:"kind"`
	State   string           `json:"state"`
	Locked  string           `json:"locked,omitempty"`
	Digest  string           `json:"digest,omitempty"`
	Cached  bool             `json:"cached"`
	Files   int64            `json:"files"`
	Bytes   int64            `json:"bytes"`
	Changes []fileChangeJSON `json:"changes"`
}

type fileChangeJSON struct {
	Path   string `json:"path"`
	Change string `json:"change"`
	From   string `json:"from,omitempty"`
}

func stateOf(s dewar.DataState) stateJSON {
	out := stateJSON{
		Name: s.Name, Path: s.Path, Kind: string(s.Kind), State: string(s.Drift), Locked: digestText(s.Locked), Digest: digestText(s.Now),
		Cached: s.Cached, Files: s.Files, Bytes: s.Bytes, Changes: []fileChangeJSON{},
	}
	for _, ch := range s.Changes {
		out.Changes = append(out.Changes, fileChangeJSON{ch.Path, ch.Change, ch.From})
	}
	return out
}

func digestText(c digest.Content) string {
	if c.Kind == digest.None {
		return ""
	}
	return c.Digest.String()
}

func (c *cli) dataList() *cobra.Command {
	var rev string
	cmd := &cobra.Command{
		Use: "list [PROJECT [PATH]]", Short: "List tracked data, here or of another project", Args: cobra.MaximumNArgs(2),
		Long: "Lists the tracked data of the pipeline; with PROJECT, what that one tracks.\n" + projectWords,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return c.listForeign(args, rev)
			}
			if rev != "" {
				return usage("E-usage", "--rev is for another project: dewar data list PROJECT --rev %s", rev)
			}
			return c.evaluated(func(p *dewar.Project, ev *dewar.Evaluation) error {
				states, err := p.DataStatus(c.ctx, ev, nil)
				if err != nil {
					return err
				}
				if c.json {
					_ = c.sayStates(states, false) // here it is no failure that some has drifted
					return nil
				}
				width := 0
				for _, s := range states {
					width = max(width, len(s.Name))
				}
				for _, s := range states {
					note := ""
					if s.Kind != dewar.DataHere {
						note = string(s.Kind)
					}
					line := fmt.Sprintf("%-*s  %-10s %-20s %s  %s", width, s.Name, s.Drift, filesText(s.Files, s.Bytes), s.Path, note)
					c.printf("%s\n", strings.TrimRight(line, " "))
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&rev, "rev", "", "a branch, a tag or a commit of the other project")
	return cmd
}
