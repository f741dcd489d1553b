package fs_test

import (
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/fs/fstest"
)

func TestImplementations(t *testing.T) {
	noFault := func(op, path string) error { return nil }
	for name, mk := range map[string]fstest.Make{
		"os":     func(t *testing.T) (fs.FS, string) { return fs.OS(), t.TempDir() },
		"memory": func(t *testing.T) (fs.FS, string) { return fs.Memory(), "/" },
		"faulty": func(t *testing.T) (fs.FS, string) { return fs.Faulty(fs.OS(), noFault), t.TempDir() },
		"rooted": func(t *testing.T) (fs.FS, string) { return fs.Rooted(fs.OS(), t.TempDir()), "/" },
		"rooted memory": func(t *testing.T) (fs.FS, string) {
			mem := fs.Memory()
			if err := mem.MkdirAll("/a/b", 0o755); err != nil {
				t.Fatal(err)
			}
			return fs.Rooted(mem, "/a/b"), "/"
		},
	} {
		t.Run(name, func(t *testing.T) { fstest.Run(t, mk) })
	}
}
