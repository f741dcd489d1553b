package remote

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// atFault reports whether an error is the place's.
func (l *link) atFault(err error) bool {
	var pe *PlaceError
	return errors.As(err, &pe) && !errors.Is(err, ErrHere)
}

// getBlobs brings blobs, each from the first place that has it whole; it notes
// which none has.
func (f *fetcher) getBlobs(ctx context.Context, ds []digest.Digest) error {
	rest := ds
	err := f.anywhere(ctx, func(l *link) (enough bool, err error) {
		if len(rest) == 0 {
			return true, nil
		}
		rest, err = f.getFrom(ctx, l, rest)
		return false, err
	})
	for _, d := range rest {
		f.missing.add(d)
		f.meter.total(-1, -d.Size)
	}
	return err
}

// getFrom brings blobs from one place, and returns what it did not: with an error
// that may be more than the place lacks.
func (f *fetcher) getFrom(ctx context.Context, l *link, ds []digest.Digest) (rest []digest.Digest, err error) {
	if err := l.usePacks(ctx, f.store); err != nil {
		return ds, err
	}
	for _, name := range l.packs.oddIndexes() {
		f.corrupt(Corrupt{Place: l.Name, Object: name, Detail: errOdd.Error()})
	}
	single, err := f.getPacked(ctx, l, ds)
	if err != nil {
		return f.notHere(ds), err
	}
	got := make([]bool, len(single))
	g, ctx := l.group(ctx)
	for i, d := range single {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() (err error) {
			got[i], err = f.getBlob(ctx, l, d)
			return err
		})
	}
	err = g.Wait()
	for i, d := range single {
		if !got[i] {
			rest = append(rest, d)
		}
	}
	return rest, err
}

func (f *fetcher) notHere(ds []digest.Digest) (rest []digest.Digest) {
	for _, d := range ds {
		if !f.store.Has(d) {
			rest = append(rest, d)
		}
	}
	return rest
}

// resumeAbove is how large a blob must be for the part that came before an
// interruption to be kept.
const resumeAbove = 1 << 20

// abandoned is how long nobody must have gone on with such a part for it to go.
const abandoned = 30 * 24 * time.Hour

// getBlob brings one blob.
func (f *fetcher) getBlob(ctx context.Context, l *link, d digest.Digest) (got bool, err error) {
	if d.Size > resumeAbove {
		return f.getLarge(ctx, l, d)
	}
	if got, done, err := f.readBlob(ctx, l, d); done {
		return got, err
	}
	tmp, err := f.store.TempFile()
	if err != nil {
		return false, err
	}
	defer f.store.FS().Remove(tmp) // it is not there any more, if all went well
	return f.getInto(ctx, l, d, tmp)
}

// getLarge is getBlob by way of incoming/, where another transfer may have left or
// be writing the first part.
func (f *fetcher) getLarge(ctx context.Context, l *link, d digest.Digest) (got bool, err error) {
	f.sweep.Do(func() { f.store.SweepIncoming(f.opt.Clock.Now().Add(-abandoned)) })
	file, unlock, err := f.lockIncoming(ctx, d)
	if err != nil {
		return false, err
	}
	defer unlock()
	if f.store.Has(d) { // who had it locked has brought it
		f.meter.done(1, d.Size)
		return true, nil
	}
	have, err := length(f.store.FS(), file)
	if err != nil {
		return false, err
	}
	if have > d.Size {
		f.store.FS().Remove(file)
		have = 0
	}
	if have > 0 { // a part that was damaged says nothing about the place
		if ok, err := f.tryPart(ctx, l, d, file); ok || err != nil {
			return ok, err
		}
		f.store.FS().Remove(file)
	}
	return f.getInto(ctx, l, d, file)
}

// tryPart goes on from a part; ok is false if the whole is wrong then.
func (f *fetcher) tryPart(ctx context.Context, l *link, d digest.Digest, file string) (ok bool, err error) {
	counted := f.meter.object()
	err = l.get(ctx, f.store.FS(), BlobName(d), file, d.Size, counted)
	if isAny(err, []error{ErrAbsent, ErrSize, errShort}) {
		counted.become(0)
		return false, nil // getInto will say so
	}
	if err != nil {
		return false, err
	}
	got, err := f.store.Adopt(file, d)
	if err != nil || got != d {
		counted.become(0)
		return false, err
	}
	counted.finish(d.Size)
	f.moved(1, d.Size)
	return true, nil
}

// lockIncoming waits for whoever else brings the same blob.
func (f *fetcher) lockIncoming(ctx context.Context, d digest.Digest) (file string, unlock func(), err error) {
	for {
		file, unlock, err = f.store.Incoming(d)
		if !errors.Is(err, fs.ErrLocked) {
			return file, unlock, err
		}
		select {
		case <-f.opt.Clock.After(500 * time.Millisecond):
		case <-ctx.Done():
			return "", nil, context.Cause(ctx)
		}
	}
}

// getInto brings a blob into a file that is not there, and that into the store.
// What is not the blob is set aside.
func (f *fetcher) getInto(ctx context.Context, l *link, d digest.Digest, file string) (ok bool, err error) {
	counted := f.meter.object()
	err = l.get(ctx, f.store.FS(), BlobName(d), file, d.Size, counted)
	switch {
	case errors.Is(err, ErrAbsent):
		counted.become(0)
		return false, nil
	case isAny(err, []error{ErrSize, errShort}):
		counted.become(0)
		f.store.FS().Remove(file)
		f.corrupt(Corrupt{Place: l.Name, Object: BlobName(d), Want: d, Detail: sizeDetail(err)})
		return false, nil
	case err != nil:
		return false, err
	}
	got, err := f.store.Adopt(file, d)
	if err != nil {
		return false, err
	}
	if got != d {
		counted.become(0)
		return false, f.setAside(l, d, got, BlobName(d), file)
	}
	counted.finish(d.Size)
	f.moved(1, d.Size)
	return true, nil
}

func sizeDetail(err error) string {
	var pe *PlaceError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Sprint(err)
}

func (f *fetcher) setAside(l *link, want, got digest.Digest, object, file string) error {
	kept, err := f.store.SetAside(file, want)
	if err != nil {
		return err
	}
	f.corrupt(Corrupt{Place: l.Name, Object: object, Want: want, Got: got, Kept: kept,
		Detail: "its bytes are not those of its name"})
	return nil
}

func (f *fetcher) corrupt(c Corrupt) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.report.Corrupt = append(f.report.Corrupt, c)
}

func (f *fetcher) moved(objects, bytes int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.report.Moved.add(objects, bytes)
}
