package fetch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/dewar-build/dewar/dvc"
	"github.com/dewar-build/dewar/store/remote"
)

// locate finds out what a place calls objects, and how large they are.
func (s *Source) locate(ctx context.Context, at *Place, list []dvc.Object) (names []string, sizes []int64, err error) {
	names, sizes = make([]string, len(list)), make([]int64, len(list))
	for i := range sizes {
		sizes[i] = remote.Absent
	}
	for which := range 2 {
		var ask []string
		var of []int
		for i, o := range list {
			if sizes[i] == remote.Absent {
				ask, of = append(ask, o.Names()[which]), append(of, i)
			}
		}
		if len(ask) == 0 {
			break
		}
		have, err := s.stat(ctx, at, ask)
		if err != nil {
			return nil, nil, err
		}
		for n, i := range of {
			names[i], sizes[i] = ask[n], have[n]
		}
	}
	for i, o := range list {
		if o.Dir && sizes[i] > dvc.MaxListing {
			return nil, nil, fmt.Errorf("%w: the listing %s has %d bytes", remote.ErrSize, names[i], sizes[i])
		}
	}
	return names, sizes, nil
}

// tries is how often a place is asked for something before it is given up.
const tries = 4

// stat asks with patience.
func (s *Source) stat(ctx context.Context, at *Place, names []string) (sizes []int64, err error) {
	err = s.patient(ctx, func() error { sizes, err = at.Place.Stat(ctx, names); return err })
	if err == nil && len(sizes) != len(names) {
		err = fmt.Errorf("it answered with %d sizes for %d names", len(sizes), len(names))
	}
	return sizes, err
}

// patient tries again what may succeed later.
func (s *Source) patient(ctx context.Context, try func() error) error {
	for n := 1; ; n++ {
		err := try()
		if err == nil || n == tries || ctx.Err() != nil || remote.Lasting(err) {
			return err
		}
		if err := s.Wait(ctx, time.Second<<n/2); err != nil {
			return err
		}
	}
}

// Sizes returns how large objects are as far as the places know, the first that does; of what none knows it is
// remote.Absent.
func (s *Source) Sizes(ctx context.Context, list []dvc.Object) ([]int64, error) {
	out := make([]int64, len(list))
	for i := range out {
		out[i] = remote.Absent
	}
	unknown := func(size int64) bool { return size == remote.Absent }
	for i := 0; slices.ContainsFunc(out, unknown) && (i < len(s.places) || s.more(ctx)); i++ {
		for from := 0; from < len(list); from += batchSize {
			part := list[from:min(from+batchSize, len(list))]
			_, sizes, err := s.locate(ctx, s.places[i], part)
			if err != nil {
				break // then they are not known
			}
			for n, size := range sizes {
				if out[from+n] == remote.Absent {
					out[from+n] = size
				}
			}
		}
	}
	return out, ctx.Err()
}
