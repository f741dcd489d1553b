package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

// TestIncoming: what arrives is locked, becomes a blob only if it is one, and is
// removed when nobody goes on with it.
func TestIncoming(t *testing.T) {
	fsys := fs.Memory()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := store.Open(fsys, "/s", store.Options{})
	must(err)
	d := digest.Of([]byte("blob"))
	name, unlock, err := s.Incoming(d)
	must(err)
	if _, _, err := s.Incoming(d); !errors.Is(err, fs.ErrLocked) {
		t.Errorf("locked twice: %v", err)
	}
	must(fs.WriteFile(fsys, name, []byte("blo")))
	killed := fs.TempName("/s/incoming")
	must(fs.WriteFile(fsys, killed, []byte("b")))
	if got, err := s.Adopt(name, d); err != nil || got != digest.Of([]byte("blo")) || s.Has(d) {
		t.Errorf("adopted: %s, %v", got, err)
	}
	later := time.Now().Add(time.Hour)
	s.SweepIncoming(later)
	if _, err := fsys.Lstat(name); err != nil {
		t.Errorf("swept while it is locked: %v", err)
	}
	if _, err := fsys.Lstat(killed); err == nil {
		t.Error("what a copy that was killed has left was not swept")
	}
	unlock()
	s.SweepIncoming(time.Now().Add(-time.Hour))
	if _, err := fsys.Lstat(name); err != nil {
		t.Errorf("swept while it is new: %v", err)
	}
	s.SweepIncoming(later)
	if _, err := fsys.Lstat(name); err == nil {
		t.Error("not swept")
	}
	must(fs.WriteFile(fsys, name, []byte("blob")))
	if got, err := s.Adopt(name, d); err != nil || got != d {
		t.Errorf("adopted: %s, %v", got, err)
	}
	if b, err := s.ReadAll(d, 0); string(b) != "blob" {
		t.Errorf("read %q, %v", b, err)
	}
}
