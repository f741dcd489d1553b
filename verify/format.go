package verify

import (
	"bytes"
	"unicode/utf8"
)

// format is a way to read bytes that both sides are tried as. compare returns nil if it cannot tell: then the
// next is asked, and last of all bytes are bytes.
type format struct {
	name    string
	is      func(head []byte) bool
	compare func(c *comparer, name string, a, b blob) *found
}

// formats, the most telling first. gzip and zlib are packed pickles more often than not, as joblib writes them.
func formats() []format {
	return []format{
		{"zip", has("PK\x03\x04"), (*comparer).zip},
		{"gzip", has("\x1f\x8b"), (*comparer).gzip},
		{"bzip2", has("BZh"), (*comparer).bzip2},
		{"zlib", isZlib, (*comparer).zlib},
		{"npy", has("\x93NUMPY"), (*comparer).npy},
		{"png", has("\x89PNG\r\n\x1a\n"), (*comparer).png},
		{"pickle", isPickle, (*comparer).pickle},
		{"tar", isTar, (*comparer).tar},
		{"json", isJSON, (*comparer).json},
		{"text", isText, (*comparer).text},
	}
}

// sniffed is how many bytes formats are told by.
const sniffed = 4096

// blobs finds the first difference of two files; nil if there is none.
func (c *comparer) blobs(name string, a, b blob) *found {
	at, same := firstDifference(a, b)
	if same {
		return nil
	}
	x, y := a.head(0, sniffed), b.head(0, sniffed)
	if c.depth < maxDepth {
		for _, f := range formats() {
			if !f.is(x) || !f.is(y) {
				continue
			}
			c.depth++
			d := f.compare(c, name, a, b)
			c.depth--
			if d != nil {
				if d.format == "" {
					d.format = f.name
				}
				return d
			}
		}
	}
	return c.binary(a, b, at)
}

// firstDifference returns the offset of the first byte that differs.
func firstDifference(a, b blob) (at int64, same bool) {
	chunk := min(1<<20, max(a.size, b.size))
	x, y := make([]byte, chunk), make([]byte, chunk)
	for {
		n, _ := a.r.ReadAt(x[:min(chunk, max(0, a.size-at))], at)
		m, _ := b.r.ReadAt(y[:min(chunk, max(0, b.size-at))], at)
		k := commonPrefix(x[:n], y[:m])
		at += int64(k)
		if k < max(n, m) {
			return at, false
		}
		if k == 0 {
			return at, a.size == b.size
		}
	}
}

func commonPrefix(x, y []byte) int {
	n := min(len(x), len(y))
	if bytes.Equal(x[:n], y[:n]) {
		return n
	}
	for i := range n {
		if x[i] != y[i] {
			return i
		}
	}
	return n
}

func has(magic string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }
}

// isZlib knows the two bytes of a zlib header: method 8, and a check sum.
func isZlib(h []byte) bool {
	return len(h) > 2 && h[0] == 0x78 && (int(h[0])<<8|int(h[1]))%31 == 0
}

func isPickle(h []byte) bool { return len(h) > 2 && h[0] == 0x80 && h[1] >= 2 && h[1] <= 5 }

func isTar(h []byte) bool { return len(h) > 262 && string(h[257:262]) == "ustar" }

func isJSON(h []byte) bool {
	h = bytes.TrimLeft(h, " \t\r\n")
	return len(h) > 0 && (h[0] == '{' || h[0] == '[') && isText(h)
}

// isText reports whether bytes are lines for people: UTF-8 but for a character that is cut off at the end,
// and no control characters.
func isText(h []byte) bool {
	for len(h) > 0 {
		r, n := utf8.DecodeRune(h)
		if r == utf8.RuneError && n <= 1 && utf8.FullRune(h) {
			return false
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' && r != 0x1b {
			return false
		}
		h = h[n:]
	}
	return true
}
