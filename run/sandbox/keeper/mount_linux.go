package keeper

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// treeFlags are those of a mount cloned with everything mounted below it.
const treeFlags = unix.OPEN_TREE_CLONE | unix.OPEN_TREE_CLOEXEC | unix.AT_RECURSIVE

const (
	readOnly = unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV
	writable = unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV
)

// detached clones what is at a path into a mount that is attached nowhere.
func detached(path string, attr uint64) (fd int, fail *failure) {
	fd, err := unix.OpenTree(unix.AT_FDCWD, path, treeFlags)
	if err != nil {
		return -1, failed("open_tree "+path, err)
	}
	if err := unix.MountSetattr(fd, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: attr}); err != nil {
		unix.Close(fd)
		return -1, failed("mount_setattr "+path, err)
	}
	return fd, nil
}

// attach puts a detached mount in its place and closes fd.
func attach(fd int, at string) *failure {
	err := unix.MoveMount(fd, "", unix.AT_FDCWD, at, unix.MOVE_MOUNT_F_EMPTY_PATH)
	unix.Close(fd)
	return failed("move_mount to "+at, err)
}

// bind shows the host's path from at at.
func bind(from, at string, attr uint64) *failure {
	fd, fail := detached(from, attr)
	if fail != nil {
		return fail
	}
	return attach(fd, at)
}

// isDir reports whether the root of a detached mount is a directory.
func isDir(fd int) bool {
	var st unix.Stat_t
	return unix.Fstat(fd, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR
}

// maker creates mount points and remembers what it created.
type maker struct {
	known map[string]bool // directories that exist
	dirs  []string        // created, parents first
	files []string        // created
}

// dir creates a directory and its parents.
func (m *maker) dir(path string) *failure {
	if path == "" || path == "/" || m.known[path] {
		return nil
	}
	if m.known == nil {
		m.known = make(map[string]bool)
	}
	err := unix.Mkdir(path, 0o755)
	if err == unix.ENOENT {
		if fail := m.dir(parent(path)); fail != nil {
			return fail
		}
		err = unix.Mkdir(path, 0o755)
	}
	switch err {
	case nil:
		m.dirs = append(m.dirs, path)
	case unix.EEXIST, unix.EROFS: // read-only: it is there, or attaching will fail
	default:
		return failed("mkdir "+path, err)
	}
	m.known[path] = true
	return nil
}

// point creates a mount point, a directory or an empty file.
func (m *maker) point(path string, dir bool) *failure {
	if dir {
		return m.dir(path)
	}
	if fail := m.dir(parent(path)); fail != nil {
		return fail
	}
	fd, err := unix.Open(path, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY|unix.O_CLOEXEC, 0o444)
	if err == unix.EEXIST || err == unix.EROFS {
		return nil
	}
	if err != nil {
		return failed("create "+path, err)
	}
	unix.Close(fd)
	m.files = append(m.files, path)
	return nil
}

// undo removes what was created, as far as it is still empty.
func (m *maker) undo() {
	for _, f := range m.files {
		unix.Unlink(f)
	}
	for i := len(m.dirs) - 1; i >= 0; i-- {
		unix.Rmdir(m.dirs[i])
	}
}

func parent(path string) string {
	i := strings.LastIndexByte(path, '/')
	if i <= 0 {
		return "/"
	}
	return path[:i]
}

// within reports whether path is dir or inside it.
func within(path, dir string) bool {
	return strings.HasPrefix(path, dir) && (len(path) == len(dir) || path[len(dir)] == '/')
}

// create makes a small file where nothing is. What stands there, a link above all, is not followed.
func create(path, text string, perm os.FileMode) *failure {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|unix.O_NOFOLLOW, perm)
	if err != nil {
		return failed("create "+path, err)
	}
	_, err = f.WriteString(text)
	if e := f.Close(); err == nil {
		err = e
	}
	return failed("write "+path, err)
}

// write writes a small file of ours.
func write(path, text string, perm os.FileMode) *failure {
	return failed("write "+path, os.WriteFile(path, []byte(text), perm))
}
