package remote

import (
	"context"
	"errors"
	iofs "io/fs"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

func isMissing(err error) bool { return errors.Is(err, iofs.ErrNotExist) }

// sendBlobs sends blobs, none of which refers to another: small ones together, if
// the place likes that and there are enough of them.
func (p *pusher) sendBlobs(ctx context.Context, ds []digest.Digest) error {
	single := ds
	if p.packing() {
		var small []digest.Digest
		if small, single = splitSmall(ds); len(small) >= minPack {
			if err := p.sendPacks(ctx, small); err != nil {
				return err
			}
		} else {
			single = ds
		}
	}
	g, ctx := p.group(ctx)
	for _, d := range single {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error { return p.sendBlob(ctx, d) })
	}
	return g.Wait()
}

// sendBlob sends one blob. One that is not here is noted.
func (p *pusher) sendBlob(ctx context.Context, d digest.Digest) error {
	if d == digest.Empty {
		p.meter.done(1, 0)
		return nil
	}
	file, err := p.store.BlobPath(d, false)
	if err == nil && p.opt.Verify {
		err = p.store.Verify(d)
	}
	if isMissing(err) {
		p.lack(d)
		return nil
	}
	if err != nil {
		return err
	}
	if err := p.putFile(ctx, BlobName(d), file, d.Size); err != nil {
		return err
	}
	p.moved(1, d.Size)
	return nil
}

func (p *pusher) lack(d digest.Digest) {
	p.mu.Lock()
	p.missing.add(d)
	p.mu.Unlock()
	p.meter.total(-1, -d.Size)
}

func (p *pusher) moved(objects, bytes int64) {
	p.mu.Lock()
	p.report.Moved.add(objects, bytes)
	p.mu.Unlock()
}

// putFile sends a file and counts it.
func (p *pusher) putFile(ctx context.Context, name, file string, size int64) error {
	counted := p.meter.object()
	err := p.put(ctx, name, file, size, counted)
	if err == nil {
		counted.finish(size)
	}
	return err
}

// put sends a file; counted may be nil.
func (l *link) put(ctx context.Context, name, file string, size int64, counted *counted) error {
	return l.call(ctx, "put", name, func(ctx context.Context, beat func()) error {
		if counted != nil {
			counted.become(0)
		}
		return l.Place.Put(ctx, name, file, size, func(n int64) {
			beat()
			if counted != nil {
				counted.add(n)
			}
		})
	})
}

// putBytes sends bytes that are no file yet.
func (l *link) putBytes(ctx context.Context, s *store.Store, name string, b []byte) error {
	tmp, err := s.TempFile()
	if err != nil {
		return err
	}
	if err := fs.WriteFile(s.FS(), tmp, b); err != nil {
		return err
	}
	defer s.FS().Remove(tmp)
	return l.put(ctx, name, tmp, int64(len(b)), nil)
}

// finish sends entries and records, of which everything is there now.
func (p *pusher) finish(ctx context.Context) error {
	g, ctx := p.group(ctx)
	for _, it := range p.items {
		if !it.out.Complete || it.finish == nil {
			continue
		}
		g.Go(func() error {
			err := it.finish(ctx)
			it.out.Complete = err == nil
			return err
		})
	}
	return g.Wait()
}
