package space_test

import (
	"path"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval/space"
	"pgregory.net/rapid"
)

// everywhere checks something of each pipeline of some trees of pipelines.
func everywhere(t *testing.T, check func(t *rapid.T, p *pipeline)) {
	rapid.Check(t, func(t *rapid.T) {
		for _, p := range stands(drawText(t, 3, "abc")).all() {
			check(t, p)
		}
	})
}

// A pipeline sees each file of the workspace at a place of its own, in its project.
func TestSeen_real(t *testing.T) {
	everywhere(t, func(t *rapid.T, p *pipeline) {
		at := map[string]string{}
		for _, root := range p.knows() {
			for _, f := range filesOf(root) {
				seen := p.space.Seen(f)
				if !p.space.Owns(seen) {
					t.Errorf("%s is seen at %s, outside of %s", f, seen, p.space.Root())
				}
				if real := p.space.Real(seen); real != f {
					t.Errorf("in %s, %s is seen at %s, which is %s", p.space.Root(), f, seen, real)
				}
				if other := at[seen]; other != "" {
					t.Errorf("%s and %s are both seen at %s", f, other, seen)
				}
				at[seen] = f
			}
		}
	})
}

// No path that a pipeline sees says which commit anything is of.
func TestSeen_noCommit(t *testing.T) {
	everywhere(t, func(t *rapid.T, p *pipeline) {
		for _, root := range p.knows() {
			for _, f := range filesOf(root) {
				if bare := p.space.Bare(p.space.Seen(f)); strings.Contains(bare, path.Base(root)) && root != "." || strings.Contains(bare, space.Kept) {
					t.Errorf("in %s, %s is seen at %s", p.space.Root(), f, bare)
				}
			}
		}
	})
}

// Two projects have two directories. One is around the other only where no project has files.
func TestSeen_apart(t *testing.T) {
	everywhere(t, func(t *rapid.T, p *pipeline) {
		roots := p.knows()
		for _, a := range roots {
			for _, b := range roots {
				one, other := path.Dir(p.space.Seen(path.Join(a, "x"))), path.Dir(p.space.Seen(path.Join(b, "x")))
				sub, in := space.Within(one, other)
				if in && a != b && !strings.HasPrefix(sub, ".external/") && sub != ".caller" && !strings.HasPrefix(sub, ".caller/") {
					t.Errorf("%s is seen at %s and %s at %s", a, one, b, other)
				}
			}
		}
	})
}

// What a pipeline sees of its own project and of its modules' is the same if it stands for
// itself, and its project is the workspace.
func TestSeen_alone(t *testing.T) {
	everywhere(t, func(t *rapid.T, p *pipeline) {
		alone := stands(p.text)
		for _, root := range p.roots() {
			for _, f := range filesOf(root) {
				file := f
				if root == p.space.Root() {
					file = p.space.Bare(f)
				}
				if used, want := p.space.Bare(p.space.Seen(f)), alone.space.Seen(file); used != want {
					t.Errorf("%s of %s is seen at %s, and alone at %s", f, p.space.Root(), used, want)
				}
			}
		}
	})
}

// spellings are paths as somebody might write them who wants what is not his.
func spellings() *rapid.Generator[string] {
	parts := []string{
		"..", "..", ".", ".caller", ".caller", ".external", "module.", "module.k", "module.l", "module..k", "module.k.l", "module.-" + commit("a"),
		"data.raw", "x.txt", "p0", "src", ".dewar/modules", commit("a"), commit("b"), ".Caller",
	}
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom(parts), 1, 8), func(p []string) string { return path.Join(p...) })
}

// However a pipeline from Git spells a path, it has nothing of its user's project that neither it nor
// a user of it in its own project was given.
func TestForbidden(t *testing.T) {
	everywhere(t, func(t *rapid.T, p *pipeline) {
		if p.space.Ours() {
			return
		}
		guests := path.Join(p.space.Root(), ".caller")
		for range rapid.IntRange(0, 2).Draw(t, "gifts") {
			g := path.Join(guests, rapid.SampledFrom([]string{"x.txt", "p0", "p0/x.txt", ".external/module.k", ".caller/src"}).Draw(t, "gift"))
			p.space.Give(g)
			p.gifts = append(p.gifts, g)
		}
		given, own := p.given(), p.outermost().roots()
		for range 5 {
			at := path.Join(p.dir(), spellings().Draw(t, "path"))
			real := p.space.Real(at)
			if p.space.Allows(at) && !inAny(given, at) && !inAny(own, real) {
				t.Errorf("in %s, %s is %s", p.space.Root(), at, real)
			}
		}
		for _, f := range filesOf(guests) {
			if p.space.Forbidden(f) == inAny(given, f) {
				t.Errorf("%s: forbidden is %v, and given was %v", f, p.space.Forbidden(f), given)
			}
		}
	})
}

// Nothing is kept out of its own project.
func TestForbidden_ours(t *testing.T) {
	everywhere(t, func(t *rapid.T, p *pipeline) {
		at := path.Join(p.dir(), spellings().Draw(t, "path"))
		if p.space.Ours() && p.space.Forbidden(at) {
			t.Errorf("%s is forbidden", at)
		}
	})
}

// What the outermost pipeline sees of what a stage makes is where that is put; each pipeline sees
// what it makes itself where it makes it; and one that is from Git sees what others make in its project.
func TestMadeAt(t *testing.T) {
	everywhere(t, func(t *rapid.T, p *pipeline) {
		made := path.Join(p.dir(), "out/o.txt")
		if at := p.space.MadeAt(made, p.space); at != made {
			t.Errorf("%s is seen at %s", made, at)
		}
		top := p
		for top.by != nil {
			top = top.by
		}
		if at, put := p.space.MadeAt(made, top.space), p.space.PlaceOf(made); at != put {
			t.Errorf("%s is seen at %s and put at %s", made, at, put)
		}
		for _, to := range top.all() {
			if at := p.space.MadeAt(made, to.space); !to.space.Owns(at) {
				t.Errorf("%s is seen at %s, outside of %s", made, at, to.space.Root())
			}
		}
	})
}

func inAny(dirs []string, p string) bool {
	for _, dir := range dirs {
		if _, in := space.Within(dir, p); in {
			return true
		}
	}
	return false
}
