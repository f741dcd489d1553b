// Package checkout writes outputs into the workspace. Bytes that the store
// knows may be replaced; anything else is exchanged out by rename, kept under
// .dewar/kept and named, so that nothing a person wrote is ever lost.
//
// It is apart from store because it knows what a workspace is; the root package
// and exp import it.
package checkout

import (
	"context"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

// Item is one path of the workspace and what it is to hold.
type Item struct {
	Path    string         // relative to the project, with slashes
	Content digest.Content // the zero Content: nothing is to be there
	Known   digest.Content // what it held when dewar last wrote it (the lock's content); zero: unknown
}

// Plan is a set of items, no path inside another.
type Plan struct {
	Root  string // the project's root
	Kept  string // where to keep what is taken in: "<root>/.dewar/kept"
	Items []Item
}

// Index remembers digests of files by what stat says. Paths are those given to
// the filesystem. fs.Index is one.
type Index interface {
	// Lookup returns the digest of a file if it cannot have changed since it was recorded.
	Lookup(path string, info fs.Info) (digest.Digest, bool)
	// Record remembers a digest; readAt is the filesystem's own time just before the bytes were
	// read or written, in nanoseconds since 1970.
	Record(path string, info fs.Info, d digest.Digest, readAt int64)
}

// Deps are what Checkout works with.
type Deps struct {
	FS      fs.FS
	Store   *store.Store
	Index   Index            // nil: every file is hashed
	Now     func() time.Time // nil: time.Now; names the directory of kept files
	Workers int              // 0: the number of CPUs
}

// Report is what Checkout did, each list sorted by path.
type Report struct {
	Written   int // files
	Removed   int // files
	Unchanged int // files
	Kept      []Kept
}

// Kept is something that was in the way and that the store did not know.
type Kept struct {
	Path   string        // where it was, relative to the project
	Where  string        // where it is now
	Digest digest.Digest // of a file's bytes; zero for anything else
	Kind   string        // "file", "directory", "symbolic link", "other"
}

// Checkout makes every item's path hold its content, touching only what differs. When
// it fails midway the report says what was done so far.
func Checkout(ctx context.Context, p Plan, d Deps) (Report, error) { panic("unwritten") }

// Gitignore returns existing with the managed section set to patterns, in the
// order given, the rest untouched. Without patterns the section goes.
func Gitignore(existing []byte, patterns []string) []byte { panic("unwritten") }
