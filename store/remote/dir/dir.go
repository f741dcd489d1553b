// Package dir is a directory as a place that a store is shared through: on a
// disk that several people reach, or a mounted filesystem of a server.
//
// Every object is written beside its place and renamed. The directory may be
// a stranger's: symbolic links in it are not followed, neither for reading nor for
// writing, and whatever is no regular file is not there.
//
// It leaves names to their makers and bytes to the transfer engine
// (store/remote), which alone verifies them. The root package imports it.
package dir

import (
	"context"
	"errors"
	"fmt"
	iofs "io/fs"
	"path/filepath"
	"strings"
	"sync"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
)

// Place is a directory; New makes one.
type Place struct {
	fs   fs.FS
	root string
	bufs sync.Pool // *[]byte of bufSize
}

// bufSize is the size of the buffers that bytes are copied through.
const bufSize = 1 << 20

// New returns the directory root, an absolute path, as a place. The files that
// Put and Get are given are of the same filesystem. The directory is made by the first Put,
// if the one that it is in is there: what is not mounted is not made up.
func New(fsys fs.FS, root string) *Place {
	p := &Place{fs: fsys, root: filepath.Clean(root)}
	p.bufs.New = func() any { b := make([]byte, bufSize); return &b }
	return p
}

// Traits says that files are cheap here: nothing is packed.
func (p *Place) Traits() remote.Traits { return remote.Traits{Parallel: 16} }

// Close does nothing: a directory is not held open.
func (p *Place) Close() error { return nil }

// Stat looks at every object.
func (p *Place) Stat(ctx context.Context, names []string) ([]int64, error) {
	sizes := make([]int64, len(names))
	for i, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		info, err := p.look(name)
		switch {
		case errors.Is(err, remote.ErrAbsent):
			sizes[i] = remote.Absent
		case err != nil:
			return nil, err
		default:
			sizes[i] = info.Size
		}
	}
	return sizes, nil
}

// Remove removes objects.
func (p *Place) Remove(ctx context.Context, names []string) error {
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := p.look(name); errors.Is(err, remote.ErrAbsent) {
			continue
		} else if err != nil {
			return err
		}
		if err := p.fs.Remove(p.path(name)); err != nil && !errors.Is(err, iofs.ErrNotExist) {
			return explain(err)
		}
	}
	return nil
}

func (p *Place) path(name string) string { return filepath.Join(p.root, filepath.FromSlash(name)) }

// look describes an object. What is not a regular file is absent, and a
// directory on the way to it that is a symbolic link is an error.
func (p *Place) look(name string) (fs.Info, error) {
	if err := p.parents(name); err != nil {
		return fs.Info{}, err
	}
	info, err := p.fs.Lstat(p.path(name))
	if err != nil {
		return fs.Info{}, p.orNoPlace(err)
	}
	if !info.IsRegular() {
		return fs.Info{}, fmt.Errorf("%s: %w as a file", p.path(name), remote.ErrAbsent)
	}
	return info, nil
}

// parents checks the directories that lead to an object.
func (p *Place) parents(name string) error {
	if err := remote.CheckName(name); err != nil {
		return fmt.Errorf("%w: %w", remote.ErrConfig, err)
	}
	for i := range len(name) {
		if name[i] != '/' {
			continue
		}
		at := p.path(name[:i])
		info, err := p.fs.Lstat(at)
		if err != nil {
			return p.orNoPlace(err)
		}
		if info.IsSymlink() {
			return fmt.Errorf("%w: %s is a symbolic link, and those in a remote are not followed", remote.ErrConfig, at)
		}
		if !info.IsDir() {
			return fmt.Errorf("%w: %s is not a directory", remote.ErrAbsent, at)
		}
	}
	return nil
}

// orNoPlace explains an error; if the object is missing because the place is,
// that is what it says.
func (p *Place) orNoPlace(err error) error {
	if !errors.Is(err, iofs.ErrNotExist) {
		return explain(err)
	}
	if _, serr := p.fs.Stat(p.root); serr == nil {
		return fmt.Errorf("%w: %w", remote.ErrAbsent, err)
	}
	if _, serr := p.fs.Stat(filepath.Dir(p.root)); serr == nil {
		return fmt.Errorf("%w: %w", remote.ErrAbsent, err) // the first Put makes the last directory
	}
	return fmt.Errorf("%w: neither %s nor the directory that it is in exist (is it mounted?)", remote.ErrNoPlace, p.root)
}

// isTemp reports whether a name is that of an object under way.
func isTemp(name string) bool { return strings.HasPrefix(name, ".tmp-") }
