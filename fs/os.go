package fs

import (
	"errors"
	"io"
	iofs "io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/afero"
)

// osFS is the operating system's filesystem. afero carries what it can say;
// lstat, links, clones, exchange and locks it cannot, and they are system calls
// in os_*.go.
type osFS struct{ afero.OsFs }

// OS returns the operating system's filesystem.
func OS() FS { return osFS{} }

// osFile is an open file; the embedded one reads and writes.
type osFile struct{ *os.File }

func (f osFile) Stat() (Info, error) { return statFile(f.File) }

func (o osFS) Open(name string) (File, error) {
	f, err := openOS(name, os.O_RDONLY, 0)
	if err != nil {
		return nil, notDirIsNotExist(err)
	}
	return osFile{f}, nil
}

func (o osFS) Create(name string, perm iofs.FileMode) (File, error) {
	return o.openFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
}

func (o osFS) Append(name string, perm iofs.FileMode) (File, error) {
	return o.openFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, perm)
}

func (o osFS) openFile(name string, flag int, perm iofs.FileMode) (File, error) {
	f, err := openOS(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

func (o osFS) Lstat(name string) (Info, error) { return statName("lstat", name, false) }
func (o osFS) Stat(name string) (Info, error)  { return statName("stat", name, true) }

func (o osFS) Chtimes(name string, mtime time.Time) error {
	return o.OsFs.Chtimes(name, time.Time{}, mtime)
}

func (o osFS) Readlink(name string) (string, error) { return os.Readlink(name) }
func (o osFS) Symlink(target, name string) error    { return os.Symlink(target, name) }
func (o osFS) Link(oldname, newname string) error   { return os.Link(oldname, newname) }
func (o osFS) Rename(oldname, newname string) error { return os.Rename(oldname, newname) }
func (o osFS) Exchange(a, b string) error           { return exchange(a, b) }
func (o osFS) Clone(from, to string, perm iofs.FileMode) error {
	if done, err := cloneWhole(from, to, perm); done {
		return err
	}
	return cloneOpen(from, to, perm)
}

// cloneOpen shares the blocks of from where the system can share those of open
// files, else copies them.
func cloneOpen(from, to string, perm iofs.FileMode) error {
	src, err := openOS(from, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := openOS(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	if !shareBlocks(dst, src) {
		_, err = io.Copy(dst, src) // copy_file_range where there is one
	}
	if cerr := dst.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		os.Remove(to)
	}
	return err
}

// RemoveAll opens directories that we may not write only once that has proved
// to be what is in the way: it is two passes more.
func (o osFS) RemoveAll(name string) error {
	err := os.RemoveAll(name)
	if err == nil || !errors.Is(err, iofs.ErrPermission) {
		return err
	}
	filepath.WalkDir(name, func(p string, d iofs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			os.Chmod(p, 0o700) // before it is listed: WalkDir visits first
		}
		return nil
	})
	return os.RemoveAll(name)
}

// Lock makes sure, once it has the lock, that the file is still the one the
// name leads to: whoever held it may have removed it.
func (o osFS) Lock(name string, exclusive, wait bool) (func() error, error) {
	for {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
		if errors.Is(err, iofs.ErrPermission) { // somebody else's file can be locked all the same
			f, err = os.Open(name)
		}
		if err != nil {
			return nil, err
		}
		if err := lockFile(f, exclusive, wait); err != nil {
			f.Close()
			return nil, &iofs.PathError{Op: "lock", Path: name, Err: err}
		}
		if sameFile(f, name) {
			return f.Close, nil
		}
		f.Close()
	}
}

func sameFile(f *os.File, name string) bool {
	a, errA := f.Stat()
	b, errB := os.Stat(name)
	return errA == nil && errB == nil && os.SameFile(a, b)
}
