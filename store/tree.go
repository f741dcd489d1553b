package store

import (
	"fmt"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// The areas of materialized directories.
const (
	treeArea = "trees"
	rootArea = "roots" // of those that are root filesystems
)

// Tree returns the path of the materialized directory d, to be bound read-only
// and never to be written to, leased until release is called. It is made once;
// afterwards the cost does not depend on its size.
func (s *Store) Tree(d digest.Digest) (name string, release func(), err error) {
	release, err = s.Lease(d)
	if err != nil {
		return "", nil, err
	}
	if name, err = s.materialized(treeArea, d); err != nil {
		release()
	}
	return name, release, err
}

// materialized returns the path of a materialized directory, which it makes if need be.
func (s *Store) materialized(area string, d digest.Digest) (string, error) {
	s.dropCopied()
	name := s.tree(area, d)
	if !s.hasTree(name) {
		if _, err, _ := s.trees.Do(name, func() (any, error) { return nil, s.buildTree(area, d) }); err != nil {
			return "", fmt.Errorf("materialize directory %s: %w", d.Short(), err)
		}
	}
	return name, nil
}

func (s *Store) tree(area string, d digest.Digest) string { return s.dir + "/" + area + "/" + d.Hex() }

// hasTree looks for a tree and refreshes its last use.
func (s *Store) hasTree(name string) bool {
	info, err := s.fs.Lstat(name)
	if err != nil || !info.IsDir() {
		return false
	}
	return s.use(name, info) == nil
}

// buildTree makes the tree beside its place and renames it: a read-only
// directory can be renamed only where its parent stays the same.
func (s *Store) buildTree(area string, d digest.Digest) error {
	name := s.tree(area, d)
	if s.hasTree(name) {
		return nil
	}
	if err := s.fs.MkdirAll(s.dir+"/"+area, 0o755); err != nil {
		return err
	}
	tmp := s.dir + "/" + area + "/." + s.unique()
	opt := fs.MaterializeOptions{ReadOnly: true, MTime: time.Unix(epoch, 0), AnyLinks: area == rootArea}
	if err := fs.MaterializeDir(s.fs, treeSource{s}, d, tmp, opt); err != nil {
		return err
	}
	err := s.fs.Rename(tmp, name)
	if err == nil {
		return nil
	}
	s.fs.RemoveAll(tmp)
	if s.hasTree(name) {
		return nil // another process was faster
	}
	return err
}

// treeSource makes the files of trees: hard links of blobs, for nobody writes to
// either, and copies where there are no links.
type treeSource struct{ *Store }

func (t treeSource) CloneTo(d digest.Digest, exec bool, dst string) error {
	from, err := t.BlobPath(d, exec)
	if err != nil {
		return err
	}
	if t.fs.Link(from, dst) == nil {
		return nil
	}
	mode := plainMode
	if exec {
		mode = execMode
	}
	return t.fs.Clone(from, dst, mode) // no links here, or too many of this one
}

// discard takes a tree away: it is renamed into trash/, then removed.
func (s *Store) discard(area string, d digest.Digest) error {
	name, trash := s.tree(area, d), s.trash()
	if err := s.fs.Chmod(name, 0o755); err != nil { // it could not change its parent otherwise
		return err
	}
	if err := s.inDir(trash, func() error { return s.fs.Rename(name, trash) }); err != nil {
		return err
	}
	return s.fs.RemoveAll(trash)
}
