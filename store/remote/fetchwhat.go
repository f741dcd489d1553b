package remote

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

// collect makes items of what is asked for, after bringing the entries.
func (f *fetcher) collect(ctx context.Context, what Request) error {
	f.items = f.walk.roots(what, &f.report)
	if err := f.collectResults(ctx, what.Results); err != nil {
		return err
	}
	return f.collectRecords(ctx, what.Records)
}

// wanted is a named object to be fetched.
type wanted struct {
	name  string
	out   *Outcome
	check func(b []byte) error // whether the bytes are any good
	take  func(b []byte) error // what to do with them; nil: nothing
}

// getNamed brings objects that are not named after their bytes, each from the first
// place that has good ones.
func (f *fetcher) getNamed(ctx context.Context, rest []wanted) error {
	return f.anywhere(ctx, func(l *link) (enough bool, err error) {
		if len(rest) == 0 {
			return true, nil
		}
		rest, err = f.getNamedFrom(ctx, l, rest)
		return false, err
	})
}

func (f *fetcher) getNamedFrom(ctx context.Context, l *link, ws []wanted) (rest []wanted, err error) {
	names := make([]string, len(ws))
	for i, w := range ws {
		names[i] = w.name
	}
	sizes, err := l.sizes(ctx, names)
	if err != nil {
		return ws, err
	}
	var mu sync.Mutex
	g, ctx := l.group(ctx)
	for i, w := range ws {
		g.Go(func() error {
			ok, err := f.getOne(ctx, l, w, sizes[i])
			if !ok {
				mu.Lock()
				rest = append(rest, w)
				mu.Unlock()
			}
			return err
		})
	}
	return rest, g.Wait()
}

// getOne brings one named object, if it is there and good.
func (f *fetcher) getOne(ctx context.Context, l *link, w wanted, size int64) (ok bool, err error) {
	if size == Absent {
		return false, nil
	}
	b, err := l.getBytes(ctx, f.store, w.name, size, f.opt.Limits.Message)
	switch {
	case errors.Is(err, ErrAbsent):
		return false, nil
	case isAny(err, []error{ErrSize, errShort}):
		f.corrupt(Corrupt{Place: l.Name, Object: w.name, Detail: sizeDetail(err)})
		return false, nil
	case err != nil:
		return false, err
	}
	if err := w.check(b); err != nil {
		w.out.Err = err
		f.corrupt(Corrupt{Place: l.Name, Object: w.name, Detail: err.Error()})
		return false, nil
	}
	w.out.Absent, w.out.Err = false, nil
	if w.take != nil {
		err = w.take(b)
	}
	return err == nil, err
}

// collectResults brings the entries of results that are not complete here.
func (f *fetcher) collectResults(ctx context.Context, actionKeys []digest.Digest) error {
	var ws []wanted
	entries := make([]*store.Entry, len(actionKeys))
	for i, actionKey := range actionKeys {
		out := &f.report.Results[i]
		r, err := f.store.Result(actionKey)
		if err != nil {
			return err
		}
		if out.Complete = r != nil; out.Complete {
			f.report.Present.add(1, 0)
			if err := f.holdResult(r); err != nil {
				return err
			}
			continue
		}
		out.Absent = true
		ws = append(ws, wanted{name: EntryName(actionKey), out: out, check: func(b []byte) (err error) {
			entries[i], err = store.DecodeEntry(b)
			return err
		}})
	}
	if err := f.getNamed(ctx, ws); err != nil {
		return err
	}
	for i, e := range entries {
		if e != nil && f.report.Results[i].Err == nil {
			f.needEntry(actionKeys[i], e, &f.report.Results[i])
		}
	}
	return nil
}

// holdResult holds what is here already: nothing names it yet.
func (f *fetcher) holdResult(r *store.Result) error {
	var ds []digest.Digest
	for _, o := range r.Outputs {
		ds = append(ds, o.Content.Digest)
	}
	return f.opt.Hold.Take(ds...)
}

func (f *fetcher) needEntry(actionKey digest.Digest, e *store.Entry, out *Outcome) {
	it := &item{out: out, files: e.Blobs, size: int64(len(e.Bytes))}
	for _, o := range e.Result.Outputs {
		it.need(f.walk, o.Content)
	}
	e.Result = nil // its explanation may be long
	it.finish = func(context.Context) error { return f.store.PutEntry(actionKey, e) }
	f.items = append(f.items, it)
}

// collectRecords brings records: there is nothing to fetch after them.
func (f *fetcher) collectRecords(ctx context.Context, records []Record) error {
	var ws []wanted
	for i, r := range records {
		if err := checkRecord(r); err != nil {
			return fmt.Errorf("record %d: %w", i, err)
		}
		out := &f.report.Records[i]
		if _, err := f.store.FS().Lstat(r.File); err == nil && !r.Changes {
			out.Complete = true
			f.report.Present.add(1, 0)
			continue
		}
		out.Absent = true
		check := r.Check
		if check == nil {
			check = func([]byte) error { return nil }
		}
		ws = append(ws, wanted{r.Name, out, check, func(b []byte) error { return f.takeRecord(r, b, out) }})
	}
	return f.getNamed(ctx, ws)
}

// takeRecord writes a record.
func (f *fetcher) takeRecord(r Record, b []byte, out *Outcome) error {
	if !f.opt.DryRun {
		if err := fs.WriteFile(f.store.FS(), r.File, b); err != nil {
			return fmt.Errorf("write record: %w", err)
		}
	}
	out.Complete = true
	f.moved(1, int64(len(b)))
	return nil
}

// finish puts the entries of which everything is here.
func (f *fetcher) finish(ctx context.Context) error {
	for _, it := range f.items {
		if !it.out.Complete || it.finish == nil {
			continue
		}
		f.moved(1, it.size)
		if f.opt.DryRun {
			continue
		}
		if err := it.finish(ctx); err != nil {
			it.out.Complete = false
			return err
		}
	}
	return nil
}
