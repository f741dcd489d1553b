package fs_test

import (
	"errors"
	"math/rand"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/dewar-build/dewar/fs"
	"github.com/google/go-cmp/cmp"
)

func globbed(t *testing.T, view fs.View, dir string, ignore *fs.Ignore, patterns ...string) []string {
	t.Helper()
	got, err := fs.Glob(view, dir, patterns, ignore)
	must(t, err)
	return got
}

func TestGlob(t *testing.T) {
	mem := fs.Memory()
	tree(t, mem, "/", map[string]string{
		"p/a.py": "", "p/b.txt": "", "p/src/c.py": "", "p/src/deep/er/d.py": "", "p/.hidden": "", "p/[x].py": "",
		"p/__pycache__/e.py": "", "p/empty/": "", "q/f.py": "", "p/src/é.py": "", "p/x,y": "", "p/src.py/g.py": "",
	})
	view := fs.NewProject(mem, "/")
	ignore := fs.NewIgnore(view.ReadFile)
	for _, c := range []struct {
		patterns string
		want     string
	}{
		{"a.py", "p/a.py"},
		{"*.py", "p/[x].py p/a.py"},
		{"**/*.py", "p/[x].py p/a.py p/src.py/g.py p/src/c.py p/src/deep/er/d.py p/src/é.py"},
		{"src/**", "p/src/c.py p/src/deep/er/d.py p/src/é.py"},
		{"**/deep/**/*.py", "p/src/deep/er/d.py"},
		{"src/**/**/d.py", "p/src/deep/er/d.py"},
		{"{a,b}.{py,txt}", "p/a.py p/b.txt"},
		{"{a.py,src/{c,x}.py}", "p/a.py p/src/c.py"},
		{"[a-b].*", "p/a.py p/b.txt"},
		{"[^a].txt", "p/b.txt"},
		{`\[x\].py`, "p/[x].py"},
		{"src/?.py", "p/src/c.py p/src/é.py"},
		{".*", "p/.hidden"},
		{"../q/*.py", "q/f.py"},
		{"./a.py", "p/a.py"},
		{"a.py a.* *", "p/.hidden p/[x].py p/a.py p/b.txt p/x,y"},
		{"nothing/*", ""},
		{"a.py/*", ""},
		{"src", ""},
		{"src/", "p/src"},
		{"**/", "p/empty p/src p/src.py p/src/deep p/src/deep/er"},
		{`x\,y`, "p/x,y"},
	} {
		got := strings.Join(globbed(t, view, "p", ignore, strings.Fields(c.patterns)...), " ")
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.patterns, got, c.want)
		}
	}
	if got := globbed(t, view, "p", nil, "**/e.py"); len(got) != 1 {
		t.Errorf("without ignore patterns: %q", got)
	}
	for _, bad := range []string{"[a", "{a", "/a", "a/../b", "", "./", "../../x", `a\`, strings.Repeat("{a,b}", 12)} {
		_, err := fs.Glob(view, "p", []string{bad}, nil)
		var pattern *fs.BadPattern
		var out *fs.BadPath
		if !errors.As(err, &pattern) && !errors.As(err, &out) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Only what must be read is read, and a name is looked for, not listed: a new
// file elsewhere leaves the evaluation alone.
func TestGlobReadsLittle(t *testing.T) {
	mem := fs.Memory()
	tree(t, mem, "/", map[string]string{"a/b/c.py": "", "a/x/d.py": "", "e/f.py": ""})
	r := fs.NewRecorder(fs.NewProject(mem, "/"))
	globbed(t, r, ".", nil, "a/b/*.py", "nope/*.py", "e/f.py")
	var dirs, stats []string
	for _, d := range r.Trace().Dirs {
		dirs = append(dirs, d.Path)
	}
	for _, s := range r.Trace().Stats {
		stats = append(stats, s.Path)
	}
	if diff := cmp.Diff([]string{"a/b"}, dirs); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a", "a/b", "e", "e/f.py", "nope"}, stats); diff != "" {
		t.Error(diff)
	}
}

func TestGlobLinks(t *testing.T) {
	dir := t.TempDir()
	tree(t, fs.OS(), dir, map[string]string{
		"d/a": "", "d/loop -> ../d": "", "d/l -> a": "", "d/none -> nothing": "", "ld -> d": "",
	})
	view := fs.NewProject(fs.OS(), dir)
	if diff := cmp.Diff([]string{"d/a", "d/l"}, globbed(t, view, ".", nil, "**/*")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"ld/a", "ld/l"}, globbed(t, view, ".", nil, "ld/*")); diff != "" {
		t.Error(diff)
	}
}

// Random patterns on a random tree find what matching every path finds.
func TestGlobAsMatch(t *testing.T) {
	rnd := rand.New(rand.NewSource(3))
	mem := fs.Memory()
	var all []string
	for range 300 {
		p := ""
		for range 1 + rnd.Intn(4) {
			p = path.Join(p, string(rune('a'+rnd.Intn(3)))+strings.Repeat("x", rnd.Intn(2)))
		}
		p += ".f"
		if !slices.Contains(all, p) {
			all = append(all, p)
			tree(t, mem, "/", map[string]string{p: ""})
		}
	}
	slices.Sort(all)
	pieces := []string{"*", "**", "a", "b", "?x", "{a,bx}", "[ab]*", "c*"}
	for range 400 {
		var segs []string
		for range rnd.Intn(4) {
			segs = append(segs, pieces[rnd.Intn(len(pieces))])
		}
		pattern := strings.Join(append(segs, []string{"*.f", "a.f", "?.f", "{a,b/a}.f", "*"}[rnd.Intn(5)]), "/")
		var want []string
		for _, p := range all {
			if ok, err := doublestar.Match(pattern, p); err != nil {
				t.Fatal(err)
			} else if ok {
				want = append(want, p)
			}
		}
		got := globbed(t, fs.NewProject(mem, "/"), ".", nil, pattern)
		if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
			t.Fatalf("%s (-matching +Glob):\n%s", pattern, diff)
		}
	}
}
