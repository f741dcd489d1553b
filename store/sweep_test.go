package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

// TestSweep: what a process that was killed has left is removed by the next
// that executes something; what belongs to a living one is not.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	open := func() *store.Store {
		s, err := store.Open(fs.OS(), dir, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	temp := func(s *store.Store) string {
		at, _, err := s.TempDir()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(at, "deep"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(at, "deep"), 0o500); err != nil {
			t.Fatal(err)
		}
		return at
	}
	living, dead := open(), open()
	ours, theirs := temp(living), temp(dead)
	// Closing gives the lock back, as death does; only that it removes the file.
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}
	id := filepath.Base(theirs)[:12]
	for _, left := range []string{"tmp/" + id + ".live", "trash/" + id + "-7", "tmp/unrelated"} {
		os.MkdirAll(filepath.Dir(filepath.Join(dir, left)), 0o777)
		if err := os.WriteFile(filepath.Join(dir, left), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	os.MkdirAll(filepath.Join(dir, "trees/."+id+"-3/x"), 0o777)
	third := open()
	mine := temp(third)
	for at, want := range map[string]bool{
		ours: true, mine: true, theirs: false,
		dir + "/tmp/" + id + ".live": false, dir + "/trash/" + id + "-7": false, dir + "/trees/." + id + "-3": false,
		dir + "/tmp/unrelated": true,
	} {
		if _, err := os.Lstat(at); (err == nil) != want {
			t.Errorf("%s is there: %t, want %t", at, err == nil, want)
		}
	}
	if err := os.RemoveAll(mine); err != nil {
		t.Fatal(err)
	}
	if err := third.Close(); err != nil {
		t.Error(err)
	}
	if err := living.Close(); err != nil { // it leaves something: its file stays, so that the next one comes for it
		t.Error(err)
	}
	last := open()
	_, remove, err := last.TempDir()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(ours); err == nil {
		t.Errorf("%s is still there", ours)
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	if err := last.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(dir + "/tmp/*.live"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
