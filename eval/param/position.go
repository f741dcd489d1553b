package param

import (
	"bufio"
	"sort"

	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2"
)

// places turns byte offsets of one source into spans.
type places struct {
	file  string
	text  []byte
	mask  bool
	lines []int    // offset of each line's first byte; lines end with a line feed
	last  diag.Pos // the place found last: columns are counted on from there
}

func newPlaces(src Source) *places {
	p := &places{file: src.Path, text: src.Bytes, mask: src.Masked, lines: []int{0}}
	for i, c := range src.Bytes {
		if c == '\n' {
			p.lines = append(p.lines, i+1)
		}
	}
	return p
}

// span returns the span of the bytes from start up to end.
func (p *places) span(start, end int) diag.Span {
	return diag.Span{File: p.file, Start: p.pos(start), End: p.pos(end), Masked: p.mask}
}

func (p *places) pos(off int) diag.Pos {
	off = max(0, min(off, len(p.text)))
	line := sort.SearchInts(p.lines, off+1)
	from := diag.Pos{Line: line, Column: 1, Byte: p.lines[line-1]}
	if p.last.Line == line && p.last.Byte <= off {
		from = p.last // a long line is walked once, not once a value
	}
	p.last = diag.Pos{Line: line, Column: from.Column + graphemes(p.text[from.Byte:off]), Byte: off}
	return p.last
}

// lineStart returns the offset of a line counted from 1.
func (p *places) lineStart(line int) int {
	return p.lines[max(0, min(line-1, len(p.lines)-1))]
}

// graphemes counts the characters that a reader sees in a part of a line.
func graphemes(b []byte) int {
	ascii := true
	for _, c := range b {
		ascii = ascii && c < 0x80
	}
	if ascii {
		return len(b)
	}
	whole := func(data []byte, atEOF bool) (int, []byte, error) {
		if !atEOF || len(data) == 0 {
			return 0, nil, nil
		}
		return len(data), data, bufio.ErrFinalToken
	}
	sc := hcl.NewRangeScanner(b, "", whole)
	sc.Scan()
	return sc.Range().End.Column - 1
}
