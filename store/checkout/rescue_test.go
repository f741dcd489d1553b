package checkout_test

import (
	"context"
	"testing"
	"time"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/checkout"
)

// TestRescue: a process was killed after it had swapped what a person wrote for
// an output and before it had kept it.
func TestRescue(t *testing.T) {
	onEach(t, func(p *project) {
		p.file("known")
		p.write(".dewar/tmp/.tmp-1", "mine")
		p.write(".dewar/tmp/.tmp-2", "known")
		p.write(".dewar/tmp/.tmp-3/deep/a", "mine too")
		p.write(".dewar/tmp/.tmp-3/deep/b", "known")
		p.write(".dewar/tmp/other", "not ours")
		rescue := func(later time.Duration) (kept string) {
			r, err := checkout.Rescue(context.Background(),
				checkout.Plan{Root: p.root, Kept: p.root + "/.dewar/kept"},
				checkout.Deps{FS: p.fs, Store: p.store, Now: func() time.Time { return time.Now().Add(later) }})
			p.must(err)
			for _, k := range r.Kept {
				b, err := fs.ReadFile(p.fs, k.Where)
				p.must(err)
				kept += k.Path + "=" + string(b) + " "
			}
			return kept
		}
		if got := rescue(time.Minute); got != "" {
			t.Errorf("what another process may have in its hands was taken: %s", got)
		}
		if got, want := rescue(2*time.Hour), "rescued/tmp-1=mine rescued/tmp-3/deep/a=mine too "; got != want {
			t.Errorf("kept %s, want %s", got, want)
		}
		entries, err := p.fs.ReadDir(p.root + "/.dewar/tmp")
		p.must(err)
		if len(entries) != 1 || entries[0].Name != "other" {
			t.Errorf("left: %v", entries)
		}
		if got := rescue(2 * time.Hour); got != "" {
			t.Errorf("kept again: %s", got)
		}
	})
}
