package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rclone/rclone/fs"
	"golang.org/x/sync/errgroup"

	"github.com/dewar-build/dewar/store/remote"
)

// place is rclone's view of a place as a remote.Place.
type place struct {
	kind   *kind
	fs     fs.Fs
	getter fs.Fs  // the same place, for reading without asking whether the object is there
	prefix string // before every name
	traits remote.Traits
	end    func() // ends what rclone does in the background

	renameable bool // see kind.rename

	buffers chan []byte // for parts of large objects
	moving  locks       // names that objects are being moved to

	mu       sync.Mutex
	exists   bool  // the bucket was seen, or whether it is there cannot be known
	swept    bool  // what other sessions left under temporary names
	merged   bool  // directories of the same name
	parts    *bool // whether the server gives parts of objects; nil: not known
	renaming bool
}

var (
	_ remote.Place  = (*place)(nil)
	_ remote.Ranger = (*place)(nil)
)

// ready looks at what the place can do.
func (p *place) ready() {
	features := p.fs.Features()
	p.renaming = features.Move != nil && (p.kind.rename || p.renameable || features.PartialUploads)
	p.exists = !features.BucketBased || p.kind.springs
	p.buffers = newBuffers()
}

// Traits says how the place likes to be used.
func (p *place) Traits() remote.Traits { return p.traits }

// remote is rclone's name of an object, from the top that it was given.
func (p *place) remote(name string) string {
	if p.prefix == "" {
		return name
	}
	if name == "" {
		return p.prefix
	}
	return p.prefix + "/" + name
}

// may says why something must not be begun.
func (p *place) may(ctx context.Context, names ...string) error {
	for _, name := range names {
		if err := remote.CheckName(name); err != nil {
			return misconfigured("%v", err)
		}
	}
	return ctx.Err()
}

// Stat returns the size of each object, or Absent.
func (p *place) Stat(ctx context.Context, names []string) ([]int64, error) {
	if err := p.may(ctx, names...); err != nil {
		return nil, err
	}
	p.merge(ctx)
	sizes := make([]int64, len(names))
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(2 * p.traits.Parallel)
	for i, name := range names {
		all.Go(func() (err error) {
			sizes[i], err = p.size(ctx, name)
			return err
		})
	}
	return sizes, all.Wait()
}

func (p *place) size(ctx context.Context, name string) (int64, error) {
	o, err := p.fs.NewObject(ctx, p.remote(name))
	switch {
	case err == nil:
		return o.Size(), nil
	case errors.Is(err, fs.ErrorIsDir), errors.Is(err, fs.ErrorNotAFile):
		return remote.Absent, nil
	}
	err = explain(err)
	switch {
	case errors.Is(err, remote.ErrAbsent):
		return remote.Absent, p.thereIsOne(ctx)
	case errors.Is(err, remote.ErrDenied) && p.fs.Features().BucketBased:
		return 0, p.whyDenied(ctx, err)
	}
	return 0, err
}

// whyDenied lists the place, because the answer to the question whether an
// object is there has no room for a reason.
func (p *place) whyDenied(ctx context.Context, err error) error {
	if _, listed := p.fs.List(ctx, p.prefix); errors.Is(explain(listed), remote.ErrDenied) {
		return explain(listed)
	}
	return err
}

// thereIsOne is called when something is absent: a bucket that is not there
// says the same as one that is empty, until it is listed. It is done once.
func (p *place) thereIsOne(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.exists {
		return nil
	}
	_, err := p.fs.List(ctx, p.prefix)
	if errors.Is(explain(err), remote.ErrNoPlace) {
		return failure{remote.ErrNoPlace, fmt.Sprintf("%s %q", strings.TrimPrefix(p.kind.host, "a "), p.fs.Root())}
	}
	if ctx.Err() == nil {
		p.exists = true // or it may not be listed, which is no fault
	}
	return ctx.Err()
}

// Remove removes objects; of a place that has several of one name, all of them.
func (p *place) Remove(ctx context.Context, names []string) error {
	if p.traits.ReadOnly {
		return remote.ErrReadOnly
	}
	if err := p.may(ctx, names...); err != nil {
		return err
	}
	p.merge(ctx)
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(p.traits.Parallel)
	for _, name := range names {
		all.Go(func() error { return explain(p.remove(ctx, p.remote(name))) })
	}
	return all.Wait()
}

// removals bounds how many objects of one name are looked for.
const removals = 100

func (p *place) remove(ctx context.Context, at string) error {
	for range removals {
		o, err := p.fs.NewObject(ctx, at)
		if err == nil {
			err = o.Remove(ctx)
		}
		switch {
		case errors.Is(explain(err), remote.ErrAbsent):
			return nil
		case err != nil || !p.fs.Features().DuplicateFiles:
			return err
		}
	}
	return nil
}

// Close ends connections and what rclone does in the background.
func (p *place) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var err error
	if shutdown := p.fs.Features().Shutdown; shutdown != nil {
		err = shutdown(ctx)
	}
	if p.end != nil {
		p.end()
	}
	return err
}
