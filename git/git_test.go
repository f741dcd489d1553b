package git_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-build/dewar/git"
	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/google/go-cmp/cmp"
)

// bench is a repository of a test, which only settings of the test reach.
type bench struct {
	t   testing.TB
	top string
	env []string

	mu   sync.Mutex
	ran  []string // the commands of the package, without what leads to the repository
	when int      // commits are a minute apart
}

func newBench(t testing.TB, options ...string) *bench {
	t.Helper()
	machinetest.Program(t, "git")
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, top: filepath.Join(top, "r"), env: []string{"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "HOME=" + top}}
	b.mkdir(".")
	b.git(append([]string{"init", "-q", "-b", "main"}, options...)...)
	b.git("config", "user.name", "Ada Öz")
	b.git("config", "user.email", "ada@example.org")
	return b
}

// run is the git.Command of the bench.
func (b *bench) run(ctx context.Context, argv []string) ([]byte, error) {
	b.mu.Lock()
	b.ran = append(b.ran, strings.Join(argv, " "))
	b.mu.Unlock()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), b.env...)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return out, fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	return out, err
}

// git runs git at the top of the repository.
func (b *bench) git(args ...string) string {
	b.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = b.top
	date := fmt.Sprintf("2026-01-02T03:%02d:05 +0100", b.when%60)
	cmd.Env = append(append(os.Environ(), b.env...), "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date)
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (b *bench) path(name string) string { return filepath.Join(b.top, filepath.FromSlash(name)) }

func (b *bench) mkdir(name string) {
	b.t.Helper()
	if err := os.MkdirAll(b.path(name), 0o755); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) write(name, text string) {
	b.t.Helper()
	b.mkdir(filepath.ToSlash(filepath.Dir(filepath.FromSlash(name))))
	if err := os.WriteFile(b.path(name), []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) remove(name string) {
	b.t.Helper()
	if err := os.Remove(b.path(name)); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) link(to, name string) {
	b.t.Helper()
	if err := os.Symlink(to, b.path(name)); err != nil {
		b.t.Fatal(err)
	}
}

// commit commits everything and returns the ID.
func (b *bench) commit(message string) string {
	b.t.Helper()
	b.when++
	b.git("add", "-A")
	b.git("commit", "-q", "--allow-empty", "-m", message)
	return b.git("rev-parse", "HEAD")
}

func (b *bench) open(dir string) *git.Repo {
	b.t.Helper()
	r, err := git.Open(b.t.Context(), b.run, b.path(dir))
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestOpen_none(t *testing.T) {
	machinetest.Program(t, "git")
	b := &bench{t: t, top: t.TempDir(), env: []string{"GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES=" + filepath.Dir(t.TempDir())}}
	if _, err := git.Open(t.Context(), b.run, b.top); !errors.Is(err, git.ErrNone) {
		t.Errorf("without a repository: %v", err)
	}
	b.git("init", "-q", "--bare", "bare")
	if _, err := git.Open(t.Context(), b.run, b.path("bare")); !errors.Is(err, git.ErrNone) {
		t.Errorf("in a bare repository: %v", err)
	}
	absent := func(context.Context, []string) ([]byte, error) {
		return nil, &exec.Error{Name: "git", Err: exec.ErrNotFound}
	}
	if _, err := git.Open(t.Context(), absent, b.top); !errors.Is(err, git.ErrNone) || !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("without git: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := git.Open(ctx, b.run, b.top); !errors.Is(err, context.Canceled) || errors.Is(err, git.ErrNone) {
		t.Errorf("cancelled: %v", err)
	}
}

// What git will not touch is not taken for no repository at all.
func TestOpen_refused(t *testing.T) {
	b := newBench(t)
	b.write(".git/config", "[core]\n\trepositoryformatversion = 99\n")
	if _, err := git.Open(t.Context(), b.run, b.top); err == nil || errors.Is(err, git.ErrNone) {
		t.Errorf("a repository of the future: %v", err)
	}
	if _, err := git.Open(t.Context(), b.run, b.path("not/there")); err == nil {
		t.Error("opened what is not there")
	}
}

func TestEmptyRepository(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		b := newBench(t, "--object-format="+format)
		r := b.open(".")
		if _, ok, err := r.Head(t.Context()); ok || err != nil {
			t.Errorf("%s: head %v, %v", format, ok, err)
		}
		if got := r.Branch(t.Context()); got != "main" {
			t.Errorf("%s: branch %q", format, got)
		}
		if list := must[[]git.Commit](t)(r.Branches(t.Context())); len(list) != 0 {
			t.Errorf("%s: branches %v", format, list)
		}
		var unknown *git.UnknownError
		if _, err := r.Resolve(t.Context(), "HEAD"); !errors.As(err, &unknown) {
			t.Errorf("%s: %v", format, err)
		}
		if patch := must[[]byte](t)(r.Patch(t.Context())); len(patch) != 0 {
			t.Errorf("%s: patch %q", format, patch)
		}
		b.write("a", "x\n")
		b.write("b", "y\n")
		b.git("add", "a")
		want := []git.Change{{Path: "a", Status: git.Added}, {Path: "b", Status: git.Untracked}}
		if d := cmp.Diff(want, must[[]git.Change](t)(r.Changes(t.Context()))); d != "" {
			t.Errorf("%s: %s", format, d)
		}
		if patch := string(must[[]byte](t)(r.Patch(t.Context()))); !strings.Contains(patch, "+x\n") || strings.Contains(patch, "y") {
			t.Errorf("%s: patch %s", format, patch)
		}
		b.commit("first")
		if c, ok, err := r.Head(t.Context()); !ok || err != nil || c.Subject != "first" {
			t.Errorf("%s: head %v, %v, %v", format, c, ok, err)
		}
	}
}

func TestCommits(t *testing.T) {
	b := newBench(t)
	one := b.commit("one\ntwo lines of subject\n\nand a body")
	b.git("tag", "v1")
	b.git("tag", "-a", "-m", "tagged", "v1-annotated")
	b.git("tag", "-a", "-m", "of a tag", "v1-twice", "v1-annotated")
	b.write("f", "")
	b.git("tag", "blob", b.git("hash-object", "-w", "f"))
	two := b.commit("zwei: ü, \"quoted\"")
	b.git("branch", "feature/x", one)
	b.git("branch", "v1") // a branch with the name of a tag, elsewhere

	r := b.open(".")
	at := func(minute int) time.Time { return time.Date(2026, 1, 2, 2, minute, 5, 0, time.UTC) }
	first := git.Commit{ID: one, Time: at(1), Subject: "one two lines of subject", Author: "Ada Öz", Names: []string{"feature/x", "v1", "v1-annotated", "v1-twice"}}
	second := git.Commit{ID: two, Time: at(2), Subject: "zwei: ü, \"quoted\"", Author: "Ada Öz", Names: []string{"main", "v1"}}

	head, ok, err := r.Head(t.Context())
	if d := cmp.Diff(second, head); d != "" || !ok || err != nil {
		t.Errorf("head: %v %v %s", ok, err, d)
	}
	for _, c := range []struct {
		what string
		got  []git.Commit
		want []git.Commit
	}{
		{"all", must[[]git.Commit](t)(r.Commits(t.Context(), "HEAD", 9)), []git.Commit{second, first}},
		{"one", must[[]git.Commit](t)(r.Commits(t.Context(), "main", 1)), []git.Commit{second}},
		{"none", must[[]git.Commit](t)(r.Commits(t.Context(), "main", 0)), nil},
		{"before", must[[]git.Commit](t)(r.Commits(t.Context(), "HEAD~1", 9)), []git.Commit{first}},
		{"branches", must[[]git.Commit](t)(r.Branches(t.Context())), []git.Commit{second, first}},
		{"tags", must[[]git.Commit](t)(r.Tags(t.Context())), []git.Commit{first}},
		{"every", must[[]git.Commit](t)(r.All(t.Context())), []git.Commit{nameless(second), nameless(first)}},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s: %s", c.what, d)
		}
	}
	if got := second.Short(); got != two[:7] {
		t.Errorf("short: %q", got)
	}
}

func nameless(c git.Commit) git.Commit { c.Names = nil; return c }

func TestBranch(t *testing.T) {
	b := newBench(t)
	id := b.commit("one")
	b.git("checkout", "-q", "-b", "feature/ü")
	r := b.open(".")
	if got := r.Branch(t.Context()); got != "feature/ü" {
		t.Errorf("branch %q", got)
	}
	b.git("checkout", "-q", "--detach")
	if got := r.Branch(t.Context()); got != "" {
		t.Errorf("detached: branch %q", got)
	}
	if c, ok, err := r.Head(t.Context()); c.ID != id || !ok || err != nil {
		t.Errorf("detached: %v %v %v", c, ok, err)
	}
}

func TestResolve(t *testing.T) {
	b := newBench(t)
	one := b.commit("one")
	two := b.commit("two")
	b.git("tag", "-a", "-m", "x", "baseline", one)
	b.git("branch", "feature/lbfgs")
	r := b.open(".")
	for rev, want := range map[string]string{"main": two, "baseline": one, one[:8]: one, "HEAD^": one, "@": two, "feature/lbfgs": two} {
		if c, err := r.Resolve(t.Context(), rev); err != nil || c.ID != want {
			t.Errorf("%s: %s %v, want %s", rev, c.ID, err, want)
		}
	}
	for rev, want := range map[string][]string{
		"":             nil,
		"-n1":          nil,
		"--all":        nil,
		"a\nb":         nil,
		"nothing-like": nil,
		"basline":      {"baseline"},
		"lbfgs":        {"feature/lbfgs"},
		"Main":         {"main"},
		"main..HEAD":   nil,
		"^main":        {"main"},
		"HEAD^{tree}":  nil,
		"@{upstream}":  nil,
		"HEAD@{99}":    nil,
	} {
		_, err := r.Resolve(t.Context(), rev)
		var unknown *git.UnknownError
		if !errors.As(err, &unknown) {
			t.Errorf("%q: %v", rev, err)
			continue
		}
		if d := cmp.Diff(&git.UnknownError{Rev: rev, Near: want}, unknown); d != "" {
			t.Errorf("%q: %s", rev, d)
		}
	}
	_, err := r.Resolve(t.Context(), "basline")
	if want := `Git knows no commit "basline"; did you mean baseline?`; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
}

// The beginning of several IDs is told with those.
func TestResolve_ambiguous(t *testing.T) {
	b := newBench(t)
	tree := b.git("write-tree")
	var near []string
	for _, message := range []string{"96", "990"} { // whose commits begin alike
		near = append(near, b.git("commit-tree", "-m", message, tree))
	}
	slices.Sort(near)
	_, err := b.open(".").Resolve(t.Context(), near[0][:5])
	var unknown *git.UnknownError
	if !errors.As(err, &unknown) || !cmp.Equal(unknown.Near, near) {
		t.Errorf("%v, want %v", err, near)
	}
}

func TestHook(t *testing.T) {
	b := newBench(t)
	b.write("sub/params.yaml", "a: 1\n")
	b.write("top", "")
	id := b.commit("one")
	for name, env := range map[string][]string{
		"relative": {"GIT_DIR=.git"},
		"absolute": {"GIT_DIR=" + b.path(".git")},
		"both":     {"GIT_DIR=" + b.path(".git"), "GIT_WORK_TREE=" + b.top},
	} {
		in := &bench{t: t, top: b.top, env: append(append([]string{}, b.env...), env...)}
		tree := must[*git.Tree](t)(in.open("sub").Tree(t.Context(), git.Commit{ID: id}))
		if got, err := tree.ReadFile("params.yaml"); err != nil || string(got) != "a: 1\n" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestWorktree(t *testing.T) {
	b := newBench(t)
	b.write("p/f", "1")
	one := b.commit("one")
	b.write("p/f", "2")
	b.commit("two")
	b.git("worktree", "add", "-q", "../other", one)
	b.git("worktree", "list")
	r, err := git.Open(t.Context(), b.run, filepath.Join(filepath.Dir(b.top), "other", "p"))
	if err != nil {
		t.Fatal(err)
	}
	c, ok, err := r.Head(t.Context())
	if c.ID != one || !ok || err != nil {
		t.Errorf("head %v %v %v", c, ok, err)
	}
	tree := must[*git.Tree](t)(r.Tree(t.Context(), c))
	if got, err := tree.ReadFile("f"); err != nil || string(got) != "1" {
		t.Errorf("%q %v", got, err)
	}
	if changes := must[[]git.Change](t)(r.Changes(t.Context())); len(changes) != 0 {
		t.Errorf("changes %v", changes)
	}
}

// A project may be reached through a link, and its name may be anything.
func TestOpen_oddNames(t *testing.T) {
	names := []string{"with space", "ünï", "[a-z]*", "-dash"}
	if runtime.GOOS != "windows" {
		names = append(names, "line\nfeed", "tab\t\"quote\"", "back\\slash", " ends ")
	}
	b := newBench(t)
	for _, n := range names {
		b.write(n+"/f "+n, n)
	}
	id := b.commit("names")
	b.link("with space", "link")
	for _, n := range append(names, "link") {
		of := n
		if n == "link" {
			of = "with space"
		}
		r := b.open(n)
		tree := must[*git.Tree](t)(r.Tree(t.Context(), git.Commit{ID: id}))
		if got, err := tree.ReadFile("f " + of); err != nil || string(got) != of {
			t.Errorf("%q: %q, %v", n, got, err)
		}
		b.write(of+"/new "+of, "")
		b.write(of+"/f "+of, "changed")
		want := []git.Change{{Path: "f " + of, Status: git.Modified}, {Path: "new " + of, Status: git.Untracked}}
		if d := cmp.Diff(want, must[[]git.Change](t)(r.Changes(t.Context()))); d != "" {
			t.Errorf("%q: %s", n, d)
		}
		if patch := string(must[[]byte](t)(r.Patch(t.Context()))); strings.Count(patch, "diff --git") != 1 || !strings.Contains(patch, "+changed") {
			t.Errorf("%q: patch %s", n, patch)
		}
	}
}
