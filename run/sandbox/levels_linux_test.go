package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox"
)

// Nothing of the machine is there but what a toolchain names.
func TestHermeticView(t *testing.T) {
	b := isolated(t)
	tools := toolchain(t, "sh", "ls", "cat", "id", "find", "tr", "sort", "grep", "wc", "uname", "nproc", "touch")
	in := inputs(b.store.file(t, "in.txt", "hello\n", false))
	for _, c := range []struct{ name, script, want string }{
		{"root", "ls / | grep -v '^lib' | tr '\\n' ' '", "bin dev etc home media mnt proc project root run srv sys tmp usr var "},
		{"usr", "ls /usr | grep -v lib | tr '\\n' ' '", "bin "},
		{"etc", "ls /etc | tr '\\n' ' '", "group hostname hosts machine-id nsswitch.conf passwd "},
		{"user", "id", "uid=1000(dewar) gid=1000(dewar) groups=1000(dewar)\n"},
		{"host", "uname -n; cat /etc/hostname", "dewar\ndewar\n"},
		{"input", "cat in.txt", "hello\n"},
		{"devices", "ls /dev | tr '\\n' ' '", "fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero "},
		{"tmp", "touch /tmp/x /var/tmp/y && ls /tmp | tr '\\n' ' '", "home x y "},
		{"read-only", "touch /x /usr/x /usr/bin/x /etc/x /etc/passwd 2>/dev/null || echo so", "so\n"},
		{"processors", "nproc", fmt.Sprintln(runtime.NumCPU())},
		{"not there", "ls /usr/bin/env /opt /usr/share 2>/dev/null", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := b.sh(c.script, hermetic(tools), in)
			if d := cmp.Diff(c.want, r.out); d != "" {
				t.Error(d, r.err)
			}
			if r.Level != graph.IsolationHermetic {
				t.Errorf("reached %q", r.Level)
			}
		})
	}
	var want []string
	for _, p := range tools.Base {
		if !strings.HasPrefix(p, "/usr/lib") {
			want = append(want, p)
		}
	}
	r := b.sh("find /usr/bin /bin/ -type f | sort -u | grep -v ^/bin", hermetic(tools)).ok(t)
	if d := cmp.Diff(want, strings.Fields(r.out)); d != "" {
		t.Error(d)
	}
}

// What the toolchains do not bring is not found, and the message says why.
func TestHermeticNotFound(t *testing.T) {
	b := isolated(t)
	r := b.sh("true", level(graph.IsolationHermetic))
	if d := cmp.Diff([]string{"/bin/sh"}, r.NotFound); d != "" || r.ExitCode != 127 || !strings.Contains(r.err, "this action has none") {
		t.Error(r.ExitCode, d, r.err)
	}
	cat := toolchain(t, "cat")
	cat.Links = nil
	r = b.do([]string{"ls"}, hermetic(cat))
	if !slices.Contains(r.NotFound, "/usr/bin/ls") || !strings.Contains(r.err, `none of (tools) brings "ls"`) {
		t.Error(r.NotFound, r.err)
	}
	// The program is there, its loader is not.
	lone := run.Binding{Name: "tools", Base: []string{"/usr/bin/cat"}}
	if r = b.do([]string{"cat"}, hermetic(lone)); r.ExitCode != 126 || !strings.Contains(r.err, "dynamic loader") {
		t.Error(r.ExitCode, r.err)
	}
}

// Directories of toolchains stand at their places, also where an action has something of its own.
func TestHermeticMounts(t *testing.T) {
	b := isolated(t)
	tools := toolchain(t, "sh", "cat", "readlink")
	tool, elsewhere := filepath.Join(b.tmp, "tool"), uncovered(t)
	for _, dir := range []string{tool, elsewhere} {
		plant(t, dir, "/lib/x", "x of "+dir+"\n", 0o644)
		os.Symlink("lib/x", dir+"/link")
	}
	os.Symlink(tool, tool+"-link")
	tools.Mounts = []string{tool, elsewhere, tool + "/lib"}
	tools.Links = append(tools.Links, run.Link{At: tool + "-link", To: tool})
	r := b.sh(fmt.Sprintf("cat %[1]s/link %[1]s-link/lib/x %[2]s/link; readlink %[2]s/link", tool, elsewhere), hermetic(tools)).ok(t)
	if want := fmt.Sprintf("x of %[1]s\nx of %[1]s\nx of %[2]s\nlib/x\n", tool, elsewhere); r.out != want {
		t.Errorf("%q, want %q", r.out, want)
	}
	// The directory is made anew: what was there is not shown any more.
	os.RemoveAll(elsewhere)
	plant(t, elsewhere, "/lib/x", "new\n", 0o644)
	if r := b.sh("cat "+elsewhere+"/lib/x", hermetic(tools)).ok(t); r.out != "new\n" {
		t.Errorf("%q", r.out)
	}
}

// A toolchain that has gone is an error of that action. It does not count as a machine without namespaces.
func TestHermeticGone(t *testing.T) {
	b := isolated(t)
	for _, bad := range []run.Binding{
		{Name: "a", Base: []string{"/usr/no/such/file"}},
		{Name: "b", Mounts: []string{"/opt/no-such-directory"}},
		{Name: "c", Mounts: []string{b.tmp + "/none"}},
	} {
		x, _, _ := b.execution([]string{"true"}, hermetic(bad))
		_, err := b.e.Execute(context.Background(), x)
		var r *sandbox.Refused
		if !errors.Is(err, os.ErrNotExist) || errors.As(err, &r) {
			t.Errorf("%s: %v", bad.Name, err)
		}
	}
	if r := b.sh("true").ok(t); r.Level != graph.IsolationProject {
		t.Errorf("afterwards %q", r.Level)
	}
}

// An image is the root, whatever it lacks.
func TestImageView(t *testing.T) {
	b := isolated(t)
	tools := toolchain(t, "sh", "cat", "ls", "id", "touch", "tr", "grep", "uname", "wc", "readlink")
	bare, full := filepath.Join(b.tmp, "bare"), filepath.Join(b.tmp, "full")
	unpack(t, bare, tools)
	unpack(t, full, tools)
	plant(t, full, "/etc/passwd", "root:x:0:0::/root:/bin/sh\npostgres:x:70:70::/:/bin/false", 0o644)
	plant(t, full, "/etc/group", "users:x:1000:\n", 0o644)
	plant(t, full, "/etc/hosts", "10.0.0.1 builder\n", 0o644)
	plant(t, full, "/etc/hostname", "builder\n", 0o644)
	plant(t, full, "/etc/os-release", "image\n", 0o644)
	plant(t, full, "/home/jo/x", "home\n", 0o644)
	plant(t, full, "/proc/leak", "", 0o644)
	plant(t, full, "/tmp/leak", "", 0o644)
	plant(t, full, "/run/leak", "", 0o644)
	plant(t, full, "/project/leak", "", 0o644)
	plant(t, full, "/var/lib/x", "var\n", 0o644)
	plant(t, full, "/entry point", "top\n", 0o644)
	os.Symlink("/home/jo", full+"/jo")
	os.Symlink("/run/systemd/resolve.conf", full+"/etc/resolv.conf")
	view := "id; uname -n; cat /proc/self/comm; touch /tmp/x /var/tmp/y /dev/shm/z; ls /tmp; touch a && ls /project; ls /run /var/run | tr '\\n' ' '; touch /usr/x 2>/dev/null || echo read-only"
	for _, c := range []struct{ root, user string }{
		{bare, "uid=1000(dewar) gid=1000(dewar) groups=1000(dewar)"},
		{full, "uid=1000(dewar) gid=1000(users) groups=1000(users)"},
	} {
		r := b.sh(view, image(c.root)).ok(t)
		if d := cmp.Diff(c.user+"\ndewar\ncat\nhome\nx\ny\na\n/run:  /var/run: read-only\n", r.out); d != "" {
			t.Error(c.root, d, r.err)
		}
		if r.Level != graph.IsolationImage || !strings.HasPrefix(r.Program, c.root) {
			t.Error(r.Level, r.Program)
		}
	}
	r := b.sh("cat /etc/os-release /etc/hostname /etc/hosts /jo/x /var/lib/x '/entry point'; grep -c . /etc/passwd; test -e /.image || echo clean", image(full)).ok(t)
	if want := "image\ndewar\n127.0.0.1\tlocalhost dewar\n::1\tlocalhost\nhome\nvar\ntop\n3\nclean\n"; r.out != want {
		t.Errorf("%q, want %q", r.out, want)
	}
	if text, _ := os.ReadFile(full + "/etc/hosts"); string(text) != "10.0.0.1 builder\n" {
		t.Error("the image was written to")
	}
	online := func(x *run.Execution) { x.Network = true }
	host, _ := os.ReadFile("/etc/resolv.conf")
	for _, root := range []string{bare, full} {
		if r := b.sh("cat /etc/resolv.conf", image(root), online).ok(t); r.out != string(host) {
			t.Errorf("%s: %q", root, r.out)
		}
	}
}

// Toolchains of the machine have their places in an image too, and inputs, scratch and a toolchain below /tmp.
func TestImageMounts(t *testing.T) {
	b := isolated(t)
	root, elsewhere := filepath.Join(b.tmp, "root"), uncovered(t)
	unpack(t, root, toolchain(t, "sh", "cat", "ls"))
	own := filepath.Dir(elsewhere) + "/own" // beside it
	plant(t, root, own+"/x", "own\n", 0o644)
	plant(t, elsewhere, "/x", "opt\n", 0o644)
	plant(t, b.tmp, "/tool/x", "tmp\n", 0o644)
	with := func(x *run.Execution) {
		x.Bindings = []run.Binding{{Name: "a", Mounts: []string{elsewhere, b.tmp + "/tool"}}}
		x.Scratch = []run.ScratchDir{{Host: filepath.Join(b.tmp, "s"), Env: "S"}}
	}
	r := b.sh("cat in "+elsewhere+"/x "+b.tmp+"/tool/x "+own+"/x; echo >$S/y; ls $S", image(root), with, inputs(b.store.file(t, "in", "in\n", false))).ok(t)
	if want := "in\nopt\ntmp\nown\ny\n"; r.out != want {
		t.Errorf("%q, want %q", r.out, want)
	}
}

// An image that is not there, or no directory, is an error; one that was unpacked again is another one.
func TestImageGone(t *testing.T) {
	b := isolated(t)
	root := filepath.Join(b.tmp, "root")
	plant(t, b.tmp, "/file", "", 0o644)
	for _, dir := range []string{"", "relative", root, b.tmp + "/file"} {
		x, _, _ := b.execution([]string{"true"}, image(dir))
		if out, err := b.e.Execute(context.Background(), x); err == nil {
			t.Errorf("%q: %+v", dir, out)
		}
	}
	tools := toolchain(t, "sh", "cat")
	for i := range 2 {
		os.RemoveAll(root)
		unpack(t, root, tools)
		plant(t, root, "/opt/x", fmt.Sprint(i), 0o644)
		if r := b.sh("cat /opt/x", image(root)).ok(t); r.out != fmt.Sprint(i) {
			t.Errorf("%q", r.out)
		}
	}
	// Odd ones do not harm: links instead of directories, directories instead of files.
	odd := filepath.Join(b.tmp, "odd")
	unpack(t, odd, tools)
	plant(t, odd, "/usr/etc/passwd/x", "", 0o644)
	os.Symlink("usr/etc", odd+"/etc")
	os.Symlink("/etc", odd+"/var")
	os.Symlink("/", odd+"/dev")
	os.Symlink("..", odd+"/home")
	if r := b.sh("cat </dev/null; echo fine", image(odd)).ok(t); r.out != "fine\n" {
		t.Errorf("%q", r.out)
	}
	if r := b.do([]string{"nothing"}, image(odd)); !strings.Contains(r.err, `the image has no program "nothing"`) {
		t.Error(r.err)
	}
}

// A place that a link of the image leads away from is none: it would be one of this machine.
func TestImageLeadsAway(t *testing.T) {
	b := isolated(t)
	odd := filepath.Join(b.tmp, "odd")
	unpack(t, odd, toolchain(t, "sh"))
	victim, tool := uncovered(t), uncovered(t)
	os.MkdirAll(odd+filepath.Dir(filepath.Dir(tool)), 0o755)
	os.Symlink(victim, odd+filepath.Dir(tool))
	x, _, _ := b.execution([]string{"sh"}, image(odd), func(x *run.Execution) { x.Bindings = []run.Binding{{Name: "a", Mounts: []string{tool}}} })
	if _, err := b.e.Execute(context.Background(), x); !errors.Is(err, unix.ELOOP) {
		t.Errorf("error %v", err)
	}
	if l, err := os.ReadDir(victim); err != nil || len(l) > 0 {
		t.Errorf("on this machine were made: %v %v", l, err)
	}
}

// What an image has in the way of ours is not written through, and not in the way.
func TestImageIsNotWrittenThrough(t *testing.T) {
	b := isolated(t)
	victim := filepath.Join(b.tmp, "victim")
	if err := os.WriteFile(victim, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"cover", ".cover", ".image", "etc/passwd", "etc/hosts", "etc/machine-id", "run", "tmp"} {
		odd := filepath.Join(b.tmp, "odd "+filepath.Base(name))
		unpack(t, odd, toolchain(t, "sh"))
		at := filepath.Join(odd, name)
		os.MkdirAll(filepath.Dir(at), 0o755)
		os.RemoveAll(at)
		if err := os.Symlink(victim, at); err != nil {
			t.Fatal(err)
		}
		if r := b.sh("echo fine", image(odd)).ok(t); r.out != "fine\n" {
			t.Errorf("%s: %q", name, r.out)
		}
		if text, err := os.ReadFile(victim); err != nil || string(text) != "mine" {
			t.Fatalf("%s: %q, %v", name, text, err)
		}
	}
}

// What is varied is so for one action.
func TestVariation(t *testing.T) {
	b := isolated(t)
	vary := func(v run.Variation) with { return func(x *run.Execution) { x.Vary = v } }
	env := func(x *run.Execution) {
		x.Action.Env = []graph.Var{{Name: "HOME", Value: "/h"}, {Name: "TMPDIR", Value: "/tmp"}}
	}
	script := "uname -n; cat /etc/hostname 2>/dev/null; grep -c varied /etc/hosts; nproc; grep -c . /proc/net/dev"
	eachLevel(t, b, func(t *testing.T, on with) {
		plain := b.sh(script, on)
		r := b.sh(script, on, vary(run.Variation{Host: "varied", OneCPU: true}))
		if d := cmp.Diff("varied\n"+strings.Repeat("varied\n", strings.Count(plain.out, "dewar\n")-1)+"1\n1\n3\n", r.out); d != "" {
			t.Error(d, r.err)
		}
		r = b.sh("echo $TMPDIR $HOME; cd && touch \"$TMPDIR/x\" && test -d \"$HOME\"", on, env, vary(run.Variation{TempDir: "/tmp/a b/c"})).ok(t)
		if want := "/tmp/a b/c /tmp/a b/c/home\n"; r.out != want {
			t.Errorf("%q", r.out)
		}
		if again := b.sh(script, on); again.out != plain.out || !strings.HasPrefix(again.out, "dewar\n") {
			t.Errorf("before %q, after %q", plain.out, again.out)
		}
	})
	for _, dir := range []string{"/etc", "/tmp", "/tmp/../etc", "relative"} {
		x, _, _ := b.execution([]string{"true"}, vary(run.Variation{TempDir: dir}))
		if _, err := b.e.Execute(context.Background(), x); err == nil {
			t.Errorf("%q was made", dir)
		}
	}
}

// There are not more keepers than twice the slots, whatever they are asked for.
func TestKeepersAreBounded(t *testing.T) {
	namespaces(t)
	b := newBench(t, sandbox.Options{Slots: 1})
	tools := toolchain(t, "sh", "cat")
	before := children(t)
	for i := range 6 {
		other := tools
		other.BaseDigest = fmt.Sprint(i)
		b.sh("true", hermetic(other)).ok(t)
		b.sh("true").ok(t)
		if n := len(children(t)) - len(before); n > 2 {
			t.Fatalf("%d keepers after %d kinds", n, i+2)
		}
	}
}

// The kind that nobody has asked for the longest makes room for another.
func TestKeepersThatAreUsedStay(t *testing.T) {
	namespaces(t)
	b := newBench(t, sandbox.Options{Slots: 2})
	tools := toolchain(t, "sh")
	use := func(kinds ...string) {
		for _, k := range kinds {
			other := tools
			other.BaseDigest = k
			b.sh("true", hermetic(other)).ok(t)
		}
	}
	use("a", "b", "c", "d", "a", "c", "e") // b is ended for e
	before := children(t)
	use("a", "c", "d", "e")
	if d := cmp.Diff(before, children(t)); d != "" {
		t.Error("another than the oldest was ended:", d)
	}
}

// children lists our child processes.
func children(t testing.TB) []string {
	t.Helper()
	var pids []string
	lists, _ := filepath.Glob("/proc/self/task/*/children")
	for _, l := range lists {
		text, err := os.ReadFile(l)
		if err == nil {
			pids = append(pids, strings.Fields(string(text))...)
		}
	}
	slices.Sort(pids)
	return pids
}

// Whoever requires a level gets it, or an error and nothing is executed.
func TestStrict(t *testing.T) {
	b := newBench(t, sandbox.Options{Slots: 1, Private: true})
	for _, l := range []graph.Isolation{graph.IsolationProject, graph.IsolationHermetic, graph.IsolationImage} {
		x, _, _ := b.execution([]string{"/bin/sh", "-c", "touch " + b.tmp + "/executed"}, level(l), func(x *run.Execution) { x.Strict = true })
		_, err := b.e.Execute(context.Background(), x)
		var r *sandbox.Refused
		if !errors.As(err, &r) || r.Reason == "" {
			t.Errorf("%s: %v", l, err)
		}
	}
	if _, err := os.Stat(b.tmp + "/executed"); err == nil {
		t.Error("it was executed")
	}
	if got, why := b.e.Reaches(graph.IsolationHermetic); got != graph.IsolationPrivate || why == "" {
		t.Error(got, why)
	}
	if got, why := b.e.Reaches(graph.IsolationImage); got != "" || why == "" {
		t.Error(got, why)
	}
	if got, why := b.e.Reaches(graph.IsolationOff); got != graph.IsolationOff || why != "" {
		t.Error(got, why)
	}
	namespaces(t)
	able := newBench(t, sandbox.Options{Slots: 1})
	if got, why := able.e.Reaches(graph.IsolationHermetic); got != graph.IsolationHermetic || why != "" {
		t.Error(got, why)
	}
	able.sh("true", func(x *run.Execution) { x.Strict = true }).ok(t)
}
