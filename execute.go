package dewar

import (
	"context"
	"errors"
	iofs "io/fs"
	"path/filepath"
	"sync"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/native"
	"github.com/dewar-build/dewar/store"
	"github.com/dewar-build/dewar/store/checkout"
)

// lazyExecutor starts what runs commands when the first command is to run.
type lazyExecutor struct {
	once sync.Once
	exec Executor
	err  error
}

func (l *lazyExecutor) get(p *Project, slots int) (Executor, error) {
	l.once.Do(func() { l.exec, l.err = p.host.Executor(p, slots) })
	return l.exec, l.err
}

func (l *lazyExecutor) close() error {
	if l.exec == nil {
		return nil
	}
	return l.exec.Close()
}

// Execute carries an instance out, keeps its result and gives it to it. If a
// tree that it read turns out to be damaged, the command has seen what nobody
// named: the tree has been set aside, and it starts again with another.
func (s *session) Execute(ctx context.Context, id graph.ID, attempt int) error {
	err := s.attempt(ctx, id, attempt)
	var changed *treeChangedError
	if errors.As(err, &changed) {
		s.note(treeDamaged(&s.g.Instances[id], changed.error))
		err = s.attempt(ctx, id, attempt)
	}
	if errors.As(err, &changed) {
		return changed.error
	}
	return err
}

func (s *session) attempt(ctx context.Context, id graph.ID, attempt int) error {
	x, st := &s.g.Instances[id], &s.state[id]
	dir, remove, err := s.p.store.TempDir()
	if err != nil {
		return err
	}
	defer func() { _ = remove() }()
	scratch, err := s.scratch(ctx, id)
	if err != nil {
		return err
	}
	defer scratch.release()
	if scratch.waited {
		if err := s.foundMeanwhile(ctx, id); err != nil {
			return err
		}
	}
	if err := s.clearWorkspace(ctx, x); err != nil {
		return err
	}
	log := newLog(s.p.host.FS, filepath.Join(dir, "log"), func(line string) {
		if s.progress != nil {
			s.progress(id, line)
		}
	})
	defer log.close()
	e, err := s.execution(ctx, x, st, filepath.Join(dir, "x"), log)
	if err != nil {
		return err
	}
	e.Scratch = scratch.dirs
	secrets, err := s.giveSecrets(x, e)
	if err != nil {
		return err
	}
	log.hide = newRedactor(secrets)
	releaseGPUs, err := s.takeGPUs(ctx, id, e)
	if err != nil {
		return err
	}
	defer releaseGPUs()
	series := s.watchSeries(id, e)
	since := s.trees.begin()
	out, err := s.carryOut(ctx, x, e)
	series.end()
	if lost := log.ended(); err == nil {
		err = lost
	}
	if err != nil {
		s.keepInterrupted(ctx, id, e, log)
		return s.explainRefused(x, err)
	}
	if out.ExitCode != 0 || out.Signal != "" || out.TimedOut || len(out.NotFound) > 0 {
		err := s.explainFailure(ctx, id, e, out, log, attempt > x.Retries)
		s.keepPartial(id, e)
		s.keepSandbox(x, e, out, log, err)
		return err
	}
	outs, err := s.collect(ctx, x, out)
	if err != nil {
		err = s.keepFailedLog(id, log, err)
		s.keepPartial(id, e)
		s.keepSandbox(x, e, out, log, err)
		return err
	}
	held := func(l graph.Leaf) error { return s.trees.held(id, l, since) }
	if err := s.inputsHeld(ctx, x, st.action, held); err != nil {
		return err
	}
	res, err := s.keepResult(ctx, x, st, out, outs, log)
	if err != nil {
		return err
	}
	s.noticeTrace(x, out)
	s.noticeLeftovers(x, out)
	s.noticeLevel(x, out)
	s.forgetSandbox(x)
	s.record.executed(id, out, res.Log)
	err = s.finish(ctx, id, outs, res)
	if err == nil || s.mayRestore(x) { // it has its result, in the cache at least
		scratch.remove()
	}
	return err
}

// execution is one attempt at x's action.
func (s *session) execution(ctx context.Context, x *graph.Instance, st *instance, dir string, log *commandLog) (*run.Execution, error) {
	e := &run.Execution{
		Action: st.action, Level: x.Isolation, Network: x.Network, Bindings: s.bindingsOf(x),
		Timeout: x.Timeout, Dir: dir, Workspace: s.p.Root, Stdout: log, Stderr: log, Trace: s.trace,
		Strict: s.strict,
	}
	if err := s.giveImage(ctx, x, e); err != nil {
		return nil, err
	}
	if err := s.p.host.FS.Mkdir(dir, 0o777); err != nil {
		return nil, err
	}
	return e, s.seed(ctx, x, st, dir)
}

// carryOut runs the execution where it belongs.
func (s *session) carryOut(ctx context.Context, x *graph.Instance, e *run.Execution) (*run.Outcome, error) {
	if x.Native {
		return native.New(s.p.host.FS, s.p.store, s.p.fetchFile).Execute(ctx, e)
	}
	exec, err := s.executor.get(s.p, s.slots)
	if err != nil {
		return nil, err
	}
	return exec.Execute(ctx, e)
}

// copyOut writes a private, writable copy of c at the path at.
func (p *Project) copyOut(c digest.Content, at string) error {
	if err := p.host.FS.MkdirAll(filepath.Dir(at), 0o777); err != nil {
		return err
	}
	if c.Kind == digest.Directory {
		return fs.MaterializeDir(p.host.FS, writable{p.store}, c.Digest, at, fs.MaterializeOptions{Workers: 1})
	}
	return writable{p.store}.CloneTo(c.Digest, c.Exec, at)
}

// writable is a store whose copies may be written to.
type writable struct{ *store.Store }

// CloneTo makes the copy.
func (w writable) CloneTo(d digest.Digest, exec bool, at string) error {
	perm := iofs.FileMode(0o666)
	if exec {
		perm = 0o777
	}
	return w.Store.CloneTo(d, at, perm)
}

// collect takes what the command made into the store.
func (s *session) collect(ctx context.Context, x *graph.Instance, out *run.Outcome) ([]digest.Content, error) {
	if ds := s.wrongOutputs(x, out); len(ds) > 0 {
		return nil, failure(ds...)
	}
	outs := make([]digest.Content, len(x.Outputs))
	for i, o := range x.Outputs {
		var err error
		at := filepath.Join(out.Root, filepath.FromSlash(o.At))
		switch {
		case out.Level == graph.IsolationOff: // it lies in the workspace, and stays there
			outs[i], err = s.outputs.take.Content(ctx, o.At)
		case out.Level == graph.IsolationPrivate || out.Level == graph.IsolationLandlock: // who still has it open could write to what is moved
			outs[i], err = s.copiedFrom(out.Root).Content(ctx, o.At)
		case o.Dir:
			outs[i], err = s.p.store.IngestTree(at)
		default:
			info, e := s.p.host.FS.Lstat(at)
			if err = e; err == nil {
				outs[i], err = s.p.store.Ingest(at, info.Exec())
			}
		}
		if err != nil {
			return nil, s.explainOutput(x, o, err)
		}
	}
	return outs, nil
}

// keepResult writes the action cache's entry, if results of x may be reused.
func (s *session) keepResult(ctx context.Context, x *graph.Instance, st *instance, out *run.Outcome, outs []digest.Content, log *commandLog) (*store.Result, error) {
	fields, err := st.action.Explain()
	if err != nil {
		return nil, err
	}
	res := &store.Result{
		Level: out.Level, Explanation: fields, Program: out.Program,
		Hostless: x.Native || len(x.Toolchains) > 0 || x.Isolation == graph.IsolationImage,
		Local:    out.Level != x.Isolation && !x.Native,
		Started:  out.Started, Wall: out.Wall, User: out.User, Sys: out.Sys, MaxRSS: out.MaxRSS,
	}
	if res.Log, err = log.keep(s.p.store); err != nil {
		return nil, err
	}
	for i, o := range x.Outputs {
		res.Outputs = append(res.Outputs, store.Output{At: o.At, Content: outs[i]})
	}
	sortOutputs(res.Outputs)
	key, err := s.resultKey(ctx, x, st)
	if err != nil || key.IsZero() {
		return res, err
	}
	res.Local = res.Local || key != st.key
	return res, s.p.store.PutResult(key, res)
}

// inputsHeld checks that what the command saw is what the action key says: trees are
// whole, of which whole is asked, and what it read in the workspace itself did not change.
func (s *session) inputsHeld(ctx context.Context, x *graph.Instance, a *graph.Action, whole func(graph.Leaf) error) error {
	if err := s.toolchainsHeld(ctx, x); err != nil {
		return err
	}
	inWorkspace := x.Isolation == graph.IsolationOff
	for _, l := range a.Inputs {
		if l.Host == "" && l.Content.Kind == digest.Directory && !x.Native && !inWorkspace {
			if err := whole(l); err != nil {
				return &treeChangedError{failure(treeChanged(x, l, err))}
			}
		}
	}
	for i := range x.Inputs {
		in := &x.Inputs[i]
		if in.Kind != graph.Workspace || !s.inReference(ctx, in) && !inWorkspace {
			continue
		}
		was, _ := s.workspace(ctx, in.Path, in.Reference)
		now, err := s.peek(ctx, in.Path)
		if err != nil || now.Content != was {
			return failure(s.inputChanged(x, in))
		}
	}
	return nil
}

// treeChangedError carries the diagnostic of a tree that is not whole any more.
type treeChangedError struct{ error }

// treeDamaged warns of a tree that was set aside, and did no harm.
func treeDamaged(x *graph.Instance, err error) diag.Diagnostic {
	d := diag.Diagnostic{Severity: diag.Warning, Code: "W-cache-corrupt", Subject: subject(x)}
	var f *diag.Failure
	if errors.As(err, &f) {
		d.Detail = f.List[0].Detail
	}
	return d
}

// clearWorkspace takes the outputs of an action that runs in the workspace
// itself out of the way, as DVC does; what the store does not know is kept aside. It is
// about where the command writes, wherever that is put afterwards.
func (s *session) clearWorkspace(ctx context.Context, x *graph.Instance) error {
	if x.Isolation != graph.IsolationOff {
		return nil
	}
	if s.apart {
		return run.Final(failure(apartFromWorkspace(x)))
	}
	var list []checkout.Item
	for _, it := range items(x, make([]digest.Content, len(x.Outputs)), s.lock.Entry(x.Ref())) {
		switch o := outputAt(x, it.Path); {
		case o.Persist:
		case o.At != o.Path: // what lies at the path is nothing to the command
			list = append(list, checkout.Item{Path: o.At})
		default:
			list = append(list, it)
		}
	}
	return s.checkout(ctx, list)
}
