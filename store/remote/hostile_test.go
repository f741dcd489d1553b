package remote_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/store/remote"
)

// plant puts blobs at the place that no honest store would send.
func (l *lab) plant(b []byte) digest.Digest {
	d := digest.Of(b)
	l.place.Set(remote.BlobName(d), b)
	return d
}

// TestDirectoryBomb: a few small messages that stand for more files than there can be
// are refused before any file comes, where the caller has a limit; without one
// each blob still comes once.
func TestDirectoryBomb(t *testing.T) {
	l := newLab(t, remote.Traits{})
	file := l.plant([]byte("x"))
	at := l.plant(digest.Dir{Files: []digest.FileEntry{{Name: "f", Digest: file}}}.Encode())
	for range 100 {
		var dir digest.Dir
		for i := range 10 {
			dir.Dirs = append(dir.Dirs, digest.DirEntry{Name: fmt.Sprint(i), Digest: at})
		}
		at = l.plant(dir.Encode())
	}
	what := remote.Request{Roots: []digest.Content{{Kind: digest.Directory, Digest: at}, {Kind: digest.File, Digest: l.plant([]byte("good"))}}}
	for _, limits := range []remote.Limits{{Files: 1_000_000}, {Bytes: 1 << 30}} {
		s := l.fresh()
		opt := l.options()
		opt.Limits = limits
		r := l.fetch(s, what, opt)
		var le *remote.LimitError
		if r.Roots[0].Complete || !errors.As(r.Roots[0].Err, &le) || s.Has(file) {
			t.Errorf("%+v: %+v", limits, r.Roots[0])
		}
		if !r.Roots[1].Complete {
			t.Errorf("what is innocent: %+v", r.Roots[1])
		}
	}
	if r := l.fetch(l.fresh(), what, l.options()); !r.Complete() || r.Moved.Objects != 103 {
		t.Errorf("%+v", r)
	}
}

// TestManyDirectories: more directories than files are allowed end the transfer.
func TestManyDirectories(t *testing.T) {
	l := newLab(t, remote.Traits{})
	at := l.plant(digest.Dir{Symlinks: []digest.SymlinkEntry{{Name: "l", Target: "x"}}}.Encode())
	for i := range 50 {
		at = l.plant(digest.Dir{Dirs: []digest.DirEntry{{Name: fmt.Sprint(i), Digest: at}}}.Encode())
	}
	opt := l.options()
	opt.Limits.Files = 20
	var le *remote.LimitError
	_, err := remote.Fetch(t.Context(), l.b, []remote.Named{l.at()}, remote.Request{Roots: []digest.Content{{Kind: digest.Directory, Digest: at}}}, opt)
	if !errors.As(err, &le) || le.Unit != "directories" {
		t.Errorf("%v", err)
	}
}

// TestBadDirectories: what is no directory message, or leads elsewhere, makes its root
// incomplete and says why.
func TestBadDirectories(t *testing.T) {
	for name, b := range map[string][]byte{
		"no message": []byte("\xff\xff\xff\xff"),
		"dots":       digest.Dir{Files: []digest.FileEntry{{Name: "..", Digest: digest.Empty}}}.Encode(),
		"a path":     digest.Dir{Dirs: []digest.DirEntry{{Name: "../../etc", Digest: digest.Empty}}}.Encode(),
		"unsorted":   digest.Dir{Files: []digest.FileEntry{{Name: "b", Digest: digest.Empty}, {Name: "a", Digest: digest.Empty}}}.Encode(),
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, remote.Traits{})
			top := l.plant(digest.Dir{Dirs: []digest.DirEntry{{Name: "sub", Digest: l.plant(b)}}}.Encode())
			r := l.fetch(l.b, remote.Request{Roots: []digest.Content{{Kind: digest.Directory, Digest: top}}}, l.options())
			if r.Roots[0].Complete || r.Roots[0].Err == nil {
				t.Errorf("%+v", r.Roots[0])
			}
		})
	}
}

// TestPromises: a directory message, entry or record that is larger than allowed is
// not fetched, whatever its size is said to be.
func TestPromises(t *testing.T) {
	l := newLab(t, remote.Traits{})
	huge := digest.Digest{Hash: digest.Of([]byte("x")).Hash, Size: 1 << 60}
	top := l.plant(digest.Dir{Dirs: []digest.DirEntry{{Name: "sub", Digest: huge}}}.Encode())
	actionKey := digest.Of([]byte("action"))
	l.place.Set(remote.EntryName(actionKey), []byte(strings.Repeat("x", 2000)))
	l.place.Set("exp/large", []byte(strings.Repeat("x", 2000)))
	opt := l.options()
	opt.Limits.Message = 1000
	r := l.fetch(l.b, remote.Request{
		Roots: []digest.Content{{Kind: digest.Directory, Digest: top}}, Results: []digest.Digest{actionKey},
		Records: []remote.Record{{Name: "exp/large", File: "/large"}},
	}, opt)
	var le *remote.LimitError
	if !errors.As(r.Roots[0].Err, &le) || r.Results[0].Complete || r.Records[0].Complete || len(r.Corrupt) != 2 {
		t.Errorf("%+v", r)
	}
	if _, err := l.fs.Lstat("/large"); err == nil {
		t.Error("the record was written")
	}
}

// TestBadEntries: an entry that cannot be one of ours is named and left out; one that another
// place has is taken from there.
func TestBadEntries(t *testing.T) {
	for name, bad := range map[string][]byte{"no message": []byte("\xff\xff"), "failed": {0x20, 1}, "empty": nil} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, remote.Traits{})
			actionKey := l.result(l.a, "x", l.file(l.a, "out"))
			what := remote.Request{Results: []digest.Digest{actionKey}}
			l.push(what, l.options())
			evil := newLab(t, remote.Traits{})
			evil.place.FS = l.fs
			evil.place.Set(remote.EntryName(actionKey), append([]byte{}, bad...))
			r, err := remote.Fetch(t.Context(), l.b, []remote.Named{{Name: "evil", Place: evil.place}, l.at()}, what, l.options())
			if err != nil || !r.Complete() && name != "empty" {
				t.Errorf("%+v, %v", r, err)
			}
			if name != "empty" && (len(r.Corrupt) != 1 || r.Corrupt[0].Place != "evil") {
				t.Errorf("%+v", r.Corrupt)
			}
		})
	}
}

// TestRecords: the caller looks at what a stranger wrote before it becomes a file.
func TestRecords(t *testing.T) {
	l := newLab(t, remote.Traits{})
	l.place.Set("exp/bad.json", []byte("bad"))
	l.place.Set("exp/good.json", []byte("good"))
	check := func(b []byte) error {
		if string(b) != "good" {
			return errors.New("no record")
		}
		return nil
	}
	r := l.fetch(l.b, remote.Request{Records: []remote.Record{
		{Name: "exp/bad.json", File: "/bad", Check: check}, {Name: "exp/good.json", File: "/good", Check: check},
		{Name: "exp/none.json", File: "/none"},
	}}, l.options())
	if r.Records[0].Complete || r.Records[0].Err == nil || !r.Records[1].Complete || !r.Records[2].Absent {
		t.Errorf("%+v", r)
	}
	if _, err := l.fs.Lstat("/bad"); err == nil {
		t.Error("the bad one was written")
	}
	for _, name := range []string{"cas/ab/x", "exp/../version", "exp/", "/exp/x"} {
		if _, err := remote.Fetch(t.Context(), l.b, []remote.Named{l.at()}, remote.Request{Records: []remote.Record{{Name: name, File: "/x"}}}, l.options()); err == nil {
			t.Errorf("%q was asked for", name)
		}
	}
}

// TestNamesOfStrangers: a listing with names that lead elsewhere is read without them.
func TestNamesOfStrangers(t *testing.T) {
	l := newLab(t, remote.Traits{Packs: true})
	for _, name := range []string{"exp/a", "exp/../../x", "exp//b", "exp/.c", "exp/d\n", "packs/zz.index", "packs/../../etc/passwd.index"} {
		l.place.Set(name, []byte("x"))
	}
	got, err := remote.List(t.Context(), l.at(), "exp", l.options())
	l.must(err)
	if len(got) != 1 || got[0].Name != "exp/a" {
		t.Errorf("%v", got)
	}
	l.push(remote.Request{Roots: []digest.Content{l.tree(l.a, 1)}}, l.options())
}

func FuzzPackIndex(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(remote.EncodeIndex(nil))
	f.Add(remote.EncodeIndex([]digest.Digest{digest.Of([]byte("a")), digest.Empty, {Size: 1<<63 - 1}}))
	f.Add(remote.EncodeIndex([]digest.Digest{{Size: 1<<63 - 1}, {Size: 1<<63 - 1}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if blobs, _, err := remote.DecodeIndex(b); err == nil && string(remote.EncodeIndex(blobs)) != string(b) {
			t.Fatalf("%q is read as %v", b, blobs)
		}
	})
}
