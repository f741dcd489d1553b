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
	d := &document{text: text, starts: make([]int, 1, 1+strings.Count(text, "\n"))}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\r':
			if i+1 < len(text) && text[i+1] == '\n' {
				continue
			}
		case '\n':
		default:
			continue
		}
		d.starts = append(d.starts, i+1)
	}
	return d
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
	units := 0
	for i, r := range line {
		if units >= p.Character {
			return at + i
		}
		if units += unitsOf(r); units > p.Character {
			return at + i // in the middle of a pair: before it
		}
	}
	return at + len(line)
}

// position is how a client calls the place at an offset.
func (d *document) position(offset int) position {
	offset = max(0, min(offset, len(d.text)))
	n := sort.SearchInts(d.starts, offset+1) - 1
	line, at := d.line(n)
	end := min(offset-at, len(line))
	for end > 0 && end < len(line) && !utf8.RuneStart(line[end]) {
		end-- // in the middle of a character: before it
	}
	return position{n, units(line[:end])}
}

func (d *document) span(start, end int) textRange {
	return textRange{d.position(start), d.position(max(start, end))}
}

// edited returns the document after one change.
func (d *document) edited(c contentChange) *document {
	if c.Range == nil {
		return newDocument(c.Text)
	}
	start := d.offset(c.Range.Start)
	end := max(start, d.offset(c.Range.End))
	return newDocument(d.text[:start] + c.Text + d.text[end:])
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
