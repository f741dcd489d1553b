package store

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

func sortCorruptions(list []Corruption) {
	slices.SortFunc(list, func(a, b Corruption) int { return cmp.Compare(a.Path, b.Path) })
}

// Contents is how much of what a store holds.
type Contents struct {
	Blobs      Amount `json:"blobs"`
	Twins      Amount `json:"executable_copies"`
	Results    Amount `json:"results"`
	Trees      int    `json:"trees"`
	Quarantine Amount `json:"quarantine"`
	Incoming   Amount `json:"incoming"` // what was fetched by half
	Temporary  Amount `json:"temporary"`
	// Outputs are what all results have as outputs, and the blobs of that:
	// what they would take without the store, and what they take.
	Outputs  Amount `json:"outputs"`
	Distinct Amount `json:"distinct"`
}

// Dedup is how many times more the outputs of all results would take, if each
// had its own.
func (c *Contents) Dedup() float64 {
	if c.Distinct.Bytes == 0 {
		return 1
	}
	return float64(c.Outputs.Bytes) / float64(c.Distinct.Bytes)
}

// Contents counts what is there.
func (s *Store) Contents() (*Contents, error) {
	c := &Contents{}
	for area, n := range map[string]*Amount{"cas": &c.Blobs, "exec": &c.Twins} {
		err := s.eachHash(area, func(_ [32]byte, _ string, info fs.Info) error { n.add(info.Size); return nil })
		if err != nil {
			return nil, err
		}
	}
	m, sizes := s.newMarks(), make(map[digest.Digest]Amount)
	for _, cache := range []string{sharedCache, localCache} {
		err := s.eachHash(cache, func(_ [32]byte, name string, info fs.Info) error {
			c.Results.add(info.Size)
			b, err := s.slurp(name, maxEntry)
			if err != nil {
				return nil
			}
			r, err := decodeResult(b, s.rootOf)
			if err != nil || r == nil {
				return nil // verify says so
			}
			for _, o := range r.Outputs {
				m.content(o.Content)
				c.Outputs = c.Outputs.Plus(s.sizeOf(o.Content, sizes))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for h := range m.dirs {
		delete(m.blobs, h) // the encodings of directories are ours, not outputs
	}
	c.Distinct.Count = len(m.blobs)
	for _, d := range s.sizesOf(m) {
		c.Distinct.Bytes += d
	}
	return c, s.others(c)
}

// sizesOf returns the sizes of marked blobs that are there.
func (s *Store) sizesOf(m *marks) (sizes []int64) {
	for h := range m.blobs {
		if info, err := s.fs.Lstat(s.blob(digest.Digest{Hash: h}, false)); err == nil {
			sizes = append(sizes, info.Size)
		}
	}
	return sizes
}

// SizeOf returns how many files a content has, and their sizes together.
func (s *Store) SizeOf(c digest.Content) Amount { return s.sizeOf(c, make(map[digest.Digest]Amount)) }

// sizeOf remembers directories: a small encoding may stand for very many files.
func (s *Store) sizeOf(c digest.Content, known map[digest.Digest]Amount) (n Amount) {
	switch c.Kind {
	case digest.File:
		return Amount{1, c.Digest.Size}
	case digest.None:
		return n
	}
	if n, ok := known[c.Digest]; ok {
		return n
	}
	dir, err := s.readDir(c.Digest)
	if err != nil {
		return n
	}
	for _, f := range dir.Files {
		n.add(f.Digest.Size)
	}
	for _, sub := range dir.Dirs {
		n = n.Plus(s.sizeOf(digest.Content{Kind: digest.Directory, Digest: sub.Digest}, known))
	}
	known[c.Digest] = n
	return n
}

// others counts what is not sharded.
func (s *Store) others(c *Contents) error {
	for dir, n := range map[string]*Amount{"quarantine": &c.Quarantine, "incoming": &c.Incoming, "tmp": &c.Temporary, treeArea: nil, rootArea: nil} {
		entries, err := s.fs.ReadDir(s.dir + "/" + dir)
		if err != nil && !isMissing(err) {
			return err
		}
		for _, e := range entries {
			info, err := s.fs.Lstat(s.dir + "/" + dir + "/" + e.Name)
			switch {
			case err != nil || strings.HasSuffix(e.Name, ".live") || strings.HasSuffix(e.Name, ".lock"):
			case n == nil && isHash(e.Name):
				c.Trees++
			case n != nil && info.IsRegular():
				n.add(info.Size)
			}
		}
	}
	return nil
}

// Lacks returns the blobs of a content that are not there, in its order, at most n. Of a
// directory that is not there only itself is known.
func (s *Store) Lacks(c digest.Content, n int) (lacks []digest.Digest) {
	seen := make(map[digest.Digest]bool)
	var visit func(c digest.Content)
	visit = func(c digest.Content) {
		if seen[c.Digest] || len(lacks) >= n || c.Kind == digest.None {
			return
		}
		seen[c.Digest] = true
		if !s.Has(c.Digest) {
			lacks = append(lacks, c.Digest)
			return
		}
		if c.Kind != digest.Directory {
			return
		}
		dir, err := s.Dir(c.Digest)
		if err != nil {
			lacks = append(lacks, c.Digest)
			return
		}
		for _, f := range dir.Files {
			visit(digest.Content{Kind: digest.File, Digest: f.Digest})
		}
		for _, sub := range dir.Dirs {
			visit(digest.Content{Kind: digest.Directory, Digest: sub.Digest})
		}
	}
	visit(c)
	return lacks
}
