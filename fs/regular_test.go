package fs_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/dewar-build/dewar/fs"
)

// Nobody writes into the pipe: to open it would wait for ever.
func TestReadFile_pipe(t *testing.T) {
	if runtime.GOOS == "windows" {
		return
	}
	dir := t.TempDir()
	fifo(t, filepath.Join(dir, "pipe"))
	must(t, os.Symlink("pipe", filepath.Join(dir, "link")))
	view := fs.NewProject(fs.OS(), dir)
	for _, name := range []string{"pipe", "link"} {
		if _, err := fs.ReadFile(fs.OS(), filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotRegular) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := view.ReadFile(name); !errors.Is(err, fs.ErrNotRegular) {
			t.Errorf("%s of the project: %v", name, err)
		}
	}
}
