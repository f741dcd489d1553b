package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/dewar-build/dewar"
	"github.com/spf13/cobra"
)

func (c *cli) verify() *cobra.Command {
	var params paramFlags
	var o dewar.VerifyOptions
	var vary []string
	cmd := &cobra.Command{
		Use: "verify [SELECTOR...]", Short: "Execute actions again, and compare what they make",
		Long: `Executes the actions of the selected instances again, each in a sandbox of its own, and compares what they
make with the results there are. What a reproducible action must not care about is different: the name of
the machine, the temporary directory, the number of processors, the order in which directories are listed, params
that the stage does not declare, the time. Where something differs it says where, and why most likely.
Nothing is kept. It exits with 3 if something differs or has no result yet, with 1 if an action failed. With
--json it prints an event a line, and a summary at the end.`,
		Example: "  dewar verify\n  dewar verify train -n 3\n  dewar verify --tolerance 1e-6 --vary host,order",
		RunE: func(_ *cobra.Command, args []string) error {
			var err error
			if o.Vary, err = variations(vary); err != nil {
				return err
			}
			o.Select = args
			return c.runVerify(&params, o)
		},
	}
	params.add(cmd)
	f := cmd.Flags()
	f.IntVarP(&o.Runs, "runs", "n", 1, "how often each action is executed")
	f.Float64Var(&o.Tolerance, "tolerance", 0, "numbers of metrics that differ by no more count as equal, as a part of them or as they are")
	f.StringSliceVar(&vary, "vary", nil, "what is different: "+variationNames()+"; all, none (default: all but locale)")
	f.BoolVar(&o.Network, "network", false, "also what uses the network")
	f.BoolVar(&o.Nondeterminal, "include-nondeterministic", false, "also what says deterministic = false")
	f.BoolVar(&o.Strict, "require-isolation", false, "fail where commands cannot be isolated as their stages ask, and execute nothing")
	parallelFlag(f, &o.Parallel, "how many actions at once (default: one a CPU)")
	cmd.ValidArgsFunction = c.completeSelectors
	return cmd
}

func variationNames() string {
	all, _ := dewar.Variations()
	return strings.Join(all, ", ")
}

// variations reads --vary.
func variations(names []string) ([]string, error) {
	all, _ := dewar.Variations()
	switch {
	case names == nil:
		return nil, nil
	case len(names) == 0 || slices.Contains(names, ""):
		return nil, usage("E-usage", "--vary wants all, none, or some of %s.", variationNames())
	case len(names) == 1 && names[0] == "all":
		return all, nil
	case len(names) == 1 && names[0] == "none":
		return []string{}, nil
	}
	for _, name := range names {
		if name == "all" || name == "none" {
			return nil, usage("E-usage", "--vary %s stands alone, or is a list of %s.", name, variationNames())
		}
	}
	return names, nil
}

func (c *cli) runVerify(params *paramFlags, o dewar.VerifyOptions) error {
	c.events = c.json
	if o.Runs < 1 {
		return usage("E-usage", "-n wants a positive number, not %d.", o.Runs)
	}
	p, ev, err := c.evaluate(params)
	if err != nil {
		return err
	}
	defer c.close(p)
	o.Select = c.selectors(p, ev, o.Select)
	o.Listing, o.Memory = listing, memoryDir()
	view := c.verifyView(ev)
	o.Events, o.Notices = view.event, view.notice
	rep, err := p.Verify(c.ctx, ev, o)
	view.close()
	if rep != nil {
		c.sayVerified(p, rep)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return exit(exitInterrupted)
	case err != nil:
		return err
	}
	return verifyExit(rep)
}

// verifyExit is 1 if something failed, and 3 if something is not known to be reproducible and should be.
func verifyExit(rep *dewar.VerifyReport) error {
	stale := false
	for _, x := range rep.Instances {
		switch {
		case x.Verdict == dewar.VerifyFailed:
			return exit(exitFailed)
		case x.Verdict == dewar.Differs || x.Stale:
			stale = true
		}
	}
	if stale {
		return exit(exitStale)
	}
	return nil
}

// listing returns the names of a directory as the system lists them.
func listing(dir string) ([]string, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(-1)
}

// memoryDir is a directory in memory, if this machine has one.
func memoryDir() string {
	const shm = "/dev/shm"
	if info, err := os.Stat(shm); err == nil && info.IsDir() {
		return shm
	}
	return ""
}

// verifyView shows what happens while actions are executed again.
type verifyView struct {
	c    *cli
	ev   *dewar.Evaluation
	mu   sync.Mutex
	done bool
}

func (c *cli) verifyView(ev *dewar.Evaluation) *verifyView { return &verifyView{c: c, ev: ev} }

func (v *verifyView) close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.done = true
}
