package diag

// snippets finds the lines of the sources that spans point at. Each file is
// indexed once, however many diagnostics are about it.
type snippets struct {
	src   Sources
	files map[string]*Lines
}

func newSnippets(src Sources) *snippets {
	return &snippets{src: src, files: make(map[string]*Lines)}
}

// of returns the snippet of s, or nil if there is no such place in the sources, or
// if it must not be shown.
func (x *snippets) of(s Span) *Snippet {
	if s.Start.Line < 1 || s.Masked {
		return nil
	}
	f := x.file(s.File)
	if f == nil || s.Start.Line > f.Count() {
		return nil
	}
	line, at := f.Line(s.Start.Line)
	start := min(f.Offset(s.Start)-at, len(line))
	end := len(line) // of a longer span the first line is shown
	if s.End.Line <= s.Start.Line {
		end = min(f.Offset(s.End)-at, len(line))
	}
	return &Snippet{Line: s.Start.Line, Text: string(line), Start: start, End: max(start, end)}
}

func (x *snippets) file(name string) *Lines {
	f, known := x.files[name]
	if known || x.src == nil {
		return f
	}
	if text, ok := x.src.Source(name); ok {
		f = NewLines(text)
	}
	x.files[name] = f
	return f
}

// rangeOf is a span for programs: its bytes are those of the file as it lies, if the
// sources have it.
func (x *snippets) rangeOf(s Span) *Range {
	if s.IsZero() {
		return nil
	}
	out := &Range{File: s.File, Start: Position(s.Start), End: Position(s.End)}
	if f := x.file(s.File); f != nil && s.Start.Line > 0 {
		out.Start.Byte, out.End.Byte = f.Offset(s.Start), f.Offset(s.End)
	}
	return out
}
