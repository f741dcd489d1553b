package plot

import (
	"fmt"
	"math"
)

// matrices draws confusion matrices beside each other, as many as fit.
func (s *svg) matrices(c *chart) {
	n := float64(max(1, len(c.classes)))
	names := 20.0
	for _, name := range c.classes {
		names = math.Max(names, math.Min(textWidth(name, fontSize), 90))
	}
	room := s.width - 2*margin
	cell := math.Min(46, math.Max(11, math.Min(260/n, (room-names-26)/n)))
	if k := math.Min(3, float64(len(c.matrices))); k > 1 { // beside each other, if they stay readable
		if small := ((room+20)/k - names - 46) / n; small >= 26 {
			cell = math.Min(cell, small)
		}
	}
	wide := names + 26 + cell*n + 20
	across := max(1, int((room+20)/wide))
	tall := cell*n + 74
	for i, m := range c.matrices {
		x := margin + float64(i%across)*wide
		if i > 0 && i%across == 0 {
			s.at += tall
		}
		s.matrix(c, m, x, names+26, cell)
	}
	s.at += tall
}

func (s *svg) matrix(c *chart, m matrix, left, names, cell float64) {
	x0, y0, size := left+names, s.at+22, cell*float64(len(c.classes))
	s.text(x0, s.at+8, "start", "ink", cut(m.label, size+20, fontSize))
	for y, yName := range c.classes {
		cy := y0 + cell*float64(y)
		s.text(x0-6, cy+cell/2+4, "end", "muted", cut(yName, names-26, fontSize))
		for x := range c.classes {
			strength, text := c.cell(m, y, x)
			cx := x0 + cell*float64(x)
			s.rect(cx+0.5, cy+0.5, cell-1, cell-1, fmt.Sprintf(`class="mark l%d" rx="2"`, level(strength)))
			if textWidth(text, fontSize) < cell-2 {
				class := "weak"
				if strength > 0.5 {
					class = "strong"
				}
				s.text(cx+cell/2, cy+cell/2+4, "middle", class, text)
			}
		}
	}
	s.turned(left+10, y0+size/2, cut(c.yLabel, size, fontSize))
	s.classesBelow(c, x0, y0+size, cell)
	s.text(x0+size/2, y0+size+34, "middle", "ink", cut(c.xLabel, size+names, fontSize))
}

// classesBelow names the columns; slanted where they are longer than a column.
func (s *svg) classesBelow(c *chart, x0, y, cell float64) {
	for x, name := range c.classes {
		s.text(x0+cell*(float64(x)+0.5), y+15, "middle", "muted", cut(name, math.Max(cell-2, 8), fontSize))
	}
}

// turned writes upwards.
func (s *svg) turned(x, y float64, text string) {
	fmt.Fprintf(s, "<text class=\"ink\" transform=\"translate(%s %s) rotate(-90)\" text-anchor=\"middle\">%s</text>\n", coordinate(x), coordinate(y), escape(text))
}

// panels draws pictures beside each other, and why one is missing.
func (s *svg) panels(panels []panel) {
	if len(panels) == 0 {
		return
	}
	pictures := 0
	for _, p := range panels {
		if p.image != nil {
			pictures++
		}
	}
	if pictures == 0 {
		for _, p := range panels {
			s.note("alarm", p.experiment+": "+p.err)
		}
		return
	}
	across := min(len(panels), 3)
	w := (s.width - 2*margin - 12*float64(across-1)) / float64(across)
	h := w * 0.75
	for i, p := range panels {
		if i > 0 && i%across == 0 {
			s.at += h + 30
		}
		x := margin + float64(i%across)*(w+12)
		s.text(x+2, s.at+8, "start", "ink", cut(p.experiment, w, fontSize))
		s.picture(p, x, s.at+16, w, h)
	}
	s.at += h + 30
}

func (s *svg) picture(p panel, x, y, w, h float64) {
	if p.image != nil {
		fmt.Fprintf(s, "<image class=\"mark\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" href=\"%s\"/>\n", coordinate(x), coordinate(y), coordinate(w), coordinate(h), escape(dataURL(p.mime, p.image)))
		return
	}
	s.rect(x, y, w, h, `class="l0" rx="4"`)
	for i, line := range wrap(p.err, int(w/(fontSize*0.6))) {
		s.text(x+10, y+22+15*float64(i), "start", "alarm", line)
	}
}
