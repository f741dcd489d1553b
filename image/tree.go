package image

import (
	"sort"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/store"
)

// A tree is the filesystem of an image while its layers are applied: names, and what has them. Symbolic
// links are texts in it, and no name is ever looked for through one: an entry below a name that is a link
// replaces the link by a directory, as mounting the layers one over the other would.

// entry is what a name stands for. A directory has children, all else has not.
type entry struct {
	children map[string]*entry
	digest   digest.Digest // of a file
	leads    string        // of a symbolic link
	exec     bool
	layer    int // that made it, or has named it last
}

func (e *entry) isDir() bool  { return e.children != nil }
func (e *entry) isLink() bool { return e.leads != "" }

func newDir(layer int) *entry { return &entry{children: map[string]*entry{}, layer: layer} }

// dir returns the directory at a path, which it makes if need be.
func (e *entry) dir(path []string, layer int) *entry {
	at := e
	for _, name := range path {
		next := at.children[name]
		if next == nil || !next.isDir() {
			next = newDir(layer)
			at.children[name] = next
		}
		at = next
	}
	return at
}

// find returns what is at a path, nil if nothing is.
func (e *entry) find(path []string) *entry {
	at := e
	for _, name := range path {
		if at = at.children[name]; at == nil {
			return nil
		}
	}
	return at
}

// hide removes from a directory what lower layers have put there, and leaves what this one has: the order
// of the entries of one layer does not matter.
func (e *entry) hide(layer int) {
	for name := range e.children {
		e.hideName(name, layer)
	}
}

func (e *entry) hideName(name string, layer int) {
	x := e.children[name]
	switch {
	case x == nil:
	case x.isDir():
		if x.hide(layer); x.layer < layer && len(x.children) == 0 {
			delete(e.children, name)
		}
	case x.layer < layer:
		delete(e.children, name)
	}
}

// amount counts the files of a tree and their bytes.
func (e *entry) amount() (files int, bytes int64) {
	for _, x := range e.children { // the sums are the same in any order
		switch {
		case x.isDir():
			f, b := x.amount()
			files, bytes = files+f, bytes+b
		case !x.isLink():
			files, bytes = files+1, bytes+x.digest.Size
		}
	}
	return files, bytes
}

// put stores the encodings of all directories, and returns that of this one.
func (e *entry) put(s *store.Store) (digest.Digest, error) {
	names := make([]string, 0, len(e.children))
	for name := range e.children {
		names = append(names, name)
	}
	sort.Strings(names)
	var d digest.Dir
	for _, name := range names {
		switch x := e.children[name]; {
		case x.isDir():
			sub, err := x.put(s)
			if err != nil {
				return digest.Digest{}, err
			}
			d.Dirs = append(d.Dirs, digest.DirEntry{Name: name, Digest: sub})
		case x.isLink():
			d.Symlinks = append(d.Symlinks, digest.SymlinkEntry{Name: name, Target: x.leads})
		default:
			d.Files = append(d.Files, digest.FileEntry{Name: name, Digest: x.digest, Exec: x.exec})
		}
	}
	return s.PutDirectory(d.Encode())
}
