package store_test

import (
	"path/filepath"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/storetest"
)

func TestConformance(t *testing.T) {
	t.Run("os", func(t *testing.T) { storetest.Run(t, onDisk) })
	t.Run("memory", func(t *testing.T) { storetest.Run(t, inMemory) })
}

func onDisk(t *testing.T) storetest.Place {
	fsys, dir := fs.OS(), filepath.ToSlash(t.TempDir())
	t.Cleanup(func() { fsys.RemoveAll(dir + "/store") }) // trees are read-only
	return storetest.Place{FS: fsys, Dir: dir}
}

func inMemory(t *testing.T) storetest.Place {
	fsys := fs.Memory()
	if err := fsys.MkdirAll("/p", 0o755); err != nil {
		t.Fatal(err)
	}
	return storetest.Place{FS: fsys, Dir: "/p"}
}
