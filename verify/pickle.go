package verify

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
)

// pickle reads two pickles in lock step up to the first operation that differs.
func (c *comparer) pickle(_ string, a, b blob) *found {
	const most = 128 << 20
	if a.size > most || b.size > most {
		return nil
	}
	x, y := newMachine(a.head(0, a.size)), newMachine(b.head(0, b.size))
	var first *found
	var differing int
	for {
		o, okX := x.nextTelling()
		p, okY := y.nextTelling()
		if !okX || !okY {
			if first == nil && (okX != okY || !x.ended || !y.ended) {
				return nil // what is no pickle after all
			}
			break
		}
		if o.code != p.code || string(o.arg) != string(p.arg) {
			if first == nil {
				first = c.operation(x, y, o, p)
			}
			if differing++; o.code != p.code || differing > textHunks {
				break
			}
			c.operationEvidence(x.place(), x, y, o, p)
		}
		x.do(o)
		y.do(p)
	}
	if first != nil && sameOperations(x.b, y.b) {
		c.report.evidence.order("entries of a pickled collection", nil)
	}
	return first
}

// nextTelling skips operations that say how a pickle is written, not what is in it.
func (m *machine) nextTelling() (op, bool) {
	for {
		o, ok := m.next()
		if !ok || o.code != 0x95 {
			return o, ok
		}
	}
}

// operation describes the first two operations that differ.
func (c *comparer) operation(x, y *machine, o, p op) *found {
	f := &found{format: "pickle", where: fmt.Sprintf("the operation at byte %d", o.at)}
	if o.code == rawOp && p.code == rawOp {
		if d := c.rawArray(x, o, p); d != nil {
			f = d
		}
	} else if isBytes(o.code) && isBytes(p.code) && len(o.arg) == len(p.arg) {
		at := commonPrefix(o.arg, p.arg)
		f.where += fmt.Sprintf(", byte %d of %d", at, len(o.arg))
		f.excerpt = []string{"- " + hexLine(o.arg[at&^15:min(len(o.arg), at&^15+16)]), "+ " + hexLine(p.arg[at&^15:min(len(p.arg), at&^15+16)])}
	} else {
		f.excerpt = []string{"- " + clip(x.show(o), 0), "+ " + clip(y.show(p), 0)}
	}
	if place := x.place(); place != "" {
		f.where = clip(place, 0) + " (" + f.where + ")"
	}
	return f
}

// rawArray compares the elements of an array that joblib wrote.
func (c *comparer) rawArray(x *machine, o, p op) *found {
	a := arrayOf(x.top().state.dict)
	if a == nil {
		return nil
	}
	f := c.elements(inMemory(o.arg), inMemory(p.arg), a)
	if f != nil {
		f.format = "pickle"
		f.where += fmt.Sprintf(" at byte %d", o.at)
	}
	return f
}

func isBytes(code byte) bool {
	switch code {
	case 'B', 'C', 0x8e, 0x96, rawOp:
		return true
	}
	return false
}

// operationEvidence notes what two operations that differ say of why.
func (c *comparer) operationEvidence(place string, x, y *machine, o, p op) {
	e := &c.report.evidence
	switch {
	case o.code == 'G':
		e.numbers(float(o.arg), float(p.arg))
	case o.code == rawOp: // elements were looked at
	case isBytes(o.code):
		e.bytes(o.arg, p.arg)
		if len(o.arg) == len(p.arg) && len(o.arg)%8 == 0 {
			for i := 0; i+8 <= min(len(o.arg), 1<<16); i += 8 {
				if string(o.arg[i:i+8]) != string(p.arg[i:i+8]) {
					e.maybe(math.Float64frombits(binary.LittleEndian.Uint64(o.arg[i:])), math.Float64frombits(binary.LittleEndian.Uint64(p.arg[i:])))
				}
			}
		}
	default:
		e.pair(x.show(o), y.show(p), place)
	}
}

func float(b []byte) float64 { return math.Float64frombits(binary.BigEndian.Uint64(b)) }

// sameOperations reports whether both pickles hold the same, in another order. References are left out: what they
// refer to has another number then.
func sameOperations(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	return slices.Equal(sums(a), sums(b))
}

func sums(b []byte) []uint64 {
	m := newMachine(b)
	var out []uint64
	for {
		o, ok := m.nextTelling()
		if !ok {
			break
		}
		m.do(o)
		if o.code == 'h' || o.code == 'j' || o.code == 'g' {
			continue
		}
		h := fnv.New64a()
		h.Write([]byte{o.code})
		h.Write(o.arg)
		out = append(out, h.Sum64())
	}
	slices.Sort(out)
	return out
}
