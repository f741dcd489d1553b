package remote

import (
	"context"
	"sync"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/store"
)

// Push sends to a place what it lacks of a request. What the store lacks as
// well is in the report's outcomes; an error is a failure of the place or of
// this machine, and the report says how far it got. What was sent stays: another Push
// goes on from there.
//
// First it asks: top-down, and not below a directory that the place has, because whoever
// wrote that wrote all that is in it before. Then it sends in the opposite order: files,
// directories from the lowest up, entries and records. So whenever it is interrupted, what is
// there has all that it refers to.
func Push(ctx context.Context, from *store.Store, to Named, what Request, opt Options) (Report, error) {
	p := &pusher{link: newLink(to, opt), store: from, walk: newWalk(), missing: lacking{}}
	p.opt.Hold = opt.Hold
	if p.opt.Hold == nil {
		p.opt.Hold = NewHold(from)
		defer p.opt.Hold.Release()
	}
	p.meter = newMeter(p.opt)
	defer p.meter.end()
	p.report.outcomes(what)
	err := p.push(ctx, what)
	return p.report, err
}

// pusher is a Push under way.
type pusher struct {
	*link
	store *store.Store
	meter *meter
	walk  *walk
	items []*item

	mu      sync.Mutex
	report  Report
	missing lacking // blobs that are neither here nor there
}

func (p *pusher) push(ctx context.Context, what Request) error {
	if p.traits.ReadOnly && !p.opt.DryRun {
		return &PlaceError{Place: p.Name, Op: "put", Err: ErrReadOnly}
	}
	if err := p.checkVersion(ctx, p.store, !p.opt.DryRun); err != nil {
		return err
	}
	if p.packing() {
		if err := p.usePacks(ctx, p.store); err != nil {
			return err
		}
	}
	if err := p.collect(ctx, what); err != nil {
		return err
	}
	if err := p.walk.run(ctx, p.open); err != nil {
		return err
	}
	files, err := p.absentFiles(ctx)
	if err != nil {
		return err
	}
	if p.opt.DryRun {
		return p.plan(ctx, files)
	}
	return p.send(ctx, files)
}

func (p *pusher) packing() bool {
	return p.opt.Packs == PacksAlways || p.opt.Packs == PacksAsPlace && p.traits.Packs
}

// open asks which directories of a level the place has, and reads the others.
func (p *pusher) open(ctx context.Context, from, to int32) error {
	level := make([]digest.Digest, 0, to-from)
	for n := from; n < to; n++ {
		level = append(level, p.walk.dirs[n].digest)
	}
	if err := p.opt.Hold.Take(level...); err != nil {
		return err
	}
	there, err := p.present(ctx, level)
	if err != nil {
		return err
	}
	for i, d := range level {
		n := from + int32(i)
		if there[i] && d != digest.Empty {
			p.report.Present.add(1, d.Size)
		}
		if there[i] && (!p.opt.Recheck || !p.store.Has(d)) {
			p.walk.dirs[n].there = true
			continue
		}
		dir, err := p.store.Dir(d)
		switch {
		case isMissing(err):
			p.walk.dirs[n].lacks = true
		case err != nil:
			return err
		default:
			p.walk.set(n, dir)
			p.walk.dirs[n].sent = there[i]
		}
	}
	return nil
}

// absentFiles returns the files that the place lacks, each once.
func (p *pusher) absentFiles(ctx context.Context) ([]digest.Digest, error) {
	files := filesOf(p.walk, p.items)
	there, err := p.present(ctx, files)
	if err != nil {
		return nil, err
	}
	absent := files[:0]
	for i, d := range files {
		if !there[i] {
			absent = append(absent, d)
		} else if d != digest.Empty {
			p.report.Present.add(1, d.Size)
		}
	}
	return absent, p.opt.Hold.Take(absent...)
}

// plan counts what would be sent.
func (p *pusher) plan(ctx context.Context, files []digest.Digest) error {
	for _, d := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if p.store.Has(d) {
			p.report.Moved.add(1, d.Size)
		} else {
			p.missing.add(d)
		}
	}
	p.walk.judge(p.missing)
	for n := range p.walk.dirs {
		if d := &p.walk.dirs[n]; d.complete && !d.there && !d.sent {
			p.report.Moved.add(1, d.digest.Size)
		}
	}
	p.settle()
	for _, it := range p.items {
		if it.out.Complete && it.finish != nil {
			p.report.Moved.add(1, it.size)
		}
	}
	return nil
}

func (p *pusher) settle() {
	for _, it := range p.items {
		it.settle(p.walk, p.missing)
	}
}

// send sends files, then directories, then what refers to them.
func (p *pusher) send(ctx context.Context, files []digest.Digest) error {
	p.meter.phase(Sending)
	for _, d := range files {
		p.meter.total(1, d.Size)
	}
	for n := range p.walk.dirs {
		if d := &p.walk.dirs[n]; d.opened && !d.sent {
			p.meter.total(1, d.digest.Size)
		}
	}
	p.meter.final()
	err := p.sendBlobs(ctx, files)
	if err == nil {
		err = p.sendDirs(ctx)
	}
	p.walk.judge(p.missing)
	p.settle()
	if err != nil {
		for _, it := range p.items {
			it.out.Complete = false // it may be, but nobody knows
		}
		return err
	}
	return p.finish(ctx)
}

// sendDirs sends the complete directories, the lowest first.
func (p *pusher) sendDirs(ctx context.Context) error {
	p.walk.judge(p.missing)
	var level []int32
	height := int32(0)
	for _, n := range p.walk.order {
		d := &p.walk.dirs[n]
		if d.height > height {
			if err := p.sendLevel(ctx, level); err != nil {
				return err
			}
			level, height = level[:0], d.height
		}
		if d.opened && !d.sent {
			level = append(level, n)
		}
	}
	return p.sendLevel(ctx, level)
}

// sendLevel sends those of some directories that are complete. One may turn out to be
// damaged here, and then those above it are not.
func (p *pusher) sendLevel(ctx context.Context, level []int32) error {
	var ds []digest.Digest
	for _, n := range level {
		if d := &p.walk.dirs[n]; d.complete {
			ds = append(ds, d.digest)
		} else {
			p.meter.total(-1, -d.digest.Size)
		}
	}
	if err := p.sendBlobs(ctx, ds); err != nil {
		return err
	}
	for _, n := range level {
		if d := &p.walk.dirs[n]; p.missing.has(d.digest) {
			d.lacks = true
		}
	}
	p.walk.judge(p.missing)
	return nil
}
