package dewar

import (
	"context"
	"slices"

	"github.com/dewar-build/dewar/store/remote"
)

// ShareState says where something that is to be shared is, all of it.
type ShareState struct {
	Shared
	Here  bool // in the cache
	There bool // at the remote
}

// ShareStatus compares the cache with a remote. It moves nothing.
func (p *Project) ShareStatus(ctx context.Context, ev *Evaluation, at *RemotePlace, o ShareOptions) ([]ShareState, error) {
	sh, err := p.shares(ctx, ev, o)
	if err != nil {
		return nil, err
	}
	o.Results = false
	got, err := remote.Status(ctx, p.store, at.Named, sh.request(p, o), o.transfer(at))
	if err != nil {
		return nil, RemoteFailure(at.Config, "looking at what it has", err)
	}
	var out []ShareState
	for i, s := range sh.list {
		out = append(out, ShareState{s, got.Roots[i].Here, got.Roots[i].There})
	}
	for i, r := range sh.records {
		out = append(out, ShareState{Shared{Of: r.row.Name}, got.Records[i].Here, got.Records[i].There})
	}
	if got.Empty && slices.ContainsFunc(out, func(s ShareState) bool { return !s.Here }) {
		p.warnEmpty([]*RemotePlace{at}, []string{at.Name})
	}
	return out, nil
}
