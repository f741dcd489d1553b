package fs

import (
	"context"
	"errors"

	"github.com/dewar-build/dewar/digest"
)

// ErrChanging is the error of a file that changed twice while it was read.
var ErrChanging = errors.New("the file changes while it is read")

// Taker keeps the bytes of what is scanned: the source snapshot of a store.
type Taker interface {
	// Take keeps the bytes of the file at the native path and returns their digest.
	Take(path string, info Info) (digest.Digest, error)
	// Has reports whether the bytes are kept already.
	Has(d digest.Digest) bool
	// PutDirectory keeps the encoding of a digest.Dir.
	PutDirectory(encoded []byte) (digest.Digest, error)
}

// Scanner says what paths hold. Its fields are set before the first call and
// not changed; its methods are safe for concurrent use and share the workers.
type Scanner struct {
	FS      FS
	Root    string  // the native path of the project
	Index   *Index  // nil: every file is hashed
	Ignore  *Ignore // nil: nothing is ignored
	Workers int     // how many files are read at once; 0: one a processor
	Take    Taker   // nil: nothing is kept

	state scanState
}

type scanState struct{}

// Scanned is a path's content and what it took to know it.
type Scanned struct {
	Content digest.Content
	Files   int64 // regular files in it
	Dirs    int64 // directories in it, itself included
	Bytes   int64 // of all files
	Hashed  int64 // files that had to be read
}

// Content returns what the project path holds; nothing there is Kind None and
// no error. A symbolic link is followed as long as it stays in the project.
// The error is a *TreeError where entries of a directory cannot be content.
func (s *Scanner) Content(ctx context.Context, path string) (digest.Content, error) {
	r, err := s.Scan(ctx, path)
	return r.Content, err
}

// Scan is Content, with counts.
func (s *Scanner) Scan(ctx context.Context, path string) (Scanned, error) { panic("unwritten") }

// TreeError names the entries of a directory that cannot be content.
type TreeError struct {
	Dir string
	Bad []BadEntry // sorted by Path
}

// BadEntry is one of them.
type BadEntry struct {
	Path    string // project path
	Target  string // of a symbolic link
	Problem EntryProblem
}

// EntryProblem says why an entry cannot be content.
type EntryProblem uint8

// The problems of entries.
const (
	LinkAbsolute EntryProblem = iota + 1 // a symbolic link to an absolute path
	LinkEscapes                          // a symbolic link that leads out of the directory
	LinkDangling                         // a symbolic link to nothing
	LinkLoop                             // a symbolic link that leads to itself
	SpecialFile                          // a device, socket or fifo
	NameNotUTF8                          // a name whose bytes are no text
)

func (e *TreeError) Error() string { panic("unwritten") }
