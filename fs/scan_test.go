package fs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/google/go-cmp/cmp"
)

// tree writes files ("a/b": text; "a/": a directory; "x -> y": a link) below dir.
func tree(t testing.TB, fsys fs.FS, dir string, files map[string]string) {
	t.Helper()
	for p, text := range files {
		if link, target, ok := strings.Cut(p, " -> "); ok {
			must(t, fsys.MkdirAll(filepath.Dir(filepath.Join(dir, link)), 0o755))
			must(t, fsys.Symlink(target, filepath.Join(dir, link)))
			continue
		}
		at := filepath.Join(dir, p)
		if strings.HasSuffix(p, "/") {
			must(t, fsys.MkdirAll(at, 0o755))
			continue
		}
		must(t, fsys.MkdirAll(filepath.Dir(at), 0o755))
		must(t, fs.WriteFile(fsys, at, []byte(text)))
	}
}

func fileEntry(name, text string) digest.FileEntry {
	return digest.FileEntry{Name: name, Digest: digest.Of([]byte(text))}
}

func scan(t testing.TB, s *fs.Scanner, p string) fs.Scanned {
	t.Helper()
	r, err := s.Scan(context.Background(), p)
	must(t, err)
	return r
}

// The content of a directory is the canonical tree of the Remote Execution
// API, built here by hand.
func TestScanTree(t *testing.T) {
	filesystems(t, func(t *testing.T, fsys fs.FS, dir string) {
		tree(t, fsys, dir, map[string]string{"data/b": "bee", "data/a": "ay", "data/sub/c": "sea", "data/empty/": "", "data/.git/x": "no"})
		must(t, fsys.Chmod(filepath.Join(dir, "data/a"), 0o755))
		sub := digest.Dir{Files: []digest.FileEntry{fileEntry("c", "sea")}}
		a := fileEntry("a", "ay")
		a.Exec = true
		want := digest.Dir{
			Files: []digest.FileEntry{a, fileEntry("b", "bee")},
			Dirs: []digest.DirEntry{
				{Name: "empty", Digest: digest.Empty},
				{Name: "sub", Digest: digest.Of(sub.Encode())},
			},
		}
		s := &fs.Scanner{FS: fsys, Root: dir, Ignore: fs.NewIgnore(fs.NewProject(fsys, dir).ReadFile)}
		got := scan(t, s, "data")
		content := digest.Content{Kind: digest.Directory, Digest: digest.Of(want.Encode())}
		if diff := cmp.Diff(fs.Scanned{Content: content, Files: 3, Dirs: 3, Bytes: 8, Hashed: 3, Ignored: 1}, got); diff != "" {
			t.Error(diff)
		}
		if got := scan(t, s, "data/a").Content; got != (digest.Content{Kind: digest.File, Exec: true, Digest: a.Digest}) {
			t.Errorf("a file: %+v", got)
		}
		if got := scan(t, s, "data/nothing/at/all"); got != (fs.Scanned{}) {
			t.Errorf("nothing: %+v", got)
		}
	})
}

// Workers, order of files and chance have no influence.
func TestScanSame(t *testing.T) {
	mem := fs.Memory()
	files := map[string]string{}
	for n := range 2000 {
		files[fmt.Sprintf("d/%d/%d/%d", n%3, n%7, n)] = fmt.Sprint(n)
		files[fmt.Sprintf("d/flat/%d", n)] = fmt.Sprint(n)
	}
	tree(t, mem, "/", files)
	want := scan(t, &fs.Scanner{FS: mem, Root: "/", Workers: 1}, "d")
	for _, workers := range []int{0, 2, 16} {
		s := &fs.Scanner{FS: mem, Root: "/", Workers: workers}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if got, err := s.Scan(context.Background(), "d"); err != nil || got != want {
					t.Errorf("%d workers: %+v %v, want %+v", workers, got, err, want)
				}
			})
		}
		all.Wait()
	}
	if want.Files != 4000 || want.Hashed != 4000 {
		t.Errorf("%+v", want)
	}
}

// Only what changed is read again.
func TestScanIndex(t *testing.T) {
	filesystems(t, func(t *testing.T, fsys fs.FS, dir string) {
		tree(t, fsys, dir, map[string]string{"d/a": "one", "d/b/c": "two", "e": "three"})
		x := open(t, fsys, filepath.Join(dir, ".dewar"))
		age(t, fsys, dir, x, "d/a", "d/b/c", "e")
		s := &fs.Scanner{FS: fsys, Root: dir, Index: x}
		first := scan(t, s, "d")
		if first.Hashed != 2 {
			t.Errorf("the first time %d files were read", first.Hashed)
		}
		must(t, x.Save())
		s = &fs.Scanner{FS: fsys, Root: dir, Index: open(t, fsys, filepath.Join(dir, ".dewar"))}
		if again := scan(t, s, "d"); again.Hashed != 0 || again.Content != first.Content || again.Bytes != 6 {
			t.Errorf("the second time: %+v", again)
		}
		must(t, fs.WriteFile(fsys, filepath.Join(dir, "d/a"), []byte("uno")))
		if changed := scan(t, s, "d"); changed.Hashed != 1 || changed.Content == first.Content {
			t.Errorf("after a change: %+v", changed)
		}
		if just := scan(t, s, "d"); just.Hashed > 1 {
			t.Errorf("%d files are racy", just.Hashed)
		}
	})
}

// age makes files old enough to be believed: their modification time where
// that is all there is, else by waiting for the filesystem's clock.
func age(t *testing.T, fsys fs.FS, dir string, x *fs.Index, paths ...string) {
	t.Helper()
	for _, p := range paths {
		at := filepath.Join(dir, p)
		must(t, fsys.Chtimes(at, time.Unix(1e9, 0)))
		i, err := fsys.Lstat(at)
		must(t, err)
		for {
			m, err := x.Now()
			must(t, err)
			if i.CTime < m.At-m.Grain {
				break
			}
			runtime.Gosched()
		}
	}
}

func TestScanIgnores(t *testing.T) {
	mem := fs.Memory()
	tree(t, mem, "/", map[string]string{
		".dewarignore": "*.log\n", "d/a": "x", "d/a.log": "no", "d/__pycache__/m.pyc": "no",
		"d/sub/.dewarignore": "secret\n!b.log\n", "d/sub/secret": "no", "d/sub/b.log": "x", "d/secret": "x",
	})
	s := &fs.Scanner{FS: mem, Root: "/", Ignore: fs.NewIgnore(fs.NewProject(mem, "/").ReadFile)}
	if got := scan(t, s, "d"); got.Files != 4 || got.Dirs != 2 {
		t.Errorf("%+v", got)
	}
	if got := scan(t, s, "d/a.log"); got.Content.Kind != digest.File {
		t.Errorf("asked for by name: %+v", got)
	}
	if got := scan(t, s, "d/sub"); got.Files != 2 {
		t.Errorf("%+v", got)
	}
}

func TestScanLinks(t *testing.T) {
	dir := t.TempDir()
	tree(t, fs.OS(), dir, map[string]string{
		"good/a": "x", "good/in -> a": "", "good/sub/up -> ../a": "", "good/sub/round -> ../sub/../a": "", "good/dir -> sub": "",
		"bad/abs -> /etc/passwd": "", "bad/out -> ../good/a": "", "bad/none -> nothing": "", "bad/loop -> loop": "",
		"bad/twice -> out": "", "link -> good": "", "file -> good/in": "", "away -> ../elsewhere": "", "round -> round": "",
	})
	s := &fs.Scanner{FS: fs.OS(), Root: dir}
	if got := scan(t, s, "good"); got.Files != 1 || got != scan(t, s, "link") {
		t.Errorf("a link to a directory of the project: %+v", got)
	}
	if got := scan(t, s, "file").Content; got.Digest != digest.Of([]byte("x")) {
		t.Errorf("a link to a file: %+v", got)
	}
	_, err := s.Scan(context.Background(), "bad")
	var te *fs.TreeError
	if !errors.As(err, &te) {
		t.Fatal(err)
	}
	want := []fs.BadEntry{
		{Path: "bad/abs", Target: "/etc/passwd", Problem: fs.LinkAbsolute},
		{Path: "bad/loop", Target: "loop", Problem: fs.LinkLoop},
		{Path: "bad/none", Target: "nothing", Problem: fs.LinkDangling},
		{Path: "bad/out", Target: "../good/a", Problem: fs.LinkEscapes},
		{Path: "bad/twice", Target: "out", Problem: fs.LinkEscapes},
	}
	if diff := cmp.Diff(want, te.Bad); diff != "" {
		t.Error(diff)
	}
	for p, problem := range map[string]fs.PathProblem{"away": fs.PathEscapes, "round": fs.PathLoop, "../x": fs.PathEscapes} {
		_, err := s.Scan(context.Background(), p)
		var bad *fs.BadPath
		if !errors.As(err, &bad) || bad.Problem != problem {
			t.Errorf("%s: %v", p, err)
		}
	}
}

// linksTo is a store that has one blob.
type linksTo struct{ blob string }

func (l linksTo) Symlink(text string) (d digest.Digest, exec, into bool) {
	if text == l.blob {
		return digest.Of([]byte("x")), false, true
	}
	return d, false, strings.HasPrefix(text, "/store/")
}

func (linksTo) IsBlob(digest.Digest, fs.Info) bool { return false }

// A file that is a link into a store which has lost it was not deleted.
func TestScanLinks_lost(t *testing.T) {
	dir := t.TempDir()
	tree(t, fs.OS(), dir, map[string]string{"d/a -> /store/a": "", "d/b -> /store/b": ""})
	s := &fs.Scanner{FS: fs.OS(), Root: dir, Links: linksTo{"/store/a"}}
	if got := scan(t, s, "d"); got.Files != 1 || got.Linked != 1 {
		t.Errorf("what can be made again: %+v", got)
	}
	s.Whole = true
	_, err := s.Scan(context.Background(), "d")
	var te *fs.TreeError
	if !errors.As(err, &te) {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]fs.BadEntry{{Path: "d/b", Problem: fs.LinkLost}}, te.Bad); diff != "" {
		t.Error(diff)
	}
}

// A file that is written to while it is read is read once more, then it is an
// error.
func TestScanChanging(t *testing.T) {
	for times, ok := range map[int]bool{0: true, 1: true, 2: false} {
		mem := fs.Memory()
		must(t, fs.WriteFile(mem, "/a", []byte("start")))
		left := times
		fsys := fs.Faulty(mem, func(op, p string) error {
			if op == "open" && p == "/a" && left > 0 {
				left--
				return fs.WriteFile(mem, "/a", []byte(fmt.Sprint("change ", left)))
			}
			return nil
		})
		got, err := (&fs.Scanner{FS: fsys, Root: "/"}).Scan(context.Background(), "a")
		if ok != (err == nil) || !ok && !errors.Is(err, fs.ErrChanging) {
			t.Errorf("%d changes: %v", times, err)
		}
		text, _ := fs.ReadFile(mem, "/a")
		if ok && got.Content.Digest != digest.Of(text) {
			t.Errorf("%d changes: digest of something else", times)
		}
	}
}

func TestScanFaults(t *testing.T) {
	for _, op := range []string{"lstat", "open", "read", "readdir"} {
		mem := fs.Memory()
		tree(t, mem, "/", map[string]string{"d/a": "x", "d/e/f": "y"})
		fsys := fs.Faulty(mem, func(o, p string) error {
			if o == op {
				return errors.New("bad sector")
			}
			return nil
		})
		_, err := (&fs.Scanner{FS: fsys, Root: "/"}).Scan(context.Background(), "d")
		if err == nil || !strings.Contains(err.Error(), "bad sector") || !strings.Contains(err.Error(), "/d") {
			t.Errorf("%s: %v", op, err)
		}
	}
}

func TestScanCancelled(t *testing.T) {
	mem := fs.Memory()
	tree(t, mem, "/", map[string]string{"d/a": "x"})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (&fs.Scanner{FS: mem, Root: "/"}).Scan(ctx, "d"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// taker keeps bytes in a map.
type taker struct {
	fsys fs.FS
	mu   sync.Mutex
	kept map[digest.Digest]string
	took int
}

func (k *taker) Take(path string, info fs.Info) (digest.Digest, error) {
	b, err := fs.ReadFile(k.fsys, path)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.took++
	k.kept[digest.Of(b)] = string(b)
	return digest.Of(b), err
}

func (k *taker) Has(d digest.Digest) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, ok := k.kept[d]
	return ok
}

func (k *taker) PutDirectory(b []byte) (digest.Digest, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept[digest.Of(b)] = string(b)
	return digest.Of(b), nil
}

// With a Taker everything of a tree is kept, also what the index knew before;
// what is kept is not read again.
func TestScanTakes(t *testing.T) {
	mem := fs.Memory()
	tree(t, mem, "/", map[string]string{"d/a": "one", "d/e/f": "two"})
	x := open(t, mem, "/.dewar")
	age(t, mem, "/", x, "d/a", "d/e/f")
	without := scan(t, &fs.Scanner{FS: mem, Root: "/", Index: x}, "d")
	k := &taker{fsys: mem, kept: map[digest.Digest]string{}}
	s := &fs.Scanner{FS: mem, Root: "/", Index: x, Take: k}
	if got := scan(t, s, "d"); got.Content != without.Content || len(k.kept) != 4 || k.took != 2 {
		t.Errorf("%+v, %d kept", got, len(k.kept))
	}
	if scan(t, s, "d"); k.took != 2 {
		t.Errorf("taken %d times", k.took)
	}
	delete(k.kept, digest.Of([]byte("one")))
	if scan(t, s, "d"); k.took != 3 {
		t.Errorf("a blob that was lost is not taken again")
	}
}

func TestScanSpecial(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such files")
	}
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "d"), 0o755))
	fifo(t, filepath.Join(dir, "d", "pipe"))
	must(t, os.WriteFile(filepath.Join(dir, "d", "\xff"), nil, 0o644))
	_, err := (&fs.Scanner{FS: fs.OS(), Root: dir}).Scan(context.Background(), "d")
	var te *fs.TreeError
	if !errors.As(err, &te) {
		t.Fatal(err)
	}
	want := []fs.BadEntry{{Path: "d/pipe", Problem: fs.SpecialFile}, {Path: "d/\xff", Problem: fs.NameNotUTF8}}
	if diff := cmp.Diff(want, te.Bad); diff != "" {
		t.Error(diff)
	}
}
