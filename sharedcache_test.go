package dewar_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
)

const sharing = `
-- .dewar/config.hcl --
cache { dir = "../shared/cache" }
-- a.txt --
1
-- pipeline.hcl --
stage "one" {
  inputs  = { a = "a.txt" }
  outputs = { o = "one.txt" }
  command = ["one", inputs.a, outputs.o]
}
`

// two are two projects beside each other.
func two(t *testing.T, project string) (*engine, *engine) {
	m := fs.Memory()
	if err := m.MkdirAll("/projects/shared", 0o777); err != nil {
		t.Fatal(err)
	}
	return newEngine(t, m, "/projects/p", project), newEngine(t, m, "/projects/q", project)
}

func TestSharedCache(t *testing.T) {
	p, q := two(t, sharing)
	p.run(all).is("one executed")
	q.run(all).is("one restored")
	p.run(all).is("one unchanged")
	q.run(all).is("one unchanged")
	if p.exists(".dewar/cache") || q.exists(".dewar/cache") {
		t.Error("there is a cache of one project")
	}
	if !p.isCertified() || !q.isCertified() {
		t.Error("nothing is certified")
	}
	p.put("a.txt", "2\n")
	if p.isCertified() || !q.isCertified() {
		t.Error("what is certified is not of one project")
	}
	p.run(all).is("one executed")
	q.run(all).is("one unchanged")
}

// TestSharedCache_registry: whoever uses a store of several is known there, at most a day late.
func TestSharedCache_registry(t *testing.T) {
	p, q := two(t, sharing)
	known := func() (out []string) {
		x := p.open()
		defer p.close(x)
		list, err := x.SharedProjects()
		p.must(err)
		for _, s := range list {
			out = append(out, s.Root+" "+s.Used.Format(time.RFC3339))
		}
		return out
	}
	q.now = q.now.Add(-23 * time.Hour)
	q.close(q.open())
	q.now = q.now.Add(22 * time.Hour)
	q.close(q.open()) // not again
	want := []string{"/projects/p 2026-03-01T12:00:00Z", "/projects/q 2026-02-28T13:00:00Z"}
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(known()))); diff != "" {
		t.Error(diff)
	}
	q.now = q.now.Add(3 * time.Hour)
	q.close(q.open())
	want[1] = "/projects/q 2026-03-01T14:00:00Z"
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(known()))); diff != "" {
		t.Error(diff)
	}
	for _, name := range p.below("../shared/cache/projects") {
		p.put(name, strings.Replace(p.read(name), "/projects/", "/elsewhere/", 1))
	}
	if got := known(); len(got) > 1 {
		t.Errorf("believed: %v", got)
	}
}

// TestSharedCache_ofAnother: the project whose own store it is counts as well.
func TestSharedCache_ofAnother(t *testing.T) {
	p, q := two(t, sharing)
	p.remove(".dewar/config.hcl")
	q.put(".dewar/config.hcl", "cache { dir = \"/projects/p/.dewar/cache\" }")
	p.run(all).is("one executed")
	q.run(all).is("one restored")
	x := p.open()
	defer p.close(x)
	list, err := x.SharedProjects()
	p.must(err)
	if len(list) != 2 {
		t.Errorf("%+v", list)
	}
}

// TestSharedCache_notOne: a directory of other things is not made a cache of, for a collection removes
// what lies in a cache; who says so may be the committed file of a stranger.
func TestSharedCache_notOne(t *testing.T) {
	p, _ := two(t, sharing)
	p.put("../shared/home/.profile", "mine")
	p.put(".dewar/config.hcl", "cache { dir = \"/projects/shared/home\" }")
	_, err := dewar.Open(p.host(), p.root)
	var f *diag.Failure
	if !errors.As(err, &f) || f.List[0].Code != "E-cache-dir" || !strings.Contains(f.List[0].Detail, ".profile") {
		t.Errorf("%+v", err)
	}
	if got := p.below("../shared/home"); len(got) != 1 {
		t.Errorf("written there: %v", got)
	}
	p.must(p.disk.MkdirAll("/projects/shared/bazel/cas", 0o755))
	p.put(".dewar/config.hcl", "cache { dir = \"/projects/shared/bazel\" }")
	p.run(all).is("one executed")
}

func TestSharedCache_unusable(t *testing.T) {
	p, _ := two(t, sharing)
	p.must(p.disk.RemoveAll("/projects/shared"))
	_, err := dewar.Open(p.host(), p.root)
	var f *diag.Failure
	if !errors.As(err, &f) || f.List[0].Code != "E-cache-dir" || !strings.Contains(f.List[0].Detail, "/projects/shared to make it in (is it mounted?)") {
		t.Errorf("%+v", err)
	}
	if _, err := p.disk.Lstat("/projects/shared"); err == nil {
		t.Error("it was made up")
	}
}

// TestConfig_tracked: a file that says what only the user may say is not one that
// Git brought.
func TestConfig_tracked(t *testing.T) {
	e := inMemory(t, "-- .git/HEAD --\n-- .dewar/config.local.hcl --\ndata \"d\" { path = \"/home/u/private\" }\n")
	h := e.host()
	tracked := ""
	h.Command = func(_ context.Context, argv []string) ([]byte, error) {
		if want := []string{"git", "-C", filepath.Join(e.root, ".dewar"), "ls-files", "--", "config.local.hcl"}; !cmp.Equal(argv, want) {
			t.Errorf("%v", argv)
		}
		return []byte(tracked), nil
	}
	p, err := dewar.Open(h, e.root)
	e.must(err)
	e.close(p)
	tracked = "config.local.hcl\n"
	_, err = dewar.Open(h, e.root)
	var f *diag.Failure
	if !errors.As(err, &f) || f.List[0].Code != "E-config-tracked" {
		t.Errorf("%+v", err)
	}
}
