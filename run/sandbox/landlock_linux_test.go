package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox"
	"github.com/dewar-build/dewar/run/sandbox/landlock"
)

// locked is a bench without namespaces and with Landlock.
func locked(t testing.TB, o sandbox.Options) *bench {
	t.Helper()
	if _, err := landlock.ABI(); err != nil {
		machinetest.Lacks(t, "there is no Landlock here:", err)
	}
	o.Landlock = true
	return newBench(t, o)
}

func TestLandlockStandsIn(t *testing.T) {
	b := locked(t, sandbox.Options{Slots: 1})
	in := inputs(b.store.file(t, "in/a b", "hello\n", false), b.store.file(t, "bin/tool", "#!/bin/sh\necho tool\n", true), b.store.tree(t, "tree", map[string]string{"d/f": "leaf\n"}))
	r := b.sh("cat 'in/a b' tree/d/f > out/x; bin/tool; echo 12 > extra; echo t > $TMPDIR/t; mv $TMPDIR/t other; echo h > $HOME/h; umask", in, outputs("out/x"),
		func(x *run.Execution) { x.Action.Env = graph.BaseEnv() }).ok(t)
	if r.Level != graph.IsolationLandlock || r.made(t, "out/x") != "hello\nleaf\n" || r.out != "tool\n0022\n" {
		t.Errorf("level %q, made %q, said %q", r.Level, r.made(t, "out/x"), r.out)
	}
	if d := cmp.Diff([]run.Written{{At: "extra", Size: 3}, {At: "other", Size: 2}}, r.Undeclared); d != "" {
		t.Error(d)
	}
	if r.Wall <= 0 || r.MaxRSS <= 0 || !strings.HasSuffix(r.Program, "sh") {
		t.Errorf("wall %v, memory %d, program %q", r.Wall, r.MaxRSS, r.Program)
	}
	if level, why := b.e.Level(); level != graph.IsolationLandlock || why == "" {
		t.Error(level, why)
	}
}

// What a command under Landlock tries and must not get. A script that gets it leaves nothing behind on the
// machine and ends with status 0.
func TestLandlockHolds(t *testing.T) {
	b := locked(t, sandbox.Options{Slots: 1})
	outside := filepath.Join(b.tmp, "ws")
	if err := os.WriteFile(filepath.Join(outside, "private"), []byte("theirs\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	leaf := b.store.file(t, "in", "input\n", false)
	store, _ := b.store.BlobPath(leaf.Content.Digest, false)
	for name, script := range map[string]string{
		"read outside":      "cat " + outside + "/private",
		"list outside":      "ls " + outside,
		"home":              "ls " + os.Getenv("HOME"),
		"the store":         "cat " + store,
		"write outside":     "echo mine > " + outside + "/private",
		"make outside":      "echo mine > " + outside + "/new",
		"remove outside":    "rm -f " + outside + "/private",
		"truncate outside":  "python3 -c 'import os; os.truncate(\"" + outside + "/private\", 0)'",
		"through a link":    "ln -s " + outside + " l; cat l/private",
		"hard link":         "ln " + outside + "/private l; cat l",
		"the system":        "mkdir /usr/landlock-test && rmdir /usr/landlock-test",
		"a secret of /etc":  "cat /etc/shadow",
		"/tmp":              "mkdir /tmp/landlock-test && rmdir /tmp/landlock-test",
		"a new mount":       "mount -t tmpfs none in",
		"connect":           fmt.Sprintf("python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", %d))'", port),
		"datagrams":         "python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)'",
		"listen":            "python3 -c 'import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0))'",
		"signal dewar":      fmt.Sprintf("kill -0 %d", os.Getpid()),
		"signal its keeper": "kill -0 $PPID",
		"dewar's variables": fmt.Sprintf("cat /proc/%d/environ", os.Getpid()),
		"its keeper's":      "cat /proc/$PPID/environ",
		"dewar's root":      fmt.Sprintf("ls /proc/%d/root/", os.Getpid()),
		"kernel settings":   "v=$(cat /proc/sys/vm/swappiness) && echo $v > /proc/sys/vm/swappiness",
	} {
		if r := b.sh(script, inputs(leaf)); r.ExitCode == 0 {
			t.Errorf("%s: a command under Landlock can do it\n%s%s", name, r.out, r.err)
		}
	}
	if got, err := os.ReadFile(filepath.Join(outside, "private")); err != nil || string(got) != "theirs\n" {
		t.Errorf("the file outside: %q %v", got, err)
	}
	if names, _ := filepath.Glob(outside + "/*"); len(names) != 1 {
		t.Errorf("outside: %q", names)
	}
	r := b.sh("ls /usr /proc/self > $TMPDIR/x && cat /etc/passwd /proc/cpuinfo > /dev/null && head -c 3 /dev/urandom > in2; "+
		"python3 -c 'import multiprocessing as m; print(len(m.Pool(2).map(str, range(3))))'", inputs(leaf)).ok(t)
	if r.out != "3\n" {
		t.Errorf("what a command may do: %q\n%s", r.out, r.err)
	}
}

func TestLandlockShowsWhatIsDeclared(t *testing.T) {
	b := locked(t, sandbox.Options{Slots: 1})
	tool := filepath.Join(b.tmp, "toolchain")
	if err := os.MkdirAll(tool, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tool, "hi"), []byte("#!/bin/sh\necho hi\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	declared := func(x *run.Execution) {
		x.Network = true
		x.Bindings = []run.Binding{{Name: "t", Kind: "files", Mounts: []string{tool}, Path: []string{tool}}}
		x.Scratch = []run.ScratchDir{{Host: filepath.Join(b.tmp, "s"), Path: "ckpt", Env: "CKPT"}}
	}
	script := fmt.Sprintf("hi; echo x > $CKPT/1; python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", %d))'; ! echo > %s/hi", l.Addr().(*net.TCPAddr).Port, tool)
	if r := b.sh(script, declared).ok(t); r.out != "hi\n" || len(r.Undeclared) > 0 {
		t.Errorf("%q %v\n%s", r.out, r.Undeclared, r.err)
	}
	if r := b.sh("cat ckpt/1", declared).ok(t); r.out != "x\n" {
		t.Errorf("scratch holds %q", r.out)
	}
}

func TestLandlockEnds(t *testing.T) {
	b := locked(t, sandbox.Options{Slots: 1, Grace: 60 * time.Millisecond})
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
	if r := b.sh("trap '' TERM; while :; do sleep 100; done", func(x *run.Execution) { x.Timeout = 500 * time.Millisecond }); !r.TimedOut || r.Signal != "SIGKILL" {
		t.Error(r.TimedOut, r.Signal)
	}
	patient := locked(t, sandbox.Options{Slots: 1, Grace: time.Minute})
	if r := patient.sh("trap 'echo bye; exit 5' TERM; while :; do sleep 0.01; done", func(x *run.Execution) { x.Timeout = 2 * time.Second }); !r.TimedOut || r.out != "bye\n" {
		t.Errorf("%v %q", r.TimedOut, r.out)
	}
	ctx, cancel := context.WithCancel(context.Background())
	x, _, _ := b.execution([]string{"/bin/sh", "-c", "echo; exec sleep 100"})
	x.Stdout = cancelling{cancel}
	if _, err := b.e.Execute(ctx, x); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// A process that leaves its group and its session, and whose parents are dead, is killed
// before anyone looks at the outputs.
func TestLandlockLeavesNoProcess(t *testing.T) {
	b := locked(t, sandbox.Options{Slots: 1})
	r := b.sh(`(setsid sh -c 'echo $$ > pid; exec sleep 1000' > /dev/null 2>&1 &) ; while ! test -s pid; do :; done; cat pid`).ok(t)
	var pid int
	if _, err := fmt.Sscan(r.out, &pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
		t.Errorf("process %d lives: %v", pid, err)
	}
}

func TestStrictExecutesNothing(t *testing.T) {
	b := locked(t, sandbox.Options{Slots: 1})
	x, out, _ := b.execution([]string{"/bin/sh", "-c", "echo here"}, func(x *run.Execution) { x.Strict = true })
	_, err := b.e.Execute(t.Context(), x)
	var r *sandbox.Refused
	if !errors.As(err, &r) || out.Len() > 0 {
		t.Errorf("error %v, said %q", err, out)
	}
}
