package dewar

import (
	"context"
	"errors"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// A scratch directory survives what ends its action too early: a failure, Ctrl-C,
// the death of dewar itself. One of scope "key" belongs to an action key: another
// param, input or command, and the action begins with an empty one, so that no
// training goes on from a checkpoint of other data. It is gone once its action has a
// result, as nobody will ask for it again.
//
// Two processes may come to execute one action. Those of the machine's scope see
// to themselves, as HF_HOME does; one of a key is locked, and who comes second
// waits, and then takes the first one's result if there is one.

// scratches are the scratch directories of one execution.
type scratches struct {
	s      *session
	dirs   []run.ScratchDir
	owned  []string // of scope "key": on this machine
	unlock func() error
	lock   string // its file
	waited bool   // somebody else had them before, or may have had
}

// scratch makes x's scratch directories, and waits until nobody else uses those of its key.
func (s *session) scratch(ctx context.Context, id graph.ID) (*scratches, error) {
	x := &s.g.Instances[id]
	k := &scratches{s: s}
	for _, d := range x.Scratch {
		name := machineScratch(x, d)
		if d.Scope != "machine" {
			name = "key-" + s.state[id].key.Hex()[:32] + "-" + scratchName(d.Name)
		}
		host := s.p.path("scratch", name)
		if err := s.p.host.FS.MkdirAll(s.p.path("scratch"), 0o777); err != nil {
			return nil, err
		}
		if d.Scope != "machine" {
			if err := k.own(ctx, id); err != nil {
				return nil, err
			}
			k.owned = append(k.owned, host)
		}
		if err := s.p.host.FS.MkdirAll(host, 0o777); err != nil {
			k.release()
			return nil, err
		}
		k.dirs = append(k.dirs, run.ScratchDir{Host: host, Path: d.Path, Env: d.Env})
	}
	return k, nil
}

// machineScratch is the directory of scope "machine". The name that a stranger's stage gives it
// leads to nothing of its user's: each commit of a module has directories of its own.
func machineScratch(x *graph.Instance, d graph.Scratch) string {
	of := ""
	if from := projectOf(x.Span.File); from != "." {
		of = path.Base(from) + "-"
	}
	return "machine-" + of + scratchName(d.Name)
}

// scratchName is the name itself if that can stand in a path, as names do.
func scratchName(name string) string {
	for _, r := range name {
		if r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return digest.Of([]byte(name)).Hex()[:32]
		}
	}
	return name
}

// own locks what belongs to the action key of id.
func (k *scratches) own(ctx context.Context, id graph.ID) error {
	if k.unlock != nil {
		return nil
	}
	fsys := k.s.p.host.FS
	k.lock = k.s.p.path("scratch", "key-"+k.s.state[id].key.Hex()[:32]+".lock")
	try := func() (done bool, err error) {
		k.unlock, err = fsys.Lock(k.lock, true, false)
		if errors.Is(err, fs.ErrLocked) {
			return false, nil
		}
		return err == nil, err
	}
	if done, err := try(); done || err != nil {
		k.waited = k.s.state[id].missed // somebody may have had them, and be done, since we asked
		return err
	}
	k.waited = true
	k.s.notice(id, "waits for another process that executes the same action")
	ticks, stop := k.s.p.host.Ticker(lookAgain)
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticks:
		}
		if done, err := try(); done || err != nil {
			return err
		}
	}
}

// lookAgain is how often a lock that somebody else has is tried.
const lookAgain = 200 * time.Millisecond

// release gives the lock back. Its file stays as long as there is something that it guards.
func (k *scratches) release() {
	if k.unlock != nil {
		_ = k.unlock()
		k.unlock = nil
	}
}

// remove takes away what belongs to an action key that has its result. Failing
// to is no failure: it is only there for longer.
func (k *scratches) remove() {
	if k.unlock == nil {
		return
	}
	for _, dir := range k.owned {
		_ = k.s.p.host.FS.RemoveAll(dir)
	}
	_ = k.s.p.host.FS.Remove(k.lock) // who has opened it looks again whether it is still there
}

// scratchApart has empty directories in place of those of x's action key: what runs with
// more in sight than x declares must leave nothing that x may go on from.
func (s *session) scratchApart(x *graph.Instance, dirs []run.ScratchDir, below string) ([]run.ScratchDir, error) {
	out := slices.Clone(dirs)
	for i, d := range x.Scratch {
		if d.Scope == "machine" {
			continue
		}
		out[i].Host = filepath.Join(below, scratchName(d.Name))
		if err := s.p.host.FS.MkdirAll(out[i].Host, 0o777); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// foundMeanwhile takes over the result of whoever executed the action while we waited.
func (s *session) foundMeanwhile(ctx context.Context, id graph.ID) error {
	x, st := &s.g.Instances[id], &s.state[id]
	if !s.mayRestore(x) || x.Always || s.tooWeak(ctx, x, st.key) {
		return nil
	}
	res, err := s.p.store.Result(st.key)
	if err != nil || res == nil {
		return err
	}
	outs := outputsOf(x, res)
	if outs == nil {
		return nil
	}
	if err := s.finish(ctx, id, outs, res); err != nil {
		return err
	}
	return run.ErrFound
}
