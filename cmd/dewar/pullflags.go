package main

import (
	"fmt"

	"github.com/dewar-build/dewar"
	"github.com/spf13/cobra"
)

// pullFlags are --pull and --remote of commands that run.
type pullFlags struct {
	pull    bool
	remotes []string
}

func (f *pullFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.pull, "pull", false, "take from the remote what the cache does not have")
	cmd.Flags().StringArrayVarP(&f.remotes, "remote", "r", nil, "with --pull: from this remote (repeatable)")
}

// pullFrom opens the remotes to pull from; without --pull there are none, and the Pull is nil. close
// closes them.
func (c *cli) pullFrom(p *dewar.Project, f *pullFlags) (pull *dewar.Pull, close func(), err error) {
	if !f.pull {
		if len(f.remotes) > 0 {
			return nil, nil, usage("E-usage", "--remote says where to pull from: give --pull as well.")
		}
		return nil, func() {}, nil
	}
	names := f.remotes
	if len(names) == 0 {
		names = []string{""}
	}
	pull = &dewar.Pull{}
	close = func() {
		for _, r := range pull.From {
			_ = r.Close()
		}
	}
	for _, name := range names {
		r, err := p.OpenRemote(c.ctx, name)
		if err != nil {
			close()
			return nil, nil, err
		}
		pull.From = append(pull.From, r)
	}
	return pull, close, nil
}

// withData brings the data that a run needs and that is missing, and evaluates again if some came: what
// there is to do may depend on its files.
func (c *cli) withData(p *dewar.Project, ev *dewar.Evaluation, dir string, params *paramFlags, o dewar.RunOptions) (*dewar.Evaluation, error) {
	if o.DryRun {
		return ev, nil
	}
	o.Select = c.selectors(p, ev, o.Select)
	ids, err := p.Selected(ev, o)
	if err != nil {
		return nil, err
	}
	missing := p.MissingData(ev, ids)
	if len(missing) == 0 {
		return ev, nil
	}
	brought, err := p.BringData(c.ctx, ev, dewar.BringOptions{Names: missing, Pull: o.Pull, Progress: c.progressLine})
	c.endLine()
	if err != nil {
		return nil, err
	}
	c.sayBrought(brought)
	if len(brought) == 0 {
		return ev, nil
	}
	return c.evaluateIn(p, dir, params)
}

// sayBrought says what data came.
func (c *cli) sayBrought(brought []dewar.Brought) {
	for _, b := range brought {
		if c.json {
			_ = c.printEvent(map[string]any{"event": "brought", "name": b.Name, "path": b.Path, "from": b.From, "bytes": b.Bytes})
		} else if !c.quiet {
			fmt.Fprintf(c.err, "brought data.%s: %s from %s (%s)\n", b.Name, b.Path, b.From, size(b.Bytes))
		}
	}
}
