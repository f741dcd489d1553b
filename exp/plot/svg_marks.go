package plot

import (
	"fmt"
	"math"
)

// curves draws lines, points and histograms.
func (s *svg) curves(c *chart) {
	a := s.frame(c)
	if c.square {
		fmt.Fprintf(s, "<path class=\"axis\" d=\"M%s %sL%s %s\" stroke-dasharray=\"4,4\"/>\n", coordinate(a.px(0)), coordinate(a.py(0)), coordinate(a.px(1)), coordinate(a.py(1)))
	}
	for _, e := range c.series {
		switch {
		case c.family == bins:
			s.histogram(c, a, e)
		case c.points:
			s.points(a, e)
		case e.smooth != nil:
			s.stroke(a, e, e.ys, 1, 0.35)
			s.stroke(a, e, e.smooth, 2.5, 1)
		default:
			s.stroke(a, e, e.ys, 2, 1)
		}
	}
}

func (s *svg) stroke(a area, e series, ys []float64, width, opacity float64) {
	if d := a.polyline(e.xs, ys); d != "" {
		fmt.Fprintf(s, "<path class=\"mark\" d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%g\" stroke-opacity=\"%g\" stroke-linejoin=\"round\" stroke-linecap=\"round\"%s/>\n",
			d, colorOf(e.color), width, opacity, dashAttribute(e.dash))
	}
	if n := countFinite(e.xs, ys); n <= 1 { // a line of one point would not be seen
		s.points(a, e)
	}
}

func countFinite(xs, ys []float64) int {
	n := 0
	for i := range xs {
		if finite(xs[i]) && finite(ys[i]) {
			n++
		}
	}
	return n
}

func (s *svg) points(a area, e series) {
	for i := range e.xs {
		if finite(e.xs[i]) && finite(e.ys[i]) {
			fmt.Fprintf(s, "<circle class=\"mark\" cx=\"%s\" cy=\"%s\" r=\"3.2\" fill=\"%s\" fill-opacity=\"0.65\"/>\n", coordinate(a.px(e.xs[i])), coordinate(a.py(e.ys[i])), colorOf(e.color))
		}
	}
}

// histogram draws bars that touch; of several, an outline each.
func (s *svg) histogram(c *chart, a area, e series) {
	opacity, inset := 0.85, 0.5
	if len(c.series) > 1 {
		opacity, inset = 0.25, 0
	}
	d := fmt.Sprintf("M%s %s", coordinate(a.px(c.edges[0])), coordinate(a.py(0)))
	for i, n := range e.ys {
		x0, x1, y := a.px(c.edges[i]), a.px(c.edges[i+1]), a.py(n)
		s.rect(x0+inset, y, x1-x0-2*inset, a.py(0)-y, fmt.Sprintf(`class="mark" fill="%s" fill-opacity="%g"`, colorOf(e.color), opacity))
		d += fmt.Sprintf("V%sH%s", coordinate(y), coordinate(x1))
	}
	if len(c.series) > 1 {
		fmt.Fprintf(s, "<path d=\"%sV%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\"/>\n", d, coordinate(a.py(0)), colorOf(e.color))
	}
}

// bars draws bars to the right, a group for each name.
func (s *svg) bars(c *chart) {
	lo, hi := 0.0, 0.0
	wide := 20.0
	for _, e := range c.series {
		l, h := extent(e.ys)
		lo, hi = math.Min(lo, l), math.Max(hi, h)
	}
	for _, name := range c.names {
		wide = math.Max(wide, math.Min(textWidth(name, fontSize), s.width/3))
	}
	n := math.Max(1, float64(len(c.series)))
	thick := math.Min(18, math.Max(12, 26/n))
	group := n*thick + 8
	a := area{x: margin + wide + 8, y: s.at + 16, h: group * float64(len(c.names)), xs: nice(lo, hi, int(s.width/110))}
	a.w = s.width - margin - 44 - a.x
	s.text(margin, s.at+4, "start", "muted", cut(c.yLabel, s.width-2*margin, fontSize))
	for _, t := range a.xs.ticks {
		s.line("grid", a.px(t.at), a.y, a.px(t.at), a.y+a.h)
	}
	for i, name := range c.names {
		s.text(a.x-8, a.y+group*(float64(i)+0.5)+4, "end", "ink", cut(name, wide+4, fontSize))
	}
	for k, e := range c.series {
		for i, at := range e.xs {
			y := a.y + group*at + 4 + thick*float64(k)
			x0, x1 := math.Min(a.px(0), a.px(e.ys[i])), math.Max(a.px(0), a.px(e.ys[i]))
			s.rect(x0, y, x1-x0, thick-1, fmt.Sprintf(`class="mark" fill="%s" rx="1.5"`, colorOf(e.color)))
			s.text(x1+5, y+thick/2+3.5, "start", "muted", short(e.ys[i]))
		}
	}
	s.line("axis", a.px(0), a.y, a.px(0), a.y+a.h)
	s.xAxis(a, c.xLabel)
	s.at = a.y + a.h + 40
}
