package remote_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/store/remote"
)

// TestSweep: what nobody needs goes once it is old, in an order that leaves whole what is left; packs go
// when nothing in them is needed.
func TestSweep(t *testing.T) {
	for name, like := range kinds {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, like)
			old, kept := l.tree(l.a, 1), l.tree(l.a, 2)
			gone := l.result(l.a, "gone", old)
			l.push(remote.Request{Roots: []digest.Content{old}, Results: []digest.Digest{gone}}, l.options())
			l.push(remote.Request{Roots: []digest.Content{kept}}, l.options())
			need := l.needed(kept)
			keep := func(name string) bool { return need[name] }
			isDir := func(name string) bool {
				b := l.place.Objects()[name]
				_, err := digest.DecodeDir(b)
				return err == nil
			}
			opt := remote.SweepOptions{Grace: time.Hour, Transfer: l.options()}
			before := len(l.place.Objects())
			swept, err := remote.Sweep(t.Context(), l.a, l.at(), keep, isDir, opt)
			l.must(err)
			if swept.Removed.Objects != 0 || swept.Young.Objects == 0 || len(l.place.Objects()) != before {
				t.Errorf("what is young: %+v", swept)
			}
			l.clock.Advance(2 * time.Hour)
			swept, err = remote.Sweep(t.Context(), l.a, l.at(), keep, isDir, opt)
			l.must(err)
			if swept.Removed.Objects == 0 || swept.Young.Objects != 0 || len(l.place.Objects()) >= before {
				t.Errorf("what is old: %+v", swept)
			}
			l.closed()
			for name := range l.place.Objects() {
				if strings.HasPrefix(name, "ac/") {
					t.Errorf("%s is left", name)
				}
			}
			if r := l.fetch(l.fresh(), remote.Request{Roots: []digest.Content{kept}}, l.options()); !r.Complete() {
				t.Errorf("%+v", r)
			}
		})
	}
}

// needed returns the names of everything in a tree.
func (l *lab) needed(c digest.Content) map[string]bool {
	all := map[string]bool{}
	var visit func(d digest.Digest)
	visit = func(d digest.Digest) {
		all[remote.BlobName(d)] = true
		dir, err := l.a.Dir(d)
		l.must(err)
		for _, f := range dir.Files {
			all[remote.BlobName(f.Digest)] = true
		}
		for _, sub := range dir.Dirs {
			visit(sub.Digest)
		}
	}
	visit(c.Digest)
	return all
}
