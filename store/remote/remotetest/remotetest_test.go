package remotetest_test

import (
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/remotetest"
)

func bench(t *testing.T) remotetest.Bench {
	fsys := fs.Memory()
	if err := fsys.MkdirAll("/files", 0o755); err != nil {
		t.Fatal(err)
	}
	return remotetest.Bench{Place: remotetest.NewMemory(fsys, remote.Traits{}), FS: fsys, Dir: "/files"}
}

func TestMemory(t *testing.T) { remotetest.Run(t, bench) }

// A place whose faults are none is as the one below it.
func TestFaulty(t *testing.T) {
	remotetest.Run(t, func(t *testing.T) remotetest.Bench {
		b := bench(t)
		b.Place = remotetest.Faulty(b.Place, b.FS, func(remotetest.Call) remotetest.Fault { return remotetest.Fine })
		return b
	})
}
