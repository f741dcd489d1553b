package plot

import (
	"fmt"
	"io"
	"math"
	"slices"
)

// Parallel is a line for each experiment across its params to a metric.
type Parallel struct {
	title       string
	tracks      []track
	texts       [][]string // what each track says of each experiment
	experiments []string
	good        []float64 // decides the colours: the better the stronger
	notes       []string
}

// mostLines is how many experiments can still be told apart.
const mostLines = 500

// ParallelCoordinates draws the params in which experiments differ, or the named
// ones, and the metric. "" is the first metric.
func (s Sweep) ParallelCoordinates(metricName string, params ...string) (*Parallel, error) {
	m, err := s.axis("metric", s.Metrics, metricName)
	if err != nil {
		return nil, err
	}
	p := &Parallel{title: m.hint(), experiments: s.Experiments, good: m.goodness()}
	axes := []Axis{}
	for _, name := range params {
		a, err := s.axis("param", s.Params, name)
		if err != nil {
			return nil, err
		}
		axes = append(axes, a)
	}
	for _, a := range s.Params {
		if len(params) == 0 && a.varies() {
			axes = append(axes, a.fitting(len(s.Experiments)))
		}
	}
	for i, a := range append(axes, m) {
		p.tracks = append(p.tracks, a.track(i < len(axes)))
		var texts []string
		for _, v := range a.Values {
			texts = append(texts, v.Text)
		}
		p.texts = append(p.texts, texts)
	}
	if n := len(s.Experiments); n > mostLines {
		p.notes = append(p.notes, fmt.Sprintf("The best %d of %s experiments are drawn.", mostLines, grouped(n)))
	}
	return p, nil
}

// order returns the experiments that are drawn, the best last: on top.
func (p *Parallel) order() []int {
	order := make([]int, len(p.experiments))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compare(p.good[a], p.good[b]) })
	return order[max(0, len(order)-mostLines):]
}

// tone is a goodness on the ramp, which begins too pale for a line.
func tone(good float64) float64 { return 0.25 + 0.75*good }

// VegaLite returns p as a Vega-Lite specification.
func (p *Parallel) VegaLite() ([]byte, error) { return encode(standalone(p.spec(), p.title)) }

func (p *Parallel) spec() object {
	names, rows, ticks, last := list{}, list{}, list{}, list{}
	for i, t := range p.tracks {
		names = append(names, t.name)
		for _, k := range t.ticks {
			if label := (object{"axis": t.name, "at": k.at, "label": k.label}); i < len(p.tracks)-1 {
				ticks = append(ticks, label)
			} else {
				last = append(last, label)
			}
		}
	}
	tooltip := list{object{"field": "rev", "type": "nominal", "title": "experiment"}}
	for k, t := range p.tracks {
		tooltip = append(tooltip, object{"field": fmt.Sprintf("v%d", k), "type": "nominal", "title": inExpression(t.name)})
	}
	for _, i := range p.order() {
		for _, t := range p.tracks {
			row := object{"rev": p.experiments[i], "axis": t.name, "at": finiteOrNull(t.at[i]), "good": tone(p.good[i])}
			for j := range p.tracks {
				row[fmt.Sprintf("v%d", j)] = p.texts[j][i]
			}
			rows = append(rows, row)
		}
	}
	x := object{"field": "axis", "type": "nominal", "scale": object{"type": "point", "domain": names, "padding": min(0.6, max(0.2, 0.08*float64(len(names))))},
		"axis": object{"title": nil, "orient": "top", "domain": false, "ticks": false, "labelAngle": 0, "labelPadding": 12, "labelLimit": 160, "labelFontWeight": 600, "grid": false}}
	y := object{"field": "at", "type": "quantitative", "axis": nil, "scale": object{"domain": list{0, 1}}}
	lines := object{
		"data":   object{"values": rows},
		"mark":   object{"type": "line", "interpolate": "monotone"},
		"params": list{object{"name": "hover", "select": object{"type": "point", "fields": list{"rev"}, "on": "pointerover", "clear": "pointerout"}}},
		"encoding": object{"x": x, "y": y, "detail": object{"field": "rev"}, "tooltip": tooltip,
			"color":       object{"field": "good", "type": "quantitative", "legend": nil, "scale": object{"domain": list{0, 1}}},
			"strokeWidth": object{"condition": object{"param": "hover", "empty": false, "value": 4}, "value": 1.8},
			"opacity":     object{"condition": object{"param": "hover", "value": 0.9}, "value": 0.15}},
	}
	ends := list{}
	for _, t := range p.tracks {
		ends = append(ends, object{"axis": t.name, "at": 0, "to": 1})
	}
	return object{
		"$schema": schema, "width": max(vegaWidth, 110*len(p.tracks)), "height": vegaHeight,
		"layer": list{
			object{"data": object{"values": ends}, "mark": object{"type": "rule", "style": "quiet"}, "encoding": object{"x": x, "y": y, "y2": object{"field": "to"}}},
			lines,
			tickText("halo", ticks, -6, x, y), tickText("label", ticks, -6, x, y), tickText("label", last, 6, x, y),
		},
	}
}

// tickText writes the labels of axes; first as a halo, since lines cross them. Those of
// the last axis stand to its right, where no line is.
func tickText(style string, ticks list, dx int, x, y object) object {
	align := "right"
	if dx > 0 {
		align = "left"
	}
	return object{
		"data":     object{"values": ticks},
		"mark":     object{"type": "text", "style": style, "align": align, "dx": dx, "fontSize": 11},
		"encoding": object{"x": x, "y": y, "text": object{"field": "label", "type": "nominal"}},
	}
}

// SVG writes p as one SVG document.
func (p *Parallel) SVG(w io.Writer, o SVGOptions) error {
	s := newSVG(o)
	s.title(p.title)
	top := s.at + 26
	height := math.Max(100, s.height-top-24-15*float64(len(p.notes)))
	x := func(k int) float64 {
		return margin + 60 + (s.width-2*margin-110)*float64(k)/math.Max(1, float64(len(p.tracks)-1))
	}
	y := func(at float64) float64 { return top + height*(1-at) }
	for _, i := range p.order() {
		s.thread(p, i, x, y)
	}
	for k, t := range p.tracks {
		s.line("axis", x(k), top, x(k), top+height)
		s.text(x(k), top-12, "middle", "ink", cut(t.name, s.width/float64(len(p.tracks)), fontSize))
		for _, tick := range t.ticks {
			if k == len(p.tracks)-1 { // no line is to its right
				s.line("axis", x(k), y(tick.at), x(k)+3, y(tick.at))
				s.text(x(k)+7, y(tick.at)+4, "start", "muted", cut(tick.label, 50, fontSize))
				continue
			}
			s.line("axis", x(k)-3, y(tick.at), x(k), y(tick.at))
			s.text(x(k)-7, y(tick.at)+4, "end", "muted halo", cut(tick.label, 80, fontSize))
		}
	}
	s.at = top + height + 8
	for _, n := range p.notes {
		s.note("muted", n)
	}
	_, err := w.Write(s.finish(o, p.title))
	return err
}

// thread is the line of one experiment; a value that it lacks breaks it.
func (s *svg) thread(p *Parallel, i int, x func(int) float64, y func(float64) float64) {
	d, before := "", -1
	for k, t := range p.tracks {
		if !finite(t.at[i]) {
			before = -1
			continue
		}
		if before < 0 {
			d += fmt.Sprintf("M%s %s", coordinate(x(k)), coordinate(y(t.at[i])))
		} else {
			half := coordinate((x(before) + x(k)) / 2)
			d += fmt.Sprintf("C%s %s %s %s %s %s", half, coordinate(y(p.tracks[before].at[i])), half, coordinate(y(t.at[i])), coordinate(x(k)), coordinate(y(t.at[i])))
		}
		before = k
	}
	fmt.Fprintf(s, "<path class=\"mark k%d\" d=\"%s\" fill=\"none\" stroke-width=\"1.8\" stroke-opacity=\"0.85\"><title>%s</title></path>\n", level(tone(p.good[i])), d, escape(p.experiments[i]))
}
