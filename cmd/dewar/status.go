package main

import (
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/graph"
	"github.com/spf13/cobra"
)

func (c *cli) status() *cobra.Command {
	var params paramFlags
	var share shareFlags
	var atRemote bool
	cmd := &cobra.Command{
		Use: "status [SELECTOR...]", Short: "Say what is not up to date",
		Long: `Says what is not up to date, and exits with 3 if something is not. With --remote it says what the cache
and a remote do not both have of what the lock names.`,
		RunE: func(_ *cobra.Command, args []string) error {
			if atRemote || len(share.remotes) > 0 {
				return c.statusRemote(&share, args)
			}
			p, ev, err := c.evaluate(&params)
			if err != nil {
				return err
			}
			defer c.close(p)
			plan, err := p.Plan(c.ctx, ev, dewar.RunOptions{Select: c.selectors(p, ev, args)})
			if err != nil {
				return err
			}
			return c.printStatus(p, ev, plan)
		},
	}
	params.add(cmd)
	f := cmd.Flags()
	f.BoolVar(&atRemote, "remote", false, "compare the cache with the default remote")
	f.StringArrayVarP(&share.remotes, "remote-name", "r", nil, "the same with this remote (repeatable)")
	f.BoolVar(&share.Recheck, "recheck", false, "with --remote: ask for every file")
	cmd.ValidArgsFunction = c.completeSelectors
	return cmd
}

func (c *cli) printStatus(p *dewar.Project, ev *dewar.Evaluation, plan *dewar.Plan) error {
	stale := exit(exitStale)
	c.say(append(plan.Warnings, p.Warnings()...))
	overrides, err := p.LockedOverrides(ev)
	if err != nil {
		return err
	}
	if c.json {
		if err := c.printJSON(statusJSON(plan, overrides)); err != nil {
			return err
		}
		if plan.UpToDate() {
			return nil
		}
		return stale
	}
	for _, o := range overrides {
		c.printf("the last run had %s = %s from %s\n", o.Name, o.Text, o.Origin)
	}
	if plan.UpToDate() {
		c.printf("up to date: %s\n", instances(len(plan.Instances)))
		return nil
	}
	for _, g := range neededFirst(ev.Graph, groupByStage(plan.Instances)) {
		c.printStatusGroup(g)
	}
	c.printVanished("vanished", plan.Vanished, "")
	return stale
}

// groupByStage puts neighbours of one stage with one verdict together. A stage of a module is one
// at all points of the module, and those are not neighbours: they stand where the first does.
func groupByStage(list []dewar.Planned) [][]dewar.Planned {
	type kind struct {
		stage   string
		verdict dewar.Verdict
	}
	var out [][]dewar.Planned
	nested := map[kind]int{} // indices of out
	for _, x := range list {
		if x.Verdict == dewar.IsUnchanged {
			continue
		}
		is := kind{stageOf(x.Ref), x.Verdict}
		if i, ok := nested[is]; ok {
			out[i] = append(out[i], x)
			continue
		}
		if n := len(out); n > 0 && out[n-1][0].Verdict == x.Verdict && stageOf(out[n-1][0].Ref) == is.stage {
			out[n-1] = append(out[n-1], x)
			continue
		}
		if strings.Contains(is.stage, "/") {
			nested[is] = len(out)
		}
		out = append(out, []dewar.Planned{x})
	}
	return out
}

func (c *cli) printStatusGroup(g []dewar.Planned) {
	if len(g) <= 3 {
		for _, x := range g {
			c.printPlanned(x)
		}
		return
	}
	c.printPlanned(g[0])
	c.printf("%-11s and %d more instances of %s\n", g[0].Verdict, len(g)-1, stageOf(g[0].Ref))
}

// statusJSON is what the plan is, and the overrides of the last run.
func statusJSON(plan *dewar.Plan, overrides []graph.Override) any {
	type override struct {
		Name   string `json:"name"`
		Text   string `json:"text"`
		Origin string `json:"origin"`
	}
	list := []override{}
	for _, o := range overrides {
		list = append(list, override(o))
	}
	return struct {
		plansJSON
		Overrides []override `json:"overrides"`
	}{planJSON(plan), list}
}
