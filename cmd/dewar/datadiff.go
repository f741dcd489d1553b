package main

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/spf13/cobra"
)

func (c *cli) dataDiff() *cobra.Command {
	var names []string
	cmd := &cobra.Command{
		Use: "diff [A [B]]", Short: "Compare data and outputs file by file", Args: cobra.MaximumNArgs(2),
		Long: `Compares tracked data and outputs in two places: commits as Git names them, or workspace. Without B it
compares with the workspace, without A with HEAD. Of tables it says how many rows and which columns are
different. Exits with 3 if something is.`,
		Example: "  dewar data diff\n  dewar data diff v1.0 v2.0 --data images",
		RunE: func(_ *cobra.Command, args []string) error {
			a, b := "HEAD", dewar.Workspace
			if len(args) > 0 {
				a = args[0]
			}
			if len(args) > 1 {
				b = args[1]
			}
			return c.evaluated(func(p *dewar.Project, ev *dewar.Evaluation) error {
				list, err := p.DataDiff(c.ctx, ev, a, b, c.sharedNames(p, ev, names))
				if err != nil {
					return err
				}
				return c.sayDataDiff(list, a, b)
			})
		},
	}
	cmd.Flags().StringArrayVar(&names, "data", nil, "only this data, or the outputs of this selector (repeatable)")
	_ = cmd.RegisterFlagCompletionFunc("data", c.completeShared)
	return cmd
}

func (c *cli) sayDataDiff(list []dewar.DataChange, a, b string) error {
	if c.json {
		out := []dataChangeJSON{}
		for _, ch := range list {
			out = append(out, dataChangeOf(ch))
		}
		if err := c.printJSON(map[string]any{"old": a, "new": b, "changes": out}); err != nil {
			return err
		}
	} else {
		c.printDataDiff(list)
	}
	if len(list) > 0 {
		return exit(exitStale)
	}
	return nil
}

func (c *cli) printDataDiff(list []dewar.DataChange) {
	counts := map[string]int{}
	for _, ch := range list {
		counts[ch.Change]++
		c.printf("%-9s %s%s\n", ch.Change, renamedText(ch.From, ch.Path), changeNote(ch))
	}
	if len(list) == 0 {
		c.printf("no difference\n")
		return
	}
	var parts []string
	for _, word := range []string{"added", "deleted", "modified", "renamed"} {
		if n := counts[word]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	c.printf("%s\n", strings.Join(parts, ", "))
}

// changeNote is how much changed.
func changeNote(ch dewar.DataChange) string {
	if t := ch.Table; t != nil {
		return "  " + tableText(t)
	}
	if ch.Change == "modified" && ch.Old.Digest.Size != ch.New.Digest.Size {
		return fmt.Sprintf("  %s -> %s", size(ch.Old.Digest.Size), size(ch.New.Digest.Size))
	}
	return ""
}

func tableText(t *dewar.TableChange) string {
	parts := []string{fmt.Sprintf("%d -> %s", t.OldRows, counted(int(t.NewRows), "row"))}
	if t.Added > 0 || t.Removed > 0 {
		parts = append(parts, fmt.Sprintf("+%d -%d", t.Added, t.Removed))
	}
	if t.Reordered {
		parts = append(parts, "another order")
	}
	for _, name := range t.ColumnsAdded {
		parts = append(parts, "column +"+name)
	}
	for _, name := range t.ColumnsRemoved {
		parts = append(parts, "column -"+name)
	}
	return strings.Join(parts, ", ")
}

type dataChangeJSON struct {
	Of     string     `json:"of"`
	Path   string     `json:"path"`
	Change string     `json:"change"`
	From   string     `json:"from,omitempty"`
	Old    string     `json:"old,omitempty"`
	New    string     `json:"new,omitempty"`
	Table  *tableJSON `json:"table,omitempty"`
}

type tableJSON struct {
	OldRows        int64    `json:"old_rows"`
	NewRows        int64    `json:"new_rows"`
	Added          int64    `json:"added"`
	Removed        int64    `json:"removed"`
	Reordered      bool     `json:"reordered"`
	ColumnsAdded   []string `json:"columns_added"`
	ColumnsRemoved []string `json:"columns_removed"`
}

func dataChangeOf(ch dewar.DataChange) dataChangeJSON {
	out := dataChangeJSON{ch.Of, ch.Path, ch.Change, ch.From, digestText(ch.Old), digestText(ch.New), nil}
	if t := ch.Table; t != nil {
		out.Table = &tableJSON{t.OldRows, t.NewRows, t.Added, t.Removed, t.Reordered, append([]string{}, t.ColumnsAdded...), append([]string{}, t.ColumnsRemoved...)}
	}
	return out
}
