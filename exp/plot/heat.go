package plot

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/clipperhouse/displaywidth"

	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/exp/metric"
)

// HeatMap is a metric by two params: the mean of the experiments of a cell.
type HeatMap struct {
	title  string
	x, y   string
	metric string
	xs, ys []frame.Value
	across []string    // what xs are called
	down   []string    // and ys
	mean   [][]float64 // by y, then x; NaN where nobody was
	count  [][]int
	lo, hi float64
	lower  bool // lower is better: bright is good either way
	notes  []string
}

// HeatMap draws a metric over two params. "" is the first metric.
func (s Sweep) HeatMap(x, y, metricName string) (*HeatMap, error) {
	m, err := s.axis("metric", s.Metrics, metricName)
	if err != nil {
		return nil, err
	}
	ax, err := s.axis("param", s.Params, x)
	if err != nil {
		return nil, err
	}
	ay, err := s.axis("param", s.Params, y)
	if err != nil {
		return nil, err
	}
	h := &HeatMap{title: m.hint(), x: ax.Name, y: ay.Name, metric: m.Name, xs: ax.distinct(), ys: ay.distinct(), lower: m.Better == metric.Lower}
	slices.Reverse(h.ys) // upwards, as axes of numbers do
	h.across, h.down = labels(h.xs), labels(h.ys)
	h.fill(ax, ay, m)
	return h, nil
}

func (h *HeatMap) fill(x, y, m Axis) {
	h.mean, h.count = make([][]float64, len(h.ys)), make([][]int, len(h.ys))
	for i := range h.ys {
		h.mean[i], h.count[i] = make([]float64, len(h.xs)), make([]int, len(h.xs))
	}
	several := false
	for i, v := range m.Values {
		at, to := slices.Index(h.xs, x.Values[i]), slices.Index(h.ys, y.Values[i])
		if v.Kind != frame.Number || at < 0 || to < 0 {
			continue
		}
		h.mean[to][at] += v.Number
		h.count[to][at]++
		several = several || h.count[to][at] > 1
	}
	for i := range h.mean {
		for k := range h.mean[i] {
			if h.mean[i][k] /= float64(h.count[i][k]); h.count[i][k] == 0 {
				h.mean[i][k] = math.NaN()
			}
		}
	}
	h.lo, h.hi = extent(h.mean...)
	if several {
		h.notes = append(h.notes, "Where several experiments share a cell, it has their mean.")
	}
}

// strength is a value on the ramp: the better the brighter.
func (h *HeatMap) strength(v float64) float64 {
	if h.hi <= h.lo {
		return 0.5
	}
	if h.lower {
		return (h.hi - v) / (h.hi - h.lo)
	}
	return (v - h.lo) / (h.hi - h.lo)
}

// VegaLite returns h as a Vega-Lite specification.
func (h *HeatMap) VegaLite() ([]byte, error) { return encode(standalone(h.spec(), h.title)) }

func (h *HeatMap) spec() object {
	rows := list{}
	for i, y := range h.down {
		for k, x := range h.across {
			if v := h.mean[i][k]; finite(v) {
				rows = append(rows, object{"x": x, "y": y, "value": v, "text": short(v), "experiments": h.count[i][k], "pale": pale(viridis[:], h.strength(v))})
			}
		}
	}
	channel := func(field, title string, domain []string) object {
		return object{"field": field, "type": "nominal", "sort": nil, "scale": object{"domain": domain, "padding": 0.04}, "axis": plus(axisOf(title), "labelAngle", 0)}
	}
	ramp := slices.Clone(viridis[:])
	if h.lower {
		slices.Reverse(ramp)
	}
	value := object{"field": "value", "type": "quantitative", "scale": object{"range": ramp, "zero": false}, "legend": object{"title": h.metric}}
	layers := list{object{
		"mark": object{"type": "rect", "cornerRadius": 2},
		"encoding": object{"color": value, "tooltip": told(
			object{"field": "x", "type": "nominal", "title": h.x}, object{"field": "y", "type": "nominal", "title": h.y},
			object{"field": "value", "type": "quantitative", "title": h.metric}, object{"field": "experiments", "type": "quantitative"})},
	}}
	if float64(len(h.xs))*(h.widestCell()+4) <= narrowMap && len(h.ys) <= 20 {
		for _, ink := range [...]struct {
			pale  bool
			color string
		}{{true, "#101318"}, {false, "#ffffff"}} {
			layer := cellText("strong", object{"field": "pale", "equal": ink.pale})
			layer["mark"] = object{"type": "text", "fontSize": 11, "fill": ink.color}
			layers = append(layers, layer)
		}
	}
	return object{
		"$schema": schema, "data": object{"values": rows}, "layer": layers,
		"width": vegaWidth, "height": max(120, min(420, 34*len(h.ys))),
		"encoding": object{"x": channel("x", h.x, h.across), "y": channel("y", h.y, h.down)},
	}
}

// labels are the texts of values on an axis: numbers short, as long as that does not make
// two of them one.
func labels(values []frame.Value) []string {
	out, exact := []string{}, []string{}
	seen := map[string]bool{}
	for _, v := range values {
		text := v.Text
		if v.Kind == frame.Number {
			text = short(v.Number)
		}
		seen[text] = true
		out, exact = append(out, text), append(exact, v.Text)
	}
	if len(seen) < len(values) {
		return exact
	}
	return out
}

// narrowMap is how wide the cells of a map are together where a page has two charts side
// by side.
const narrowMap = 340

// widestCell is how wide the text of the widest cell is.
func (h *HeatMap) widestCell() float64 {
	wide := 0.0
	for i := range h.mean {
		for _, v := range h.mean[i] {
			if finite(v) {
				wide = math.Max(wide, textWidth(short(v), fontSize))
			}
		}
	}
	return wide
}

// SVG writes h as one SVG document.
func (h *HeatMap) SVG(w io.Writer, o SVGOptions) error {
	s := newSVG(o)
	s.title(h.title)
	wide := 20.0
	for _, y := range h.down {
		wide = math.Max(wide, math.Min(textWidth(y, fontSize), 120))
	}
	x0, y0 := margin+wide+8, s.at+16
	cw := math.Max(14, math.Min(110, (s.width-margin-x0)/math.Max(1, float64(len(h.xs)))))
	ch := math.Max(14, math.Min(46, (s.height-y0-60)/math.Max(1, float64(len(h.ys)))))
	s.text(margin, s.at+4, "start", "muted", cut(h.y, s.width-2*margin, fontSize))
	for i, y := range h.down {
		s.text(x0-8, y0+ch*(float64(i)+0.5)+4, "end", "muted", cut(y, wide+2, fontSize))
		for k := range h.xs {
			s.heat(h, h.mean[i][k], x0+cw*float64(k), y0+ch*float64(i), cw, ch)
		}
	}
	s.at = y0 + ch*float64(len(h.ys))
	for k, x := range h.across {
		s.text(x0+cw*(float64(k)+0.5), s.at+16, "middle", "muted", cut(x, cw-2, fontSize))
	}
	s.text(x0+cw*float64(len(h.xs))/2, s.at+34, "middle", "ink", cut(h.x, s.width-x0, fontSize))
	s.at += 40
	for _, n := range h.notes {
		s.note("muted", n)
	}
	_, err := w.Write(s.finish(o, h.title))
	return err
}

func (s *svg) heat(h *HeatMap, v, x, y, cw, ch float64) {
	if !finite(v) {
		s.rect(x+1, y+1, cw-2, ch-2, `class="l1" fill-opacity="0.4" rx="2"`)
		return
	}
	strength := h.strength(v)
	s.rect(x+1, y+1, cw-2, ch-2, fmt.Sprintf(`class="mark" fill="%s" rx="2"`, blend(viridis[:], strength)))
	if text := short(v); textWidth(text, fontSize) < cw-4 {
		ink := "#ffffff"
		if pale(viridis[:], strength) {
			ink = "#101318"
		}
		fmt.Fprintf(s, "<text x=\"%s\" y=\"%s\" text-anchor=\"middle\" fill=\"%s\">%s</text>\n", coordinate(x+cw/2), coordinate(y+ch/2+4), ink, text)
	}
}

// Text writes h for a terminal.
func (h *HeatMap) Text(w io.Writer, o TextOptions) error {
	t := newTerminal(o)
	names, cell := 1, 4
	for _, y := range h.down {
		names = max(names, min(16, displaywidth.String(printable(y))))
	}
	for i := range h.mean {
		for _, v := range h.mean[i] {
			cell = max(cell, len(short(v)))
		}
	}
	for _, x := range h.across {
		cell = max(cell, min(8, displaywidth.String(printable(x))))
	}
	if !t.Color {
		cell += 2
	}
	cell = max(3, min(cell+2, (t.Width-names-1)/max(1, len(h.xs))))
	t.put(t.bold(t.clip(h.title, t.Width)))
	t.put(t.faint(t.clip(h.y, t.Width)))
	for i, y := range h.down {
		line := right(t.clip(y, names), names) + " "
		for _, v := range h.mean[i] {
			if finite(v) {
				line += t.shaded(h.strength(v), short(v), cell, ansiViridis[:])
			} else {
				line += t.faint(centered(t.glyph("·", "-"), cell))
			}
		}
		t.put(line)
	}
	classes := ""
	for _, x := range h.across {
		classes += centered(t.clip(x, cell-1), cell)
	}
	indent := left("", names+1)
	t.put(indent + t.faint(classes))
	t.put(indent + centered(t.clip(h.x, cell*len(h.xs)), cell*len(h.xs)))
	for _, n := range h.notes {
		t.put(t.faint(n))
	}
	_, err := w.Write(t.Bytes())
	return err
}
