package dewar

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
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
	found int // how many times a tree was found changed
}

type guardedTree struct {
	leaf      graph.Leaf // one of those that it was, for messages
	took      time.Duration
	due       time.Time
	looking   int        // how many do
	unsure    []graph.ID // executed since it was last seen whole
	sure      int        // how many were in unsure before those
	withdrawn []graph.ID
	err       error // what had changed
	found     int   // the guard's when it had
}

func newTreeGuard(check func(digest.Digest) error, now func() time.Time) *treeGuard {
	return &treeGuard{check: check, now: now, trees: map[digest.Digest]*guardedTree{}}
}

// begin is called before a command runs. It returns how many trees were found changed so far, for held.
func (g *treeGuard) begin() (since int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.found
}

// held says whether a tree that the command of an instance read is whole. If it
// is too early to look, the answer is yes, and may be taken back by end. A tree that was found
// changed since the command began is not, even if it is there again: another was made in its place.
func (g *treeGuard) held(id graph.ID, leaf graph.Leaf, since int) error {
	g.mu.Lock()
	t := g.trees[leaf.Content.Digest]
	if t == nil {
		t = &guardedTree{leaf: leaf}
		if leaf.Content.Digest.Size >= largeDirectory {
			t.due = g.now().Add(lookSeldom * quickLook)
		}
		g.trees[leaf.Content.Digest] = t
	}
	if t.found > since {
		defer g.mu.Unlock()
		return t.err
	}
	t.unsure = append(t.unsure, id)
	early := t.looking > 0 && t.took > quickLook || g.now().Before(t.due)
	g.mu.Unlock()
	if early {
		return nil
	}
	err := g.look(t)
	if err != nil { // it is said to who asks, and may begin again
		g.mu.Lock()
		defer g.mu.Unlock()
		t.withdrawn = slices.DeleteFunc(t.withdrawn, func(x graph.ID) bool { return x == id })
	}
	return err
}

// look looks at a tree. Who executed something while it did cannot know what
// they read, so they share the fate of those before. While somebody else looks nobody is sure
// either: they may have found the tree changed, and this be the one in its place.
func (g *treeGuard) look(t *guardedTree) error {
	g.mu.Lock()
	before := t.sure + len(t.unsure)
	t.looking++
	g.mu.Unlock()
	began := g.now()
	err := g.check(t.leaf.Content.Digest)
	ended := g.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	t.looking--
	if err != nil {
		g.found++
		t.err, t.found = err, g.found
		t.withdrawn, t.sure, t.unsure = append(t.withdrawn, t.unsure...), t.sure+len(t.unsure), nil
		return err
	}
	if n := before - t.sure; n > 0 && t.looking == 0 { // of two looks, the one that began later may have been faster
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
