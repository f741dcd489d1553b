package dewar

import (
	"context"
	"fmt"

	"github.com/dewar-build/dewar/dvc"
	"github.com/dewar-build/dewar/dvc/fetch"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/dir"
)

// next opens the next place: first the cache of a project on this machine, then its remote; nil if there is none.
func (s *dvcSource) next(ctx context.Context) *fetch.Place {
	conf := s.dvcConfiguration(s.what.Top)
	if s.root != "" && !s.opened["/cache"] {
		s.opened["/cache"] = true
		at := conf.Cache(hostJoin(s.root, s.what.Top))
		if info, err := s.p.host.FS.Stat(at); err == nil && info.IsDir() {
			s.tried = append(s.tried, "its cache, "+at)
			return &fetch.Place{Named: remote.Named{Name: "its cache", Place: dir.New(s.p.host.FS, at)}, Parallel: 8, Explain: plainText, Close: func() error { return nil }}
		}
	}
	name := conf.Pick(s.what.DVC.Remote)
	if s.opened[name] {
		return nil
	}
	s.opened[name] = true
	if name == "" {
		s.Problems = append(s.Problems, "it has no default remote")
		return nil
	}
	at, err := s.remote(ctx, conf, name)
	if err != nil {
		s.Problems = append(s.Problems, err.Error())
	}
	return at
}

// remote opens a remote. The error is for a person.
func (s *dvcSource) remote(ctx context.Context, conf *dvc.Config, name string) (*fetch.Place, error) {
	r, err := s.dvcRemoteOf(conf, name)
	if err != nil {
		return nil, err
	}
	s.tried = append(s.tried, fmt.Sprintf("its remote %s, %s", name, r.URL))
	explain := func(err error) string { return foreignFailure(name, r, err) }
	place, err := openPlace(ctx, s.p.host, r)
	if err != nil {
		return nil, fmt.Errorf("%s", explain(err))
	}
	parallel := r.Parallel
	if parallel == 0 {
		parallel = max(1, place.Traits().Parallel)
	}
	return &fetch.Place{Named: remote.Named{Name: "its remote " + name, Place: onlyRead(place)}, Parallel: parallel, Explain: explain, Close: place.Close}, nil
}
