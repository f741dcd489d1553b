package lock_test

import (
	"errors"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
)

// onEach runs a test on the operating system's files and in memory.
func onEach(t *testing.T, f func(t *testing.T, fsys fs.FS, dir string)) {
	t.Run("os", func(t *testing.T) { f(t, fs.OS(), filepath.ToSlash(t.TempDir())) })
	t.Run("memory", func(t *testing.T) {
		fsys := fs.Memory()
		if err := fsys.MkdirAll("/p", 0o755); err != nil {
			t.Fatal(err)
		}
		f(t, fsys, "/p")
	})
}

func TestUpdate(t *testing.T) {
	onEach(t, func(t *testing.T, fsys fs.FS, dir string) {
		path, lockFile := dir+"/pipeline.lock", dir+"/lock"
		update := func(change func(*lock.Lock)) {
			t.Helper()
			if problems, err := lock.Update(fsys, path, lockFile, change); err != nil || problems != nil {
				t.Fatal(problems, err)
			}
		}
		update(func(*lock.Lock) {})
		if _, err := fsys.Lstat(path); err == nil {
			t.Error("an empty lock was written where there was none")
		}
		update(func(l *lock.Lock) { l.Put(entry("a", "1")) })
		before, err := fsys.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		update(func(l *lock.Lock) { l.Put(entry("a", "1")); l.SetOverrides(nil) })
		if after, _ := fsys.Lstat(path); after != before {
			t.Errorf("written although nothing changed: %+v, then %+v", before, after)
		}
		update(func(l *lock.Lock) { l.SetOverrides([]graph.Override{{Name: "x"}}) })
		b, err := fs.ReadFile(fsys, path)
		if err != nil {
			t.Fatal(err)
		}
		if l, _ := read(t, b); l.Entry("a") == nil || len(l.Overrides) != 1 {
			t.Errorf("the lock is %s", b)
		}
	})
}

func TestUpdateByManyLosesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, fsys fs.FS, dir string) {
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				_, err := lock.Update(fsys, dir+"/pipeline.lock", dir+"/lock", func(l *lock.Lock) { l.Put(entry(strconv.Itoa(i), "1")) })
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		b, err := fs.ReadFile(fsys, dir+"/pipeline.lock")
		if err != nil {
			t.Fatal(err)
		}
		if l, problems := read(t, b); len(l.Entries) != 20 || problems != nil {
			t.Errorf("%d entries, problems %v", len(l.Entries), problems)
		}
	})
}

func TestUpdateHealsAndRefuses(t *testing.T) {
	onEach(t, func(t *testing.T, fsys fs.FS, dir string) {
		path := dir + "/pipeline.lock"
		put := func(text string) {
			if err := fs.WriteFile(fsys, path, []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		put("{\"dewar_lock\":1}\ndamaged\n")
		if problems, err := lock.Update(fsys, path, dir+"/lock", func(l *lock.Lock) { l.Put(entry("a", "1")) }); err != nil || len(problems) != 1 {
			t.Fatal(problems, err)
		}
		b, _ := fs.ReadFile(fsys, path)
		if _, problems := read(t, b); problems != nil {
			t.Error("still", problems)
		}
		put("{\"dewar_lock\":9}\n")
		_, err := lock.Update(fsys, path, dir+"/lock", func(*lock.Lock) { t.Error("called on a lock of a newer version") })
		var newer *lock.VersionError
		if !errors.As(err, &newer) || newer.Version != 9 {
			t.Errorf("error %v", err)
		}
	})
}
