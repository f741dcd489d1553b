package examples_test

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestPenguins(t *testing.T) {
	if os.Getenv("DEWAR_PENGUINS") == "" {
		t.Skip("DEWAR_PENGUINS is not set; this installs packages from the network")
	}
	e := copyOf(t, "penguins")
	out, code := e.exec("sh", "run.sh")
	if code != 0 || !strings.Contains(out, `"test_accuracy"`) || !strings.Contains(out, `"test_recall"`) {
		t.Fatalf("exit code %d; it should end with the metrics:\n%s", code, out)
	}
	metrics := e.read("assets/metrics.json")

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

	t.Run("grid", func(t *testing.T) { e := *e; e.t = t; e.grid() })
	t.Run("undeclared", func(t *testing.T) { e := *e; e.t = t; e.undeclared() })
}

// grid trains over C and solver with the same scripts. What it shares with the
// pipeline around it is taken from the cache.
func (e *example) grid() {
	stages := []string{"compare", "evaluate", "train"}
	e.want(e.run("grid"), outcome{Executed: stages, Instances: 19, Ran: 17, Restored: 2})
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
