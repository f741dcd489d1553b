package checkout_test

import (
	"context"
	"errors"
	iofs "io/fs"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
	"github.com/dewar-build/dewar/store/checkout"
)

// project is a workspace with a store.
type project struct {
	*testing.T
	fs    fs.FS
	root  string
	store *store.Store
	index *fs.Index
}

// onEach runs a test on the operating system's files and in memory.
func onEach(t *testing.T, f func(p *project)) {
	t.Run("os", func(t *testing.T) { f(newProject(t, fs.OS(), filepath.ToSlash(t.TempDir()))) })
	t.Run("memory", func(t *testing.T) { f(newProject(t, fs.Memory(), "/p")) })
}

func newProject(t *testing.T, fsys fs.FS, root string) *project {
	p := &project{T: t, fs: fsys, root: root}
	p.must(fsys.MkdirAll(root+"/.dewar", 0o755))
	var err error
	p.store, err = store.Open(fsys, root+"/.dewar/cache", store.Options{})
	p.must(err)
	p.index, err = fs.OpenIndex(fsys, root+"/.dewar")
	p.must(err)
	return p
}

func (p *project) must(errs ...error) {
	p.Helper()
	if err := errors.Join(errs...); err != nil {
		p.Fatal(err)
	}
}

func (p *project) write(name, text string) {
	p.Helper()
	p.must(p.fs.MkdirAll(filepath.ToSlash(filepath.Dir(p.root+"/"+name)), 0o755))
	p.must(fs.WriteFile(p.fs, p.root+"/"+name, []byte(text)))
}

// file stores a text and returns it as content; unstored does not store it.
func (p *project) file(text string) digest.Content {
	p.Helper()
	d, err := p.store.Put([]byte(text))
	p.must(err)
	return digest.Content{Kind: digest.File, Digest: d}
}

func unstored(text string) digest.Content {
	return digest.Content{Kind: digest.File, Digest: digest.Of([]byte(text))}
}

// tree stores a directory of files; a name that ends in "*" is executable.
func (p *project) tree(files map[string]string) digest.Content {
	p.Helper()
	var dir digest.Dir
	subs := make(map[string]map[string]string)
	for name, text := range files {
		if top, rest, ok := strings.Cut(name, "/"); ok {
			if subs[top] == nil {
				subs[top] = make(map[string]string)
			}
			subs[top][rest] = text
			continue
		}
		name, exec := strings.CutSuffix(name, "*")
		dir.Files = append(dir.Files, digest.FileEntry{Name: name, Exec: exec, Digest: p.file(text).Digest})
	}
	for name, sub := range subs {
		dir.Dirs = append(dir.Dirs, digest.DirEntry{Name: name, Digest: p.tree(sub).Digest})
	}
	dir.Sort()
	d, err := p.store.PutDirectory(dir.Encode())
	p.must(err)
	return digest.Content{Kind: digest.Directory, Digest: d}
}

func (p *project) try(items ...checkout.Item) (checkout.Report, error) {
	plan := checkout.Plan{Root: p.root, Kept: p.root + "/.dewar/kept", Items: items}
	now := func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
	return checkout.Checkout(context.Background(), plan, checkout.Deps{FS: p.fs, Store: p.store, Index: p.index, Now: now})
}

func (p *project) checkout(items ...checkout.Item) checkout.Report {
	p.Helper()
	r, err := p.try(items...)
	p.must(err)
	if left, err := p.fs.ReadDir(p.root + "/.dewar/tmp"); err != nil || len(left) > 0 {
		p.Errorf("left behind: %v, %v", left, err)
	}
	return r
}

// holds compares the whole workspace, .dewar aside, with files by path; "dir/" is an empty
// directory, "path*" an executable file.
func (p *project) holds(want map[string]string) {
	p.Helper()
	got := make(map[string]string)
	p.list("", got)
	if diff := cmp.Diff(want, got); diff != "" {
		p.Error(diff)
	}
}

func (p *project) list(dir string, into map[string]string) {
	p.Helper()
	entries, err := p.fs.ReadDir(strings.TrimSuffix(p.root+"/"+dir, "/"))
	p.must(err)
	if len(entries) == 0 {
		into[dir] = ""
	}
	for _, e := range entries {
		name := dir + e.Name
		switch {
		case name == ".dewar":
		case e.Type.IsDir():
			p.list(name+"/", into)
		case !e.Type.IsRegular():
			target, err := p.fs.Readlink(p.root + "/" + name)
			p.must(err)
			into[name] = "-> " + target
		default:
			b, err := fs.ReadFile(p.fs, p.root+"/"+name)
			p.must(err)
			info, err := p.fs.Lstat(p.root + "/" + name)
			p.must(err)
			if info.Exec() {
				name += "*"
			}
			into[name] = string(b)
		}
	}
}

// kept compares what a report says was kept, and the bytes that are there.
func (p *project) kept(r checkout.Report, want map[string]string) {
	p.Helper()
	got := make(map[string]string)
	for _, k := range r.Kept {
		b, err := fs.ReadFile(p.fs, k.Where)
		if k.Kind == "a file" {
			p.must(err)
			if k.Digest != digest.Of(b) {
				p.Errorf("%s: the digest is not that of the bytes", k.Path)
			}
		}
		got[k.Path] = string(b)
	}
	if diff := cmp.Diff(want, got, cmp.Transformer("none", func(m map[string]string) map[string]string {
		if m == nil {
			return map[string]string{}
		}
		return m
	})); diff != "" {
		p.Error("kept:", diff)
	}
	if !sort.SliceIsSorted(r.Kept, func(i, j int) bool { return r.Kept[i].Path < r.Kept[j].Path }) {
		p.Error("what was kept is not sorted")
	}
}

func item(path string, c digest.Content) checkout.Item { return checkout.Item{Path: path, Content: c} }

func TestFiles(t *testing.T) {
	onEach(t, func(p *project) {
		exec := p.file("run")
		exec.Exec = true
		items := []checkout.Item{item("build/a/x", p.file("one")), item("build/b", exec), item("c", p.file(""))}
		r := p.checkout(items...)
		if r.Written != 3 || r.Unchanged != 0 || r.Removed != 0 {
			t.Errorf("first: %+v", r)
		}
		p.holds(map[string]string{"build/a/x": "one", "build/b*": "run", "c": ""})
		before, err := p.fs.Lstat(p.root + "/build/a/x")
		p.must(err)
		r = p.checkout(items...)
		if r.Written != 0 || r.Unchanged != 3 {
			t.Errorf("second: %+v", r)
		}
		if after, _ := p.fs.Lstat(p.root + "/build/a/x"); after != before {
			t.Errorf("an unchanged file was touched: %+v, %+v", before, after)
		}
		r = p.checkout(item("build/a/x", p.file("two")))
		p.kept(r, nil)
		p.holds(map[string]string{"build/a/x": "two", "build/b*": "run", "c": ""})
	})
}

// TestTheIndexKnowsWhatWasWritten: the next run hashes nothing.
func TestTheIndexKnowsWhatWasWritten(t *testing.T) {
	onEach(t, func(p *project) {
		one := p.file("one")
		p.checkout(item("f", one), item("d", p.tree(map[string]string{"g": "one", "s/h": "one"})))
		for _, name := range []string{"f", "d/g", "d/s/h"} {
			info, err := p.fs.Lstat(p.root + "/" + name)
			p.must(err)
			if d, ok := p.index.Lookup(name, info); !ok || d != one.Digest {
				t.Errorf("%s is not in the index", name)
			}
		}
	})
}

func TestExecutableBitOnly(t *testing.T) {
	onEach(t, func(p *project) {
		c := p.file("run")
		p.checkout(item("x", c))
		c.Exec = true
		if r := p.checkout(item("x", c)); r.Unchanged != 1 {
			t.Errorf("%+v", r)
		}
		p.holds(map[string]string{"x*": "run"})
		c.Exec = false
		p.checkout(item("x", c))
		p.holds(map[string]string{"x": "run"})
	})
}

func TestUnknownBytesAreKept(t *testing.T) {
	onEach(t, func(p *project) {
		p.write("build/model", "edited by hand")
		p.write("build/same", "size")
		r := p.checkout(item("build/model", p.file("made")), item("build/same", p.file("SIZE")))
		p.holds(map[string]string{"build/model": "made", "build/same": "SIZE"})
		p.kept(r, map[string]string{"build/model": "edited by hand", "build/same": "size"})
		if want := p.root + "/.dewar/kept/20260102T030405Z-1/build/model"; r.Kept[0].Where != want {
			t.Errorf("kept at %s", r.Kept[0].Where)
		}
		record, err := fs.ReadFile(p.fs, p.root+"/.dewar/kept/20260102T030405Z-1.jsonl")
		if err != nil || strings.Count(string(record), "\n") != 2 {
			t.Errorf("the record is %s, %v", record, err)
		}
		p.write("build/model", "edited again")
		r = p.checkout(item("build/model", p.file("made")))
		p.kept(r, map[string]string{"build/model": "edited again"})
		if want := p.root + "/.dewar/kept/20260102T030405Z-2/build/model"; r.Kept[0].Where != want {
			t.Errorf("kept at %s", r.Kept[0].Where)
		}
	})
}

func TestBytesOfTheLockMayGo(t *testing.T) {
	onEach(t, func(p *project) {
		p.write("a", "old a")
		p.write("b", "old b")
		r := p.checkout(checkout.Item{Path: "a", Content: p.file("new"), Known: unstored("old a")},
			checkout.Item{Path: "b", Known: unstored("old b")})
		p.kept(r, nil)
		p.holds(map[string]string{"a": "new"})
		if r.Removed != 1 || r.Written != 1 {
			t.Errorf("%+v", r)
		}
	})
}

func TestDirectories(t *testing.T) {
	onEach(t, func(p *project) {
		one := p.tree(map[string]string{"same": "1", "changes": "2", "goes": "3", "sub/deep/x*": "4", "old/y": "5"})
		r := p.checkout(item("build/d", one))
		p.holds(map[string]string{"build/d/same": "1", "build/d/changes": "2", "build/d/goes": "3", "build/d/sub/deep/x*": "4", "build/d/old/y": "5"})
		if r.Written != 5 {
			t.Errorf("first: %+v", r)
		}
		same, err := p.fs.Lstat(p.root + "/build/d/same")
		p.must(err)
		two := p.tree(map[string]string{"same": "1", "changes": "22", "sub/deep/x*": "4", "comes/z": "6"})
		p.write("build/d/note.txt", "mine")
		p.write("build/d/old/note.txt", "mine too")
		r = p.checkout(checkout.Item{Path: "build/d", Content: two, Known: one})
		p.holds(map[string]string{"build/d/same": "1", "build/d/changes": "22", "build/d/sub/deep/x*": "4", "build/d/comes/z": "6"})
		p.kept(r, map[string]string{"build/d/note.txt": "mine", "build/d/old/note.txt": "mine too"})
		if r.Written != 2 || r.Removed != 2 || r.Unchanged != 2 {
			t.Errorf("second: %+v", r)
		}
		if after, _ := p.fs.Lstat(p.root + "/build/d/same"); after != same {
			t.Error("an unchanged file was touched")
		}
		r = p.checkout(item("build/d", p.tree(nil)))
		p.holds(map[string]string{"build/d/": ""})
	})
}

func TestKindsChange(t *testing.T) {
	onEach(t, func(p *project) {
		d := p.tree(map[string]string{"f": "1", "sub/g": "2"})
		p.checkout(item("x", d), item("y", p.file("y")))
		p.write("x/mine", "mine")
		r := p.checkout(item("x", p.file("file")), item("y", d))
		p.holds(map[string]string{"x": "file", "y/f": "1", "y/sub/g": "2"})
		p.kept(r, map[string]string{"x/mine": "mine"})
		p.write("z", "a person's")
		r = p.checkout(item("z/a/b", p.file("below")))
		p.holds(map[string]string{"x": "file", "y/f": "1", "y/sub/g": "2", "z/a/b": "below"})
		p.kept(r, map[string]string{"z": "a person's"})
	})
}

func TestRemoval(t *testing.T) {
	onEach(t, func(p *project) {
		d := p.tree(map[string]string{"f": "1", "sub/g": "2"})
		p.checkout(item("a/b/c", p.file("c")), item("a/d", d), item("e/f", p.file("f")))
		p.write("e/mine", "mine")
		p.write("a/d/sub/mine", "mine")
		p.write("e/f", "edited")
		r := p.checkout(checkout.Item{Path: "a/b/c"}, checkout.Item{Path: "a/d"}, checkout.Item{Path: "e/f"},
			checkout.Item{Path: "never/was"}, item("a", p.file("a file where a directory was")))
		p.holds(map[string]string{"e/mine": "mine", "a": "a file where a directory was"})
		p.kept(r, map[string]string{"a/d/sub/mine": "mine", "e/f": "edited"})
	})
}

func TestPathsOutsideAreRefused(t *testing.T) {
	onEach(t, func(p *project) {
		for _, path := range []string{"../x", "/etc/x", ".", "", "a/../../x", "a//b", ".dewar/config.hcl", ".git/hooks/pre-commit", "sub/.GIT/config", ".Dewar/config.local.hcl", "git~1/x"} {
			if _, err := p.try(item(path, p.file("x"))); err == nil || !strings.Contains(err.Error(), "E-output-escapes") {
				t.Errorf("%q: %v", path, err)
			}
		}
		p.holds(map[string]string{})
	})
}

// TestIgnoredStays: what a content leaves out was never looked at.
func TestIgnoredStays(t *testing.T) {
	onEach(t, func(p *project) {
		p.write("d/f", "1")
		p.write("d/sub/.git/HEAD", "mine")
		p.write("d/sub/x.tmp", "mine")
		p.write("d/other", "mine")
		p.must(p.fs.MkdirAll(p.root+"/d/sub/.git/refs", 0o755))
		plan := checkout.Plan{Root: p.root, Kept: p.root + "/.dewar/kept", Force: true, Items: []checkout.Item{item("d", p.tree(map[string]string{"f": "1", "sub/g": "2"}))}}
		plan.Ignore = fs.NewIgnore(func(name string) ([]byte, error) {
			if name == fs.IgnoreFile {
				return []byte("*.tmp\n"), nil
			}
			return nil, iofs.ErrNotExist
		})
		_, err := checkout.Checkout(context.Background(), plan, checkout.Deps{FS: p.fs, Store: p.store, Index: p.index})
		p.must(err)
		p.holds(map[string]string{"d/f": "1", "d/sub/g": "2", "d/sub/x.tmp": "mine", "d/sub/.git/HEAD": "mine", "d/sub/.git/refs/": ""})
	})
}

func TestMissingBlob(t *testing.T) {
	onEach(t, func(p *project) {
		p.write("x", "mine")
		if _, err := p.try(item("x", unstored("made"))); err == nil {
			t.Error("no error")
		}
		p.holds(map[string]string{"x": "mine"})
	})
}

func TestManyFiles(t *testing.T) {
	onEach(t, func(p *project) {
		files := make(map[string]string)
		want := make(map[string]string)
		var items []checkout.Item
		for _, a := range "abcdefgh" {
			for _, b := range "abcdefgh" {
				name, text := string(a)+"/"+string(b), string(a)+string(b)
				files[name], want["d/"+name], want["f/"+name] = text, text, text
				items = append(items, item("f/"+name, p.file(text)))
			}
		}
		r := p.checkout(append(items, item("d", p.tree(files)))...)
		p.holds(want)
		if r.Written != 128 {
			t.Errorf("%+v", r)
		}
	})
}
