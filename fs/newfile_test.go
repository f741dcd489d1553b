package fs_test

import (
	"bytes"
	"errors"
	iofs "io/fs"
	"testing"
	"time"

	"github.com/dewar-build/dewar/fs"
)

// onEvery runs a test on a disk, in memory, and where every call is made by itself.
func onEvery(t *testing.T, test func(t *testing.T, fsys fs.FS, dir string)) {
	memory := fs.Memory()
	for name, c := range map[string]struct {
		fsys fs.FS
		dir  string
	}{
		"os": {fs.OS(), t.TempDir()}, "memory": {memory, "/d"},
		"single calls": {fs.Faulty(fs.OS(), func(_, _ string) error { return nil }), t.TempDir()},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.fsys.MkdirAll(c.dir, 0o755); err != nil {
				t.Fatal(err)
			}
			test(t, c.fsys, c.dir)
		})
	}
}

func TestWriteNew(t *testing.T) {
	onEvery(t, func(t *testing.T, fsys fs.FS, dir string) {
		at := time.Unix(946684800, 0)
		for name, b := range map[string][]byte{"empty": nil, "small": []byte("small"), "large": bytes.Repeat([]byte("0123456789"), 1<<18)} {
			if err := fs.WriteNew(fsys, dir+"/"+name, b, 0o444, at); err != nil {
				t.Fatal(err)
			}
			got, err := fs.ReadFile(fsys, dir+"/"+name)
			if err != nil || !bytes.Equal(got, b) {
				t.Errorf("%s: %d bytes, %v", name, len(got), err)
			}
			info, err := fsys.Lstat(dir + "/" + name)
			if err != nil || info.Mode.Perm() != 0o444 || info.MTime != at.UnixNano() {
				t.Errorf("%s: %+v, %v", name, info, err)
			}
		}
		if err := fs.WriteNew(fsys, dir+"/small", []byte("other"), 0o644, at); !errors.Is(err, iofs.ErrExist) {
			t.Errorf("over another: %v", err)
		}
		if b, _ := fs.ReadFile(fsys, dir+"/small"); string(b) != "small" {
			t.Errorf("the other is %q now", b)
		}
		if err := fs.WriteNew(fsys, dir+"/none/x", nil, 0o644, at); !errors.Is(err, iofs.ErrNotExist) {
			t.Errorf("where there is no directory: %v", err)
		}
		if err := fs.WriteNew(fsys, dir+"/now", nil, 0o644, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if info, err := fsys.Lstat(dir + "/now"); err != nil || info.MTime < time.Now().Add(-time.Hour).UnixNano() {
			t.Errorf("without a time: %+v, %v", info, err)
		}
	})
}

// TestWriteNew_faults: what cannot be written whole is not there.
func TestWriteNew_faults(t *testing.T) {
	for _, fails := range []string{"create", "write", "close", "chtimes"} {
		dir := t.TempDir()
		fsys := fs.Faulty(fs.OS(), func(op, _ string) error {
			if op == fails {
				return errors.New("no")
			}
			return nil
		})
		if err := fs.WriteNew(fsys, dir+"/x", []byte("x"), 0o644, time.Unix(1, 0)); err == nil {
			t.Errorf("%s: no error", fails)
		}
		if _, err := fs.OS().Lstat(dir + "/x"); !errors.Is(err, iofs.ErrNotExist) {
			t.Errorf("%s: it is there: %v", fails, err)
		}
	}
}

func TestReadUpTo(t *testing.T) {
	onEvery(t, func(t *testing.T, fsys fs.FS, dir string) {
		if err := fs.WriteFile(fsys, dir+"/x", []byte("01234")); err != nil {
			t.Fatal(err)
		}
		for size, want := range map[int]string{0: "", 3: "012", 5: "01234", 9: "01234"} {
			buf := make([]byte, size)
			n, err := fs.ReadUpTo(fsys, dir+"/x", buf)
			if err != nil || string(buf[:n]) != want {
				t.Errorf("%d: %q, %v", size, buf[:n], err)
			}
		}
		for _, name := range []string{"/none", "/x/below"} {
			if _, err := fs.ReadUpTo(fsys, dir+name, make([]byte, 1)); !errors.Is(err, iofs.ErrNotExist) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestRenameFile(t *testing.T) {
	onEvery(t, func(t *testing.T, fsys fs.FS, dir string) {
		for name, text := range map[string]string{"a": "a", "b": "b"} {
			if err := fs.WriteFile(fsys, dir+"/"+name, []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		if err := fs.RenameFile(fsys, dir+"/a", dir+"/b"); err != nil {
			t.Fatal(err)
		}
		if b, err := fs.ReadFile(fsys, dir+"/b"); err != nil || string(b) != "a" {
			t.Errorf("%q, %v", b, err)
		}
		if err := fs.RenameFile(fsys, dir+"/a", dir+"/c"); !errors.Is(err, iofs.ErrNotExist) {
			t.Errorf("what is not there: %v", err)
		}
		if err := fs.RenameFile(fsys, dir+"/b", dir+"/none/b"); !errors.Is(err, iofs.ErrNotExist) {
			t.Errorf("where there is no directory: %v", err)
		}
	})
}
