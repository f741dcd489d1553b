package remote

import (
	"context"
	"errors"
	"io"
	"sort"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// How parts of packs are read: what lies less than a gap apart comes with one
// request, and a pack of which a third is needed comes whole.
const (
	packGap   = 64 << 10
	packWhole = 3
)

// piece is a needed blob in a pack.
type piece struct {
	digest digest.Digest
	offset int64
}

// getPacked brings the blobs that are in packs, and returns those that are not,
// or that no pack did hold after all.
func (f *fetcher) getPacked(ctx context.Context, l *link, ds []digest.Digest) (rest []digest.Digest, err error) {
	for len(ds) > 0 && err == nil {
		var left []digest.Digest
		left, err = f.getRound(ctx, l, ds)
		ds = nil
		for _, d := range left { // a pack that is not what its index says is forgotten, so this ends
			if l.packs.has(d) && err == nil {
				ds = append(ds, d)
			} else {
				rest = append(rest, d)
			}
		}
	}
	return rest, err
}

// getRound brings blobs from the packs that are thought to hold them, and returns the others.
func (f *fetcher) getRound(ctx context.Context, l *link, ds []digest.Digest) (rest []digest.Digest, err error) {
	byPack := map[int32][]piece{}
	for _, d := range ds {
		if s, ok := l.packs.find(d); ok {
			byPack[s.pack] = append(byPack[s.pack], piece{d, s.offset})
		} else {
			rest = append(rest, d)
		}
	}
	order := make([]int32, 0, len(byPack))
	for n := range byPack {
		order = append(order, n)
	}
	sort.Slice(order, func(i, j int) bool { return order[i] < order[j] })
	g, ctx := l.group(ctx)
	left := make([][]digest.Digest, len(order))
	for i, n := range order {
		if ctx.Err() != nil {
			break
		}
		pieces := byPack[n]
		sort.Slice(pieces, func(i, j int) bool { return pieces[i].offset < pieces[j].offset })
		g.Go(func() (err error) {
			left[i], err = f.getPack(ctx, l, n, pieces)
			return err
		})
	}
	err = g.Wait()
	for _, more := range left {
		rest = append(rest, more...)
	}
	return rest, err
}

// getPack brings pieces of one pack, and returns those that it could not.
func (f *fetcher) getPack(ctx context.Context, l *link, n int32, pieces []piece) (rest []digest.Digest, err error) {
	for _, r := range l.ranges(n, pieces) {
		more, err := f.getRange(ctx, l, n, r)
		if err != nil {
			return nil, err
		}
		rest = append(rest, more...)
	}
	if len(rest) > 0 { // it is not what its index says
		l.packs.forget(n)
		f.store.FS().Remove(f.store.Root() + "/" + seenIndex(l.packs.names[n]))
	}
	return rest, nil
}

// packRange is a part of a pack and the pieces in it.
type packRange struct {
	offset, n int64
	whole     bool
	pieces    []piece
}

// ranges says how to read pieces, sorted by offset.
func (l *link) ranges(n int32, pieces []piece) []packRange {
	size := l.packs.sizes[n]
	var need int64
	for _, p := range pieces {
		need += p.digest.Size
	}
	_, can := l.Place.(Ranger)
	if !can || need*packWhole >= size {
		return []packRange{{0, size, true, pieces}}
	}
	var all []packRange
	for _, p := range pieces {
		last := len(all) - 1
		if last >= 0 && p.offset-(all[last].offset+all[last].n) <= packGap {
			all[last].n = p.offset + p.digest.Size - all[last].offset
			all[last].pieces = append(all[last].pieces, p)
			continue
		}
		all = append(all, packRange{p.offset, p.digest.Size, false, []piece{p}})
	}
	return all
}

// getRange brings a part of a pack, and the pieces of it into the store.
func (f *fetcher) getRange(ctx context.Context, l *link, n int32, r packRange) (rest []digest.Digest, err error) {
	tmp, err := f.store.TempFile()
	if err != nil {
		return nil, err
	}
	defer f.store.FS().Remove(tmp)
	name := packDir + "/" + l.packs.names[n]
	if r.whole {
		err = l.get(ctx, f.store.FS(), name, tmp, r.n, nil)
	} else {
		err = l.getRange(ctx, f.store.FS(), name, tmp, r.offset, r.n)
	}
	if isAny(err, []error{ErrAbsent, ErrSize, errShort}) {
		for _, p := range r.pieces {
			rest = append(rest, p.digest)
		}
		return rest, nil
	}
	if err != nil {
		return nil, err
	}
	return f.unpack(l, name, tmp, r)
}

// getRange is get for a part: it begins again where that fails.
func (l *link) getRange(ctx context.Context, fsys fs.FS, name, file string, offset, n int64) error {
	return l.call(ctx, "get", name, func(ctx context.Context, beat func()) error {
		have, err := length(fsys, file)
		if err != nil || have == n {
			return err
		}
		if err := l.Place.(Ranger).GetRange(ctx, name, file, offset+have, n-have); err != nil {
			return err
		}
		return checkLength(fsys, file, n)
	})
}

// unpack puts pieces into the store. Each is verified: the pack is a stranger's.
func (f *fetcher) unpack(l *link, name, file string, r packRange) (rest []digest.Digest, err error) {
	src, err := f.store.FS().Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	buf := make([]byte, smallBlob)
	for _, p := range r.pieces {
		if p.digest.Size > int64(len(buf)) {
			rest = append(rest, p.digest) // we never pack so much
			continue
		}
		b := buf[:p.digest.Size]
		if _, err := src.ReadAt(b, p.offset-r.offset); err != nil && err != io.EOF {
			return nil, err
		}
		if got := digest.Of(b); got != p.digest {
			f.corrupt(Corrupt{Place: l.Name, Object: name, Want: p.digest, Got: got,
				Detail: "the pack has other bytes than its index says"})
			rest = append(rest, p.digest)
			continue
		}
		if _, err := f.store.Put(b); err != nil {
			return nil, err
		}
		f.meter.done(1, p.digest.Size)
		f.moved(1, p.digest.Size)
	}
	return rest, nil
}
