package git_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar/git"
	"github.com/google/go-cmp/cmp"
)

const long = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"

func TestChanges(t *testing.T) {
	b := newBench(t)
	for _, f := range []string{"same", "edited", "staged", "both", "gone", "gone-staged", "moved", "moved-gone", "forgotten", "mode"} {
		b.write("p/"+f, strings.Repeat(f+"\n", 20))
	}
	b.write("outside", "x")
	b.write("into", strings.Repeat("into\n", 20))
	b.write("p/.gitignore", "*.log\n")
	b.commit("one")

	b.write("p/edited", "x")
	b.write("p/staged", "x")
	b.write("p/both", "x")
	b.git("add", "p/staged", "p/both")
	b.write("p/both", "y")
	b.remove("p/gone")
	b.git("rm", "-q", "p/gone-staged")
	b.git("mv", "p/moved", "p/moved to")
	b.git("mv", "p/moved-gone", "p/moved-gone-to")
	b.remove("p/moved-gone-to")
	b.git("rm", "-q", "--cached", "p/forgotten")
	b.git("mv", "into", "p/into")
	b.write("outside", "y")
	b.write("p/added", "x")
	b.write("p/added-gone", "x")
	b.git("add", "p/added", "p/added-gone")
	b.remove("p/added-gone")
	b.write("p/intended", "x")
	b.git("add", "-N", "p/intended")
	b.write("p/new dir/ü", "x")
	b.write("p/a.log", "x")
	b.write("p/nested/.git/HEAD", "") // no repository, a broken one
	b.git("update-index", "--chmod=+x", "p/mode")

	want := []git.Change{
		{Path: "added", Status: git.Added},
		{Path: "both", Status: git.Modified},
		{Path: "edited", Status: git.Modified},
		{Path: "forgotten", Status: git.Modified},
		{Path: "gone", Status: git.Deleted},
		{Path: "gone-staged", Status: git.Deleted},
		{Path: "intended", Status: git.Added},
		{Path: "into", Status: git.Added},
		{Path: "mode", Status: git.Modified},
		{Path: "moved to", From: "moved", Status: git.Renamed},
		{Path: "moved-gone", Status: git.Deleted},
		{Path: "new dir/ü", Status: git.Untracked},
		{Path: "staged", Status: git.Modified},
	}
	if d := cmp.Diff(want, must[[]git.Change](t)(b.open("p").Changes(t.Context()))); d != "" {
		t.Error(d)
	}
}

func TestChanges_merge(t *testing.T) {
	b := newBench(t)
	b.write("f", "base\n")
	b.write("lost", "base\n")
	b.commit("base")
	b.git("checkout", "-q", "-b", "side")
	b.write("f", "side\n")
	b.remove("lost")
	b.commit("side")
	b.git("checkout", "-q", "main")
	b.write("f", "main\n")
	b.write("lost", "main\n")
	b.commit("main")
	_, _ = b.run(t.Context(), []string{"git", "-C", b.top, "merge", "-q", "side"}) // in conflict
	r := b.open(".")
	want := []git.Change{{Path: "f", Status: git.Modified}, {Path: "lost", Status: git.Modified}}
	if d := cmp.Diff(want, must[[]git.Change](t)(r.Changes(t.Context()))); d != "" {
		t.Error(d)
	}
	if patch := must[[]byte](t)(r.Patch(t.Context())); !bytes.Contains(patch, []byte("<<<<<<<")) {
		t.Errorf("patch %s", patch)
	}
}

func TestSubmodule(t *testing.T) {
	inner := newBench(t)
	inner.write("f", "x")
	inner.commit("inner")
	b := newBench(t)
	b.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.top, "mod")
	id := b.commit("with a submodule")
	r := b.open(".")
	tree := must[*git.Tree](t)(r.Tree(t.Context(), git.Commit{ID: id}))
	if info, err := tree.Lstat("mod"); err != nil || !info.IsDir() {
		t.Errorf("%v %v", info, err)
	}
	if list, err := tree.ReadDir("mod"); err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
	b.write("mod/f", "y")
	b.write("mod/new", "y")
	if got := must[[]git.Change](t)(r.Changes(t.Context())); len(got) != 0 {
		t.Errorf("what is inside a submodule changed, and it shows: %v", got)
	}
	b.git("-C", "mod", "-c", "user.name=x", "-c", "user.email=x", "commit", "-q", "-a", "-m", "new")
	if d := cmp.Diff([]git.Change{{Path: "mod", Status: git.Modified}}, must[[]git.Change](t)(r.Changes(t.Context()))); d != "" {
		t.Error(d)
	}
}

// A patch makes one tree of the other, and is the same whatever a person has set.
func TestPatch(t *testing.T) {
	b := newBench(t)
	b.write("p/text", long)
	b.write("p/no newline", "x")
	b.write("p/bytes", "\x00\x01\x02")
	b.write("p/moved", strings.Repeat("moved\n", 20))
	b.write("p/gone", "gone\n")
	b.write("outside", "x")
	b.commit("one")
	clean := b.path("../clean")
	b.git("clone", "-q", b.top, clean)

	b.write("p/text", strings.Replace(long, "four", "4 \u00fc", 1))
	b.write("p/no newline", "y")
	b.write("p/bytes", "\x00\xff\xfe")
	b.git("mv", "p/moved", "p/moved to")
	b.remove("p/gone")
	b.write("p/added", "")
	b.git("add", "p/added")
	b.write("outside", "y")
	b.write("p/untracked", "y")

	patch := must[[]byte](t)(b.open("p").Patch(t.Context()))
	for _, name := range []string{"outside", "untracked"} {
		if bytes.Contains(patch, []byte(name)) {
			t.Errorf("the patch has %s:\n%s", name, patch)
		}
	}
	if err := os.WriteFile(b.path("../patch"), patch, 0o644); err != nil {
		t.Fatal(err)
	}
	b.git("-C", clean, "apply", b.path("../patch"))
	for _, name := range []string{"text", "no newline", "bytes", "moved to", "added"} {
		got, err := os.ReadFile(b.path("../clean/p/" + name))
		want, _ := os.ReadFile(b.path("p/" + name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %q %v, want %q", name, got, err, want)
		}
	}
	if _, err := os.Stat(b.path("../clean/p/gone")); err == nil {
		t.Error("gone is there")
	}

	b.write("../config", `[diff]
	noprefix = true
	mnemonicPrefix = true
	relative = true
	renames = false
	context = 0
	interHunkContext = 9
	algorithm = patience
	indentHeuristic = false
	external = false
	orderFile = `+b.path("../order")+`
	ignoreSubmodules = all
	submodule = log
	colorMoved = zebra
	wsErrorHighlight = all
	suppressBlankEmpty = true
	autoRefreshIndex = false
[color]
	ui = always
	diff = always
	status = always
[core]
	pager = false
	quotePath = true
	abbrev = 4
[status]
	renames = copies
	showStash = true
	showUntrackedFiles = no
	relativePaths = true
	branch = true
	short = true
	submoduleSummary = true
[column]
	ui = always
[log]
	showSignature = true
	date = relative
	decorate = full
[format]
	pretty = oneline
`)
	b.write("../order", "text\n")
	changes := must[[]git.Change](t)(b.open("p").Changes(t.Context()))
	head, _, err := b.open("p").Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.env = append(b.env, "GIT_CONFIG_GLOBAL="+b.path("../config"), "GIT_DIFF_OPTS=-u9", "GIT_EXTERNAL_DIFF=false", "LANGUAGE=de", "TERM=xterm")
	if got := must[[]byte](t)(b.open("p").Patch(t.Context())); !bytes.Equal(got, patch) {
		t.Errorf("another patch with other settings: %s", cmp.Diff(string(patch), string(got)))
	}
	if d := cmp.Diff(changes, must[[]git.Change](t)(b.open("p").Changes(t.Context()))); d != "" {
		t.Errorf("other changes with other settings: %s", d)
	}
	if again, _, _ := b.open("p").Head(t.Context()); !cmp.Equal(head, again) {
		t.Errorf("%v, with other settings %v", head, again)
	}
}

// Looking takes no lock and leaves the index as it is.
func TestReadOnly(t *testing.T) {
	b := newBench(t)
	b.write("f", "x")
	b.commit("one")
	if err := os.Chtimes(b.path("f"), time.Unix(1e9, 0), time.Unix(1e9, 0)); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(b.path(".git/index"))
	if err != nil {
		t.Fatal(err)
	}
	r := b.open(".")
	for range 2 {
		if got := must[[]git.Change](t)(r.Changes(t.Context())); len(got) != 0 {
			t.Errorf("%v", got)
		}
		if got := must[[]byte](t)(r.Patch(t.Context())); len(got) != 0 {
			t.Errorf("%s", got)
		}
		b.write(".git/index.lock", "") // of another git
	}
	after, err := os.ReadFile(b.path(".git/index"))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the index was written, %v", err)
	}
}

func TestTracks(t *testing.T) {
	b := newBench(t)
	b.write("a/b.txt", "1")
	b.write("[x]*.txt", "1")
	b.commit("first")
	b.write("a/c.txt", "1")
	r := b.open(".")
	for name, want := range map[string]bool{"a": true, "a/b.txt": true, "a/c.txt": false, "[x]*.txt": true, "*.txt": false, "b": false} {
		if got, err := r.Tracks(t.Context(), name); err != nil || got != want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
