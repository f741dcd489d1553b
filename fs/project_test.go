package fs_test

import (
	"encoding/json"
	"errors"
	iofs "io/fs"
	"path/filepath"
	"testing"
	"time"

	"github.com/dewar-build/dewar/fs"
	"github.com/google/go-cmp/cmp"
)

func TestCleanProjectPath(t *testing.T) {
	for _, c := range []struct {
		base, p, want string
		problem       fs.PathProblem
	}{
		{".", "a/b", "a/b", 0},
		{".", "./a//b/", "a/b", 0},
		{".", ".", ".", 0},
		{"p", "a", "p/a", 0},
		{"p", "../q/a", "q/a", 0},
		{"p", "..", ".", 0},
		{".", "a b\nc", "a b\nc", 0},
		{".", "..a", "..a", 0},
		{".", "..", "", fs.PathEscapes},
		{"p", "../../a", "", fs.PathEscapes},
		{"p", "a/../../../p/a", "", fs.PathEscapes},
		{"p", "", "", fs.PathEmpty},
		{"p", "/etc/passwd", "", fs.PathAbsolute},
		{"p", "a\x00b", "", fs.PathNUL},
		{"p", "a\xffb", "", fs.PathNotUTF8},
	} {
		got, err := fs.CleanProjectPath(c.base, c.p)
		var bad *fs.BadPath
		if errors.As(err, &bad) != (c.problem != 0) || bad != nil && bad.Problem != c.problem || got != c.want {
			t.Errorf("%q in %q: %q, %v", c.p, c.base, got, err)
		}
	}
	if fs.IsNFC("e\u0301") || !fs.IsNFC("é") {
		t.Error("normalization")
	}
}

// A project is read by way of its own links, never by way of those that leave it.
func TestProjectConfines(t *testing.T) {
	dir := t.TempDir()
	tree(t, fs.OS(), dir, map[string]string{
		"secret": "s", "p/a": "one", "p/d/b": "two", "p/in -> d": "", "p/d/up -> ../a": "", "p/out -> ../secret": "",
		"p/abs -> " + dir + "/secret": "", "p/outdir -> ..": "", "p/chain -> outdir/secret": "", "p/self -> .": "", "p/dang -> nothing": "",
	})
	p := fs.NewProject(fs.OS(), filepath.Join(dir, "p"))
	for name, want := range map[string]string{"a": "one", "in/b": "two", "in/up": "one", "self/self/d/up": "one", "d/../a": "one"} {
		if b, err := p.ReadFile(name); err != nil || string(b) != want {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	for _, name := range []string{"out", "abs", "outdir/secret", "chain", "in/../../secret", "../secret", "/etc/passwd", "outdir"} {
		_, err := p.ReadFile(name)
		var bad *fs.BadPath
		if !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := p.Stat(name); !errors.As(err, &bad) {
			t.Errorf("stat %s: %v", name, err)
		}
		if _, err := p.ReadDir(name); !errors.As(err, &bad) {
			t.Errorf("list %s: %v", name, err)
		}
	}
	for _, name := range []string{"nothing", "a/b", "dang", "nothing/at/all"} {
		if _, err := p.ReadFile(name); !errors.Is(err, iofs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if i, err := p.Lstat("out"); err != nil || !i.IsSymlink() {
		t.Errorf("a link itself may be looked at: %v", err)
	}
	if i, err := p.Stat("."); err != nil || !i.IsDir() {
		t.Error(err)
	}
}

// look reads what an evaluation would.
func look(v fs.View) {
	v.ReadFile("a")
	v.ReadFile("missing")
	v.ReadDir("d")
	v.ReadDir("nodir")
	fs.ReadDirEnding(v, "n", ".e")
	fs.ReadDirEnding(v, "n", ".no")
	v.Stat("d/x")
	v.Lstat("d/x")
	v.Stat("nostat")
}

// A trace holds until something in it would be answered differently, and what
// it does not mention does not matter.
func TestTraceHolds(t *testing.T) {
	for _, c := range []struct {
		what   string
		change func(t *testing.T, fsys fs.FS, at func(string) string)
		holds  bool
	}{
		{"nothing", func(t *testing.T, f fs.FS, at func(string) string) {}, true},
		{"another file", func(t *testing.T, f fs.FS, at func(string) string) { must(t, fs.WriteFile(f, at("z"), nil)) }, true},
		{"the same bytes", func(t *testing.T, f fs.FS, at func(string) string) { must(t, fs.WriteFile(f, at("a"), []byte("one"))) }, true},
		{"only a time", func(t *testing.T, f fs.FS, at func(string) string) { must(t, f.Chtimes(at("a"), time.Unix(5, 0))) }, true},
		{"bytes of a file in a listing", func(t *testing.T, f fs.FS, at func(string) string) { must(t, fs.WriteFile(f, at("d/x"), []byte("X"))) }, true},
		{"a file", func(t *testing.T, f fs.FS, at func(string) string) { must(t, fs.WriteFile(f, at("a"), []byte("uno"))) }, false},
		{"a file's length", func(t *testing.T, f fs.FS, at func(string) string) { must(t, fs.WriteFile(f, at("a"), []byte("ones"))) }, false},
		{"a file gone", func(t *testing.T, f fs.FS, at func(string) string) { must(t, f.Remove(at("a"))) }, false},
		{"a file a directory", func(t *testing.T, f fs.FS, at func(string) string) {
			must(t, f.Remove(at("a")))
			must(t, f.Mkdir(at("a"), 0o755))
		}, false},
		{"a missing file there", func(t *testing.T, f fs.FS, at func(string) string) { must(t, fs.WriteFile(f, at("missing"), nil)) }, false},
		{"a new name in a listing", func(t *testing.T, f fs.FS, at func(string) string) { must(t, fs.WriteFile(f, at("d/y"), nil)) }, false},
		{"a new name without the ending", func(t *testing.T, f fs.FS, at func(string) string) {
			must(t, fs.WriteFile(f, at("n/y"), nil))
			must(t, f.Mkdir(at("n/z"), 0o755))
		}, true},
		{"a new name with the ending", func(t *testing.T, f fs.FS, at func(string) string) { must(t, fs.WriteFile(f, at("n/z.e"), nil)) }, false},
		{"a type of a name with the ending", func(t *testing.T, f fs.FS, at func(string) string) {
			must(t, f.Remove(at("n/x.e")))
			must(t, f.Mkdir(at("n/x.e"), 0o755))
		}, false},
		{"a directory of which an ending was listed gone", func(t *testing.T, f fs.FS, at func(string) string) { must(t, f.RemoveAll(at("n"))) }, false},
		{"a type in a listing", func(t *testing.T, f fs.FS, at func(string) string) {
			must(t, f.Remove(at("d/x")))
			must(t, f.Mkdir(at("d/x"), 0o755))
		}, false},
		{"a listing gone", func(t *testing.T, f fs.FS, at func(string) string) { must(t, f.RemoveAll(at("d"))) }, false},
		{"a missing directory there", func(t *testing.T, f fs.FS, at func(string) string) { must(t, f.Mkdir(at("nodir"), 0o755)) }, false},
		{"an executable bit", func(t *testing.T, f fs.FS, at func(string) string) { must(t, f.Chmod(at("d/x"), 0o755)) }, false},
		{"something where nothing was", func(t *testing.T, f fs.FS, at func(string) string) { must(t, fs.WriteFile(f, at("nostat"), nil)) }, false},
	} {
		filesystems(t, func(t *testing.T, fsys fs.FS, dir string) {
			at := func(p string) string { return filepath.Join(dir, p) }
			tree(t, fsys, dir, map[string]string{"a": "one", "d/x": "ex", "n/x.e": ""})
			view := fs.NewProject(fsys, dir)
			x := open(t, fsys, at(".dewar"))
			r := fs.NewRecorder(view)
			look(r)
			look(r)
			trace := reread(t, r.Trace())
			for range 2 {
				if !trace.Holds(view, x) || !trace.Holds(view, nil) {
					t.Fatalf("it does not hold at once: %+v", trace)
				}
			}
			c.change(t, fsys, at)
			if trace.Holds(view, x) != c.holds || trace.Holds(view, nil) != c.holds {
				t.Errorf("after a change of %s: holds is %v", c.what, !c.holds)
			}
		})
	}
}

func reread(t *testing.T, trace fs.Trace) (again fs.Trace) {
	t.Helper()
	b, err := json.Marshal(trace)
	must(t, err)
	must(t, json.Unmarshal(b, &again))
	if diff := cmp.Diff(trace, again); diff != "" {
		t.Error(diff)
	}
	return again
}

// With the index a trace that holds reads no file.
func TestTraceReadsNothing(t *testing.T) {
	mem := fs.Memory()
	tree(t, mem, "/", map[string]string{"a": "one", "d/x": "ex"})
	x := open(t, mem, "/.dewar")
	age(t, mem, "/", x, "a")
	opened := 0
	view := fs.NewProject(fs.Faulty(mem, func(op, p string) error {
		if op == "open" {
			opened++
		}
		return nil
	}), "/")
	r := fs.NewRecorder(view)
	look(r)
	trace := r.Trace()
	opened = 0
	for range 3 {
		if !trace.Holds(view, x) {
			t.Error("it does not hold")
		}
	}
	if opened != 1 {
		t.Errorf("%d files were opened", opened)
	}
}

// What a Recorder hands on and does not remember, an evaluation cannot use.
func TestRecorderHidesTimes(t *testing.T) {
	mem := fs.Memory()
	tree(t, mem, "/", map[string]string{"a": "one"})
	i, err := fs.NewRecorder(fs.NewProject(mem, "/")).Stat("a")
	must(t, err)
	if diff := cmp.Diff(fs.Info{Mode: 0o444}, i); diff != "" {
		t.Error(diff)
	}
}

// A file that changes during the evaluation, or cannot be read, leaves a trace
// that never holds.
func TestTraceBroken(t *testing.T) {
	mem := fs.Memory()
	tree(t, mem, "/", map[string]string{"a": "one"})
	view := fs.NewProject(mem, "/")
	r := fs.NewRecorder(view)
	r.ReadFile("a")
	must(t, fs.WriteFile(mem, "/a", []byte("two")))
	r.ReadFile("a")
	if r.Trace().Holds(view, nil) {
		t.Error("it holds though the file changed in between")
	}
	r = fs.NewRecorder(view)
	r.ReadFile("../a")
	if r.Trace().Holds(view, nil) {
		t.Error("it holds though a read failed")
	}
}

func TestWriteFile(t *testing.T) {
	for _, op := range []string{"create", "write", "close", "rename"} {
		mem := fs.Memory()
		must(t, fs.WriteFile(mem, "/a", []byte("old")))
		fsys := fs.Faulty(mem, func(o, p string) error {
			if o == op {
				return errors.New("disk full")
			}
			return nil
		})
		if err := fs.WriteFile(fsys, "/a", []byte("new")); err == nil {
			t.Errorf("%s: no error", op)
		}
		b, err := fs.ReadFile(mem, "/a")
		must(t, err)
		entries, err := mem.ReadDir("/")
		must(t, err)
		if string(b) != "old" || len(entries) != 1 {
			t.Errorf("%s: %q, %v", op, b, entries)
		}
	}
}
