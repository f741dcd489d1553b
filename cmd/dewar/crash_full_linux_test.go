package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/run/sandbox"
)

// insideNamespace is set in the process that may mount, and is this test once more.
const insideNamespace = "DEWAR_TEST_MAY_MOUNT"

// TestAFullDisk: the disk is full at one write after another. Each time the run fails and says so, or is done;
// with more room it comes to its end, and nothing was damaged.
func TestAFullDisk(t *testing.T) {
	if os.Getenv(insideNamespace) == "" {
		inNamespace(t)
		return
	}
	f := &forge{yard: emptyYard(t)}
	at := filepath.Dir(f.dir)
	smallDisk(t, at, 64<<20, 0)
	t.Cleanup(func() { _ = unix.Unmount(at, unix.MNT_DETACH) })
	f.fill()
	before := used(t, at)
	f.must("run", "-q")
	f.right()
	after := used(t, at)
	sizes := min(moments()+1, 20)
	full := 0
	for i := range sizes {
		if err := unix.Unmount(at, unix.MNT_DETACH); err != nil {
			t.Fatal(err)
		}
		smallDisk(t, at, 64<<20, 0)
		f.round = 0
		f.fill()
		smallDisk(t, at, before+(after-before)*int64(i)/int64(sizes-1), unix.MS_REMOUNT)
		out, err := f.command("dewar", "run").CombinedOutput()
		if err != nil {
			full++
			f.saysFull(string(out))
		}
		f.whole(filepath.Join(f.dir, ".dewar/cache/cas"))
		smallDisk(t, at, 64<<20, unix.MS_REMOUNT)
		f.must("run", "-q")
		f.right()
		f.must("cache", "verify")
		if left := f.leftovers(nil); left["tmp"] > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
	if full < sizes/2 {
		t.Errorf("the disk was full %d times of %d only", full, sizes)
	}
}

// fill is the project before it has run.
func (f *forge) fill() {
	f.Helper()
	for i := range 12 {
		f.write(fmt.Sprintf("data/%d.txt", i), []byte(strings.Repeat(fmt.Sprintln("line", i), 1000*(i+1))))
	}
	f.write("pipeline.hcl", []byte(forged))
	f.change()
	f.must("init", "-q")
}

func (f *forge) saysFull(out string) {
	f.Helper()
	words := strings.Join(strings.Fields(strings.ToLower(out)), " ")
	for _, want := range []string{"no space left on device", "make room", "dewar gc"} {
		if !strings.Contains(words, want) {
			f.Errorf("it does not say %q:\n%s", want, out)
		}
	}
}

// smallDisk mounts a small disk, or changes its size.
func smallDisk(t *testing.T, at string, size int64, flags uintptr) {
	t.Helper()
	if err := unix.Mount("none", at, "tmpfs", flags, fmt.Sprintf("size=%d", size)); err != nil {
		t.Fatal(err)
	}
}

func used(t *testing.T, at string) int64 {
	t.Helper()
	var st unix.Statfs_t
	if err := unix.Statfs(at, &st); err != nil {
		t.Fatal(err)
	}
	return int64(st.Blocks-st.Bfree) * st.Bsize
}

// inNamespace runs the test in a process that may mount what nobody else sees.
func inNamespace(t *testing.T) {
	t.Helper()
	if level, why := sandbox.Probe(); level != graph.IsolationProject {
		machinetest.Lacks(t, "the sandbox cannot be had here:", why)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), insideNamespace+"=1", "TMPDIR="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		machinetest.Lacks(t, "there are no namespaces to mount in:", err)
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("%v\n%s", err, out)
	}
}
