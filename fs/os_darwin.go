package fs

import (
	iofs "io/fs"
	"os"

	"golang.org/x/sys/unix"
)

func exchange(a, b string) error {
	err := unix.RenamexNp(a, b, unix.RENAME_SWAP)
	switch err {
	case nil:
		return nil
	case unix.EINVAL, unix.ENOTSUP:
		err = ErrUnsupported
	}
	return &os.LinkError{Op: "exchange", Old: a, New: b, Err: err}
}

// cloneWhole clones by name; done is false where the filesystem cannot.
func cloneWhole(from, to string, perm iofs.FileMode) (done bool, err error) {
	switch err := unix.Clonefile(from, to, 0); err {
	case nil:
		return true, os.Chmod(to, perm)
	case unix.ENOTSUP, unix.EXDEV, unix.EINVAL:
		return false, nil
	default:
		return true, &os.LinkError{Op: "clone", Old: from, New: to, Err: err}
	}
}

func shareBlocks(dst, src *os.File) bool { return false }
