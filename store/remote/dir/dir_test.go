package dir_test

import (
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote/dir"
	"github.com/dewar-build/dewar/store/remote/remotetest"
)

func TestConformance(t *testing.T) {
	t.Run("os", func(t *testing.T) {
		remotetest.Run(t, func(t *testing.T) remotetest.Bench { return onDisk(t.TempDir()) })
	})
	t.Run("memory", func(t *testing.T) {
		remotetest.Run(t, func(t *testing.T) remotetest.Bench {
			fsys := fs.Memory()
			if err := fsys.MkdirAll("/files", 0o755); err != nil {
				t.Fatal(err)
			}
			return remotetest.Bench{Place: dir.New(fsys, "/share"), FS: fsys, Dir: "/files"}
		})
	})
}

// onDisk returns a place below a directory, beside files.
func onDisk(at string) remotetest.Bench {
	return remotetest.Bench{Place: dir.New(fs.OS(), at+"/share"), FS: fs.OS(), Dir: at}
}
