package fs

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
)

// Links knows files of the workspace that are links into a store: such a file
// holds what it leads to, and there is nothing to read.
type Links interface {
	// Symlink says which blob a symbolic link leads to. into is true of what
	// was made as a link into a store, d is zero if the blob is not there.
	Symlink(linkText string) (d digest.Digest, exec, into bool)
	// IsBlob reports whether a file with this Info is the blob d itself, and as it should be.
	IsBlob(d digest.Digest, info Info) bool
}

// linkedFile is a file that is a link into the store; the entry is zero if it leads to
// nothing.
func (w *scan) linkedFile(p string) (e digest.FileEntry, into bool) {
	if w.Links == nil {
		return e, false
	}
	text, err := w.FS.Readlink(native(w.Root, p))
	if err != nil {
		return e, false
	}
	d, exec, into := w.Links.Symlink(text)
	return digest.FileEntry{Name: path.Base(p), Digest: d, Exec: exec}, into
}

// linkedTop is what a path holds that leads out of the project because it is a
// link into the store.
func (w *scan) linkedTop(clean string, err error) (Scanned, bool) {
	var bad *BadPath
	if w.Links == nil || !errors.As(err, &bad) || bad.Problem != PathEscapes {
		return Scanned{}, false
	}
	real, info, err := resolve(w.FS, w.Root, clean, false)
	if err != nil || !info.IsSymlink() {
		return Scanned{}, false
	}
	e, into := w.linkedFile(real)
	if !into || e.Digest.IsZero() {
		return Scanned{}, into
	}
	c := digest.Content{Kind: digest.File, Exec: e.Exec, Digest: e.Digest}
	return Scanned{Content: c, Files: 1, Bytes: e.Digest.Size, Linked: 1}, true
}

// linked moves the links into the store from the symbolic links of a directory to its files. One that
// leads to nothing is dropped, the file is not there: what was made can be made again. Of what a
// pipeline begins with nobody may take it for deleted.
func (w *scan) linked(p string, files []digest.FileEntry, links []string) ([]digest.FileEntry, []string) {
	if w.Links == nil || len(links) == 0 {
		return files, links
	}
	n := len(files)
	links = slices.DeleteFunc(slices.Clone(links), func(name string) bool {
		e, into := w.linkedFile(path.Join(p, name))
		if into && !e.Digest.IsZero() {
			files = append(files, e)
			w.files.Add(1)
			w.bytes.Add(e.Digest.Size)
			w.links.Add(1)
		} else if into && w.Whole {
			w.report(BadEntry{Path: path.Join(p, name), Problem: LinkLost})
		}
		return into
	})
	if len(files) > n {
		slices.SortFunc(files, func(a, b digest.FileEntry) int { return strings.Compare(a.Name, b.Name) })
	}
	return files, links
}

// hardLink returns the digest of a file that is the blob it was when it was last seen,
// though its change time is another: every link that is made of a blob, and every use of
// it, changes that.
func (w *scan) hardLink(p string, info Info) (digest.Digest, bool) {
	if w.Links == nil || info.Nlink < 2 {
		return digest.Digest{}, false
	}
	d, ok := w.Index.last(p)
	return d, ok && w.Links.IsBlob(d, info)
}

// last returns the digest that a path had when it was last recorded, whatever it is now.
func (x *Index) last(path string) (digest.Digest, bool) {
	if x == nil {
		return digest.Digest{}, false
	}
	if e, ok := x.overlay(path); ok {
		return e.digest(), true
	}
	e, ok := x.base.Load().find(path, new(int))
	return e.digest(), ok
}
