package checkout

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"path"
	"strings"

	"github.com/dewar-build/dewar/digest"
)

// maxLinks is how many symbolic links a path may go through.
const maxLinks = 40

// realDir follows dir, a path in the project, and returns the path it leads to,
// in the project too, free of symbolic links. With create it makes what is missing, and sets
// aside a file that stands where a directory must be; without, ok is false if it is missing.
func (w *writer) realDir(dir string, create bool) (real string, ok bool, err error) {
	if real, ok := w.reals[dir]; ok {
		return real, true, nil
	}
	up, ok, err := w.realDir(path.Dir(dir), create)
	if !ok || err != nil {
		return "", false, err
	}
	real, ok, err = w.enter(up, path.Base(dir), create, maxLinks)
	if ok && err == nil {
		w.reals[dir] = real
	}
	return real, ok, err
}

// enter goes from the real directory at into one of its entries.
func (w *writer) enter(at, name string, create bool, links int) (string, bool, error) {
	next := path.Join(at, name)
	info, err := w.deps.FS.Lstat(w.native(next))
	switch {
	case err == nil && info.IsDir():
		return next, true, nil
	case err == nil && info.IsSymlink():
		return w.follow(at, next, create, links-1)
	case err != nil && !errors.Is(err, iofs.ErrNotExist):
		return "", false, fmt.Errorf("check out: %w", err)
	case !create:
		return "", false, nil
	case err == nil:
		if err := w.evict(next, digest.Content{}); err != nil {
			return "", false, err
		}
	}
	if err := w.deps.FS.Mkdir(w.native(next), 0o755); err != nil && !errors.Is(err, iofs.ErrExist) {
		return "", false, fmt.Errorf("check out: %w", err)
	}
	return next, true, nil
}

// follow goes where the symbolic link at the path link, in the directory at, leads.
func (w *writer) follow(at, link string, create bool, links int) (string, bool, error) {
	target, err := w.deps.FS.Readlink(w.native(link))
	if err != nil {
		return "", false, fmt.Errorf("check out: %w", err)
	}
	if links < 0 {
		return "", false, escapes(link, "it is a loop of symbolic links")
	}
	if path.IsAbs(target) {
		inside, ok := strings.CutPrefix(target, w.plan.Root+"/")
		if !ok {
			return "", false, escapes(link, fmt.Sprintf("it is a symbolic link that leads out of the project, to %s", target))
		}
		at, target = ".", inside
	}
	for part := range strings.SplitSeq(target, "/") {
		switch {
		case part == "" || part == ".":
		case part == ".." && at == ".":
			return "", false, escapes(link, fmt.Sprintf("it is a symbolic link that leads out of the project, to %s", target))
		case part == "..":
			at = path.Dir(at)
		default:
			var ok bool
			if at, ok, err = w.enter(at, part, create, links); !ok || err != nil {
				return "", ok, err
			}
		}
	}
	return at, true, nil
}
