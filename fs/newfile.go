package fs

import (
	"io"
	iofs "io/fs"
	"time"
)

// WriteNew makes the file name of b, with a modification time unless that is zero; it is an error
// if name exists. When it cannot, nothing is left. It is Create, Write, Close and Chtimes in one:
// who keeps a million small files can tell the difference.
func WriteNew(fsys FS, name string, b []byte, perm iofs.FileMode, mtime time.Time) error {
	if w, ok := fsys.(newWriter); ok {
		return w.WriteNew(name, b, perm, mtime)
	}
	if err := createWith(fsys, name, b, perm); err != nil {
		return err
	}
	if mtime.IsZero() {
		return nil
	}
	if err := fsys.Chtimes(name, mtime); err != nil {
		fsys.Remove(name)
		return err
	}
	return nil
}

type newWriter interface {
	WriteNew(name string, b []byte, perm iofs.FileMode, mtime time.Time) error
}

// ReadUpTo reads a file into buf and returns how much that is. If it fills buf there may be more.
func ReadUpTo(fsys FS, name string, buf []byte) (int, error) {
	if r, ok := fsys.(upToReader); ok {
		return r.ReadUpTo(name, buf)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return 0, err
	}
	n, err := io.ReadFull(f, buf)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return n, err
}

type upToReader interface {
	ReadUpTo(name string, buf []byte) (int, error)
}

// RenameFile is Rename of a file to the name of another or of nothing. Rename looks first whether
// newname is a directory.
func RenameFile(fsys FS, oldname, newname string) error {
	if r, ok := fsys.(fileRenamer); ok {
		return r.RenameFile(oldname, newname)
	}
	return fsys.Rename(oldname, newname)
}

type fileRenamer interface {
	RenameFile(oldname, newname string) error
}
