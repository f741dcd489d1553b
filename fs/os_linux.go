package fs

import (
	iofs "io/fs"
	"os"

	"golang.org/x/sys/unix"
)

func exchange(a, b string) error {
	err := unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
	switch err {
	case nil:
		return nil
	case unix.EINVAL, unix.ENOSYS, unix.ENOTSUP:
		err = ErrUnsupported
	}
	return &os.LinkError{Op: "exchange", Old: a, New: b, Err: err}
}

// cloneWhole is for systems that clone by name.
func cloneWhole(from, to string, perm iofs.FileMode) (done bool, err error) { return false, nil }

// shareBlocks makes dst a reflink of src. A filesystem that cannot says so in
// under a microsecond, so nothing is remembered of it.
func shareBlocks(dst, src *os.File) bool {
	return unix.IoctlFileClone(int(dst.Fd()), int(src.Fd())) == nil
}
