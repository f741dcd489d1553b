package dewar

import (
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// TestTreeGuard_many: whoever read a tree while it was changed hears of it, however many
// read, look and make it anew at once, and however long a look takes.
func TestTreeGuard_many(t *testing.T) {
	const readers, each = 8, 400
	for _, took := range []time.Duration{0, quickLook, time.Second} {
		t.Run(took.String(), func(t *testing.T) {
			var spoilt atomic.Bool
			var clock atomic.Int64
			check := func(digest.Digest) error {
				clock.Add(int64(took))
				var err error
				if spoilt.Swap(false) { // there is another in its place at once
					err = errors.New("changed")
				}
				runtime.Gosched()
				return err
			}
			g := newTreeGuard(check, func() time.Time { return time.Unix(0, clock.Add(int64(time.Millisecond))) })
			leaf := graph.Leaf{At: "dir"}
			var wg sync.WaitGroup
			wrong := make([]bool, readers*each) // read what was spoilt, and was told that it was whole
			for r := range readers {
				wg.Go(func() {
					rnd := rand.New(rand.NewPCG(1, uint64(r)))
					for i := range each {
						id := r*each + i
						since := g.begin()
						if rnd.IntN(20) == 0 {
							spoilt.Store(true)
						}
						runtime.Gosched()
						bad := spoilt.Load()
						if rnd.IntN(3) == 0 {
							runtime.Gosched()
						}
						wrong[id] = g.held(graph.ID(id), leaf, since) == nil && bad
					}
				})
			}
			wg.Wait()
			var taken []graph.ID
			for _, x := range g.end() {
				taken = append(taken, x.withdrawn...)
			}
			for id, is := range wrong {
				if is && !slices.Contains(taken, graph.ID(id)) {
					t.Errorf("%d read what was spoilt, and keeps its result", id)
				}
			}
			if len(taken) == 0 && took == time.Second {
				t.Error("nothing was withdrawn")
			}
		})
	}
}

// TestTreeGuard_anotherInItsPlace: that a tree is whole says nothing of who read the one that stood there before.
func TestTreeGuard_anotherInItsPlace(t *testing.T) {
	changed, leaf := errors.New("changed"), graph.Leaf{At: "dir"}
	still := func() time.Time { return time.Time{} }
	t.Run("began before it was found changed", func(t *testing.T) {
		answers := []error{changed, nil, nil}
		g := newTreeGuard(func(digest.Digest) error {
			err := answers[0]
			answers = answers[1:]
			return err
		}, still)
		one, two := g.begin(), g.begin()
		if err := g.held(1, leaf, one); err != changed {
			t.Errorf("who looked was told %v", err)
		}
		if err := g.held(2, leaf, two); err != changed {
			t.Errorf("who read the same was told %v", err)
		}
		if err := g.held(1, leaf, g.begin()); err != nil {
			t.Errorf("who began again was told %v", err)
		}
		if list := g.end(); len(list) > 0 {
			t.Errorf("%v was withdrawn", list[0].withdrawn)
		}
	})
	t.Run("is found changed while another looks", func(t *testing.T) {
		var g *treeGuard
		var since int
		looks := 0
		g = newTreeGuard(func(digest.Digest) error {
			if looks++; looks > 1 {
				return nil
			}
			// By now the tree is gone, and there is another.
			if err := g.held(2, leaf, since); err != nil {
				t.Errorf("the new tree is %v", err)
			}
			return changed
		}, still)
		since = g.begin()
		if err := g.held(1, leaf, since); err != changed {
			t.Errorf("who looked was told %v", err)
		}
		list := g.end()
		if len(list) != 1 || !slices.Equal(list[0].withdrawn, []graph.ID{2}) {
			t.Errorf("withdrawn are %v", list)
		}
	})
}
