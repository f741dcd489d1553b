package git_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/git"
)

// cloned is a clone of the bench's repository, brought up to date.
func (b *bench) cloned(dir string) *git.Repo {
	b.t.Helper()
	if err := git.Clone(b.t.Context(), b.run, b.top, dir); err != nil {
		b.t.Fatal(err)
	}
	r, err := git.OpenClone(b.t.Context(), b.run, dir)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func TestClone(t *testing.T) {
	b := newBench(t)
	dir := filepath.Join(t.TempDir(), "c")
	if _, err := b.cloned(dir).ResolveClone(t.Context(), ""); !unknown(err) {
		t.Errorf("HEAD of an empty repository: %v", err)
	}
	b.write("f", "1")
	one := b.commit("one")
	b.git("tag", "v1")
	b.git("tag", "both")
	b.write("f", "2")
	two := b.commit("two")
	b.git("branch", "both")
	b.git("branch", "old")
	is := func(rev, want string) {
		t.Helper()
		c, err := b.cloned(dir).ResolveClone(t.Context(), rev)
		if want == "" && unknown(err) {
			return
		}
		if err != nil || c.ID != want {
			t.Errorf("%q is %s, %v; want %s", rev, c.ID, err, want)
		}
	}
	is("", two)
	is("main", two)
	is("origin/main", two)
	is("v1", one)
	is("both", two) // a branch rather than a tag
	is(one[:10], one)
	is("main~1", one)
	is("nope", "")
	is("--all", "")

	// What goes on elsewhere is followed: another HEAD, a branch that goes back, one that goes.
	b.git("checkout", "-q", "-b", "next")
	b.git("branch", "-f", "main", one)
	b.git("branch", "-D", "-q", "old")
	b.git("tag", "-f", "v1", two)
	is("", two)
	is("main", one)
	is("old", "")
	is("v1", two)

	r := b.cloned(dir)
	c, err := r.ResolveClone(t.Context(), "next")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := must[*git.Tree](t)(r.Tree(t.Context(), c)).ReadFile("f"); string(got) != "2" {
		t.Errorf("%q, %v", got, err)
	}
}

// A commit that no branch has is given by its ID, if the other side permits it.
func TestCloneCommit(t *testing.T) {
	b := newBench(t)
	b.write("f", "1")
	b.commit("one")
	b.write("f", "2")
	lost := b.commit("two")
	b.git("reset", "-q", "--hard", "HEAD~1")
	dir := filepath.Join(t.TempDir(), "c")
	r := b.cloned(dir)
	if _, err := r.ResolveClone(t.Context(), lost); !unknown(err) {
		t.Fatalf("%v", err)
	}
	b.git("config", "uploadpack.allowAnySHA1InWant", "true")
	if err := git.CloneCommit(t.Context(), b.run, b.top, dir, lost); err != nil {
		t.Fatal(err)
	}
	if c, err := r.ResolveClone(t.Context(), lost); err != nil || c.ID != lost {
		t.Errorf("%v, %v", c, err)
	}
	if err := git.CloneCommit(t.Context(), b.run, b.top, dir, "main"); !unknown(err) {
		t.Errorf("%v", err)
	}
}

// Nothing that an address says has git start a program.
func TestClone_addresses(t *testing.T) {
	b := newBench(t)
	mark := filepath.Join(t.TempDir(), "mark")
	for _, url := range []string{"", "-u", "--upload-pack=touch " + mark, "ext::touch " + mark, "a\nb", "ext://touch"} {
		if err := git.Clone(t.Context(), b.run, url, filepath.Join(t.TempDir(), "c")); err == nil {
			t.Errorf("%q was cloned", url)
		}
	}
	b.git("config", "--file", filepath.Join(filepath.Dir(b.top), "gitconfig"), "url.ext::touch "+mark+" .insteadOf", "https://example.org/")
	b.env = append(b.env, "GIT_CONFIG_GLOBAL="+filepath.Join(filepath.Dir(b.top), "gitconfig"))
	err := git.Clone(t.Context(), b.run, "https://example.org/x", filepath.Join(t.TempDir(), "c"))
	if err == nil || !strings.Contains(err.Error(), "not allowed") {
		t.Errorf("an address that leads to a program: %v", err)
	}
	if _, err := os.Lstat(mark); err == nil {
		t.Error("a program was started")
	}
}

func unknown(err error) bool {
	var u *git.UnknownError
	return errors.As(err, &u)
}
