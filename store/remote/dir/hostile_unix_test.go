//go:build unix

package dir_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/dir"
)

// TestLinks: symbolic links in a remote lead nowhere, and nothing is read or
// written through them.
func TestLinks(t *testing.T) {
	at := t.TempDir()
	b := onDisk(at)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.WriteFile(at+"/secret", []byte("secret"), 0o600))
	must(os.MkdirAll(at+"/outside", 0o755))
	must(os.WriteFile(at+"/outside/x", []byte("secret"), 0o600))
	must(os.MkdirAll(at+"/share/cas/aa", 0o755))
	must(os.Symlink(at+"/secret", at+"/share/cas/aa/link"))
	must(os.Symlink(at+"/outside", at+"/share/cas/bb"))
	must(os.Symlink(at+"/outside", at+"/share/packs"))
	must(syscall.Mkfifo(at+"/share/cas/aa/fifo", 0o644))

	sizes, err := b.Place.Stat(t.Context(), []string{"cas/aa/link", "cas/aa/fifo"})
	if err != nil || sizes[0] != remote.Absent || sizes[1] != remote.Absent {
		t.Errorf("stat: %v, %v", sizes, err)
	}
	for _, name := range []string{"cas/aa/link", "cas/aa/fifo"} {
		if err := b.Place.Get(t.Context(), name, at+"/got", 0, 6, nil); !errors.Is(err, remote.ErrAbsent) {
			t.Errorf("get %s: %v", name, err)
		}
	}
	if err := b.Place.Get(t.Context(), "cas/bb/x", at+"/got", 0, 6, nil); !errors.Is(err, remote.ErrConfig) {
		t.Errorf("get through a link: %v", err)
	}
	must(os.WriteFile(at+"/new", []byte("new"), 0o600))
	if err := b.Place.Put(t.Context(), "cas/bb/new", at+"/new", 3, nil); !errors.Is(err, remote.ErrConfig) {
		t.Errorf("put through a link: %v", err)
	}
	must(b.Place.Put(t.Context(), "cas/aa/link", at+"/new", 3, nil)) // the link itself is replaced
	if err := b.Place.Remove(t.Context(), []string{"cas/bb/x"}); !errors.Is(err, remote.ErrConfig) {
		t.Errorf("remove through a link: %v", err)
	}
	must(b.Place.List(t.Context(), "cas", func(o remote.Object) error {
		if o.Name != "cas/aa/link" {
			t.Errorf("listed: %s", o.Name)
		}
		return nil
	}))
	if err := b.Place.List(t.Context(), "packs", func(remote.Object) error { return nil }); !errors.Is(err, remote.ErrConfig) {
		t.Errorf("list through a link: %v", err)
	}
	if text, err := os.ReadFile(at + "/secret"); string(text) != "secret" {
		t.Errorf("the file outside holds %q, %v", text, err)
	}
	if left, _ := filepath.Glob(at + "/outside/*"); len(left) != 1 {
		t.Errorf("outside there are %v", left)
	}
}

// TestErrors: what a filesystem refuses is said in the words of places.
func TestErrors(t *testing.T) {
	const small, large = 3, 100 << 10 // they are copied in different ways
	for _, c := range []struct {
		op   string
		size int
		err  error
		want error
	}{
		{"create", small, syscall.EACCES, remote.ErrDenied}, {"clone", large, syscall.EROFS, remote.ErrReadOnly},
		{"write", small, syscall.ENOSPC, remote.ErrFull}, {"clone", large, syscall.EDQUOT, remote.ErrFull},
		{"rename", small, syscall.ENOSPC, remote.ErrFull}, {"rename", large, syscall.ESTALE, remote.ErrUnreachable},
		{"mkdir", small, syscall.EACCES, remote.ErrDenied},
	} {
		at := t.TempDir()
		faulty := fs.Faulty(fs.OS(), func(op, path string) error {
			if op == c.op && filepath.Dir(path) != at {
				return c.err
			}
			return nil
		})
		os.WriteFile(at+"/new", make([]byte, c.size), 0o600)
		err := dir.New(faulty, at+"/share").Put(t.Context(), "cas/aa/x", at+"/new", int64(c.size), nil)
		if !errors.Is(err, c.want) || !errors.Is(err, c.err) {
			t.Errorf("%s with %v: %v", c.op, c.err, err)
		}
		if left, _ := filepath.Glob(at + "/share/cas/aa/.*"); len(left) > 0 {
			t.Errorf("%s with %v leaves %v", c.op, c.err, left)
		}
	}
}

// TestHere: what this machine cannot write is not the place's fault.
func TestHere(t *testing.T) {
	at := t.TempDir()
	b := onDisk(at)
	os.WriteFile(at+"/new", []byte("new"), 0o600)
	if err := b.Place.Put(t.Context(), "cas/aa/x", at+"/new", 3, nil); err != nil {
		t.Fatal(err)
	}
	full := dir.New(fs.Faulty(fs.OS(), func(op, path string) error {
		if op == "write" && path == at+"/got" {
			return syscall.ENOSPC
		}
		return nil
	}), at+"/share")
	err := full.Get(t.Context(), "cas/aa/x", at+"/got", 0, 3, nil)
	if !errors.Is(err, remote.ErrHere) || errors.Is(err, remote.ErrFull) {
		t.Errorf("%v", err)
	}
}

// TestNotMounted: a directory whose parent is missing is not made up.
func TestNotMounted(t *testing.T) {
	at := t.TempDir()
	p := dir.New(fs.OS(), at+"/mnt/share")
	os.WriteFile(at+"/new", []byte("new"), 0o600)
	if err := p.Put(t.Context(), "cas/aa/x", at+"/new", 3, nil); !errors.Is(err, remote.ErrNoPlace) {
		t.Errorf("put: %v", err)
	}
	if _, err := p.Stat(t.Context(), []string{"version"}); !errors.Is(err, remote.ErrNoPlace) {
		t.Errorf("stat: %v", err)
	}
	if _, err := os.Lstat(at + "/mnt"); err == nil {
		t.Error("it was made")
	}
}

// TestTidy: what a writer that died has left goes when it is old.
func TestTidy(t *testing.T) {
	at := t.TempDir()
	b := onDisk(at)
	os.MkdirAll(at+"/share/cas/aa", 0o755)
	now := time.Now()
	for name, age := range map[string]time.Duration{".tmp-old": 48 * time.Hour, ".tmp-new": 0, "object": 48 * time.Hour, ".other": 48 * time.Hour} {
		name = at + "/share/cas/aa/" + name
		os.WriteFile(name, nil, 0o644)
		os.Chtimes(name, now, now.Add(-age))
	}
	if err := b.Place.(remote.Tidier).Tidy(t.Context(), now.Add(-24*time.Hour).UnixNano()); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(at + "/share/cas/aa/*")
	if len(left) != 3 {
		t.Errorf("left: %v", left)
	}
}
