package param

import (
	"bufio"

	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2"
)

// places turns byte offsets of one source into spans.
type places struct {
	file  string
	text  []byte
	mask  bool
	lines *diag.Lines
	last  diag.Pos // the place found last: columns are counted on from there
	at    int      // its offset
	line  int      // the line that it is on; 0: none was found yet
	from  int      // where that line begins
	to    int      // where its text ends, before what ends the line
	first int      // what a Pos at from has as its byte
}

func newPlaces(src Source) *places {
	return &places{file: src.Path, text: src.Bytes, mask: src.Masked, lines: diag.NewLines(src.Bytes)}
}

// span returns the span of the bytes from start up to end.
func (p *places) span(start, end int) diag.Span {
	return diag.Span{File: p.file, Start: p.pos(start), End: p.pos(end), Masked: p.mask}
}

func (p *places) pos(off int) diag.Pos {
	off = max(0, min(off, len(p.text)))
	if p.line == 0 || off < p.from || off > p.to {
		p.turn(off)
	}
	from, column := p.from, 1
	if p.last.Line == p.line && p.at <= off {
		from, column = p.at, p.last.Column // a long line is walked once, not once a value
	}
	counted := p.first + min(off, p.to) - p.from
	p.last, p.at = diag.Pos{Line: p.line, Column: column + graphemes(p.text[from:off]), Byte: counted}, off
	return p.last
}

// turn goes to the line that an offset is on: the places asked for one after the other mostly
// are on one line.
func (p *places) turn(off int) {
	line, from, counted := p.lines.At(off)
	text, _ := p.lines.Line(line)
	p.line, p.from, p.to = line, from, from+len(text)
	p.first = counted - min(off-from, len(text))
}

// byteOf is where in the text a place is that pos gave.
func (p *places) byteOf(at diag.Pos) int { return p.lines.Offset(at) }

// lineStart returns the offset of a line counted from 1.
func (p *places) lineStart(line int) int {
	_, at := p.lines.Line(max(1, min(line, p.lines.Count())))
	return at
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
