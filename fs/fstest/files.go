package fstest

import (
	"bytes"
	"io"
	iofs "io/fs"
	"time"

	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/google/go-cmp/cmp"
)

func createAndRead(t *testing.T, b bed) {
	big := bytes.Repeat([]byte("0123456789abcdef"), 70_000)
	p := b.put("big", string(big))
	b.holds(p, string(big))
	info, err := b.Lstat(p)
	b.ok(err)
	if info.Size != int64(len(big)) || !info.IsRegular() || info.Exec() {
		t.Errorf("info of a new file: %+v", info)
	}
	b.holds(b.put("empty", ""), "")
}

func createExisting(t *testing.T, b bed) {
	p := b.put("a", "one")
	_, err := b.Create(p, 0o644)
	b.is(err, iofs.ErrExist)
	_, err = b.Create(b.mkdir("d"), 0o644)
	b.is(err, iofs.ErrExist)
	_, err = b.Create(b.path("no", "such"), 0o644)
	b.is(err, iofs.ErrNotExist)
	b.holds(p, "one")
	b.absent(b.path("no"))
}

func appendTwice(t *testing.T, b bed) {
	p := b.path("log")
	for _, text := range []string{"one\n", "two\n"} {
		f, err := b.Append(p, 0o644)
		b.ok(err)
		_, err = io.WriteString(f, text)
		b.ok(err)
		b.ok(f.Close())
	}
	b.holds(p, "one\ntwo\n")
	_, err := b.Append(b.path("no", "such"), 0o644)
	b.is(err, iofs.ErrNotExist)
}

func notThere(t *testing.T, b bed) {
	p := b.path("nothing")
	_, err := b.Open(p)
	b.is(err, iofs.ErrNotExist)
	_, err = b.Lstat(p)
	b.is(err, iofs.ErrNotExist)
	_, err = b.Stat(p)
	b.is(err, iofs.ErrNotExist)
	_, err = b.ReadDir(p)
	b.is(err, iofs.ErrNotExist)
	b.is(b.Remove(p), iofs.ErrNotExist)
	b.is(b.Chmod(p, 0o600), iofs.ErrNotExist)
	b.is(b.Chtimes(p, old()), iofs.ErrNotExist)
	b.is(b.Rename(p, b.path("x")), iofs.ErrNotExist)
	b.is(b.Clone(p, b.path("x"), 0o644), iofs.ErrNotExist)
	b.is(b.Mkdir(b.path("nothing", "d"), 0o755), iofs.ErrNotExist)
	b.ok(b.RemoveAll(p))
	if names := b.names(b.root); len(names) > 0 {
		t.Errorf("left behind: %q", names)
	}
}

func belowFile(t *testing.T, b bed) {
	b.put("a", "one")
	p := b.path("a", "b")
	_, err := b.Open(p)
	b.is(err, iofs.ErrNotExist)
	_, err = b.Lstat(p)
	b.is(err, iofs.ErrNotExist)
	_, err = b.Stat(p)
	b.is(err, iofs.ErrNotExist)
	b.fails(b.Mkdir(p, 0o755))
	b.fails(b.MkdirAll(p, 0o755))
	_, err = b.Create(p, 0o644)
	b.fails(err)
	b.holds(b.path("a"), "one")
}

func readDirectory(t *testing.T, b bed) {
	_, err := fs.ReadFile(b.FS, b.mkdir("d"))
	b.fails(err)
}

func chmodChtimes(t *testing.T, b bed) {
	p := b.put("a", "one")
	b.ok(b.Chmod(p, 0o555))
	b.ok(b.Chtimes(p, old()))
	info, err := b.Stat(p)
	b.ok(err)
	if !info.Exec() || info.Mode.Perm() != 0o555 || info.MTime != old().UnixNano() {
		t.Errorf("%+v", info)
	}
	d := b.mkdir("d")
	b.ok(b.Chmod(d, 0o555))
	info, err = b.Stat(d)
	b.ok(err)
	if !info.IsDir() || info.Mode.Perm() != 0o555 {
		t.Errorf("%+v", info)
	}
	b.ok(b.Chmod(d, 0o755))
}

// identity: what the index relies on. Two files of one size and one
// modification time differ where there are inodes; a rewritten file differs
// everywhere once its time does.
func identity(t *testing.T, b bed) {
	p := b.put("a", "one")
	b.ok(b.Chtimes(p, old()))
	before, err := b.Lstat(p)
	b.ok(err)
	again, err := b.Lstat(p)
	b.ok(err)
	if diff := cmp.Diff(before, again); diff != "" {
		t.Errorf("nothing happened, and yet:\n%s", diff)
	}
	b.ok(fs.WriteFile(b.FS, p, []byte("two")))
	after, err := b.Lstat(p)
	b.ok(err)
	if before == after {
		t.Errorf("a rewritten file looks the same: %+v", after)
	}
	b.ok(b.Chtimes(p, old().Add(time.Second)))
	moved, err := b.Lstat(p)
	b.ok(err)
	if moved.MTime-before.MTime != int64(time.Second) {
		t.Errorf("modification time moved from %d to %d", before.MTime, moved.MTime)
	}
}

// openFiles: an open file is what it was when it was opened.
func openFiles(t *testing.T, b bed) {
	p := b.put("a", "one two three")
	f, err := b.Open(p)
	b.ok(err)
	defer f.Close()
	part := make([]byte, 3)
	n, err := f.ReadAt(part, 4)
	b.ok(err)
	if string(part[:n]) != "two" {
		t.Errorf("ReadAt gave %q", part[:n])
	}
	n, err = f.ReadAt(make([]byte, 10), 8)
	if n != 5 || err != io.EOF {
		t.Errorf("ReadAt over the end: %d, %v", n, err)
	}
	b.ok(fs.WriteFile(b.FS, p, []byte("other")))
	all, err := io.ReadAll(f)
	b.ok(err)
	if string(all) != "one two three" {
		t.Errorf("after a replacement the open file reads %q", all)
	}
	info, err := f.Stat()
	b.ok(err)
	if info.Size != 13 {
		t.Errorf("after a replacement the open file has size %d", info.Size)
	}
}

func clone(t *testing.T, b bed) {
	p := b.put("a", "one")
	q := b.path("b")
	b.ok(b.Clone(p, q, 0o555))
	b.holds(q, "one")
	info, err := b.Lstat(q)
	b.ok(err)
	if info.Mode.Perm() != 0o555 {
		t.Errorf("mode %v", info.Mode)
	}
	b.ok(fs.WriteFile(b.FS, p, []byte("two")))
	b.holds(q, "one")
	b.is(b.Clone(p, q, 0o644), iofs.ErrExist)
	b.holds(q, "one")
}

func oddNames(t *testing.T, b bed) {
	odd := []string{"a b", `c"d'e`, "new\nline", "é", "e\u0301", "-rf", "*", "日本"}
	for _, name := range odd {
		b.holds(b.put(name, name), name)
	}
	want := []string{"*", "-rf", "a b", `c"d'e`, "e\u0301", "new\nline", "é", "日本"}
	if diff := cmp.Diff(want, b.names(b.root)); diff != "" {
		t.Errorf("names in the order of their bytes (-want +got):\n%s", diff)
	}
}
