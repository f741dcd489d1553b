package dewar

import (
	"fmt"
	iofs "io/fs"
	"path"
	"path/filepath"
	"slices"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
)

// moduleWriter writes a commit as files. Links become what they lead to, as far as that is in
// the commit: nothing in a stranger's project decides about paths here.
type moduleWriter struct {
	fsys   fs.FS
	from   fs.View
	open   []string // where in the commit the directories are that are being written
	linked int      // names written because a link leads to them
}

// maxLinked is where links to directories are taken for a trap: a few of them that lead to
// each other can be more files than there are atoms.
const maxLinked = 100_000

// resolving is a view that knows where a path leads, as that of a commit does.
type resolving interface {
	Real(name string) (string, error)
}

// dir writes a directory.
func (w *moduleWriter) dir(dir, to string) error {
	real := dir
	if v, ok := w.from.(resolving); ok {
		var err error
		if real, err = v.Real(dir); err != nil {
			return err
		}
	}
	if slices.Contains(w.open, real) {
		return nil // a link to what it lies in
	}
	w.open = append(w.open, real)
	defer func() { w.open = w.open[:len(w.open)-1] }()
	if err := w.fsys.MkdirAll(to, 0o777); err != nil {
		return err
	}
	entries, err := w.from.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name, at := path.Join(dir, e.Name), filepath.Join(to, e.Name)
		if fs.Reserved(e.Name) != "" {
			continue
		}
		if real != dir {
			if w.linked++; w.linked > maxLinked {
				return failure(diag.Diagnostic{Code: "E-module-git", Subject: "rev", Detail: fmt.Sprintf("Links to directories in that commit, as %s, lead to more than %d files: each is copied once for each link. A module is kept without links.", dir, maxLinked)})
			}
		}
		if err := w.entry(e, name, at); err != nil {
			return err
		}
	}
	return nil
}

func (w *moduleWriter) entry(e fs.Entry, name, at string) error {
	if e.Type.IsDir() {
		return w.dir(name, at)
	}
	info, err := w.from.Stat(name)
	switch {
	case err != nil && e.Type&iofs.ModeSymlink != 0:
		return nil // it leads nowhere, or out
	case err != nil:
		return err
	case info.IsDir():
		if _, ok := w.from.(resolving); !ok {
			return nil
		}
		return w.dir(name, at)
	}
	b, err := w.from.ReadFile(name)
	if err != nil {
		return err
	}
	mode := iofs.FileMode(0o444)
	if info.Exec() {
		mode = 0o555
	}
	return fs.WriteFileIn(w.fsys, filepath.Dir(at), at, b, mode)
}
