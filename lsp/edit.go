package lsp

import "slices"

// edited returns the document after changes, each of which is about the text that the
// ones before it made.
func (d *document) edited(changes ...contentChange) *document {
	e := &editing{text: []byte(d.text), starts: slices.Clone(d.starts)}
	for _, c := range changes {
		if c.Range == nil {
			all := newDocument(c.Text)
			e.text, e.starts = []byte(all.text), all.starts
			continue
		}
		start := e.offset(c.Range.Start)
		e.replace(start, max(start, e.offset(c.Range.End)), c.Text)
	}
	return &document{text: string(e.text), starts: e.starts}
}

// editing is a document that is changed in place: a message may bring thousands of
// changes, and the lines must not be found anew for each.
type editing struct {
	text   []byte
	starts []int
}

// offset is that of a document.
func (e *editing) offset(p position) int {
	switch {
	case p.Line < 0:
		return 0
	case p.Line >= len(e.starts):
		return len(e.text)
	}
	begin, end := e.starts[p.Line], len(e.text)
	if p.Line+1 < len(e.starts) {
		end = e.starts[p.Line+1]
	}
	for end > begin && (e.text[end-1] == '\n' || e.text[end-1] == '\r') {
		end--
	}
	if most := begin + max(0, p.Character)*4; most < end && most >= begin { // no character takes more bytes
		end = most
	}
	return begin + offsetIn(string(e.text[begin:end]), p.Character)
}

// replace puts a text in the place of a range. The lines that it touches are found anew,
// with what stands before and after it: a line's end may be two characters.
func (e *editing) replace(start, end int, text string) {
	lo, _ := slices.BinarySearch(e.starts, max(start-1, 0)+1)
	lo-- // the line of what stands before
	hi, _ := slices.BinarySearch(e.starts, end+2)
	by := len(text) - (end - start)
	e.text = slices.Replace(e.text, start, end, []byte(text)...)
	for i := hi; i < len(e.starts); i++ {
		e.starts[i] += by
	}
	stop := len(e.text)
	if hi < len(e.starts) {
		stop = e.starts[hi] - 1 // it begins after what is not looked at
	}
	e.starts = slices.Replace(e.starts, lo+1, hi, appendStarts(nil, e.text, e.starts[lo], stop)...)
}
