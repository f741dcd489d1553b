package store

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

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
	return s.hasWhole(c.Digest)
}

// hasWhole looks at each directory once, however often it occurs: a small encoding
// can stand for a tree of any size. It goes level by level, with every processor.
func (s *Store) hasWhole(top digest.Digest) bool {
	seen := map[digest.Digest]bool{top: true}
	for level := []digest.Digest{top}; len(level) > 0; {
		dirs := make([]digest.Dir, len(level))
		whole := allOf(len(level), func(i int) (ok bool) {
			if s.Has(level[i]) {
				var err error
				dirs[i], err = s.Dir(level[i])
				ok = err == nil
			}
			return ok
		})
		if !whole || !s.hasFiles(dirs) {
			return false
		}
		level = level[:0]
		for _, dir := range dirs {
			for _, sub := range dir.Dirs {
				if !seen[sub.Digest] {
					seen[sub.Digest] = true
					level = append(level, sub.Digest)
				}
			}
		}
	}
	return true
}

// hasFiles reports whether the files of some directories are there.
func (s *Store) hasFiles(dirs []digest.Dir) bool {
	var parts [][]digest.FileEntry
	for _, dir := range dirs {
		parts = slices.AppendSeq(parts, slices.Chunk(dir.Files, 256))
	}
	return allOf(len(parts), func(i int) bool {
		for _, f := range parts[i] {
			if !s.Has(f.Digest) {
				return false
			}
		}
		return true
	})
}

// allOf reports whether f is true of all 0 to n-1. It does not ask once more after one is not.
func allOf(n int, f func(i int) bool) bool {
	var next atomic.Int64
	var not atomic.Bool
	work := func() {
		for i := int(next.Add(1)) - 1; i < n && !not.Load(); i = int(next.Add(1)) - 1 {
			if !f(i) {
				not.Store(true)
			}
		}
	}
	var others sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
	return !not.Load()
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
