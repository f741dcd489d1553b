package examples_test

import (
	"strings"
	"testing"
)

func TestQuickstart(t *testing.T) {
	e := copyOf(t, "quickstart")
	out, code := e.exec("sh", "run.sh")
	if code != 0 || !strings.HasSuffix(out, e.read("build/report.txt")) {
		t.Fatalf("exit code %d; it should end with the report:\n%s", code, out)
	}
	report := e.read("build/report.txt")

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
}
