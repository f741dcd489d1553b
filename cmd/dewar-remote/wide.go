package main

import (
	"context"
	"io"

	"golang.org/x/sync/errgroup"
)

// A large object comes in parts, several of them at once, because a cloud gives
// each connection only so much. They are written to the file in their order, so that
// what is there when it fails is a beginning of the object and another get can
// go on from it; until it is their turn they wait in memory.
const (
	partSize    = 8 << 20
	partsAtOnce = 4
	bufferCount = 16 // of all objects together: 128 MiB
)

// newBuffers returns the buffers of a place. Each is made when it is first needed.
func newBuffers() chan []byte {
	c := make(chan []byte, bufferCount)
	for range bufferCount {
		c <- nil
	}
	return c
}

// wide fetches an object from offset on in parts.
func (p *place) wide(ctx context.Context, name string, to io.Writer, offset, size int64) error {
	free, giveBack, err := p.borrow(ctx)
	if err != nil {
		return err
	}
	defer giveBack()
	all, ctx := errgroup.WithContext(ctx)
	turns := make(chan chan []byte, partsAtOnce) // the parts under way, in their order
	all.Go(func() error {
		defer close(turns)
		for at := offset; at < size; at += partSize {
			e, part := extent{at, min(at+partSize, size), -1}, make(chan []byte, 1)
			if e.to == size {
				e.of = size // the last one looks whether the object ends with it
			}
			select {
			case buffer := <-free:
				turns <- part // never more of them than buffers
				all.Go(func() error { return p.fetchPart(ctx, name, e, buffer, part) })
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	all.Go(func() error { return writeParts(ctx, turns, free, to) })
	return all.Wait()
}

// borrow takes the buffers for one object: at least one, and as many as are
// free. They are kept until the end, so that two objects never wait for each other.
func (p *place) borrow(ctx context.Context) (free chan []byte, giveBack func(), err error) {
	var taken [][]byte
	select {
	case b := <-p.buffers:
		taken = append(taken, b)
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	for more := true; more && len(taken) < partsAtOnce; {
		select {
		case b := <-p.buffers:
			taken = append(taken, b)
		default:
			more = false
		}
	}
	free = make(chan []byte, len(taken))
	for i := range taken {
		if taken[i] == nil {
			taken[i] = make([]byte, partSize)
		}
		free <- taken[i]
	}
	return free, func() {
		for _, b := range taken {
			p.buffers <- b
		}
	}, nil
}

// fetchPart hands on a part, in a buffer that becomes free when it is written.
func (p *place) fetchPart(ctx context.Context, name string, e extent, buffer []byte, part chan<- []byte) error {
	into := &filler{into: buffer}
	if err := p.narrow(ctx, name, into, e); err != nil {
		return err
	}
	part <- buffer[:into.n]
	return nil
}

func writeParts(ctx context.Context, turns <-chan chan []byte, free chan<- []byte, to io.Writer) error {
	for part := range turns {
		select {
		case b := <-part:
			if _, err := to.Write(b); err != nil {
				return err
			}
			free <- b[:cap(b)]
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// filler writes into a buffer that is large enough.
type filler struct {
	into []byte
	n    int
}

func (f *filler) Write(b []byte) (int, error) {
	n := copy(f.into[f.n:], b)
	f.n += n
	if n < len(b) {
		return n, io.ErrShortBuffer
	}
	return n, nil
}
