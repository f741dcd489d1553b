package diag

import (
	"bytes"

	"github.com/clipperhouse/displaywidth"
)

// snippets finds the lines of the sources that spans point at. Each file is
// indexed once, however many diagnostics are about it.
type snippets struct {
	src   Sources
	files map[string]*lineIndex
}

// lineIndex is a file with the offsets of its lines.
type lineIndex struct {
	text   []byte
	starts []int
}

func newSnippets(src Sources) *snippets {
	return &snippets{src: src, files: make(map[string]*lineIndex)}
}

// of returns the snippet of s, or nil if there is no such place in the sources, or
// if it must not be shown.
func (x *snippets) of(s Span) *Snippet {
	if s.Start.Line < 1 || s.Masked {
		return nil
	}
	f := x.file(s.File)
	if f == nil || s.Start.Line > len(f.starts) {
		return nil
	}
	line, at := f.line(s.Start.Line)
	start := f.offset(s.Start, line, at)
	end := len(line) // of a longer span the first line is shown
	if s.End.Line <= s.Start.Line {
		end = f.offset(s.End, line, at)
	}
	return &Snippet{Line: s.Start.Line, Text: string(line), Start: start, End: max(start, end)}
}

func (x *snippets) file(name string) *lineIndex {
	f, known := x.files[name]
	if known || x.src == nil {
		return f
	}
	if text, ok := x.src.Source(name); ok {
		f = indexLines(text)
	}
	x.files[name] = f
	return f
}

func indexLines(text []byte) *lineIndex {
	starts := make([]int, 1, 1+bytes.Count(text, []byte{'\n'}))
	for i := 0; ; {
		n := bytes.IndexByte(text[i:], '\n')
		if n < 0 {
			return &lineIndex{text, starts}
		}
		i += n + 1
		starts = append(starts, i)
	}
}

// line returns line n, from 1, without its end, and where it begins.
func (f *lineIndex) line(n int) (line []byte, at int) {
	at = f.starts[n-1]
	end := len(f.text)
	if n < len(f.starts) {
		end = f.starts[n]
	}
	line = bytes.TrimSuffix(f.text[at:end], []byte{'\n'})
	return bytes.TrimSuffix(line, []byte{'\r'}), at
}

// offset returns how far p is into the line that begins at byte at. The byte
// counts if it lies in the line; readers of other formats only know columns.
func (f *lineIndex) offset(p Pos, line []byte, at int) int {
	if n := p.Byte - at; n >= 0 && n <= len(line) && (p.Byte > 0 || p.Column <= 1) {
		return n
	}
	n := 0
	g := displaywidth.BytesGraphemes(line)
	for col := 1; col < p.Column && g.Next(); col++ {
		n += len(g.Value())
	}
	return n
}
