package remote_test

import (
	"fmt"
	"testing"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/dir"
)

// TestReadAtOnce: small objects of a directory are read without a file being made of
// them, and one that is not what its name says is set aside all the same.
func TestReadAtOnce(t *testing.T) {
	l := newLab(t, remote.Traits{})
	made := 0
	at := remote.Named{Name: "near", Place: dir.New(fs.Faulty(l.fs, func(op, _ string) error {
		if op == "append" {
			made++
		}
		return nil
	}), "/share")}
	var roots []digest.Content
	for i := range 5 {
		roots = append(roots, l.file(l.a, fmt.Sprint("file ", i)))
	}
	roots = append(roots, digest.Content{Kind: digest.File, Digest: l.put(l.a, make([]byte, 300<<10))})
	what := remote.Request{Roots: roots}
	if _, err := remote.Push(t.Context(), l.a, at, what, l.options()); err != nil {
		t.Fatal(err)
	}
	object := func(i int) string { return "/share/" + remote.BlobName(roots[i].Digest) }
	l.must(fs.WriteFile(l.fs, object(0), []byte("damage")))
	l.must(fs.WriteFile(l.fs, object(1), []byte("longer than before")))
	l.must(l.fs.Remove(object(2)))

	opt := l.options()
	opt.Parallel = 1
	for name, c := range map[string]struct {
		place remote.Place
		made  int
	}{"near": {at.Place, 3}, "far": {struct{ remote.Place }{at.Place}, 5}} {
		made = 0
		s := l.fresh()
		r, err := remote.Fetch(t.Context(), s, []remote.Named{{Name: "near", Place: c.place}}, what, opt)
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range r.Roots {
			if o.Complete != (i >= 3) || s.Has(roots[i].Digest) != o.Complete {
				t.Errorf("%s: root %d: %+v", name, i, o)
			}
		}
		if len(r.Corrupt) != 2 || r.Moved.Objects != 3 {
			t.Errorf("%s: %+v, %+v", name, r.Corrupt, r.Moved)
		}
		for _, c := range r.Corrupt {
			if c.Want == roots[0].Digest && c.Kept == "" {
				t.Errorf("%s: %+v was not set aside", name, c)
			}
		}
		if made != c.made { // of the version, of what is damaged, and of the large one
			t.Errorf("%s: %d files were made, want %d", name, made, c.made)
		}
	}
}
