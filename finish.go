package dewar

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/store"
	"github.com/dewar-build/dewar/store/checkout"
)

// Kept is something of the person's that was in the way of an output, and
// where it is now.
type Kept = checkout.Kept

// finish gives an instance its result: outputs into the workspace, entry into the
// lock. An instance's outputs and its entry change together or not at all: if
// we die in between, the next run finds bytes that the store knows and a result in
// the action cache, and comes to the same end.
func (s *session) finish(ctx context.Context, id graph.ID, outs []digest.Content, res *store.Result) error {
	x, st := &s.g.Instances[id], &s.state[id]
	if err := s.harmless(x, outs); err != nil {
		return err
	}
	if s.look || s.apart {
		st.outputs = outs
		return nil
	}
	old := s.lock.Entry(x.Ref())
	if err := s.checkout(ctx, items(x, outs, old)); err != nil {
		return err
	}
	st.outputs = outs
	if x.Frozen { // its entry stays as it is: what its inputs are now was not asked
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed = append(s.changed, entryOf(x, st, outs))
	s.moved = append(s.moved, moved(x, old)...)
	return nil
}

// items are x's paths of the workspace, and the paths that it no longer makes.
func items(x *graph.Instance, outs []digest.Content, old *lock.Entry) []checkout.Item {
	known := map[string]digest.Content{}
	if old != nil {
		for _, o := range old.Outputs {
			known[o.Path] = o.Content
		}
	}
	var list []checkout.Item
	for i, o := range x.Outputs {
		if !o.NoCheckout {
			list = append(list, checkout.Item{Path: o.Path, Content: outs[i], Known: known[o.Path], Private: writtenTo(o)})
		}
	}
	return list
}

// checkout writes items into the workspace and remembers what it kept aside.
func (s *session) checkout(ctx context.Context, list []checkout.Item) error {
	return s.checkoutWith(ctx, checkout.Plan{Items: list})
}

func (s *session) checkoutWith(ctx context.Context, p checkout.Plan) error {
	if len(p.Items) == 0 {
		return nil
	}
	for _, it := range p.Items {
		if err := s.recall(ctx, it); err != nil {
			return err
		}
	}
	p.Root, p.Kept, p.Links = s.p.Root, s.p.path("kept"), s.p.links()
	report, err := checkout.Checkout(ctx, p,
		checkout.Deps{FS: s.p.host.FS, Store: s.p.store, Index: s.p.index, Now: s.p.host.Now, Workers: 1})
	s.mu.Lock()
	s.kept = append(s.kept, report.Kept...)
	s.mu.Unlock()
	var said *diag.Failure
	if errors.As(err, &said) {
		return said
	}
	if err != nil && ctx.Err() == nil {
		return failure(diag.Diagnostic{
			Code:   "E-checkout",
			Detail: fmt.Sprintf("Writing outputs into the workspace: %v. The result is in the cache; mend the place and run again.", err),
		})
	}
	return err
}

// rescue names what a run that was killed had in its hands of the person's.
// Failing to is no failure: the next run tries again.
func (s *session) rescue(ctx context.Context) {
	report, _ := checkout.Rescue(ctx,
		checkout.Plan{Root: s.p.Root, Kept: s.p.path("kept")},
		checkout.Deps{FS: s.p.host.FS, Store: s.p.store, Index: s.p.index, Now: s.p.host.Now, Workers: 1})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, report.Kept...)
}

// recall takes a directory that is as the lock has it into the store, if the
// store has lost what was in it: else its files would pass for a person's.
func (s *session) recall(ctx context.Context, it checkout.Item) error {
	if it.Known.Kind != digest.Directory || s.p.store.Has(it.Known.Digest) {
		return nil
	}
	taker, err := s.outputHolds(ctx, it.Path, it.Known)
	if taker == nil || err != nil {
		return err
	}
	_, err = taker.Content(ctx, it.Path)
	return err
}

// entryOf is what the lock says of x.
func entryOf(x *graph.Instance, st *instance, outs []digest.Content) lock.Entry {
	e := lock.Entry{Instance: x.Ref(), Action: st.key, Inputs: inputsOf(st.action)}
	for i, o := range x.Outputs {
		e.Outputs = append(e.Outputs, lock.Output{Group: o.Group, Name: o.Name, Path: o.Path, Content: outs[i]})
	}
	return e
}

// lockPath is the pipeline.lock of a pipeline.
func (p *Project) lockPath(dir string) string { return p.hostPath(join(dir, "pipeline.lock")) }

// readLock reads a pipeline.lock. What is damaged counts as absent, with a warning.
func (p *Project) readLock(dir string) (*lock.Lock, diag.List) {
	name := join(dir, "pipeline.lock")
	b, err := p.view.ReadFile(name)
	if err != nil && !isNotExist(err) {
		return nil, diag.List{{Code: "E-lock-unreadable", Detail: fmt.Sprintf("Reading %s: %v.", name, err)}}
	}
	l, problems, err := lock.Read(b)
	if err != nil {
		return nil, diag.List{{Code: "E-lock-version", Detail: fmt.Sprintf("%s: %v.", name, err)}}
	}
	if len(problems) == 0 {
		return l, nil
	}
	return l, diag.List{lockDamaged(name, problems)}
}

// lockDamaged is one warning however much of a lock is damaged. It has no span:
// by the time it is read the lock is mended, and the lines are others.
func lockDamaged(name string, problems []lock.Problem) diag.Diagnostic {
	d := diag.Diagnostic{
		Severity: diag.Warning, Code: "W-lock-damaged",
		Detail: fmt.Sprintf("Part of %s cannot be used. What it is about counts as never run: results are taken from the cache where it has them, and the next run mends the lock.", name),
	}
	const shown = 5
	for i, p := range problems {
		if i == shown {
			d.Notes = append(d.Notes, diag.Note{Text: fmt.Sprintf("and %d more", len(problems)-shown)})
			break
		}
		lines := fmt.Sprintf("line %d", p.Line)
		if p.End > p.Line {
			lines = fmt.Sprintf("lines %d to %d", p.Line, p.End)
		}
		d.Notes = append(d.Notes, diag.Note{Text: lines + ": " + p.Text})
	}
	return d
}

// flushEvery is how long finished instances may wait for the lock.
const flushEvery = 3 * time.Second

// flush writes finished instances into pipeline.lock. edit may change it
// further; nil changes nothing.
func (s *session) flush(edit func(*lock.Lock)) error {
	s.mu.Lock()
	entries := s.changed
	s.changed = nil
	s.mu.Unlock()
	if len(entries) == 0 && edit == nil {
		return nil
	}
	_, err := lock.Update(s.p.host.FS, s.p.lockPath(s.ev.Dir), s.p.path("lock"), func(l *lock.Lock) {
		l.Put(entries...)
		if edit != nil {
			edit(l)
		}
	})
	if err != nil {
		s.mu.Lock()
		s.changed = append(entries, s.changed...) // for the next time
		s.mu.Unlock()
		return fmt.Errorf("write pipeline.lock: %w", err)
	}
	return nil
}

// lockUnwritable says what is not lost when the lock cannot be written.
func lockUnwritable(err error) error {
	return failure(diag.Diagnostic{
		Code: "E-lock-unwritable", Detail: fmt.Sprintf("%v. What was executed is in the cache: see to it that the lock can be written, and run again.", err),
	})
}

// LockedOverrides returns the overrides that the lock's results were made
// under and that this evaluation does not have.
func (p *Project) LockedOverrides(ev *Evaluation) ([]graph.Override, error) {
	l, diags := p.readLock(ev.Dir)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	var out []graph.Override
	for _, o := range l.Overrides {
		if !slices.Contains(ev.Graph.Overrides, o) {
			out = append(out, o)
		}
	}
	return out, nil
}
