package fetch

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/dvc"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/dir"
)

// sources returns a source of what two places have, by name; what it says of wrong bytes comes out as well.
func sources(t *testing.T, fsys fs.FS, first, second map[string]string) (s *Source, corrupt *[]string) {
	t.Helper()
	blobs, err := store.Open(fsys, "/store", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	known, err := OpenIndex(fsys, "/known/md5")
	if err != nil {
		t.Fatal(err)
	}
	var places []*Place
	for root, files := range map[string]map[string]string{"/first": first, "/second": second} {
		for name, text := range files {
			at := root + "/" + name
			if err := fsys.MkdirAll(path.Dir(at), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := fs.WriteFile(fsys, at, []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		places = append(places, &Place{Named: remote.Named{Name: root, Place: dir.New(fsys, root)}, Parallel: 2, Explain: error.Error, Close: func() error { return nil }})
	}
	slices.SortFunc(places, func(a, b *Place) int { return strings.Compare(a.Name, b.Name) })
	corrupt = &[]string{}
	s = &Source{
		Store: blobs, FS: fsys, Hold: remote.NewHold(blobs), Known: known,
		Wait:     func(context.Context, time.Duration) error { return nil },
		Progress: func(int64, int64) {},
		Corrupt:  func(place, name string) { *corrupt = append(*corrupt, place+" "+name) },
		Next: func(context.Context) *Place {
			if len(places) == 0 {
				return nil
			}
			at := places[0]
			places = places[1:]
			return at
		},
	}
	t.Cleanup(func() { s.Close(); s.Hold.Release(); _ = blobs.Close() })
	return s, corrupt
}

func object(text string) dvc.Object {
	h := md5.Sum([]byte(text))
	return dvc.Object{MD5: hex.EncodeToString(h[:]), Size: -1}
}

// A place that has wrong bytes counts as one that has nothing, and the next is asked; what came once is not
// asked for again.
func TestFetch(t *testing.T) {
	here, older, bad, none := object("here"), object("older"), object("bad"), object("none")
	fsys := fs.Memory()
	s, corrupt := sources(t, fsys,
		map[string]string{here.Names()[0]: "here", bad.Names()[0]: "dab"},
		map[string]string{older.Names()[1]: "older", bad.Names()[0]: "bad"})
	got, err := s.Fetch(t.Context(), []dvc.Object{here, older, bad, none})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"here", "older", "bad"} {
		b, err := s.Store.ReadAll(got[object(text).MD5], 100)
		if string(b) != text {
			t.Errorf("%s: %q, %v", text, b, err)
		}
	}
	if _, ok := got[none.MD5]; ok || len(got) != 3 {
		t.Errorf("%v", got)
	}
	if d := cmp.Diff([]string{"/first " + bad.Names()[0]}, *corrupt); d != "" {
		t.Error(d)
	}
	again, _ := sources(t, fsys, nil, nil)
	again.Next = func(context.Context) *Place { t.Error("a place is asked again"); return nil }
	if got, err := again.Fetch(t.Context(), []dvc.Object{here, older}); err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestSizes(t *testing.T) {
	a, b, none := object("a"), object("bb"), object("none")
	s, _ := sources(t, fs.Memory(), map[string]string{a.Names()[0]: "a"}, map[string]string{b.Names()[1]: "bb"})
	got, err := s.Sizes(t.Context(), []dvc.Object{a, b, none})
	if d := cmp.Diff([]int64{1, 2, remote.Absent}, got); err != nil || d != "" {
		t.Error(err, d)
	}
}
