package fs

import (
	"bytes"
	"errors"
	iofs "io/fs"
	"path/filepath"
)

// ErrMeanwhile is what Rewrite gives if somebody else has written the file.
var ErrMeanwhile = errors.New("somebody else changed it meanwhile. Nothing was written: do it again")

// Rewrite replaces the bytes of a person's file, which were read as was, atomically. The file stays what it
// is: a symbolic link leads to where it led, the mode is the same, and what may not be written is not. If
// there is no file and was is nil, it makes one. temps is as for WriteFileVia; "" is the directory of the file.
func Rewrite(fsys FS, temps, name string, was, b []byte) error {
	at, err := FollowLinks(fsys, name)
	if err != nil {
		return fail("write", name, err)
	}
	tmp := TempName(filepath.Dir(at))
	if temps != "" {
		if tmp, err = tempVia(fsys, temps, at); err != nil {
			return err
		}
	}
	info, err := fsys.Lstat(at)
	if was == nil && errors.Is(err, iofs.ErrNotExist) {
		return writeVia(fsys, tmp, at, b, 0o644)
	}
	now, unread := ReadFile(fsys, at)
	switch perm := info.Mode.Perm(); {
	case err != nil:
		return err
	case perm&0o200 == 0:
		return fail("write", name, iofs.ErrPermission)
	case unread != nil:
		return unread
	case !bytes.Equal(now, was):
		return fail("write", name, ErrMeanwhile)
	default:
		return replace(fsys, tmp, at, b, perm)
	}
}

// replace writes the file tmp, with exactly this mode, and makes it path.
func replace(fsys FS, tmp, path string, b []byte, perm iofs.FileMode) error {
	if err := createWith(fsys, tmp, b, perm); err != nil {
		return err
	}
	err := fsys.Chmod(tmp, perm)
	if err == nil {
		err = fsys.Rename(tmp, path)
	}
	if err != nil {
		fsys.Remove(tmp)
	}
	return err
}

// FollowLinks returns what a chain of symbolic links leads to: the file of a
// person is often a link to where all such files are kept, and stays one.
func FollowLinks(fsys FS, name string) (string, error) {
	for range 40 {
		to, err := fsys.Readlink(name)
		if err != nil {
			return name, nil // no link
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(name), to)
		}
		name = to
	}
	return "", errors.New("too many symbolic links")
}
