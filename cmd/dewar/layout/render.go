package layout

import (
	"slices"
	"sort"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// bus carries the edges of one vertex across the gap below its layer: one
// horizontal line from which they go down.
type bus struct {
	from   int   // column of the source
	to     []int // columns of the targets
	lo, hi int   // the columns it spans
	track  int
}

// buses returns what crosses the gap below a layer, each with a track of its
// own where lines would run on top of each other.
func (l *layers) buses(row []int) (list []bus, tracks int) {
	for _, v := range row {
		if len(l.vs[v].down) == 0 {
			continue
		}
		b := bus{from: l.vs[v].center()}
		b.lo, b.hi = b.from, b.from
		for _, w := range l.vs[v].down {
			c := l.vs[w].center()
			b.to = append(b.to, c)
			b.lo, b.hi = min(b.lo, c), max(b.hi, c)
		}
		list = append(list, b)
	}
	// A vertical line that ends in a column where another begins must end
	// above it: what begins there comes first.
	sort.SliceStable(list, func(i, j int) bool { return before(&list[i], &list[j]) })
	for i := range list {
		b := &list[i]
		if b.lo == b.hi {
			continue // straight down
		}
		for j := range list[:i] {
			o := &list[j]
			if o.lo != o.hi && o.track >= b.track && collide(b, o) {
				b.track = o.track + 1
			}
		}
		tracks = max(tracks, b.track+1)
	}
	return list, tracks
}

// collide reports whether two lines on one track would run on top of each
// other. Meeting in the column of a common target is no collision.
func collide(a, b *bus) bool {
	lo, hi := max(a.lo, b.lo), min(a.hi, b.hi)
	return lo < hi || lo == hi && !(slices.Contains(a.to, lo) && slices.Contains(b.to, lo))
}

// before reports whether a's line should be above b's.
func before(a, b *bus) bool {
	for _, c := range b.to {
		if c == a.from && b.lo != b.hi {
			return true
		}
	}
	return false
}

// The directions in which a cell has a line.
const (
	up = 1 << iota
	down
	left
	right
)

var glyphs = [16]rune{
	0: ' ', up: '│', down: '│', up | down: '│', left: '─', right: '─', left | right: '─',
	down | right: '┌', down | left: '┐', up | right: '└', up | left: '┘',
	up | down | right: '├', up | down | left: '┤', down | left | right: '┬', up | left | right: '┴',
	up | down | left | right: '┼',
}

// canvas is rows of cells; text overrides lines.
type canvas struct {
	lines [][]uint8
	text  []map[int]string // by row: text that begins at a column
}

func (c *canvas) at(y, x int) *uint8 {
	for len(c.lines) <= y {
		c.lines = append(c.lines, nil)
		c.text = append(c.text, nil)
	}
	for len(c.lines[y]) <= x {
		c.lines[y] = append(c.lines[y], 0)
	}
	return &c.lines[y][x]
}

func (c *canvas) horizontal(y, x0, x1 int) {
	for x := x0; x < x1; x++ {
		*c.at(y, x) |= right
		*c.at(y, x+1) |= left
	}
}

func (c *canvas) vertical(x, y0, y1 int) {
	for y := y0; y < y1; y++ {
		*c.at(y, x) |= down
		*c.at(y+1, x) |= up
	}
}

func (c *canvas) write(y, x int, s string) {
	c.at(y, x)
	if c.text[y] == nil {
		c.text[y] = map[int]string{}
	}
	c.text[y][x] = s
}

func (l *layers) render() []string {
	var c canvas
	y := 0
	for _, row := range l.rows {
		height := 1
		for _, v := range row {
			height = max(height, l.vs[v].height)
		}
		list, tracks := l.buses(row)
		for _, v := range row {
			l.draw(&c, &l.vs[v], y, height)
		}
		bottom := y + height - 1
		next := bottom + 1
		if len(list) > 0 {
			next += tracks + 1
		}
		for _, b := range list {
			at := bottom + 1 + b.track
			c.vertical(b.from, bottom, at)
			c.horizontal(at, b.lo, b.hi)
			for _, to := range b.to {
				c.vertical(to, at, next)
			}
		}
		y = next
	}
	return c.strings()
}

// draw draws a box, or the piece of an edge that passes by.
func (l *layers) draw(c *canvas, v *vertex, y, height int) {
	if v.box < 0 {
		c.vertical(v.x, y, y+height-1)
		return
	}
	x1, y1 := v.x+v.width-1, y+v.height-1
	c.horizontal(y, v.x, x1)
	c.horizontal(y1, v.x, x1)
	c.vertical(v.x, y, y1)
	c.vertical(x1, y, y1)
	for i, line := range l.boxes[v.box].Lines {
		pad := (v.width - 4 - ansi.StringWidth(line)) / 2
		c.write(y+1+i, v.x+2+pad, line)
	}
	if y1 < y+height-1 && len(v.down) > 0 {
		c.vertical(v.center(), y1, y+height-1)
	}
}

// strings turns the canvas into lines without trailing blanks.
func (c *canvas) strings() []string {
	out := make([]string, len(c.lines))
	for y, cells := range c.lines {
		var b strings.Builder
		for x := 0; x < len(cells); x++ {
			if s, ok := c.text[y][x]; ok {
				b.WriteString(s)
				x += ansi.StringWidth(s) - 1
				continue
			}
			b.WriteRune(glyphs[cells[x]])
		}
		out[y] = strings.TrimRight(b.String(), " ")
	}
	return out
}
