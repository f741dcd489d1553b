package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox/keeper"
)

// maxMounts is how many inputs are bound one by one. A mount costs some 40 us
// and a hard link half of that, but links must also be removed.
const maxMounts = 500

// plan is what a keeper is asked for, and what has to be undone afterwards.
type plan struct {
	req     *keeper.Request
	root    string // host directory that holds what the command writes
	copies  bool   // no overlay: very many inputs are copied
	copied  bool   // some were
	image   string // the host directory of an image; "" if the root is the system's
	points  *points
	release []func()
}

// done says that the inputs are no longer in use, and removes what only the
// sandbox needed. It may be called twice.
func (p *plan) done() {
	for _, f := range p.release {
		f()
	}
	p.release = nil
	p.points.leave()
	if p.req.Forest {
		os.RemoveAll(filepath.Join(p.req.Dir, keeper.Lower))
		work := filepath.Join(p.req.Dir, keeper.Work)
		for _, d := range []string{"work", "work/incompat", "work/incompat/volatile"} {
			os.Chmod(filepath.Join(work, d), 0o700) // overlayfs lets nobody in
		}
		os.RemoveAll(work)
	}
}

// plan decides how each part of an execution is shown.
func (e *Executor) plan(x *run.Execution, pts *points, copies bool) (*plan, error) {
	p := &plan{
		root: filepath.Join(x.Dir, keeper.Upper), copies: copies, points: pts,
		req: &keeper.Request{
			Args: x.Action.Args, Cwd: inside(x.Action.WorkingDir), Dir: x.Dir,
			TmpMax: uint64(x.TempDirMax), ShmMax: uint64(x.SharedMax), Trace: x.Trace,
			Host: x.Vary.Host, TempDir: x.Vary.TempDir, OneCPU: x.Vary.OneCPU,
			Env: environment(x, keeper.Home, keeper.DefPath, ":", scratchInside(x)),
		},
	}
	if d := x.Vary.TempDir; d != "" && (filepath.Clean(d) != d || !strings.HasPrefix(d, "/tmp/")) {
		return nil, fmt.Errorf("prepare sandbox: %q is no directory below /tmp", d)
	}
	if x.Level == graph.IsolationImage {
		p.image = x.Image
	}
	p.terminal(x.Terminal)
	err := os.Mkdir(p.root, 0o755)
	if err == nil || os.IsExist(err) {
		err = makeDirs(p.root, x.Action.Mkdirs)
	}
	if err == nil {
		err = p.inputs(e.opt.Store, x.Action.Inputs)
	}
	if err == nil {
		err = p.scratch(x)
	}
	if err == nil {
		err = p.toolchains(toolchainPaths(x))
	}
	if err == nil {
		err = p.devices(x.GPUs)
	}
	if err != nil {
		p.done()
		return nil, fmt.Errorf("prepare sandbox: %w", err)
	}
	sort.SliceStable(p.req.Mounts, func(i, j int) bool { return p.req.Mounts[i].At < p.req.Mounts[j].At })
	return p, nil
}

// mount adds a mount. One inside the project needs a place there.
func (p *plan) mount(m keeper.Mount, dir bool) error {
	p.req.Mounts = append(p.req.Mounts, m)
	if at, ok := strings.CutPrefix(m.At, keeper.Project+"/"); ok {
		return p.points.make(p.root, at, dir)
	}
	return nil
}

// inputs shows each input: bound from where its content is, or, if there are
// very many files, hard-linked or copied into a directory below the project.
func (p *plan) inputs(store Blobs, leaves []graph.Leaf) error {
	many := len(leaves) > maxMounts
	var f forest
	for _, l := range leaves {
		host, release, err := leafPath(store, l)
		if err != nil {
			return fmt.Errorf("input %s: %w", l.At, err)
		}
		if release != nil {
			p.release = append(p.release, release)
		}
		if many && l.Host == "" && l.Content.Kind == digest.File {
			f = append(f, planted{host, l.At, l.Content.Exec})
			continue
		}
		if err := p.mount(keeper.Mount{Host: host, At: inside(l.At)}, l.Content.Kind == digest.Directory); err != nil {
			return fmt.Errorf("input %s: %w", l.At, err)
		}
	}
	if len(f) == 0 {
		return nil
	}
	if p.copies {
		// The command could write to a link, and so to the store.
		p.copied = true
		return f.plant(p.root, copyFile)
	}
	p.req.Forest = true
	if err := os.Mkdir(filepath.Join(p.req.Dir, keeper.Work), 0o755); err != nil && !os.IsExist(err) {
		return err
	}
	return f.plant(filepath.Join(p.req.Dir, keeper.Lower), linkFile)
}

// scratch shows the writable directories that survive.
func (p *plan) scratch(x *run.Execution) error {
	for i, at := range scratchInside(x) {
		host := x.Scratch[i].Host
		if err := os.MkdirAll(host, 0o755); err != nil {
			return err
		}
		if err := p.mount(keeper.Mount{Host: host, At: at, Write: true}, true); err != nil {
			return err
		}
	}
	return nil
}

// toolchainPaths are what toolchains need that the skeleton does not show already.
func toolchainPaths(x *run.Execution) []string {
	if x.Level == graph.IsolationHermetic || x.Level == graph.IsolationImage {
		return late(x)
	}
	var paths []string
	for _, b := range x.Bindings {
		for _, m := range b.Mounts {
			if m = filepath.Clean(m); !systemPath(m) {
				paths = append(paths, m)
			}
		}
	}
	return paths
}

// toolchains shows paths at their real places, but what lies in another.
func (p *plan) toolchains(paths []string) error {
	for _, m := range outermost(paths) {
		info, err := os.Stat(m)
		if err != nil {
			return fmt.Errorf("toolchain: %w", err)
		}
		if err := p.mount(keeper.Mount{Host: m, At: m}, info.IsDir()); err != nil {
			return fmt.Errorf("toolchain %s: %w", m, err)
		}
	}
	return nil
}

// devices shows the device files of GPUs, and /sys, where their libraries look for how
// they are connected. A file that has gone is left to the command to miss.
func (p *plan) devices(gpus []run.GPU) error {
	known := map[string]bool{}
	for _, g := range gpus {
		for _, at := range g.Files {
			info, err := os.Stat(at)
			if err != nil || known[at] {
				continue
			}
			known[at] = true
			if err := p.mount(keeper.Mount{Host: at, At: at, Device: true}, info.IsDir()); err != nil {
				return fmt.Errorf("device %s: %w", at, err)
			}
		}
	}
	if len(known) == 0 {
		return nil
	}
	return p.mount(keeper.Mount{Host: "/sys", At: "/sys"}, true)
}

func systemPath(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return keeper.System(first)
}

// outside turns a path that the command saw into one of this machine.
func (p *plan) outside(path string) string {
	for _, m := range p.req.Mounts {
		if path == m.At || strings.HasPrefix(path, m.At+"/") {
			return m.Host + path[len(m.At):]
		}
	}
	if at, ok := strings.CutPrefix(path, keeper.Project+"/"); ok {
		return filepath.Join(p.root, filepath.FromSlash(at))
	}
	return p.image + path
}
