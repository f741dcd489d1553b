package examples_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/internal/browsertest"
)

func TestQuickstart(t *testing.T) {
	e := copyOf(t, "quickstart")
	out := e.ok("sh", "run.sh")
	report := e.read("build/report.txt")
	e.contains(out, report, "\nbest: ", "212 instances: 190 executed, 0 restored, 22 unchanged")

	e.want(e.run("."), outcome{Instances: 22, Unchanged: 22})

	// One point more: its instances and the report, nothing else.
	e.edit("params.yaml", "horizon: [1, 7]", "horizon: [1, 7, 14]")
	e.want(e.run("."), outcome{Executed: []string{"forecast", "report", "score"}, Instances: 32, Ran: 11, Unchanged: 21})

	// And back: the report of before is taken from the cache.
	e.edit("params.yaml", "horizon: [1, 7, 14]", "horizon: [1, 7]")
	e.want(e.run("."), outcome{Instances: 22, Restored: 1, Unchanged: 21})
	if got := e.read("build/report.txt"); got != report {
		t.Errorf("the report is\n%s\nand was\n%s", got, report)
	}

	// A forecast that is no better than none: its results are kept, and the check fails.
	e.ok(e.dewar, "metrics", "check")
	e.edit("params.yaml", "horizon: [1, 7]", "horizon: [1]")
	e.want(e.run("."), outcome{Executed: []string{"report"}, Instances: 12, Ran: 1, Unchanged: 11})
	if out, code := e.exec(e.dewar, "metrics", "check"); code != 3 || !strings.Contains(out, "would be better than this") {
		t.Errorf("exit code %d", code)
	}
}

// TestQuickstart_experiments: a sweep from its block to its pages.
func TestQuickstart_experiments(t *testing.T) {
	e := copyOf(t, "quickstart")
	e.commit("quickstart")
	e.ok(e.dewar, "init", "-q")
	e.ok(e.dewar, "run", "-q")
	e.commit("results")
	params := e.read("params.yaml")

	// The two columns are cleaned once each, one of them before the sweep; one of the
	// ten experiments is what the workspace has.
	e.wantSwept(e.sweep("-x", "season"), swept{
		Executed:    map[string]int{"clean": 1, "forecast": 90, "score": 90, "report": 9},
		Experiments: 10, Recorded: 10, Ran: 190, Unchanged: 22,
	})
	e.wantSwept(e.sweep("-x", "season"), swept{Executed: map[string]int{}, Experiments: 10, Known: 10, Restored: 190, Unchanged: 22})

	best := e.best("skill", "--reverse")
	wantEqual(t, "what the best one tried", map[string]any{"forecast.column": "temp_max", "forecast.season": 0.2}, tried(best, "forecast.column", "forecast.season"))
	if n := len(e.rows("--filter", "skill > 0.07 && forecast.column == \"temp_max\"")); n != 3 {
		t.Errorf("%d experiments pass the filter, want 3", n)
	}
	e.offers("exp apply", best.Name+"\tforecast.column=temp_max forecast.season=0.2 -> skill=0.0924 mae.1=2.1845 mae.7=3.1445")
	e.offers("exp run -x", "season\tdoes it help to look at the same day a year before?")
	e.quickstartPages(best.Name)

	// In the params file the value changes, and nothing else.
	e.ok(e.dewar, "exp", "apply", best.Name)
	wantEqual(t, "params.yaml", strings.Replace(params, "season: 0 ", "season: 0.2 ", 1), e.read("params.yaml"))
	e.want(e.run("."), outcome{Instances: 22, Unchanged: 22})
	metrics, changed := e.changes("exp", "diff")
	wantEqual(t, "metrics since the commit", []change{{"skill", 0.0688, 0.0924}, {"mae.1", 2.2334, 2.1845}, {"mae.7", 3.2387, 3.1445}}, metrics)
	wantEqual(t, "params since the commit", []change{{"forecast.season", 0., 0.2}}, changed)
}

// quickstartPages looks at what a sweep can be looked at with.
func (e *example) quickstartPages(best string) {
	b := browsertest.Start(e.t)
	e.save("experiments.html", "exp", "show", "--html", "--sort", "skill", "--reverse", "--only-changed")
	p, charts := e.page(b, "experiments.html")
	rows := p.Rows()
	if len(rows) != 12 { // with the workspace and the commit
		e.t.Errorf("%d rows, want 12", len(rows))
	}
	if rows[2][0] != best {
		e.t.Errorf("the first is %s, want %s", rows[2][0], best)
	}
	// A line for each experiment, a cell for each point.
	wantEqual(e.t, "the sweep", []map[string]int{{"line": 10, "rule": 3, "text": 18}, {"rect": 10, "text": 10}}, kinds(charts))
	p.Heading("forecast.season")
	if got := p.Rows()[0]; got[0] == rows[0][0] && got[0] == best {
		e.t.Errorf("nothing is sorted: %q", got)
	}
	p.Quiet()

	// Two places with two lines each.
	e.ok(e.dewar, "plots", "show", "workspace", best, "-o", "plots.html")
	_, charts = e.page(b, "plots.html")
	wantEqual(e.t, "the plot", []map[string]int{{"line": 4, "symbol": 20}}, kinds(charts))
	e.contains(e.ok(e.dewar, "plots", "show", "--text"), "How far off we are", "horizon 7")

	e.ok(e.dewar, "report", "HEAD", best, "-o", "report.html")
	p, charts = e.page(b, "report.html")
	wantEqual(e.t, "the plot of the report", []map[string]int{{"line": 4, "symbol": 20}}, kinds(charts))
	e.contains(p.Document(), "metrics.summary.skill &gt; 0", "0.0924")
}

// tried are some params of an experiment.
func tried(r row, names ...string) map[string]any {
	out := map[string]any{}
	for _, n := range names {
		out[n] = r.Params[n]
	}
	return out
}
