package git_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/git"
)

// TestVersions: each version of a file is read once, wherever it is, and git
// is asked as often for many commits as for few.
func TestVersions(t *testing.T) {
	b := newBench(t)
	versions := func(dir string, s git.Scope) string {
		t.Helper()
		var got []string
		r := b.open(dir)
		if err := r.Versions(context.Background(), "the.lock", s, func(text []byte) error {
			got = append(got, strings.TrimSpace(string(text)))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		return strings.Join(got, " ")
	}
	if got := versions(".", git.Scope{Branches: true, Commits: true}); got != "" {
		t.Errorf("an empty repository has %s", got)
	}
	b.write("p/the.lock", "first")
	b.write("p/sub/the.lock", "sub")
	b.write("p/other.lock", "first")  // the same bytes under another name
	b.write("p/not-the.lock", "not1") // another name
	b.write("q/the.lock", "outside")
	b.commit("one")
	b.git("tag", "-a", "-m", "tagged", "v1")
	b.write("p/the.lock", "second")
	b.commit("two")
	b.write("readme", "text")
	b.commit("three")
	b.git("checkout", "-q", "-b", "side", "HEAD~2")
	b.write("p/the.lock", "aside")
	b.commit("aside")
	b.git("checkout", "-q", "main")
	b.git("merge", "-q", "-s", "ours", "side", "-m", "merged")
	b.git("checkout", "-q", "-b", "gone")
	b.write("p/the.lock", "lost")
	b.commit("lost")
	b.git("checkout", "-q", "main")
	b.git("branch", "-D", "gone")
	b.write("p/the.lock", "stashed")
	b.git("stash", "-q")
	b.write("p/the.lock", "stashed later")
	b.git("stash", "-q")
	for _, c := range []struct {
		dir   string
		scope git.Scope
		want  string
	}{
		{"p", git.Scope{}, ""},
		{"p", git.Scope{Branches: true}, "aside second stashed stashed later sub"},
		{"p", git.Scope{Tags: true}, "first sub"},
		{"p", git.Scope{Branches: true, Tags: true}, "aside first second stashed stashed later sub"},
		{"p", git.Scope{Commits: true}, "aside first lost second stashed stashed later sub"},
		{"q", git.Scope{Commits: true}, "outside"},
		{".", git.Scope{Tags: true}, "first outside sub"},
	} {
		if diff := cmp.Diff(c.want, versions(c.dir, c.scope)); diff != "" {
			t.Errorf("%s %+v: %s", c.dir, c.scope, diff)
		}
	}
	stop := errors.New("enough")
	if err := b.open("p").Versions(context.Background(), "the.lock", git.Scope{Commits: true}, func([]byte) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("it went on: %v", err)
	}
}
