package dewar

import (
	iofs "io/fs"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

// applied is the workspace as it would be once an experiment is applied: with the
// code that the experiment was made of, params files included, and without what is
// to be taken away. Nothing is written for it.
type applied struct {
	fs.View // the workspace
	store   *store.Store
	code    map[string]exp.Source
	dirs    map[string][]fs.Entry // what code puts where, sorted
	gone    map[string]bool       // paths of files
}

// newApplied takes the code that the store has; where it has lost something, the
// workspace's own stands in.
func newApplied(view fs.View, s *store.Store, code []exp.Source) *applied {
	v := &applied{View: view, store: s, code: map[string]exp.Source{}, dirs: map[string][]fs.Entry{}, gone: map[string]bool{}}
	for _, src := range code {
		if d, err := digest.Parse(src.Digest); err != nil || !s.Has(d) {
			continue
		}
		v.code[src.Path] = src
		for at, kind := src.Path, iofs.FileMode(0); at != "."; at, kind = path.Dir(at), iofs.ModeDir {
			e := fs.Entry{Name: path.Base(at), Type: kind}
			list := v.dirs[path.Dir(at)]
			i, there := slices.BinarySearchFunc(list, e.Name, func(e fs.Entry, name string) int { return strings.Compare(e.Name, name) })
			if there {
				break
			}
			v.dirs[path.Dir(at)] = slices.Insert(list, i, e)
		}
	}
	return v
}

// ReadFile returns the experiment's bytes, or the workspace's.
func (v *applied) ReadFile(name string) ([]byte, error) {
	if src, ok := v.code[name]; ok {
		d, err := digest.Parse(src.Digest)
		if err != nil {
			return nil, err
		}
		return v.store.ReadAll(d, d.Size)
	}
	if v.gone[name] {
		return nil, &iofs.PathError{Op: "open", Path: name, Err: iofs.ErrNotExist}
	}
	return v.View.ReadFile(name)
}

// ReadDir lists what both have.
func (v *applied) ReadDir(name string) ([]fs.Entry, error) {
	list, err := v.View.ReadDir(name)
	own, ok := v.dirs[name]
	if err != nil && !ok {
		return nil, err
	}
	out := slices.Clone(own)
	for _, e := range list {
		if !v.gone[path.Join(name, e.Name)] && !slices.ContainsFunc(own, func(o fs.Entry) bool { return o.Name == e.Name }) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b fs.Entry) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// Lstat describes a path.
func (v *applied) Lstat(name string) (fs.Info, error) { return v.describe(name, v.View.Lstat) }

// Stat describes what a path leads to.
func (v *applied) Stat(name string) (fs.Info, error) { return v.describe(name, v.View.Stat) }

func (v *applied) describe(name string, ask func(string) (fs.Info, error)) (fs.Info, error) {
	src, ok := v.code[name]
	switch {
	case ok && src.Exec:
		return fs.Info{Mode: 0o755}, nil
	case ok:
		return fs.Info{Mode: 0o644}, nil
	case v.gone[name]:
		return fs.Info{}, &iofs.PathError{Op: "lstat", Path: name, Err: iofs.ErrNotExist}
	case v.dirs[name] != nil:
		return fs.Info{Mode: iofs.ModeDir | 0o755}, nil
	}
	return ask(name)
}
