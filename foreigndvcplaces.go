package dewar

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/dir"
	"golang.org/x/sync/errgroup"
)

// fetch brings objects: from the project's cache, then from the remote. It returns what could be had, by MD5.
func (s *dvcSource) fetch(ctx context.Context, named string, list []dvcObject) (map[string]digest.Digest, error) {
	got := map[string]digest.Digest{}
	rest := s.remembered(list, got)
	if len(rest) == 0 {
		return got, s.holds(got)
	}
	for i := 0; len(rest) > 0; i++ {
		if i == len(s.places) && !s.more(ctx, named) {
			break
		}
		if s.places[i].down {
			continue
		}
		var err error
		if rest, err = s.fetchFrom(ctx, &s.places[i], rest, got); err != nil {
			return nil, err
		}
	}
	return got, errors.Join(s.holds(got), s.known.save(), ctx.Err())
}

// remembered takes out of a list what was fetched before and is still there.
func (s *dvcSource) remembered(list []dvcObject, got map[string]digest.Digest) []dvcObject {
	var rest []dvcObject
	for _, o := range list {
		if d, ok := s.known.of[o.md5]; ok && s.p.store.Has(d) {
			got[o.md5] = d
		} else {
			rest = append(rest, o)
		}
	}
	return rest
}

// holds keeps what was had from being collected.
func (s *dvcSource) holds(got map[string]digest.Digest) error {
	ds := make([]digest.Digest, 0, len(got))
	for _, d := range got {
		ds = append(ds, d)
	}
	return s.hold.Take(ds...)
}

// more opens the next place: first the cache of a project on this machine, then its remote. It
// reports whether there is one.
func (s *dvcSource) more(ctx context.Context, named string) bool {
	conf := s.dvcConfiguration(s.top)
	if s.root != "" && !s.opened["/cache"] {
		s.opened["/cache"] = true
		at := conf.cache
		if at == "" {
			at = filepath.Join(hostJoin(s.root, s.top), ".dvc", "cache")
		}
		if info, err := s.p.host.FS.Stat(at); err == nil && info.IsDir() {
			s.tried = append(s.tried, "its cache, "+at)
			s.places = append(s.places, dvcPlace{Named: remote.Named{Name: "its cache", Place: dir.New(s.p.host.FS, at)}, parallel: 8, explain: plainText, close: func() error { return nil }})
			return true
		}
	}
	name := conf.pick(named)
	if s.opened[name] {
		return false
	}
	s.opened[name] = true
	if name == "" {
		s.problems = append(s.problems, "it has no default remote")
		return false
	}
	r, err := s.dvcRemoteOf(conf, name)
	if err != nil {
		s.problems = append(s.problems, err.Error())
		return false
	}
	s.tried = append(s.tried, fmt.Sprintf("its remote %s, %s", name, r.URL))
	place, err := openPlace(ctx, s.p.host, r)
	explain := func(err error) string { return foreignFailure(name, r, err) }
	if err != nil {
		s.problems = append(s.problems, explain(err))
		return false
	}
	parallel := r.Parallel
	if parallel == 0 {
		parallel = max(1, place.Traits().Parallel)
	}
	s.places = append(s.places, dvcPlace{Named: remote.Named{Name: "its remote " + name, Place: onlyRead(place)}, parallel: parallel, explain: explain, close: place.Close})
	return true
}

func (s *dvcSource) close() {
	for _, p := range s.places {
		_ = p.close()
	}
}

// dvcBatch is how many objects a place is asked for at once.
const dvcBatch = 1000

// fetchFrom brings from one place what it has. It returns what it has not.
func (s *dvcSource) fetchFrom(ctx context.Context, at *dvcPlace, list []dvcObject, got map[string]digest.Digest) (rest []dvcObject, err error) {
	var mu sync.Mutex
	for len(list) > 0 {
		batch := list[:min(dvcBatch, len(list))]
		list = list[len(batch):]
		names, sizes, err := s.locate(ctx, at, batch)
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			at.down = true
			s.problems = append(s.problems, at.explain(err))
			return append(append(rest, batch...), list...), nil
		}
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(at.parallel)
		for i, o := range batch {
			g.Go(func() error {
				d, ok, err := digest.Digest{}, false, error(nil)
				if sizes[i] != remote.Absent {
					d, ok, err = s.get(gctx, at, o, names[i], sizes[i])
				}
				mu.Lock()
				defer mu.Unlock()
				if ok {
					got[o.md5] = d
					s.known.put(o.md5, d)
				} else {
					rest = append(rest, o)
				}
				if err != nil && !s.here(gctx, err) {
					s.problems = addOnce(s.problems, at.explain(err))
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
func (s *dvcSource) here(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, remote.ErrHere)
}
