package dewar_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/fs"
)

// unlucky is an engine whose filesystem fails where fails says so.
func unlucky(t *testing.T, project string, fails func(op, path string) bool) *engine {
	f := &faults{fails: func(_ int, op, path string) bool { return fails(op, path) }}
	disk := fs.Memory()
	e := newEngine(t, fs.Faulty(disk, f.ask), "/p", "")
	e.disk, e.shop.fs = disk, disk
	e.write(txtarFiles(project))
	return e
}

// many has enough instances for the lock to be written while it runs.
const many = `
-- pipeline.hcl --
stage "many" {
  for_each = grid({ x = range(100) })
  outputs  = { o = "build/${each.x}.txt" }
  command  = ["make", outputs.o]
}
`

func TestLock_unwritableForAWhile(t *testing.T) {
	times := 0
	e := unlucky(t, many, func(op, path string) bool {
		fail := op == "rename" && strings.HasSuffix(path, "/pipeline.lock")
		if fail {
			times++
		}
		return fail && times == 1
	})
	e.tick = 5 * time.Second // longer than results wait for the lock
	e.run(all).is("all executed").warned("W-lock-unwritable")
	e.tick = 0
	e.run(all).is("all unchanged").warned("")
}

// TestLock_unwritableInterrupted: an interruption does not hide what went wrong behind it.
func TestLock_unwritableInterrupted(t *testing.T) {
	e := unlucky(t, many, func(op, path string) bool { return op == "rename" && strings.HasSuffix(path, "/pipeline.lock") })
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	second := nth(2)
	e.shop.on("make", func(w *workbench) string {
		if second(w) {
			cancel()
		}
		return everything(w)
	})
	r := e.runContext(ctx, dewar.EvalOptions{}, dewar.RunOptions{Parallel: 1})
	if !errors.Is(r.err, context.Canceled) || codesOf(r.Failures) != "E-lock-unwritable" {
		t.Errorf("it ended with %v, and said %s", r.err, allText(r.Failures))
	}
}

func TestOutputs_unreadable(t *testing.T) {
	broken := true
	e := unlucky(t, basic, func(op, path string) bool {
		return broken && op == "lstat" && strings.Contains(path, "/.dewar/") && strings.HasSuffix(path, "/build/data.txt")
	})
	e.run(all).failed("E-output-unreadable")
	broken = false
	e.run(all).is("all executed")
}

// TestRecord_unreadable: a directory of records into which nobody can look is said, not looked into for ever.
func TestRecord_unreadable(t *testing.T) {
	broken := true
	e := unlucky(t, basic, func(op, path string) bool {
		return broken && op == "lstat" && strings.Contains(path, "/.dewar/runs/") && strings.HasSuffix(path, ".json")
	})
	if r := e.run(all); r.err == nil || !strings.Contains(r.err.Error(), "record the run: lstat /p/.dewar/runs/") {
		t.Errorf("the run said: %v", r.err)
	}
	broken = false
	e.run(all).is("all unchanged")
}
