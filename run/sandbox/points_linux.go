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
func (p *points) leave() {
	for _, f := range p.files {
		var st unix.Stat_t
		switch {
		case unix.Lstat(f.at, &st) != nil || st.Ino != f.ino:
		case f.home != "" && unix.Rename(f.at, f.home) == nil:
			p.free = append(p.free, f.point)
		default:
			unix.Unlink(f.at)
		}
	}
	for i := len(p.dirs) - 1; i >= 0; i-- {
		unix.Rmdir(p.dirs[i])
	}
	p.files, p.dirs = p.files[:0], p.dirs[:0]
}
