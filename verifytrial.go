package dewar

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// trial is an execution of which nothing is kept, but for outputs that are to be looked into.
type trial struct {
	varied []variation
	outs   []digest.Content // by index of Instance.Outputs
	failed *diag.Diagnostic // why there are none
	began  time.Time
	same   bool
}

// trial executes an instance's action again under variations. Outputs that are not as want are taken into the store if
// take says so: then they can be compared, until they are collected.
func (v *verifier) trial(ctx context.Context, d *Verified, varied []variation, take bool) (*trial, error) {
	x := &v.g.Instances[d.ID]
	dir, remove, err := v.p.store.TempDir()
	if err != nil {
		return nil, err
	}
	defer func() { _ = remove() }()
	log := newLog(v.p.host.FS, filepath.Join(dir, "log"), nil)
	defer log.close()
	e, undo, err := v.again(ctx, d.ID, dir, varied, log)
	defer undo()
	if err != nil {
		return nil, err
	}
	secrets, err := v.giveSecrets(x, e)
	if err != nil {
		return nil, err
	}
	log.hide = newRedactor(secrets)
	release, err := v.takeGPUs(ctx, d.ID, e)
	if err != nil {
		return nil, err
	}
	defer release()
	t := &trial{varied: varied, began: v.p.host.Now()}
	out, err := v.carryOut(ctx, x, e)
	if err == nil {
		v.noticeLevel(x, out)
	}
	if lost := log.ended(); err == nil {
		err = lost
	}
	if err != nil {
		return nil, err
	}
	if t.failed = v.failure(x, out, log); t.failed == nil {
		err = v.made(ctx, d.ID, out, t, take)
	}
	d.Executions++
	d.Wall += out.Wall
	v.tell(VerifyEvent{ID: d.ID, Varied: namesOf(varied), Fixed: fixedOf(varied), Same: t.same, Failed: t.failed != nil, Wall: out.Wall, Number: d.Executions})
	return t, err
}

// again is the execution: as the first one was, but for the variations. undo is never nil.
func (v *verifier) again(ctx context.Context, id graph.ID, dir string, varied []variation, log *commandLog) (e *run.Execution, undo func(), err error) {
	x, st := &v.g.Instances[id], &v.state[id]
	var undone []func()
	undo = func() {
		for _, f := range undone {
			f()
		}
	}
	if e, err = v.execution(ctx, x, st, filepath.Join(dir, "x"), log); err != nil {
		return nil, undo, err
	}
	e.Trace = false
	vary, vars := together(varied)
	e.Vary, e.Vars = vary, append(e.Vars, vars...) // an image has brought some
	for _, o := range varied {
		if o.apply == nil {
			continue
		}
		a, f, err := o.apply(ctx, e.Action, dir)
		if f != nil {
			undone = append(undone, f)
		}
		if err != nil {
			return nil, undo, fmt.Errorf("vary %s: %w", o.name, err)
		}
		e.Action = a
	}
	e.Scratch, err = v.freshScratch(x, filepath.Join(dir, "scratch"))
	return e, undo, err
}

// freshScratch are empty directories in place of what an earlier attempt may have left.
func (s *session) freshScratch(x *graph.Instance, below string) ([]run.ScratchDir, error) {
	var out []run.ScratchDir
	for _, d := range x.Scratch {
		host := filepath.Join(below, scratchName(d.Name))
		if d.Scope == "machine" {
			host = s.p.path("scratch", machineScratch(x, d))
		}
		if err := s.p.host.FS.MkdirAll(host, 0o777); err != nil {
			return nil, err
		}
		out = append(out, run.ScratchDir{Host: host, Path: d.Path, Env: d.Env})
	}
	return out, nil
}

// failure says why there is nothing to compare; nil if there is.
func (v *verifier) failure(x *graph.Instance, out *run.Outcome, log *commandLog) *diag.Diagnostic {
	d := &diag.Diagnostic{Code: "E-verify-failed", Span: x.Span, Subject: subject(x)}
	took := roundTime(out.Wall)
	switch {
	case len(out.NotFound) > 0:
		d.Detail = fmt.Sprintf("The program %q, with which %s has made its result, is not there any more.", argv0(x), x.Ref())
	case out.TimedOut:
		d.Detail = fmt.Sprintf("%s has a result, and did not end within its timeout of %s when it was executed again.", x.Ref(), x.Timeout)
	case out.Signal != "":
		d.Detail = fmt.Sprintf("%s has a result, and was ended by signal %s after %s when it was executed again.", x.Ref(), out.Signal, took)
	case out.ExitCode != 0:
		d.Detail = fmt.Sprintf("%s has a result, and exited with status %d after %s when it was executed again.", x.Ref(), out.ExitCode, took)
	default:
		wrong := v.wrongOutputs(x, out)
		if len(wrong) == 0 {
			return nil
		}
		d.Detail = fmt.Sprintf("%s has a result, and did not make it when it was executed again: %s", x.Ref(), wrong[0].Detail)
	}
	if lines := log.lastLines(shownLines); len(lines) > 0 {
		d.Notes = append(d.Notes, diag.Note{Text: "the last lines that it wrote:\n    " + strings.Join(lines, "\n    ")})
	}
	return d
}

// made looks at what was made.
func (v *verifier) made(ctx context.Context, id graph.ID, out *run.Outcome, t *trial, take bool) error {
	x, st := &v.g.Instances[id], &v.state[id]
	hash := &fs.Scanner{FS: v.p.host.FS, Root: out.Root, Workers: v.p.host.CPUs, Take: hashOnly{v.p.host.FS, &directories{}}}
	t.outs, t.same = make([]digest.Content, len(x.Outputs)), true
	for i, o := range x.Outputs {
		c, err := hash.Content(ctx, o.At)
		if err != nil {
			return v.explainOutput(x, o, err)
		}
		t.outs[i] = c
		if c == st.outputs[i] {
			continue
		}
		t.same = false
		if take || v.o.Tolerance > 0 && o.Group == graph.Metrics {
			if _, err := v.copiedFrom(out.Root).Content(ctx, o.At); err != nil {
				return v.explainOutput(x, o, err)
			}
		}
	}
	return v.inputsHeld(ctx, x, st.action, func(l graph.Leaf) error { return v.p.store.Check(l.Content.Digest) })
}
