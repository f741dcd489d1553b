package fs

import (
	"time"

	"github.com/dewar-build/dewar/digest"
)

// Source is where a tree's contents come from.
type Source interface {
	// Dir returns the directory with that digest.
	Dir(d digest.Digest) (digest.Dir, error)
	// CloneTo makes the file dst, which does not exist, of the bytes with that digest.
	CloneTo(d digest.Digest, exec bool, dst string) error
}

// MaterializeOptions says how a tree is written.
type MaterializeOptions struct {
	ReadOnly bool      // directories are 0555, else 0755; files are as the Source makes them
	MTime    time.Time // of files and directories; zero: now
	Workers  int       // how many files are made at once; 0: one a processor
}

// MaterializeDir writes the tree d as the directory dst, which must not exist. When
// it fails, what was written so far is removed. Names and symbolic links
// that leave dst are errors, whatever the Source says.
func MaterializeDir(fsys FS, src Source, d digest.Digest, dst string, opt MaterializeOptions) error {
	panic("unwritten")
}
