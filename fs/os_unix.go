//go:build unix

package fs

import (
	"errors"
	iofs "io/fs"
	"os"

	"golang.org/x/sys/unix"
)

func statFile(f *os.File) (Info, error) {
	var st unix.Stat_t
	raw, err := f.SyscallConn()
	if err != nil {
		return Info{}, err
	}
	var serr error
	if err := raw.Control(func(fd uintptr) { serr = unix.Fstat(int(fd), &st) }); err != nil {
		return Info{}, err
	}
	if serr != nil {
		return Info{}, &iofs.PathError{Op: "fstat", Path: f.Name(), Err: serr}
	}
	return infoOf(&st), nil
}

// statName asks the kernel itself: os.Lstat allocates a FileInfo and hides
// what we need behind an interface.
func statName(op, name string, follow bool) (Info, error) {
	flags := unix.AT_SYMLINK_NOFOLLOW
	if follow {
		flags = 0
	}
	var st unix.Stat_t
	for {
		err := unix.Fstatat(unix.AT_FDCWD, name, &st, flags)
		switch err {
		case nil:
			return infoOf(&st), nil
		case unix.EINTR:
		case unix.ENOTDIR:
			return Info{}, &iofs.PathError{Op: op, Path: name, Err: unix.ENOENT}
		default:
			return Info{}, &iofs.PathError{Op: op, Path: name, Err: err}
		}
	}
}

// notDirIsNotExist: a path below a file does not exist.
func notDirIsNotExist(err error) error {
	var pe *iofs.PathError
	if errors.As(err, &pe) && pe.Err == unix.ENOTDIR {
		pe.Err = unix.ENOENT
	}
	return err
}

func infoOf(st *unix.Stat_t) Info {
	return Info{
		Mode:  modeOf(uint32(st.Mode)),
		Size:  st.Size,
		MTime: st.Mtim.Nano(),
		CTime: st.Ctim.Nano(),
		Dev:   uint64(st.Dev),
		Ino:   st.Ino,
		Nlink: uint64(st.Nlink),
	}
}

func modeOf(m uint32) iofs.FileMode {
	mode := iofs.FileMode(m & 0o777)
	switch m & unix.S_IFMT {
	case unix.S_IFDIR:
		mode |= iofs.ModeDir
	case unix.S_IFLNK:
		mode |= iofs.ModeSymlink
	case unix.S_IFIFO:
		mode |= iofs.ModeNamedPipe
	case unix.S_IFSOCK:
		mode |= iofs.ModeSocket
	case unix.S_IFBLK:
		mode |= iofs.ModeDevice
	case unix.S_IFCHR:
		mode |= iofs.ModeDevice | iofs.ModeCharDevice
	}
	if m&unix.S_ISUID != 0 {
		mode |= iofs.ModeSetuid
	}
	if m&unix.S_ISGID != 0 {
		mode |= iofs.ModeSetgid
	}
	if m&unix.S_ISVTX != 0 {
		mode |= iofs.ModeSticky
	}
	return mode
}

func lockFile(f *os.File, exclusive, wait bool) error {
	how := unix.LOCK_SH
	if exclusive {
		how = unix.LOCK_EX
	}
	if !wait {
		how |= unix.LOCK_NB
	}
	for {
		switch err := unix.Flock(int(f.Fd()), how); err {
		case unix.EINTR:
		case unix.EWOULDBLOCK:
			return ErrLocked
		default:
			return err
		}
	}
}

// Map maps a whole file into memory, read-only. The file must only ever be
// replaced by rename: one that is cut short under a mapping ends the process.
func (o osFS) Map(name string) ([]byte, func() error, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := statFile(f)
	if err != nil {
		return nil, nil, err
	}
	if info.Size == 0 {
		return nil, func() error { return nil }, nil
	}
	b, err := unix.Mmap(int(f.Fd()), 0, int(info.Size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, &iofs.PathError{Op: "mmap", Path: name, Err: err}
	}
	return b, func() error { return unix.Munmap(b) }, nil
}
