package table

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Options say what a terminal can do.
type Options struct {
	Width   int  // columns of characters; 0 for any number
	Color   bool // it shows colors
	Unicode bool // it shows more than ASCII; what is in cells stays as it is
}

// Text draws the table for a terminal: a line of groups if there are any, a line
// of headers, and the rows, with numbers aligned at their decimal points. When it
// is too wide, the columns that say least are left out and counted below.
func (t *Table) Text(w io.Writer, o Options) error {
	s := signsOf(o)
	pieces := t.pieces(s)
	lanes, elided := t.fit(t.lanes(pieces), o.Width, s)
	if len(lanes) == 0 {
		return nil
	}
	d := &drawing{out: bufio.NewWriterSize(w, 1<<16), color: o.Color, signs: s}
	t.drawHead(d, lanes)
	for r := range t.Rows {
		t.drawRow(d, lanes, pieces[r*len(t.Columns):], &t.Rows[r])
	}
	if elided == 1 {
		d.note(s.dots + " 1 more column; --csv or --only-changed shows it")
	} else if elided > 1 {
		d.note(fmt.Sprintf("%s %d more columns; --csv or --only-changed shows them", s.dots, elided))
	}
	return d.out.Flush()
}

// drawHead draws the groups, the headers and lines below every group.
func (t *Table) drawHead(d *drawing, lanes []lane) {
	grouped := false
	for i, l := range lanes {
		if group := t.Columns[l.column].Group; group != "" && t.groupStarts(lanes, i) {
			name, _ := clean(group)
			d.to(l.start)
			d.write(name, width(name), faint)
			grouped = true
		}
	}
	if grouped {
		d.end()
	}
	for _, l := range lanes {
		d.to(l.start)
		if t.Columns[l.column].Numeric {
			d.to(l.start + l.width - width(l.title))
		}
		d.write(l.title, width(l.title), bold)
	}
	d.end()
	start := 0
	for i, l := range lanes {
		if t.groupStarts(lanes, i) {
			start = l.start
		}
		if t.groupEnds(lanes, i) {
			d.to(start)
			n := l.start + l.width - start
			d.write(strings.Repeat(d.signs.line, n), n, faint)
		}
	}
	d.end()
}

func (t *Table) drawRow(d *drawing, lanes []lane, pieces []piece, row *Row) {
	for i := range lanes {
		l := &lanes[i]
		p := pieces[l.column]
		if int(p.width) > l.width {
			p.text = shorten(p.text, l.width, d.signs.dots)
			p.width = int32(width(p.text))
		}
		d.to(l.start + l.left(&p, t.Columns[l.column].Numeric))
		d.write(p.text, int(p.width), styleOf(row, row.at(l.column)))
	}
	d.end()
}

// left returns how far from the start of a lane a piece stands. A text among
// numbers ends where their whole part does, if it fits.
func (l *lane) left(p *piece, numeric bool) int {
	switch {
	case !numeric:
		return 0
	case p.point >= 0:
		return l.width - l.part - int(p.point)
	default:
		if left := l.width - l.part - int(p.width); left >= 0 {
			return left
		}
		return max(0, l.width-int(p.width))
	}
}

// TextPlain draws the table as a plain list: headers and cells aligned to the
// left, four spaces apart, as wide as it comes.
func (t *Table) TextPlain(w io.Writer, o Options) error {
	s := signsOf(o)
	pieces := t.pieces(s)
	lanes := t.lanes(pieces)
	d := &drawing{out: bufio.NewWriterSize(w, 1<<16), color: o.Color, signs: s}
	if len(lanes) == 0 {
		return nil
	}
	at := 0
	for i := range lanes {
		l := &lanes[i]
		for r := range t.Rows {
			l.width = max(l.width, int(pieces[r*len(lanes)+i].width))
		}
		l.width = max(l.width, width(l.title))
		l.start = at
		at += l.width + 4
		d.to(l.start)
		d.write(l.title, width(l.title), bold)
	}
	d.end()
	for r := range t.Rows {
		for i, l := range lanes {
			p := &pieces[r*len(lanes)+i]
			d.to(l.start)
			d.write(p.text, int(p.width), styleOf(&t.Rows[r], t.Rows[r].at(i)))
		}
		d.end()
	}
	return d.out.Flush()
}
