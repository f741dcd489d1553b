package graph_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// trees is a store of directories, made from lists of paths. A path that ends
// in a slash is an empty directory, "path=text" a file with that text,
// "path->target" a link.
type trees map[digest.Digest]digest.Dir

func (s trees) get(d digest.Digest) (digest.Dir, error) {
	dir, ok := s[d]
	if !ok {
		return digest.Dir{}, fmt.Errorf("no directory %s", d)
	}
	return dir, nil
}

func (s trees) add(b []byte) digest.Digest {
	dir, err := digest.DecodeDir(b)
	if err != nil {
		panic(err)
	}
	s[digest.Of(b)] = dir
	return digest.Of(b)
}

func (s trees) dir(paths ...string) digest.Content {
	var d digest.Dir
	sub := map[string][]string{}
	for _, p := range paths {
		if name, rest, ok := strings.Cut(p, "/"); ok && !strings.ContainsAny(name, "=>") {
			sub[name] = append(sub[name], rest)
			continue
		}
		if p == "" {
			continue
		}
		if name, target, ok := strings.Cut(p, "->"); ok {
			d.Symlinks = append(d.Symlinks, digest.SymlinkEntry{Name: name, Target: target})
			continue
		}
		name, text, _ := strings.Cut(p, "=")
		d.Files = append(d.Files, digest.FileEntry{Name: name, Digest: digest.Of([]byte(text))})
	}
	for name, rest := range sub {
		d.Dirs = append(d.Dirs, digest.DirEntry{Name: name, Digest: s.dir(rest...).Digest})
	}
	d.Sort()
	return digest.Content{Kind: digest.Directory, Digest: s.add(d.Encode())}
}

// list is the inverse of dir.
func (s trees) list(prefix string, c digest.Content) []string {
	dir := s[c.Digest]
	var out []string
	for _, f := range dir.Files {
		out = append(out, prefix+f.Name+"@"+f.Digest.Short())
	}
	for _, l := range dir.Symlinks {
		out = append(out, prefix+l.Name+"->"+l.Target)
	}
	for _, d := range dir.Dirs {
		in := s.list(prefix+d.Name+"/", digest.Content{Kind: digest.Directory, Digest: d.Digest})
		if len(in) == 0 {
			in = []string{prefix + d.Name + "/"}
		}
		out = append(out, in...)
	}
	slices.Sort(out)
	return out
}

func file(text string) digest.Content {
	return digest.Content{Kind: digest.File, Digest: digest.Of([]byte(text))}
}

func TestLayout(t *testing.T) {
	s := trees{}
	src := s.dir("a=1", "lib/b=2", "lib/l->b")
	for name, c := range map[string]struct {
		in, want []graph.Leaf
		made     int
	}{
		"nothing overlaps": {
			in:   []graph.Leaf{{At: "z", Content: file("z")}, {At: "src", Content: src}, {At: "src-b", Content: file("b")}},
			want: []graph.Leaf{{At: "src", Content: src}, {At: "src-b", Content: file("b")}, {At: "z", Content: file("z")}},
		},
		"the same twice": {
			in:   []graph.Leaf{{At: "a", Content: file("1")}, {At: "a", Content: file("1")}},
			want: []graph.Leaf{{At: "a", Content: file("1")}},
		},
		"a file that the directory has": {
			in:   []graph.Leaf{{At: "src/lib/b", Content: file("2")}, {At: "src", Content: src}},
			want: []graph.Leaf{{At: "src", Content: src}},
		},
		"a file more": {
			in:   []graph.Leaf{{At: "src/lib/c", Content: file("3")}, {At: "src", Content: src}},
			want: []graph.Leaf{{At: "src", Content: s.dir("a=1", "lib/b=2", "lib/l->b", "lib/c=3")}},
			made: 2,
		},
		"directories at one place": {
			in:   []graph.Leaf{{At: "src", Content: s.dir("lib/c=3", "e/")}, {At: "src", Content: src}},
			want: []graph.Leaf{{At: "src", Content: s.dir("a=1", "lib/b=2", "lib/l->b", "lib/c=3", "e/")}},
			made: 2,
		},
		"inside the root": {
			in:   []graph.Leaf{{At: "-x", Content: file("x")}, {At: ".", Content: src}},
			want: []graph.Leaf{{At: ".", Content: s.dir("-x=x", "a=1", "lib/b=2", "lib/l->b")}},
			made: 1,
		},
		"a directory by reference is split": {
			in: []graph.Leaf{{At: "data", Content: s.dir("x=1", "y/z=2"), Host: "/ws/data"}, {At: "data/more", Content: file("3")}},
			want: []graph.Leaf{
				{At: "data/more", Content: file("3")},
				{At: "data/x", Content: file("1"), Host: "/ws/data/x"},
				{At: "data/y", Content: s.dir("z=2"), Host: "/ws/data/y"},
			},
		},
		"what is in a reference already": {
			in:   []graph.Leaf{{At: "data", Content: s.dir("x=1", "y/z=2"), Host: "/ws/data"}, {At: "data/y/z", Content: file("2")}},
			want: []graph.Leaf{{At: "data", Content: s.dir("x=1", "y/z=2"), Host: "/ws/data"}},
		},
	} {
		got, made, err := graph.Layout(c.in, s.get)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if len(made) != c.made {
			t.Errorf("%s: %d new directories, want %d", name, len(made), c.made)
		}
	}
}

func TestLayoutConflicts(t *testing.T) {
	s := trees{}
	src := s.dir("a=1", "lib/b=2", "l->a")
	for name, leaves := range map[string][]graph.Leaf{
		"two files":            {{At: "a", Content: file("1")}, {At: "a", Content: file("2")}},
		"another file":         {{At: "src", Content: src}, {At: "src/a", Content: file("2")}},
		"the executable bit":   {{At: "src", Content: src}, {At: "src/a", Content: digest.Content{Kind: digest.File, Exec: true, Digest: file("1").Digest}}},
		"a file in a file":     {{At: "a", Content: file("1")}, {At: "a/b", Content: file("2")}},
		"a file in a link":     {{At: "src", Content: src}, {At: "src/l/x", Content: file("2")}},
		"a file as directory":  {{At: "src", Content: src}, {At: "src/lib", Content: file("2")}},
		"by reference":         {{At: "src", Content: s.dir("a=1"), Host: "/ws/src"}, {At: "src/a", Content: file("2")}},
		"a file and reference": {{At: "a", Content: file("1")}, {At: "a", Content: file("2"), Host: "/ws/a"}},
	} {
		_, _, err := graph.Layout(leaves, s.get)
		if c := (*graph.ConflictError)(nil); !errors.As(err, &c) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLayoutIsTheUnion compares Layout with the union of lists of files, and
// the action keys with and without references.
func TestLayoutIsTheUnion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := trees{}
		names := rapid.SampledFrom([]string{"a", "b", "a/b", "a/b/c", "b/c", "a/c/d"})
		var leaves []graph.Leaf
		want := map[string]bool{}
		for range rapid.IntRange(1, 4).Draw(t, "leaves") {
			at := rapid.SampledFrom([]string{"x", "x/a", "x/a/b", "y", "x/b"}).Draw(t, "at")
			if rapid.Bool().Draw(t, "file") {
				leaves = append(leaves, graph.Leaf{At: at, Content: file(at)})
				continue
			}
			var paths []string
			for _, p := range rapid.SliceOfNDistinct(names, 1, 3, rapid.ID).Draw(t, "paths") {
				if !slices.ContainsFunc(paths, func(q string) bool { return nested(p, strings.Split(q, "=")[0]) }) {
					paths = append(paths, p+"="+at+"/"+p)
				}
			}
			leaves = append(leaves, graph.Leaf{At: at, Content: s.dir(paths...)})
		}
		for _, l := range leaves {
			if l.Content.Kind == digest.File {
				want[l.At+"@"+l.Content.Digest.Short()] = true
			}
			for _, p := range s.list(l.At+"/", l.Content) {
				want[p] = true
			}
		}
		out, made, err := graph.Layout(leaves, s.get)
		if err != nil {
			if c := (*graph.ConflictError)(nil); !errors.As(err, &c) {
				t.Fatal(err)
			}
			return
		}
		for _, b := range made {
			s.add(b)
		}
		got := map[string]bool{}
		for _, l := range out {
			if l.Content.Kind == digest.File {
				got[l.At+"@"+l.Content.Digest.Short()] = true
			}
			for _, p := range s.list(l.At+"/", l.Content) {
				got[p] = true
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		byReference := slices.Clone(leaves)
		for i := range byReference {
			byReference[i].Host = "/ws/" + byReference[i].At
		}
		split, _, err := graph.Layout(byReference, s.get)
		if err != nil {
			t.Fatal(err)
		}
		a, b := graph.Action{WorkingDir: ".", Inputs: out}, graph.Action{WorkingDir: ".", Inputs: split}
		ka, err1 := a.Key()
		kb, err2 := b.Key()
		if err1 != nil || err2 != nil || ka.Key != kb.Key {
			t.Fatalf("%v and %v: %v %v", out, split, err1, err2)
		}
	})
}

func nested(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+"/") || strings.HasPrefix(b, a+"/")
}

func TestDiffTrees(t *testing.T) {
	s := trees{}
	old := s.dir("a=1", "b/c=2", "b/d=3", "gone/x=4", "l->a", "same/s=5", "kind=6")
	new := s.dir("a=1", "b/c=9", "b/d=3", "fresh/deep/y=7", "fresh/e/", "l->b", "same/s=5", "kind/k=8")
	changes, err := graph.DiffTrees(s.get, old.Digest, new.Digest)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, fmt.Sprintf("%s %t %t", c.Label, c.Old != "", c.New != ""))
	}
	want := []string{"b/c true true", "fresh/deep/y false true", "fresh/e false true", "gone/x true false", "kind true true", "l true true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	expanded := graph.Expand(s.get, []graph.Change{
		{Label: "input src", Old: graph.FormatContent(old), New: graph.FormatContent(new)},
		{Label: "env A", Old: "1", New: "2"},
		{Label: "input gone", Old: graph.FormatContent(digest.Content{Kind: digest.Directory, Digest: digest.Of([]byte("?"))}), New: graph.FormatContent(new)},
	})
	if len(expanded) != len(want)+2 || expanded[0].Label != "input src/b/c" {
		t.Errorf("%v", expanded)
	}
}
