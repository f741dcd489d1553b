package main

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// A plot of several panels beside each other, both axes logarithmic, all with
// the same scales: so that a height in one is the same time in the other. It
// is SVG for light and dark pages: its colours can be read on both, and what
// is grey follows the page.

type plot struct {
	panels []panel
	x, y   string // what the axes are
}

type panel struct {
	title string
	lines []line
}

// line is one program.
type line struct {
	name   string
	points []point
}

type point struct{ x, y float64 }

// How large things are.
const (
	panelWidth, panelHeight = 330.0, 300.0
	left, top               = 80.0, 34.0
	gap                     = 92.0 // between panels: for names at the ends of lines
	bottom                  = 48.0
	nameHeight              = 14.0
)

// palette are colours that can be told apart, also by people who see less of
// red or green, in the order of the names of a plot; dewar is the first.
var palette = []string{"#d9480f", "#1c7ed6", "#2f9e44", "#ae3ec9", "#b08900", "#0b9a9a", "#868e96", "#e64980"}

// dashes tell lines apart without colours.
var dashes = []string{"", "", "6 3", "2 3", "8 3 2 3", "", "4 4", "1 4"}

// scale turns a value into a place.
type scale struct{ lo, hi, from, to float64 }

func (s scale) at(v float64) float64 {
	return s.from + (math.Log10(v)-math.Log10(s.lo))/(math.Log10(s.hi)-math.Log10(s.lo))*(s.to-s.from)
}

// decades are the powers of ten from lo to hi.
func (s scale) decades() []float64 {
	var list []float64
	for e := math.Ceil(math.Log10(s.lo) - 1e-9); e <= math.Log10(s.hi)+1e-9; e++ {
		list = append(list, math.Pow(10, e))
	}
	return list
}

// scales are the two scales of a plot: x from the first to the last value, y in whole decades.
func (p plot) scales() (x, y scale) {
	x, y = scale{math.Inf(1), 0, 0, panelWidth}, scale{math.Inf(1), 0, panelHeight, 0}
	for _, panel := range p.panels {
		for _, l := range panel.lines {
			for _, at := range l.points {
				x.lo, x.hi = min(x.lo, at.x), max(x.hi, at.x)
				y.lo, y.hi = min(y.lo, at.y), max(y.hi, at.y)
			}
		}
	}
	if x.hi == 0 {
		return scale{1, 10, 0, panelWidth}, scale{1, 10, panelHeight, 0}
	}
	y.lo, y.hi = math.Pow(10, math.Floor(math.Log10(y.lo))), math.Pow(10, math.Ceil(math.Log10(y.hi)))
	if x.lo == x.hi {
		x.hi *= 10
	}
	if y.lo == y.hi {
		y.hi *= 10
	}
	return x, y
}

// names are those of all lines, in their first order.
func (p plot) names() []string {
	var list []string
	for _, panel := range p.panels {
		for _, l := range panel.lines {
			if !slices.Contains(list, l.name) {
				list = append(list, l.name)
			}
		}
	}
	return list
}

// svg draws the plot.
func (p plot) svg() string {
	var s strings.Builder
	width := left + float64(len(p.panels))*(panelWidth+gap)
	height := top + panelHeight + bottom
	fmt.Fprintf(&s, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" font-family="system-ui, sans-serif" font-size="12">`+"\n", width, height, width, height)
	s.WriteString("<style>.t{fill:#343a40}.g{stroke:#adb5bd;stroke-opacity:.45}@media(prefers-color-scheme:dark){.t{fill:#ced4da}.g{stroke:#868e96;stroke-opacity:.3}}</style>\n")
	fmt.Fprintf(&s, "<title>%s against the number of %s</title>\n", html.EscapeString(p.y), html.EscapeString(p.x))
	names := p.names()
	for i, panel := range p.panels {
		fmt.Fprintf(&s, `<g transform="translate(%.0f %.0f)">`+"\n", left+float64(i)*(panelWidth+gap), top)
		p.axes(&s, panel.title, i == 0)
		p.lines(&s, panel, names)
		s.WriteString("</g>\n")
	}
	s.WriteString("</svg>\n")
	return s.String()
}

// axes draws the grid of a panel; the first has the numbers of y.
func (p plot) axes(s *strings.Builder, title string, numbers bool) {
	x, y := p.scales()
	fmt.Fprintf(s, `<text class="t" x="0" y="-12" font-size="14" font-weight="600">%s</text>`+"\n", html.EscapeString(title))
	for _, v := range y.decades() {
		fmt.Fprintf(s, `<line class="g" x1="0" x2="%.0f" y1="%.1f" y2="%.1f"/>`+"\n", panelWidth, y.at(v), y.at(v))
		if numbers {
			fmt.Fprintf(s, `<text class="t" x="-8" y="%.1f" text-anchor="end">%s</text>`+"\n", y.at(v)+4, clock(v))
		}
	}
	for _, v := range x.decades() {
		fmt.Fprintf(s, `<line class="g" x1="%.1f" x2="%.1f" y1="0" y2="%.0f"/>`+"\n", x.at(v), x.at(v), panelHeight)
		fmt.Fprintf(s, `<text class="t" x="%.1f" y="%.0f" text-anchor="middle">%s</text>`+"\n", x.at(v), panelHeight+18, thousands(int(math.Round(v))))
	}
	fmt.Fprintf(s, `<text class="t" x="%.0f" y="%.0f" text-anchor="middle">%s</text>`+"\n", panelWidth/2, panelHeight+38, html.EscapeString(p.x))
	if numbers {
		fmt.Fprintf(s, `<text class="t" transform="translate(-64 %.0f) rotate(-90)" text-anchor="middle">%s</text>`+"\n", panelHeight/2, html.EscapeString(p.y))
	}
}

// lines draws the lines of a panel, and their names where they end.
func (p plot) lines(s *strings.Builder, panel panel, names []string) {
	x, y := p.scales()
	places := p.ends(panel)
	for i, l := range panel.lines {
		which := slices.Index(names, l.name)
		colour, thick := palette[which%len(palette)], 1.8
		if which == 0 {
			thick = 3.2
		}
		var at []string
		for _, one := range l.points {
			at = append(at, fmt.Sprintf("%.1f,%.1f", x.at(one.x), y.at(one.y)))
			fmt.Fprintf(s, `<circle cx="%.1f" cy="%.1f" r="%.1f" fill="%s"/>`+"\n", x.at(one.x), y.at(one.y), thick+0.6, colour)
		}
		fmt.Fprintf(s, `<polyline points="%s" fill="none" stroke="%s" stroke-width="%.1f" stroke-dasharray="%s"/>`+"\n", strings.Join(at, " "), colour, thick, dashes[which%len(dashes)])
		down := 4.0
		if l.last().x < x.hi { // others go on: above them
			down = -6
		}
		fmt.Fprintf(s, `<text x="%.1f" y="%.1f" fill="%s">%s</text>`+"\n", x.at(l.last().x)+9, places[i]+down, colour, html.EscapeString(l.name))
	}
}

// last is where a line ends.
func (l line) last() point { return l.points[len(l.points)-1] }

// ends are the heights of the names of lines: those that end at the same size
// keep apart.
func (p plot) ends(panel panel) []float64 {
	_, y := p.scales()
	list := make([]float64, len(panel.lines))
	bySize := map[float64][]int{}
	for i, l := range panel.lines {
		bySize[l.last().x] = append(bySize[l.last().x], i)
	}
	for _, group := range bySize {
		var heights []float64
		for _, i := range group {
			heights = append(heights, y.at(panel.lines[i].last().y))
		}
		for k, height := range apart(heights, nameHeight, panelHeight) {
			list[group[k]] = height
		}
	}
	return list
}

// apart moves places as little as it has to so that neighbours are d apart
// and none is beyond most.
func apart(places []float64, d, most float64) []float64 {
	order := make([]int, len(places))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case places[a] < places[b]:
			return -1
		case places[a] > places[b]:
			return 1
		}
		return 0
	})
	out := slices.Clone(places)
	for k := 1; k < len(order); k++ {
		out[order[k]] = max(out[order[k]], out[order[k-1]]+d)
	}
	for k := len(order) - 1; k >= 0; k-- {
		limit := most
		if k < len(order)-1 {
			limit = out[order[k+1]] - d
		}
		out[order[k]] = min(out[order[k]], limit)
	}
	return out
}

// clock writes a power of ten of seconds.
func clock(s float64) string {
	switch {
	case s < 0.0009:
		return fmt.Sprintf("%.3g ms", s*1e3)
	case s < 0.9:
		return fmt.Sprintf("%.0f ms", s*1e3)
	default:
		return fmt.Sprintf("%.0f s", s)
	}
}
