// Package fetch brings objects of DVC's caches and remotes into our store: from one place after the
// other, each asked with patience, several objects at once, going on where an earlier transfer ended.
//
// A place decides nothing: what it gives counts if it is what its name says, and enters the store under
// our digest. What DVC's files say is read by package dvc, and which places there are is known to
// the root package, which imports it.
package fetch

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/dvc"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
	"github.com/dewar-build/dewar/store/remote"
	"golang.org/x/sync/errgroup"
)

// Source is where objects can be had, and what came of it so far.
type Source struct {
	Store    *store.Store
	FS       fs.FS
	Wait     func(context.Context, time.Duration) error
	Hold     *remote.Hold // what was had is in it
	Known    *Index
	Next     func(context.Context) *Place // opens the next place; nil if there are no more
	Progress func(done, total int64)      // bytes
	Corrupt  func(place, name string)     // something had another name's bytes

	Problems []string // of places, for a person

	places []*Place
	wanted atomic.Int64 // bytes
	came   atomic.Int64
}

// Place is a cache or a remote.
type Place struct {
	remote.Named
	Parallel int
	Explain  func(error) string // says what went wrong with it
	Close    func() error

	down bool
}

// Close closes the places.
func (s *Source) Close() {
	for _, at := range s.places {
		_ = at.Close()
	}
}

// more opens the next place, and reports whether there is one.
func (s *Source) more(ctx context.Context) bool {
	at := s.Next(ctx)
	if at != nil {
		s.places = append(s.places, at)
	}
	return at != nil
}

// Fetch brings objects. It returns what could be had, by MD5; what could not is no error.
func (s *Source) Fetch(ctx context.Context, list []dvc.Object) (map[string]digest.Digest, error) {
	got := map[string]digest.Digest{}
	rest := s.remembered(list, got)
	if len(rest) == 0 {
		return got, s.holds(got)
	}
	for i := 0; len(rest) > 0; i++ {
		if i == len(s.places) && !s.more(ctx) {
			break
		}
		if s.places[i].down {
			continue
		}
		var err error
		if rest, err = s.fetchFrom(ctx, s.places[i], rest, got); err != nil {
			return nil, err
		}
	}
	return got, errors.Join(s.holds(got), s.Known.save(), ctx.Err())
}

// remembered takes out of a list what was fetched before and is still there.
func (s *Source) remembered(list []dvc.Object, got map[string]digest.Digest) []dvc.Object {
	var rest []dvc.Object
	for _, o := range list {
		if d, ok := s.Known.of[o.MD5]; ok && s.Store.Has(d) {
			got[o.MD5] = d
		} else {
			rest = append(rest, o)
		}
	}
	return rest
}

// holds keeps what was had from being collected.
func (s *Source) holds(got map[string]digest.Digest) error {
	ds := make([]digest.Digest, 0, len(got))
	for _, d := range got {
		ds = append(ds, d)
	}
	return s.Hold.Take(ds...)
}

// batchSize is how many objects a place is asked for at once.
const batchSize = 1000

// fetchFrom brings from one place what it has. It returns what it has not.
func (s *Source) fetchFrom(ctx context.Context, at *Place, list []dvc.Object, got map[string]digest.Digest) (rest []dvc.Object, err error) {
	var mu sync.Mutex
	for len(list) > 0 {
		batch := list[:min(batchSize, len(list))]
		list = list[len(batch):]
		names, sizes, err := s.locate(ctx, at, batch)
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			at.down = true
			s.Problems = append(s.Problems, at.Explain(err))
			return append(append(rest, batch...), list...), nil
		}
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(at.Parallel)
		for i, o := range batch {
			g.Go(func() error {
				d, ok, err := digest.Digest{}, false, error(nil)
				if sizes[i] != remote.Absent {
					d, ok, err = s.get(gctx, at, o, names[i], sizes[i])
				}
				mu.Lock()
				defer mu.Unlock()
				if ok {
					got[o.MD5] = d
					s.Known.put(o.MD5, d)
				} else {
					rest = append(rest, o)
				}
				if err != nil && !s.here(gctx, err) {
					s.Problems = addOnce(s.Problems, at.Explain(err))
					err = nil
				}
				return err
			})
		}
		if err := g.Wait(); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

// here reports whether an error is not the place's.
func (s *Source) here(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, remote.ErrHere)
}

func addOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
