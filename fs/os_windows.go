package fs

import (
	iofs "io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// There are no change times worth the name and no cheap inode here: those
// fields stay zero, and the index lives on size and modification time.

func statFile(f *os.File) (Info, error) {
	fi, err := f.Stat()
	if err != nil {
		return Info{}, err
	}
	return infoOf(fi), nil
}

func statName(op, name string, follow bool) (Info, error) {
	stat := os.Lstat
	if follow {
		stat = os.Stat
	}
	fi, err := stat(name)
	if err != nil {
		return Info{}, err
	}
	return infoOf(fi), nil
}

func infoOf(fi os.FileInfo) Info {
	return Info{Mode: fi.Mode(), Size: fi.Size(), MTime: fi.ModTime().UnixNano(), Nlink: 1}
}

func notDirIsNotExist(err error) error { return err }

func exchange(a, b string) error {
	return &os.LinkError{Op: "exchange", Old: a, New: b, Err: ErrUnsupported}
}

func cloneWhole(from, to string, perm iofs.FileMode) (done bool, err error) { return false, nil }

func shareBlocks(dst, src *os.File) bool { return false }

func lockFile(f *os.File, exclusive, wait bool) error {
	var flags uint32
	if exclusive {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	if !wait {
		flags |= windows.LOCKFILE_FAIL_IMMEDIATELY
	}
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, new(windows.Overlapped))
	if err == windows.ERROR_LOCK_VIOLATION || err == syscall.Errno(windows.ERROR_IO_PENDING) {
		return ErrLocked
	}
	return err
}
