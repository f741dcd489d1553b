package plot

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
)

type (
	object = map[string]any // encoding/json sorts its names: equal plots give equal bytes
	list   = []any
)

const (
	schema     = "https://vega.github.io/schema/vega-lite/v6.json"
	vegaWidth  = 480
	vegaHeight = 300
)

// VegaLite returns p as a Vega-Lite specification with its data in it. Names of
// columns never become names of fields: fields are called rev, series, x and y
// whatever a file calls them, so that no name can mean something to Vega.
func (p Plot) VegaLite() ([]byte, error) {
	c, err := p.chart()
	if err != nil {
		return nil, err
	}
	spec, err := p.spec(c)
	if err != nil {
		return nil, err
	}
	if p.Own == nil {
		spec = standalone(spec, c.title)
	}
	return encode(spec)
}

// standalone gives a specification what a page would: a title, and the colours of paper.
func standalone(spec object, title string) object {
	spec["title"], spec["config"] = title, config(light())
	return spec
}

// encode writes < > & as escapes, so that nothing in data ends the script element it is in.
func encode(spec object) ([]byte, error) {
	b, err := json.MarshalIndent(spec, "", " ")
	if err != nil {
		return nil, err
	}
	return append(b, '\n'), nil
}

// spec returns the specification of c, without title and colours.
func (p Plot) spec(c *chart) (object, error) {
	if p.Own != nil {
		return p.Own.fill(p, c)
	}
	return c.spec(), nil
}

func (c *chart) spec() object {
	var spec object
	switch c.family {
	case bars:
		spec = c.barsSpec()
	case bins:
		spec = c.binsSpec()
	case matrices:
		spec = c.matricesSpec()
	default:
		spec = c.curvesSpec()
	}
	spec["$schema"] = schema
	return spec
}

// rows returns the data of a chart with x and y.
func (c *chart) rows() list {
	out := list{}
	for _, s := range c.series {
		for i := range s.xs {
			row := object{"rev": s.experiment, "x": finiteOrNull(s.xs[i]), "y": finiteOrNull(s.ys[i])}
			if c.names != nil && c.family != bars && !c.jitter && finite(s.xs[i]) {
				row["x"] = c.names[int(s.xs[i])]
			}
			if len(c.variants) > 1 {
				row["series"] = s.variant
			}
			if s.smooth != nil && c.names != nil {
				row["smooth"] = finiteOrNull(s.smooth[i])
			}
			out = append(out, row)
		}
	}
	return out
}

func finiteOrNull(v float64) any {
	if !finite(v) {
		return nil
	}
	return v
}

// shade is the channel of colours: an experiment's is the same in every chart.
func (c *chart) shade() object {
	field, names, at := "rev", c.experiments, func(s series) string { return s.experiment }
	if c.byVariant() {
		field, names, at = "series", c.variants, func(s series) string { return s.variant }
	}
	domain, palette := list{}, list{}
	for i, name := range names {
		if slices.ContainsFunc(c.series, func(s series) bool { return at(s) == name }) {
			domain, palette = append(domain, name), append(palette, colorOf(i))
		}
	}
	return object{"field": field, "type": "nominal", "scale": object{"domain": domain, "range": palette},
		"legend": c.legend(len(domain))}
}

// dashChannel tells variants apart where colours tell experiments; nil if they need not.
func (c *chart) dashChannel() object {
	if len(c.variants) <= 1 || c.byVariant() {
		return nil
	}
	patterns := list{}
	for i := range c.variants {
		patterns = append(patterns, dashOf(i))
	}
	return object{"field": "series", "type": "nominal", "scale": object{"domain": c.variants, "range": patterns},
		"legend": c.legend(len(c.variants))}
}

func (c *chart) legend(n int) any {
	if n <= 1 && len(c.experiments) <= 1 {
		return nil
	}
	legend := object{"title": nil, "orient": "top", "direction": "horizontal", "columns": 4, "labelLimit": 180, "symbolOpacity": 1}
	if c.family == curves && !c.points {
		legend["symbolType"] = "stroke"
	}
	return legend
}

// axisOf names an axis.
func axisOf(title string) object {
	return object{"title": title, "titleLimit": 400, "labelLimit": 160, "labelOverlap": true}
}

// tooltip lists what is told under the pointer.
func (c *chart) tooltip(more ...object) list {
	out := list{object{"field": "rev", "type": "nominal", "title": "experiment"}}
	if len(c.variants) > 1 {
		out = append(out, object{"field": "series", "type": "nominal", "title": "of"})
	}
	return append(out, told(more...)...)
}

// told makes lines of a tooltip safe. Vega-Lite writes their titles into the text
// of an expression and escapes nothing but quotes: a backslash in the name of a
// column would break the chart, and worse could be made of it.
func told(lines ...object) list {
	out := list{}
	for _, line := range lines {
		if title, ok := line["title"].(string); ok {
			line = plus(line, "title", inExpression(title))
		}
		out = append(out, line)
	}
	return out
}

// inExpression escapes a text for a string of an expression, all but its quotes.
func inExpression(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string into a Builder: it does not fail
	quoted := strings.TrimSuffix(b.String(), "\n")
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}

// config is what Vega draws everything else with.
func config(t theme) object {
	return object{
		"background": t.paper,
		"font":       fonts,
		"aria":       false, // a description of every mark: long, and its texts are not escaped; the chart has one
		"view":       object{"stroke": nil},
		"axis": object{"gridColor": t.grid, "domainColor": t.muted, "tickColor": t.muted, "labelColor": t.muted,
			"titleColor": t.ink, "labelFontSize": 11, "titleFontSize": 12, "titleFontWeight": 500, "tickSize": 4, "titlePadding": 8},
		"axisX":  object{"grid": false},
		"legend": object{"labelColor": t.ink, "titleColor": t.muted, "labelFontSize": 12, "symbolStrokeWidth": 2.5, "columnPadding": 16},
		"title":  object{"color": t.ink, "anchor": "start", "fontSize": 15, "fontWeight": 600, "offset": 12},
		"header": object{"labelColor": t.ink, "labelFontSize": 12, "labelFontWeight": 600, "title": nil},
		"range":  object{"category": colors, "heatmap": t.ramp, "ramp": t.ramp},
		"style": object{
			"strong": object{"color": t.strong}, "weak": object{"color": t.weak},
			"quiet": object{"color": t.muted}, "label": object{"color": t.muted},
			"halo": object{"color": t.paper, "stroke": t.paper, "strokeWidth": 3, "strokeJoin": "round"},
		},
	}
}

const fonts = `system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif`

// crowded says how Vega is to draw: many marks as pixels, few as crisp shapes.
func crowded(spec object, rows int) {
	if rows > 4000 {
		spec["usermeta"] = object{"embedOptions": object{"renderer": "canvas"}}
	}
}

// pad returns an extent with a little room on both sides.
func pad(lo, hi, share float64) (float64, float64) {
	lo, hi = apart(lo, hi)
	d := (hi - lo) * share
	return lo - d, math.Max(hi+d, lo)
}
