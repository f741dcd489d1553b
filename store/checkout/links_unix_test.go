//go:build unix

package checkout_test

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/checkout"
)

func TestParentsThatAreSymbolicLinks(t *testing.T) {
	p := newProject(t, fs.OS(), t.TempDir())
	outside := t.TempDir()
	p.must(os.MkdirAll(p.root+"/real/sub", 0o755),
		os.Symlink("real", p.root+"/inside"),
		os.Symlink(p.root+"/real/sub", p.root+"/absolute"),
		os.Symlink(outside, p.root+"/out"),
		os.Symlink("../../..", p.root+"/real/sub/up"),
		os.Symlink("real/sub/..", p.root+"/dots"),
		os.Symlink("loop", p.root+"/loop"))
	p.checkout(item("inside/a", p.file("1")), item("absolute/b", p.file("2")), item("dots/new/c", p.file("3")))
	for name, want := range map[string]string{"real/a": "1", "real/sub/b": "2", "real/new/c": "3"} {
		if b, err := os.ReadFile(p.root + "/" + name); string(b) != want {
			t.Errorf("%s is %q, %v", name, b, err)
		}
	}
	for _, path := range []string{"out/x", "out/deep/x", "real/sub/up/x", "loop/x"} {
		for _, c := range []digest.Content{p.file("x"), {}} {
			if _, err := p.try(item(path, c)); err == nil || !strings.Contains(err.Error(), "E-output-escapes") {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
	if left, _ := os.ReadDir(outside); len(left) > 0 {
		t.Errorf("written outside: %v", left)
	}
}

// TestThingsInTheWay: an output path that is a link is replaced, not followed.
func TestThingsInTheWay(t *testing.T) {
	p := newProject(t, fs.OS(), t.TempDir())
	p.write("precious", "mine")
	p.must(os.Symlink("precious", p.root+"/x"), os.Symlink("precious", p.root+"/y"),
		os.Symlink(".", p.root+"/d"), syscall.Mkfifo(p.root+"/pipe", 0o644))
	r := p.checkout(item("x", p.file("x")), checkout.Item{Path: "y"}, item("pipe", p.file("p")), item("d", p.tree(map[string]string{"f": "f"})))
	p.holds(map[string]string{"precious": "mine", "x": "x", "pipe": "p", "d/f": "f"})
	kinds := make(map[string]string)
	for _, k := range r.Kept {
		kinds[k.Path] = k.Kind
	}
	if len(kinds) != 4 || kinds["x"] != "a symbolic link" || kinds["pipe"] != "something special" {
		t.Errorf("kept: %v", kinds)
	}
}

func TestSymbolicLinksInDirectories(t *testing.T) {
	p := newProject(t, fs.OS(), t.TempDir())
	dir := digest.Dir{
		Files:    []digest.FileEntry{{Name: "f", Digest: p.file("f").Digest}},
		Symlinks: []digest.SymlinkEntry{{Name: "l", Target: "f"}, {Name: "m", Target: "f"}},
	}
	d, err := p.store.PutDirectory(dir.Encode())
	p.must(err)
	c := digest.Content{Kind: digest.Directory, Digest: d}
	p.checkout(item("d", c))
	p.holds(map[string]string{"d/f": "f", "d/l": "-> f", "d/m": "-> f"})
	p.must(os.Remove(p.root+"/d/l"), os.Symlink("elsewhere", p.root+"/d/l"))
	r := p.checkout(checkout.Item{Path: "d", Content: c, Known: c})
	p.holds(map[string]string{"d/f": "f", "d/l": "-> f", "d/m": "-> f"})
	if len(r.Kept) != 1 || r.Kept[0].Path != "d/l" {
		t.Errorf("kept: %v", r.Kept)
	}
	r = p.checkout(checkout.Item{Path: "d", Known: c})
	p.holds(map[string]string{})
	if len(r.Kept) != 0 {
		t.Errorf("kept: %v", r.Kept)
	}
}

// TestNothingIsLostToAnEditor: somebody who replaces the file all the while
// finds every version either in place or kept.
func TestNothingIsLostToAnEditor(t *testing.T) {
	p := newProject(t, fs.OS(), t.TempDir())
	stop, done := make(chan bool), make(chan []string)
	go func() {
		var written []string
		for i := 0; ; i++ {
			select {
			case <-stop:
				done <- written
				return
			default:
			}
			text := "version " + strings.Repeat("x", i%7) + string(rune('a'+i%26))
			name := p.root + "/.edit"
			if os.WriteFile(name, []byte(text), 0o644) == nil && os.Link(name, p.root+"/f") == nil {
				written = append(written, text)
			}
			os.Remove(name)
		}
	}()
	kept := 0
	for range 50 {
		r, err := p.try(item("f", p.file("made")))
		p.must(err)
		kept += len(r.Kept)
		r, err = p.try(checkout.Item{Path: "f"})
		p.must(err)
		kept += len(r.Kept)
	}
	close(stop)
	written := <-done
	if b, err := os.ReadFile(p.root + "/f"); err == nil && string(b) != "made" {
		kept++
	}
	if kept != len(written) {
		t.Errorf("%d versions were written, %d are kept", len(written), kept)
	}
}
