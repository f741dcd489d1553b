package fs

import (
	"path/filepath"
	"slices"
	"strings"
)

// Dir is an open directory: on the operating system's filesystem its
// files are described relative to it, which saves the walk along their paths.
type Dir interface {
	Entries() ([]Entry, error)       // sorted by the bytes of the names
	Lstat(name string) (Info, error) // by many at a time, if need be
	Close() error
}

// dirOpener is a filesystem with such handles.
type dirOpener interface {
	OpenDir(name string) (Dir, error)
}

// OpenDir opens a directory, to be closed again.
func OpenDir(fsys FS, name string) (Dir, error) {
	if o, ok := fsys.(dirOpener); ok {
		return o.OpenDir(name)
	}
	return plainDir{fsys, name}, nil
}

type plainDir struct {
	fsys FS
	name string
}

func (d plainDir) Entries() ([]Entry, error)       { return d.fsys.ReadDir(d.name) }
func (d plainDir) Lstat(name string) (Info, error) { return d.fsys.Lstat(filepath.Join(d.name, name)) }
func (d plainDir) Close() error                    { return nil }

func sortEntries(entries []Entry) {
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
}
