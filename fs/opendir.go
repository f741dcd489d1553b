package fs

import (
	"path/filepath"
	"slices"
	"strings"
)

// dirHandle is an open directory: on the operating system's filesystem its
// files are described relative to it, which saves the walk along their paths.
type dirHandle interface {
	Entries() ([]Entry, error) // sorted by the bytes of the names
	Lstat(name string) (Info, error)
	Close() error
}

// dirOpener is a filesystem with such handles.
type dirOpener interface {
	OpenDir(name string) (dirHandle, error)
}

func openDir(fsys FS, name string) (dirHandle, error) {
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
