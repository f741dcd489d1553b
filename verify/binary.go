package verify

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// binary shows the bytes around the first that differs.
func (c *comparer) binary(a, b blob, at int64) *found {
	f := &found{format: "binary", where: fmt.Sprintf("byte %d", at)}
	if a.size != b.size {
		f.where += fmt.Sprintf(" (%d bytes, then %d)", a.size, b.size)
	}
	from := at &^ 15
	f.excerpt = []string{
		fmt.Sprintf("- %08x  %s", from, hexLine(a.head(from, 16))),
		fmt.Sprintf("+ %08x  %s", from, hexLine(b.head(from, 16))),
	}
	const sample = 1 << 20
	x, y := a.head(at, sample), b.head(at, sample)
	c.report.evidence.bytes(x, y)
	c.stamped(a, b, at)
	near := max(0, at-64)
	c.report.evidence.strings(a.head(near, 192), b.head(near, 192))
	c.report.evidence.look(y)
	return f
}

// hexLine shows bytes as numbers and as characters.
func hexLine(b []byte) string {
	if len(b) == 0 {
		return "(end of the file)"
	}
	var hex, text strings.Builder
	for i, x := range b {
		if i == 8 {
			hex.WriteByte(' ')
		}
		fmt.Fprintf(&hex, "%02x ", x)
		if x < ' ' || x > '~' {
			x = '.'
		}
		text.WriteByte(x)
	}
	return fmt.Sprintf("%-49s |%s|", hex.String(), text.String())
}

// stamped notes a time that stands as a binary number at the first difference.
func (c *comparer) stamped(a, b blob, at int64) {
	from := max(0, at-7)
	x, y := a.head(from, 16), b.head(from, 16)
	for i := 0; i+4 <= min(len(x), len(y)); i++ {
		if int64(i) > at-from { // it has to hold the byte that differs
			return
		}
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			if int64(i)+4 > at-from && c.report.evidence.epoch(float64(order.Uint32(x[i:]))) && c.report.evidence.epoch(float64(order.Uint32(y[i:]))) {
				c.report.evidence.stamp(fmt.Sprintf("the four bytes at %d are seconds since 1970, of now", from+int64(i)))
				return
			}
		}
	}
}

// strings compares what can be read in two pieces of bytes.
func (e *evidence) strings(x, y []byte) {
	a, b := runs(x), runs(y)
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			e.pair(a[i], b[i], "")
		}
	}
}

// runs are the texts of at least four characters in bytes.
func runs(b []byte) []string {
	var out []string
	from := 0
	for i := 0; i <= len(b); i++ {
		if i < len(b) && b[i] >= ' ' && b[i] <= '~' {
			continue
		}
		if i-from >= 4 {
			out = append(out, string(b[from:i]))
		}
		from = i + 1
	}
	return out
}
