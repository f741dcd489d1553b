package git_test

import (
	"context"
	"errors"
	"fmt"
	iofs "io/fs"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/git"
	"github.com/google/go-cmp/cmp"
)

// treeBench is a commit with all that a tree may hold; the project is p.
func treeBench(t *testing.T) (*bench, *git.Tree) {
	t.Helper()
	b := newBench(t)
	b.write("p/params.yaml", "a: 1\n")
	b.write("p/src/a.py", "a")
	b.write("p/src/deep/er/b.py", "b")
	b.write("p/src-x", "sorts between src and src/a")
	b.write("p/empty", "")
	b.write("p/ü e\u0301", "unicode")
	b.write("outside", "secret")
	b.write("p2/f", "another project")
	b.write("p/run", "#!")
	if err := os.Chmod(b.path("p/run"), 0o755); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" {
		b.write("p/odd\n\t\"name\\", "odd")
		for name, to := range map[string]string{
			"link": "params.yaml", "dir": "src/deep", "src/up": "../params.yaml", "twice": "link", "self": ".",
			"out": "../outside", "abs": "/etc/passwd", "loop": "loop", "dangling": "nowhere", "src/deep/back": "../..",
			"around": "../p/params.yaml", "through": "params.yaml/x", "slash": "src/", "dot": "./src/./a.py",
		} {
			b.link(to, "p/"+name)
		}
	}
	id := b.commit("all")
	return b, must[*git.Tree](t)(b.open("p").Tree(t.Context(), git.Commit{ID: id}))
}

// A commit answers what its check-out does.
func TestTree_sameAsWorkspace(t *testing.T) {
	b, tree := treeBench(t)
	disk := fs.NewProject(fs.OS(), b.path("p"))
	names := []string{
		".", "", "..", "/", "/etc/passwd", "../outside", "../p2/f", "nowhere", "nowhere/x", "params.yaml", "params.yaml/x", "./params.yaml", "src", "src/", "src/a.py",
		"src/../params.yaml", "src/deep", "src/deep/er", "src/deep/er/b.py", "src/up", "src-x", "empty", "ü e\u0301", "ü é", "run", "odd\n\t\"name\\",
		"link", "link/x", "dir", "dir/er/b.py", "dir/back/a.py", "dir/back", "twice", "self", "self/self/src/a.py", "self/nowhere",
		"out", "abs", "loop", "loop/x", "dangling", "around", "through", "slash", "slash/a.py", "dot", "a\x00b", "\xff",
	}
	for _, name := range names {
		wantB, wantErr := disk.ReadFile(name)
		gotB, gotErr := tree.ReadFile(name)
		if string(wantB) != string(gotB) || kind(wantErr) != kind(gotErr) {
			t.Errorf("ReadFile %q: %q %v, want %q %v", name, gotB, gotErr, wantB, wantErr)
		}
		wantL, wantErr := disk.ReadDir(name)
		gotL, gotErr := tree.ReadDir(name)
		if d := cmp.Diff(wantL, gotL); d != "" || kind(wantErr) != kind(gotErr) {
			t.Errorf("ReadDir %q: %v, want %v %s", name, gotErr, wantErr, d)
		}
		for what, pair := range map[string][2]func(string) (fs.Info, error){"Lstat": {disk.Lstat, tree.Lstat}, "Stat": {disk.Stat, tree.Stat}} {
			want, wantErr := pair[0](name)
			got, gotErr := pair[1](name)
			if want.Mode.Type() != got.Mode.Type() || want.IsRegular() && want.Exec() != got.Exec() || kind(wantErr) != kind(gotErr) {
				t.Errorf("%s %q: %v %v, want %v %v", what, name, got.Mode, gotErr, want.Mode, wantErr)
			}
		}
	}
}

// kind is what can be asked of an error.
func kind(err error) string {
	var bad *fs.BadPath
	switch {
	case err == nil:
		return "fine"
	case errors.As(err, &bad):
		return fmt.Sprintf("%+v", *bad)
	case errors.Is(err, iofs.ErrNotExist):
		return "not there"
	default:
		return "wrong"
	}
}

func TestTree_asksOnce(t *testing.T) {
	b, tree := treeBench(t)
	b.mu.Lock()
	b.ran = nil
	b.mu.Unlock()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, name := range []string{"params.yaml", "src/a.py", "empty"} {
				if _, err := tree.ReadFile(name); err != nil {
					t.Error(err)
				}
				if _, err := tree.ReadDir("src"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if len(b.ran) != 4 {
		t.Errorf("git ran %d times, want 4: one list, three files\n%s", len(b.ran), strings.Join(b.ran, "\n"))
	}
	got := must[[]byte](t)(tree.ReadFile("params.yaml"))
	got[0] = 'X'
	if again := must[[]byte](t)(tree.ReadFile("params.yaml")); again[0] == 'X' {
		t.Error("what a reader changed, the next one reads")
	}
	list := must[[]fs.Entry](t)(tree.ReadDir("src"))
	list[0].Name = "X"
	if again := must[[]fs.Entry](t)(tree.ReadDir("src")); again[0].Name == "X" {
		t.Error("what a reader changed, the next one lists")
	}
}

func TestTree_none(t *testing.T) {
	b := newBench(t)
	id := b.commit("nothing")
	b.mkdir("later")
	tree := must[*git.Tree](t)(b.open("later").Tree(t.Context(), git.Commit{ID: id}))
	if _, err := tree.ReadDir("."); !errors.Is(err, iofs.ErrNotExist) {
		t.Errorf("a project that came later: %v", err)
	}
	tree = must[*git.Tree](t)(b.open(".").Tree(t.Context(), git.Commit{ID: id}))
	if at, err := tree.Real("."); err != nil || at != "." {
		t.Errorf("the top of an empty commit: %q %v", at, err)
	}
	if list, err := tree.ReadDir("."); err != nil || len(list) != 0 {
		t.Errorf("an empty commit: %v %v", list, err)
	}
	if _, err := b.open(".").Tree(t.Context(), git.Commit{ID: "--output=x"}); err == nil {
		t.Error("an option for an ID")
	}
	tree = must[*git.Tree](t)(b.open(".").Tree(t.Context(), git.Commit{ID: strings.Repeat("1", 40)}))
	if _, err := tree.ReadDir("."); err == nil || errors.Is(err, iofs.ErrNotExist) {
		t.Errorf("a commit that is not there: %v", err)
	}
}

// What a context ended is read by the next tree.
func TestTree_cancelled(t *testing.T) {
	b := newBench(t)
	b.write("f", "x")
	id := b.commit("one")
	r := b.open(".")
	ctx, cancel := context.WithCancel(t.Context())
	tree := must[*git.Tree](t)(r.Tree(ctx, git.Commit{ID: id}))
	if _, err := tree.ReadDir("."); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := tree.ReadFile("f"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	tree = must[*git.Tree](t)(r.Tree(t.Context(), git.Commit{ID: id}))
	if got, err := tree.ReadFile("f"); err != nil || string(got) != "x" {
		t.Errorf("%q %v", got, err)
	}
}

func TestTree_Real(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("no links here")
		return
	}
	_, tree := treeBench(t)
	for name, want := range map[string]string{".": ".", "self": ".", "src": "src", "dir": "src/deep", "dir/back": ".", "self/twice": "params.yaml"} {
		if got, err := tree.Real(name); err != nil || got != want {
			t.Errorf("%s: %q %v, want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"out", "abs", "loop", "dangling", "around"} {
		if got, err := tree.Real(name); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}
