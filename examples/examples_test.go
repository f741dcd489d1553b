// Package examples_test runs the examples as their readers would.
//
// The one of penguins makes a virtual environment from the network, so it runs
// where DEWAR_PENGUINS is set, as CI does; quickstart and station need a shell and awk.
package examples_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// example is a copy of one, with a dewar to run it.
type example struct {
	t     *testing.T
	dir   string
	dewar string
}

// copyOf copies an example and finds a dewar: $DEWAR, or one that is built.
func copyOf(t *testing.T, name string) *example {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	e := &example{t: t, dir: filepath.Join(t.TempDir(), name), dewar: os.Getenv("DEWAR")}
	if err := os.CopyFS(e.dir, os.DirFS(name)); err != nil {
		t.Fatal(err)
	}
	for _, made := range []string{".dewar", ".venv", "build", "assets", "pipeline.lock", "grid/build", "grid/pipeline.lock"} {
		if err := os.RemoveAll(filepath.Join(e.dir, made)); err != nil {
			t.Fatal(err)
		}
	}
	if e.dewar == "" {
		e.dewar = filepath.Join(t.TempDir(), "dewar")
		if out, err := exec.Command("go", "build", "-o", e.dewar, "../cmd/dewar").CombinedOutput(); err != nil {
			t.Fatalf("build dewar: %v\n%s", err, out)
		}
	}
	return e
}

// exec runs a program in the copy and returns what it printed on its standard
// output, and its exit code.
func (e *example) exec(argv ...string) (stdout string, code int) {
	e.t.Helper()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = e.dir
	cmd.Env = append(os.Environ(), "DEWAR="+e.dewar)
	var out, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &messages
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		e.t.Fatal(err)
	}
	e.t.Logf("$ %s\n%s%s", strings.Join(argv, " "), out.String(), messages.String())
	return out.String(), cmd.ProcessState.ExitCode()
}

// summary is the last event of a run, as spec/formats.md has it.
type summary struct {
	Event     string  `json:"event"`
	Instances int     `json:"instances"`
	Executed  int     `json:"executed"`
	Restored  int     `json:"restored"`
	Unchanged int     `json:"unchanged"`
	Failed    int     `json:"failed"`
	Skipped   int     `json:"skipped"`
	Seconds   float64 `json:"seconds"`
}

// outcome is what a run did: the stages it executed, and the counts.
type outcome struct {
	Executed                            []string // stages, sorted
	Instances, Ran, Restored, Unchanged int
	Failed, Skipped                     int
	diagnostics                         []diagnostic
}

type diagnostic struct {
	Code  string `json:"code"`
	Notes []note `json:"notes"`
}

type note struct {
	Text string `json:"text"`
}

// run runs the pipeline in a directory of the copy.
func (e *example) run(dir string, args ...string) outcome {
	e.t.Helper()
	out, code := e.exec(append([]string{e.dewar, "-C", dir, "run", "--json"}, args...)...)
	o := e.events(out)
	if want := min(1, o.Failed); code != want {
		e.t.Errorf("exit code %d, want %d", code, want)
	}
	return o
}

// events reads the events of a run. Every line is an event, and the last one,
// and no other, is the summary.
func (e *example) events(out string) (o outcome) {
	e.t.Helper()
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	for i, line := range lines {
		var event struct {
			Event       string       `json:"event"`
			Instance    string       `json:"instance"`
			Diagnostics []diagnostic `json:"diagnostics"`
		}
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			e.t.Fatalf("line %d is no event: %v\n%s", i+1, err, line)
		}
		if (event.Event == "summary") != (i == len(lines)-1) {
			e.t.Fatalf("the last line, and no other, is the summary; line %d is %q", i+1, event.Event)
		}
		switch event.Event {
		case "executed":
			stage, _, _ := strings.Cut(event.Instance, "@")
			o.Executed = append(o.Executed, stage)
		case "diagnostics":
			o.diagnostics = append(o.diagnostics, event.Diagnostics...)
		}
	}
	slices.Sort(o.Executed)
	o.Executed = slices.Compact(o.Executed)
	var s summary
	d := json.NewDecoder(strings.NewReader(lines[len(lines)-1]))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		e.t.Fatalf("the summary: %v", err)
	}
	o.Instances, o.Ran, o.Restored, o.Unchanged, o.Failed, o.Skipped = s.Instances, s.Executed, s.Restored, s.Unchanged, s.Failed, s.Skipped
	return o
}

// want compares what a run did with what it should have.
func (e *example) want(got outcome, want outcome) {
	e.t.Helper()
	got.diagnostics, want.diagnostics = nil, nil
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(outcome{})); diff != "" {
		e.t.Errorf("-want +got:\n%s", diff)
	}
}

// edit replaces old, which must be there once, in a file of the copy.
func (e *example) edit(name, old, new string) {
	e.t.Helper()
	name = filepath.Join(e.dir, name)
	b, err := os.ReadFile(name)
	if err != nil {
		e.t.Fatal(err)
	}
	if n := strings.Count(string(b), old); n != 1 {
		e.t.Fatalf("%s holds %q %d times", name, old, n)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(b), old, new, 1)), 0o666); err != nil {
		e.t.Fatal(err)
	}
}

func (e *example) read(name string) string {
	e.t.Helper()
	b, err := os.ReadFile(filepath.Join(e.dir, name))
	if err != nil {
		e.t.Fatal(err)
	}
	return string(b)
}
