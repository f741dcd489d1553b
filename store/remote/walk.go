package remote

import (
	"context"
	"math"
	"sort"

	"github.com/dewar-build/dewar/digest"
)

// walk is the directories of a request, each once: a directory message is small
// and can stand for a tree of any size, because what it refers to may occur very often.
type walk struct {
	index map[digest.Digest]int32
	dirs  []dirState
	order []int32 // children before parents, once all are known
}

// dirState is what is known of a directory. Names of entries are not kept: a
// million files are 40 MB so.
type dirState struct {
	digest digest.Digest
	files  []digest.Digest
	subs   []int32
	there  bool  // all of it is at the place, without looking into it
	sent   bool  // the place has its message; what is in it is asked for all the same
	opened bool  // files and subs are set
	lacks  bool  // its message is missing
	err    error // it cannot be read
	height int32 // 0 without sub-directories

	complete     bool  // judge sets it
	count, bytes int64 // all files in it, as often as they occur
}

func newWalk() *walk { return &walk{index: make(map[digest.Digest]int32)} }

// add returns the number of a directory.
func (w *walk) add(d digest.Digest) int32 {
	n, ok := w.index[d]
	if !ok {
		n = int32(len(w.dirs))
		w.index[d] = n
		w.dirs = append(w.dirs, dirState{digest: d})
	}
	return n
}

// run opens level after level until no directories are new. open looks at the
// directories from and to, and adds what is in them.
func (w *walk) run(ctx context.Context, open func(ctx context.Context, from, to int32) error) error {
	for from := int32(0); int(from) < len(w.dirs); {
		to := int32(len(w.dirs))
		if err := open(ctx, from, to); err != nil {
			return err
		}
		from = to
	}
	w.sort()
	return nil
}

// set says what is in directory n.
func (w *walk) set(n int32, dir digest.Dir) {
	files := make([]digest.Digest, len(dir.Files))
	for i, f := range dir.Files {
		files[i] = f.Digest
	}
	subs := make([]int32, len(dir.Dirs))
	for i, s := range dir.Dirs {
		subs[i] = w.add(s.Digest) // w.dirs may move
	}
	w.dirs[n].files, w.dirs[n].subs, w.dirs[n].opened = files, subs, true
}

// sort finds the heights and sizes of all directories. There are no cycles: nobody
// can make a directory that contains its own hash.
func (w *walk) sort() {
	done := make([]bool, len(w.dirs))
	w.order = make([]int32, 0, len(w.dirs))
	var visit func(n int32)
	visit = func(n int32) {
		if done[n] {
			return
		}
		done[n] = true
		d := &w.dirs[n]
		for _, f := range d.files {
			d.count, d.bytes = plus(d.count, 1), plus(d.bytes, f.Size)
		}
		for _, s := range d.subs {
			visit(s)
			sub := &w.dirs[s]
			d.height = max(d.height, sub.height+1)
			d.count, d.bytes = plus(d.count, sub.count), plus(d.bytes, sub.bytes)
		}
		w.order = append(w.order, n)
	}
	for n := range w.dirs {
		visit(int32(n))
	}
	sort.SliceStable(w.order, func(i, j int) bool { return w.dirs[w.order[i]].height < w.dirs[w.order[j]].height })
}

// plus adds what a stranger may have made up.
func plus(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// lacking are blobs that are missing.
type lacking map[digest.Digest]struct{}

func (l lacking) add(ds ...digest.Digest) {
	for _, d := range ds {
		l[d] = struct{}{}
	}
}

func (l lacking) has(d digest.Digest) bool { _, ok := l[d]; return ok }

// judge sets which directories are complete, given the blobs that are missing.
func (w *walk) judge(missing lacking) {
	for _, n := range w.order {
		d := &w.dirs[n]
		d.complete = d.there || d.opened && !d.lacks && d.err == nil && w.inner(d, missing)
	}
}

func (w *walk) inner(d *dirState, missing lacking) bool {
	for _, s := range d.subs {
		if !w.dirs[s].complete {
			return false
		}
	}
	if len(missing) == 0 {
		return true
	}
	for _, f := range d.files {
		if missing.has(f) {
			return false
		}
	}
	return true
}

// blame collects what directory n lacks, and the first reason that is more than that.
func (w *walk) blame(n int32, missing, into lacking, seen map[int32]bool) (err error) {
	d := &w.dirs[n]
	if d.complete || seen[n] {
		return nil
	}
	seen[n] = true
	if d.lacks {
		into.add(d.digest)
	}
	err = d.err
	for _, f := range d.files {
		if missing.has(f) {
			into.add(f)
		}
	}
	for _, s := range d.subs {
		if serr := w.blame(s, missing, into, seen); err == nil {
			err = serr
		}
	}
	return err
}

// filesOf returns the files that items need, each once.
func filesOf(w *walk, items []*item) (all []digest.Digest) {
	files, dirs := lacking{}, make([]bool, len(w.dirs))
	add := func(ds []digest.Digest) {
		for _, d := range ds {
			if !files.has(d) {
				files.add(d)
				all = append(all, d)
			}
		}
	}
	var visit func(n int32)
	visit = func(n int32) {
		if dirs[n] {
			return
		}
		dirs[n] = true
		add(w.dirs[n].files)
		for _, s := range w.dirs[n].subs {
			visit(s)
		}
	}
	for _, it := range items {
		add(it.files)
		for _, n := range it.dirs {
			visit(n)
		}
	}
	return all
}
