package examples_test

import (
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/internal/browsertest"
	"github.com/dewar-build/dewar/internal/machinetest"
)

// commit makes the copy a Git repository, if it is none, and commits all of it.
func (e *example) commit(subject string) {
	e.t.Helper()
	git := machinetest.Program(e.t, "git")
	if _, err := os.Stat(filepath.Join(e.dir, ".git")); err != nil {
		e.ok(git, "init", "-q", "-b", "main", ".")
		e.ok(git, "config", "user.email", "a@example.org")
		e.ok(git, "config", "user.name", "a")
	}
	e.ok(git, "add", "-A")
	e.ok(git, "commit", "-q", "-m", subject)
}

// ok runs a program that must end well, and returns what it printed.
func (e *example) ok(argv ...string) string {
	e.t.Helper()
	out, code := e.exec(argv...)
	if code != 0 {
		e.t.Fatalf("%s: exit code %d", strings.Join(argv, " "), code)
	}
	return out
}

// swept is what a sweep did: what it executed, by stage, and the counts.
type swept struct {
	Executed                                               map[string]int
	Experiments, Recorded, Known, Ran, Restored, Unchanged int
}

// sweep runs experiments and returns what that took.
func (e *example) sweep(args ...string) swept {
	e.t.Helper()
	out := e.ok(append([]string{e.dewar, "exp", "run", "--json"}, args...)...)
	s := swept{Executed: map[string]int{}}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	for i, line := range lines {
		var event struct{ Event, Instance string }
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			e.t.Fatalf("line %d is no event: %v\n%s", i+1, err, line)
		}
		if event.Event == "executed" {
			stage, _, _ := strings.Cut(event.Instance, " ") // "train@C=1 of brave-otter"
			stage, _, _ = strings.Cut(stage, "@")
			s.Executed[stage]++
		}
	}
	var sum struct{ Experiments, Recorded, Known, Executed, Restored, Unchanged int }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &sum); err != nil {
		e.t.Fatal(err)
	}
	s.Experiments, s.Recorded, s.Known = sum.Experiments, sum.Recorded, sum.Known
	s.Ran, s.Restored, s.Unchanged = sum.Executed, sum.Restored, sum.Unchanged
	return s
}

func (e *example) wantSwept(got, want swept) {
	e.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		e.t.Errorf("the sweep: -want +got:\n%s", diff)
	}
}

// row is one of `dewar exp show --json`, as far as we look.
type row struct {
	Name, Kind, State, Problem string
	Params, Metrics            map[string]any
}

// rows asks for the table of experiments alone.
func (e *example) rows(args ...string) (rows []row) {
	e.t.Helper()
	var table struct{ Rows []row }
	e.object(&table, append([]string{"exp", "show", "--hide-workspace"}, args...)...)
	for _, r := range table.Rows {
		if r.Kind == "experiment" {
			rows = append(rows, r)
		}
	}
	return rows
}

// object reads the one object that a command prints.
func (e *example) object(into any, args ...string) {
	e.t.Helper()
	out := e.ok(append(append([]string{e.dewar}, args...), "--json")...)
	if err := json.Unmarshal([]byte(out), into); err != nil {
		e.t.Fatalf("%s: %v", strings.Join(args, " "), err)
	}
}

// best is the experiment that has the most, or with another order the least, of a metric.
func (e *example) best(metric string, order ...string) row {
	e.t.Helper()
	rows := e.rows(append([]string{"--sort", metric, "--top", "1"}, order...)...)
	if len(rows) != 1 {
		e.t.Fatalf("%d experiments are the best one: %+v", len(rows), rows)
	}
	return rows[0]
}

// change is a value that is different in two places.
type change struct {
	Name     string
	Old, New any
}

// changes compares two places, as `dewar metrics diff` and its like do.
func (e *example) changes(args ...string) (metrics, params []change) {
	e.t.Helper()
	var diff struct{ Metrics, Params []change }
	e.object(&diff, args...)
	return diff.Metrics, diff.Params
}

// contains wants texts in what a command printed.
func (e *example) contains(out string, want ...string) {
	e.t.Helper()
	for _, w := range want {
		if !strings.Contains(out, w) {
			e.t.Errorf("%q is not in:\n%s", w, out)
		}
	}
}

// offers wants what a shell offers at the end of a command line, each with what it is.
func (e *example) offers(line string, want ...string) {
	e.t.Helper()
	out := e.ok(append([]string{e.dewar, "__complete"}, append(strings.Fields(line), "")...)...)
	offered := strings.Split(out, "\n")
	for _, w := range want {
		if !slices.Contains(offered, w) {
			e.t.Errorf("%s offers %q and not %q", line, offered, w)
		}
	}
}

// page opens a page of the copy, which must be quiet, takes a photograph of it and
// returns it with its charts.
func (e *example) page(b *browsertest.Browser, name string) (*browsertest.Page, []browsertest.Chart) {
	e.t.Helper()
	p := b.Open(filepath.Join(e.dir, name))
	charts := p.Charts()
	for _, c := range charts {
		if !c.Drawn() {
			e.t.Errorf("%s: not drawn: %+v", name, c)
		}
	}
	p.Quiet()
	e.photograph(p, strings.TrimSuffix(name, ".html")+".png")
	return p, charts
}

// photograph wants more in the picture of a page than paper.
func (e *example) photograph(p *browsertest.Page, name string) {
	e.t.Helper()
	name = filepath.Join(e.dir, name)
	p.Photograph(name)
	f, err := os.Open(name)
	if err != nil {
		e.t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		e.t.Fatal(err)
	}
	colors := map[any]bool{}
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y += 2 {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x += 2 {
			colors[picture.At(x, y)] = true
		}
	}
	if len(colors) < 50 {
		e.t.Errorf("%s has %d colours only", name, len(colors))
	}
}

// save writes what a command prints into a file of the copy.
func (e *example) save(name string, args ...string) {
	e.t.Helper()
	e.ok(append([]string{"sh", "-c", `out=$1; shift; "$@" >"$out"`, "sh", name, e.dewar}, args...)...)
}

// kinds are the marks that the charts of a page have.
func kinds(charts []browsertest.Chart) (out []map[string]int) {
	for _, c := range charts {
		out = append(out, c.Marks)
	}
	return out
}

func wantEqual(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: -want +got:\n%s", what, diff)
	}
}
