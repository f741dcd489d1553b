package fs

import (
	iofs "io/fs"

	"github.com/dewar-build/dewar/digest"
)

// Recorder is a View that remembers everything that was asked of it. Its Info
// values hold only what is remembered: the type and the executable bit. It is
// safe for concurrent use.
type Recorder struct{ view View }

// NewRecorder returns a Recorder that has seen nothing.
func NewRecorder(view View) *Recorder { panic("unwritten") }

// ReadFile, ReadDir, Lstat and Stat make a Recorder a View.
func (r *Recorder) ReadFile(path string) ([]byte, error) { panic("unwritten") }
func (r *Recorder) ReadDir(path string) ([]Entry, error) { panic("unwritten") }
func (r *Recorder) Lstat(path string) (Info, error)      { panic("unwritten") }
func (r *Recorder) Stat(path string) (Info, error)       { panic("unwritten") }

// Trace returns what was asked so far, sorted, each thing once.
func (r *Recorder) Trace() Trace { panic("unwritten") }

// Trace is what an evaluation read of a project, what it looked for and did
// not find included. It is JSON by its tags.
type Trace struct {
	Files  []FileRead `json:"files,omitempty"`  // sorted by Path
	Dirs   []DirRead  `json:"dirs,omitempty"`   // sorted by Path
	Stats  []StatRead `json:"stats,omitempty"`  // sorted by Path, then Follow
	Broken string     `json:"broken,omitempty"` // a read failed in a way that cannot be repeated; such a trace never holds
}

// FileRead is a file that was read.
type FileRead struct {
	Path   string         `json:"path"`
	Digest *digest.Digest `json:"digest,omitempty"` // nil: it was not there
}

// DirRead is a directory that was listed.
type DirRead struct {
	Path   string         `json:"path"`
	Digest *digest.Digest `json:"digest,omitempty"` // of the listing; nil: it was not there
}

// StatRead is a path whose type was asked for.
type StatRead struct {
	Path   string        `json:"path"`
	Follow bool          `json:"follow,omitempty"` // Stat, not Lstat
	Found  bool          `json:"found,omitempty"`
	Type   iofs.FileMode `json:"type,omitempty"`
	Exec   bool          `json:"exec,omitempty"`
}

// Holds reports whether a View would still answer everything in t as it did.
// index may be nil; with it, files that did not change are not read.
func (t Trace) Holds(view View, index *Index) bool { panic("unwritten") }
