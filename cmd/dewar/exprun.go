package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/exp/metric"
	"github.com/dewar-build/dewar/graph"
	engine "github.com/dewar-build/dewar/run"
	"github.com/spf13/cobra"
)

// sweepFlags are those of exp run.
type sweepFlags struct {
	paramFlags
	block, name, seed, note string
	zip, failFast, dryRun   bool
	sample                  int
	draws                   bool // --sample is given
	run                     dewar.RunOptions
	pull                    pullFlags
}

func (c *cli) expRun() *cobra.Command {
	var f sweepFlags
	cmd := &cobra.Command{
		Use: "run [SELECTOR...]", Short: "Run the pipeline under other params",
		Long: `Runs the pipeline under other params and records the results, without touching
the workspace. Several values of a param make an experiment of each; several
such params one of each combination. All of them run as one graph: what they
share runs once.

  -p train.C=0.1,1,10               numbers, bools and choices: separated by commas
  -p 'train.C=logspace(-3, 1, 5)'   or an expression that gives a list
  -p 'train.solver=["lbfgs","saga"]'  anything else: a list`,
		Example: "  dewar exp run -p train.C=10\n  dewar exp run -p train.C=0.1,1,10 -p train.max_iter=100,1000 -j 4\n  dewar exp run -x tune",
		RunE: func(cmd *cobra.Command, args []string) error {
			f.run.Select, f.draws = args, cmd.Flags().Changed("sample")
			return c.runSweep(&f)
		},
	}
	f.add(cmd)
	f.pull.add(cmd)
	fl := cmd.Flags()
	fl.StringVarP(&f.block, "experiment", "x", "", "begin with this experiment block of the pipeline")
	fl.StringVarP(&f.name, "name", "n", "", "the experiment's name; of several, NAME-1, NAME-2, … (default: made up)")
	fl.StringVarP(&f.note, "note", "m", "", "a note to write to it")
	fl.BoolVar(&f.zip, "zip", false, "take the values of all params in lockstep, not every combination")
	fl.IntVar(&f.sample, "sample", 0, "draw this many of the points at random")
	fl.StringVar(&f.seed, "seed", "", "what decides which points are drawn (default: the block's, or 0)")
	fl.BoolVar(&f.failFast, "fail-fast", false, "stop everything after the first failure")
	fl.BoolVarP(&f.run.Force, "force", "f", false, "execute the selected even if their results are known")
	fl.BoolVar(&f.dryRun, "dry-run", false, "say what would be run, change nothing")
	fl.BoolVarP(&c.verbose, "verbose", "v", false, "show what commands write, also those whose results are restored")
	fl.BoolVar(&f.run.Strict, "require-isolation", false, "fail where commands cannot be isolated as their stages ask, and execute nothing")
	parallelFlag(fl, &f.run.Parallel, "how many actions at once (default: one a CPU)")
	cmd.ValidArgsFunction = c.completeSelectors
	_ = cmd.RegisterFlagCompletionFunc("experiment", c.completeBlocks) // it fails for a flag that is not there
	return cmd
}

func (f *sweepFlags) options(c *cli, p *dewar.Project, dir string) (dewar.SweepOptions, error) {
	o, err := f.paramFlags.options(c, p, dir)
	if err == nil && (f.sample < 0 || f.draws && f.sample == 0) {
		err = usage("E-usage", "--sample wants a positive number, not %d.", f.sample)
	}
	return dewar.SweepOptions{
		Dir: dir, Params: o.Params, Set: o.Set, Block: f.block, Zip: f.zip, Sample: f.sample, Seed: f.seed, Name: f.name,
	}, err
}

func (c *cli) runSweep(f *sweepFlags) error {
	c.events = c.json
	p, dir, err := c.open()
	if err != nil {
		return err
	}
	defer c.close(p)
	so, err := f.options(c, p, dir)
	if err != nil {
		return err
	}
	done := c.evaluating()
	sw, diags := p.PlanSweep(so)
	done()
	c.sources = sw.Sources
	if err := diags.Err(); err != nil {
		return err
	}
	if f.seed != "" && sw.Declared.Budget == 0 {
		return usage("E-usage", "--seed decides which of the points are drawn, and here all are tried. Say how many to draw: --sample 10.")
	}
	c.say(sw.Warnings)
	f.run.Select = c.sweepSelectors(p, sw, f.run.Select)
	if err := p.CheckObjective(sw); err != nil {
		return err
	}
	total, err := sw.Instances(f.run)
	if err != nil {
		return cmp.Or(blockMeant(p, sw, f.run.Select), err)
	}
	f.run.KeepGoing, f.run.DryRun = !f.failFast, f.dryRun
	if !c.json && !c.quiet && !f.dryRun {
		fmt.Fprintf(c.err, "%s, %s\n", experiments(len(sw.Experiments)), instances(total))
	}
	pull, closeRemotes, err := c.pullFrom(p, &f.pull)
	if err != nil {
		return err
	}
	defer closeRemotes()
	f.run.Pull = pull
	rep, err := c.carryOut(p, sw, f, total)
	if rep == nil {
		return err
	}
	return c.saySweep(p, sw, rep, f, err)
}

// sweepSelectors takes what a person typed for project paths, as selectors does
// for one evaluation.
func (c *cli) sweepSelectors(p *dewar.Project, sw *dewar.Sweep, args []string) []string {
	if len(sw.Experiments) == 0 {
		return args
	}
	return c.selectors(p, &dewar.Evaluation{Graph: sw.Experiments[0].Graph, Dir: sw.Dir}, args)
}

// carryOut runs a sweep and shows how it goes.
func (c *cli) carryOut(p *dewar.Project, sw *dewar.Sweep, f *sweepFlags, total int) (*dewar.SweepReport, error) {
	obs := c.observer(sweepNames(sw), total)
	if f.dryRun && !c.json { // what would be restored is nothing that happens
		obs.Close()
		obs = silent{}
	}
	if v, ok := obs.(*liveView); ok {
		v.follow(len(sw.Experiments), sweepValues(sw))
	}
	var once sync.Once
	closeView := func() { once.Do(obs.Close) }
	defer closeView()
	o := dewar.SweepRunOptions{RunOptions: f.run, Note: f.note}
	o.Events, o.Progress, o.Replay = obs.Event, obs.Line, c.verbose
	o.Samples, o.Notices = obs.Sample, obs.Notice
	o.Ended = func(i int, fin dewar.Finished) {
		if d := sw.Declared; d.Metric != "" && !c.json { // what is searched for goes before all else
			fin.Row.Better = slices.Insert(slices.Clone(fin.Row.Better), 0, exp.Better{Name: d.Metric, Higher: d.Maximize})
		}
		obs.Experiment(sw.Experiments[i].Name, fin)
	}
	if c.json {
		var mu sync.Mutex // events come from two goroutines then
		events, ended := o.Events, o.Ended
		o.Events = func(e engine.Event) { mu.Lock(); defer mu.Unlock(); events(e) }
		o.Ended = func(i int, fin dewar.Finished) { mu.Lock(); defer mu.Unlock(); ended(i, fin) }
	}
	rep, err := p.RunSweep(c.ctx, sw, o)
	closeView()
	return rep, err
}

// sharing says of each instance of a sweep which experiment has it first, and how
// many have it.
func sharing(sw *dewar.Sweep) (first, count []int) {
	first = make([]int, len(sw.Union.Graph.Instances))
	count = make([]int, len(first))
	for i, ids := range sw.Union.IDs {
		for _, id := range ids {
			if count[id]++; count[id] == 1 {
				first[id] = i
			}
		}
	}
	return first, count
}

// sweepValues says what an instance is tried with: the values in which its
// experiment differs from others. Of what several share there is nothing to say.
func sweepValues(sw *dewar.Sweep) func(graph.ID) string {
	first, count := sharing(sw)
	varies := map[string]bool{}
	for _, a := range sw.Declared.Axes {
		varies[a.Name] = len(a.Values) > 1
	}
	values := make([]string, len(sw.Experiments))
	for i, x := range sw.Experiments {
		var words []string
		for _, s := range x.Set {
			if varies[s.Name] {
				words = append(words, s.Name+"="+s.Text)
			}
		}
		values[i] = printable(strings.Join(words, " "))
	}
	return func(id graph.ID) string {
		if count[id] != 1 {
			return ""
		}
		return values[first[id]]
	}
}

// sweepNames calls an instance by the experiment that it belongs to, or says
// how many share it.
func sweepNames(sw *dewar.Sweep) func(graph.ID) string {
	first, count := sharing(sw)
	return func(id graph.ID) string {
		ref := sw.Union.Graph.Instances[id].Ref()
		switch {
		case len(sw.Experiments) == 1:
			return ref
		case count[id] == 1:
			return ref + " of " + sw.Experiments[first[id]].Name
		}
		return fmt.Sprintf("%s of %s", ref, experiments(count[id]))
	}
}

// saySweep prints what a sweep left to say: what failed, the results, the
// summary.
func (c *cli) saySweep(p *dewar.Project, sw *dewar.Sweep, rep *dewar.SweepReport, f *sweepFlags, runErr error) error {
	c.say(append(append(rep.Failures, rep.Warnings...), p.Warnings()...))
	if c.json {
		_ = c.printEvent(sweepSummaryJSON(rep))
	} else {
		if f.dryRun {
			c.printTried(sw, rep.Summary)
		} else {
			if err := c.printSweep(sw, rep); err != nil {
				return err
			}
			c.printf("%s\n", summaryText(rep.Summary))
		}
	}
	switch {
	case errors.Is(runErr, context.Canceled):
		if !c.json && !c.quiet {
			fmt.Fprintln(c.err, "interrupted: the same command goes on from here")
		}
		return exit(exitInterrupted)
	case runErr != nil:
		return runErr
	case rep.Failed > 0:
		return exit(exitFailed)
	}
	return nil
}

// printTried says what experiments a sweep would make, and what that takes.
func (c *cli) printTried(sw *dewar.Sweep, s engine.Summary) {
	c.printf("would try %s\n", experiments(len(sw.Experiments)))
	for i := range sw.Experiments {
		if i == sweepShown {
			c.printf("  and %d more\n", len(sw.Experiments)-i)
			break
		}
		var words []string
		for _, s := range sw.Experiments[i].Set {
			words = append(words, s.Name+"="+s.Text)
		}
		c.printf("  %s\n", printable(strings.Join(append([]string{sw.Experiments[i].Name}, words...), "  ")))
	}
	c.printf("%s: %d would execute, %d would be restored, %d unchanged\n", instances(s.Instances), s.Executed, s.Restored, s.Unchanged)
}

// printSweep shows the experiments that ended, and the best of them.
func (c *cli) printSweep(sw *dewar.Sweep, rep *dewar.SweepReport) error {
	var rows []exp.Row
	for _, x := range rep.Experiments {
		if x.Ended {
			x.Row.Name = x.Name
			rows = append(rows, x.Row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if c.quiet { // else it was said when it was recorded
		c.sayUnread(experimentRows(rows))
	}
	by := objective{sw.Declared.Metric, sw.Declared.Maximize, sw.Declared.MetricSpan}
	best, problem := bestOf(by, rows)
	if problem != nil {
		c.say(diag.List{*problem})
	}
	f := &showFlags{onlyChanged: len(rows) > 1, precision: defaultPrecision, top: sweepShown, objective: by.metric, maximize: by.maximize, set: axisNames(sw)}
	if best >= 0 {
		f.objective = exp.MetricsCalled(rows[best].Metrics, by.metric)[0]
	}
	t, err := f.table(rows)
	if err != nil {
		return err
	}
	if err := c.printTable(t); err != nil {
		return err
	}
	if n := len(rows) - sweepShown; n > 0 {
		c.printf("and %d more; `dewar exp show` has them all\n", n)
	}
	shown := by.metric
	if shown == "" && len(rows) > 1 { // nothing is searched for, so rows stay as they were asked for
		by, shown = declaredBetter(rows)
		if best, problem = bestOf(by, rows); problem != nil {
			c.say(diag.List{*problem})
		}
	}
	if best >= 0 {
		c.printf("best: %s, %s = %s\n", rows[best].Name, shown, metric.Format(objectiveOf(&rows[best], by.metric), defaultPrecision))
	}
	c.printf("\n")
	return nil
}

// sweepShown is how many experiments a sweep prints at its end.
const sweepShown = 20

func axisNames(sw *dewar.Sweep) []string {
	var out []string
	for _, a := range sw.Declared.Axes {
		out = append(out, a.Name)
	}
	return out
}

// declaredBetter returns the one metric of which the pipeline says whether more of it is better, and what
// it is called among the others; "" if there is none, or several.
func declaredBetter(rows []exp.Row) (by objective, short string) {
	for i := range rows {
		for _, b := range rows[i].Better {
			if by.metric != "" && (by.metric != b.Name || by.maximize != b.Higher) {
				return objective{}, ""
			}
			by.metric, by.maximize = b.Name, b.Higher
		}
	}
	var names columnsOf
	for i := range rows {
		names.meet(rows[i].Metrics)
	}
	if i, ok := names.at[by.metric]; ok {
		return by, exp.ShortNames(names.names)[i]
	}
	if file, _, _ := exp.CutMetric(by.metric); slices.ContainsFunc(names.names, func(n string) bool { return strings.HasPrefix(n, file+":") }) {
		return by, by.metric // the file was made, and has no such value
	}
	return objective{}, ""
}

// objective is the metric by which experiments are compared.
type objective struct {
	metric   string // "" if there is none
	maximize bool
	span     diag.Span // where it is written
}

// bestOf returns the index of the best experiment, or -1, and what is wrong with
// the objective.
func bestOf(by objective, rows []exp.Row) (int, *diag.Diagnostic) {
	if by.metric == "" {
		return -1, nil
	}
	best := -1
	var top frame.Value
	for i := range rows {
		if several := exp.MetricsCalled(rows[i].Metrics, by.metric); len(several) > 1 {
			return -1, &diag.Diagnostic{
				Severity: diag.Warning, Code: "W-objective-absent", Span: by.span,
				Detail: fmt.Sprintf("Several metrics are called %s, so none of the experiments is the best: %s. Write the whole name of one, or what tells it apart: %q.", by.metric, strings.Join(several, ", "), exp.ShortNames(several)[0]),
			}
		}
		v := objectiveOf(&rows[i], by.metric)
		if v.Kind != frame.Number {
			continue
		}
		if best < 0 || v.Number != top.Number && (v.Number > top.Number) == by.maximize {
			best, top = i, v
		}
	}
	if best >= 0 || !slices.ContainsFunc(rows, func(r exp.Row) bool { return r.State == exp.Done }) {
		return best, nil
	}
	return -1, &diag.Diagnostic{
		Severity: diag.Warning, Code: "W-objective-absent", Span: by.span,
		Detail: fmt.Sprintf("No experiment has a number called %s among its metrics, so none of them is the best.%s", by.metric, metricsThere(rows)),
	}
}

// metricsThere lists the names of metrics that experiments have.
func metricsThere(rows []exp.Row) string {
	var names []string
	for i := range rows {
		for _, f := range rows[i].Metrics {
			if f.Value.Kind == frame.Number && !slices.Contains(names, f.Name) && len(names) < 8 {
				names = append(names, f.Name)
			}
		}
	}
	if len(names) == 0 {
		return " They have no metrics that are numbers."
	}
	return " There are: " + strings.Join(names, ", ") + "."
}

// objectiveOf returns the metric that a name means: the whole name, or what
// follows the path of its file.
func objectiveOf(r *exp.Row, name string) frame.Value {
	called := exp.MetricsCalled(r.Metrics, name)
	for _, f := range r.Metrics {
		if slices.Contains(called, f.Name) && !r.IsPartial(f.Name) {
			return f.Value
		}
	}
	return frame.Value{}
}

// sweepSummaryJSON is the last event of exp run; spec/formats.md describes it.
func sweepSummaryJSON(rep *dewar.SweepReport) any {
	recorded, known := 0, 0
	for _, x := range rep.Experiments {
		switch {
		case x.Known:
			known++
		case x.Ended:
			recorded++
		}
	}
	s := rep.Summary
	return struct {
		Event       string  `json:"event"`
		Experiments int     `json:"experiments"`
		Recorded    int     `json:"recorded"`
		Known       int     `json:"known"`
		Instances   int     `json:"instances"`
		Executed    int     `json:"executed"`
		Restored    int     `json:"restored"`
		Unchanged   int     `json:"unchanged"`
		Failed      int     `json:"failed"`
		Skipped     int     `json:"skipped"`
		Seconds     float64 `json:"seconds"`
	}{"summary", len(rep.Experiments), recorded, known, s.Instances, s.Executed, s.Restored, s.Unchanged, s.Failed, s.Skipped, s.Wall.Seconds()}
}
