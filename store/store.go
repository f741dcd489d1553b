// Package store keeps bytes by their digest and results by their action key:
// a content-addressed store (CAS), an action cache (AC) and directories that
// are materialized once, to be shown to actions read-only. Its layout is that
// of Bazel's disk cache with a few directories beside; see spec/formats.md.
//
// Blobs are immutable files. Every write is made under a temporary name and
// renamed, so that any number of processes may use one store without a lock,
// and a crash leaves garbage in tmp/ at worst. Nothing is synced to the disk:
// the size is checked whenever a blob is used, and what does not check is set
// aside in quarantine/ and treated as missing.
//
// It knows nothing of stages, of the lock and of the workspace (store/checkout
// does); run, exp and the root package import it.
package store

import (
	"io"
	iofs "io/fs"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// Options are the optional parts of Open; the zero value is fine.
type Options struct {
	Now     func() time.Time // nil: time.Now
	Corrupt func(Corruption) // told once of every file set aside; nil: nobody is
}

// Corruption is a file of the store that was not what its name says. It has
// been moved away and counts as missing.
type Corruption struct {
	Path   string        // where it was
	Kept   string        // where it is now; "" if it could not be moved
	Want   digest.Digest // what its name promises; zero for an action cache entry
	Got    digest.Digest // what it holds
	Detail string        // what is wrong, for action cache entries
}

// Store is a store on one filesystem. Its methods may be called concurrently,
// also by several processes on one directory.
type Store struct {
	fs  fs.FS
	dir string
	opt Options
}

// Open opens the store in dir, which it creates if need be. It is an error if
// a newer dewar with another layout has written it.
func Open(fsys fs.FS, dir string, o Options) (*Store, error) { panic("unwritten") }

// Put stores b.
func (s *Store) Put(b []byte) (digest.Digest, error) { panic("unwritten") }

// PutReader stores what r yields.
func (s *Store) PutReader(r io.Reader) (digest.Digest, error) { panic("unwritten") }

// PutDirectory stores the canonical encoding of d, not what it refers to.
func (s *Store) PutDirectory(d digest.Dir) (digest.Digest, error) { panic("unwritten") }

// Take takes a file that stays where it is into the store: a source snapshot.
// The digest is that of the bytes taken, whatever happens to the file meanwhile.
// info is what the caller knew of the file; its size is a hint only.
func (s *Store) Take(path string, info fs.Info) (digest.Digest, error) { panic("unwritten") }

// Ingest moves a file that an action made into the store: by rename if
// nothing else can write to it, else by copying. Afterwards path may be gone.
func (s *Store) Ingest(path string, exec bool) (digest.Content, error) { panic("unwritten") }

// IngestTree moves every file under the directory path into the store, in
// parallel, with the encodings of all its directories. What cannot be content
// (devices, sockets, links that lead out, names that are not UTF-8) fails with
// a *TreeError that lists all of it, and then nothing has been moved.
func (s *Store) IngestTree(path string) (digest.Content, error) { panic("unwritten") }

// TreeError lists everything in a directory that cannot be part of an artifact.
type TreeError struct {
	Dir string      // the directory
	Bad []TreeFault // sorted by path
}

// TreeFault is one thing that cannot be part of an artifact.
type TreeFault struct {
	Path   string // relative to the directory
	Reason string // "a socket", `a symbolic link that leads out: "../../x"`
}

func (e *TreeError) Error() string { panic("unwritten") }

// Has reports whether the blob is there with the right size.
func (s *Store) Has(d digest.Digest) bool { panic("unwritten") }

// HasAll reports whether c is there: for a directory, all that it refers to.
func (s *Store) HasAll(c digest.Content) bool { panic("unwritten") }

// Open opens a blob for reading; errors.Is(err, iofs.ErrNotExist) if it is not there.
func (s *Store) Open(d digest.Digest) (fs.File, error) { panic("unwritten") }

// ReadAll returns the bytes of a blob of at most limit bytes, fully verified.
// limit <= 0 is no limit.
func (s *Store) ReadAll(d digest.Digest, limit int64) ([]byte, error) { panic("unwritten") }

// Dir returns a directory by the digest of its encoding. The result is shared:
// it must not be changed.
func (s *Store) Dir(d digest.Digest) (digest.Dir, error) { panic("unwritten") }

// BlobPath returns the path of a blob, to be bound read-only or cloned from. With
// exec it is another file with the same bytes that may be executed.
func (s *Store) BlobPath(d digest.Digest, exec bool) (string, error) { panic("unwritten") }

// CloneTo makes a private copy of a blob at path, which must not exist.
func (s *Store) CloneTo(d digest.Digest, path string, perm iofs.FileMode) error { panic("unwritten") }

// Verify reads the whole blob. One that is not what its name says is set aside
// and reported, and the error answers errors.Is with iofs.ErrNotExist.
func (s *Store) Verify(d digest.Digest) error { panic("unwritten") }

// TempDir makes an empty directory on the store's filesystem, as the place of
// an execution. remove deletes it with all that is in it.
func (s *Store) TempDir() (dir string, remove func() error, err error) { panic("unwritten") }

// Tree returns the path of the materialized directory d, to be bound read-only
// and never to be written to, leased until release is called.
func (s *Store) Tree(d digest.Digest) (path string, release func(), err error) { panic("unwritten") }

// Check reports whether the materialized directory d is still what Tree made.
// If not, the tree has been set aside and the error says what is different.
func (s *Store) Check(d digest.Digest) error { panic("unwritten") }

// Lease covers blobs against collection by other processes until release.
func (s *Store) Lease(ds ...digest.Digest) (release func(), err error) { panic("unwritten") }
