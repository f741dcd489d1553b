package store

import (
	"context"
	"fmt"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// Restore makes blobs that are lost from their executable copies.
func (s *Store) Restore(ctx context.Context) (n int, err error) {
	s.live()
	err = s.eachHash("exec", func(hash [32]byte, name string, info fs.Info) error {
		d := digest.Digest{Hash: hash, Size: info.Size}
		if s.Has(d) {
			return ctx.Err()
		}
		if got, err := s.hashFile(name); err != nil || got != d {
			return ctx.Err() // Audit says what is wrong with it
		}
		if _, err := s.Take(name, info); err != nil {
			return err
		}
		n++
		return ctx.Err()
	})
	if err != nil {
		err = fmt.Errorf("repair the store: %w", err)
	}
	return n, err
}

// DropIncomplete removes the entries that refer to what is not there: they count as
// misses already.
func (s *Store) DropIncomplete(ctx context.Context) (n int, err error) {
	s.live()
	for _, cache := range []string{sharedCache, localCache} {
		err = s.eachHash(cache, func(_ [32]byte, name string, _ fs.Info) error {
			b, err := s.slurp(name, maxEntry)
			if err != nil {
				return ctx.Err()
			}
			if r, err := decodeResult(b, s.rootOf); err == nil && r != nil && s.complete(r) {
				return ctx.Err()
			}
			if err := s.fs.Remove(name); err != nil && !isMissing(err) {
				return err
			}
			n++
			return ctx.Err()
		})
		if err != nil {
			return n, fmt.Errorf("repair the store: %w", err)
		}
	}
	return n, nil
}
