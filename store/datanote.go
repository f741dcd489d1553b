package store

import (
	"encoding/json"
	"fmt"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// Most of a store can be made again. Data that a person tracks cannot: so the
// store has a note of each content that was tracked data once, and a collector
// removes none of it unasked, also when no lock names it any more.

// DataNote says that a content is, or was, tracked data.
type DataNote struct {
	Content digest.Content
	Name    string // of the data block
	Path    string // in the project
	Project string // the root of the project
}

// wireNote is a note as JSON.
type wireNote struct {
	Kind    string        `json:"kind"`
	Digest  digest.Digest `json:"digest"`
	Name    string        `json:"data"`
	Path    string        `json:"path"`
	Project string        `json:"project,omitempty"`
}

// NoteData notes that a content is tracked data. The first note of a content stays.
func (s *Store) NoteData(n DataNote) error {
	name := s.shard("data", n.Content.Digest)
	if _, err := s.fs.Lstat(name); err == nil || n.Content.Kind == digest.None {
		return nil
	}
	b, err := json.Marshal(wireNote{n.Content.Kind.String(), n.Content.Digest, n.Name, n.Path, n.Project})
	if err == nil {
		err = s.replace(name, append(b, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("note data %s: %w", n.Name, err)
	}
	return nil
}

// DataNotes returns the notes of all data, by digest. One that cannot be read
// says nothing.
func (s *Store) DataNotes() ([]DataNote, error) {
	var out []DataNote
	err := s.eachHash("data", func(hash [32]byte, name string, _ fs.Info) error {
		var w wireNote
		b, err := s.slurp(name, 1<<20)
		if err != nil || json.Unmarshal(b, &w) != nil || w.Digest.Hash != hash {
			return nil
		}
		n := DataNote{digest.Content{Kind: digest.File, Digest: w.Digest}, w.Name, w.Path, w.Project}
		if w.Kind == digest.Directory.String() {
			n.Content.Kind = digest.Directory
		}
		out = append(out, n)
		return nil
	})
	return out, err
}

// Noted reports whether a content was noted as tracked data: then the store had it once.
func (s *Store) Noted(c digest.Content) bool {
	_, err := s.fs.Lstat(s.shard("data", c.Digest))
	return err == nil
}
