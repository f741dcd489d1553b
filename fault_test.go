package dewar_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
)

// Every call to the filesystem fails in turn. Nothing panics, nothing that a
// person wrote is lost, the message names what failed, nothing is left behind, and the
// next run comes to the right end.

// faults counts the calls to a filesystem and lets some of them fail.
type faults struct {
	mu    sync.Mutex
	n     int
	fails func(n int, op, path string) bool
	hit   []fault // those that failed
}

type fault struct{ op, path string }

func (f *faults) ask(op, path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n++
	if f.fails == nil || !f.fails(f.n, op, path) {
		return nil
	}
	f.hit = append(f.hit, fault{op, path})
	return errDisk
}

const faulted = `
-- raw.txt --
1
-- dir/a.txt --
a
-- dir/sub/b.txt --
b
-- pipeline.hcl --
stage "clean" {
  inputs  = { raw = "raw.txt", dir = "dir" }
  outputs = { data = "build/data.txt" }
  command = ["clean", inputs.raw, inputs.dir, outputs.data]
}
stage "train" {
  for_each = grid({ c = [1, 2] })
  inputs   = { data = stage.clean.outputs.data, sub = "dir/sub" }
  outputs  = { model = "build/${each.key}/" }
  command  = ["train@${each.key}", inputs.data, outputs.model]
}
stage "all" {
  inputs  = { data = stage.clean.outputs.data, raw = "raw.txt" }
  outputs = { o = "build/all.txt" }
  native  = "concat"
}
`

// faultedEngine is a project that has run, and in which then a source, the
// grid and outputs were edited.
func faultedEngine(t testing.TB, onDisk bool) (*engine, *faults) {
	disk, root, f := fs.Memory(), "/p", &faults{}
	if onDisk {
		disk, root = fs.OS(), filepath.ToSlash(t.TempDir())
	}
	e := newEngine(t, fs.Faulty(disk, f.ask), root, "")
	e.disk, e.shop.fs = disk, disk
	e.write(txtarFiles(faulted))
	e.run(all).is("all executed")
	e.put("raw.txt", "2\n")
	e.edit("pipeline.hcl", "[1, 2]", "[1, 3]")
	e.put("build/data.txt", "mine: data")
	e.put("build/c=1/notes.txt", "mine: notes")
	e.put("build/c=2/all.txt", "mine: of what vanishes")
	f.n = 0
	return e, f
}

// attempt is a run under faults: what it said, or "" if all went well.
func (e *engine) attempt() string {
	e.now = e.now.Add(time.Minute)
	p, err := dewar.Open(e.host(), e.root)
	if err != nil {
		return errText(err)
	}
	ev, diags := p.Evaluate(dewar.EvalOptions{Dir: "."})
	var said []string
	if diags.HasErrors() {
		said = append(said, allText(diags))
	} else {
		rep, err := p.Run(context.Background(), ev, dewar.RunOptions{KeepGoing: true, Parallel: 2})
		if rep != nil {
			said = append(said, allText(append(append(diag.List{}, rep.Failures...), rep.Warnings...)))
		}
		if err != nil {
			said = append(said, errText(err))
		}
	}
	if err := p.Close(); err != nil {
		said = append(said, errText(err))
	}
	return strings.Join(said, "\n")
}

// after checks what faults must not have done.
func (e *engine) after(want map[string]string) {
	e.Helper()
	found := map[string]bool{}
	for _, text := range e.dump(".") {
		found[text] = true
	}
	for _, mine := range []string{"mine: data", "mine: notes", "mine: of what vanishes"} {
		if !found[mine] {
			e.Errorf("%q is lost", mine)
		}
	}
	if said := e.attempt(); said != "" {
		e.Errorf("the next run says: %s", said)
	}
	got := e.outputsBelow("build")
	delete(got, "build/c=1/notes.txt") // kept, or still there
	e.same(want, got)
	if plan := e.plan(all); !plan.UpToDate() {
		e.Errorf("after the next run the plan is %s", verdicts(plan))
	}
}

func (e *engine) outputsBelow(dir string) map[string]string {
	if !e.exists(dir) {
		return map[string]string{}
	}
	return e.dump(dir)
}

// tidy checks that no temporary file is left behind. Only what a person wrote
// may be there, and a directory that it is in, if it could not be kept and the message
// says where it is.
func (e *engine) tidy(said string) {
	e.Helper()
	files := e.dump(".")
	for _, name := range sortedNames(files) {
		temporary := strings.Contains(name, "/tmp/") && !strings.HasSuffix(name, "/tmp/") || strings.Contains(name, ".tmp-") || strings.Contains(name, "/trees/.")
		rest, inTemp := strings.CutPrefix(name, ".dewar/tmp/")
		top, _, _ := strings.Cut(rest, "/")
		if !temporary || inTemp && strings.Contains(said, "it is in "+e.path(".dewar/tmp/"+top)) {
			continue
		}
		e.Errorf("left behind: %s", name)
	}
}

func TestFaults(t *testing.T) {
	t.Run("memory", func(t *testing.T) { failEach(t, false, 250) })
	t.Run("os", func(t *testing.T) { failEach(t, true, 40) })
}

// failEach has every call fail, or as many of them evenly spread.
func failEach(t *testing.T, onDisk bool, most int) {
	e, f := faultedEngine(t, onDisk)
	if said := e.attempt(); said != "" {
		t.Fatal(said)
	}
	calls, want := f.n, e.outputsBelow("build")
	t.Logf("%d calls", calls)
	if testing.Short() {
		most = min(most, 30)
	}
	stride := calls/most + 1
	failed := 0
	for n := 1; n <= calls && failed < 10; n += stride {
		if !t.Run(fmt.Sprint("call_", n), func(t *testing.T) { failCall(t, onDisk, n, want) }) {
			failed++
		}
	}
}

// failCall has the nth call fail.
func failCall(t *testing.T, onDisk bool, n int, want map[string]string) {
	e, f := faultedEngine(t, onDisk)
	f.fails = func(i int, _, _ string) bool { return i == n }
	said := e.attempt()
	f.fails = nil
	if len(f.hit) == 0 {
		return // there were fewer, this time
	}
	hit := f.hit[0]
	e.named(hit, said)
	// Who cannot see whether something is left there leaves it to the next.
	looks := hit.op == "readdir" && strings.HasSuffix(hit.path, "/cache/tmp")
	if !strings.HasPrefix(hit.op, "remove") && !looks {
		e.tidy(said)
	}
	e.after(want)
	if t.Failed() {
		t.Logf("the call was %s %s; it was said: %s", hit.op, hit.path, said)
	}
}

// named checks that a message, if there is one, says which call failed.
func (e *engine) named(hit fault, said string) {
	e.Helper()
	if said == "" {
		return // it made no difference, as after will show
	}
	if !strings.Contains(said, string(errDisk)) || !strings.Contains(said, hit.op) || !strings.Contains(said, filepath.Base(hit.path)) {
		e.Errorf("the message does not name the call")
	}
}

// TestTheDiskDies: from some call on, every call fails.
func TestTheDiskDies(t *testing.T) {
	e, f := faultedEngine(t, false)
	e.attempt()
	calls, want := f.n, e.outputsBelow("build")
	stride := calls/100 + 1
	if testing.Short() {
		stride = calls/20 + 1
	}
	for n := 1; n <= calls; n += stride {
		t.Run(fmt.Sprint("from_", n), func(t *testing.T) {
			e, f := faultedEngine(t, false)
			f.fails = func(i int, _, _ string) bool { return i >= n }
			said := e.attempt()
			f.fails = nil
			if said == "" && len(f.hit) > 0 {
				t.Error("nothing was said")
			}
			e.after(want)
			if t.Failed() {
				t.Logf("the first was %v; it was said: %s", f.hit[0], said)
			}
		})
	}
}

// TestAFullDisk: nothing can be written any more, everything can be read.
func TestAFullDisk(t *testing.T) {
	e, _ := faultedEngine(t, false)
	e.attempt()
	want := e.outputsBelow("build")
	e, f := faultedEngine(t, false)
	writes := []string{"create", "append", "write", "mkdir", "mkdirall", "clone", "link", "symlink"}
	f.fails = func(_ int, op, _ string) bool { return slices.Contains(writes, op) }
	said := e.attempt()
	f.fails = nil
	if !strings.Contains(said, string(errDisk)) {
		t.Errorf("it was said: %s", said)
	}
	e.tidy(said)
	e.after(want)
}
