package diag

import (
	"bytes"
	"sort"

	"github.com/clipperhouse/displaywidth"
)

// UnixLines returns text with its lines ended by line feeds alone: what the bytes of a
// Pos are counted in. A carriage return that no line feed follows stays.
func UnixLines(text []byte) []byte {
	if !bytes.Contains(text, []byte("\r\n")) {
		return text
	}
	return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
}

// Lines finds places in a text as it lies in its file. Whoever reads a file may have
// had it without the carriage returns that end its lines, and counts as if there were
// none; Lines alone knows where they are.
type Lines struct {
	text    []byte
	starts  []int // of the lines, in the text
	counted []int // the same as a Pos counts; nil: no different
}

// NewLines returns those of a text.
func NewLines(text []byte) *Lines {
	l := &Lines{text: text, starts: make([]int, 1, 1+bytes.Count(text, []byte{'\n'}))}
	returns := 0
	for i := 0; ; {
		n := bytes.IndexByte(text[i:], '\n')
		if n < 0 {
			return l
		}
		if i += n + 1; i > 1 && text[i-2] == '\r' {
			returns++
		}
		if returns > 0 && l.counted == nil {
			l.counted = append(make([]int, 0, cap(l.starts)), l.starts...)
		}
		l.starts = append(l.starts, i)
		if l.counted != nil {
			l.counted = append(l.counted, i-returns)
		}
	}
}

// Count is how many lines there are; what follows the last line feed is one too.
func (l *Lines) Count() int { return len(l.starts) }

// Line returns line n, from 1, without its end, and where in the text it begins.
func (l *Lines) Line(n int) (line []byte, at int) {
	at = l.starts[n-1]
	end := len(l.text)
	if n < len(l.starts) {
		end = l.starts[n] - 1
		if end > at && l.text[end-1] == '\r' {
			end--
		}
	}
	return l.text[at:end], at
}

// Offset returns where in the text a place is. The byte counts if it lies in the line,
// or is the first of the next one; readers of some formats know columns only.
func (l *Lines) Offset(p Pos) int {
	if p.Line < 1 {
		return 0
	}
	if p.Line > len(l.starts) {
		return len(l.text)
	}
	line, at := l.Line(p.Line)
	n := p.Byte - l.countedStart(p.Line)
	switch {
	case p.Byte == 0 && p.Column > 1:
	case n >= 0 && n <= len(line):
		return at + n
	case n == len(line)+1 && p.Line < len(l.starts):
		return l.starts[p.Line]
	}
	n = 0
	g := displaywidth.BytesGraphemes(line)
	for col := 1; col < p.Column && g.Next(); col++ {
		n += len(g.Value())
	}
	return at + n
}

// At returns which line an offset of the text is on, where that line begins, and what a
// Pos there has as its byte.
func (l *Lines) At(offset int) (n, start, counted int) {
	n = sort.SearchInts(l.starts, offset+1)
	line, start := l.Line(n)
	return n, start, l.countedStart(n) + min(offset-start, len(line))
}

// Pos is the place at an offset of the text.
func (l *Lines) Pos(offset int) Pos {
	n, start, counted := l.At(offset)
	column := 1
	for g := displaywidth.BytesGraphemes(l.text[start:offset]); g.Next(); {
		column++
	}
	return Pos{Line: n, Column: column, Byte: counted}
}

func (l *Lines) countedStart(n int) int {
	if l.counted == nil {
		return l.starts[n-1]
	}
	return l.counted[n-1]
}
