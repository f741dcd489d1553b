package space_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// project is one in which pipelines of all kinds use each other: the workspace has near, a
// directory, and git and again, of one commit; git has part, a directory of that, and deep, of another.
func project() map[string]*pipeline {
	deep := &text{dir: "d"}
	inner := &text{dir: "g/inner"}
	git := &text{dir: "g", blocks: []block{{"part", "", 1, inner}, {"deep", commit("b"), 2, deep}}}
	near := &text{dir: "near", blocks: []block{{"lib", commit("c"), 1, &text{dir: "."}}}}
	top := stands(&text{dir: ".", blocks: []block{{"near", "", 1, near}, {"git", commit("a"), 1, git}, {"again", commit("a"), 1, inner}}})
	return map[string]*pipeline{
		"top": top, "near": top.kids["near"][0], "git": top.kids["git"][0], "again": top.kids["again"][0],
		"inner": top.kids["git"][0].kids["part"][0], "deep": top.kids["git"][0].kids["deep"][1],
	}
}

func TestSeen(t *testing.T) {
	a, b, c := kept(commit("a")), kept(commit("b")), kept(commit("c"))
	for _, x := range []struct{ from, real, want string }{
		{"top", "x/y", "x/y"},
		{"top", a + "/g/x", ".external/module.git/g/x"},
		{"top", b + "/d/x", ".external/module.git.deep/d/x"},
		{"top", c + "/x", ".external/module.near.lib/x"},
		{"top", kept(commit("d")) + "/x", ".external/module.-" + commit("d") + "/x"},
		{"near", "x/y", "x/y"},
		{"near", c + "/x", ".external/module.lib/x"},
		{"near", a + "/x", ".external/module..git/x"},
		{"git", "x/y", a + "/.caller/x/y"},
		{"git", a + "/g/x", a + "/g/x"},
		{"git", b + "/d/x", a + "/.external/module.deep/d/x"},
		{"git", c + "/x", a + "/.caller/.external/module.near.lib/x"},
		{"inner", "x/y", a + "/.caller/x/y"},
		{"inner", b + "/d/x", a + "/.external/module..deep/d/x"},
		{"deep", a + "/g/x", b + "/.caller/g/x"},
		{"deep", "x/y", b + "/.caller/.caller/x/y"},
		{"deep", c + "/x", b + "/.caller/.caller/.external/module.near.lib/x"},
	} {
		if got := project()[x.from].space.Seen(x.real); got != x.want {
			t.Errorf("%s sees %s at %s, want %s", x.from, x.real, got, x.want)
		}
	}
}

// Paths that nobody has asked for yet are files as well, and what is called like a project that is none
// is nothing of anybody's.
func TestReal(t *testing.T) {
	a, b := kept(commit("a")), kept(commit("b"))
	for _, x := range []struct{ from, path, want string }{
		{"top", ".external/module.git/x", a + "/x"},
		{"top", ".external/module.git", a},
		{"top", ".external/module.nobody/x", ".external/module.nobody/x"},
		{"top", ".external/module.near/x", ".external/module.near/x"},
		{"top", ".external/module.again/x", ".external/module.again/x"}, // it has the name git
		{"top", ".external/raw/x", ".external/raw/x"},
		{"top", ".external", ".external"},
		{"git", a + "/.external/module.deep/x", b + "/x"},
		{"git", a + "/.external/module.part/x", a + "/.external/module.part/x"},
		{"git", a + "/.caller", "."},
		{"git", a + "/.caller/x", "x"},
		{"git", a + "/.caller/.external/module.git/x", a + "/x"},
		{"git", a + "/.callers/x", a + "/.callers/x"},
		{"deep", b + "/.caller/x", a + "/x"},
	} {
		if got := project()[x.from].space.Real(x.path); got != x.want {
			t.Errorf("%s has at %s %s, want %s", x.from, x.path, got, x.want)
		}
	}
}

// What a module's user was given in the same project, the module may have; not the other way, and
// no project has what its user was given.
func TestGive(t *testing.T) {
	p, a, b := project(), kept(commit("a")), kept(commit("b"))
	p["git"].space.Give(a + "/.caller/conf")
	p["inner"].space.Give(a + "/.caller/in.txt")
	for _, x := range []struct {
		from, path string
		want       bool
	}{
		{"git", "/.caller/conf", false}, {"git", "/.caller/conf/a.txt", false}, {"inner", "/.caller/conf/a.txt", false}, {"inner", "/.caller/in.txt", false},
		{"git", "/.caller/config", true}, {"git", "/.caller", true}, {"git", "/.caller/in.txt", true}, {"inner", "/.caller/x", true},
		{"again", "/.caller/conf/a.txt", true},
		{"git", "/g/x", false}, {"git", "/.external/module.deep/x", false},
	} {
		if got := p[x.from].space.Forbidden(a + x.path); got != x.want {
			t.Errorf("%s in %s: %v", x.path, x.from, got)
		}
	}
	if !p["deep"].space.Forbidden(b+"/.caller/.caller/conf/a.txt") || !p["deep"].space.Forbidden(b+"/.caller/g/x") {
		t.Error("a module has what only its user was given")
	}
	for s, want := range map[string]bool{a + "/g/x": true, a + "/.caller/conf": true, a + "/.caller/x": false, "x": false, b + "/x": false, a: true, a + "b": false} {
		if p["git"].space.Allows(s) != want {
			t.Errorf("%s may be had: %v", s, !want)
		}
	}
}

func TestBare(t *testing.T) {
	p, a := project(), kept(commit("a"))
	got := append(p["git"].space.Bares([]string{a, a + "/g/x", "x"}), p["top"].space.Bares([]string{".", "x"})...)
	got = append(got, p["git"].space.Unbare("g/x"), p["git"].space.Unbare("."), p["top"].space.Unbare("x"))
	if diff := cmp.Diff([]string{".", "g/x", "x", ".", "x", a + "/g/x", a, "x"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestHolds(t *testing.T) {
	p := project()
	for _, x := range []struct {
		a, b string
		want bool
	}{{"top", "top", true}, {"top", "deep", true}, {"git", "inner", true}, {"inner", "git", false}, {"near", "git", false}} {
		if p[x.a].space.Holds(p[x.b].space) != x.want {
			t.Errorf("%s holds %s: %v", x.a, x.b, !x.want)
		}
	}
}
