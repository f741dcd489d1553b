package plot

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// TextOptions say what a terminal can do. Zeroes are 80 and 24.
type TextOptions struct {
	Width, Height int  // the most lines of a chart; bars and matrices take what they need
	Color         bool // 256 colours
	Unicode       bool // braille and blocks; otherwise ASCII
}

// Text writes p for a terminal. Without colours, several experiments are told
// apart by their marks.
func (p Plot) Text(w io.Writer, o TextOptions) error {
	c, err := p.chart()
	if err != nil {
		return err
	}
	if p.Own != nil {
		c.note("The template is the user's own; lines are drawn in its place.")
	}
	_, err = w.Write(c.text(newTerminal(o)))
	return err
}

// terminal is what is written so far, and how.
type terminal struct {
	bytes.Buffer
	TextOptions
}

func newTerminal(o TextOptions) *terminal {
	if o.Width <= 0 {
		o.Width = 80
	}
	if o.Height <= 0 {
		o.Height = 24
	}
	o.Width, o.Height = max(o.Width, 20), max(o.Height, 10)
	return &terminal{TextOptions: o}
}

func (c *chart) text(t *terminal) []byte {
	if c.title != "" {
		t.put(t.bold(t.clip(c.title, t.Width)))
	}
	switch {
	case c.empty() && len(c.panels) > 0:
	case c.empty():
		t.put("There is nothing to draw.")
	case c.family == matrices:
		c.textMatrices(t)
	case c.family == bars:
		c.textBars(t)
	case c.family == bins:
		c.textBins(t)
	default:
		c.textCurves(t)
	}
	c.small(t)
	return t.Bytes()
}

// small is the small print.
func (c *chart) small(t *terminal) {
	c.textPanels(t)
	for _, n := range c.notes {
		for _, line := range wrap(printable(n), t.Width) {
			t.put(t.faint(line))
		}
	}
}

// textPanels says what a terminal cannot show.
func (c *chart) textPanels(t *terminal) {
	for _, p := range c.panels {
		what := p.err
		if p.image != nil {
			what = fmt.Sprintf("%s is a picture (%s, %s bytes).", p.path, strings.TrimPrefix(p.mime, "image/"), grouped(len(p.image)))
		}
		for _, line := range wrap(printable(p.experiment+": "+what), t.Width) {
			t.put(line)
		}
	}
}

// put writes a line, without spaces at its end.
func (t *terminal) put(line string) { t.WriteString(strings.TrimRight(line, " ") + "\n") }

func (t *terminal) sgr(code, text string) string {
	if !t.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (t *terminal) bold(text string) string  { return t.sgr("1", text) }
func (t *terminal) faint(text string) string { return t.sgr("2", text) }

// paint gives a text the colour of a series.
func (t *terminal) paint(color int, text string) string {
	return t.sgr(fmt.Sprintf("38;5;%d", ansiOf(color)), text)
}

// clip makes a text of data fit and harmless.
func (t *terminal) clip(text string, columns int) string {
	return clip(printable(text), max(1, columns), t.glyph("…", "~"))
}

func (t *terminal) glyph(unicode, ascii string) string {
	if t.Unicode {
		return unicode
	}
	return ascii
}

// marks tell series apart where colours cannot. Never written to.
var (
	marks      = [...]string{"●", "○", "▲", "×", "◆", "+", "■", "*"}
	marksASCII = [...]string{"*", "o", "+", "x", "#", "@", "%", "&"}
)

func (t *terminal) mark(i int) string {
	return t.glyph(marks[i%len(marks)], marksASCII[i%len(marksASCII)])
}

// ink is how series k of a chart is drawn: its colour and its mark.
func (c *chart) ink(k int) int {
	if len(c.variants) > 1 && !c.byVariant() {
		return k
	}
	return c.series[k].color
}

// legend names the series, in as many lines as it takes.
func (c *chart) textLegend(t *terminal, sign func(k int) string) {
	if len(c.series) < 2 && len(c.experiments) < 2 {
		return
	}
	line, wide := "", 0
	for k, s := range c.series {
		name := t.clip(c.name(s), t.Width/2)
		w := displaywidth.String(name) + displaywidth.String(sign(k)) + 4
		if wide+w > t.Width && wide > 0 {
			t.put(line)
			line, wide = "", 0
		}
		line += t.paint(c.ink(k), sign(k)) + " " + name + "   "
		wide += w
	}
	t.put(line)
}

// below is how many lines the legend and the small print take.
func (c *chart) below(t *terminal, sign func(k int) string) int {
	probe := newTerminal(t.TextOptions)
	if sign != nil {
		c.textLegend(probe, sign)
	}
	c.small(probe)
	return bytes.Count(probe.Bytes(), []byte{'\n'})
}

// labelsOf returns the labels of a scale by the line that they stand on.
func labelsOf(s scale, lines int) map[int]string {
	out := map[int]string{}
	for _, k := range slices.Backward(s.ticks) {
		row := int((1-s.of(k.at))*float64(lines-1) + 0.5)
		if row >= 0 && row < lines {
			out[row] = k.label
		}
	}
	return out
}

func widest(ticks []tick) int {
	n := 0
	for _, k := range ticks {
		n = max(n, displaywidth.String(k.label))
	}
	return n
}
