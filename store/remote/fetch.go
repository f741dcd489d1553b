package remote

import (
	"context"
	"fmt"
	"sort"
	"sync"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/store"
)

// Fetch brings into the store what it lacks of a request: from the first place
// that has it, verified. A place that fails is given up (Report.Down) and the
// others are asked; with none left that is the error. What no place has is in
// the report's outcomes. What came stays, parts of large blobs included: another
// Fetch goes on from there.
//
// Directories come first, all of them, so that it is known how much there is
// before any file is fetched, and a remote that makes up too much is refused. A
// directory that is here says nothing about what is in it: everything is looked at.
//
// Whether entries of the action cache may be believed is the caller's to decide.
func Fetch(ctx context.Context, to *store.Store, from []Named, what Request, opt Options) (Report, error) {
	opt = opt.complete()
	if opt.Hold == nil {
		opt.Hold = NewHold(to)
		defer opt.Hold.Release()
	}
	f := &fetcher{store: to, opt: opt, walk: newWalk(), missing: lacking{}, meter: newMeter(opt)}
	defer f.meter.end()
	for _, at := range from {
		f.links = append(f.links, newLink(at, opt))
	}
	f.report.outcomes(what)
	err := f.fetch(ctx, what)
	f.report.sort()
	return f.report, err
}

// fetcher is a Fetch under way.
type fetcher struct {
	store *store.Store
	opt   Options
	links []*link // those that are not down
	meter *meter
	walk  *walk
	items []*item
	sweep sync.Once // of what others abandoned

	buffers readBuffers

	mu      sync.Mutex
	report  Report
	missing lacking // blobs that are neither here nor there
}

func (f *fetcher) fetch(ctx context.Context, what Request) error {
	if err := f.checkPlaces(ctx); err != nil {
		return err
	}
	if err := f.collect(ctx, what); err != nil {
		return err
	}
	if err := f.walk.run(ctx, f.open); err != nil {
		return err
	}
	files, err := f.absentFiles(ctx)
	if err != nil {
		return err
	}
	f.meter.phase(Getting)
	for _, d := range files {
		f.meter.total(1, d.Size)
	}
	f.meter.final()
	if f.opt.DryRun {
		err = f.plan(ctx, files)
	} else {
		err = f.getBlobs(ctx, files)
	}
	f.walk.judge(f.missing)
	for _, it := range f.items {
		it.settle(f.walk, f.missing)
	}
	if err != nil {
		for _, it := range f.items {
			it.out.Complete = false // it may be, but nobody has looked
		}
		return err
	}
	return f.finish(ctx)
}

// anywhere does something at one place after the other for as long as enough
// says that it must. A place that fails is given up; if all are, that is the error.
func (f *fetcher) anywhere(ctx context.Context, act func(l *link) (enough bool, err error)) error {
	for _, l := range append([]*link(nil), f.links...) {
		enough, err := act(l)
		if err != nil {
			if err = f.giveUp(ctx, l, err); err != nil {
				return err
			}
		}
		if enough {
			return nil
		}
	}
	return nil
}

// giveUp asks nothing of a place any more. It returns what is not the place's fault, or
// the place's if it was the last.
func (f *fetcher) giveUp(ctx context.Context, l *link, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if !l.atFault(err) {
		return err
	}
	f.report.Down = append(f.report.Down, Down{Place: l.Name, Err: err})
	for i, other := range f.links {
		if other == l {
			f.links = append(f.links[:i:i], f.links[i+1:]...)
			break
		}
	}
	if len(f.links) == 0 {
		return err
	}
	return nil
}

func (f *fetcher) checkPlaces(ctx context.Context) error {
	return f.anywhere(ctx, func(l *link) (bool, error) {
		err := l.checkVersion(ctx, f.store, false)
		if l.empty {
			f.report.Empty = append(f.report.Empty, l.Name)
		}
		return false, err
	})
}

// open brings the directories of a level that are not here, and reads all.
func (f *fetcher) open(ctx context.Context, from, to int32) error {
	if err := f.tooManyDirs(int64(to)); err != nil {
		return err
	}
	var level []digest.Digest
	for n := from; n < to; n++ {
		d := &f.walk.dirs[n]
		if d.digest.Size > f.opt.Limits.Message {
			d.err = fmt.Errorf("directory %s: %w", d.digest.Short(),
				&LimitError{"the message of one directory", "bytes", d.digest.Size, f.opt.Limits.Message})
			continue
		}
		level = append(level, d.digest)
	}
	if err := f.opt.Hold.Take(level...); err != nil {
		return err
	}
	absent := f.absent(level)
	for _, d := range absent {
		f.meter.total(1, d.Size)
	}
	if err := f.getBlobs(ctx, absent); err != nil {
		return err
	}
	for n := from; n < to; n++ {
		if err := f.read(n); err != nil {
			return err
		}
	}
	return nil
}

// read decodes a directory. What its hash stands for may be anything.
func (f *fetcher) read(n int32) error {
	d := &f.walk.dirs[n]
	if d.err != nil {
		return nil
	}
	dir, err := f.store.Dir(d.digest)
	switch {
	case isMissing(err):
		d.lacks = true
	case err != nil && f.store.Has(d.digest):
		d.err = err
	case err != nil:
		return err
	default:
		f.walk.set(n, dir)
	}
	return nil
}

// absent returns which blobs are not here, and counts the others.
func (f *fetcher) absent(ds []digest.Digest) (absent []digest.Digest) {
	for _, d := range ds {
		if !f.store.Has(d) {
			absent = append(absent, d)
		} else if d != digest.Empty {
			f.report.Present.add(1, d.Size)
		}
	}
	return absent
}

// absentFiles returns the files to fetch, each once: none of what is too large.
func (f *fetcher) absentFiles(ctx context.Context) ([]digest.Digest, error) {
	var within []*item
	for _, it := range f.items {
		if it.out.Err == nil {
			it.out.Err = f.tooLarge(it)
		}
		if it.out.Err == nil {
			within = append(within, it)
		}
	}
	files := filesOf(f.walk, within)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := f.opt.Hold.Take(files...); err != nil {
		return nil, err
	}
	files = f.absent(files)
	var total int64
	for _, d := range files {
		total = plus(total, d.Size)
	}
	return files, f.over("all that is to be fetched", "bytes", total, f.opt.Limits.Bytes)
}

// plan counts what would be fetched.
func (f *fetcher) plan(ctx context.Context, files []digest.Digest) error {
	rest := files
	err := f.anywhere(ctx, func(l *link) (bool, error) {
		if len(rest) == 0 {
			return true, nil
		}
		if err := l.usePacks(ctx, f.store); err != nil {
			return false, err
		}
		there, err := l.present(ctx, rest)
		if err != nil {
			return false, err
		}
		var left []digest.Digest
		for i, d := range rest {
			if there[i] {
				f.report.Moved.add(1, d.Size)
			} else {
				left = append(left, d)
			}
		}
		rest = left
		return false, nil
	})
	f.missing.add(rest...)
	return err
}

// sort puts what was found at the same time into an order.
func (r *Report) sort() {
	sort.Slice(r.Corrupt, func(i, j int) bool {
		a, b := r.Corrupt[i], r.Corrupt[j]
		if a.Object != b.Object {
			return a.Object < b.Object
		}
		return a.Place < b.Place
	})
}
