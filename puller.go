package dewar

import (
	"context"
	"fmt"
	"sync"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/store/remote"
)

// A run that may pull asks remotes when it comes to an instance whose outputs the cache does not
// have, before it executes it. A remote that fails is no reason to fail: the instance is
// executed, as it would be without one, and the run says so once.

// puller brings what a run needs from remotes. The nil puller brings nothing. It is safe for
// concurrent use.
type puller struct {
	p    *Project
	from *Pull
	hold *remote.Hold // what came stays until the lock names it

	mu   sync.Mutex
	down map[string]bool // remotes that have failed: they are not asked again
}

func newPuller(p *Project, from *Pull) *puller {
	for _, r := range from.From {
		if r.Memo == nil {
			r.Memo = &remote.Memo{} // it is asked often, and does not change much meanwhile
		}
	}
	return &puller{p: p, from: from, hold: remote.NewHold(p.store), down: map[string]bool{}}
}

func (u *puller) release() { u.hold.Release() }

// outputs brings what the lock says of an instance, and reports whether all of it is there now.
func (u *puller) outputs(ctx context.Context, outs []digest.Content) bool {
	if u == nil {
		return false
	}
	return u.fetch(ctx, u.from.From, remote.Request{Roots: outs})
}

// result brings the result of an action that somebody else has executed.
func (u *puller) result(ctx context.Context, key digest.Digest) bool {
	if u == nil {
		return false
	}
	return u.fetch(ctx, u.from.trusted(), remote.Request{Results: []digest.Digest{key}})
}

func (u *puller) fetch(ctx context.Context, from []*RemotePlace, what remote.Request) bool {
	if from = u.up(from); len(from) == 0 {
		return false
	}
	opt := from[0].Options()
	opt.Hold = u.hold
	done, err := remote.Fetch(ctx, u.p.store, placesOf(from), what, opt)
	u.p.warnCorrupt(done.Corrupt)
	for _, d := range done.Down {
		u.giveUp(ctx, d.Place, d.Err)
	}
	if err != nil {
		for _, f := range from {
			u.giveUp(ctx, f.Name, err)
		}
		return false
	}
	return done.Complete()
}

// up returns the remotes that have not failed yet.
func (u *puller) up(list []*RemotePlace) []*RemotePlace {
	u.mu.Lock()
	defer u.mu.Unlock()
	var out []*RemotePlace
	for _, r := range list {
		if !u.down[r.Name] {
			out = append(out, r)
		}
	}
	return out
}

// giveUp asks a remote no more, and says why, once.
func (u *puller) giveUp(ctx context.Context, name string, err error) {
	if ctx.Err() != nil {
		return
	}
	u.mu.Lock()
	known := u.down[name]
	u.down[name] = true
	u.mu.Unlock()
	if !known {
		u.p.warn(diag.Diagnostic{
			Severity: diag.Warning, Code: "W-remote-down",
			Detail: fmt.Sprintf("The remote %s failed: %v. What it may have is executed instead.", name, err),
		})
	}
}
