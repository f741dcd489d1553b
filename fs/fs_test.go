package fs_test

import (
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/fs/fstest"
)

func TestImplementations(t *testing.T) {
	noFault := func(op, path string) error { return nil }
	t.Run("os", func(t *testing.T) {
		fstest.Run(t, func(t *testing.T) (fs.FS, string) { return fs.OS(), t.TempDir() })
	})
	t.Run("memory", func(t *testing.T) {
		fstest.Run(t, func(*testing.T) (fs.FS, string) { return fs.Memory(), "/" }, "symbolic links", "hard links")
	})
	t.Run("faulty", func(t *testing.T) {
		fstest.Run(t, func(t *testing.T) (fs.FS, string) { return fs.Faulty(fs.OS(), noFault), t.TempDir() })
	})
}
