package plot

import (
	"math"
	"strings"
)

// area is the rectangle that data is drawn in, and its scales.
type area struct {
	x, y, w, h float64
	xs, ys     scale
}

func (a area) px(v float64) float64 { return a.x + a.w*a.xs.of(v) }
func (a area) py(v float64) float64 { return a.y + a.h*(1-a.ys.of(v)) }

// scales returns the scales of a chart with x and y, for about so many ticks.
func (c *chart) scales(wantX, wantY int) (xs, ys scale) {
	var allX, allY [][]float64
	for _, s := range c.series {
		allX, allY = append(allX, s.xs), append(allY, s.ys)
		if s.smooth != nil {
			allY = append(allY, s.smooth)
		}
	}
	switch {
	case c.unit:
		return tight(0, 1, 5), tight(0, 1, 5)
	case c.family == bins:
		_, hi := extent(allY...)
		return tight(c.edges[0], c.edges[len(c.edges)-1], wantX), nice(0, hi, wantY)
	}
	x0, x1 := extent(allX...)
	y0, y1 := extent(allY...)
	ys = nice(y0, y1, wantY)
	switch {
	case c.names != nil:
		return named(c.names, wantX), ys
	case c.points:
		x0, x1 = pad(x0, x1, 0.02)
		y0, y1 = pad(y0, y1, 0.02)
		return tight(x0, x1, wantX), tight(y0, y1, wantY)
	}
	return tight(x0, x1, wantX), ys
}

// named is a scale of categories; of too many, not all are labelled.
func named(names []string, want int) scale {
	s := scale{lo: -0.5, hi: float64(len(names)) - 0.5}
	every := max(1, (len(names)+want-1)/max(1, want))
	for i := 0; i < len(names); i += every {
		s.ticks = append(s.ticks, tick{float64(i), printable(names[i])})
	}
	return s
}

// frame draws the grid, the axes and their names, and returns what is left for data.
func (s *svg) frame(c *chart) area {
	a := area{y: s.at + 18}
	a.xs, a.ys = c.scales(int(s.width/90), int(s.height/60))
	wide := 0.0
	for _, t := range a.ys.ticks {
		wide = math.Max(wide, textWidth(t.label, fontSize))
	}
	a.x = margin + wide + 12
	a.w = s.width - margin - 8 - a.x
	a.h = math.Max(80, s.height-a.y-56-15*float64(len(c.notes)))
	if c.square {
		a.h = math.Min(a.w, math.Max(a.h, 200))
		a.w = a.h
	}
	s.text(margin, s.at+6, "start", "muted", cut(c.yLabel, s.width-2*margin, fontSize))
	for _, t := range a.ys.ticks {
		s.line("grid", a.x, a.py(t.at), a.x+a.w, a.py(t.at))
		s.text(a.x-8, a.py(t.at)+4, "end", "muted", t.label)
	}
	s.xAxis(a, c.xLabel)
	s.at = a.y + a.h + 40
	return a
}

// xAxis draws the lower axis.
func (s *svg) xAxis(a area, label string) {
	s.line("axis", a.x, a.y+a.h, a.x+a.w, a.y+a.h)
	room := a.w / math.Max(1, float64(len(a.xs.ticks)))
	for _, t := range a.xs.ticks {
		x := a.px(t.at)
		s.line("axis", x, a.y+a.h, x, a.y+a.h+4)
		s.text(x, a.y+a.h+17, "middle", "muted", cut(t.label, math.Max(room-4, 24), fontSize))
	}
	s.text(a.x+a.w/2, a.y+a.h+35, "middle", "ink", cut(label, a.w, fontSize))
}

// polyline is the d of a path through points; a gap lifts the pen.
func (a area) polyline(xs, ys []float64) string {
	var d strings.Builder
	pen := "M"
	for i := range xs {
		if !finite(xs[i]) || !finite(ys[i]) {
			pen = "M"
			continue
		}
		d.WriteString(pen + coordinate(a.px(xs[i])) + " " + coordinate(a.py(ys[i])))
		pen = "L"
	}
	return d.String()
}
