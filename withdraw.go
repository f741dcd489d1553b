package dewar

import (
	"context"
	"fmt"
	"slices"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/run"
)

// withdraw takes back what commands made of trees that turned out changed: it is
// in no cache, in no lock and in no record of an experiment, and the instances count as failed.
// In the workspace it stays until the next run replaces it. What cannot be withdrawn is said, however the run ended.
func (s *session) withdraw(ctx context.Context, sum *run.Summary) diag.List {
	var out diag.List
	for _, t := range s.trees.end() {
		ids := withSame(t.withdrawn, sum)
		out = append(out, s.treeChangedUnder(t, ids))
		for _, id := range ids {
			if err := s.forget(ctx, id); err != nil {
				out = append(out, notForgotten(&s.g.Instances[id], err))
			}
			sum.Fail(id)
		}
	}
	return out
}

// withSame adds those that have their results from one of ids, for their actions are the same.
func withSame(ids []graph.ID, sum *run.Summary) []graph.ID {
	of := map[graph.ID]bool{}
	for _, id := range ids {
		of[id] = true
	}
	all := slices.Clone(ids)
	for id := range sum.Results {
		if r := sum.Results[id]; r.Kind == run.Restored && r.Same >= 0 && of[r.Same] {
			all = append(all, graph.ID(id))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// forget takes the result of an instance out of what is to be written into the lock, and of
// the action cache.
func (s *session) forget(ctx context.Context, id graph.ID) error {
	x := &s.g.Instances[id]
	s.record.failed(id, nil, digest.Digest{}, Fix{})
	s.mu.Lock()
	s.changed = slices.DeleteFunc(s.changed, func(e lock.Entry) bool { return e.Instance == x.Ref() })
	s.withdrawn = append(s.withdrawn, id)
	s.mu.Unlock()
	name, err := s.resultKey(ctx, x, &s.state[id])
	if err != nil || name.IsZero() {
		return err
	}
	return s.p.store.ForgetResult(name)
}

func notForgotten(x *graph.Instance, err error) diag.Diagnostic {
	return diag.Diagnostic{
		Code: "E-environment", Span: x.Span, Subject: subject(x),
		Detail: fmt.Sprintf("The result of %s may be wrong and could not be withdrawn: %v. Mend that, and run it again with --force.", x.Ref(), err),
	}
}

func (s *session) treeChangedUnder(t *guardedTree, ids []graph.ID) diag.Diagnostic {
	x := &s.g.Instances[ids[0]]
	names := make([]string, 0, len(ids))
	for _, id := range ids {
		name := s.g.Instances[id].Ref()
		if s.within != nil {
			name = joined(name, s.within(id))
		}
		names = append(names, name)
	}
	return diag.Diagnostic{
		Code: "E-input-changed", Span: x.Span, Subject: subject(x),
		Detail: fmt.Sprintf("The copy of %s in dewar's cache was changed by somebody while commands ran: %v. It was removed, and so were the results of what may have read it: %s. Run again.",
			t.leaf.At, t.err, someOf(names, 10)),
	}
}

// takeBack removes the records of experiments that have a result which was withdrawn: they
// were not done when the run ended. What an earlier run recorded was made of a whole tree.
func (b *bookkeeper) takeBack() diag.List {
	var out diag.List
	gone := map[string]bool{}
	for _, id := range b.s.withdrawn {
		for _, i := range b.members[id] {
			f := &b.rep.Experiments[i]
			if !f.Ended || f.Known || gone[f.Row.ID] {
				continue
			}
			if err := b.writer.history.Remove(&f.Row); err != nil {
				out = append(out, diag.Diagnostic{Code: "E-environment", Detail: fmt.Sprintf("Experiment %s has results that may be wrong, and its record could not be removed: %v. Mend that, and remove it: dewar exp rm %s.", f.Name, err, f.Name)})
				continue
			}
			gone[f.Row.ID] = true
		}
	}
	for i := range b.rep.Experiments {
		if f := &b.rep.Experiments[i]; gone[f.Row.ID] { // also of those that are the same as one of them
			*f = Finished{Name: b.sw.Experiments[i].Name}
		}
	}
	return out
}
