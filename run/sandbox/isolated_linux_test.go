package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox"
)

func TestIsolatedCopies(t *testing.T) {
	b := isolated(t)
	r := b.do([]string{"cp", "in/a b.txt", "out/sub/c.txt"}, inputs(b.store.file(t, "in/a b.txt", "hello\n", false)), outputs("out/sub/c.txt")).ok(t)
	if got := r.made(t, "out/sub/c.txt"); got != "hello\n" {
		t.Errorf("made %q", got)
	}
	if r.Level != graph.IsolationProject || r.Program != "/usr/bin/cp" && r.Program != "/bin/cp" {
		t.Errorf("level %q program %q", r.Level, r.Program)
	}
	if r.Wall <= 0 || r.MaxRSS <= 0 {
		t.Errorf("wall %v, resident %d", r.Wall, r.MaxRSS)
	}
	if len(r.Undeclared) > 0 {
		t.Errorf("undeclared: %v", r.Undeclared)
	}
}

// What a command sees is the same whoever and wherever it is run by.
func TestIsolatedView(t *testing.T) {
	b := isolated(t)
	env := func(x *run.Execution) {
		x.Action.Env = []graph.Var{{Name: "A", Value: "1\n2"}, {Name: "PATH", Value: "/usr/bin:/bin"}}
		x.Bindings = []run.Binding{{Path: []string{"/opt/tool/bin"}, Env: []graph.Var{{Name: "B", Value: "2"}}}}
		x.Action.WorkingDir, x.Action.Mkdirs = "sub/dir", []string{"sub/dir"}
	}
	os.Setenv("DEWAR_TEST_LEAK", "1")
	defer os.Unsetenv("DEWAR_TEST_LEAK")
	for _, c := range []struct{ name, script, want string }{
		{"environment", "env -0 | sort -z | tr '\\0' ';'", "A=1\n2;B=2;HOME=/tmp/home;PATH=/opt/tool/bin:/usr/bin:/bin;PWD=/project/sub/dir;"},
		{"user", "id -u; id -g; umask; hostname 2>/dev/null || cat /proc/sys/kernel/hostname", "1000\n1000\n0022\ndewar\n"},
		{"homes", "ls -A /home /run /mnt /media /srv /root | grep -v : | tr -d '\\n'", ""},
		{"root", "ls / | grep -vE '^(usr|bin|sbin|lib.*|etc|opt|nix|gnu)$' | tr '\\n' ' '", "dev home media mnt proc project root run srv sys tmp var "},
		{"project", "ls -A /project /project/sub", "/project:\nsub\n\n/project/sub:\ndir\n"},
		{"home", "cd && pwd && touch x && ls -A /tmp", "/tmp/home\nhome\n"},
		{"stdin", "wc -c", "0\n"},
		{"shm", "echo x > /dev/shm/x && ls /dev/shm", "x\n"},
		{"devices", "ls /dev | tr '\\n' ' '; head -c 3 /dev/zero | wc -c", "fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero 3\n"},
		{"processes", "ls /proc | grep -c '^[0-9]*$' | { read n; test $n -le 6 && echo few; }", "few\n"},
		{"descriptors", "ls /proc/self/fd | tr '\\n' ' '", "0 1 2 3 "}, // 3 is ls's own
		{"privileges", "grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status | grep -cv 0000000000000000; grep NoNewPrivs /proc/self/status | tr -d '\\t'", "0\nNoNewPrivs:1\n"},
		{"signals", "grep -E 'Sig(Ign|Blk)' /proc/self/status | cut -f2 | uniq", "0000000000000000\n"},
		{"loopback", "cat /proc/net/dev | grep -c ':'; grep -c lo: /proc/net/dev", "1\n1\n"},
		{"workspace", fmt.Sprintf("test -e %s && echo there", b.tmp), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, b.sh(c.script, env).out); d != "" {
				t.Error(d)
			}
		})
	}
}

// Each of these must fail, and with it nothing outside change.
func TestIsolatedEscapes(t *testing.T) {
	b := isolated(t)
	secret := filepath.Join(b.tmp, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	in := inputs(b.store.file(t, "in.txt", "input\n", false), b.store.tree(t, "tree", map[string]string{"f": "leaf\n"}))
	scripts := []struct{ name, script string }{
		{"read outside", "cat " + secret},
		{"up", "cat /project/../../" + secret},
		{"through first", "cat /proc/1/root" + secret},
		{"first's environment", "cat /proc/1/environ"},
		{"first's descriptors", "readlink /proc/1/fd/3 || cat /proc/1/fd/3"},
		{"write input", "echo x > in.txt"},
		{"write input after chmod", "chmod 644 in.txt && echo x > in.txt"},
		{"remove input", "rm -f in.txt"},
		{"write into tree", "echo x > tree/new"},
		{"write tree's file", "echo x > tree/f"},
		{"write system", "touch /usr/x"},
		{"write root", "touch /x"},
		{"write dev", "touch /dev/x"},
		{"write run", "touch /run/x"},
		{"write etc", "touch /etc/x"},
		{"write settings", "echo dewar2 > /proc/sys/kernel/hostname"},
		{"shadow", "test -s /etc/shadow && cat /etc/shadow"},
		{"mount", "mount -t tmpfs none /tmp"},
		{"unmount", "umount -l /project/in.txt || umount -l /tmp"},
		{"remount", "mount -o remount,rw,bind /usr"},
		{"user namespace", "unshare -U true"},
		{"mount namespace", "unshare -m true"},
		{"hostname", "hostname evil || exit 1"},
		{"setuid", "chmod u+s /usr/bin/true"},
		{"host's processes", fmt.Sprintf("kill -0 %d", os.Getpid())},
	}
	eachLevel(t, b, func(t *testing.T, on with) {
		for _, c := range scripts {
			t.Run(c.name, func(t *testing.T) {
				if r := b.sh(c.script, in, on); r.ExitCode == 0 {
					t.Errorf("succeeded: %s%s", r.out, r.err)
				}
			})
		}
		after := b.sh("cat in.txt tree/f; ls tree /tmp /dev/shm; ls /dev/x /run/x /x 2>/dev/null", in, on)
		if want := "input\nleaf\n/dev/shm:\n\n/tmp:\nhome\n\ntree:\nf\n"; after.out != want {
			t.Errorf("afterwards: %q", after.out)
		}
	})
	if b.store.held.Load() != 0 {
		t.Error("trees are still held")
	}
}

func TestIsolatedReadOnlyInputSaysSo(t *testing.T) {
	b := isolated(t)
	r := b.sh("echo x > in.txt", inputs(b.store.file(t, "in.txt", "input\n", false)))
	if !strings.Contains(strings.ToLower(r.err), "read-only file system") {
		t.Errorf("message: %s", r.err)
	}
}

// Whatever signal is sent to the keeper from inside, the action goes on.
func TestIsolatedSignalsToFirst(t *testing.T) {
	b := isolated(t)
	r := b.sh("for s in $(seq 1 64); do kill -$s 1 2>/dev/null; done; kill -9 1; sleep 0.05; echo alive").ok(t)
	if r.out != "alive\n" {
		t.Errorf("%q", r.out)
	}
}

func TestIsolatedNoNetwork(t *testing.T) {
	b := isolated(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		machinetest.Lacks(t, "there is no network at all:", err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	port := l.Addr().(*net.TCPAddr).Port
	bash(t)
	connect := fmt.Sprintf("exec 3<>/dev/tcp/127.0.0.1/%d", port)
	if r := b.do([]string{"bash", "-c", connect}); r.ExitCode == 0 {
		t.Error("the host's loopback was reached")
	}
	online := func(x *run.Execution) { x.Network = true }
	b.do([]string{"bash", "-c", connect}, online).ok(t)
	b.do([]string{"sh", "-c", "test ! -e /etc/resolv.conf -a ! -L /etc/resolv.conf || cat /etc/resolv.conf"}, online).ok(t)
}

func bash(t *testing.T) {
	t.Helper()
	machinetest.Program(t, "/bin/bash")
}

// What a command leaves running is dead when its outcome is there.
func TestIsolatedDaemonIsKilled(t *testing.T) {
	b := isolated(t)
	r := b.sh("(trap '' TERM HUP; while :; do echo x >> out/log; sleep 0.01; done) & setsid sleep 1000 & echo started", outputs("out/log")).ok(t)
	size := func() int64 {
		info, err := os.Stat(filepath.Join(r.Root, "out/log"))
		if err != nil {
			return 0
		}
		return info.Size()
	}
	before := size()
	b.sh("sleep 0.05")
	if size() != before {
		t.Error("something still writes")
	}
	if got := b.sh("ls /proc | grep -c '^[0-9]*$' | { read n; test $n -le 6 && echo few; }").out; got != "few\n" {
		t.Error("processes are left")
	}
}

// What outlives processes is not there for the next action.
func TestIsolatedIPCIsCleared(t *testing.T) {
	namespaces(t)
	machinetest.Program(t, "/usr/bin/ipcmk")
	b := newBench(t, sandbox.Options{Slots: 1})
	list := "tail -qn +2 /proc/sysvipc/shm /proc/sysvipc/sem /proc/sysvipc/msg; ls /dev/mqueue"
	r := b.sh("for i in $(seq 100); do ipcmk -M 100 -S 1 -Q >/dev/null; done; touch /dev/mqueue/q; " + list).ok(t)
	if n := strings.Count(r.out, "\n"); n != 301 {
		t.Fatalf("%d objects: %s", n, r.err)
	}
	if r := b.sh(list).ok(t); r.out != "" {
		t.Errorf("left: %s", r.out)
	}
}

func TestIsolatedHowItEnds(t *testing.T) {
	b := isolated(t)
	exe := b.store.file(t, "bin/bad", "#!/no/such/interpreter\n", true)
	plain := b.store.file(t, "bin/plain", "echo\n", false)
	for _, c := range []struct {
		name, script string
		args         []string
		code         int
		signal       string
	}{
		{name: "exit", script: "exit 7", code: 7},
		{name: "signal", script: "kill -11 $$", code: 139, signal: "SIGSEGV"},
		{name: "kill everything", script: "kill -9 -1; kill -9 $$", code: 137, signal: "SIGKILL"},
		{name: "no interpreter", args: []string{"bin/bad"}, code: 126},
		{name: "not executable", args: []string{"bin/plain"}, code: 126},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := c.args
			if args == nil {
				args = []string{"/bin/sh", "-c", c.script}
			}
			r := b.do(args, inputs(exe, plain))
			if r.ExitCode != c.code || r.Signal != c.signal {
				t.Errorf("exit %d signal %q; %s", r.ExitCode, r.Signal, r.err)
			}
			if c.args != nil && !strings.Contains(r.err, "cannot execute /project/bin/") {
				t.Errorf("message: %q", r.err)
			}
		})
	}
}

func TestIsolatedNotFound(t *testing.T) {
	b := isolated(t)
	path := func(x *run.Execution) { x.Action.Env = []graph.Var{{Name: "PATH", Value: "/usr/bin:rel"}} }
	r := b.do([]string{"no-such-program"}, path)
	if d := cmp.Diff([]string{"/usr/bin/no-such-program", "/project/rel/no-such-program"}, r.NotFound); d != "" || r.ExitCode != 127 {
		t.Error(r.ExitCode, d)
	}
	r = b.do([]string{"bin/tool"}, path)
	if d := cmp.Diff([]string{"/project/bin/tool"}, r.NotFound); d != "" {
		t.Error(d)
	}
	r = b.do([]string{"tool"}, inputs(b.store.file(t, "rel/tool", "#!/bin/sh\necho ran\n", true)), path).ok(t)
	if r.out != "ran\n" || !strings.HasPrefix(r.Program, b.store.dir) {
		t.Error(r.out, r.Program)
	}
}

func TestIsolatedTimeout(t *testing.T) {
	namespaces(t)
	b := newBench(t, sandbox.Options{Slots: 1, Grace: 50 * time.Millisecond})
	limit := func(x *run.Execution) { x.Timeout = 50 * time.Millisecond }
	if r := b.sh("sleep 100", limit); !r.TimedOut || r.Signal != "SIGTERM" {
		t.Errorf("timed out %v, signal %q", r.TimedOut, r.Signal)
	}
	trapped := func(x *run.Execution) { x.Timeout = time.Second } // by then the shell has heard of its trap
	if r := b.sh("trap '' TERM; while :; do sleep 100; done", trapped); !r.TimedOut || r.Signal != "SIGKILL" {
		t.Errorf("timed out %v, signal %q", r.TimedOut, r.Signal)
	}
	patient := newBench(t, sandbox.Options{Slots: 1, Grace: time.Minute})
	if r := patient.sh("trap 'echo bye; exit 3' TERM; while :; do sleep 0.01; done", trapped); !r.TimedOut || r.out != "bye\n" || r.ExitCode != 3 {
		t.Errorf("timed out %v, exit %d, %q", r.TimedOut, r.ExitCode, r.out)
	}
	b.sh("true", func(x *run.Execution) { x.Timeout = time.Hour }).ok(t)
}

func TestIsolatedCancel(t *testing.T) {
	namespaces(t)
	b := newBench(t, sandbox.Options{Slots: 1, Grace: 60 * time.Millisecond})
	for _, script := range []string{"echo; exec sleep 100", "trap '' TERM; echo; while :; do sleep 100; done"} {
		ctx, cancel := context.WithCancel(context.Background())
		x, _, _ := b.execution([]string{"/bin/sh", "-c", script})
		x.Stdout = cancelling{cancel}
		if _, err := b.e.Execute(ctx, x); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	x, _, _ := b.execution([]string{"true"})
	if _, err := b.e.Execute(ctx, x); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	b.sh("true").ok(t)
}

func TestIsolatedClose(t *testing.T) {
	b := isolated(t)
	x, _, _ := b.execution([]string{"/bin/sh", "-c", "echo; exec sleep 100"})
	x.Stdout = cancelling{func() { go b.e.Close() }}
	if _, err := b.e.Execute(context.Background(), x); err == nil {
		t.Error("an action outlived its executor")
	}
	b.e.Close()
	x, _, _ = b.execution([]string{"true"})
	if _, err := b.e.Execute(context.Background(), x); err == nil {
		t.Error("a closed executor works")
	}
}

func TestIsolatedBigOutput(t *testing.T) {
	b := isolated(t)
	r := b.sh("head -c 3000000 /dev/zero; head -c 1000000 /dev/zero >&2").ok(t)
	if len(r.out) != 3000000 || len(r.err) != 1000000 {
		t.Error(len(r.out), len(r.err))
	}
	// One writer: what is written keeps its order.
	x, out, _ := b.execution([]string{"/bin/sh", "-c", "for i in 1 2 3; do echo o$i; echo e$i >&2; done"})
	x.Stderr = x.Stdout
	if _, err := b.e.Execute(context.Background(), x); err != nil {
		t.Fatal(err)
	}
	if out.String() != "o1\ne1\no2\ne2\no3\ne3\n" {
		t.Errorf("%q", out)
	}
}

func TestIsolatedOutputsAndLeftovers(t *testing.T) {
	b := isolated(t)
	in := inputs(b.store.file(t, "src/a.py", "x", false), b.store.tree(t, "data/raw", map[string]string{"d/e": "f"}))
	r := b.sh("mkdir build/feat/sub; echo 1 > build/feat/sub/x; echo 2 > metrics.json; echo 345 > src/a.pyc; mkdir -p deep/er; echo 6 > deep/er/y; rm -rf build/gone; echo > data/z",
		in, outputs("build/feat/", "metrics.json", "build/gone/")).ok(t)
	if r.made(t, "build/feat/sub/x") != "1\n" || r.made(t, "metrics.json") != "2\n" {
		t.Error("outputs are wrong")
	}
	want := []run.Written{{At: "data/z", Size: 1}, {At: "deep/er/y", Size: 2}, {At: "src/a.pyc", Size: 4}}
	if d := cmp.Diff(want, r.Undeclared); d != "" {
		t.Error(d)
	}
	if _, err := os.Stat(filepath.Join(r.Root, "build/gone")); err == nil {
		t.Error("a removed directory is there")
	}
	if err := os.Rename(filepath.Join(r.Root, "build/feat"), filepath.Join(b.tmp, "taken")); err != nil {
		t.Error(err)
	}
}

// On success the sandbox itself makes no file: the budget of an action is four.
func TestIsolatedMakesNoFiles(t *testing.T) {
	b := isolated(t)
	x, _, _ := b.execution([]string{"cp", "in/a", "out/b"}, inputs(b.store.file(t, "in/a", "x", false), b.store.file(t, "c", "y", false)), outputs("out/b"))
	if _, err := b.e.Execute(context.Background(), x); err != nil {
		t.Fatal(err)
	}
	var got []string
	filepath.WalkDir(x.Dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			t.Error(err)
		}
		rel, _ := filepath.Rel(x.Dir, path)
		got = append(got, rel)
		return nil
	})
	if d := cmp.Diff([]string{".", "root", "root/out", "root/out/b"}, got); d != "" {
		t.Error(d)
	}
}

func TestIsolatedReference(t *testing.T) {
	b := isolated(t)
	ws := filepath.Join(b.tmp, "ws")
	for name, text := range map[string]string{"big/1": "one", "big/2": "two", "one file": "three"} {
		path := filepath.Join(ws, name)
		os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	in := inputs(
		graph.Leaf{At: "data/big", Host: filepath.Join(ws, "big"), Content: digest.Content{Kind: digest.Directory}},
		graph.Leaf{At: "data/f", Host: filepath.Join(ws, "one file"), Content: digest.Content{Kind: digest.File}})
	r := b.sh("cat data/big/1 data/big/2 data/f; echo x > data/big/1; echo x > data/f; echo x > data/big/3; true", in).ok(t)
	if r.out != "onetwothree" {
		t.Errorf("%q", r.out)
	}
	if got, _ := os.ReadFile(filepath.Join(ws, "big/1")); string(got) != "one" {
		t.Error("the workspace was written to")
	}
}

func TestIsolatedToolchainAndScratch(t *testing.T) {
	b := isolated(t)
	tool := filepath.Join(b.tmp, "home of tool", ".venv")
	scratch := filepath.Join(b.tmp, "scratch")
	os.MkdirAll(filepath.Join(tool, "bin"), 0o755)
	if err := os.WriteFile(filepath.Join(tool, "bin", "mytool"), []byte("#!/bin/sh\necho tool $0\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	opts := func(x *run.Execution) {
		x.Bindings = []run.Binding{{Name: "t", Mounts: []string{tool, filepath.Join(tool, "bin"), "/usr/lib"}, Path: []string{filepath.Join(tool, "bin")}}}
		x.Scratch = []run.ScratchDir{{Host: filepath.Join(scratch, "a"), Path: "ckpt"}, {Host: filepath.Join(scratch, "b"), Env: "HF_HOME"}}
	}
	r := b.sh("mytool; echo x > ckpt/1; echo y > $HF_HOME/2; touch "+strings.ReplaceAll(tool, " ", "\\ ")+"/x 2>/dev/null || echo read-only", opts).ok(t)
	if want := "tool " + tool + "/bin/mytool\nread-only\n"; r.out != want {
		t.Errorf("%q", r.out)
	}
	if len(r.Undeclared) > 0 {
		t.Error(r.Undeclared)
	}
	for _, f := range []string{"a/1", "b/2"} {
		if _, err := os.Stat(filepath.Join(scratch, f)); err != nil {
			t.Error(err)
		}
	}
	if r := b.sh("cat ckpt/1", opts).ok(t); r.out != "x\n" {
		t.Error("scratch did not survive")
	}
	// The next action does not know that there was a toolchain.
	if r := b.sh(fmt.Sprintf("test -e '%s' || echo gone", b.tmp)); r.out != "gone\n" {
		t.Error("the toolchain's place is left")
	}
}

func TestIsolatedOddNames(t *testing.T) {
	b := isolated(t)
	names := []string{"a b", "new\nline", "quo\"te'", "com,ma:colon\\back", "ünï", "-dash", "d ir/\ttab"}
	var opts []with
	for _, n := range names {
		opts = append(opts, inputs(b.store.file(t, "in/"+n, n, false)), outputs("out/"+n))
	}
	for _, n := range names {
		r := b.do([]string{"cp", "--", "in/" + n, "out/" + n}, opts...).ok(t)
		if r.made(t, "out/"+n) != n {
			t.Errorf("%q is wrong", n)
		}
	}
}

func TestIsolatedManyInputs(t *testing.T) {
	b := isolated(t)
	const n = 3000
	var leaves []graph.Leaf
	for i := range n {
		leaves = append(leaves, b.store.file(t, fmt.Sprintf("in/%02d/%d", i%50, i), fmt.Sprint(i), i%7 == 0))
	}
	r := b.sh("find in -type f | wc -l; cat in/07/7; echo x > in/00/50 || echo denied; chmod u+w in/00/100 && echo x > in/00/100; echo x > in/00/new; test -x in/00/0 && echo exec", inputs(leaves...)).ok(t)
	if r.out != "3000\n7denied\nexec\n" {
		t.Errorf("%q", r.out)
	}
	for _, i := range []int{50, 100} {
		path, _ := b.store.BlobPath(leaves[i].Content.Digest, leaves[i].Content.Exec)
		if got, _ := os.ReadFile(path); string(got) != fmt.Sprint(i) {
			t.Errorf("the store was written to: %q", got)
		}
	}
}

// After a thousand actions everything is as it was.
func TestIsolatedLeavesNothing(t *testing.T) {
	namespaces(t)
	b := newBench(t, sandbox.Options{Slots: 1})
	in, out := inputs(b.store.file(t, "in/a", "x", false)), outputs("out/b")
	b.do([]string{"cp", "in/a", "out/b"}, in, out).ok(t)
	fds, mounts := count(t, "/proc/self/fd"), mountLines(t)
	view := "cat /proc/self/mountinfo | wc -l; find / -xdev | wc -l; wc -l < /proc/sysvipc/shm"
	before := b.sh(view).out
	n := 1000
	if testing.Short() {
		n = 50
	}
	for range n {
		r := b.do([]string{"cp", "in/a", "out/b"}, in, out).ok(t)
		os.RemoveAll(filepath.Dir(r.Root))
	}
	if after := b.sh(view).out; after != before {
		t.Errorf("inside: before %q, after %q", before, after)
	}
	if got := count(t, "/proc/self/fd"); got > fds {
		t.Errorf("descriptors: before %d, after %d", fds, got)
	}
	if got := mountLines(t); got != mounts {
		t.Errorf("mounts: before %d, after %d", mounts, got)
	}
}

func count(t *testing.T, dir string) int {
	t.Helper()
	l, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(l)
}

func mountLines(t *testing.T) int {
	t.Helper()
	b, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(b), "\n")
}

func TestIsolatedMissingReference(t *testing.T) {
	b := isolated(t)
	x, _, _ := b.execution([]string{"true"}, inputs(graph.Leaf{At: "a", Host: filepath.Join(b.tmp, "nothing"), Content: digest.Content{Kind: digest.File}}))
	if _, err := b.e.Execute(context.Background(), x); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	b.sh("true").ok(t)
}
