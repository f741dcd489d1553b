package foreign

import (
	"testing"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// What is brought is what a scan will find: nothing that is ignored where it will lie, and no link out of it.
func TestSettle(t *testing.T) {
	s := memoryStore(t)
	mem := fs.Memory()
	here := fs.NewProject(mem, "/p").ReadFile
	blob := func(text string) digest.Content {
		d, err := s.Put([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return digest.Content{Kind: digest.File, Digest: d}
	}
	tree := func(files map[string]string) digest.Content {
		var g Tree
		for name, text := range files {
			if err := g.Put(name, blob(text)); err != nil {
				t.Fatal(err)
			}
		}
		c, err := g.Keep(s)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if err := mem.MkdirAll("/p", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := fs.WriteFile(mem, "/p/.dewarignore", []byte("*.tmp\n")); err != nil {
		t.Fatal(err)
	}
	given := tree(map[string]string{"a": "1", "x.tmp": "1", "s/.DS_Store": "1", "s/b": "1", "s/.dewarignore": "c\n", "s/c": "1", "__pycache__/x": "1"})
	want := tree(map[string]string{"a": "1", "s/b": "1", "s/.dewarignore": "c\n"})
	got, err := Settle(s, here, "data/x", given)
	if err != nil || got != want {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	for link, ok := range map[string]bool{"a": true, "s/b": true, "./a": true, "s/../a": false, "../a": false, "/etc/passwd": false, "s/../../a": false} {
		d := digest.Dir{Symlinks: []digest.SymlinkEntry{{Name: "l", Target: link}}}
		id, err := s.PutDirectory(d.Encode())
		if err != nil {
			t.Fatal(err)
		}
		_, err = Settle(s, here, "data/x", digest.Content{Kind: digest.Directory, Digest: id})
		if lerr := LinksInside(s.Dir, digest.Content{Kind: digest.Directory, Digest: id}); (err == nil) != ok || (lerr == nil) != ok {
			t.Errorf("a link to %s: %v, %v", link, err, lerr)
		}
	}
}
