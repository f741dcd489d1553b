package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestStation follows the README: what it shows of a command, the command prints.
func TestStation(t *testing.T) {
	e := stationExample(t)
	out := e.ok("sh", "run.sh")
	e.contains(out, "25 instances: 25 executed, 0 restored, 0 unchanged", e.read("build/report.txt"))
	e.contains(e.read("build/year.svg"), "temp_max in 2015", "temp_min in 2015", "wind in 2015")
	e.want(e.run("."), outcome{Instances: 25, Unchanged: 25})

	e.follow("README.md")
	e.contains(e.read("params.yaml"), "\n  choice: blend\n  weight: 0.7\n")
	e.want(e.run("."), outcome{Instances: 25, Unchanged: 25})
	e.ok(e.dewar, "metrics", "check")
	e.ok(e.dewar, "lint")
	e.ok(e.dewar, "fmt", "-r", "--check")
}

// TestStation_changes: what is changed runs, and what follows from it where it came out otherwise.
func TestStation_changes(t *testing.T) {
	e := stationExample(t)
	e.ok("sh", "run.sh")

	// A measure of one day: one shard of 16, and that measure.
	e.edit("data/days/2015-07-04.csv", ",33.3,", ",23.3,")
	e.want(e.run("."), outcome{
		Executed:  []string{"check", "forecast", "picture", "report", "table"},
		Instances: 25, Ran: 8, Unchanged: 17, // check, table, three forecasts, one score, report, picture
	})

	// A model is a program of its own, and only that of the chosen one is read.
	e.edit("forecast/models/mean.awk", "return sum / seen", "return sum / (seen + 1)")
	e.want(e.run("."), outcome{Instances: 25, Unchanged: 25})
	e.edit("forecast/models/season.awk", "return sum / n", "return sum / (n + 1)")
	e.want(e.run("."), outcome{Executed: []string{"forecast", "picture", "report"}, Instances: 25, Ran: 8, Unchanged: 17})

	// One measure more is one point of the module.
	e.edit("params.yaml", "temp_min, wind]", "temp_min, wind, precipitation]")
	e.want(e.run("."), outcome{Executed: []string{"forecast", "picture", "report"}, Instances: 27, Ran: 4, Unchanged: 23})

	// A day that cannot be is dropped, and is missing then.
	e.edit("data/days/2015-07-04.csv", ",23.3,", ",93.3,")
	e.run(".")
	if out, code := e.exec(e.dewar, "metrics", "check"); code != 3 || !strings.Contains(out, "days that are missing between the first one and the last: 1") {
		t.Errorf("exit code %d", code)
	}
}

// stationExample is a copy of the example beside the data that run.sh takes the days from.
func stationExample(t *testing.T) *example {
	t.Helper()
	e := copyOf(t, "station")
	if err := os.RemoveAll(filepath.Join(e.dir, "data")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(e.dir, "../quickstart/data"), os.DirFS("quickstart/data")); err != nil {
		t.Fatal(err)
	}
	return e
}

// follow runs the commands that a document shows after "$ ", in their order, and wants the lines
// that stand below each among those that it prints. A document may leave lines out.
func (e *example) follow(document string) {
	e.t.Helper()
	var printed []string
	for i, block := range strings.Split(e.read(document), "\n```") {
		if i%2 == 0 {
			continue // prose
		}
		for _, line := range strings.Split(block, "\n")[1:] {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				printed = e.typed(command)
			} else if printed != nil && !slices.Contains(printed, steady(line)) {
				e.t.Errorf("%s shows what is not printed: %q", document, line)
			}
		}
	}
	if printed == nil {
		e.t.Errorf("%s shows no command", document)
	}
}

// typed runs what somebody types who has dewar on PATH, and returns the lines that are seen then.
func (e *example) typed(command string) []string {
	e.t.Helper()
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir = e.dir
	cmd.Env = append(os.Environ(), "DEWAR="+e.dewar, "PATH="+filepath.Dir(e.dewar)+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	e.t.Logf("$ %s\n%s", command, out)
	if err != nil {
		e.t.Errorf("%s: %v", command, err)
	}
	lines := strings.Split(string(out), "\n")
	for i, line := range lines {
		lines[i] = steady(line)
	}
	return lines
}

// steady is a line without what is another one each time: how long things took and when they
// were, and the width of a table.
func steady(line string) string {
	line = regexp.MustCompile(`\b[0-9.]+s\b`).ReplaceAllString(line, "0s")
	line = regexp.MustCompile(`\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d\b`).ReplaceAllString(line, "DATE")
	return strings.Join(strings.Fields(line), " ")
}
