package main

import (
	"fmt"
	markup "html"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/dewar-build/dewar/cmd/dewar/layout"
)

// Lengths of the picture, in pixels. Letters are as wide as those of the fonts of
// pages usually are at most.
const (
	boxHeight  = 48
	boxPad     = 14
	boxGap     = 22
	layerGap   = 38
	edgeMargin = 16
	nameWidth  = 8.1 // of a letter of a name
	textWidth  = 6.4 // of a letter of what is said of it
	mostName   = 40  // letters
	mostText   = 48
)

// picture is the graph as SVG inside a page; "" if there is nothing to draw.
func (r *report) picture() string {
	p := r.picked()
	if len(p.stages) == 0 {
		return ""
	}
	names, texts := make([]string, len(p.stages)), make([]string, len(p.stages))
	sizes := make([]layout.Size, len(p.stages))
	for i, c := range p.stages {
		names[i], texts[i] = safe(boxName(c)), safe(r.differenceText(c))
		wide := max(nameWidth*float64(ansi.StringWidth(shortened(names[i], mostName))), textWidth*float64(ansi.StringWidth(shortened(texts[i], mostText))))
		sizes[i] = layout.Size{W: int(wide) + 2*boxPad, H: boxHeight}
	}
	at := layout.Place(sizes, p.edges, boxGap, layerGap)
	var b strings.Builder
	w, h := at.W+2*edgeMargin, at.H+2*edgeMargin
	fmt.Fprintf(&b, "<svg class=\"dag\" xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"%d %d %d %d\" role=\"img\" aria-label=\"The graph of the pipeline\">\n", w, h, -edgeMargin, -edgeMargin, w, h)
	b.WriteString(pictureStyle())
	b.WriteString("<defs><marker id=\"dag-tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path class=\"dag-tip\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n")
	for _, line := range at.Lines {
		fmt.Fprintf(&b, "<path class=\"dag-edge\" d=\"%s\" marker-end=\"url(#dag-tip)\"/>\n", curve(line))
	}
	for i, c := range p.stages {
		x, y, middle := at.Boxes[i].X, at.Boxes[i].Y, at.Boxes[i].X+sizes[i].W/2
		fmt.Fprintf(&b, "<g class=\"dag-box %s\"><title>%s</title><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"8\"/>", classOf(c.Difference), markup.EscapeString(strings.TrimSuffix(names[i]+": "+texts[i], ": ")), x, y, sizes[i].W, boxHeight)
		down := 29
		if texts[i] != "" {
			down = 20
			fmt.Fprintf(&b, "<text class=\"dag-text\" x=\"%d\" y=\"%d\">%s</text>", middle, y+37, markup.EscapeString(shortened(texts[i], mostText)))
		}
		fmt.Fprintf(&b, "<text class=\"dag-name\" x=\"%d\" y=\"%d\">%s</text></g>\n", middle, y+down, markup.EscapeString(shortened(names[i], mostName)))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// curve goes from box to box, through layers straight and between them bent.
func curve(line []layout.Point) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", line[0].X, line[0].Y)
	for i := 1; i < len(line); i++ {
		from, to := line[i-1], line[i]
		if i%2 == 0 || from.X == to.X {
			fmt.Fprintf(&b, "L%d %d", to.X, to.Y)
			continue
		}
		half := (from.Y + to.Y) / 2
		fmt.Fprintf(&b, "C%d %d %d %d %d %d", from.X, half, to.X, half, to.X, to.Y)
	}
	return b.String()
}

// pictureStyle is the look of the picture, for light screens and dark ones. The
// names of its classes are its own: a page has one set for everything in it.
func pictureStyle() string {
	var light, dark strings.Builder
	for _, k := range boxColors {
		paint := func(b *strings.Builder, s shade) {
			fmt.Fprintf(b, ".dag-box.%s rect { fill: %s; stroke: %s } .dag-box.%s text { fill: %s }\n", k.class, s.fill, s.line, k.class, s.ink)
		}
		paint(&light, k.light)
		paint(&dark, k.dark)
		if k.dashes != "" {
			fmt.Fprintf(&light, ".dag-box.%s rect { stroke-dasharray: %s }\n", k.class, k.dashes)
		}
	}
	return `<style>
.dag { display: block; margin: 0 auto; max-width: none }
.dag text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; text-anchor: middle }
.dag-name { font-size: 13.5px; font-weight: 600 }
.dag-text { font-size: 11.5px }
.dag-edge { fill: none; stroke: #98a2b3; stroke-width: 1.4 }
.dag-tip { fill: #98a2b3 }
.dag-box rect { fill: #ffffff; stroke: #b8c0cc; stroke-width: 1.4 }
.dag-box text { fill: #1f2430 }
` + light.String() + `@media (prefers-color-scheme: dark) {
.dag-box rect { fill: #1b1e25; stroke: #4a5260 }
.dag-box text { fill: #e6e9ef }
.dag-edge { stroke: #667080 }
.dag-tip { fill: #667080 }
` + dark.String() + `}
@media print { .dag { max-width: 100%; height: auto } }
</style>
`
}

// safe is a text without what a page cannot hold, and without what turns the
// direction of writing.
func safe(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x80 && r <= 0x9f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, printable(strings.ToValidUTF8(s, "\ufffd")))
}

// shortened cuts a text that is too long for a box; a title has all of it.
func shortened(s string, most int) string { return ansi.Truncate(s, most, "…") }
