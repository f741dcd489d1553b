package lsp

import (
	"errors"
	iofs "io/fs"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/fs"
)

// overlay is a project as the editor has it: texts that are open count, whether they
// are saved or not. It is a picture of one moment, for a goroutine of its own.
type overlay struct {
	disk *fs.Project
	open map[string]string // by project-relative path
}

// ReadFile returns the bytes of a file.
func (o *overlay) ReadFile(name string) ([]byte, error) {
	if text, ok := o.open[name]; ok {
		return []byte(text), nil
	}
	return o.disk.ReadFile(name)
}

// ReadDir lists a directory, with the texts that are not there yet.
func (o *overlay) ReadDir(name string) ([]fs.Entry, error) {
	list, err := o.disk.ReadDir(name)
	if err != nil && !errors.Is(err, iofs.ErrNotExist) {
		return nil, err
	}
	n := len(list)
	for p := range o.open {
		if path.Dir(p) == name && !slices.ContainsFunc(list[:n], func(e fs.Entry) bool { return e.Name == path.Base(p) }) {
			list = append(slices.Clip(list), fs.Entry{Name: path.Base(p)})
		}
	}
	if len(list) == 0 {
		return nil, err
	}
	slices.SortFunc(list, func(a, b fs.Entry) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// Lstat describes a file.
func (o *overlay) Lstat(name string) (fs.Info, error) {
	info, err := o.disk.Lstat(name)
	if text, ok := o.open[name]; ok && (err != nil || info.IsRegular()) {
		if err != nil {
			info = fs.Info{Mode: 0o644}
		}
		info.Size = int64(len(text))
		return info, nil
	}
	return info, err
}
