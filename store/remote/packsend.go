package remote

import (
	"context"
	"errors"
	"fmt"

	"github.com/dewar-build/dewar/digest"
)

// sendPacks sends small blobs in packs: one is filled while others are on their way.
func (p *pusher) sendPacks(ctx context.Context, ds []digest.Digest) error {
	g, ctx := p.group(ctx)
	for len(ds) > 0 && ctx.Err() == nil {
		pk, rest, err := p.fill(ds)
		ds = rest
		if err != nil {
			return errors.Join(err, g.Wait())
		}
		if len(pk.blobs) > 0 {
			g.Go(func() error { return p.sendPack(ctx, pk) })
		}
	}
	return g.Wait()
}

// pack is one that was filled.
type pack struct {
	file  string
	blobs []digest.Digest
	whole digest.Digest
}

// fill writes a pack of the first of some blobs to a temporary file. Every
// blob is verified on the way; those that are not here are noted.
func (p *pusher) fill(ds []digest.Digest) (pk pack, rest []digest.Digest, err error) {
	if pk.file, err = p.store.TempFile(); err != nil {
		return pk, nil, err
	}
	f, err := p.store.FS().Create(pk.file, 0o644)
	if err != nil {
		return pk, nil, fmt.Errorf("write pack: %w", err)
	}
	w := digest.NewWriter()
	buf := make([]byte, 0, 256<<10)
	flush := func() error { _, err := f.Write(buf); buf = buf[:0]; return err }
	size := int64(0)
	for ; len(ds) > 0 && size < packSize; ds = ds[1:] {
		b, rerr := p.store.ReadAll(ds[0], smallBlob)
		if isMissing(rerr) {
			p.lack(ds[0])
			continue
		}
		if err = rerr; err != nil {
			break
		}
		w.Write(b)
		size += int64(len(b))
		pk.blobs = append(pk.blobs, ds[0])
		if buf = append(buf, b...); len(buf) >= 192<<10 {
			if err = flush(); err != nil {
				break
			}
		}
	}
	if err = errors.Join(err, flush(), f.Close()); err != nil {
		p.store.FS().Remove(pk.file)
		return pk, nil, fmt.Errorf("write pack: %w", err)
	}
	pk.whole = w.Digest()
	return pk, ds, nil
}

// sendPack sends a pack and then its index, and removes the file.
func (p *pusher) sendPack(ctx context.Context, pk pack) error {
	defer p.store.FS().Remove(pk.file)
	hash := pk.whole.Hex()
	name := packDir + "/" + hash
	counted := p.meter.object()
	if err := p.put(ctx, name, pk.file, pk.whole.Size, counted); err != nil {
		return err
	}
	index := encodeIndex(pk.blobs)
	if err := p.putBytes(ctx, p.store, name+".index", index); err != nil {
		return err
	}
	counted.become(pk.whole.Size)
	p.meter.done(int64(len(pk.blobs)), 0)
	p.moved(int64(len(pk.blobs)), pk.whole.Size)
	p.mu.Lock()
	p.report.Packs++
	p.mu.Unlock()
	if p.packs != nil {
		p.packs.add(hash, pk.whole.Size, pk.blobs)
	}
	return p.store.KeepFile(seenIndex(hash), index) // as if it had been fetched
}
