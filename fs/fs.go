// Package fs is the filesystem as the engine sees it: a small interface with
// afero as its base (the operating system's, in memory, fault-injecting), and
// what is built on it: hashing with a stat index, ignore rules, scanning
// and materializing trees.
//
// It knows digests, not stages: what a file means is not its business. The
// standard library's io/fs is imported as iofs everywhere.
package fs

import (
	"errors"
	"io"
	iofs "io/fs"
	"time"
)

// FS is a filesystem. Names are native absolute paths on the operating
// system's and slash paths in memory; every implementation passes fstest.
//
// Errors are *iofs.PathError (or *os.LinkError) and answer errors.Is with
// iofs.ErrNotExist, ErrExist and ErrPermission.
type FS interface {
	// Open opens a file for reading.
	Open(name string) (File, error)
	// Create makes a new file for writing; it is an error if name exists.
	Create(name string, perm iofs.FileMode) (File, error)
	// Append opens a file for writing at its end, making it if need be. What one
	// Write gives is not mixed with other writers' bytes, on local filesystems.
	Append(name string, perm iofs.FileMode) (File, error)
	// Lstat describes name itself, Stat what it leads to. A path below a file does
	// not exist.
	Lstat(name string) (Info, error)
	Stat(name string) (Info, error)
	// ReadDir lists a directory, sorted by the bytes of the names.
	ReadDir(name string) ([]Entry, error)
	Mkdir(name string, perm iofs.FileMode) error
	MkdirAll(name string, perm iofs.FileMode) error
	// Rename replaces the new name, atomically, if it exists.
	Rename(oldname, newname string) error
	// Exchange swaps two names atomically where the system can; otherwise
	// ErrUnsupported.
	Exchange(a, b string) error
	Remove(name string) error
	// RemoveAll removes a tree, read-only directories in it included; a name
	// that does not exist is no error.
	RemoveAll(name string) error
	Chmod(name string, perm iofs.FileMode) error
	Chtimes(name string, mtime time.Time) error
	Readlink(name string) (string, error)
	Symlink(target, name string) error
	// Link makes a hard link; ErrUnsupported where there are none.
	Link(oldname, newname string) error
	// Clone makes newname a copy of the file oldname with mode perm: by reflink if
	// the filesystem can, else byte by byte. newname must not exist.
	Clone(oldname, newname string, perm iofs.FileMode) error
	// Lock takes an advisory lock on the file name, creating it if need be, and
	// returns what gives it back. With wait false it returns ErrLocked at once
	// if another holder excludes us.
	Lock(name string, exclusive, wait bool) (unlock func() error, err error)
}

// File is an open file.
type File interface {
	io.Reader
	io.ReaderAt
	io.Writer
	io.Closer
	// Stat describes the open file, which may no longer be what its name leads to.
	Stat() (Info, error)
}

// Info is what the stat index needs to know of a file. On a filesystem without
// inodes and change times those fields are zero.
type Info struct {
	Mode  iofs.FileMode
	Size  int64
	MTime int64 // nanoseconds since 1970
	CTime int64 // nanoseconds since 1970
	Dev   uint64
	Ino   uint64
	Nlink uint64
}

// IsDir, IsRegular, IsSymlink and Exec read the mode.
func (i Info) IsDir() bool     { return i.Mode.IsDir() }
func (i Info) IsRegular() bool { return i.Mode.IsRegular() }
func (i Info) IsSymlink() bool { return i.Mode&iofs.ModeSymlink != 0 }

// Exec reports whether some executable bit is set.
func (i Info) Exec() bool { return i.Mode.Perm()&0o111 != 0 }

// Entry is one name of a directory. Type has only the type bits.
type Entry struct {
	Name string
	Type iofs.FileMode
}

// What a filesystem may be unable or unwilling to do.
var (
	ErrUnsupported = errors.New("not supported by this filesystem")
	ErrLocked      = errors.New("locked by another process")
)

// ErrNotRegular is what reading the bytes of a pipe, a socket or a device gives.
var ErrNotRegular = errors.New("this is no regular file")
