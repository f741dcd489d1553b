package remote

import (
	"bytes"
	"context"
	"sort"

	"github.com/dewar-build/dewar/digest"
)

// item is one root, result or record under way: what it needs, and where what
// became of it is written.
type item struct {
	out    *Outcome
	files  []digest.Digest
	dirs   []int32                         // numbers in the walk
	finish func(ctx context.Context) error // what is left to do once all of it is there; nil: nothing
	size   int64                           // of the entry or record, for a plan
}

// need adds contents to an item.
func (it *item) need(w *walk, contents ...digest.Content) {
	for _, c := range contents {
		switch c.Kind {
		case digest.File:
			it.files = append(it.files, c.Digest)
		case digest.Directory:
			it.dirs = append(it.dirs, w.add(c.Digest))
		}
	}
}

// roots makes items of the roots of a request.
func (w *walk) roots(what Request, report *Report) (items []*item) {
	for i, c := range what.Roots {
		it := &item{out: &report.Roots[i]}
		it.need(w, c)
		items = append(items, it)
	}
	return items
}

// outcomes makes the lists of a report for a request.
func (r *Report) outcomes(what Request) {
	r.Roots = make([]Outcome, len(what.Roots))
	r.Results = make([]Outcome, len(what.Results))
	r.Records = make([]Outcome, len(what.Records))
}

// settle writes what became of an item, given the blobs that are missing.
func (it *item) settle(w *walk, missing lacking) {
	if it.out.Absent || it.out.Err != nil {
		return
	}
	lacks, seen := lacking{}, map[int32]bool{}
	for _, d := range it.files {
		it.out.Files, it.out.Bytes = plus(it.out.Files, 1), plus(it.out.Bytes, d.Size)
		if missing.has(d) {
			lacks.add(d)
		}
	}
	it.out.Complete = len(lacks) == 0
	for _, n := range it.dirs {
		d := &w.dirs[n]
		it.out.Files, it.out.Bytes = plus(it.out.Files, d.count), plus(it.out.Bytes, d.bytes)
		it.out.Complete = it.out.Complete && d.complete
		if err := w.blame(n, missing, lacks, seen); it.out.Err == nil {
			it.out.Err = err
		}
	}
	it.out.Lacks, it.out.Missing = int64(len(lacks)), shown(lacks)
	if len(it.files)+len(it.dirs) == 1 {
		it.out.Absent = len(it.files) == 1 && !it.out.Complete || len(it.dirs) == 1 && w.dirs[it.dirs[0]].lacks
	}
}

// shown returns the first few, sorted.
func shown(l lacking) []digest.Digest {
	if len(l) == 0 {
		return nil
	}
	all := make([]digest.Digest, 0, len(l))
	for d := range l {
		all = append(all, d)
	}
	sortDigests(all)
	return all[:min(len(all), MissingShown)]
}

func sortDigests(ds []digest.Digest) {
	sort.Slice(ds, func(i, j int) bool {
		if c := bytes.Compare(ds[i].Hash[:], ds[j].Hash[:]); c != 0 {
			return c < 0
		}
		return ds[i].Size < ds[j].Size
	})
}
