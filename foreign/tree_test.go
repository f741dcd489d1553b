package foreign

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

func TestTree(t *testing.T) {
	s := memoryStore(t)
	file := digest.Content{Kind: digest.File, Digest: digest.Of([]byte("x"))}
	var g Tree
	for _, at := range []string{"b/c/d", "a", "b/e"} {
		if err := g.Put(at, file); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{"", "a", "a/b", "b", "../x", "/x", "x/", "x//y", "./y", "x\\y", "x\x00"} {
		if g.Put(bad, file) == nil {
			t.Errorf("%q is a path", bad)
		}
	}
	c, err := g.Keep(s)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	if err := graph.EachFile(s.Dir, c, func(name string, _ digest.FileEntry) bool { names = append(names, name); return true }); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"a", "b/e", "b/c/d"}, names); d != "" {
		t.Error(d)
	}
}
