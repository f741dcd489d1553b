package checkout_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
	"github.com/dewar-build/dewar/store/checkout"
)

// linkBench is a project with a directory and an executable file in its store.
type linkBench struct {
	*testing.T
	fs    fs.FS
	root  string
	store *store.Store
	index *fs.Index
	dir   digest.Content
	run   digest.Content
}

func newLinkBench(t *testing.T) *linkBench {
	b := &linkBench{T: t, fs: fs.OS(), root: t.TempDir()}
	var err error
	if b.store, err = store.Open(b.fs, b.root+"/.dewar/cache", store.Options{}); err != nil {
		t.Fatal(err)
	}
	if b.index, err = fs.OpenIndex(b.fs, b.root+"/.dewar"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.store.Close(); b.index.Close() })
	put := func(text string) digest.Digest {
		d, err := b.store.Put([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	sub := put(string(digest.Dir{Files: []digest.FileEntry{{Name: "deep", Digest: put("deep")}}}.Encode()))
	top := digest.Dir{
		Files: []digest.FileEntry{{Name: "a", Digest: put("aaaa")}, {Name: "z", Digest: put("zz"), Exec: true}},
		Dirs:  []digest.DirEntry{{Name: "sub", Digest: sub}},
	}
	b.dir = digest.Content{Kind: digest.Directory, Digest: put(string(top.Encode()))}
	b.run = digest.Content{Kind: digest.File, Exec: true, Digest: put("#!/bin/sh\n")}
	return b
}

func (b *linkBench) deps() checkout.Deps {
	return checkout.Deps{FS: b.fs, Store: b.store, Index: b.index}
}

func (b *linkBench) plan(links ...checkout.Link) checkout.Plan {
	return checkout.Plan{Root: b.root, Kept: b.root + "/.dewar/kept", Links: links, Items: []checkout.Item{
		{Path: "out", Content: b.dir, Known: b.dir}, {Path: "run", Content: b.run, Known: b.run},
		{Path: "mine", Content: b.run, Known: b.run, Private: true},
	}}
}

func (b *linkBench) checkout(p checkout.Plan) checkout.Report {
	b.Helper()
	r, err := checkout.Checkout(context.Background(), p, b.deps())
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// way says how a file was made.
func (b *linkBench) way(name string) string {
	b.Helper()
	info, err := b.fs.Lstat(b.root + "/" + name)
	switch {
	case err != nil:
		return err.Error()
	case info.IsSymlink():
		return "symlink"
	case info.Nlink > 1 && info.Mode.Perm()&0o222 == 0:
		return "hardlink"
	case info.Mode.Perm()&0o200 != 0:
		return "copy"
	}
	return info.Mode.String()
}

// scan returns what a path holds, and how many files had to be read for it.
func (b *linkBench) scan(path string) (digest.Content, int64) {
	b.Helper()
	s := &fs.Scanner{FS: b.fs, Root: b.root, Index: b.index, Links: b.store}
	r, err := s.Scan(context.Background(), path)
	if err != nil {
		b.Fatal(err)
	}
	return r.Content, r.Hashed
}

func TestLinks(t *testing.T) {
	for _, c := range []struct {
		links []checkout.Link
		want  string
	}{
		{nil, "copy"},
		{[]checkout.Link{checkout.Copy}, "copy"},
		{[]checkout.Link{checkout.Hardlink, checkout.Copy}, "hardlink"},
		{[]checkout.Link{checkout.Symlink}, "symlink"},
		// ext4 has no reflinks: what follows is taken. Elsewhere the files are copies.
		{[]checkout.Link{checkout.Reflink, checkout.Hardlink}, "hardlink"},
		{[]checkout.Link{checkout.Reflink, checkout.Symlink, checkout.Copy}, "symlink"},
	} {
		name := strings.ReplaceAll(sprint(c.links), " ", "_")
		t.Run("as_"+name, func(t *testing.T) {
			b := newLinkBench(t)
			want := c.want
			if len(c.links) > 0 && c.links[0] == checkout.Reflink && b.reflinks() {
				want = "copy"
			}
			r := b.checkout(b.plan(c.links...))
			if r.Written != 5 {
				t.Errorf("written: %+v", r)
			}
			for _, f := range []string{"out/a", "out/z", "out/sub/deep", "run"} {
				if got := b.way(f); got != want {
					t.Errorf("%s: %s, want %s", f, got, want)
				}
			}
			if got := b.way("mine"); got != "copy" {
				t.Errorf("mine: %s", got)
			}
			for f, want := range map[string]bool{"out/a": false, "out/z": true, "run": true, "mine": true} {
				if info, err := os.Stat(filepath.Join(b.root, f)); err != nil || info.Mode()&0o100 != 0 != want {
					t.Errorf("%s: %v %v", f, info.Mode(), err)
				}
			}
			for path, want := range map[string]digest.Content{"out": b.dir, "run": b.run, "mine": b.run} {
				if got, read := b.scan(path); got != want || read != 0 {
					t.Errorf("%s holds %v, and %d files were read", path, got, read)
				}
			}
			if r := b.checkout(b.plan(c.links...)); r.Unchanged != 5 || r.Written != 0 || len(r.Kept) > 0 {
				t.Errorf("again: %+v", r)
			}
			p := b.plan()
			for i := range p.Items {
				p.Items[i].Content = digest.Content{}
			}
			if r := b.checkout(p); r.Removed != 5 || len(r.Kept) > 0 {
				t.Errorf("removed: %+v", r)
			}
			for _, d := range []digest.Digest{b.run.Digest, b.dir.Digest} {
				if !b.store.Has(d) {
					t.Errorf("the store lost %s", d.Short())
				}
			}
		})
	}
}

func sprint(links []checkout.Link) string {
	var s []string
	for _, l := range links {
		s = append(s, string(l))
	}
	return strings.Join(s, " ")
}

// reflinks reports whether the filesystem of the test has them.
func (b *linkBench) reflinks() bool {
	blob, err := b.store.BlobPath(b.run.Digest, false)
	return err == nil && fs.Reflink(b.fs, blob, b.root+"/.dewar/try", 0o644) == nil
}

// TestLinks_used: a blob that gets more links is no other file, and is not read again.
func TestLinks_used(t *testing.T) {
	b := newLinkBench(t)
	b.checkout(b.plan(checkout.Hardlink))
	d := digest.Of([]byte("aaaa"))
	blob, err := b.store.BlobPath(d, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.fs.Link(blob, b.root+"/another"); err != nil {
		t.Fatal(err)
	}
	if got, read := b.scan("out"); got != b.dir || read != 0 {
		t.Errorf("%v, %d files read", got, read)
	}
}

// TestLinks_written: who writes through a link damages the blob, not the cache: it is noticed,
// set aside, and the writer keeps what they wrote.
func TestLinks_written(t *testing.T) {
	for _, way := range []checkout.Link{checkout.Hardlink, checkout.Symlink} {
		b := newLinkBench(t)
		b.checkout(b.plan(way))
		name := filepath.Join(b.root, "out/a")
		os.Chmod(name, 0o644)
		if err := os.WriteFile(name, []byte("edit"), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, _ := b.scan("out"); got == b.dir {
			t.Errorf("%s: the edit was not noticed", way)
		}
		if b.store.Has(digest.Of([]byte("aaaa"))) {
			t.Errorf("%s: the damage was not noticed", way)
		}
	}
}

// TestLinks_moved: links into the store of a project that was moved are made
// again, and nothing is kept.
func TestLinks_moved(t *testing.T) {
	b := newLinkBench(t)
	old := "/elsewhere/.dewar/cache/exec/" + b.run.Digest.Hex()[:2] + "/" + b.run.Digest.Hex()
	if err := os.Symlink(old, b.root+"/run"); err != nil {
		t.Fatal(err)
	}
	if got, _ := b.scan("run"); got.Kind != digest.None {
		t.Errorf("it holds %v", got)
	}
	r := b.checkout(b.plan(checkout.Symlink))
	if len(r.Kept) > 0 || b.way("run") != "symlink" {
		t.Errorf("%+v, %s", r, b.way("run"))
	}
	if got, _ := b.scan("run"); got != b.run {
		t.Errorf("it holds %v", got)
	}
}

func TestRelink(t *testing.T) {
	b := newLinkBench(t)
	b.checkout(b.plan())
	if r := b.checkout(b.plan(checkout.Symlink)); r.Unchanged != 5 {
		t.Errorf("made again unasked: %+v", r)
	}
	for _, way := range []checkout.Link{checkout.Symlink, checkout.Hardlink, checkout.Copy} {
		p := b.plan(way)
		p.Relink = true
		r := b.checkout(p)
		if r.Written != 4 || len(r.Kept) > 0 || b.way("out/a") != string(way) || b.way("run") != string(way) || b.way("mine") != "copy" {
			t.Errorf("%s: %+v, %s %s %s", way, r, b.way("out/a"), b.way("run"), b.way("mine"))
		}
		if r := b.checkout(p); r.Unchanged != 5 {
			t.Errorf("%s again: %+v", way, r)
		}
		if got, _ := b.scan("out"); got != b.dir {
			t.Errorf("it holds %v", got)
		}
	}
}

func TestUnprotect(t *testing.T) {
	for _, way := range []checkout.Link{checkout.Hardlink, checkout.Symlink} {
		b := newLinkBench(t)
		b.checkout(b.plan(way))
		for path, want := range map[string]int{"out": 3, "run": 1, "mine": 0} {
			n, err := checkout.Unprotect(context.Background(), b.plan(), path, b.deps())
			if err != nil || n != want {
				t.Errorf("%s: %d files, %v", path, n, err)
			}
		}
		for _, f := range []string{"out/a", "out/sub/deep", "run"} {
			if b.way(f) != "copy" {
				t.Errorf("%s is a %s", f, b.way(f))
			}
		}
		if err := os.WriteFile(b.root+"/out/a", []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		if !b.store.Has(digest.Of([]byte("aaaa"))) {
			t.Error("the blob was written to")
		}
		if got, _ := b.scan("run"); got != b.run {
			t.Errorf("run holds %v", got)
		}
	}
}

// TestLinks_none: when no way works, nothing is copied unasked.
func TestLinks_none(t *testing.T) {
	b := newLinkBench(t)
	b.fs = fs.Faulty(fs.OS(), func(op, _ string) error {
		if op == "link" || op == "symlink" {
			return fs.ErrUnsupported
		}
		return nil
	})
	_, err := checkout.Checkout(context.Background(), b.plan(checkout.Hardlink, checkout.Symlink), b.deps())
	if err == nil || !strings.Contains(err.Error(), `add "copy"`) {
		t.Errorf("it says %v", err)
	}
}

// TestForce: with Force what is in the way is not kept.
func TestForce(t *testing.T) {
	b := newLinkBench(t)
	if err := os.WriteFile(b.root+"/run", []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	p := b.plan()
	p.Force = true
	if r := b.checkout(p); len(r.Kept) > 0 || b.way("run") != "copy" {
		t.Errorf("%+v", r)
	}
	if kept, _ := filepath.Glob(b.root + "/.dewar/kept/*"); len(kept) > 0 {
		t.Errorf("kept: %v", kept)
	}
}

// TestLinks_exec: bytes that become executable, or cease to be, are another
// file of the store; the mode of a blob is not touched.
func TestLinks_exec(t *testing.T) {
	for _, way := range []checkout.Link{checkout.Hardlink, checkout.Symlink, checkout.Copy} {
		b := newLinkBench(t)
		for _, exec := range []bool{true, false, true} {
			b.run.Exec = exec
			b.checkout(b.plan(way))
			if got, _ := b.scan("run"); got != b.run || b.way("run") != string(way) {
				t.Errorf("%s: it holds %v as a %s, want %v", way, got, b.way("run"), b.run)
			}
			for _, x := range []bool{true, false} {
				blob, err := b.store.BlobPath(b.run.Digest, x)
				if err != nil {
					t.Fatal(err)
				}
				if info, _ := b.fs.Lstat(blob); info.Exec() != x {
					t.Errorf("%s: the mode of the blob is %v", way, info.Mode)
				}
			}
		}
	}
}
