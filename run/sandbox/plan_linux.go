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
	release []func()
}

// done says that the inputs are no longer in use, and removes what only the
// sandbox needed.
func (p *plan) done() {
	for _, f := range p.release {
		f()
	}
	work := filepath.Join(p.req.Dir, keeper.Work)
	// What overlayfs leaves in its own directory, innermost first.
	for _, d := range []string{"/work/incompat/volatile", "/work/incompat", "/work", "/index", ""} {
		os.Remove(work + d)
	}
	if p.req.Forest {
		os.RemoveAll(filepath.Join(p.req.Dir, keeper.Lower))
	}
}

// plan decides how each part of an execution is shown.
func (e *Executor) plan(x *run.Execution, plain bool) (*plan, error) {
	p := &plan{
		root: filepath.Join(x.Dir, keeper.Upper),
		req: &keeper.Request{
			Args: x.Action.Args, Cwd: inside(x.Action.WorkingDir), Dir: x.Dir,
			Plain: plain, TmpMax: uint64(x.TempDirMax), Trace: x.Trace,
			Env: environment(x, keeper.Home, keeper.DefPath, ":", scratchInside(x)),
		},
	}
	err := p.directories(x)
	if err == nil {
		err = p.inputs(e.opt.Store, x.Action.Inputs)
	}
	if err == nil {
		err = p.scratch(x)
	}
	if err != nil {
		p.done()
		return nil, fmt.Errorf("prepare sandbox: %w", err)
	}
	p.req.Mounts = append(p.req.Mounts, toolchainMounts(x.Bindings)...)
	sort.SliceStable(p.req.Mounts, func(i, j int) bool { return p.req.Mounts[i].At < p.req.Mounts[j].At })
	return p, nil
}

// directories makes the place for what the command writes.
func (p *plan) directories(x *run.Execution) error {
	if err := os.Mkdir(p.root, 0o755); err != nil && !os.IsExist(err) {
		return err
	}
	if !p.req.Plain {
		if err := os.Mkdir(filepath.Join(x.Dir, keeper.Work), 0o755); err != nil && !os.IsExist(err) {
			return err
		}
	}
	return makeDirs(p.root, x.Action.Mkdirs)
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
		p.req.Mounts = append(p.req.Mounts, keeper.Mount{Host: host, At: inside(l.At)})
	}
	if len(f) == 0 {
		return nil
	}
	if p.req.Plain {
		// The command could write to a link, and so to the store.
		return f.plant(p.root, copyFile)
	}
	p.req.Forest = true
	return f.plant(filepath.Join(p.req.Dir, keeper.Lower), linkFile)
}

// scratch shows the writable directories that survive.
func (p *plan) scratch(x *run.Execution) error {
	for i, at := range scratchInside(x) {
		host := x.Scratch[i].Host
		if err := os.MkdirAll(host, 0o755); err != nil {
			return err
		}
		p.req.Mounts = append(p.req.Mounts, keeper.Mount{Host: host, At: at, Write: true})
	}
	return nil
}

// toolchainMounts shows what toolchains need at its real place, but what is in
// sight already: system directories, and what lies in another mount.
func toolchainMounts(bindings []run.Binding) []keeper.Mount {
	var paths []string
	for _, b := range bindings {
		for _, m := range b.Mounts {
			paths = append(paths, filepath.Clean(m))
		}
	}
	sort.Strings(paths)
	var mounts []keeper.Mount
	last := ""
	for _, m := range paths {
		if last != "" && (m == last || strings.HasPrefix(m, last+"/")) || systemPath(m) {
			continue
		}
		last = m
		mounts = append(mounts, keeper.Mount{Host: m, At: m})
	}
	return mounts
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
	return path
}
