package checkout

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"slices"
	"strings"
	"syscall"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// Link is a way to make a file of a blob.
type Link string

// The ways. A file that is linked is the blob: it cannot be written to, and who
// does so all the same (by other names, or as root) damages the blob, which the store
// notices when it looks at it next.
const (
	Reflink  Link = "reflink"  // a copy that shares the blocks until it is written to
	Hardlink Link = "hardlink" // another name of the blob
	Symlink  Link = "symlink"  // a symbolic link to the blob
	Copy     Link = "copy"
)

// ParseLinks reads names of ways.
func ParseLinks(names []string) ([]Link, error) {
	var out []Link
	for _, name := range names {
		l := Link(name)
		if !slices.Contains([]Link{Reflink, Hardlink, Symlink, Copy}, l) {
			return nil, fmt.Errorf("%q is no way to make a file: reflink, hardlink, symlink or copy", name)
		}
		out = append(out, l)
	}
	return out, nil
}

// usual are the ways if none are said: what is made is a person's own file.
var usual = [...]Link{Reflink, Copy}

// links returns the ways in which a file may be made.
func (w *writer) links(private bool) []Link {
	if !private && len(w.plan.Links) > 0 {
		return w.plan.Links
	}
	return usual[:]
}

// clone makes a file of a blob, ready to be put in place: in the first way that works here.
func (w *writer) clone(name string, c digest.Content, private bool) error {
	links := w.links(private)
	if slices.Equal(links, usual[:]) {
		return w.copy(name, c)
	}
	var not []string
	for _, l := range links {
		err := w.linkAs(l, name, c)
		if err == nil || !cannotLink(err) {
			return err
		}
		not = append(not, fmt.Sprintf("%s (%v)", l, cause(err)))
	}
	return fmt.Errorf("a file cannot be made here in any of the ways that cache.link allows: %s; add \"copy\" to it", strings.Join(not, ", "))
}

func (w *writer) linkAs(l Link, name string, c digest.Content) error {
	if l == Copy {
		return w.copy(name, c)
	}
	blob, err := w.deps.Store.BlobPath(c.Digest, c.Exec && l != Reflink)
	if err != nil {
		return err
	}
	switch l {
	case Hardlink:
		return w.deps.FS.Link(blob, name)
	case Symlink:
		return w.deps.FS.Symlink(blob, name)
	}
	return w.private(name, c, func(_ digest.Digest, name string, perm iofs.FileMode) error {
		return fs.Reflink(w.deps.FS, blob, name, perm)
	})
}

// modeOf is the mode of a person's own file.
func modeOf(c digest.Content) iofs.FileMode {
	if c.Exec {
		return 0o755
	}
	return 0o644
}

// copy makes a copy of a blob, sharing its blocks if that can be had.
func (w *writer) copy(name string, c digest.Content) error {
	return w.deps.Store.CopyTo(c.Digest, name, modeOf(c), w.stamp)
}

// private makes a file that is nobody else's.
func (w *writer) private(name string, c digest.Content, make func(digest.Digest, string, iofs.FileMode) error) error {
	if err := make(c.Digest, name, modeOf(c)); err != nil {
		return err
	}
	return w.deps.FS.Chtimes(name, w.stamp)
}

// cannotLink reports whether an error says that a way does not work here, as opposed to a
// blob that is missing or a disk that is full.
func cannotLink(err error) bool {
	return !errors.Is(err, iofs.ErrNotExist) && !errors.Is(err, syscall.ENOSPC)
}

func cause(err error) error {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err
}

// linked reports which blob a symbolic link leads to, as a file's content; into is
// true of all that was made as a link into a store.
func (w *writer) linked(name string) (c digest.Content, into bool) {
	text, err := w.deps.FS.Readlink(name)
	if err != nil {
		return c, false
	}
	d, exec, into := w.deps.Store.Symlink(text)
	if d.IsZero() {
		return c, into
	}
	return digest.Content{Kind: digest.File, Exec: exec, Digest: d}, into
}

// fits reports whether a file that holds the right bytes may stay as it is.
func (w *writer) fits(info fs.Info, want digest.Content, private bool) bool {
	if info.Nlink > 1 && info.Exec() != want.Exec {
		return false // its mode is the blob's, too
	}
	isLink := info.IsSymlink() || w.deps.Store.IsBlob(want.Digest, info)
	if private {
		return !isLink
	}
	return !w.plan.Relink || w.isWay(info, want, isLink)
}

// isWay reports whether a file is made in the first of the ways that would do. It cannot be
// seen whether a copy shares blocks.
func (w *writer) isWay(info fs.Info, want digest.Content, isLink bool) bool {
	switch w.links(false)[0] {
	case Symlink:
		return info.IsSymlink()
	case Hardlink:
		return isLink && !info.IsSymlink()
	}
	return !isLink && info.Mode.Perm()&0o200 != 0
}
