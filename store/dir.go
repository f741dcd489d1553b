package store

import (
	"fmt"
	"sync"

	"github.com/dewar-build/dewar/digest"
)

// PutDirectory stores the canonical encoding of a directory, not what it
// refers to.
func (s *Store) PutDirectory(encoded []byte) (digest.Digest, error) { return s.Put(encoded) }

// Dir returns a directory by the digest of its encoding. The result is shared:
// it must not be changed.
func (s *Store) Dir(d digest.Digest) (digest.Dir, error) {
	if dir, ok := s.dirs.get(d); ok {
		return dir, nil
	}
	b, err := s.ReadAll(d, 0)
	if err != nil {
		return digest.Dir{}, fmt.Errorf("read directory: %w", err)
	}
	dir, err := digest.DecodeDir(b)
	if err != nil {
		return digest.Dir{}, fmt.Errorf("read directory %s: %w", d.Short(), err)
	}
	s.dirs.put(d, dir)
	return dir, nil
}

// HasAll reports whether c is there: for a directory, all that it refers to.
func (s *Store) HasAll(c digest.Content) bool {
	if c.Kind != digest.Directory {
		return s.Has(c.Digest)
	}
	return s.hasDir(c.Digest, make(map[digest.Digest]bool))
}

// hasDir walks each directory once, however often it occurs: a small encoding
// can stand for a tree of any size.
func (s *Store) hasDir(d digest.Digest, seen map[digest.Digest]bool) bool {
	if seen[d] {
		return true
	}
	seen[d] = true
	if !s.Has(d) {
		return false
	}
	dir, err := s.Dir(d)
	if err != nil {
		return false
	}
	for _, f := range dir.Files {
		if !s.Has(f.Digest) {
			return false
		}
	}
	for _, sub := range dir.Dirs {
		if !s.hasDir(sub.Digest, seen) {
			return false
		}
	}
	return true
}

// dirCache keeps decoded directories in two generations: what is used moves to
// the young one, and when that is full the old one is dropped. The zero value is ready.
type dirCache struct {
	mu         sync.Mutex
	young, old map[digest.Digest]digest.Dir
	weight     int // entries in young
}

// dirCacheWeight is how many entries of directories a generation holds, each some
// hundred bytes.
const dirCacheWeight = 200_000

func (c *dirCache) get(d digest.Digest) (digest.Dir, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if dir, ok := c.young[d]; ok {
		return dir, true
	}
	dir, ok := c.old[d]
	if ok {
		c.add(d, dir)
	}
	return dir, ok
}

func (c *dirCache) put(d digest.Digest, dir digest.Dir) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(d, dir)
}

func (c *dirCache) add(d digest.Digest, dir digest.Dir) {
	if c.young == nil || c.weight > dirCacheWeight {
		c.young, c.old, c.weight = make(map[digest.Digest]digest.Dir), c.young, 0
	}
	c.young[d] = dir
	c.weight += 1 + len(dir.Files) + len(dir.Dirs) + len(dir.Symlinks)
}
