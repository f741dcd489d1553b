package lsp

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// document is the text of a file, with its lines. It is never changed: an edit makes
// another.
type document struct {
	text   string
	starts []int // offsets of the lines; a line ends with \n, \r\n or \r
}

func newDocument(text string) *document {
	starts := make([]int, 1, 1+strings.Count(text, "\n"))
	return &document{text, appendStarts(starts, text, 0, len(text))}
}

// appendStarts adds the beginnings of lines after the line ends in a range.
func appendStarts[T string | []byte](starts []int, text T, from, to int) []int {
	for i := from; i < to; i++ {
		if text[i] == '\n' || text[i] == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// line returns line n, from 0, without its end, and where it begins.
func (d *document) line(n int) (string, int) {
	end := len(d.text)
	if n+1 < len(d.starts) {
		end = d.starts[n+1]
	}
	return strings.TrimRight(d.text[d.starts[n]:end], "\r\n"), d.starts[n]
}

// offset is the place that a client means. One beyond the end of its line, or of the
// text, is the end.
func (d *document) offset(p position) int {
	if p.Line < 0 {
		return 0
	}
	if p.Line >= len(d.starts) {
		return len(d.text)
	}
	line, at := d.line(p.Line)
	return at + offsetIn(line, p.Character)
}

// offsetIn is where in a line a character is that is counted in UTF-16.
func offsetIn(line string, character int) int {
	units := 0
	for i, r := range line {
		if units >= character {
			return i
		}
		if units += unitsOf(r); units > character {
			return i // in the middle of a pair: before it
		}
	}
	return len(line)
}

// position is how a client calls the place at an offset.
func (d *document) position(offset int) position {
	c := cursor{document: d}
	return c.position(offset)
}

func (d *document) span(start, end int) textRange {
	c := cursor{document: d}
	return c.span(start, end)
}

// row is the line of an offset, from 0.
func (d *document) row(offset int) int {
	return sort.SearchInts(d.starts, max(0, min(offset, len(d.text)))+1) - 1
}

// cursor finds the positions of many places that lie near each other: it counts from the
// last one, not from the beginning of the line, which may be long.
type cursor struct {
	*document
	at   int      // the offset that was asked for last, at the beginning of a character
	last position // of it
}

func (c *cursor) position(offset int) position {
	offset = max(0, min(offset, len(c.text)))
	n := c.row(offset)
	line, begin := c.line(n)
	end := min(offset-begin, len(line))
	for end > 0 && end < len(line) && !utf8.RuneStart(line[end]) {
		end-- // in the middle of a character: before it
	}
	at := begin + end
	if n != c.last.Line || c.at < begin {
		c.at, c.last = begin, position{n, 0}
	}
	if at >= c.at {
		c.last.Character += units(c.text[c.at:at])
	} else {
		c.last.Character -= units(c.text[at:c.at])
	}
	c.at = at
	return c.last
}

func (c *cursor) span(start, end int) textRange {
	from := c.position(start)
	return textRange{from, c.position(max(start, end))}
}

// unitsOf is how many UTF-16 code units a character takes.
func unitsOf(r rune) int {
	if r >= 0x10000 {
		return 2
	}
	return 1
}

// units is how many UTF-16 code units s takes.
func units(s string) int {
	n := 0
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			n++
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		n += unitsOf(r)
		i += size
	}
	return n
}
