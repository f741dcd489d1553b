package plot

import (
	"math"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// textCurves draws lines and points: in braille, where one can tell the series apart.
func (c *chart) textCurves(t *terminal) {
	fine := t.Unicode && (t.Color || len(c.series) == 1)
	sign := func(k int) string {
		if fine {
			return "━━"
		}
		return t.mark(c.ink(k))
	}
	lines := max(5, t.Height-6-c.below(t, sign))
	xs, ys := c.scales(max(2, t.Width/14), max(2, lines/3))
	wide := widest(ys.ticks)
	d := newDots(max(10, t.Width-wide-3), lines, fine)
	for k := range c.series {
		c.draw(d, k, xs, ys)
	}
	if c.square {
		d.guide(xs, ys)
	}
	t.put(t.faint(t.clip(c.yLabel, t.Width)))
	labels := labelsOf(ys, lines)
	for y := range lines {
		label, bar := labels[y], t.glyph("┤", "+")
		if label == "" {
			bar = t.glyph("│", "|")
		}
		t.put(t.faint(right(label, wide)+" "+bar) + d.row(t, y, c.ink))
	}
	t.axis(xs, wide, d.w, c.xLabel)
	c.textLegend(t, sign)
}

// draw puts a series into the dots.
func (c *chart) draw(d *dots, k int, xs, ys scale) {
	s := c.series[k]
	values := s.ys
	if s.smooth != nil {
		values = s.smooth
	}
	w, h := d.size()
	at := func(i int) (int, int) {
		return int(math.Round(xs.of(s.xs[i]) * float64(w-1))), int(math.Round((1 - ys.of(values[i])) * float64(h-1)))
	}
	before := -1
	for i := range s.xs {
		if !finite(s.xs[i]) || !finite(values[i]) {
			before = -1
			continue
		}
		x, y := at(i)
		if before >= 0 && !c.points {
			x0, y0 := at(before)
			d.line(x0, y0, x, y, k)
		}
		d.set(x, y, k)
		before = i
	}
}

// guide draws the diagonal into cells that are empty.
func (d *dots) guide(xs, ys scale) {
	for x := range d.w {
		v := xs.lo + (xs.hi-xs.lo)*float64(x)/float64(d.w-1)
		y := int(math.Round((1 - ys.of(v)) * float64(d.h-1)))
		if y >= 0 && y < d.h && x%2 == 0 && d.series[y*d.w+x] == 0 {
			d.series[y*d.w+x] = guide + 1
		}
	}
}

// axis draws the lower axis, its labels and its name.
func (t *terminal) axis(xs scale, indent, wide int, name string) {
	dash, tee := t.glyph("─", "-"), t.glyph("┬", "+")
	bar := []string{}
	for range wide {
		bar = append(bar, dash)
	}
	labels, end := "", 0
	for _, k := range xs.ticks {
		x := int(math.Round(xs.of(k.at) * float64(wide-1)))
		label := t.clip(k.label, 14)
		from := min(max(0, x-displaywidth.String(label)/2), max(0, wide-displaywidth.String(label)))
		if x < 0 || x >= wide || from < end {
			continue
		}
		bar[x] = tee
		labels = left(labels, from) + label
		end = from + displaywidth.String(label) + 2
	}
	t.put(t.faint(strings.Repeat(" ", indent+1) + t.glyph("└", "+") + strings.Join(bar, "")))
	t.put(t.faint(strings.Repeat(" ", indent+2) + labels))
	t.put(strings.Repeat(" ", indent+2) + strings.TrimRight(centered(t.clip(name, wide), wide), " "))
}
