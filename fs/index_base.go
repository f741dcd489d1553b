package fs

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	iofs "io/fs"
	"sync/atomic"
)

// The base is a file in four parts:
//
//	records  count × 88 bytes, sorted by the bytes of their paths
//	heap     the paths, one after the other
//	sums     a CRC-32C for every 4 KiB block of records and heap
//	footer   64 bytes
//
// A record is: offset of the path in the heap (8), its length (4), mode (4),
// device, inode, size, mtime, ctime (8 each), SHA-256 (32); all little-endian. The
// footer: "dewaridx", version (4), block size (4), id (8), count (8), heap length (8),
// CRC of the sums (4), zeros, CRC of the footer before it (4).
//
// Opening reads the sums and the footer only. A block is checked when it is first
// looked at, so that a million entries open in no time and corruption is
// still never believed.
const (
	recordSize  = 88
	footerSize  = 64
	blockSize   = 4096
	baseVersion = 1
	maxPath     = 1 << 16
	baseMagic   = "dewaridx"
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	le         = binary.LittleEndian
)

// base is an open base file. The zero base is empty.
type base struct {
	data  []byte
	unmap func() error
	id    uint64
	count int
	heap  int             // offset of the heap
	body  int             // length of records and heap
	sums  []byte          // the sums
	known []atomic.Uint32 // one bit a block: its sum was right
	bad   atomic.Bool     // a block's sum was wrong: nothing is believed any more
}

// mapper is a filesystem that can map files into memory.
type mapper interface {
	Map(name string) (data []byte, unmap func() error, err error)
}

// loadBase opens the base file; a missing one is empty, a corrupt one is set
// aside and empty.
func (x *Index) loadBase() (*base, error) {
	b, err := openBase(x.fsys, x.file("index"))
	var corrupt corruptError
	switch {
	case errors.As(err, &corrupt):
		x.setAside("index", corrupt)
		return &base{}, nil
	case errors.Is(err, iofs.ErrNotExist):
		return &base{}, nil
	}
	return b, err
}

// corruptError says what is wrong with a file of the index.
type corruptError string

func (e corruptError) Error() string { return string(e) }

func openBase(fsys FS, name string) (*base, error) {
	b := &base{}
	var err error
	if m, ok := fsys.(mapper); ok {
		b.data, b.unmap, err = m.Map(name)
	} else {
		b.data, err = ReadFile(fsys, name)
	}
	if err != nil {
		return nil, err
	}
	if err := b.readFooter(); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *base) close() error {
	b.data = nil
	if b.unmap == nil {
		return nil
	}
	return b.unmap()
}

func (b *base) readFooter() error {
	n := len(b.data) - footerSize
	if n < 0 {
		return corruptError("too short")
	}
	f := b.data[n:]
	if string(f[:8]) != baseMagic || le.Uint32(f[footerSize-4:]) != crc32.Checksum(f[:footerSize-4], castagnoli) {
		return corruptError("its footer is damaged")
	}
	if le.Uint32(f[8:]) != baseVersion || le.Uint32(f[12:]) != blockSize {
		return corruptError("it is of another version")
	}
	b.id = le.Uint64(f[16:])
	count, heap := le.Uint64(f[24:]), le.Uint64(f[32:])
	if count > uint64(n)/recordSize || heap > uint64(n) {
		return corruptError("it has the wrong length")
	}
	b.count, b.heap = int(count), int(count)*recordSize
	b.body = b.heap + int(heap)
	blocks := (b.body + blockSize - 1) / blockSize
	if b.body+4*blocks != n {
		return corruptError("it has the wrong length")
	}
	b.sums = b.data[b.body:n]
	if crc32.Checksum(b.sums, castagnoli) != le.Uint32(f[40:]) {
		return corruptError("its checksums are damaged")
	}
	b.known = make([]atomic.Uint32, (blocks+31)/32)
	return nil
}

// at returns n bytes of the body, checked; nil if they cannot be believed.
func (b *base) at(off, n int) []byte {
	if off < 0 || n < 0 || off+n > b.body || b.bad.Load() {
		b.bad.Store(true)
		return nil
	}
	for blk := off / blockSize; blk*blockSize < off+n; blk++ {
		if b.known[blk/32].Load()&(1<<(blk%32)) == 0 && !b.check(blk) {
			return nil
		}
	}
	return b.data[off : off+n : off+n]
}

func (b *base) check(blk int) bool {
	block := b.data[blk*blockSize : min((blk+1)*blockSize, b.body)]
	if crc32.Checksum(block, castagnoli) != le.Uint32(b.sums[4*blk:]) {
		b.bad.Store(true)
		return false
	}
	b.known[blk/32].Or(1 << (blk % 32))
	return true
}

// path returns the path of record i.
func (b *base) path(i int) []byte {
	r := b.at(i*recordSize, 12)
	if r == nil {
		return nil
	}
	off, n := le.Uint64(r), int(le.Uint32(r[8:]))
	if off > uint64(b.body) || n > maxPath {
		b.bad.Store(true)
		return nil
	}
	return b.at(b.heap+int(off), n)
}

func (b *base) entry(i int) (entry, bool) {
	r := b.at(i*recordSize, recordSize)
	if r == nil {
		return entry{}, false
	}
	return readEntry(r[12:]), true
}

func readEntry(r []byte) entry {
	e := entry{
		mode: le.Uint32(r), dev: le.Uint64(r[4:]), ino: le.Uint64(r[12:]), size: int64(le.Uint64(r[20:])),
		mtime: int64(le.Uint64(r[28:])), ctime: int64(le.Uint64(r[36:])),
	}
	copy(e.hash[:], r[44:76])
	return e
}

func appendEntry(b []byte, e *entry) []byte {
	b = le.AppendUint32(b, e.mode)
	b = le.AppendUint64(b, e.dev)
	b = le.AppendUint64(b, e.ino)
	b = le.AppendUint64(b, uint64(e.size))
	b = le.AppendUint64(b, uint64(e.mtime))
	b = le.AppendUint64(b, uint64(e.ctime))
	return append(b, e.hash[:]...)
}

// find looks path up, near the record *near first.
func (b *base) find(path string, near *int) (entry, bool) {
	lo, hi := b.bracket(path, *near)
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if string(b.path(mid)) < path {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	*near = lo
	if lo == b.count || string(b.path(lo)) != path {
		return entry{}, false
	}
	return b.entry(lo)
}

// bracket returns a range that holds the place of path, galloping forward from
// near.
func (b *base) bracket(path string, near int) (lo, hi int) {
	if near <= 0 || near >= b.count {
		return 0, b.count
	}
	if string(b.path(near)) >= path {
		if near == 0 || string(b.path(near-1)) < path {
			return near, near
		}
		return 0, near
	}
	lo = near + 1
	for step := 1; ; step *= 2 {
		if lo+step >= b.count {
			return lo, b.count
		}
		if string(b.path(lo+step)) >= path {
			return lo, lo + step
		}
		lo += step + 1
	}
}
