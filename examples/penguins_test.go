package examples_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/internal/browsertest"
)

func TestPenguins(t *testing.T) {
	if os.Getenv("DEWAR_PENGUINS") == "" {
		t.Skip("DEWAR_PENGUINS is not set; this installs packages from the network")
	}
	e := copyOf(t, "penguins")
	e.commit("penguins")
	out, code := e.exec("sh", "run.sh")
	if code != 0 || !strings.Contains(out, `"test_accuracy"`) || !strings.Contains(out, `"test_recall"`) {
		t.Fatalf("exit code %d; it should end with the metrics:\n%s", code, out)
	}
	metrics := e.read("assets/metrics.json")
	e.commit("results")

	e.want(e.run("."), outcome{Instances: 4, Unchanged: 4})

	e.edit("params.yaml", "C: 1.0", "C: 0.001")
	e.want(e.run("."), outcome{Executed: []string{"evaluate", "train"}, Instances: 4, Ran: 2, Unchanged: 2})

	// Back to what was: nothing runs, and the workspace is as it was.
	e.edit("params.yaml", "C: 0.001", "C: 1.0")
	e.want(e.run("."), outcome{Instances: 4, Restored: 2, Unchanged: 2})
	if got := e.read("assets/metrics.json"); got != metrics {
		t.Errorf("the metrics are %s and were %s", got, metrics)
	}

	e.edit("params.yaml", "remove: [year]", "remove: [year, island]")
	e.want(e.run("."), outcome{Executed: []string{"evaluate", "featurize", "train"}, Instances: 4, Ran: 3, Unchanged: 1})

	// No stage declares the section notes.
	e.edit("params.yaml", "author: the penguin team", "author: somebody else")
	e.want(e.run("."), outcome{Instances: 4, Unchanged: 4})

	t.Run("experiments", func(t *testing.T) { e := *e; e.t = t; e.penguinExperiments() })
	t.Run("grid", func(t *testing.T) { e := *e; e.t = t; e.grid() })
	t.Run("undeclared", func(t *testing.T) { e := *e; e.t = t; e.undeclared() })
}

// penguinExperiments goes from what was committed through a sweep to its best point.
func (e *example) penguinExperiments() {
	e.ok("git", "checkout", "-q", "params.yaml")
	e.want(e.run("."), outcome{Instances: 4, Restored: 3, Unchanged: 1})
	params := e.read("params.yaml")

	// All share the data and the features, and one is what the workspace has: C is 1.0 there.
	e.wantSwept(e.sweep("-x", "search"), swept{
		Executed:    map[string]int{"train": 7, "evaluate": 7},
		Experiments: 8, Recorded: 8, Ran: 14, Unchanged: 4,
	})

	// A sample of many points. They are the same ones everywhere, and these two share
	// their features, which are made once.
	e.contains(e.ok(e.dewar, "exp", "run", "-x", "random", "--dry-run", "--json"), `"experiments":6,`)
	e.wantSwept(e.sweep("-x", "random", "--sample", "2", "-p", "base.random_seed=7"), swept{
		Executed:    map[string]int{"get_data": 1, "featurize": 1, "train": 2, "evaluate": 2},
		Experiments: 2, Recorded: 2, Ran: 6,
	})

	rows := e.rows("--filter", "base.random_seed == 42")
	if len(rows) != 8 {
		e.t.Fatalf("%d experiments, want 8: %+v", len(rows), rows)
	}
	for _, r := range rows {
		if a, ok := r.Metrics["assets/metrics.json:test_accuracy"].(float64); !ok || a <= 0.5 {
			e.t.Errorf("%s: %+v", r.Name, r)
		}
	}
	best := e.best("test_log_loss", "--filter", "base.random_seed == 42 && train.solver == \"lbfgs\"")
	if best.Params["train.C"] != 10. {
		e.t.Fatalf("the least loss is that of %+v", best)
	}
	e.offers("exp show", best.Name+"\t"+"train.C=10 train.solver=lbfgs -> test_accuracy=0.9881 test_recall=0.991 test_log_loss=0.0145")
	e.penguinPages(best.Name)

	// In the params file the value changes, and nothing else.
	e.ok(e.dewar, "exp", "apply", best.Name)
	wantEqual(e.t, "params.yaml", strings.Replace(params, "C: 1.0 ", "C: 10.0 ", 1), e.read("params.yaml"))
	e.want(e.run("."), outcome{Instances: 4, Unchanged: 4})
	metrics, _ := e.changes("metrics", "diff")
	wantEqual(e.t, "metrics since the commit", []change{{"test_log_loss", 0.0241, 0.0145}}, metrics)
	_, changed := e.changes("exp", "diff", "HEAD", best.Name)
	wantEqual(e.t, "params since the commit", []change{{"train.C", 1., 10.}}, changed)
	e.contains(e.ok(e.dewar, "report"), "test_log_loss", "train.C", "metrics.scores.test_accuracy > 0.5")
	e.ok("git", "checkout", "-q", "params.yaml")
}

// penguinPages looks at the sweep, at two experiments over each other, and at a report.
func (e *example) penguinPages(best string) {
	b := browsertest.Start(e.t)
	e.save("experiments.html", "exp", "show", "--html", "--filter", "base.random_seed == 42", "--only-changed")
	p, charts := e.page(b, "experiments.html")
	if n := len(p.Rows()); n != 10 { // with the workspace and the commit
		e.t.Errorf("%d rows, want 10", n)
	}
	if n := p.Count("td.good"); n < 3 {
		e.t.Errorf("%d cells are the best of their column", n)
	}
	got := kinds(charts)
	if len(got) != 2 || got[0]["line"] != 8 || got[1]["rect"] != 8 {
		e.t.Errorf("the sweep is %v: eight lines and eight cells wanted", got)
	}

	worst := e.best("test_accuracy", "--filter", "base.random_seed == 42")
	e.ok(e.dewar, "plots", "show", best, worst.Name, "-o", "plots.html")
	p, charts = e.page(b, "plots.html")
	got = kinds(charts)
	if len(got) != 1 || got[0]["rect"] != 18 { // two of three by three
		e.t.Errorf("the matrices are %v", got)
	}
	e.contains(p.Document(), best, worst.Name, "Chinstrap")

	e.ok(e.dewar, "report", "HEAD", worst.Name, "-o", "report.html")
	p, _ = e.page(b, "report.html")
	e.contains(p.Document(), "test_log_loss", "Which penguin is taken for which")
}

// grid trains over C and solver with the same scripts. What it shares with the
// pipeline around it, and with the experiments that were made of that, is taken from
// the cache: all but what is made of all points.
func (e *example) grid() {
	e.want(e.run("grid"), outcome{Executed: []string{"compare"}, Instances: 19, Ran: 1, Restored: 18})
	if table := e.read("grid/build/compare.txt"); strings.Count(table, "\n") != 9 {
		e.t.Errorf("a table of eight points and a header:\n%s", table)
	}
	e.want(e.run("grid"), outcome{Instances: 19, Unchanged: 19})
}

// undeclared leaves out what scripts read, file by file and section by section:
// one message lists what to add, and `dewar fix` adds it.
func (e *example) undeclared() {
	e.edit("params.yaml", "random_seed: 42", "random_seed: 43") // no result to restore
	pipeline := e.read("pipeline.hcl")

	const inputs = `inputs      = { script = "src/get_data.py", config = "src/config.py", raw = data.penguins }`
	e.edit("pipeline.hcl", inputs, `inputs      = { script = "src/get_data.py", raw = data.penguins }`)
	e.wantFix(`config = "src/config.py"`)
	e.want(e.run(".", "get_data"), outcome{Executed: []string{"get_data"}, Instances: 1, Ran: 1})

	e.write("pipeline.hcl", pipeline)
	e.edit("pipeline.hcl", "params      = [param.base, param.data, param.features]", "params      = [param.data, param.features]")
	e.wantFix("params: param.base")
	e.want(e.run(".", "featurize"), outcome{Executed: []string{"featurize"}, Instances: 2, Ran: 1, Unchanged: 1})
}

// wantFix runs, wants one message that says what to add, and applies it.
func (e *example) wantFix(add string) {
	e.t.Helper()
	o := e.run(".")
	if o.Failed != 1 || o.Ran != 0 || len(o.diagnostics) != 1 {
		e.t.Fatalf("one failure and one message, not %+v", o)
	}
	d := o.diagnostics[0]
	said := slices.ContainsFunc(d.Notes, func(n note) bool { return strings.Contains(n.Text, add) })
	if d.Code != "E-undeclared" || !said {
		e.t.Errorf("an E-undeclared that says to add %s, not %+v", add, d)
	}
	if _, code := e.exec(e.dewar, "fix"); code != 0 {
		e.t.Errorf("dewar fix: exit code %d", code)
	}
}

func (e *example) write(name, text string) {
	e.t.Helper()
	if err := os.WriteFile(e.dir+"/"+name, []byte(text), 0o666); err != nil {
		e.t.Fatal(err)
	}
}
