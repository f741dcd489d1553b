package sandbox_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox"
)

// still requires that the next action is served as ever, and that nothing of the last is left: no process,
// no mount, no file.
func still(t *testing.T, b *bench, on with) {
	t.Helper()
	r := b.sh("ls -A /tmp /dev/shm | tr '\\n' ' '; ls /proc | grep -c '^[0-9]*$' | { read n; test $n -le 7 && echo few; }", on).ok(t)
	if r.out != "/dev/shm:  /tmp: home few\n" {
		t.Errorf("the next action sees %q", r.out)
	}
}

// A symbolic link leads nowhere outside, whoever made it and whoever follows it.
func TestEscapeByLinks(t *testing.T) {
	b := isolated(t)
	plant(t, b.tmp, "/secret/file", "secret\n", 0o644)
	secret := filepath.Join(b.tmp, "secret")
	os.Mkdir(filepath.Join(secret, "raw"), 0o755)
	tree := b.store.tree(t, "tree", map[string]string{"f": "leaf\n"})
	path, _, _ := b.store.Tree(tree.Content.Digest)
	os.Symlink(secret+"/file", path+"/out of it")
	os.Symlink("../../../../../../../../.."+secret+"/file", path+"/up")
	in := inputs(tree, b.store.file(t, "data/raw/in.txt", "input\n", false))
	before := state(t, secret)
	eachLevel(t, b, func(t *testing.T, on with) {
		for _, script := range []string{
			"cat 'tree/out of it'", "cat tree/up", "ln -s " + secret + " out/s; cat out/s/file", "cat /proc/self/root" + secret + "/file", "cat /proc/self/cwd/../../../.." + secret + "/file",
			"ln -s /proc/1/root out/s && cat out/s" + secret + "/file", "cd /project && cd .. && cat ." + secret + "/file",
		} {
			if r := b.sh(script, in, outputs("out/"), on); r.ExitCode == 0 {
				t.Errorf("%s: %s", script, r.out)
			}
		}
		// What dewar does afterwards must not follow links that have been put where its directories were.
		b.sh("mv data other && ln -s "+secret+" data; rm -rf out && ln -s "+secret+" out", in, outputs("out/"), on).ok(t)
		if after := state(t, secret); after != before {
			t.Errorf("before:\n%safter:\n%s", before, after)
		}
		still(t, b, on)
	})
}

// Sockets of this machine are out of reach: those with names in the filesystem, and those with
// abstract ones, which are the network's, for whoever uses it too.
func TestEscapeBySockets(t *testing.T) {
	b := isolated(t)
	exe, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	abstract := "@dewar-test-" + filepath.Base(b.tmp) + strconv.Itoa(os.Getpid())
	file := filepath.Join(b.tmp, "socket")
	for _, name := range []string{abstract, file} {
		l, err := net.Listen("unix", name)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
	}
	probe := inputs(b.store.file(t, "probe", string(exe), true))
	try := func(name string, opts ...with) result {
		return b.do([]string{"./probe", "-test.run=^TestConnect$"}, append(opts, probe, func(x *run.Execution) { x.Vars = vars(connects, name) })...)
	}
	eachLevel(t, b, func(t *testing.T, on with) {
		for _, name := range []string{abstract, file} {
			if r := try(name, on).ok(t); !strings.HasPrefix(r.out, "refused") {
				t.Errorf("%s: %s", name, r.out)
			}
		}
		online := func(x *run.Execution) { x.Network = true }
		if r := try(file, on, online).ok(t); !strings.HasPrefix(r.out, "refused") {
			t.Errorf("%s, with the network: %s", file, r.out)
		}
		if v, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION); e != 0 || v < 6 {
			machinetest.Lacks(t, "this kernel cannot keep actions from abstract sockets")
		}
		if r := try(abstract, on, online).ok(t); !strings.HasPrefix(r.out, "refused") {
			t.Errorf("%s, with the network: %s", abstract, r.out)
		}
	}, os.Args[0])
}

// connects names a socket, in the process that connects to it.
const connects = "DEWAR_TEST_CONNECT"

// TestConnect is the other half of TestEscapeBySockets.
func TestConnect(t *testing.T) {
	name := os.Getenv(connects)
	if name == "" {
		t.Skip("only as a process of its own")
	}
	if _, err := net.Dial("unix", name); err != nil {
		fmt.Println("refused:", err)
	} else {
		fmt.Println("connected")
	}
	os.Exit(0)
}

// A daemon that has left its parents, its session and every signal behind, and holds an output open, is
// dead before anyone looks at that output.
func TestEscapeByDaemon(t *testing.T) {
	b := isolated(t)
	eachLevel(t, b, func(t *testing.T, on with) {
		daemon := "trap '' HUP INT TERM; exec 3>>out/log; cd /; while :; do echo x >&3; done"
		r := b.sh("(setsid sh -c \"setsid sh -c '"+strings.ReplaceAll(daemon, "'", `'\''`)+"' &\" &); while ! test -s out/log; do :; done", outputs("out/log"), on).ok(t)
		path := filepath.Join(r.Root, "out/log")
		if by := opened(t, path); len(by) > 0 {
			t.Errorf("it is still open: %v", by)
		}
		var before, after unix.Stat_t
		unix.Stat(path, &before)
		still(t, b, on)
		unix.Stat(path, &after)
		if before != after || before.Size == 0 {
			t.Errorf("%+v, then %+v", before, after)
		}
	})
}

// opened lists the descriptors of all processes that lead to a file.
func opened(t *testing.T, path string) (by []string) {
	t.Helper()
	var want unix.Stat_t
	if err := unix.Stat(path, &want); err != nil {
		t.Fatal(err)
	}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, l := range links {
		var st unix.Stat_t
		if unix.Stat(l, &st) == nil && st.Dev == want.Dev && st.Ino == want.Ino {
			by = append(by, l)
		}
	}
	return by
}

// A full /tmp is the command's trouble.
func TestEscapeByFillingUp(t *testing.T) {
	b := isolated(t)
	small := func(x *run.Execution) { x.TempDirMax = 1 << 20 }
	eachLevel(t, b, func(t *testing.T, on with) {
		for _, dir := range []string{"/tmp", "/tmp/home", "/var/tmp", "/dev/shm"} {
			r := b.sh("dd if=/dev/zero of="+dir+"/fill bs=64k count=1000; touch done", on, small)
			if !strings.Contains(r.err, "No space left on device") {
				t.Errorf("%s: exit %d, %s", dir, r.ExitCode, r.err)
			}
		}
		// Nor do many files, or the root and /dev, which are in memory as well.
		b.sh("for d in / /dev /run /etc /home /sys /proc; do touch $d/x 2>/dev/null && exit 1; done; true", on).ok(t)
		still(t, b, on)
	})
}

// No signal from inside reaches the first process, or keeps its slot from the next action.
func TestEscapeBySignals(t *testing.T) {
	namespaces(t)
	b := newBench(t, sandbox.Options{Slots: 1})
	eachLevel(t, b, func(t *testing.T, on with) {
		still(t, b, on)
		keepers := children(t)
		r := b.sh("for s in $(seq 1 64); do for n in 1 2 3; do kill -$s 1; done; done 2>/dev/null; echo alive", on).ok(t)
		if r.out != "alive\n" {
			t.Errorf("%q", r.out)
		}
		for _, script := range []string{"kill -9 -1; kill -9 $$", "kill -TERM -1; kill -9 $$", "kill -QUIT 0"} {
			if r := b.sh(script, on); r.Signal == "" {
				t.Errorf("%s: exit %d", script, r.ExitCode)
			}
		}
		still(t, b, on)
		if d := strings.Join(children(t), " "); d != strings.Join(keepers, " ") {
			t.Errorf("keepers were %v, are %s", keepers, d)
		}
	})
}

// A program with the setuid bit is a program like others: one of the machine, of the inputs, or of its own making.
func TestEscapeBySetuid(t *testing.T) {
	b := isolated(t)
	dash, err := os.ReadFile("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	leaf := b.store.file(t, "setuid", string(dash)+"\n", true)
	path, _ := b.store.BlobPath(leaf.Content.Digest, true)
	if err := os.Chmod(path, 0o555|os.ModeSetuid|os.ModeSetgid); err != nil {
		t.Fatal(err)
	}
	who := `id -u; id -g; grep -E "Uid|Cap(Eff|Prm)|NoNew" /proc/self/status | tr -s "\t\n" " "`
	want := "1000\n1000\nUid: 1000 1000 1000 1000 CapPrm: 0000000000000000 CapEff: 0000000000000000 NoNewPrivs: 1 "
	eachLevel(t, b, func(t *testing.T, on with) {
		for _, program := range []string{"./setuid", "out/mine", "/tmp/mine"} {
			r := b.sh("cp setuid out/mine; cp setuid /tmp/mine; chmod 6755 out/mine /tmp/mine; "+program+" -c '"+who+"'", inputs(leaf), outputs("out/"), on).ok(t)
			if r.out != want {
				t.Errorf("%s: %q", program, r.out)
			}
		}
		still(t, b, on)
	})
}

// Processes come to an end before the machine does, and the keeper survives it.
func TestEscapeByProcesses(t *testing.T) {
	namespaces(t)
	if os.Getuid() == 0 && !since(t, 6, 14) {
		machinetest.Lacks(t, "root's processes cannot be limited by this kernel")
	}
	b := newBench(t, sandbox.Options{Slots: 1, Processes: 400, Grace: 50 * time.Millisecond})
	eachLevel(t, b, func(t *testing.T, on with) {
		still(t, b, on)
		keepers := children(t)
		r := b.sh("i=0; while test $i -lt 500; do sleep 1000 & i=$((i+1)); done; echo made $i", on)
		if !strings.Contains(strings.ToLower(r.err), "fork") || strings.Contains(r.out, "made") {
			t.Errorf("exit %d: %s%s", r.ExitCode, r.out, r.err)
		}
		bombs := 3
		if testing.Short() {
			bombs = 1
		}
		for range bombs {
			r = b.sh("b() { b | b & }; b; while :; do :; done", on, func(x *run.Execution) { x.Timeout = 100 * time.Millisecond })
			if !r.TimedOut {
				t.Errorf("exit %d: %.200s", r.ExitCode, r.err)
			}
		}
		still(t, b, on)
		if d := strings.Join(children(t), " "); d != strings.Join(keepers, " ") {
			t.Errorf("keepers were %v, are %s", keepers, d)
		}
	})
}

// since reports whether the kernel is that new.
func since(t *testing.T, major, minor int) bool {
	t.Helper()
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		t.Fatal(err)
	}
	var a, b int
	fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.%d", &a, &b)
	return a > major || a == major && b >= minor
}

// A crash leaves no core, neither here nor with the machine's handler of cores.
func TestEscapeByCores(t *testing.T) {
	b := isolated(t)
	eachLevel(t, b, func(t *testing.T, on with) {
		r := b.sh("ulimit -c unlimited 2>/dev/null; ulimit -Hc; grep core /proc/self/limits | tr -s ' '; kill -SEGV $$", on)
		if r.Signal != "SIGSEGV" || r.out != "0\nMax core file size 1 1 bytes \n" || len(r.Undeclared) > 0 {
			t.Errorf("signal %q, %q, left %v", r.Signal, r.out, r.Undeclared)
		}
	})
}

// However an action ends, nothing of it is left on the machine.
func TestEscapeLeavesNothing(t *testing.T) {
	namespaces(t)
	b := newBench(t, sandbox.Options{Slots: 1, Grace: 20 * time.Millisecond})
	in := inputs(b.store.file(t, "in/a", "x", false), b.store.tree(t, "tree", map[string]string{"f": "leaf\n"}))
	eachLevel(t, b, func(t *testing.T, on with) {
		still(t, b, on)
		keepers, mounts := strings.Join(children(t), " "), mountLines(t)
		for _, script := range []string{"setsid sleep 1000 & exit 3", "trap '' TERM; setsid sleep 1000 & while :; do sleep 1; done", "echo; exec sleep 1000"} {
			ctx, cancel := context.WithTimeout(context.Background(), 60*time.Millisecond)
			x, _, _ := b.execution([]string{"/bin/sh", "-c", script}, in, on)
			b.e.Execute(ctx, x)
			cancel()
			b.sh(script, in, on, func(x *run.Execution) { x.Timeout = 60 * time.Millisecond })
		}
		still(t, b, on)
		if now := strings.Join(children(t), " "); now != keepers || mountLines(t) != mounts {
			t.Errorf("keepers %s, then %s; mounts %d, then %d", keepers, now, mounts, mountLines(t))
		}
		if b.store.held.Load() != 0 {
			t.Error("trees are still held")
		}
	})
	keepers := children(t)
	b.e.Close()
	for _, pid := range keepers {
		if _, err := os.Stat("/proc/" + pid); err == nil {
			if comm, _ := os.ReadFile("/proc/" + pid + "/cmdline"); strings.HasPrefix(string(comm), "dewar-keeper") {
				t.Errorf("keeper %s is left", pid)
			}
		}
	}
}
