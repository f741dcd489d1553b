package remote

import (
	"context"
	"fmt"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// collect makes items of what is asked for and not there yet.
func (p *pusher) collect(ctx context.Context, what Request) error {
	p.items = p.walk.roots(what, &p.report)
	if err := p.collectResults(ctx, what.Results); err != nil {
		return err
	}
	return p.collectRecords(ctx, what.Records)
}

// there returns the sizes of named objects at the place; those that are there are
// counted as present.
func (p *pusher) there(ctx context.Context, n int, name func(int) string, again func(int) bool) ([]int64, error) {
	names := make([]string, n)
	for i := range names {
		names[i] = name(i)
	}
	sizes, err := p.sizes(ctx, names)
	if err != nil {
		return nil, err
	}
	for i, size := range sizes {
		if size != Absent && (p.opt.Recheck || again(i)) {
			sizes[i] = Absent
		} else if size != Absent {
			p.report.Present.add(1, size)
		}
	}
	return sizes, nil
}

// collectResults leaves out the entries that the place has: they were written
// after all that they refer to.
func (p *pusher) collectResults(ctx context.Context, actionKeys []digest.Digest) error {
	sizes, err := p.there(ctx, len(actionKeys),
		func(i int) string { return EntryName(actionKeys[i]) }, func(int) bool { return false })
	if err != nil {
		return err
	}
	for i, actionKey := range actionKeys {
		out := &p.report.Results[i]
		if out.Complete = sizes[i] != Absent; out.Complete {
			continue
		}
		e, err := p.store.SharedEntry(actionKey)
		if err != nil {
			return err
		}
		if out.Absent = e == nil; out.Absent {
			continue
		}
		it := &item{out: out, files: e.Blobs, size: int64(len(e.Bytes))}
		for _, o := range e.Result.Outputs {
			it.need(p.walk, o.Content)
		}
		it.finish = p.sender(EntryName(actionKey), e.Bytes)
		p.items = append(p.items, it)
	}
	return nil
}

func (p *pusher) sender(name string, b []byte) func(context.Context) error {
	return func(ctx context.Context) error {
		err := p.putBytes(ctx, p.store, name, b)
		if err == nil {
			p.moved(1, int64(len(b)))
		}
		return err
	}
}

func (p *pusher) collectRecords(ctx context.Context, records []Record) error {
	for i, r := range records {
		if err := checkRecord(r); err != nil {
			return fmt.Errorf("record %d: %w", i, err)
		}
	}
	sizes, err := p.there(ctx, len(records),
		func(i int) string { return records[i].Name }, func(i int) bool { return records[i].Changes })
	if err != nil {
		return err
	}
	for i, r := range records {
		out := &p.report.Records[i]
		if out.Complete = sizes[i] != Absent; out.Complete {
			continue
		}
		b, err := fs.ReadFile(p.store.FS(), r.File)
		if out.Absent = isMissing(err); out.Absent {
			continue
		}
		if err != nil {
			return fmt.Errorf("read record: %w", err)
		}
		it := &item{out: out, size: int64(len(b)), finish: p.sender(r.Name, b)}
		it.need(p.walk, r.Needs...)
		p.items = append(p.items, it)
	}
	return nil
}

// checkRecord makes sure that a record is nothing else.
func checkRecord(r Record) error {
	if !strings.HasPrefix(r.Name, "exp/") {
		return fmt.Errorf("%q is not below exp/", r.Name)
	}
	return CheckName(r.Name)
}
