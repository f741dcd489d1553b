package store

import (
	"errors"
	iofs "io/fs"

	"github.com/dewar-build/dewar/digest"
)

// Amount is a number of files and their sizes together.
type Amount struct {
	Count int   `json:"count"`
	Bytes int64 `json:"bytes"`
}

func (a *Amount) add(bytes int64) { a.Count++; a.Bytes += bytes }

// Plus returns the sum.
func (a Amount) Plus(b Amount) Amount { return Amount{a.Count + b.Count, a.Bytes + b.Bytes} }

// marks are blobs that are reachable: their hashes and sizes, for a store of a million
// blobs leaves no room for more. Directories are a set of their own, because bytes that
// were met as a file may be met as a directory later.
type marks struct {
	store *Store
	blobs map[[32]byte]int64
	dirs  map[[32]byte]struct{}
	bytes int64    // of blobs
	not   []*marks // what is marked there is not marked here
	err   error    // the first directory that could not be read: what it has in it is not known
}

func (s *Store) newMarks(not ...*marks) *marks {
	return &marks{store: s, blobs: make(map[[32]byte]int64), dirs: make(map[[32]byte]struct{}), not: not}
}

func (m *marks) has(hash [32]byte) bool {
	_, ok := m.blobs[hash]
	return ok
}

func (m *marks) hasDir(hash [32]byte) bool {
	_, ok := m.dirs[hash]
	return ok
}

// hasContent reports whether c was marked as what it is: of a directory, all that
// is in it was then marked with it.
func (m *marks) hasContent(c digest.Content) bool {
	if c.Kind == digest.Directory {
		return m.hasDir(c.Digest.Hash)
	}
	return m.has(c.Digest.Hash)
}

// blob marks one blob.
func (m *marks) blob(d digest.Digest) {
	for _, n := range m.not {
		if n.has(d.Hash) {
			return
		}
	}
	if !m.has(d.Hash) {
		m.blobs[d.Hash] = d.Size
		m.bytes += d.Size
	}
}

// content marks c and everything in it. What a directory that is not there had in
// it is not known.
func (m *marks) content(c digest.Content) {
	if c.Kind == digest.Directory {
		m.dir(c.Digest)
	} else if c.Kind == digest.File {
		m.blob(c.Digest)
	}
}

// dir marks a directory and everything in it, each directory once.
func (m *marks) dir(d digest.Digest) {
	if m.hasDir(d.Hash) {
		return
	}
	for _, n := range m.not {
		if n.hasDir(d.Hash) {
			return
		}
	}
	m.dirs[d.Hash] = struct{}{}
	m.blob(d)
	dir, err := m.store.readDir(d)
	if err != nil {
		m.unread(err)
		return // bound from where it was, or lost
	}
	for _, f := range dir.Files {
		m.blob(f.Digest)
	}
	for _, sub := range dir.Dirs {
		m.dir(sub.Digest)
	}
}

// maybeDir marks a blob of which it is not known what it is: if it can be read as a
// directory, it is marked as one.
func (m *marks) maybeDir(d digest.Digest) {
	m.blob(d)
	if d.Size > 0 && d.Size <= maxGuess {
		b, err := m.store.slurp(m.store.blob(d, false), maxGuess)
		m.unread(err)
		if err == nil && digest.Of(b) == d {
			if _, err := digest.DecodeDir(b); err == nil {
				m.dir(d)
			}
		}
	}
}

// unread notes that something could not be read: not that it is missing or damaged, but that the
// disk, or the system, would not give it. Whoever took it for empty would remove what is in it.
func (m *marks) unread(err error) {
	var failed *iofs.PathError
	if m.err == nil && errors.As(err, &failed) && !isMissing(err) {
		m.err = err
	}
}

// maxGuess is how large a blob may be to be tried as a directory.
const maxGuess = 64 << 20

// readDir reads a directory without counting as a use of it, and without keeping it: a
// collector meets each once.
func (s *Store) readDir(d digest.Digest) (digest.Dir, error) {
	if d == digest.Empty {
		return digest.Dir{}, nil // an empty directory is no bytes
	}
	b, err := s.slurp(s.blob(d, false), max(d.Size, 0))
	if err != nil {
		return digest.Dir{}, err
	}
	if digest.Of(b) != d {
		return digest.Dir{}, missing(d, s.blob(d, false))
	}
	return digest.DecodeDir(b)
}
