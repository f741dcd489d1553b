package gpu_test

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/gpu"
)

// machine is a filesystem with these files: "path" or "path: text".
func machine(t *testing.T, files ...string) fs.FS {
	t.Helper()
	fsys := fs.Memory()
	for _, f := range files {
		name, text, _ := strings.Cut(f, ": ")
		if err := fsys.MkdirAll(path.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := fs.WriteFile(fsys, name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return fsys
}

func unset(string) (string, bool) { return "", false }

func set(value string) func(string) (string, bool) {
	return func(name string) (string, bool) { return value, name == gpu.Variable }
}

// twoCards have minors that do not follow their addresses on the bus.
var twoCards = []string{
	"/dev/nvidia0", "/dev/nvidia1", "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-caps/nvidia-cap1", "/dev/null",
	"/proc/driver/nvidia/gpus/0000:01:00.0/information: Model: \t A\nGPU UUID: \t GPU-aa\nDevice Minor: \t 1\n",
	"/proc/driver/nvidia/gpus/0000:02:00.0/information: Model: \t A\nGPU UUID: \t GPU-bb\nDevice Minor: \t 0\n",
}

func TestFind(t *testing.T) {
	common := []string{"/dev/nvidia-caps", "/dev/nvidia-uvm"}
	a := run.GPU{Index: "0", Name: "GPU-aa", Kind: "nvidia", Files: append(common[:2:2], "/dev/nvidia1", "/dev/nvidiactl")}
	b := run.GPU{Index: "1", Name: "GPU-bb", Kind: "nvidia", Files: append(common[:2:2], "/dev/nvidia0", "/dev/nvidiactl")}
	both := append(common[:2:2], "/dev/nvidia0", "/dev/nvidia1", "/dev/nvidiactl")
	untold := []string{"/dev/nvidia0", "/dev/nvidia10", "/dev/nvidia9"}
	radeon := []string{"/dev/dri/renderD128", "/dev/dri/renderD129", "/dev/kfd"}
	plain := func(i string) run.GPU { return run.GPU{Index: i, Name: i} }
	for _, c := range []struct {
		name  string
		files []string
		env   func(string) (string, bool)
		want  []run.GPU
	}{
		{"none", []string{"/dev/null", "/dev/nvidia-uvm", "/dev/nvidiax", "/dev/dri/renderD128"}, unset, nil},
		{"cards told apart by the driver", twoCards, unset, []run.GPU{a, b}},
		{"cards without a word of the driver", untold, unset, []run.GPU{
			{Index: "0", Name: "0", Kind: "nvidia", Files: untold},
			{Index: "1", Name: "1", Kind: "nvidia", Files: untold},
			{Index: "2", Name: "2", Kind: "nvidia", Files: untold},
		}},
		{"radeon", append(radeon, "/dev/dri/card0"), unset, []run.GPU{
			{Index: "0", Name: "0", Kind: "amd", Files: radeon},
			{Index: "1", Name: "1", Kind: "amd", Files: radeon},
		}},
		{"forbidden", twoCards, set(""), nil},
		{"a count", twoCards, set("1"), []run.GPU{a}},
		{"no count", twoCards, set("0"), nil},
		{"negative", twoCards, set("-3"), nil},
		{"one by its index", twoCards, set("1,"), []run.GPU{b}},
		{"by index, twice", twoCards, set("1, 0,1"), []run.GPU{b, a}},
		{"by UUID and index, the same", twoCards, set("GPU-aa,0"), []run.GPU{a}},
		{"a part of a card", twoCards, set("MIG-x"), []run.GPU{{Index: "MIG-x", Name: "MIG-x", Kind: "nvidia", Files: both}}},
		{"not found, but named", nil, set("2"), []run.GPU{plain("0"), plain("1")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, gpu.Find(machine(t, c.files...), c.env)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestVars(t *testing.T) {
	vars := func(gpus ...run.GPU) string {
		var out []string
		for _, v := range gpu.Vars(gpus) {
			out = append(out, v.Name+"="+v.Value)
		}
		if !slices.IsSorted(out) {
			t.Errorf("%q are not sorted", out)
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct{ got, want string }{
		{vars(), ""},
		{vars(run.GPU{Index: "1", Name: "1"}), "CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=1 HIP_VISIBLE_DEVICES=0 NVIDIA_VISIBLE_DEVICES=1 ROCR_VISIBLE_DEVICES=1"},
		{vars(run.GPU{Name: "GPU-aa", Kind: "nvidia"}, run.GPU{Name: "GPU-bb", Kind: "nvidia"}), "CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=GPU-aa,GPU-bb HIP_VISIBLE_DEVICES=0,1 NVIDIA_VISIBLE_DEVICES=GPU-aa,GPU-bb ROCR_VISIBLE_DEVICES=GPU-aa,GPU-bb"},
		{vars(run.GPU{Name: "1", Kind: "amd"}, run.GPU{Name: "3", Kind: "amd"}), "CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=0,1 HIP_VISIBLE_DEVICES=0,1 NVIDIA_VISIBLE_DEVICES=1,3 ROCR_VISIBLE_DEVICES=1,3"},
	} {
		if c.got != c.want {
			t.Errorf("%s\nwant %s", c.got, c.want)
		}
	}
}

// clock is a ticker that a test moves on.
type clock chan time.Time

func (c clock) ticker(time.Duration) (<-chan time.Time, func()) { return c, func() {} }

func newPool(t *testing.T, fsys fs.FS, c clock, n int) *gpu.Pool {
	t.Helper()
	p := &gpu.Pool{FS: fsys, Dir: "/tmp", Tick: c.ticker}
	for i := range n {
		p.GPUs = append(p.GPUs, run.GPU{Index: string(rune('0' + i))})
	}
	return p
}

func indexes(gpus []run.GPU) string {
	var out string
	for _, g := range gpus {
		out += g.Index
	}
	return out
}

func never(t *testing.T) func() { return func() { t.Error("it says that it waits") } }

// Whoever takes gets what others have not, and waits for what they have.
func TestTake(t *testing.T) {
	fsys, c := machine(t, "/tmp/x"), make(clock)
	mine, other := newPool(t, fsys, c, 2), newPool(t, fsys, c, 2) // as two processes
	take := func(p *gpu.Pool, n int) (string, func()) {
		t.Helper()
		got, release, err := p.Take(t.Context(), n, never(t))
		if err != nil {
			t.Fatal(err)
		}
		return indexes(got), release
	}
	a, releaseA := take(mine, 1)
	b, releaseB := take(other, 1)
	if a+b != "01" {
		t.Fatalf("took %s and %s", a, b)
	}
	type taken struct {
		gpus    string
		release func()
	}
	third := make(chan taken)
	said := 0
	go func() {
		got, release, _ := mine.Take(t.Context(), 1, func() { said++ })
		third <- taken{indexes(got), release}
	}()
	for range gpu.Patience + 3 {
		c <- time.Time{}
	}
	releaseB()
	var got taken
	select { // it may look once more before this tick, for the one before
	case got = <-third:
	case c <- time.Time{}:
		got = <-third
	}
	if got.gpus != "1" || said != 1 {
		t.Errorf("the third has %q, and said %d times that it waits", got.gpus, said)
	} else {
		got.release()
	}
	releaseA()
	if all, release := take(other, 2); all != "01" {
		t.Errorf("both are free, and got %s", all)
	} else {
		release()
	}
	if _, _, err := mine.Take(t.Context(), 3, never(t)); err == nil {
		t.Error("three of two were taken")
	}
}

// Who waits for several keeps what it has, and gives it back when it is interrupted.
func TestTakeSeveral(t *testing.T) {
	fsys, c := machine(t, "/tmp/x"), make(clock)
	p := newPool(t, fsys, c, 3)
	_, release, err := p.Take(t.Context(), 1, never(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error)
	go func() {
		_, _, err := p.Take(ctx, 3, func() {})
		errs <- err
	}()
	c <- time.Time{} // it has tried, and gathers
	ticks := make(clock)
	q := newPool(t, fsys, ticks, 3)
	second := make(chan string)
	go func() {
		got, _, _ := q.Take(t.Context(), 2, func() {})
		second <- indexes(got)
	}()
	ticks <- time.Time{} // it waits for its turn
	cancel()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	var got string
	select { // it may look once more after the tick before, and find them free
	case got = <-second:
	case ticks <- time.Time{}:
		got = <-second
	}
	if got != "12" {
		t.Errorf("the second has %q", got)
	}
	release()
}
