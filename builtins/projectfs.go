package builtins

import (
	iofs "io/fs"
	"path"
	"time"

	"github.com/dewar-build/dewar/fs"
)

// projectFS shows a directory of the project, without what is ignored, to the
// walker of patterns, which wants a standard filesystem. It opens no files.
type projectFS struct {
	env  Env
	base string // project-relative
}

func (p projectFS) Open(name string) (iofs.File, error) {
	return nil, &iofs.PathError{Op: "open", Path: name, Err: iofs.ErrInvalid}
}

func (p projectFS) ReadDir(name string) ([]iofs.DirEntry, error) {
	dir := path.Join(p.base, name)
	entries, err := p.env.Project.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var shown []iofs.DirEntry
	for _, e := range entries {
		if !p.ignores(path.Join(dir, e.Name), e.Type.IsDir()) {
			shown = append(shown, entry{e})
		}
	}
	return shown, nil
}

func (p projectFS) Stat(name string) (iofs.FileInfo, error) {
	full := path.Join(p.base, name)
	info, err := p.env.Project.Lstat(full)
	if err != nil {
		return nil, err
	}
	if name != "." && p.ignores(full, info.IsDir()) {
		return nil, &iofs.PathError{Op: "stat", Path: full, Err: iofs.ErrNotExist}
	}
	return stat{path.Base(full), info}, nil
}

func (p projectFS) ignores(full string, dir bool) bool {
	return p.env.Ignored != nil && p.env.Ignored(full, dir)
}

// entry is a name of a directory as the standard library has it.
type entry struct{ fs.Entry }

func (e entry) Name() string        { return e.Entry.Name }
func (e entry) IsDir() bool         { return e.Entry.Type.IsDir() }
func (e entry) Type() iofs.FileMode { return e.Entry.Type }
func (e entry) Info() (iofs.FileInfo, error) {
	return stat{e.Entry.Name, fs.Info{Mode: e.Entry.Type}}, nil
}

// stat is a file as the standard library has it.
type stat struct {
	name string
	info fs.Info
}

func (s stat) Name() string        { return s.name }
func (s stat) Size() int64         { return s.info.Size }
func (s stat) Mode() iofs.FileMode { return s.info.Mode }
func (s stat) ModTime() time.Time  { return time.Time{} }
func (s stat) IsDir() bool         { return s.info.IsDir() }
func (s stat) Sys() any            { return nil }
