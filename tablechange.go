package dewar

import (
	"encoding/binary"
	"encoding/csv"
	"errors"
	"hash/maphash"
	"io"
	"slices"
)

// maxTable is how large a table may be to be compared row by row, in bytes: a row takes 16 of memory.
const maxTable = 1 << 30

// TableChange says how two versions of a table differ.
type TableChange struct {
	OldRows, NewRows int64
	Added, Removed   int64 // rows that only one side has, wherever they stand, by the columns that both have
	ColumnsAdded     []string
	ColumnsRemoved   []string
	Reordered        bool // the same rows in another order
}

// compareTables reads both tables once. Rows are compared as a whole where the columns are the same, else
// by the columns that both have.
func compareTables(old, now io.Reader, comma rune) (*TableChange, error) {
	a, b := newTableReader(old, comma), newTableReader(now, comma)
	oldColumns, err := a.header()
	if err != nil {
		return nil, err
	}
	newColumns, err := b.header()
	if err != nil {
		return nil, err
	}
	t := &TableChange{ColumnsAdded: without(newColumns, oldColumns), ColumnsRemoved: without(oldColumns, newColumns)}
	common := slices.DeleteFunc(slices.Clone(oldColumns), func(c string) bool { return !slices.Contains(newColumns, c) })
	seed := maphash.MakeSeed()
	counts := map[uint64]int64{}
	var order, orderNow maphash.Hash
	order.SetSeed(seed)
	orderNow.SetSeed(seed)
	if t.OldRows, err = a.rows(seed, positions(oldColumns, common), func(h uint64) { counts[h]++; mix(&order, h) }); err != nil {
		return nil, err
	}
	if t.NewRows, err = b.rows(seed, positions(newColumns, common), func(h uint64) { counts[h]--; mix(&orderNow, h) }); err != nil {
		return nil, err
	}
	for _, n := range counts {
		if n > 0 {
			t.Removed += n
		} else {
			t.Added -= n
		}
	}
	t.Reordered = t.Added+t.Removed == 0 && order.Sum64() != orderNow.Sum64()
	return t, nil
}

func mix(h *maphash.Hash, row uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], row)
	h.Write(b[:])
}

// tableReader reads a table of any width.
type tableReader struct{ r *csv.Reader }

func newTableReader(r io.Reader, comma rune) *tableReader {
	c := csv.NewReader(r)
	c.Comma, c.FieldsPerRecord, c.ReuseRecord, c.LazyQuotes = comma, -1, true, true
	return &tableReader{c}
}

func (t *tableReader) header() ([]string, error) {
	h, err := t.r.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	return slices.Clone(h), err
}

// rows calls f with the hash of each row's cells at the given positions.
func (t *tableReader) rows(seed maphash.Seed, at []int, f func(uint64)) (n int64, err error) {
	var h maphash.Hash
	h.SetSeed(seed)
	for ; ; n++ {
		row, err := t.r.Read()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		h.Reset()
		for _, i := range at {
			if i < len(row) {
				h.WriteString(row[i])
			}
			h.WriteByte(0)
		}
		f(h.Sum64())
	}
}

func positions(columns, of []string) []int {
	out := make([]int, len(of))
	for i, c := range of {
		out[i] = slices.Index(columns, c)
	}
	return out
}

func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(others, s) })
}
