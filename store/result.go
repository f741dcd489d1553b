package store

import (
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// Result is what an action that succeeded left behind.
type Result struct {
	Outputs     []Output        // sorted by At
	Log         digest.Digest   // what it wrote to standard output and error, interleaved; zero or Empty if nothing
	Level       graph.Isolation // reached
	Explanation []graph.Field   // the labelled parts of its action key
	Program     string          // the host path that argv[0] was resolved to; "" for a native action
	Hostless    bool            // nothing of the host took part that its toolchains do not pin
	Local       bool            // it must not be shared: below the level asked, or it depends on the host
	Started     time.Time
	Wall        time.Duration
	User, Sys   time.Duration
	MaxRSS      int64 // bytes
}

// Output is one declared output of an action.
type Output struct {
	At      string // in the input root
	Content digest.Content
}

// Result returns what is known for an action key: shared results first, local
// ones second. It is nil if there is none: entries of failed actions, entries
// that cannot be read (they are set aside) and entries whose blobs are not all there
// count as none. An error is an environment failure.
func (s *Store) Result(actionKey digest.Digest) (*Result, error) { panic("unwritten") }

// PutResult keeps r for an action key; r.Local decides which cache. All that it refers
// to must be in the store. An entry that is there is replaced.
func (s *Store) PutResult(actionKey digest.Digest, r *Result) error { panic("unwritten") }
