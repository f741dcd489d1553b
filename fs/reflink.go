package fs

import (
	iofs "io/fs"
	"os"
)

// Reflink makes newname a copy of the file oldname that shares its blocks, or fails with
// ErrUnsupported and leaves nothing: for who would rather have something else than a
// copy byte by byte, which Clone falls back to.
func Reflink(fsys FS, oldname, newname string, perm iofs.FileMode) error {
	if r, ok := fsys.(reflinker); ok {
		return r.Reflink(oldname, newname, perm)
	}
	return &os.LinkError{Op: "reflink", Old: oldname, New: newname, Err: ErrUnsupported}
}

type reflinker interface {
	Reflink(oldname, newname string, perm iofs.FileMode) error
}

func (o osFS) Reflink(from, to string, perm iofs.FileMode) error {
	if done, err := cloneWhole(from, to, perm); done {
		return err
	}
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	shared := shareBlocks(dst, src)
	if err := dst.Close(); shared && err == nil {
		return nil
	}
	os.Remove(to)
	return &os.LinkError{Op: "reflink", Old: from, New: to, Err: ErrUnsupported}
}

func (f *faulty) Reflink(oldname, newname string, perm iofs.FileMode) error {
	return f.do("clone", newname, func() error { return Reflink(f.fsys, oldname, newname, perm) })
}
