package sandbox

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// points makes mount points inside the directory of an execution and takes
// them away again. Those for files are files themselves, empty ones; so that an action
// creates none, a keeper has its own, which are moved to where they are needed
// and moved back.
type points struct {
	home string // where they wait; "" if there is no such place: they are created then
	free []point
	next int

	root  string
	files []placed // in use
	dirs  []string // made on the way, parents first
}

// point is an empty file. Its inode tells it from what a command may have put in
// its place, having moved the directory around it.
type point struct {
	home string // where it waits; "" if it is not kept
	ino  uint64
}

type placed struct {
	point
	at string
}

// newPoints makes the place where mount points wait, below a directory on the
// filesystem of executions.
func newPoints(root string) *points {
	if root == "" {
		return &points{}
	}
	home, err := os.MkdirTemp(root, "points-")
	if err != nil {
		home = "" // they are created, then
	}
	return &points{home: home}
}

// remove is the end of them.
func (p *points) remove() {
	if p != nil && p.home != "" {
		os.RemoveAll(p.home)
	}
}

// make makes a mount point below root. One that is there will do.
func (p *points) make(root, at string, dir bool) error {
	p.root = root
	path := root + "/" + at
	if dir {
		return p.dir(path)
	}
	err := p.file(path)
	if errors.Is(err, os.ErrNotExist) {
		if err := p.dir(filepath.Dir(path)); err != nil {
			return err
		}
		err = p.file(path)
	}
	return err
}

// dir makes a directory and its parents, and remembers which are new.
func (p *points) dir(path string) error {
	err := unix.Mkdir(path, 0o755)
	if err == unix.ENOENT && strings.HasPrefix(path, p.root+"/") {
		if err := p.dir(filepath.Dir(path)); err != nil {
			return err
		}
		err = unix.Mkdir(path, 0o755)
	}
	switch err {
	case nil:
		p.dirs = append(p.dirs, path)
	case unix.EEXIST:
	default:
		return &os.PathError{Op: "mkdir", Path: path, Err: err}
	}
	return nil
}

// file puts an empty file at path.
func (p *points) file(path string) error {
	n := len(p.free)
	if n == 0 {
		return p.create(path)
	}
	pt := p.free[n-1]
	if err := unix.Rename(pt.home, path); err == unix.ENOENT {
		return &os.PathError{Op: "rename", Path: path, Err: err}
	} else if err != nil {
		return p.create(path) // another filesystem
	}
	p.free = p.free[:n-1]
	p.files = append(p.files, placed{pt, path})
	return nil
}

func (p *points) create(path string) error {
	fd, err := unix.Open(path, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY|unix.O_CLOEXEC, 0o444)
	if err != nil {
		return &os.PathError{Op: "create", Path: path, Err: err}
	}
	var st unix.Stat_t
	err = unix.Fstat(fd, &st)
	unix.Close(fd)
	if err != nil {
		return &os.PathError{Op: "stat", Path: path, Err: err}
	}
	pt := point{ino: st.Ino}
	if p.home != "" {
		p.next++
		pt.home = filepath.Join(p.home, strconv.Itoa(p.next))
	}
	p.files = append(p.files, placed{pt, path})
	return nil
}

// leave takes the mount points away. What the command moved elsewhere is lost,
// and what it put into directories on the way keeps them.
//
// Where a directory was there may be a symbolic link now, to anywhere on this machine:
// nothing is followed.
func (p *points) leave() {
	if len(p.files) == 0 && len(p.dirs) == 0 {
		return
	}
	w := walker{root: -1, dir: -1}
	if fd, err := unix.Open(p.root, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0); err == nil {
		w.root = fd
	}
	defer w.close()
	for _, f := range p.files {
		dir, name, ok := w.parent(f.at[len(p.root)+1:])
		var st unix.Stat_t
		switch {
		case !ok || unix.Fstatat(dir, name, &st, unix.AT_SYMLINK_NOFOLLOW) != nil || st.Ino != f.ino:
		case f.home != "" && unix.Renameat(dir, name, unix.AT_FDCWD, f.home) == nil:
			p.free = append(p.free, f.point)
		default:
			unix.Unlinkat(dir, name, 0)
		}
	}
	for i := len(p.dirs) - 1; i >= 0; i-- {
		if dir, name, ok := w.parent(p.dirs[i][len(p.root)+1:]); ok {
			unix.Unlinkat(dir, name, unix.AT_REMOVEDIR)
		}
	}
	p.files, p.dirs = p.files[:0], p.dirs[:0]
}

// walker finds directories below one without following a link. It keeps the last: what is asked for
// is sorted.
type walker struct {
	root int    // -1: it cannot be opened
	dir  int    // the last; -1 if there is none
	at   string // where it is
}

// parent opens the directory that a path below the root is in.
func (w *walker) parent(at string) (dir int, name string, ok bool) {
	parent, name := ".", at
	if i := strings.LastIndexByte(at, '/'); i >= 0 {
		parent, name = at[:i], at[i+1:]
	}
	if w.dir >= 0 && w.at == parent {
		return w.dir, name, true
	}
	if w.root < 0 {
		return -1, "", false
	}
	fd, err := unix.Openat2(w.root, parent, &unix.OpenHow{
		Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS,
	})
	if err != nil {
		return -1, "", false
	}
	if w.dir >= 0 {
		unix.Close(w.dir)
	}
	w.dir, w.at = fd, parent
	return fd, name, true
}

func (w *walker) close() {
	for _, fd := range []int{w.dir, w.root} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}
