package dewar

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/run"
)

// A tree must still be whole after a command has read it, or nothing that the
// command made counts: a sandbox cannot write to it, but a person could. To look
// costs an lstat a file, for 100,000 files more than most commands take. So a
// large tree is not looked at after each command, but when it was in use for
// twenty times as long as looking takes, and at the end of the run. What was made
// in between stands until then, and is withdrawn if the tree has changed: all
// results since it was last seen whole. If the run is killed before, nobody looks;
// inotify, which would be cheaper, does not see a write through another name of a file.

const (
	// quickLook is what looking at a tree may take after each command.
	quickLook = 2 * time.Millisecond
	// largeDirectory is the size of an encoding that says by itself that the look
	// will not be quick: some hundred names.
	largeDirectory = 64 << 10
	// lookSeldom is for how many times as long as a look takes a large tree is used without one.
	lookSeldom = 20
)

// treeGuard looks at the trees that commands read. Its methods may be called
// from many goroutines.
type treeGuard struct {
	check func(digest.Digest) error
	now   func() time.Time

	mu    sync.Mutex
	trees map[digest.Digest]*guardedTree
}

type guardedTree struct {
	leaf      graph.Leaf // one of those that it was, for messages
	took      time.Duration
	due       time.Time
	looking   bool
	unsure    []graph.ID // executed since it was last seen whole
	sure      int        // how many were in unsure before those
	withdrawn []graph.ID
	err       error // what had changed
}

func newTreeGuard(check func(digest.Digest) error, now func() time.Time) *treeGuard {
	return &treeGuard{check: check, now: now, trees: map[digest.Digest]*guardedTree{}}
}

// held says whether a tree that the command of an instance read is whole. If it
// is too early to look, the answer is yes, and may be taken back by end.
func (g *treeGuard) held(id graph.ID, leaf graph.Leaf) error {
	g.mu.Lock()
	t := g.trees[leaf.Content.Digest]
	if t == nil {
		t = &guardedTree{leaf: leaf}
		if leaf.Content.Digest.Size >= largeDirectory {
			t.due = g.now().Add(lookSeldom * quickLook)
		}
		g.trees[leaf.Content.Digest] = t
	}
	if t.looking && t.took > quickLook || g.now().Before(t.due) {
		t.unsure = append(t.unsure, id)
		g.mu.Unlock()
		return nil
	}
	g.mu.Unlock()
	return g.look(t)
}

// look looks at a tree. Who executed something while it did cannot know what
// they read, so they share the fate of those before.
func (g *treeGuard) look(t *guardedTree) error {
	g.mu.Lock()
	before := t.sure + len(t.unsure)
	t.looking = true
	g.mu.Unlock()
	began := g.now()
	err := g.check(t.leaf.Content.Digest)
	ended := g.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	t.looking = false
	if err != nil {
		t.err, t.withdrawn, t.sure, t.unsure = err, append(t.withdrawn, t.unsure...), t.sure+len(t.unsure), nil
		return err
	}
	if n := before - t.sure; n > 0 { // else another look, which began later, was faster
		t.unsure, t.sure = t.unsure[n:], before
	}
	if t.took = ended.Sub(began); t.took > quickLook {
		t.due = ended.Add(lookSeldom * t.took)
	}
	return nil
}

// end looks at every tree of which it is not known whether it is whole, and
// returns those that were not, by digest. It is called when no command runs any more.
func (g *treeGuard) end() []*guardedTree {
	var changed []*guardedTree
	for _, t := range g.trees {
		if len(t.unsure) > 0 {
			_ = g.look(t) // it is kept in t
		}
		if len(t.withdrawn) > 0 {
			changed = append(changed, t)
		}
	}
	slices.SortFunc(changed, func(a, b *guardedTree) int {
		return strings.Compare(a.leaf.Content.Digest.Hex(), b.leaf.Content.Digest.Hex())
	})
	return changed
}

// withdraw takes back what commands made of trees that turned out changed: it is
// in no cache and in no lock, and the instances count as failed. In the workspace it
// stays until the next run replaces it.
func (s *session) withdraw(ctx context.Context, sum *run.Summary) (diag.List, error) {
	var out diag.List
	for _, t := range s.trees.end() {
		ids := withSame(t.withdrawn, sum)
		for _, id := range ids {
			if err := s.forget(ctx, id); err != nil {
				return out, err
			}
			sum.Fail(id)
		}
		out = append(out, s.treeChangedUnder(t, ids))
	}
	return out, nil
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

// forget takes the result of an instance out of the action cache, and of what is to be
// written into the lock.
func (s *session) forget(ctx context.Context, id graph.ID) error {
	x, st := &s.g.Instances[id], &s.state[id]
	name, err := s.resultKey(ctx, x, st)
	if err == nil && !name.IsZero() {
		err = s.p.store.ForgetResult(name)
	}
	if err != nil {
		return fmt.Errorf("withdraw the result of %s: %w", x.Ref(), err)
	}
	s.record.failed(id, nil, digest.Digest{}, Fix{})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed = slices.DeleteFunc(s.changed, func(e lock.Entry) bool { return e.Instance == x.Ref() })
	s.withdrawn = append(s.withdrawn, x.Ref())
	return nil
}

func (s *session) treeChangedUnder(t *guardedTree, ids []graph.ID) diag.Diagnostic {
	x := &s.g.Instances[ids[0]]
	names := make([]string, 0, len(ids))
	for _, id := range ids {
		names = append(names, s.g.Instances[id].Ref())
	}
	return diag.Diagnostic{
		Code: "E-input-changed", Span: x.Span, Subject: subject(x),
		Detail: fmt.Sprintf("The copy of %s in dewar's cache was changed by somebody while commands ran: %v. It was removed, and so were the results of what may have read it: %s. Run again.",
			t.leaf.At, t.err, shortList(names)),
	}
}

func shortList(names []string) string {
	const most = 10
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
