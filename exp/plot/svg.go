package plot

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// Theme says for what paper an SVG is.
type Theme uint8

const (
	Light Theme = iota // for paper, and wherever nobody knows
	Dark
	Auto // as the reader's screen is; programs that convert SVG take it as Light
)

// SVGOptions are the size and the colours of an SVG. Zeroes are 640, 400 and Light.
// Charts that need more height take it.
type SVGOptions struct {
	Width, Height int
	Theme         Theme
}

// SVG writes p as one SVG document that needs nothing else.
func (p Plot) SVG(w io.Writer, o SVGOptions) error {
	c, err := p.chart()
	if err != nil {
		return err
	}
	if p.Own != nil {
		c.note("The template is the user's own; lines are drawn in its place.")
	}
	_, err = w.Write(c.svg(o))
	return err
}

// svg is a drawing that grows downwards.
type svg struct {
	bytes.Buffer
	width  float64
	height float64 // of charts
	at     float64 // the top of what comes next
	theme  theme
}

const (
	margin   = 16.0
	fontSize = 11.0
)

func (c *chart) svg(o SVGOptions) []byte {
	s := newSVG(o)
	if c.title != "" {
		s.title(c.title)
	}
	switch {
	case c.empty() && len(c.panels) > 0:
	case c.empty():
		s.text(s.width/2, s.at+40, "middle", "muted", "There is nothing to draw.")
		s.at += 80
	case c.family == matrices:
		s.matrices(c)
	case c.family == bars:
		s.legend(c)
		s.bars(c)
	default:
		s.legend(c)
		s.curves(c)
	}
	s.panels(c.panels)
	for _, n := range c.notes {
		s.note("muted", n)
	}
	return s.finish(o, c.title)
}

func newSVG(o SVGOptions) *svg {
	s := &svg{width: 640, height: 400, at: margin, theme: light()}
	if o.Width > 0 {
		s.width = math.Max(200, float64(o.Width))
	}
	if o.Height > 0 {
		s.height = math.Max(150, float64(o.Height))
	}
	if o.Theme == Dark {
		s.theme = dark()
	}
	return s
}

// finish puts what was drawn into a document.
func (s *svg) finish(o SVGOptions, title string) []byte {
	var out bytes.Buffer
	w, h := coordinate(s.width), coordinate(math.Ceil(s.at+margin/2))
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s" role="img" font-family="%s" font-size="%g">`,
		w, h, w, h, escape(strings.ReplaceAll(fonts, `"`, `'`)), fontSize)
	fmt.Fprintf(&out, "\n<title>%s</title>\n<style>%s", escape(title), s.theme.sheet())
	if o.Theme == Auto {
		fmt.Fprintf(&out, "@media (prefers-color-scheme:dark){%s}", dark().sheet())
	}
	fmt.Fprintf(&out, "</style>\n<rect class=\"paper\" width=\"%s\" height=\"%s\"/>\n", w, h)
	out.Write(s.Bytes())
	out.WriteString("</svg>\n")
	return out.Bytes()
}

// sheet is the colours of a theme as a style sheet.
func (t theme) sheet() string {
	var b strings.Builder
	for _, r := range [...][2]string{{"paper", t.paper}, {"ink", t.ink}, {"muted", t.muted}, {"alarm", t.alarm}, {"strong", t.strong}, {"weak", t.weak}} {
		fmt.Fprintf(&b, ".%s{fill:%s}", r[0], r[1])
	}
	fmt.Fprintf(&b, ".halo{stroke:%s;stroke-width:3px;paint-order:stroke}", t.paper)
	fmt.Fprintf(&b, ".grid{stroke:%s}.axis{stroke:%s}", t.grid, t.muted)
	for i := range rampLevels {
		fmt.Fprintf(&b, ".l%d{fill:%s}.k%d{stroke:%s}", i, blend(t.ramp, float64(i)/(rampLevels-1)), i, blend(t.ramp, float64(i)/(rampLevels-1)))
	}
	return b.String()
}

// rampLevels is how many colours the ramp of a theme has in an SVG.
const rampLevels = 21

func level(t float64) int { return int(math.Round(math.Min(1, math.Max(0, t)) * (rampLevels - 1))) }

func (s *svg) title(text string) {
	fmt.Fprintf(s, "<text class=\"ink\" x=\"%s\" y=\"%s\" font-size=\"15\" font-weight=\"600\">%s</text>\n", coordinate(margin), coordinate(s.at+13), escape(cut(text, s.width-2*margin, 15)))
	s.at += 28
}

// note writes a line of small print.
func (s *svg) note(class, text string) {
	for _, line := range wrap(text, int((s.width-2*margin)/(fontSize*0.55))) {
		s.at += 15
		s.text(margin, s.at, "start", class, line)
	}
}

func (s *svg) text(x, y float64, anchor, class, text string) {
	fmt.Fprintf(s, "<text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>\n", class, coordinate(x), coordinate(y), anchor, escape(text))
}

func (s *svg) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(s, "<path class=\"%s\" d=\"M%s %sL%s %s\"/>\n", class, coordinate(x1), coordinate(y1), coordinate(x2), coordinate(y2))
}

// rect draws a filled rectangle; paint is further attributes of ours.
func (s *svg) rect(x, y, w, h float64, paint string) {
	fmt.Fprintf(s, "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" %s/>\n", coordinate(x), coordinate(y), coordinate(w), coordinate(h), paint)
}

// legend names the series, in as many lines as it takes.
func (s *svg) legend(c *chart) {
	if len(c.series) < 2 && len(c.experiments) < 2 {
		return
	}
	x := margin
	for _, e := range c.series {
		name := cut(c.name(e), 200, fontSize)
		if w := 26 + textWidth(name, fontSize) + 18; x+w > s.width-margin && x > margin {
			x, s.at = margin, s.at+18
		}
		if c.family == curves && !c.points {
			fmt.Fprintf(s, "<path d=\"M%s %sh18\" stroke=\"%s\" stroke-width=\"2.5\"%s/>\n", coordinate(x), coordinate(s.at+4), colorOf(e.color), dashAttribute(e.dash))
		} else {
			s.rect(x+4, s.at-1, 10, 10, fmt.Sprintf(`fill="%s" rx="2"`, colorOf(e.color)))
		}
		s.text(x+24, s.at+8, "start", "ink", name)
		x += 26 + textWidth(name, fontSize) + 18
	}
	s.at += 24
}

func dashAttribute(i int) string {
	if d := dashOf(i); d[1] > 0 {
		return fmt.Sprintf(` stroke-dasharray="%s"`, strings.Trim(strings.Join(strings.Fields(fmt.Sprint(d)), ","), "[]"))
	}
	return ""
}

// coordinate writes a length with a tenth of a pixel.
func coordinate(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10+0, 'f', -1, 64)
}

// escape makes text of data harmless in XML; what XML cannot hold becomes U+FFFD.
func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder does not fail
	return b.String()
}

// textWidth estimates how wide a text is in pixels.
func textWidth(text string, size float64) float64 {
	return float64(displaywidth.String(text)) * size * 0.56
}

// widthOf is the width of the widest of texts.
func widthOf(texts []string) float64 {
	w := 0.0
	for _, t := range texts {
		w = math.Max(w, textWidth(t, fontSize))
	}
	return w
}

// cut shortens a text to a width.
func cut(text string, width, size float64) string {
	return clip(text, max(1, int(width/(size*0.56))), "…")
}
