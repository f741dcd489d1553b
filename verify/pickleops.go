package verify

import (
	"bytes"
	"encoding/binary"
)

// shape says how an operation of a pickle is written: how many bytes its argument has, or how its length is told.
type opShape struct {
	fixed  int // bytes of the argument
	length int // bytes of a little-endian length before the argument
	lines  int // the argument is so many lines
}

// opShapes are all operations up to protocol 5 that have an argument; the others are one byte.
func opShapes() map[byte]opShape {
	return map[byte]opShape{
		0x80: {fixed: 1}, 0x95: {fixed: 8}, // PROTO, FRAME
		'J': {fixed: 4}, 'K': {fixed: 1}, 'M': {fixed: 2}, 'G': {fixed: 8}, 0x8a: {length: 1}, 0x8b: {length: 4},
		'I': {lines: 1}, 'L': {lines: 1}, 'F': {lines: 1}, 'S': {lines: 1}, 'V': {lines: 1}, 'P': {lines: 1},
		'T': {length: 4}, 'U': {length: 1}, 'X': {length: 4}, 0x8c: {length: 1}, 0x8d: {length: 8},
		'B': {length: 4}, 'C': {length: 1}, 0x8e: {length: 8}, 0x96: {length: 8},
		'c': {lines: 2}, 'i': {lines: 2}, 0x82: {fixed: 1}, 0x83: {fixed: 2}, 0x84: {fixed: 4},
		'p': {lines: 1}, 'q': {fixed: 1}, 'r': {fixed: 4}, 'g': {lines: 1}, 'h': {fixed: 1}, 'j': {fixed: 4},
	}
}

// plainOps are the operations without an argument.
const plainOps = "(012N)]}.RbtldaeusoQ" + "\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94\x97\x98"

// op is one operation.
type op struct {
	code byte
	arg  []byte
	at   int // where it stands
}

// rawOp is no operation of pickles: the bytes of an array that joblib writes between them.
const rawOp = 0

// readOp reads the operation at an offset, and says where the next one is.
func readOp(shapes map[byte]opShape, b []byte, at int) (o op, next int, ok bool) {
	if at >= len(b) {
		return op{}, at, false
	}
	o = op{code: b[at], at: at}
	s, has := shapes[o.code]
	if !has {
		return o, at + 1, bytes.IndexByte([]byte(plainOps), o.code) >= 0
	}
	from, n := at+1, s.fixed
	switch {
	case s.length > 0:
		if from+s.length > len(b) {
			return o, at, false
		}
		var word [8]byte
		copy(word[:], b[from:from+s.length])
		size := binary.LittleEndian.Uint64(word[:])
		from += s.length
		if size > uint64(len(b)-from) {
			return o, at, false
		}
		n = int(size)
	case s.lines > 0:
		n = 0
		for range s.lines {
			i := bytes.IndexByte(b[from+n:], '\n')
			if i < 0 {
				return o, at, false
			}
			n += i + 1
		}
	}
	if n > len(b)-from {
		return o, at, false
	}
	o.arg = b[from : from+n]
	return o, from + n, true
}
