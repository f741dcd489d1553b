package main

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/verify"
)

// event prints an execution that ended, for people; for programs, instances too.
func (v *verifyView) event(e dewar.VerifyEvent) {
	v.mu.Lock()
	defer v.mu.Unlock()
	c, ref := v.c, v.ev.Graph.Instances[e.ID].Ref()
	switch {
	case v.done:
	case c.json && e.Verified != nil:
		_ = c.printEvent(verifiedJSON(e.Verified))
	case c.json:
		_ = c.printEvent(executionJSON(ref, e))
	case c.quiet || e.Verified != nil:
	default:
		fmt.Fprintf(c.err, "%-11s %s (%s)%s\n", "executed", ref, seconds(e.Wall), executionText(e))
	}
}

// executionText says what came of an execution: of the first that is well, nothing.
func executionText(e dewar.VerifyEvent) string {
	came := "the same"
	switch {
	case e.Failed:
		came = "failed"
	case !e.Same:
		came = "differs"
	case e.Number == 1:
		return ""
	}
	if len(e.Fixed) > 0 { // these are compared with each other
		return ", held fast: " + strings.Join(e.Fixed, ", ")
	}
	if len(e.Varied) == 0 {
		return ", not varied: " + came
	}
	return ", varied " + strings.Join(e.Varied, ", ") + ": " + came
}

func (v *verifyView) notice(id graph.ID, text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	ref := v.ev.Graph.Instances[id].Ref()
	switch {
	case v.c.json:
		_ = v.c.printEvent(map[string]any{"event": "waiting", "instance": ref, "text": text})
	case !v.c.quiet:
		fmt.Fprintf(v.c.err, "%-11s %s %s\n", "waiting", ref, text)
	}
}

// sayVerified prints the table, then each difference, then the summary.
func (c *cli) sayVerified(p *dewar.Project, rep *dewar.VerifyReport) {
	var failures diag.List
	for _, x := range rep.Instances {
		failures = append(failures, x.Failure...)
	}
	warnings := append(rep.Warnings, p.Warnings()...)
	if c.json {
		c.say(append(failures, warnings...))
		_ = c.printEvent(verifySummaryJSON(rep))
		return
	}
	c.printVerdicts(rep.Instances)
	for i := range rep.Instances {
		if x := &rep.Instances[i]; x.Verdict == dewar.Differs && x.Same == "" {
			c.printf("\n")
			c.printDifferences(x)
		}
	}
	c.say(append(failures, warnings...))
	c.printf("%s\n", verifySummary(rep))
}

// printVerdicts prints a line an instance. Neighbours of one stage of which the same is to be said are one line if
// they are many.
func (c *cli) printVerdicts(list []dewar.Verified) {
	const most = 5
	width := 0
	for _, x := range list {
		width = max(width, len([]rune(x.Ref)))
	}
	width = min(width, 40)
	for len(list) > 0 {
		n := 1
		for n < len(list) && alike(&list[0], &list[n]) {
			n++
		}
		shown := n
		if n > most {
			shown = 1
		}
		for i := range shown {
			c.printf("%-16s  %-*s  %s\n", list[i].Verdict, width, list[i].Ref, verdictText(&list[i]))
		}
		if shown < n {
			c.printf("%-16s  and %d more instances of %s\n", list[0].Verdict, n-shown, stageOf(list[0].Ref))
		}
		list = list[n:]
	}
}

// alike reports whether two instances may share a line.
func alike(x, y *dewar.Verified) bool {
	if stageOf(x.Ref) != stageOf(y.Ref) || x.Verdict != y.Verdict || x.Why != y.Why {
		return false
	}
	return x.Verdict == dewar.Reproducible && len(x.Unvaried) == len(y.Unvaried) || x.Verdict == dewar.NotVerified
}

// verdictText is the rest of an instance's line.
func verdictText(x *dewar.Verified) string {
	switch {
	case x.Verdict == dewar.NotVerified:
		return x.Reason
	case x.Same != "":
		return "the same action as " + x.Same
	}
	text := fmt.Sprintf("%s, %s", executions(x.Executions), seconds(x.Wall))
	if x.Verdict == dewar.Tolerated {
		var most float64
		for _, out := range x.Outputs {
			most = max(most, out.Apart)
		}
		text += fmt.Sprintf(", numbers differ by at most %.2g", most)
	}
	for _, u := range x.Unvaried {
		text += fmt.Sprintf("; %s not varied: %s", u.Name, u.Why)
	}
	return text
}

func executions(n int) string {
	if n == 1 {
		return "1 execution"
	}
	return fmt.Sprintf("%d executions", n)
}

// printDifferences explains an instance that differs.
func (c *cli) printDifferences(x *dewar.Verified) {
	c.printf("%s differs%s\n", x.Ref, differsWhen(x))
	for _, out := range x.Outputs {
		c.printf("  %s", out.Output.Path)
		if out.Output.Dir {
			c.printf("/")
		}
		if len(x.Matter) > 1 {
			c.printf(" (varied: %s)", strings.Join(out.Under, ", "))
		}
		c.printf("\n")
		c.printReport(out.Report)
		for _, cause := range out.Causes {
			c.printf("    likely: %s\n", cause.Reason)
			c.printf("      mend: %s\n", cause.Advice)
		}
	}
}

// differsWhen says what matters.
func differsWhen(x *dewar.Verified) string {
	switch {
	case len(x.Matter) > 0:
		return " when this is varied, and not else: " + strings.Join(x.Matter, ", ")
	case x.Together:
		return " only when several things are varied at once: " + strings.Join(x.Varied, ", ")
	case x.Sometimes:
		return ", but not always, and no variation is to blame"
	}
	return " each time, without any variation"
}

// pathsShown is how many paths of one output are shown to people.
const pathsShown = 3

func (c *cli) printReport(r *verify.Report) {
	for i, d := range r.Differences {
		if i == pathsShown {
			break
		}
		c.printf("    %s\n", differenceText(d))
		for _, line := range d.Excerpt {
			c.printf("      %s\n", printable(line))
		}
		if d.Note != "" {
			c.printf("      (%s)\n", d.Note)
		}
	}
	if n := r.Total - min(pathsShown, len(r.Differences)); n > 0 {
		c.printf("    and %d more paths\n", n)
	}
}

// differenceText says where a path differs.
func differenceText(d verify.Difference) string {
	text := printable(d.Path)
	if text != "" {
		text += ": "
	}
	switch d.Kind {
	case verify.Added:
		return text + "was not there before"
	case verify.Removed:
		return text + "is not there any more"
	}
	for _, m := range d.Members {
		text += printable(m) + ": "
	}
	if d.Format != "" {
		text += d.Format + ", "
	}
	return text + printable(d.Where)
}

// verifySummary is the last line.
func verifySummary(rep *dewar.VerifyReport) string {
	text := fmt.Sprintf("%s: %d reproducible", instances(len(rep.Instances)), rep.Count(dewar.Reproducible))
	if n := rep.Count(dewar.Tolerated); n > 0 {
		text += fmt.Sprintf(", %d within tolerance", n)
	}
	if n := rep.Count(dewar.Differs); n > 0 {
		text += fmt.Sprintf(", %d differ", n)
		if n == 1 {
			text += "s"
		}
	}
	if n := rep.Count(dewar.VerifyFailed); n > 0 {
		text += fmt.Sprintf(", %d failed", n)
	}
	if n := rep.Count(dewar.NotVerified); n > 0 {
		text += fmt.Sprintf(", %d not verified", n)
	}
	if rep.Interrupted {
		text += ", interrupted"
	}
	return text + fmt.Sprintf(" (%s, %s)", executions(rep.Executions), seconds(rep.Wall))
}
