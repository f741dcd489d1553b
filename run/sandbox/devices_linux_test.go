package sandbox_test

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/run"
)

// The device files of a GPU work in the sandbox of who has it, and nowhere else; its
// variables win over the action's. A node of another device stands for one.
func TestIsolatedDevices(t *testing.T) {
	b := isolated(t)
	node := filepath.Join(b.tmp, "card0")
	if err := unix.Mknod(node, unix.S_IFCHR|0o666, int(unix.Mkdev(1, 5))); err != nil { // /dev/zero
		machinetest.Lacks(t, "device files cannot be made:", err)
	}
	if err := os.Chmod(node, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Open(node); err != nil {
		machinetest.Lacks(t, "device files do not work here:", err)
	}
	gpu := func(x *run.Execution) {
		x.GPUs = []run.GPU{{Index: "0", Files: []string{node, "/dev/gone"}}, {Index: "1", Files: []string{node}}}
		x.Action.Env = []graph.Var{{Name: "CUDA_VISIBLE_DEVICES", Value: "7"}}
		x.Vars = []graph.Var{{Name: "CUDA_VISIBLE_DEVICES", Value: "0,1"}}
	}
	r := b.sh("head -c 3 "+node+" | wc -c; echo $CUDA_VISIBLE_DEVICES; test -e /sys/class && echo sys; ! touch /sys/x 2>/dev/null", gpu).ok(t)
	if want := "3\n0,1\nsys\n"; r.out != want {
		t.Errorf("with it: %q, want %q; %s", r.out, want, r.err)
	}
	r = b.sh("test ! -e "+node+"; echo $?; ls /sys; echo ${CUDA_VISIBLE_DEVICES-none}", nil...).ok(t)
	if want := "0\ndevices\nnone\n"; r.out != want {
		t.Errorf("without it: %q, want %q", r.out, want)
	}
	writable := func(x *run.Execution) {
		x.Scratch = []run.ScratchDir{{Host: filepath.Dir(node), Path: "s"}}
	}
	if r = b.sh("head -c 3 s/card0", writable); r.ExitCode == 0 {
		t.Error("a device in a directory that is only writable works")
	}
}

// Shared memory has a size of its own.
func TestIsolatedSharedMemory(t *testing.T) {
	b := isolated(t)
	sizes := func(tmp, shared int64) with {
		return func(x *run.Execution) { x.TempDirMax, x.SharedMax = tmp, shared }
	}
	for _, c := range []struct {
		tmp, shared int64
		want        string
	}{{1 << 20, 2 << 20, "1024 2048"}, {1 << 20, 0, "1024 1024"}} {
		r := b.sh("echo $(df -Pk /tmp /dev/shm | awk 'NR>1 {print $2}')", sizes(c.tmp, c.shared)).ok(t)
		if r.out != c.want+"\n" {
			t.Errorf("%d and %d: %q, want %q", c.tmp, c.shared, r.out, c.want)
		}
	}
}
