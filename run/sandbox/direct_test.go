package sandbox_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox"
)

func posix(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no POSIX shell")
	}
}

func TestPrivateStandsIn(t *testing.T) {
	posix(t)
	b := newBench(t, sandbox.Options{Slots: 1, Private: true})
	in := inputs(b.store.file(t, "in/a b", "hello\n", false), b.store.file(t, "bin/tool", "#!/bin/sh\necho tool\n", true), b.store.tree(t, "tree", map[string]string{"d/f": "leaf\n"}))
	r := b.sh("cat 'in/a b' tree/d/f > out/x; bin/tool; echo 12 > extra; env | cut -d= -f1 | sort | tr '\\n' ' '", in, outputs("out/x"),
		func(x *run.Execution) { x.Action.Env = []graph.Var{{Name: "A", Value: "b"}} }).ok(t)
	if r.Level != graph.IsolationPrivate || r.made(t, "out/x") != "hello\nleaf\n" {
		t.Errorf("level %q, made %q", r.Level, r.made(t, "out/x"))
	}
	if want := "tool\nA HOME PATH PWD TEMP TMP TMPDIR "; strings.ReplaceAll(strings.ReplaceAll(r.out, "OLDPWD ", ""), "_ ", "") != want {
		t.Errorf("%q", r.out)
	}
	if d := cmp.Diff([]run.Written{{At: "extra", Size: 3}}, r.Undeclared); d != "" {
		t.Error(d)
	}
	if b.store.held.Load() != 0 {
		t.Error("trees are still held")
	}
	if level, why := b.e.Level(); level != graph.IsolationPrivate || why == "" {
		t.Error(level, why)
	}
}

// Inputs are copies: what a command does to them stays with it.
func TestPrivateNeverLinks(t *testing.T) {
	posix(t)
	b := newBench(t, sandbox.Options{Slots: 1, Private: true})
	leaf := b.store.file(t, "in/a", "hello\n", false)
	in := inputs(leaf, b.store.tree(t, "tree", map[string]string{"f": "leaf\n"}))
	b.sh("chmod u+w in/a tree/f && echo x > in/a && echo x > tree/f", in).ok(t)
	if r := b.sh("cat in/a tree/f", in).ok(t); r.out != "hello\nleaf\n" {
		t.Errorf("the store was written to: %q", r.out)
	}
}

func TestPrivateScratch(t *testing.T) {
	posix(t)
	b := newBench(t, sandbox.Options{Slots: 1, Private: true})
	scratch := func(x *run.Execution) {
		x.Scratch = []run.ScratchDir{{Host: filepath.Join(b.tmp, "s"), Path: "ckpt", Env: "CKPT"}}
	}
	b.sh("echo x > $CKPT/1", scratch).ok(t)
	if r := b.sh("cat ckpt/1", scratch).ok(t); r.out != "x\n" || len(r.Undeclared) > 0 {
		t.Errorf("%q %v", r.out, r.Undeclared)
	}
}

// Scratch outlives an interruption, and the removal of what it was linked into.
func TestPrivateScratchSurvives(t *testing.T) {
	posix(t)
	b := newBench(t, sandbox.Options{Slots: 1, Private: true, Grace: 60 * time.Millisecond})
	scratch := func(x *run.Execution) {
		x.Scratch = []run.ScratchDir{{Host: filepath.Join(b.tmp, "s"), Path: "ckpt"}}
	}
	ctx, cancel := context.WithCancel(t.Context())
	x, _, _ := b.execution([]string{"/bin/sh", "-c", "echo half > ckpt/done; echo ready; trap '' TERM; sleep 100 & wait; wait"}, scratch)
	x.Stdout = cancelling{cancel}
	if _, err := b.e.Execute(ctx, x); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	// As if dewar had died before it could take the link away.
	if err := os.Symlink(x.Scratch[0].Host, filepath.Join(x.Dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := fs.OS().RemoveAll(x.Dir); err != nil {
		t.Fatal(err)
	}
	if r := b.sh("cat ckpt/done; exit 3", scratch); r.out != "half\n" || r.ExitCode != 3 {
		t.Errorf("%q, exit %d", r.out, r.ExitCode)
	}
	if r := b.sh("cat ckpt/done", scratch).ok(t); r.out != "half\n" {
		t.Errorf("after a failure: %q", r.out)
	}
}

func TestOffRunsInTheWorkspace(t *testing.T) {
	posix(t)
	b := newBench(t, sandbox.Options{Slots: 1})
	ws := filepath.Join(b.tmp, "ws")
	if err := os.WriteFile(filepath.Join(ws, "undeclared"), []byte("there\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := b.sh("cat ../undeclared; echo 1 > ../out/x", level(graph.IsolationOff), outputs("out/x"),
		func(x *run.Execution) { x.Action.WorkingDir, x.Action.Mkdirs = "sub", append(x.Action.Mkdirs, "sub") }).ok(t)
	if r.Level != graph.IsolationOff || r.Root != ws || r.out != "there\n" || r.made(t, "out/x") != "1\n" {
		t.Errorf("level %q root %q: %q", r.Level, r.Root, r.out)
	}
}

func TestDirectEnds(t *testing.T) {
	posix(t)
	b := newBench(t, sandbox.Options{Slots: 1, Private: true, Grace: 60 * time.Millisecond})
	if r := b.sh("exit 4"); r.ExitCode != 4 {
		t.Error(r.ExitCode)
	}
	if r := b.sh("kill -9 $$"); r.Signal != "SIGKILL" || r.ExitCode != 137 {
		t.Error(r.Signal, r.ExitCode)
	}
	if r := b.do([]string{"no-such-program"}); r.ExitCode != 127 || len(r.NotFound) == 0 {
		t.Error(r.ExitCode, r.NotFound)
	}
	if r := b.do([]string{"bin/bad"}, inputs(b.store.file(t, "bin/bad", "#!/no/such/thing\n", true))); r.ExitCode != 126 || !strings.Contains(r.err, "cannot execute") {
		t.Error(r.ExitCode, r.err)
	}
	if r := b.sh("trap '' TERM; while :; do sleep 100; done", func(x *run.Execution) { x.Timeout = 50 * time.Millisecond }); !r.TimedOut || r.Signal != "SIGKILL" {
		t.Error(r.TimedOut, r.Signal)
	}
	// What stays in the background does not keep the action open.
	if r := b.sh("sleep 1000 & echo started"); r.out != "started\n" {
		t.Errorf("%q", r.out)
	}
	ctx, cancel := context.WithCancel(context.Background())
	x, _, _ := b.execution([]string{"/bin/sh", "-c", "echo; exec sleep 100"})
	x.Stdout = cancelling{cancel}
	if _, err := b.e.Execute(ctx, x); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestLevelsThatDoNotExist(t *testing.T) {
	b := newBench(t, sandbox.Options{Slots: 1})
	x, _, _ := b.execution([]string{"true"}, level(graph.IsolationImage))
	if _, err := b.e.Execute(context.Background(), x); err == nil {
		t.Error("an image was run without an image")
	}
	if _, err := sandbox.New(sandbox.Options{}); err == nil {
		t.Error("an executor without a store")
	}
}
