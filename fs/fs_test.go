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
	} {
		t.Run(name, func(t *testing.T) { fstest.Run(t, mk) })
	}
}
