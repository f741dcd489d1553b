package remote

import (
	"context"
	"errors"
	"sync"

	"github.com/dewar-build/dewar/digest"
)

// readUpTo is how large a blob may be to be read into memory.
const readUpTo = 256 << 10

// readBuffers are the buffers of who reads blobs into memory. The zero value is ready.
type readBuffers struct{ pool sync.Pool }

func (r *readBuffers) get(n int64) *[]byte {
	buf, _ := r.pool.Get().(*[]byte)
	if buf == nil || int64(cap(*buf)) < n {
		b := make([]byte, n, max(n, 16<<10))
		buf = &b
	}
	*buf = (*buf)[:n]
	return buf
}

// readBlob brings a small blob from a place that is near. done is false if that did not
// give the blob: then it is fetched like any other, which says what is wrong.
func (f *fetcher) readBlob(ctx context.Context, l *link, d digest.Digest) (got, done bool, err error) {
	near, ok := l.Place.(Reader)
	if !ok || d.Size > readUpTo {
		return false, false, nil
	}
	read := make(chan *[]byte, l.opt.Tries) // each try's own: one that was given up may still be written to
	err = l.call(ctx, "get", BlobName(d), func(ctx context.Context, beat func()) error {
		b := f.buffers.get(d.Size)
		if err := near.Read(ctx, BlobName(d), *b); err != nil {
			return err
		}
		read <- b
		return nil
	})
	switch {
	case errors.Is(err, ErrAbsent):
		return false, true, nil
	case errors.Is(err, ErrSize):
		return false, false, nil
	case err != nil:
		return false, true, err
	}
	buf := <-read
	defer f.buffers.pool.Put(buf)
	if digest.Of(*buf) != d {
		return false, false, nil
	}
	if err := f.store.PutBlob(d, *buf); err != nil {
		return false, true, err
	}
	f.meter.done(1, d.Size)
	f.moved(1, d.Size)
	return true, true, nil
}
