package storetest

import (
	"errors"
	iofs "io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

func putAndGet(t *testing.T, b *bench) {
	d := digest.Of([]byte("hello"))
	b.lacks(d)
	if got := b.put("hello"); got != d {
		t.Errorf("put returned %s", got)
	}
	b.put("hello")
	b.holds(d, "hello")
	from, err := b.s.PutReader(strings.NewReader("reader"))
	b.must(err)
	b.holds(from, "reader")
	if _, err := b.s.ReadAll(d, 4); err == nil {
		t.Error("five bytes were read with a limit of four")
	}
	if _, err := b.s.ReadAll(digest.Of([]byte("none")), 0); !errors.Is(err, iofs.ErrNotExist) {
		t.Errorf("reading nothing: %v", err)
	}
	info, err := b.FS.Lstat(b.path(d))
	b.must(err)
	if info.Mode.Perm()&0o222 != 0 {
		t.Errorf("a blob has mode %v", info.Mode)
	}
	b.must(b.s.CloneTo(d, b.Dir+"/copy", 0o644))
	copied, err := fs.ReadFile(b.FS, b.Dir+"/copy")
	b.must(err)
	if string(copied) != "hello" {
		t.Errorf("the clone is %q", copied)
	}
}

// big is more than a read buffer.
var big = strings.Repeat("0123456789abcdef", 1<<16) + "tail"

func bigBlobs(t *testing.T, b *bench) {
	d, err := b.s.PutReader(strings.NewReader(big))
	b.must(err)
	if d != digest.Of([]byte(big)) {
		t.Errorf("digest %s", d)
	}
	b.holds(d, big)
	name := b.write("big", big+"2")
	info, err := b.FS.Lstat(name)
	b.must(err)
	taken, err := b.s.Take(name, info)
	b.must(err)
	b.holds(taken, big+"2")
	exact := big[:1<<20]
	name = b.write("exact", exact)
	info.Size = 5 // it grew since it was looked at
	taken, err = b.s.Take(name, info)
	b.must(err)
	b.holds(taken, exact)
}

func emptyBlob(t *testing.T, b *bench) {
	if !b.s.Has(digest.Empty) {
		t.Error("the empty blob is missing")
	}
	b.holds(digest.Empty, "")
	for _, exec := range []bool{false, true} {
		name, err := b.s.BlobPath(digest.Empty, exec)
		b.must(err)
		if info, err := b.FS.Lstat(name); err != nil || info.Size != 0 {
			t.Errorf("its path leads to %+v, %v", info, err)
		}
	}
	if dir, err := b.s.Dir(digest.Empty); err != nil || len(dir.Files) != 0 {
		t.Errorf("the empty directory is %v, %v", dir, err)
	}
}

func sizeMatters(t *testing.T, b *bench) {
	d := b.put("hello")
	wrong := d
	wrong.Size++
	b.lacks(wrong)
	b.holds(d, "hello")
	if len(b.corrupt) > 0 {
		t.Errorf("set aside: %v", b.corrupt)
	}
}

func takeLeavesTheFile(t *testing.T, b *bench) {
	name := b.write("src", "source")
	before, err := b.FS.Lstat(name)
	b.must(err)
	d, err := b.s.Take(name, before)
	b.must(err)
	b.holds(d, "source")
	if after, err := b.FS.Lstat(name); err != nil || after != before {
		t.Errorf("the file was %+v, is %+v, %v", before, after, err)
	}
	b.overwrite(name, "edited")
	b.holds(d, "source")
	if _, err := b.s.Take(b.Dir, fs.Info{Mode: iofs.ModeDir}); err == nil {
		t.Error("a directory was taken as a file")
	}
}

func ingestKeepsTheBytes(t *testing.T, b *bench) {
	for _, exec := range []bool{false, true} {
		c, err := b.s.Ingest(b.write("out/a", "made"), exec)
		b.must(err)
		if want := (digest.Content{Kind: digest.File, Exec: exec, Digest: digest.Of([]byte("made"))}); c != want {
			t.Errorf("content %+v", c)
		}
		b.holds(c.Digest, "made")
	}
	if _, err := b.s.Ingest(b.Dir+"/out", false); err == nil {
		t.Error("a directory was ingested as a file")
	}
	if _, err := b.s.Ingest(b.Dir+"/none", false); !errors.Is(err, iofs.ErrNotExist) {
		t.Errorf("ingesting nothing: %v", err)
	}
}

func ingestTree(t *testing.T, b *bench) {
	b.write("out/b", "1")
	b.write("out/a", "2")
	b.write("out/sub/deep/c", "3")
	exec := b.write("out/sub/x", "#!")
	b.must(b.FS.Chmod(exec, 0o755))
	b.must(b.FS.MkdirAll(b.Dir+"/out/empty", 0o755))
	c, err := b.s.IngestTree(b.Dir + "/out")
	b.must(err)
	of := func(s string) digest.Digest { return digest.Of([]byte(s)) }
	deep := digest.Dir{Files: []digest.FileEntry{{Name: "c", Digest: of("3")}}}
	sub := digest.Dir{
		Files: []digest.FileEntry{{Name: "x", Digest: of("#!"), Exec: true}},
		Dirs:  []digest.DirEntry{{Name: "deep", Digest: digest.Of(deep.Encode())}},
	}
	top := digest.Dir{
		Files: []digest.FileEntry{{Name: "a", Digest: of("2")}, {Name: "b", Digest: of("1")}},
		Dirs:  []digest.DirEntry{{Name: "empty", Digest: digest.Empty}, {Name: "sub", Digest: digest.Of(sub.Encode())}},
	}
	if want := (digest.Content{Kind: digest.Directory, Digest: digest.Of(top.Encode())}); c != want {
		t.Fatalf("content %v, want %v", c, want)
	}
	if !b.s.HasAll(c) {
		t.Error("not all of it is in the store")
	}
	b.holds(of("3"), "3")
	b.must(b.FS.Remove(b.path(of("3"))))
	if b.s.HasAll(c) {
		t.Error("a missing file deep inside goes unnoticed")
	}
}

func executableTwin(t *testing.T, b *bench) {
	d := b.put("#!/bin/sh\n")
	plain, err := b.s.BlobPath(d, false)
	b.must(err)
	exec, err := b.s.BlobPath(d, true)
	b.must(err)
	if info, err := b.FS.Lstat(exec); err != nil || !info.Exec() || plain == exec {
		t.Errorf("%s is %v, %v", exec, info.Mode, err)
	}
	if info, err := b.FS.Lstat(plain); err != nil || info.Exec() {
		t.Errorf("%s is %v, %v", plain, info.Mode, err)
	}
	b.overwrite(exec, "#!/bin/rm\n")
	exec, err = b.s.BlobPath(d, true)
	b.must(err)
	if got, _ := fs.ReadFile(b.FS, exec); string(got) != "#!/bin/sh\n" || len(b.corrupt) != 1 {
		t.Errorf("the damaged twin was handed out: %q, %v", got, b.corrupt)
	}
}

func concurrentPuts(t *testing.T, b *bench) {
	other := b.open()
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for _, text := range []string{"a", "b", "c", big} {
				if _, err := b.s.Put([]byte(text)); err != nil {
					t.Error(err)
				}
				if d, err := other.PutReader(strings.NewReader(text)); err != nil || !other.Has(d) {
					t.Error(d, err)
				}
			}
		})
	}
	wg.Wait()
	for _, text := range []string{"a", "b", "c", big} {
		b.holds(digest.Of([]byte(text)), text)
	}
	left := slices.DeleteFunc(b.files("store/tmp"), func(name string) bool { return strings.HasSuffix(name, ".live") })
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func damageInSize(t *testing.T, b *bench) {
	d := b.put("whole")
	name := b.path(d)
	b.overwrite(name, "half")
	b.lacks(d)
	if len(b.corrupt) != 1 || b.corrupt[0].Path != name || b.corrupt[0].Want != d || b.corrupt[0].Got != digest.Of([]byte("half")) {
		t.Fatalf("reported: %+v", b.corrupt)
	}
	if kept, err := fs.ReadFile(b.FS, b.corrupt[0].Kept); err != nil || string(kept) != "half" {
		t.Errorf("kept: %q, %v", kept, err)
	}
	b.put("whole")
	b.holds(d, "whole")
}

func damageInPlace(t *testing.T, b *bench) {
	d := b.put("right")
	b.overwrite(b.path(d), "wrong")
	if _, err := b.s.Open(d); !errors.Is(err, iofs.ErrNotExist) {
		t.Errorf("opening it: %v", err)
	}
	if len(b.corrupt) != 1 {
		t.Errorf("reported: %+v", b.corrupt)
	}
}

func touchedButWhole(t *testing.T, b *bench) {
	d := b.put("right")
	b.must(b.FS.Chtimes(b.path(d), time.Unix(1234567890, 0)))
	b.holds(d, "right")
	if len(b.corrupt) > 0 {
		t.Errorf("set aside: %v", b.corrupt)
	}
}

// verifyFindsAllDamage: even that which hides behind the right size and time.
func verifyFindsAllDamage(t *testing.T, b *bench) {
	d, good := b.put("right"), b.put("good")
	name := b.path(d)
	info, err := b.FS.Lstat(name)
	b.must(err)
	b.overwrite(name, "wrong")
	b.must(b.FS.Chtimes(name, time.Unix(0, info.MTime)))
	b.must(b.s.Verify(good))
	if _, err := b.s.ReadAll(d, 0); !errors.Is(err, iofs.ErrNotExist) {
		t.Errorf("reading: %v", err)
	}
	if len(b.corrupt) != 1 {
		t.Errorf("reported: %+v", b.corrupt)
	}
	if err := b.s.Verify(d); !errors.Is(err, iofs.ErrNotExist) {
		t.Errorf("verifying what is gone: %v", err)
	}
}

// fewFiles: a snapshot of a source, its result and its output are a file each.
func fewFiles(t *testing.T, b *bench) {
	before := len(b.files("store"))
	name := b.write("src", "the very same")
	info, err := b.FS.Lstat(name)
	b.must(err)
	_, err = b.s.Take(name, info)
	b.must(err)
	_, err = b.s.Ingest(b.write("out", "something else"), false)
	b.must(err)
	b.must(b.s.PutResult(digest.Of([]byte("k")), result(digest.Of([]byte("something else")))))
	if got := len(b.files("store")) - before; got != 3 {
		t.Errorf("%d files: %v", got, b.files("store"))
	}
}
