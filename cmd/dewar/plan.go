package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/spf13/cobra"
)

func (c *cli) plan() *cobra.Command {
	var params paramFlags
	var o dewar.RunOptions
	cmd := &cobra.Command{
		Use: "plan [SELECTOR...]", Short: "Say what a run would do, and why",
		RunE: func(_ *cobra.Command, args []string) error {
			o.Select = args
			return c.printPlan(&params, o)
		},
	}
	params.add(cmd)
	f := cmd.Flags()
	f.BoolVarP(&o.Force, "force", "f", false, "as for run")
	f.BoolVar(&o.Only, "only", false, "as for run")
	f.BoolVar(&o.Downstream, "downstream", false, "as for run")
	cmd.ValidArgsFunction = c.completeSelectors
	return cmd
}

func (c *cli) printPlan(params *paramFlags, o dewar.RunOptions) error {
	p, ev, err := c.evaluate(params)
	if err != nil {
		return err
	}
	defer c.close(p)
	o.Select = c.selectors(p, ev, o.Select)
	plan, err := p.Plan(c.ctx, ev, o)
	if err != nil {
		return err
	}
	c.say(append(plan.Warnings, p.Warnings()...))
	if len(plan.Instances) == 0 {
		c.sayEmpty(o.Select)
	}
	if failures := failuresOf(plan); c.json {
		c.held = append(c.held, failures...)
		if err := c.printJSON(planJSON(plan)); err != nil || len(failures) == 0 {
			return err
		}
		return exit(exitUsage)
	}
	counts := map[dewar.Verdict]int{}
	var took float64
	for _, x := range plan.Instances {
		counts[x.Verdict]++
		if x.Verdict == dewar.WouldExecute || x.Verdict == dewar.MayExecute {
			took += x.Seconds
		}
	}
	for _, g := range neededFirst(ev.Graph, groupByStage(plan.Instances)) {
		c.printPlannedGroup(g)
	}
	c.printVanished("remove", plan.Vanished, ": no longer in the pipeline; its outputs go")
	c.printf("%s: %d would execute, %d may execute, %d would be restored, %d unchanged", instances(len(plan.Instances)),
		counts[dewar.WouldExecute], counts[dewar.MayExecute], counts[dewar.WouldRestore], counts[dewar.IsUnchanged])
	if n := counts[dewar.WouldFail] + counts[dewar.WouldSkip]; n > 0 {
		c.printf(", %d cannot be known", n)
	}
	if took > 0 {
		c.printf("; they took %.1f CPU seconds last time", took)
	}
	c.printf("\n")
	return failuresOf(plan).Err()
}

// failuresOf gathers why action keys cannot be computed: a run would say so and stop.
func failuresOf(plan *dewar.Plan) diag.List {
	var out diag.List
	for _, x := range plan.Instances {
		var f *diag.Failure
		if errors.As(x.Err, &f) {
			out = append(out, f.List...)
		}
	}
	return out
}

// printPlanned prints one instance that is not unchanged, with its reasons.
func (c *cli) printPlanned(x dewar.Planned) {
	switch {
	case x.Err != nil:
		c.printf("%-11s %s: %s\n", x.Verdict, x.Ref, oneLine(x.Err))
	case x.Cause != "":
		c.printf("%-11s %s: depends on %s\n", x.Verdict, x.Ref, x.Cause)
	default:
		c.printf("%-11s %s\n", x.Verdict, x.Ref)
		printChanges(c.out, x.Reasons, 8)
	}
}

// oneLine is what an error says, in one line.
func oneLine(err error) string {
	var f *diag.Failure
	if errors.As(err, &f) && len(f.List) > 0 {
		return strings.Join(strings.Fields(f.List[0].Detail), " ")
	}
	return err.Error()
}

// printChanges prints what is different, one line each, at most n.
func printChanges(w io.Writer, changes []dewar.Reason, n int) {
	for i, ch := range changes {
		if i == n {
			fmt.Fprintf(w, "              and %d more differences\n", len(changes)-n)
			return
		}
		label := visible(ch.Label)
		switch {
		case ch.Old == "":
			fmt.Fprintf(w, "            + %s: %s\n", label, visible(shorten(ch.New)))
		case ch.New == "":
			fmt.Fprintf(w, "            - %s: %s\n", label, visible(shorten(ch.Old)))
		case len(ch.Lines) > 0 && strings.Contains(ch.Old, "\n"): // a script
			fmt.Fprintf(w, "            ~ %s:\n", label)
		default:
			was, now := differing(ch.Old, ch.New)
			fmt.Fprintf(w, "            ~ %s: %s -> %s\n", label, visible(shorten(was)), visible(shorten(now)))
		}
		if i+1 == len(changes) || i+1 == n || !slices.Equal(ch.Params, changes[i+1].Params) { // said once of all that changed with them
			printParamChanges(w, ch.Params)
		}
		for _, line := range ch.Lines {
			fmt.Fprintf(w, "                %s\n", printable(line))
		}
	}
}

func printParamChanges(w io.Writer, params []dewar.ParamChange) {
	for _, p := range params {
		was, now := differing(p.Old, p.New)
		name, was, now := visible(p.Name), visible(shorten(was)), visible(shorten(now))
		switch {
		case p.Origin == "":
			fmt.Fprintf(w, "                param %s: %s -> gone\n", name, was)
		case p.New == "":
			fmt.Fprintf(w, "                param %s: %s -> gone (%s)\n", name, was, visible(p.Origin))
		case p.Old == "":
			fmt.Fprintf(w, "                param %s: new, %s (%s)\n", name, now, visible(p.Origin))
		default:
			fmt.Fprintf(w, "                param %s: %s -> %s (%s)\n", name, was, now, visible(p.Origin))
		}
	}
}

// visible writes the characters of a name that a terminal would obey, or not show, as escapes. (Of what
// commands write, printable leaves them out: there they are no part of a name.)
func visible(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
	}
	return b.String()
}

// differing cuts off what two long values begin with alike, but for a few
// characters, so that what is shown of them is what differs.
func differing(a, b string) (string, string) {
	const most, before = 60, 12
	x, y := []rune(a), []rune(b)
	if len(x) <= most && len(y) <= most {
		return a, b
	}
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	if n <= before {
		return a, b
	}
	return "..." + string(x[n-before:]), "..." + string(y[n-before:])
}

// shorten makes a value fit on a line: digests to twelve digits, texts to sixty
// characters.
func shorten(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		if hash, _, ok := strings.Cut(w, "/"); ok && len(hash) == 64 {
			words[i] = hash[:12]
		} else if len(w) == 64 && strings.Trim(w, "0123456789abcdef") == "" {
			words[i] = w[:12]
		}
	}
	if joined := strings.Join(words, " "); len(words) > 0 {
		s = joined
	}
	if r := []rune(s); len(r) > 60 {
		s = string(r[:57]) + "..."
	}
	return s
}

// plannedJSON is one instance of plan and status; spec/formats.md describes it.
type plannedJSON struct {
	Instance string       `json:"instance"`
	Verdict  string       `json:"verdict"`
	Action   string       `json:"action,omitempty"`
	Cause    string       `json:"cause,omitempty"`
	Reasons  []changeJSON `json:"reasons"`
	Error    string       `json:"error,omitempty"`
	Seconds  float64      `json:"seconds,omitempty"`
}

type changeJSON struct {
	Label string   `json:"label"`
	Old   string   `json:"old,omitempty"`
	New   string   `json:"new,omitempty"`
	Lines []string `json:"lines,omitempty"`

	Params []paramChangeJSON `json:"params,omitempty"`
}

// paramChangeJSON is a param that a change came from.
type paramChangeJSON struct {
	Name   string `json:"name"`
	Old    string `json:"old"`
	New    string `json:"new"`
	Origin string `json:"origin"`
}

// plansJSON is all of them.
type plansJSON struct {
	Instances []plannedJSON `json:"instances"`
	Vanished  []string      `json:"vanished"`
	UpToDate  bool          `json:"up_to_date"`
}

func planJSON(p *dewar.Plan) plansJSON {
	out := plansJSON{Instances: []plannedJSON{}, Vanished: append([]string{}, p.Vanished...), UpToDate: p.UpToDate()}
	for _, x := range p.Instances {
		out.Instances = append(out.Instances, onePlannedJSON(x))
	}
	return out
}

func onePlannedJSON(x dewar.Planned) plannedJSON {
	j := plannedJSON{Instance: x.Ref, Verdict: string(x.Verdict), Cause: x.Cause, Reasons: changesJSON(x.Reasons), Seconds: x.Seconds}
	if !x.Key.IsZero() {
		j.Action = x.Key.String()
	}
	if x.Err != nil {
		j.Error = oneLine(x.Err)
	}
	return j
}

func changesJSON(changes []dewar.Reason) []changeJSON {
	out := []changeJSON{}
	for _, ch := range changes {
		one := changeJSON{Label: ch.Label, Old: ch.Old, New: ch.New, Lines: ch.Lines}
		for _, p := range ch.Params {
			one.Params = append(one.Params, paramChangeJSON(p))
		}
		out = append(out, one)
	}
	return out
}
