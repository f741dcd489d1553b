package store

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/dewar-build/dewar/digest"
)

// Collecting garbage has three parts. Whoever knows what the store is for says
// what must stay (Keep, KeepResult, KeepUnknown); a Survey finds out what that
// leaves and what of it would go; Remove takes it away. In between a person may
// be asked.
//
// What is not reachable is of three kinds. Results that nothing names any more can
// be had again by running their commands, and a Survey says how long that took.
// Loose blobs belong to no result: versions of sources that were edited since, and what interrupted
// runs left. Data is what a person gave us to keep (NoteData): nothing can make it again,
// and it stays unless its removal is asked for by name.
//
// Entries go before trees and trees before blobs, so that whatever moment it is
// killed in leaves no result that is half there, only blobs that nothing names. What
// was decided on is looked at again right before it goes; see present.go.

// CollectOptions say what of the garbage goes. The zero value is all but data.
type CollectOptions struct {
	Size  int64         // what may stay; 0: nothing that is not reachable. The least recently used goes first
	Older time.Duration // only what was not used for so long
	Data  bool          // data that nothing names any more goes too
	Stale time.Duration // how old quarantine, and half of what was fetched, may become
}

// Collection is a collection of garbage: at most one is under way in a store.
type Collection struct {
	store   *Store
	reach   *marks
	results map[[32]byte]struct{} // action keys
	end     func()
	began   int64 // in nanoseconds since 1970, by the clock of the filesystem
	since   int64 // what was used from then on somebody may rely on
}

// Collect begins a collection. The error is ErrCollecting if another one is under way.
func (s *Store) Collect() (*Collection, error) {
	end, err := s.beginCollecting()
	if err != nil {
		if errors.Is(err, ErrCollecting) {
			return nil, err
		}
		return nil, fmt.Errorf("collect: %w", err)
	}
	s.sweepTrash()
	if err := s.Collecting(func(func(digest.Digest) bool) error { return nil }); err != nil { // leases of the dead go
		end()
		return nil, fmt.Errorf("collect: %w", err)
	}
	c := &Collection{store: s, reach: s.newMarks(), results: make(map[[32]byte]struct{}), end: end, since: never}
	if info, err := s.fs.Lstat(s.collectingFile()); err == nil {
		c.began = info.MTime
	}
	c.inUse()
	return c, nil
}

// Close ends the collection, whether anything was removed or not.
func (c *Collection) Close() { c.end() }

// Keep says that a content must stay.
func (c *Collection) Keep(x digest.Content) { c.reach.content(x) }

// KeepBlob says that a blob must stay.
func (c *Collection) KeepBlob(d digest.Digest) { c.reach.blob(d) }

// Keeps reports whether a blob is known to stay.
func (c *Collection) Keeps(d digest.Digest) bool { return c.reach.has(d.Hash) }

// KeepUnknown says that a blob must stay of which it is not known whether it
// is a file or a directory.
func (c *Collection) KeepUnknown(d digest.Digest) { c.reach.maybeDir(d) }

// KeepResult says that the result of an action must stay, with its log.
func (c *Collection) KeepResult(actionKey digest.Digest) { c.results[actionKey.Hash] = struct{}{} }

// Survey is what a store holds, and what a collection would remove of it.
type Survey struct {
	Before  Amount // blobs, twins and entries that there are
	Reached Amount // blobs that something names
	Kept    Amount // those that nothing names and that stay all the same: they were used lately, or there is room
	InUse   Amount // those that stay because other processes may rely on them

	Results []GoneResult  // to be removed, the least recently used first
	Rebuild time.Duration // how long their commands ran
	Freed   Amount        // they themselves, and blobs that only they have
	Loose   Amount        // blobs of no result
	Data    []GoneData    // data that nothing names any more; removed with CollectOptions.Data only
	Twins   Amount        // executable copies
	Trees   int
	Stale   Amount // quarantine, half of what was fetched

	opt   CollectOptions
	doom  doom
	stale []staleFile
}

// GoneResult is a result that nothing names any more.
type GoneResult struct {
	Action digest.Digest // the size is not known
	Used   time.Time
	Wall   time.Duration
	Output string // the first, where the command made it
	Bytes  int64  // of its outputs
}

// GoneData is data that nothing names any more.
type GoneData struct {
	Note DataNote
	Amount
}

// Removed is what there is to remove all together.
func (v *Survey) Removed() Amount {
	all := v.Freed.Plus(v.Loose).Plus(v.Twins).Plus(v.Stale)
	if v.opt.Data {
		for _, d := range v.Data {
			all = all.Plus(d.Amount)
		}
	}
	return all
}

// Removes reports whether a blob is one of those to remove.
func (v *Survey) Removes(d digest.Digest) bool {
	_, goes := slices.BinarySearchFunc(v.doom.blobs, d.Hash, func(b blobFile, h [32]byte) int { return slices.Compare(b.hash[:], h[:]) })
	return goes
}

// Nothing reports whether there is nothing to remove.
func (v *Survey) Nothing() bool { return v.Removed().Count == 0 && v.Trees == 0 }

// Survey finds out what is garbage.
func (c *Collection) Survey(ctx context.Context, o CollectOptions) (*Survey, error) {
	c.inUse()
	p := &survey{
		Collection: c, opt: o, out: &Survey{opt: o}, ctx: ctx,
		young: c.store.youngSince(o.Older),
		stay:  c.store.newMarks(c.reach), data: c.store.newMarks(), sizes: make(map[digest.Digest]Amount),
	}
	for _, part := range []func() error{p.entries, p.blobs, p.choose, p.twins, p.trees, p.staleFiles} {
		if err := part(); err != nil {
			return nil, fmt.Errorf("look at the store: %w", err)
		}
		if err := cmp.Or(c.reach.err, p.stay.err, p.data.err); err != nil {
			return nil, fmt.Errorf("look at what is named: %w; nothing was removed", err)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return p.out, nil
}

// youngSince returns the time since when a use protects.
func (s *Store) youngSince(older time.Duration) int64 {
	if older <= 0 {
		return never
	}
	return s.opt.Now().Add(-older).UnixNano()
}

// never is later than any use.
const never = int64(math.MaxInt64)

func hashOf(name string) (h [32]byte) {
	_, _ = hex.Decode(h[:], []byte(name)) // names were looked at before
	return h
}
