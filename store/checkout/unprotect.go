package checkout

import (
	"context"
	"errors"
	"fmt"
	iofs "io/fs"
	"path"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// Unprotect makes the files at and below a path of the project private: those
// that are links into the store become copies that may be written to. It returns
// how many there were.
func Unprotect(ctx context.Context, p Plan, at string, d Deps) (int, error) {
	p.Items, p.Links = nil, nil
	w, err := newWriter(ctx, p, d)
	if err != nil {
		return 0, err
	}
	dir, ok, err := w.realDir(path.Dir(at), false)
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, fmt.Errorf("unprotect %s: %w", at, iofs.ErrNotExist)
	}
	err = w.unprotect(path.Join(dir, path.Base(at)))
	return w.report.Written, err
}

func (w *writer) unprotect(at string) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	info, err := w.deps.FS.Lstat(w.native(at))
	if err != nil {
		return fmt.Errorf("unprotect: %w", err)
	}
	if !info.IsDir() {
		return w.unprotectFile(at, info)
	}
	entries, err := w.deps.FS.ReadDir(w.native(at))
	if err != nil {
		return fmt.Errorf("unprotect: %w", err)
	}
	for _, e := range entries {
		if err := w.unprotect(path.Join(at, e.Name)); err != nil {
			return err
		}
	}
	return nil
}

// unprotectFile replaces a link by a copy of what it leads to.
func (w *writer) unprotectFile(at string, info fs.Info) error {
	want, ok := w.protected(at, info)
	if !ok {
		return nil
	}
	tmp, err := w.temp(at, func(tmp string) error {
		if !want.Digest.IsZero() {
			return w.clone(tmp, want, true)
		}
		return w.private(tmp, want, func(_ digest.Digest, name string, perm iofs.FileMode) error {
			return w.deps.FS.Clone(w.native(at), name, perm)
		})
	})
	if err == nil {
		err = w.deps.FS.Rename(tmp, w.native(at))
	}
	if err != nil {
		return fmt.Errorf("unprotect %s: %w", at, errors.Join(err, w.deps.FS.RemoveAll(tmp)))
	}
	w.count(&w.report.Written)
	if want.Digest.IsZero() {
		return nil // it will be read
	}
	return w.record(at, want.Digest)
}

// protected reports whether a file is a link into the store, and which content
// it is, if that is known. A file that nobody may write to and that has other names
// is taken for one: its blob may have been set aside.
func (w *writer) protected(at string, info fs.Info) (digest.Content, bool) {
	if info.IsSymlink() {
		c, into := w.linked(w.native(at))
		return c, into && !c.Digest.IsZero()
	}
	if !info.IsRegular() || info.Nlink < 2 || info.Mode.Perm()&0o222 != 0 {
		return digest.Content{}, false
	}
	return digest.Content{Kind: digest.File, Exec: info.Exec()}, true
}
