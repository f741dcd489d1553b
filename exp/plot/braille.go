package plot

import "math"

// dots is a canvas of a terminal's cells. A cell has two by four dots in braille,
// and one where marks tell series apart. A cell has the colour of what was
// drawn in it last.
type dots struct {
	w, h   int // in cells
	fine   bool
	bits   []rune
	series []int // plus one; 0 is empty
}

func newDots(w, h int, fine bool) *dots {
	return &dots{w: w, h: h, fine: fine, bits: make([]rune, w*h), series: make([]int, w*h)}
}

// size is the size in dots.
func (d *dots) size() (w, h int) {
	if d.fine {
		return d.w * 2, d.h * 4
	}
	return d.w, d.h
}

// pattern is the bit of a dot, by column and row: how braille is numbered.
var pattern = [2][4]rune{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}

func (d *dots) set(x, y, series int) {
	w, h := d.size()
	if x < 0 || y < 0 || x >= w || y >= h {
		return
	}
	cell, bit := y*d.w+x, rune(1)
	if d.fine {
		cell, bit = y/4*d.w+x/2, pattern[x%2][y%4]
	}
	d.bits[cell] |= bit
	d.series[cell] = series + 1
}

// line sets the dots from one point to another.
func (d *dots) line(x0, y0, x1, y1, series int) {
	n := max(abs(x1-x0), abs(y1-y0))
	for i := 0; i <= n; i++ {
		t := 0.0
		if n > 0 {
			t = float64(i) / float64(n)
		}
		d.set(x0+int(math.Round(t*float64(x1-x0))), y0+int(math.Round(t*float64(y1-y0))), series)
	}
}

// row returns a line of the terminal, its colours told once a stretch.
func (d *dots) row(t *terminal, y int, ink func(k int) int) string {
	out, stretch, last := "", "", -1
	paint := func() {
		switch {
		case last < 0:
			out += stretch
		case last == guide:
			out += t.faint(stretch)
		default:
			out += t.paint(ink(last), stretch)
		}
		stretch = ""
	}
	for x := range d.w {
		k := d.series[y*d.w+x] - 1
		if k != last && k >= 0 {
			paint()
			last = k
		}
		stretch += d.cell(t, y*d.w+x, k, ink)
	}
	paint()
	return out
}

func (d *dots) cell(t *terminal, at, k int, ink func(k int) int) string {
	switch {
	case k < 0:
		return " "
	case k == guide:
		return t.glyph("·", ".")
	case d.fine:
		return string(0x2800 + d.bits[at])
	}
	return t.mark(ink(k))
}

// guide is the series of what is no data.
const guide = 1 << 20

func abs(i int) int { return max(i, -i) }
