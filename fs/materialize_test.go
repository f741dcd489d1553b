package fs_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/google/go-cmp/cmp"
)

// blobs is a Source in a map.
type blobs struct {
	fsys fs.FS
	of   map[digest.Digest]string
}

func (b blobs) file(text string) digest.Digest {
	b.of[digest.Of([]byte(text))] = text
	return digest.Of([]byte(text))
}

func (b blobs) dir(d digest.Dir) digest.Digest { return b.file(string(d.Encode())) }

func (b blobs) Dir(d digest.Digest) (digest.Dir, error) {
	text, ok := b.of[d]
	if !ok {
		return digest.Dir{}, fmt.Errorf("no blob %s", d.Short())
	}
	return digest.DecodeDir([]byte(text))
}

func (b blobs) CloneTo(d digest.Digest, exec bool, dst string) error {
	text, ok := b.of[d]
	if !ok {
		return fmt.Errorf("no blob %s", d.Short())
	}
	perm := os.FileMode(0o644)
	if exec {
		perm = 0o755
	}
	return fs.WriteFileIn(b.fsys, "", dst, []byte(text), perm)
}

// What is written below a path scans as what was to be written.
func TestMaterialize(t *testing.T) {
	filesystems(t, func(t *testing.T, fsys fs.FS, dir string) {
		b := blobs{fsys, map[digest.Digest]string{}}
		sub := digest.Dir{Files: []digest.FileEntry{{Name: "run", Digest: b.file("#!"), Exec: true}}}
		if dir != "/" {
			sub.Symlinks = []digest.SymlinkEntry{{Name: "up", Target: "../a"}}
		}
		top := digest.Dir{Dirs: []digest.DirEntry{{Name: "empty", Digest: b.dir(digest.Dir{})}, {Name: "sub", Digest: b.dir(sub)}}}
		for n := range 500 {
			top.Files = append(top.Files, digest.FileEntry{Name: fmt.Sprint("f", n), Digest: b.file(fmt.Sprint(n))})
		}
		top.Files = append(top.Files, digest.FileEntry{Name: "a", Digest: b.file("ay")})
		top.Sort()
		d := b.dir(top)
		mtime := time.Unix(1e9, 0)
		dst := filepath.Join(dir, "out")
		must(t, fs.MaterializeDir(fsys, b, d, dst, fs.MaterializeOptions{ReadOnly: true, MTime: mtime}))
		got := scan(t, &fs.Scanner{FS: fsys, Root: dir}, "out")
		if got.Content.Digest != d || got.Files != 502 {
			t.Errorf("%+v", got)
		}
		for _, p := range []string{"", "sub", "sub/run"} {
			i, err := fsys.Stat(filepath.Join(dst, p))
			must(t, err)
			if i.MTime != mtime.UnixNano() || i.IsDir() && i.Mode.Perm() != 0o555 {
				t.Errorf("%q: %+v", p, i)
			}
		}
		if err := fs.MaterializeDir(fsys, b, d, dst, fs.MaterializeOptions{}); !errors.Is(err, os.ErrExist) {
			t.Errorf("over what exists: %v", err)
		}
		must(t, fsys.RemoveAll(dst))
	})
}

// A tree from a hostile place writes nothing outside, and leaves nothing when
// it fails.
func TestMaterializeHostile(t *testing.T) {
	link := func(name, target string) digest.Dir {
		return digest.Dir{Symlinks: []digest.SymlinkEntry{{Name: name, Target: target}}}
	}
	for what, d := range map[string]digest.Dir{
		"name that climbs":       {Files: []digest.FileEntry{{Name: "../x", Digest: digest.Empty}}},
		"name with a slash":      {Files: []digest.FileEntry{{Name: "a/b", Digest: digest.Empty}}},
		"dot":                    {Dirs: []digest.DirEntry{{Name: ".", Digest: digest.Empty}}},
		"one name twice":         {Files: []digest.FileEntry{{Name: "a", Digest: digest.Empty}}, Symlinks: link("a", "..").Symlinks},
		"missing blob":           {Files: []digest.FileEntry{{Name: "a", Digest: digest.Of([]byte("gone"))}}},
		"missing directory":      {Dirs: []digest.DirEntry{{Name: "a", Digest: digest.Of([]byte("gone"))}}},
		"absolute link":          link("a", "/etc"),
		"link that climbs":       link("a", "../x"),
		"link that climbs late":  {Symlinks: []digest.SymlinkEntry{{Name: "a", Target: "."}, {Name: "b", Target: "a/../../x"}}},
		"link by way of another": {Symlinks: []digest.SymlinkEntry{{Name: "a", Target: "."}, {Name: "b", Target: "a/.."}}},
		"link to itself":         link("a", "a"),
	} {
		dir := t.TempDir()
		b := blobs{fs.OS(), map[digest.Digest]string{}}
		b.file("")
		err := fs.MaterializeDir(fs.OS(), raw{b, d}, digest.Of([]byte("top")), filepath.Join(dir, "in", "out"), fs.MaterializeOptions{})
		if err == nil {
			t.Errorf("%s: no error", what)
		}
		must(t, os.Mkdir(filepath.Join(dir, "in"), 0o755))
		err = fs.MaterializeDir(fs.OS(), raw{b, d}, digest.Of([]byte("top")), filepath.Join(dir, "in", "out"), fs.MaterializeOptions{})
		if err == nil {
			t.Errorf("%s: no error", what)
		}
		entries, _ := fs.OS().ReadDir(dir)
		inside, _ := fs.OS().ReadDir(filepath.Join(dir, "in"))
		if diff := cmp.Diff([]fs.Entry{{Name: "in", Type: os.ModeDir}}, entries); diff != "" || len(inside) > 0 {
			t.Errorf("%s leaves %v %v", what, entries, inside)
		}
	}
}

// raw gives a directory that DecodeDir would refuse.
type raw struct {
	blobs
	top digest.Dir
}

func (r raw) Dir(d digest.Digest) (digest.Dir, error) {
	if d == digest.Of([]byte("top")) {
		return r.top, nil
	}
	return r.blobs.Dir(d)
}
