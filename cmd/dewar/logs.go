package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/dewar-build/dewar"
	"github.com/spf13/cobra"
)

func (c *cli) logs() *cobra.Command {
	var params paramFlags
	var series bool
	cmd := &cobra.Command{
		Use: "logs [SELECTOR...]", Short: "Print what commands wrote when they last ran",
		Long: `Prints what commands wrote when they last ran. With --series, the tables that they wrote line
by line, as metrics or for plots: all of them, or those whose paths are given. A
command that failed or was interrupted has those that it had begun.`,
		Example: "  dewar logs train\n  dewar logs train --series\n  dewar logs --series build/log.jsonl",
		RunE: func(_ *cobra.Command, args []string) error {
			p, ev, err := c.evaluate(&params)
			if err != nil {
				return err
			}
			defer c.close(p)
			args = c.selectors(p, ev, args)
			logs, err := p.Logs(c.ctx, ev, args)
			if err != nil {
				return err
			}
			if series {
				onlySeries(ev, logs, args)
			}
			switch {
			case c.json:
				return c.logsJSON(p, logs, series)
			case series:
				return c.printSeries(p, logs)
			}
			return c.printLogs(p, logs)
		},
	}
	params.add(cmd)
	cmd.Flags().BoolVar(&series, "series", false, "print the tables that commands wrote line by line")
	cmd.ValidArgsFunction = c.completeSelectors
	return cmd
}

// printLogs prints logs, and says on the other stream what else there is.
func (c *cli) printLogs(p *dewar.Project, logs []dewar.LastLog) error {
	for _, l := range logs {
		if len(logs) > 1 {
			c.printf("==> %s <==\n", l.Ref)
		}
		if err := p.CopyLog(c.out, l.Digest); err != nil {
			return err
		}
		for _, s := range l.Series {
			if n, err := p.CountRows(s); s.Partial && err == nil && !c.quiet {
				fmt.Fprintf(c.err, "%s: %s kept; `dewar logs %s --series` prints them\n", s.Path, counted(n, "row"), l.Ref)
			}
		}
	}
	return nil
}

// onlySeries leaves out the series whose paths were not given, if the path of any was.
func onlySeries(ev *dewar.Evaluation, logs []dewar.LastLog, args []string) {
	if !slices.ContainsFunc(args, ev.IsSeries) {
		return
	}
	for i := range logs {
		logs[i].Series = slices.DeleteFunc(logs[i].Series, func(s dewar.Series) bool { return !slices.Contains(args, s.Path) })
	}
}

// printSeries prints series as they are; of several, each with a header.
func (c *cli) printSeries(p *dewar.Project, logs []dewar.LastLog) error {
	n := 0
	for _, l := range logs {
		n += len(l.Series)
	}
	for _, l := range logs {
		for _, s := range l.Series {
			if n > 1 {
				c.printf("==> %s: %s <==\n", l.Ref, s.Path)
			}
			w := &ending{w: c.out, last: '\n'}
			if err := p.CopySeries(w, s); err != nil {
				return err
			}
			if n > 1 && w.last != '\n' { // what follows is a header
				c.printf("\n")
			}
		}
	}
	if n == 0 && !c.quiet {
		fmt.Fprintln(c.err, "nothing is kept: a series is a file of metrics or plots whose name ends in .jsonl, .ndjson, .csv or .tsv")
	}
	return nil
}

// ending remembers the last byte that was written.
type ending struct {
	w    io.Writer
	last byte
}

func (e *ending) Write(b []byte) (int, error) {
	if len(b) > 0 {
		e.last = b[len(b)-1]
	}
	return e.w.Write(b)
}

// logsJSON prints what is known of logs; spec/formats.md describes it.
func (c *cli) logsJSON(p *dewar.Project, logs []dewar.LastLog, count bool) error {
	type table struct {
		Path    string `json:"path"`
		Digest  string `json:"digest"`
		Rows    *int   `json:"rows,omitempty"`
		Partial bool   `json:"partial,omitempty"`
	}
	type entry struct {
		Instance string  `json:"instance"`
		Outcome  string  `json:"outcome,omitempty"`
		Log      string  `json:"log"`
		Series   []table `json:"series,omitempty"`
	}
	list := []entry{}
	for _, l := range logs {
		e := entry{Instance: l.Ref, Outcome: l.Outcome, Log: l.Digest.String()}
		for _, s := range l.Series {
			t := table{Path: s.Path, Digest: s.Digest.String(), Partial: s.Partial}
			if count || s.Partial { // others may be many, and large
				if n, err := p.CountRows(s); err == nil {
					t.Rows = &n
				}
			}
			e.Series = append(e.Series, t)
		}
		list = append(list, e)
	}
	return c.printJSON(map[string]any{"logs": list})
}
