package fs

import (
	"errors"
	iofs "io/fs"
	"os"
	"path"
	"path/filepath"
	"time"
)

// Rooted returns the part of fsys below root as a filesystem of its own: its
// "/" is root, and no name reaches above it. Targets of symbolic links are not
// looked at.
func Rooted(fsys FS, root string) FS { return &rooted{fsys, root} }

type rooted struct {
	fsys FS
	root string
}

// at returns the native name of a name of ours; ".." stops at our "/".
func (r *rooted) at(name string) string {
	return filepath.Join(r.root, filepath.FromSlash(path.Clean("/"+filepath.ToSlash(name))))
}

// renamed gives errors the names that the caller used.
func renamed(err error, names ...string) error {
	var pe *iofs.PathError
	if errors.As(err, &pe) {
		return &iofs.PathError{Op: pe.Op, Path: names[len(names)-1], Err: pe.Err}
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		return &os.LinkError{Op: le.Op, Old: names[0], New: names[len(names)-1], Err: le.Err}
	}
	return err
}

func (r *rooted) Open(name string) (File, error) {
	f, err := r.fsys.Open(r.at(name))
	return f, renamed(err, name)
}

func (r *rooted) Create(name string, perm iofs.FileMode) (File, error) {
	f, err := r.fsys.Create(r.at(name), perm)
	return f, renamed(err, name)
}

func (r *rooted) Append(name string, perm iofs.FileMode) (File, error) {
	f, err := r.fsys.Append(r.at(name), perm)
	return f, renamed(err, name)
}

func (r *rooted) Lstat(name string) (Info, error) {
	info, err := r.fsys.Lstat(r.at(name))
	return info, renamed(err, name)
}

func (r *rooted) Stat(name string) (Info, error) {
	info, err := r.fsys.Stat(r.at(name))
	return info, renamed(err, name)
}

func (r *rooted) ReadDir(name string) ([]Entry, error) {
	entries, err := r.fsys.ReadDir(r.at(name))
	return entries, renamed(err, name)
}

func (r *rooted) Readlink(name string) (string, error) {
	target, err := r.fsys.Readlink(r.at(name))
	return target, renamed(err, name)
}

func (r *rooted) Lock(name string, exclusive, wait bool) (func() error, error) {
	unlock, err := r.fsys.Lock(r.at(name), exclusive, wait)
	return unlock, renamed(err, name)
}

func (r *rooted) Mkdir(name string, perm iofs.FileMode) error {
	return renamed(r.fsys.Mkdir(r.at(name), perm), name)
}

func (r *rooted) MkdirAll(name string, perm iofs.FileMode) error {
	return renamed(r.fsys.MkdirAll(r.at(name), perm), name)
}

func (r *rooted) Remove(name string) error    { return renamed(r.fsys.Remove(r.at(name)), name) }
func (r *rooted) RemoveAll(name string) error { return renamed(r.fsys.RemoveAll(r.at(name)), name) }

func (r *rooted) Chmod(name string, perm iofs.FileMode) error {
	return renamed(r.fsys.Chmod(r.at(name), perm), name)
}

func (r *rooted) Chtimes(name string, mtime time.Time) error {
	return renamed(r.fsys.Chtimes(r.at(name), mtime), name)
}

func (r *rooted) Symlink(target, name string) error {
	return renamed(r.fsys.Symlink(target, r.at(name)), name)
}

func (r *rooted) Rename(oldname, newname string) error {
	return renamed(r.fsys.Rename(r.at(oldname), r.at(newname)), oldname, newname)
}

func (r *rooted) Exchange(a, b string) error {
	return renamed(r.fsys.Exchange(r.at(a), r.at(b)), a, b)
}

func (r *rooted) Link(oldname, newname string) error {
	return renamed(r.fsys.Link(r.at(oldname), r.at(newname)), oldname, newname)
}

func (r *rooted) Clone(oldname, newname string, perm iofs.FileMode) error {
	return renamed(r.fsys.Clone(r.at(oldname), r.at(newname), perm), oldname, newname)
}
