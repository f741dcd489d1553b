package remote

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

// Small blobs travel together where a request costs more than they do.
const (
	smallBlob = 64 << 10 // what is smaller is packed
	packSize  = 16 << 20 // a pack is sent when it has so much
	minPack   = 16       // fewer blobs are sent one by one: they are requests at the same time anyway
)

const packDir = "packs"

// packs is what is in the packs of a place. A nil one knows of none.
type packs struct {
	mu    sync.Mutex
	names []string // of the packs, without their directory
	sizes []int64
	where map[digest.Digest]spot
	more  map[digest.Digest][]spot // further ones of those that are in several packs
	lost  map[int32]bool           // packs that are not what their index says
	odd   []string                 // indexes that are none, by name; until they are told of
}

// spot is where a blob is.
type spot struct {
	pack   int32
	offset int64
}

func (p *packs) has(d digest.Digest) bool {
	_, ok := p.find(d)
	return ok
}

func (p *packs) find(d digest.Digest) (spot, bool) {
	if p == nil {
		return spot{}, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.where[d]
	return s, ok
}

// add adds a pack. A blob may be in several: pushes at the same time do not wait for each other.
func (p *packs) add(name string, size int64, blobs []digest.Digest) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, offset := int32(len(p.names)), int64(0)
	p.names, p.sizes = append(p.names, name), append(p.sizes, size)
	for _, d := range blobs {
		if _, ok := p.where[d]; !ok {
			p.where[d] = spot{n, offset}
		} else {
			p.more[d] = append(p.more[d], spot{n, offset})
		}
		offset += d.Size
	}
}

// forget says that a pack is not what its index says. What is in another one is found there from now on.
func (p *packs) forget(n int32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost[n] = true
	for d, s := range p.where {
		if s.pack != n {
			continue
		}
		delete(p.where, d)
		for _, other := range p.more[d] {
			if !p.lost[other.pack] {
				p.where[d] = other
				break
			}
		}
	}
}

// oddIndexes returns the indexes that are none, once.
func (p *packs) oddIndexes() []string {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	odd := p.odd
	p.odd = nil
	slices.Sort(odd)
	return odd
}

// usePacks finds out what is in the packs of the place, once.
func (l *link) usePacks(ctx context.Context, s *store.Store) error {
	if l.packs != nil {
		return nil
	}
	if l.packs = l.recall().packs; l.packs != nil {
		return nil
	}
	packs, err := l.seePacks(ctx, s)
	if err == nil {
		l.packs = packs
	}
	return l.remember(err, func(m *Memo) { m.packs = packs })
}

// seePacks lists the packs of a place and reads the indexes that are new to us.
func (l *link) seePacks(ctx context.Context, s *store.Store) (*packs, error) {
	p := &packs{where: map[digest.Digest]spot{}, more: map[digest.Digest][]spot{}, lost: map[int32]bool{}}
	sizes := map[string]int64{}
	err := l.list(ctx, packDir, func(o Object) error { sizes[o.Name] = o.Size; return nil }, func() { clear(sizes) })
	if err != nil {
		return nil, err
	}
	g, ctx := l.group(ctx)
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		pack, ok := strings.CutSuffix(name, ".index")
		size, there := sizes[pack]
		hash := strings.TrimPrefix(pack, packDir+"/")
		if !ok || !there || !isHash(hash) {
			continue // a pack without an index is not written yet, an index without a pack is being removed
		}
		g.Go(func() error {
			blobs, err := l.index(ctx, s, hash, size, sizes[name])
			switch {
			case errors.Is(err, errOdd):
				p.mu.Lock()
				p.odd = append(p.odd, name)
				p.mu.Unlock()
				return nil
			case blobs != nil:
				p.add(hash, size, blobs)
			}
			return err
		})
	}
	return p, g.Wait()
}

// errOdd says that an index is none.
var errOdd = errors.New("it is no index of its pack")

// index returns the blobs of a pack; nil if its index was removed meanwhile, errOdd if it is none.
// Indexes are kept: they never change.
func (l *link) index(ctx context.Context, s *store.Store, hash string, packSize, size int64) ([]digest.Digest, error) {
	if b, err := fs.ReadFile(s.FS(), s.Root()+"/"+seenIndex(hash)); err == nil {
		if blobs, total, err := decodeIndex(b); err == nil && total == packSize {
			return blobs, nil
		}
	}
	b, err := l.getBytes(ctx, s, packDir+"/"+hash+".index", size, maxIndex)
	switch {
	case errors.Is(err, ErrAbsent):
		return nil, nil
	case isAny(err, []error{ErrSize, errShort}):
		return nil, errOdd
	case err != nil:
		return nil, err
	}
	blobs, total, err := decodeIndex(b)
	if err != nil || total != packSize {
		return nil, errOdd
	}
	return blobs, s.KeepFile(seenIndex(hash), b)
}

// seenIndex is where the index of a pack is kept, below the store.
func seenIndex(hash string) string { return "packs-seen/" + hash }

// splitSmall returns the blobs that travel together and those that do not.
func splitSmall(ds []digest.Digest) (small, large []digest.Digest) {
	for _, d := range ds {
		if d.Size < smallBlob && d != digest.Empty {
			small = append(small, d)
		} else {
			large = append(large, d)
		}
	}
	return small, large
}
