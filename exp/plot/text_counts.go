package plot

import (
	"fmt"
	"math"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// textBars draws a bar for each name and experiment.
func (c *chart) textBars(t *terminal) {
	names, numbers := 4, 4
	lo, hi := 0.0, 0.0
	for _, name := range c.names {
		names = max(names, min(displaywidth.String(printable(name)), t.Width/3))
	}
	for _, s := range c.series {
		l, h := extent(s.ys)
		lo, hi = math.Min(lo, l), math.Max(hi, h)
		for _, v := range s.ys {
			numbers = max(numbers, len(short(v)))
		}
	}
	lo, hi = apart(lo, hi)
	wide := max(5, t.Width-names-numbers-5)
	t.put(t.faint(t.clip(c.yLabel+" / "+c.xLabel, t.Width)))
	zero := int(math.Round(-lo / (hi - lo) * float64(wide)))
	for i, name := range c.names {
		label := t.clip(name, names)
		for k, s := range c.series {
			v, ok := s.value(i)
			if !ok {
				continue
			}
			line := right(label, names) + t.faint(" "+t.glyph("│", "|")) + c.textBar(t, k, v/(hi-lo)*float64(wide), zero) + " " + short(v)
			t.put(line)
			label = ""
		}
	}
	c.textLegend(t, func(k int) string { return c.fill(t, k) })
}

// value returns the bar of a name.
func (s series) value(name int) (float64, bool) {
	for i, at := range s.xs {
		if int(at) == name {
			return s.ys[i], true
		}
	}
	return 0, false
}

// fill is what the bars of series k are made of.
func (c *chart) fill(t *terminal, k int) string {
	if t.Unicode && (t.Color || len(c.series) == 1) {
		return "█"
	}
	if t.Unicode {
		return [...]string{"█", "░", "▓", "▒"}[c.ink(k)%4]
	}
	return [...]string{"#", "=", "*", "-", "o", "x"}[c.ink(k)%6]
}

// eighths are the parts of a block, from the left and from below. Never written to.
var (
	eighths = [...]string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}
	risen   = [...]string{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}
)

// textBar is a bar of so many columns from zero, to the right or to the left.
func (c *chart) textBar(t *terminal, k int, columns float64, zero int) string {
	block := c.fill(t, k)
	if columns < 0 {
		n := min(zero, int(math.Round(-columns)))
		return strings.Repeat(" ", zero-n) + t.paint(c.ink(k), strings.Repeat(block, n))
	}
	n := int(columns)
	part := ""
	if block == "█" {
		part = eighths[int((columns-float64(n))*8)]
	}
	if n == 0 && part == "" && columns > 0 {
		part = t.glyph("▏", ".")
	}
	return strings.Repeat(" ", zero) + t.paint(c.ink(k), strings.Repeat(block, n)+part)
}

// textBins draws histograms, one below the other: laid over they would hide each other.
func (c *chart) textBins(t *terminal) {
	n := max(1, len(c.series))
	lines := max(3, (t.Height-6-c.below(t, nil)-n)/n)
	most := 0.0
	for _, s := range c.series {
		_, h := extent(s.ys)
		most = math.Max(most, h)
	}
	ys := nice(0, most, max(1, lines/4))
	wide := max(1, widest(ys.ticks))
	per := max(1, (t.Width-wide-3)/max(1, len(c.edges)-1))
	t.put(t.faint(t.clip(c.yLabel, t.Width)))
	for k, s := range c.series {
		if n > 1 || len(c.experiments) > 1 {
			t.put(strings.Repeat(" ", wide+2) + t.paint(c.ink(k), t.clip(c.name(s), t.Width-wide-2)))
		}
		c.textHistogram(t, k, ys, lines, per)
	}
	xs := tight(c.edges[0], c.edges[len(c.edges)-1], max(2, t.Width/14))
	t.axis(xs, wide, per*(len(c.edges)-1), c.xLabel)
}

func (c *chart) textHistogram(t *terminal, k int, ys scale, lines, per int) {
	labels := labelsOf(ys, lines)
	for y := range lines {
		label, bar := labels[y], t.glyph("┤", "+")
		if label == "" {
			bar = t.glyph("│", "|")
		}
		line := ""
		for _, n := range c.series[k].ys {
			line += strings.Repeat(t.column(ys.of(n)*float64(lines)-float64(lines-1-y)), per)
		}
		t.put(t.faint(right(label, widest(ys.ticks))+" "+bar) + t.paint(c.ink(k), strings.TrimRight(line, " ")))
	}
}

// column is a cell that is filled from below so far.
func (t *terminal) column(part float64) string {
	if part <= 0 {
		return " "
	}
	if !t.Unicode {
		if part < 0.4 {
			return "."
		}
		return "#"
	}
	return risen[min(8, max(1, int(math.Round(part*8))))]
}

// textMatrices draws confusion matrices, beside each other while they fit.
func (c *chart) textMatrices(t *terminal) {
	names, cell := displaywidth.String("y"), 3
	for _, name := range c.classes {
		names = max(names, min(displaywidth.String(printable(name)), 16))
	}
	for _, m := range c.matrices {
		for y := range c.classes {
			for x := range c.classes {
				_, text := c.cell(m, y, x)
				cell = max(cell, len(text))
			}
		}
	}
	for _, name := range c.classes {
		cell = max(cell, min(displaywidth.String(printable(name)), 8))
	}
	if !t.Color {
		cell += 2 // the shade
	}
	cell = max(1, min(cell+2, (t.Width-names-1)/max(1, len(c.classes))))
	wide := names + 1 + cell*len(c.classes) + 3
	across := max(1, (t.Width+3)/wide)
	t.put(t.faint(t.clip(fmt.Sprintf("down: %s   across: %s", c.yLabel, c.xLabel), t.Width)))
	for i := 0; i < len(c.matrices); i += across {
		c.textMatrixRow(t, c.matrices[i:min(i+across, len(c.matrices))], names, cell)
	}
}

func (c *chart) textMatrixRow(t *terminal, row []matrix, names, cell int) {
	gap := "   "
	head, classes := "", ""
	for _, m := range row {
		head += t.bold(left(strings.Repeat(" ", names+1)+t.clip(m.label, cell*len(c.classes)), names+1+cell*len(c.classes))) + gap
		classes += strings.Repeat(" ", names+1)
		for _, name := range c.classes {
			classes += centered(t.clip(name, cell-1), cell)
		}
		classes += gap
	}
	t.put("")
	t.put(head)
	t.put(t.faint(classes))
	for y, name := range c.classes {
		line := ""
		for _, m := range row {
			line += right(t.clip(name, names), names) + " "
			for x := range c.classes {
				strength, text := c.cell(m, y, x)
				line += t.shaded(strength, text, cell, ansiBlues[:])
			}
			line += gap
		}
		t.put(line)
	}
}

// shaded is a cell of a table whose ground says how much.
func (t *terminal) shaded(strength float64, text string, wide int, ramp []int) string {
	if t.Color {
		cell := centered(clip(text, wide, ""), wide)
		color := ground(ramp, strength)
		if color < 0 {
			return cell
		}
		return t.sgr(fmt.Sprintf("48;5;%d;38;5;%d", color, onGround(color)), cell)
	}
	level := min(4, int(strength*5))
	shade := t.glyph([...]string{" ", "░", "▒", "▓", "█"}[level], [...]string{" ", ".", ":", "+", "#"}[level])
	return right(clip(text, wide-3, "")+" "+shade+" ", wide)
}
