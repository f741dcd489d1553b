package fs_test

import (
	"bytes"
	"fmt"
	"math/rand"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// later is a moment at which every file of a test is clean.
var later = fs.Moment{At: 1 << 60, Grain: 1}

func info(n int) fs.Info {
	return fs.Info{Mode: 0o644, Size: int64(len(name(n))), MTime: int64(n + 1), CTime: int64(n + 2), Ino: uint64(n + 3)}
}
func name(n int) string           { return fmt.Sprintf("data/dir%04d/file-%07d.csv", n/100, n) }
func content(n int) digest.Digest { return digest.Of([]byte(name(n))) }

func open(t testing.TB, fsys fs.FS, dir string) *fs.Index {
	t.Helper()
	x, err := fs.OpenIndex(fsys, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func record(x *fs.Index, from, to int) {
	for _, n := range rand.New(rand.NewSource(1)).Perm(to - from) {
		x.Record(name(from+n), info(from+n), content(from+n), later)
	}
}

func knows(t testing.TB, x *fs.Index, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		if d, ok := x.Lookup(name(n), info(n)); !ok || d != content(n) {
			t.Fatalf("%s: %v %v", name(n), d, ok)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func filesystems(t *testing.T, test func(t *testing.T, fsys fs.FS, dir string)) {
	t.Run("os", func(t *testing.T) { test(t, fs.OS(), t.TempDir()) })
	t.Run("memory", func(t *testing.T) { test(t, fs.Memory(), "/") })
}

// The index knows what it was told, across saves into the journal, rewrites and
// new processes.
func TestIndexRemembers(t *testing.T) {
	filesystems(t, func(t *testing.T, fsys fs.FS, dir string) {
		dir = filepath.Join(dir, "new", "dewar")
		for _, upTo := range []int{0, 10, 20, 5000, 5010, 5020, 12000} {
			x := open(t, fsys, dir)
			record(x, x.Len(), upTo)
			knows(t, x, 0, upTo)
			must(t, x.Save())
			knows(t, x, 0, upTo)
			must(t, x.Save())
			fresh := open(t, fsys, dir)
			knows(t, fresh, 0, upTo)
			if fresh.Len() != upTo || len(fresh.Warnings()) > 0 {
				t.Errorf("after %d: %d, %q", upTo, fresh.Len(), fresh.Warnings())
			}
			if _, ok := fresh.Lookup(name(upTo), info(upTo)); ok {
				t.Error("it knows what nobody told it")
			}
		}
	})
}

// Each field of the stat counts.
func TestIndexMisses(t *testing.T) {
	x := open(t, fs.Memory(), "/")
	record(x, 0, 1)
	for what, change := range map[string]func(*fs.Info){
		"size":  func(i *fs.Info) { i.Size++ },
		"mtime": func(i *fs.Info) { i.MTime++ },
		"ctime": func(i *fs.Info) { i.CTime++ },
		"inode": func(i *fs.Info) { i.Ino++ },
		"dev":   func(i *fs.Info) { i.Dev++ },
		"mode":  func(i *fs.Info) { i.Mode |= 0o111 },
	} {
		i := info(0)
		change(&i)
		if _, ok := x.Lookup(name(0), i); ok {
			t.Errorf("a change of %s goes unnoticed", what)
		}
	}
}

// A file that was written just before it was read is not believed the next
// time.
func TestIndexRacy(t *testing.T) {
	now := int64(1e18) + 5
	ms := int64(time.Millisecond)
	for _, c := range []struct {
		what  string
		info  fs.Info
		m     fs.Moment
		known bool
	}{
		{"long ago", fs.Info{MTime: now - 11*ms, CTime: now - 11*ms}, fs.Moment{At: now, Grain: 10 * ms}, true},
		{"just now", fs.Info{MTime: now - 10*ms, CTime: now - 11*ms}, fs.Moment{At: now, Grain: 10 * ms}, false},
		{"an old file put in place now", fs.Info{MTime: 1, CTime: now}, fs.Moment{At: now, Grain: 10 * ms}, false},
		{"on another device", fs.Info{MTime: now - 11*ms, CTime: 1, Dev: 7}, fs.Moment{At: now, Grain: 10 * ms}, false},
		{"on another device, long ago", fs.Info{MTime: 1, CTime: 1, Dev: 7}, fs.Moment{At: now, Grain: 10 * ms}, true},
		{"in the future", fs.Info{MTime: now + ms}, fs.Moment{At: now, Grain: 10 * ms}, false},
	} {
		x := open(t, fs.Memory(), "/")
		x.Record("a", c.info, digest.Empty, c.m)
		if _, ok := x.Lookup("a", c.info); ok != c.known {
			t.Errorf("%s: known is %v", c.what, ok)
		}
	}
}

// The moment is the filesystem's: a file made after it is never older.
func TestIndexNow(t *testing.T) {
	filesystems(t, func(t *testing.T, fsys fs.FS, dir string) {
		x := open(t, fsys, filepath.Join(dir, "sub"))
		m, err := x.Now()
		must(t, err)
		p := filepath.Join(dir, "after")
		must(t, fs.WriteFile(fsys, p, []byte("x")))
		i, err := fsys.Lstat(p)
		must(t, err)
		if i.MTime < m.At || i.Dev != m.Dev {
			t.Errorf("%+v before %+v", i, m)
		}
		entries, err := fsys.ReadDir(filepath.Join(dir, "sub"))
		must(t, err)
		if len(entries) > 0 {
			t.Errorf("left behind: %v", entries)
		}
	})
}

// Whatever byte of its files is wrong, an index never gives a wrong digest,
// says what happened, and works again after a save.
func TestIndexCorrupt(t *testing.T) {
	for _, file := range []string{"index", "index.log"} {
		mem := fs.Memory()
		x := open(t, mem, "/")
		record(x, 0, 5000)
		must(t, x.Save())
		record(x, 5000, 5100)
		must(t, x.Save())
		good, err := fs.ReadFile(mem, "/"+file)
		must(t, err)
		for _, damage := range []func(b []byte) []byte{
			func(b []byte) []byte { return b[:len(b)/2] },
			func(b []byte) []byte { return nil },
			func(b []byte) []byte { b[3] ^= 1; return b },
			func(b []byte) []byte { b[len(b)/3] ^= 1; return b },
			func(b []byte) []byte { b[len(b)-10] ^= 1; return b },
			func(b []byte) []byte { b[len(b)-70] ^= 1; return b },
			func(b []byte) []byte { return []byte(strings.Repeat("garbage ", len(b)/8)) },
		} {
			must(t, fs.WriteFile(mem, "/"+file, damage(bytes.Clone(good))))
			x := open(t, mem, "/")
			for n := range 5100 {
				if d, ok := x.Lookup(name(n), info(n)); ok && d != content(n) {
					t.Fatalf("%s: wrong digest", name(n))
				}
			}
			if file == "index" && len(x.Warnings()) == 0 {
				t.Error("no warning")
			}
			record(x, 0, 5200)
			must(t, x.Save())
			again := open(t, mem, "/")
			knows(t, again, 0, 5200)
			if len(again.Warnings()) > 0 {
				t.Errorf("after a save: %q", again.Warnings())
			}
			must(t, mem.RemoveAll("/index.log"))
			must(t, fs.WriteFile(mem, "/index", good))
			if file == "index.log" {
				must(t, mem.RemoveAll("/index.log.corrupt"))
			} else {
				must(t, mem.RemoveAll("/index.corrupt"))
			}
		}
	}
}

// A write that breaks off loses nothing that was saved before.
func TestIndexCrash(t *testing.T) {
	for _, op := range []string{"create", "write", "append", "rename", "remove", "lock", "close"} {
		mem := fs.Memory()
		x := open(t, mem, "/")
		record(x, 0, 5000)
		must(t, x.Save())
		record(x, 5000, 5010)
		must(t, x.Save())
		failing := fs.Faulty(mem, func(o, path string) error {
			if o == op {
				return fmt.Errorf("disk on fire")
			}
			return nil
		})
		y := open(t, failing, "/")
		record(y, 5010, 9500)
		y.Save()
		knows(t, open(t, mem, "/"), 0, 5010)
	}
}

// A journal cut short in the middle of a record keeps the records before it.
func TestIndexTorn(t *testing.T) {
	mem := fs.Memory()
	x := open(t, mem, "/")
	record(x, 0, 10)
	must(t, x.Save())
	b, err := fs.ReadFile(mem, "/index.log")
	must(t, err)
	must(t, fs.WriteFile(mem, "/index.log", b[:len(b)-5]))
	x = open(t, mem, "/")
	knows(t, x, 0, 9)
	record(x, 9, 20)
	must(t, x.Save())
	x = open(t, mem, "/")
	knows(t, x, 0, 20)
	if len(x.Warnings()) > 0 {
		t.Errorf("a crash is nothing to warn of: %q", x.Warnings())
	}
}

// Several indexes open at once: nothing that one saved is lost by another,
// also when the base is rewritten under it.
func TestIndexTogether(t *testing.T) {
	filesystems(t, func(t *testing.T, fsys fs.FS, dir string) {
		var all sync.WaitGroup
		const each = 3000
		for i := range 6 {
			x := open(t, fsys, dir)
			all.Add(1)
			go func() {
				defer all.Done()
				for from := i * each; from < (i+1)*each; from += 500 {
					record(x, from, from+500)
					if err := x.Save(); err != nil {
						t.Error(err)
					}
					x.Lookup(name(from), info(from))
				}
			}()
		}
		all.Wait()
		knows(t, open(t, fsys, dir), 0, 6*each)
	})
}

func TestIndexGoroutines(t *testing.T) {
	x := open(t, fs.OS(), t.TempDir())
	var all sync.WaitGroup
	for i := range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			for n := range 2000 {
				x.Record(name(n), info(n), content(n), later)
				if d, ok := x.Lookup(name(n), info(n)); !ok || d != content(n) {
					t.Error("lost")
					return
				}
				if n%500 == i {
					x.Save()
				}
			}
		}()
	}
	all.Wait()
}

func TestIndexPrune(t *testing.T) {
	mem := fs.Memory()
	x := open(t, mem, "/")
	record(x, 0, 5000)
	must(t, x.Save())
	record(x, 5000, 5100)
	must(t, x.Prune(func(p string) bool { return p < name(4000) }))
	x = open(t, mem, "/")
	knows(t, x, 0, 4000)
	if x.Len() != 4000 {
		t.Errorf("%d are left", x.Len())
	}
}

func TestIndexNil(t *testing.T) {
	var x *fs.Index
	x.Record("a", info(0), content(0), later)
	if _, ok := x.Lookup("a", info(0)); ok || x.Len() != 0 || x.Save() != nil || x.Close() != nil {
		t.Error("a nil index knows something")
	}
}
