package dewar

import (
	"context"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
)

// Applying an experiment, what it made.

// results writes outputs and their entries of the lock.
func (a *applier) results(ctx context.Context, ev *Evaluation) error {
	s, diags := a.p.newSession(ctx, ev, nil, false)
	if err := diags.Err(); err != nil {
		return err
	}
	made, err := lockOf(a.r)
	if err != nil {
		return err
	}
	data := otherData{s, map[string]digest.Content{}}
	for i := range ev.Graph.Instances {
		x := &ev.Graph.Instances[i]
		e := made.Entry(x.Ref())
		if e == nil {
			continue
		}
		if !sameOutputs(x, e) {
			a.rep.LeftAlone = append(a.rep.LeftAlone, x.Ref())
			continue
		}
		if !a.p.holds(e) {
			a.rep.Missing = append(a.rep.Missing, x.Ref())
			continue
		}
		if err := a.result(ctx, s, x, e); err != nil {
			return err
		}
		data.note(ctx, x, e, &a.rep.OtherData)
	}
	gone := s.vanished()
	if a.rep.Removed, err = s.removeOutputs(ctx, gone); err != nil {
		return err
	}
	a.rep.Kept = append(a.rep.Kept, s.kept...)
	if edit := s.lockEdit(gone); edit != nil || len(s.changed) > 0 {
		if err := s.flush(edit); err != nil {
			return lockUnwritable(err)
		}
	}
	if err := a.p.updateGitignore(s.g); err != nil {
		return err
	}
	return a.p.index.Save()
}

// result checks one instance out and remembers its entry.
func (a *applier) result(ctx context.Context, s *session, x *graph.Instance, e *lock.Entry) error {
	outs := make([]digest.Content, len(x.Outputs))
	for i, o := range x.Outputs {
		outs[i] = e.Outputs[i].Content
		if !o.NoCheckout {
			if taker, err := s.outputHolds(ctx, o.Path, outs[i]); err != nil {
				return err
			} else if taker == nil {
				a.rep.Outputs++
			}
		}
	}
	old := s.lock.Entry(x.Ref())
	if err := s.checkout(ctx, items(x, outs, old)); err != nil {
		return err
	}
	s.changed = append(s.changed, *e)
	s.moved = append(s.moved, moved(x, old)...)
	return nil
}

// sameOutputs reports whether an entry is about the outputs of x.
func sameOutputs(x *graph.Instance, e *lock.Entry) bool {
	if len(e.Outputs) != len(x.Outputs) {
		return false
	}
	for i, o := range x.Outputs { // both are sorted by path
		if e.Outputs[i].Path != o.Path || !kindFits(o, e.Outputs[i].Content) {
			return false
		}
	}
	return true
}
