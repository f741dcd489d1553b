package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

func TestEachFile(t *testing.T) {
	file := digest.Of([]byte("x"))
	low := digest.Dir{Files: []digest.FileEntry{{Name: "d", Digest: file}}}
	sub := digest.Dir{Files: []digest.FileEntry{{Name: "c", Digest: file}}, Dirs: []digest.DirEntry{{Name: "t", Digest: digest.Of(low.Encode())}}}
	top := digest.Dir{Files: []digest.FileEntry{{Name: "a", Digest: file}, {Name: "b", Digest: file}}, Dirs: []digest.DirEntry{{Name: "s", Digest: digest.Of(sub.Encode())}}}
	dirs := func(d digest.Digest) (digest.Dir, error) {
		return map[digest.Digest]digest.Dir{digest.Of(low.Encode()): low, digest.Of(sub.Encode()): sub, digest.Of(top.Encode()): top}[d], nil
	}
	for _, c := range []struct {
		of   digest.Content
		most int
		want []string
	}{
		{digest.Content{Kind: digest.Directory, Digest: digest.Of(top.Encode())}, 9, []string{"a", "b", "s/c", "s/t/d"}},
		{digest.Content{Kind: digest.Directory, Digest: digest.Of(top.Encode())}, 1, []string{"a"}},
		{digest.Content{Kind: digest.File, Digest: file}, 9, []string{""}},
	} {
		var got []string
		err := graph.EachFile(dirs, c.of, func(name string, _ digest.FileEntry) bool {
			got = append(got, name)
			return len(got) < c.most
		})
		if d := cmp.Diff(c.want, got); err != nil || d != "" {
			t.Error(err, d)
		}
	}
}
