package sandbox

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// forest is a set of files to be put below one directory, sorted by path.
type forest []planted

type planted struct {
	host string // where the bytes are
	at   string // slash path below the directory
	exec bool
}

// plant puts the files below root, which is created, by put.
func (f forest) plant(root string, put func(from, to string, exec bool) error) error {
	known := make(map[string]bool)
	for _, t := range f {
		path := filepath.Join(root, filepath.FromSlash(t.at))
		if dir := filepath.Dir(path); !known[dir] {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
			known[dir] = true
		}
		if err := put(t.host, path, t.exec); err != nil {
			return err
		}
	}
	return nil
}

// linkFile makes a hard link, or a copy where there cannot be one (another
// filesystem, too many links). A link is sound where the command sees it through an
// overlay only: it can open it for writing only after chmod, which copies it.
func linkFile(from, to string, exec bool) error {
	if os.Link(from, to) == nil {
		return nil
	}
	return copyFile(from, to, exec)
}

// copyFile makes a read-only copy.
func copyFile(from, to string, exec bool) error {
	if !exec {
		return copyBytes(from, to, 0o444)
	}
	return withoutForks(func() error { return copyBytes(from, to, 0o555) })
}

func copyBytes(from, to string, perm os.FileMode) error {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, perm)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Close())
}

// copyTree makes a copy of a directory: read-only files, writable directories,
// symbolic links as they are.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		dst := to + strings.TrimPrefix(path, from)
		switch {
		case d.IsDir():
			return os.MkdirAll(dst, 0o755)
		case d.Type()&os.ModeSymlink != 0:
			target, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(target, dst)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return copyFile(path, dst, info.Mode().Perm()&0o111 != 0)
	})
}

// makeDirs makes directories below root, each with its parents.
func makeDirs(root string, dirs []string) error {
	for _, d := range dirs {
		if d == "." {
			continue
		}
		path := root + "/" + d
		if err := os.Mkdir(path, 0o755); err == nil || os.IsExist(err) {
			continue
		}
		if err := os.MkdirAll(path, 0o755); err != nil {
			return err
		}
	}
	return nil
}
