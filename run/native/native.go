// Package native carries out the actions that dewar itself can do: copying,
// concatenating and filling in text. They need no process, so that a whole
// pipeline can run in memory.
//
// It reads contents through a small Blobs and writes through fs.FS. The root
// package imports it.
package native

import (
	"context"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/run"
)

// Version enters the salt of every native action: it changes when what one of
// them writes changes.
const Version = "1"

// Blobs gives the contents of inputs. The store is one.
type Blobs interface {
	// Open opens a blob for reading.
	Open(d digest.Digest) (fs.File, error)
	// Dir returns a directory by the digest of its encoding.
	Dir(d digest.Digest) (digest.Dir, error)
}

// New returns the executor of native actions. Outputs are written on fsys,
// below Execution.Dir.
//
//	native:copy SRC DST        a file or a directory
//	native:concat DST SRC...   the bytes of files, one after the other
//	native:template DST TEXT   TEXT, filled in by the evaluation already
//
// SRC and DST are paths of the input root, relative to the working directory.
func New(fsys fs.FS, blobs Blobs) run.Executor { return &executor{fsys, blobs} }

type executor struct {
	fs    fs.FS
	blobs Blobs
}

func (e *executor) Execute(ctx context.Context, x *run.Execution) (*run.Outcome, error) {
	panic("unwritten")
}
