package fstest

import (
	iofs "io/fs"
	"sync/atomic"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/google/go-cmp/cmp"
)

func directories(t *testing.T, b bed) {
	b.is(b.Mkdir(b.mkdir("d"), 0o755), iofs.ErrExist)
	b.ok(b.MkdirAll(b.path("x", "y", "z"), 0o755))
	b.ok(b.MkdirAll(b.path("x", "y", "z"), 0o755))
	b.put("a", "")
	b.fails(b.MkdirAll(b.path("a"), 0o755))
	entries, err := b.ReadDir(b.root)
	b.ok(err)
	want := []fs.Entry{{Name: "a"}, {Name: "d", Type: iofs.ModeDir}, {Name: "x", Type: iofs.ModeDir}}
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	_, err = b.ReadDir(b.path("a"))
	b.fails(err)
}

func rename(t *testing.T, b bed) {
	p, q := b.put("a", "one"), b.put("b", "two")
	b.ok(b.Rename(p, q))
	b.holds(q, "one")
	b.absent(p)
	b.ok(b.Rename(q, q))
	b.holds(q, "one")
	if diff := cmp.Diff([]string{"b"}, b.names(b.root)); diff != "" {
		t.Error(diff)
	}
}

// renameDirectories: neighbours whose names begin alike stay where they are.
func renameDirectories(t *testing.T, b bed) {
	b.mkdir("d")
	b.mkdir("d/d")
	b.put("d/d/d", "deep")
	b.mkdir("d2")
	b.put("d2/f", "near")
	b.ok(b.Rename(b.path("d"), b.path("e")))
	b.holds(b.path("e", "d", "d"), "deep")
	b.holds(b.path("d2", "f"), "near")
	b.absent(b.path("d"))
	b.absent(b.path("d", "d"))
	if diff := cmp.Diff([]string{"d2", "e"}, b.names(b.root)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"d"}, b.names(b.path("e", "d"))); diff != "" {
		t.Error(diff)
	}
}

func renameRefuses(t *testing.T, b bed) {
	p := b.put("a", "one")
	d := b.mkdir("d")
	b.put("d/f", "in")
	b.fails(b.Rename(p, d))                  // a file over a directory
	b.fails(b.Rename(d, p))                  // a directory over a file
	b.fails(b.Rename(b.mkdir("e"), d))       // a directory over a full one
	b.fails(b.Rename(d, b.path("d", "sub"))) // into itself
	b.is(b.Rename(p, b.path("no", "x")), iofs.ErrNotExist)
	b.absent(b.path("no"))
	b.holds(p, "one")
	b.holds(b.path("d", "f"), "in")
}

func remove(t *testing.T, b bed) {
	p := b.put("a", "one")
	d := b.mkdir("d")
	b.put("d/f", "in")
	b.fails(b.Remove(d))
	b.holds(b.path("d", "f"), "in")
	b.ok(b.Remove(p))
	b.absent(p)
	b.ok(b.Remove(b.path("d", "f")))
	b.ok(b.Remove(d))
	if names := b.names(b.root); len(names) > 0 {
		t.Errorf("left behind: %q", names)
	}
}

func removeAll(t *testing.T, b bed) {
	b.ok(b.MkdirAll(b.path("d", "e"), 0o755))
	b.put("d/e/f", "in")
	b.put("d2", "near")
	b.ok(b.Chmod(b.path("d", "e"), 0o555))
	b.ok(b.Chmod(b.path("d"), 0o555))
	b.ok(b.RemoveAll(b.path("d")))
	b.absent(b.path("d"))
	b.absent(b.path("d", "e", "f"))
	b.holds(b.path("d2"), "near")
	b.ok(b.RemoveAll(b.path("d2")))
	if names := b.names(b.root); len(names) > 0 {
		t.Errorf("left behind: %q", names)
	}
}

func exchange(t *testing.T, b bed) {
	p := b.put("a", "one")
	d := b.mkdir("d")
	b.put("d/f", "in")
	if !b.can("exchange", b.Exchange(p, d)) {
		return
	}
	b.holds(d, "one")
	b.holds(b.path("a", "f"), "in")
	b.is(b.Exchange(p, b.path("nothing")), iofs.ErrNotExist)
	b.holds(b.path("a", "f"), "in")
}

func links(t *testing.T, b bed) {
	p := b.put("a", "one")
	l := b.path("l")
	if !b.can("symbolic links", b.Symlink("a", l)) {
		return
	}
	target, err := b.Readlink(l)
	b.ok(err)
	if target != "a" {
		t.Errorf("target %q", target)
	}
	info, err := b.Lstat(l)
	b.ok(err)
	if !info.IsSymlink() {
		t.Errorf("Lstat of a link: %v", info.Mode)
	}
	through, err := b.Stat(l)
	b.ok(err)
	direct, err := b.Stat(p)
	b.ok(err)
	if through != direct {
		t.Errorf("Stat through a link: %+v, want %+v", through, direct)
	}
	b.holds(l, "one")
	_, err = b.Create(l, 0o644)
	b.is(err, iofs.ErrExist)
	b.is(b.Symlink("b", l), iofs.ErrExist)
	_, err = b.Readlink(p)
	b.fails(err)
	b.ok(b.Symlink("nowhere", b.path("m")))
	_, err = b.Stat(b.path("m"))
	b.is(err, iofs.ErrNotExist)
	b.ok(b.Symlink("loop", b.path("loop")))
	_, err = b.Stat(b.path("loop"))
	b.fails(err)
	entries, err := b.ReadDir(b.root)
	b.ok(err)
	if entries[1].Name != "l" || entries[1].Type != iofs.ModeSymlink {
		t.Errorf("listed as %+v", entries[1])
	}
	b.mkdir("d")
	b.put("d/f", "in")
	b.ok(b.Symlink("d", b.path("ld")))
	b.ok(b.RemoveAll(b.path("ld")))
	b.holds(b.path("d", "f"), "in")
}

func hardLinks(t *testing.T, b bed) {
	p, q := b.put("a", "one"), b.path("b")
	if !b.can("hard links", b.Link(p, q)) {
		return
	}
	x, err := b.Lstat(p)
	b.ok(err)
	y, err := b.Lstat(q)
	b.ok(err)
	if x != y || x.Nlink != 2 {
		t.Errorf("%+v and %+v", x, y)
	}
	b.is(b.Link(p, q), iofs.ErrExist)
}

func locks(t *testing.T, b bed) {
	p := b.path("lock")
	one, err := b.Lock(p, false, true)
	b.ok(err)
	two, err := b.Lock(p, false, false)
	b.ok(err)
	_, err = b.Lock(p, true, false)
	b.is(err, fs.ErrLocked)
	b.ok(one())
	_, err = b.Lock(p, true, false)
	b.is(err, fs.ErrLocked)
	b.ok(two())
	only, err := b.Lock(p, true, false)
	b.ok(err)
	_, err = b.Lock(p, false, false)
	b.is(err, fs.ErrLocked)
	other, err := b.Lock(b.path("other"), true, false)
	b.ok(err)
	b.ok(other())
	b.ok(only())
	again, err := b.Lock(p, true, true)
	b.ok(err)
	b.ok(again())
}

func locksWait(t *testing.T, b bed) {
	p := b.path("lock")
	var inside atomic.Int32
	done := make(chan error)
	for range 8 {
		go func() {
			unlock, err := b.Lock(p, true, true)
			if err == nil {
				if inside.Add(1) != 1 {
					t.Error("two hold an exclusive lock")
				}
				inside.Add(-1)
				err = unlock()
			}
			done <- err
		}()
	}
	for range 8 {
		b.ok(<-done)
	}
}
