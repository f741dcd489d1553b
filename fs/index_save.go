package fs

import (
	"bufio"
	"crypto/rand"
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// Save writes what was recorded since the last Save: into the journal, or,
// when that has grown, into a new base.
func (x *Index) Save() error {
	if x == nil {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.fresh) == 0 && !x.base.Load().bad.Load() {
		return nil
	}
	return x.locked(func() error {
		if err := x.refresh(); err != nil {
			return err
		}
		if x.base.Load().bad.Load() || x.log.torn || x.log.count+len(x.fresh) > logLimit(x.base.Load().count) {
			return x.rewrite(nil)
		}
		return x.appendLog()
	})
}

// logLimit is how many entries a journal may hold before it is merged: reading
// it at every start must cost less than a millisecond or so, a merge of a big
// base costs 200.
func logLimit(base int) int { return max(4000, base/32) }

// Prune forgets the paths for which keep is false, and rewrites the index.
func (x *Index) Prune(keep func(path string) bool) error {
	if x == nil {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.locked(func() error {
		if err := x.refresh(); err != nil {
			return err
		}
		return x.rewrite(keep)
	})
}

// locked runs do while no other process writes.
func (x *Index) locked(do func() error) error {
	if err := x.fsys.MkdirAll(x.dir, 0o755); err != nil {
		return err
	}
	unlock, err := x.fsys.Lock(x.file("index.lock"), true, true)
	if err != nil {
		return err
	}
	defer unlock()
	return do()
}

// refresh takes in what other processes wrote since we looked. A base that was
// replaced stays mapped until Close: someone may be searching it.
func (x *Index) refresh() error {
	was := x.base.Load()
	now, err := x.loadBase()
	if err != nil {
		return err
	}
	if now.id == was.id {
		now.close()
	} else {
		x.replace(now)
	}
	return x.loadLog()
}

func (x *Index) replace(b *base) { x.old = append(x.old, x.base.Swap(b)) }

// rewrite merges everything into a new base and drops the journal. A journal that
// outlives a crash in between names the old base and is not read.
func (x *Index) rewrite(keep func(string) bool) error {
	old := x.base.Load()
	if !old.whole() {
		x.setAside("index", corruptError("a checksum is wrong"))
		old = &base{}
		x.replace(old)
	}
	tmp := TempName(x.dir)
	if err := x.writeBase(tmp, x.merged(old, keep)); err != nil {
		x.fsys.Remove(tmp)
		return err
	}
	if err := x.fsys.Rename(tmp, x.file("index")); err != nil {
		x.fsys.Remove(tmp)
		return err
	}
	x.fsys.Remove(x.file("index.log"))
	b, err := x.loadBase()
	if err != nil {
		return err
	}
	x.replace(b)
	x.log, x.saved, x.fresh = logState{base: b.id}, map[string]entry{}, map[string]entry{}
	return nil
}

// whole checks every block.
func (b *base) whole() bool {
	for blk := 0; blk*blockSize < b.body && !b.bad.Load(); blk++ {
		b.check(blk)
	}
	return !b.bad.Load()
}

// merged yields every entry in the order of paths, the newer of two.
func (x *Index) merged(old *base, keep func(string) bool) func(yield func(path string, e entry) bool) {
	changed := make([]string, 0, len(x.saved)+len(x.fresh))
	for p := range x.fresh {
		changed = append(changed, p)
	}
	for p := range x.saved {
		if _, ok := x.fresh[p]; !ok {
			changed = append(changed, p)
		}
	}
	slices.Sort(changed)
	return func(yield func(string, entry) bool) {
		emit := func(p string, e entry) bool { return keep != nil && !keep(p) || yield(p, e) }
		rest := changed
		for i := range old.count {
			p := string(old.path(i))
			for len(rest) > 0 && rest[0] < p {
				if !emit(rest[0], x.newest(rest[0])) {
					return
				}
				rest = rest[1:]
			}
			if len(rest) > 0 && rest[0] == p {
				continue // the newer one comes in its turn
			}
			if e, ok := old.entry(i); !ok || !emit(p, e) {
				return
			}
		}
		for _, p := range rest {
			if !emit(p, x.newest(p)) {
				return
			}
		}
	}
}

func (x *Index) newest(path string) entry {
	if e, ok := x.fresh[path]; ok {
		return e
	}
	return x.saved[path]
}

// writeBase writes two passes over the entries: records, then paths.
func (x *Index) writeBase(name string, entries func(func(string, entry) bool)) error {
	f, err := x.fsys.Create(name, 0o644)
	if err != nil {
		return err
	}
	w := &blockWriter{w: bufio.NewWriterSize(f, 1<<20)}
	var count, heap uint64
	var buf []byte
	entries(func(p string, e entry) bool {
		buf = le.AppendUint64(buf[:0], heap)
		buf = le.AppendUint32(buf, uint32(len(p)))
		buf = appendEntry(buf, &e)
		w.write(buf)
		count++
		heap += uint64(len(p))
		return w.err == nil
	})
	entries(func(p string, e entry) bool {
		buf = append(buf[:0], p...)
		w.write(buf)
		return w.err == nil
	})
	err = w.finish(count, heap)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// blockWriter sums blocks as they pass.
type blockWriter struct {
	w    *bufio.Writer
	fill int    // bytes in the current block
	crc  uint32 // of the current block
	sums []byte
	err  error
}

func (w *blockWriter) write(b []byte) {
	for len(b) > 0 && w.err == nil {
		part := b[:min(len(b), blockSize-w.fill)]
		w.crc = crc32.Update(w.crc, castagnoli, part)
		_, w.err = w.w.Write(part)
		b = b[len(part):]
		if w.fill += len(part); w.fill == blockSize {
			w.cut()
		}
	}
}

func (w *blockWriter) cut() {
	w.sums = le.AppendUint32(w.sums, w.crc)
	w.fill, w.crc = 0, 0
}

func (w *blockWriter) finish(count, heap uint64) error {
	if w.err != nil {
		return w.err
	}
	if w.fill > 0 {
		w.cut()
	}
	f := make([]byte, 0, footerSize)
	f = append(f, baseMagic...)
	f = le.AppendUint32(f, baseVersion)
	f = le.AppendUint32(f, blockSize)
	f = le.AppendUint64(f, newID())
	f = le.AppendUint64(f, count)
	f = le.AppendUint64(f, heap)
	f = le.AppendUint32(f, crc32.Checksum(w.sums, castagnoli))
	f = f[:footerSize-4]
	f = le.AppendUint32(f, crc32.Checksum(f, castagnoli))
	if _, err := w.w.Write(append(w.sums, f...)); err != nil {
		return err
	}
	return w.w.Flush()
}

// newID names a base, so that a journal can say what it belongs to; 0 is the
// empty base.
func newID() uint64 {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return binary.LittleEndian.Uint64(b[:]) | 1
}
