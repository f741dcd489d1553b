//go:build unix

package fs

import (
	iofs "io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// os.Open prepares every file for waiting, which costs five system calls and is of no use
// for files of a disk. Here are the calls that it takes and no others.

// openRaw opens a file as os.OpenFile does, but for that.
func openRaw(name string, flag int, perm iofs.FileMode) (int, error) {
	for {
		fd, err := unix.Open(name, flag|unix.O_CLOEXEC, uint32(perm.Perm()))
		switch err {
		case nil:
			return fd, nil
		case unix.EINTR:
		default:
			return -1, &iofs.PathError{Op: "open", Path: name, Err: err}
		}
	}
}

func openOS(name string, flag int, perm iofs.FileMode) (*os.File, error) {
	fd, err := openRaw(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}

// WriteNew is the package's.
func (o osFS) WriteNew(name string, b []byte, perm iofs.FileMode, mtime time.Time) error {
	fd, err := openRaw(name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, perm)
	if err != nil {
		return err
	}
	op := "write"
	if err = writeAll(fd, b); err == nil && !mtime.IsZero() {
		op, err = "chtimes", setMTime(fd, name, mtime)
	}
	if cerr := unix.Close(fd); err == nil && cerr != unix.EINTR {
		op, err = "close", cerr
	}
	if err == nil {
		return nil
	}
	unix.Unlink(name)
	return &iofs.PathError{Op: op, Path: name, Err: err}
}

func writeAll(fd int, b []byte) error {
	for len(b) > 0 {
		n, err := unix.Write(fd, b)
		if err != nil && err != unix.EINTR {
			return err
		}
		b = b[max(n, 0):]
	}
	return nil
}

// ReadUpTo is the package's.
func (o osFS) ReadUpTo(name string, buf []byte) (n int, err error) {
	fd, err := openRaw(name, unix.O_RDONLY, 0)
	if err != nil {
		return 0, notDirIsNotExist(err)
	}
	defer unix.Close(fd)
	for n < len(buf) {
		m, err := unix.Read(fd, buf[n:])
		switch {
		case err == unix.EINTR:
		case err != nil:
			return n, &iofs.PathError{Op: "read", Path: name, Err: err}
		case m == 0:
			return n, nil
		default:
			n += m
		}
	}
	return n, nil
}

// RenameFile is the package's.
func (o osFS) RenameFile(oldname, newname string) error {
	for {
		switch err := unix.Rename(oldname, newname); err {
		case nil:
			return nil
		case unix.EINTR:
		default:
			return &os.LinkError{Op: "rename", Old: oldname, New: newname, Err: err}
		}
	}
}
