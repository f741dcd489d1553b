package remote

import (
	"context"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/store"
)

// Presence says where a root or a result is, complete.
type Presence struct {
	Here  bool // in the store
	There bool // at the place. Where a directory is, so is all that is in it; with Options.Recheck everything is asked for, where its directories are known here
}

// Statuses say where everything of a request is, in its order. A record is here
// if its file is; one that changes counts as there whatever its bytes are.
type Statuses struct {
	Roots, Results, Records []Presence
	Empty                   bool // nothing was ever pushed to the place
}

// Status compares the store with a place. It moves nothing but the indexes of packs.
func Status(ctx context.Context, local *store.Store, at Named, what Request, opt Options) (Statuses, error) {
	l := newLink(at, opt)
	var s Statuses
	if err := l.checkVersion(ctx, local, false); err != nil {
		return s, err
	}
	s.Empty = l.empty
	if err := l.usePacks(ctx, local); err != nil {
		return s, err
	}
	ds := make([]digest.Digest, len(what.Roots))
	for i, c := range what.Roots {
		ds[i] = c.Digest
	}
	there, err := l.present(ctx, ds)
	if err != nil {
		return s, err
	}
	for i, c := range what.Roots {
		s.Roots = append(s.Roots, Presence{Here: local.HasAll(c), There: there[i]})
	}
	if s.Results, err = l.results(ctx, local, what.Results); err != nil {
		return s, err
	}
	if s.Records, err = l.records(ctx, local, what.Records); err != nil {
		return s, err
	}
	if opt.Recheck {
		err = recheck(ctx, local, at, what, opt, &s)
	}
	return s, err
}

func (l *link) results(ctx context.Context, local *store.Store, actionKeys []digest.Digest) (all []Presence, err error) {
	names := make([]string, len(actionKeys))
	for i, actionKey := range actionKeys {
		names[i] = EntryName(actionKey)
	}
	sizes, err := l.sizes(ctx, names)
	if err != nil {
		return nil, err
	}
	for i, actionKey := range actionKeys {
		r, err := local.Result(actionKey)
		if err != nil {
			return nil, err
		}
		all = append(all, Presence{Here: r != nil, There: sizes[i] != Absent})
	}
	return all, nil
}

func (l *link) records(ctx context.Context, local *store.Store, records []Record) (all []Presence, err error) {
	names := make([]string, len(records))
	for i, r := range records {
		if err := checkRecord(r); err != nil {
			return nil, err
		}
		names[i] = r.Name
	}
	sizes, err := l.sizes(ctx, names)
	if err != nil {
		return nil, err
	}
	for i, r := range records {
		_, err := local.FS().Lstat(r.File)
		all = append(all, Presence{Here: err == nil, There: sizes[i] != Absent})
	}
	return all, nil
}

// recheck asks for all that is in what is there, by planning to send it: what
// the place lacks would be sent, or is missing on both sides.
func recheck(ctx context.Context, local *store.Store, at Named, what Request, opt Options, s *Statuses) error {
	opt.DryRun, opt.Progress = true, nil
	for i, c := range what.Roots {
		if !s.Roots[i].There {
			continue
		}
		r, err := Push(ctx, local, at, Request{Roots: []digest.Content{c}}, opt)
		if err != nil {
			return err
		}
		s.Roots[i].There = r.Complete() && r.Moved.Objects == 0
	}
	for i, actionKey := range what.Results {
		if !s.Results[i].There || !s.Results[i].Here {
			continue
		}
		r, err := Push(ctx, local, at, Request{Results: []digest.Digest{actionKey}}, opt)
		if err != nil {
			return err
		}
		s.Results[i].There = r.Complete() && r.Moved.Objects <= 1 // the entry itself is sent anew
	}
	return nil
}
