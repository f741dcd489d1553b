package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

// sampleTree stores a directory with a file, an executable, the same bytes
// twice and a sub-directory.
func sampleTree(b *bench) digest.Digest {
	b.Helper()
	b.write("out/a", "text")
	b.write("out/sub/b", "text")
	exec := b.write("out/sub/x", "text")
	b.must(b.FS.Chmod(exec, 0o755))
	b.must(b.FS.MkdirAll(b.Dir+"/out/empty", 0o755))
	c, err := b.s.IngestTree(b.Dir + "/out")
	b.must(err)
	return c.Digest
}

func trees(t *testing.T, b *bench) {
	d := sampleTree(b)
	root, release, err := b.s.Tree(d)
	b.must(err)
	for name, exec := range map[string]bool{"/a": false, "/sub/b": false, "/sub/x": true} {
		got, err := fs.ReadFile(b.FS, root+name)
		b.must(err)
		info, err := b.FS.Lstat(root + name)
		b.must(err)
		if string(got) != "text" || info.Exec() != exec || info.MTime != time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano() {
			t.Errorf("%s is %q, %+v", name, got, info)
		}
	}
	if info, err := b.FS.Lstat(root + "/empty"); err != nil || !info.IsDir() {
		t.Errorf("the empty directory: %v, %v", info, err)
	}
	b.must(b.s.Check(d))
	again, release2, err := b.s.Tree(d)
	b.must(err)
	if again != root {
		t.Errorf("made twice: %s, %s", root, again)
	}
	release()
	release2()
	if _, _, err := b.s.Tree(digest.Of([]byte("none"))); err == nil {
		t.Error("a tree of nothing")
	}
}

func concurrentTrees(t *testing.T, b *bench) {
	d := sampleTree(b)
	stores := []*store.Store{b.s, b.open(), b.open()}
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			_, release, err := stores[i%3].Tree(d)
			if err != nil {
				t.Error(err)
				return
			}
			if err := stores[i%3].Check(d); err != nil {
				t.Error(err)
			}
			release()
		})
	}
	wg.Wait()
	entries, err := b.FS.ReadDir(b.Dir + "/store/trees")
	b.must(err)
	if len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func changedTree(t *testing.T, b *bench) {
	d := sampleTree(b)
	for name, change := range map[string]func(root string) error{
		"a file more": func(root string) error { return fs.WriteFile(b.FS, root+"/sub/more", nil) },
		"a file less": func(root string) error { return b.FS.Remove(root + "/a") },
		"other bytes": func(root string) error {
			return errors.Join(b.FS.Remove(root+"/a"), fs.WriteFile(b.FS, root+"/a", []byte("TEXT")))
		},
		"another size": func(root string) error {
			return errors.Join(b.FS.Remove(root+"/a"), fs.WriteFile(b.FS, root+"/a", []byte("longer")))
		},
		"another kind": func(root string) error {
			return errors.Join(b.FS.Remove(root+"/a"), b.FS.Mkdir(root+"/a", 0o755))
		},
	} {
		root, release, err := b.s.Tree(d)
		b.must(err)
		b.must(b.s.Check(d))
		b.must(b.FS.Chmod(root, 0o755))
		b.must(b.FS.Chmod(root+"/sub", 0o755))
		b.must(change(root))
		if err := b.s.Check(d); err == nil {
			t.Errorf("%s: not noticed", name)
		}
		release()
		b.put("text")
		_, release, err = b.s.Tree(d)
		b.must(err)
		if err := b.s.Check(d); err != nil {
			t.Errorf("%s: the tree was not made anew: %v", name, err)
		}
		release()
	}
}

// copiedTree: of a store that was copied without times, no tree has been tampered with.
func copiedTree(t *testing.T, b *bench) {
	d := sampleTree(b)
	root, release, err := b.s.Tree(d)
	b.must(err)
	release()
	copied := []string{"/a", "/sub/b", "/sub/x", "/sub", "/empty", ""}
	times := b.Dir + "/store/times"
	for _, p := range copied {
		b.must(b.FS.Chtimes(root+p, b.now))
	}
	was, err := b.FS.Lstat(times)
	b.must(errors.Join(err, b.FS.Chtimes(times, b.now)))
	after := b.open()
	_, release, err = after.Tree(d)
	b.must(err)
	if err := after.Check(d); err != nil {
		t.Errorf("the first use of a copy: %v", err)
	}
	release()
	for _, p := range copied {
		if info, err := b.FS.Lstat(root + p); err != nil || info.MTime != time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano() {
			t.Errorf("%q has the time %d, %v", p, info.MTime, err)
		}
	}
	if now, err := b.FS.Lstat(times); err != nil || now.MTime == was.MTime || now.MTime == b.now.UnixNano() {
		t.Errorf("the store has the time %d, as where it is from or as it was copied; %v", now.MTime, err)
	}
	if len(b.corrupt) > 0 {
		t.Errorf("reported: %v", b.corrupt)
	}
}

// notCopiedTree: what was written to is found, also by a process that begins later, and by who had used
// the tree before, even if all of it looks like a copy.
func notCopiedTree(t *testing.T, b *bench) {
	d := sampleTree(b)
	root, release, err := b.s.Tree(d)
	b.must(err)
	release()
	b.must(errors.Join(b.FS.Chtimes(root+"/a", b.now), b.FS.Chtimes(root, b.now)))
	after := b.open()
	_, release, err = after.Tree(d)
	b.must(err)
	release()
	if after.Check(d) == nil {
		t.Error("a change before the process began was not found")
	}
	_, release, err = after.Tree(d)
	b.must(err)
	b.must(after.Check(d))
	b.must(errors.Join(b.FS.Chtimes(root+"/a", b.now), b.FS.Chtimes(root, b.now), b.FS.Chtimes(b.Dir+"/store/times", b.now)))
	_, release2, err := after.Tree(d)
	b.must(err)
	release2()
	release()
	if after.Check(d) == nil {
		t.Error("a change while the tree was in use was not found")
	}
}

func leases(t *testing.T, b *bench) {
	blob, other := b.put("leased"), b.put("not")
	tree := sampleTree(b)
	collector := b.open()
	check := func(when string, want map[digest.Digest]bool) {
		t.Helper()
		b.must(collector.Collecting(func(leased func(digest.Digest) bool) error {
			for d, is := range want {
				if leased(d) != is {
					t.Errorf("%s: %s leased: %v", when, d.Short(), !is)
				}
			}
			return nil
		}))
	}
	check("before", map[digest.Digest]bool{blob: false, tree: false})
	release, err := b.s.Lease(blob)
	b.must(err)
	release2, err := b.s.Lease(blob, tree)
	b.must(err)
	check("leased", map[digest.Digest]bool{blob: true, tree: true, other: false})
	release2()
	release2()
	check("leased once", map[digest.Digest]bool{blob: true, tree: false})
	release()
	check("released", map[digest.Digest]bool{blob: false})
	_, err = b.s.Lease(other)
	b.must(err)
	b.must(b.s.Close())
	check("closed", map[digest.Digest]bool{other: false})
}

func newerLayout(t *testing.T, b *bench) {
	b.overwrite(b.Dir+"/store/version", "dewar store 2\n")
	if _, err := store.Open(b.FS, b.Dir+"/store", store.Options{}); err == nil {
		t.Error("a store of another layout was opened")
	}
}
