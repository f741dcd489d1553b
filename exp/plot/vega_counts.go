package plot

import (
	"encoding/json"
	"math"
)

// barsSpec is a bar for each name and experiment.
func (c *chart) barsSpec() object {
	rows := list{}
	for k, s := range c.series {
		for i, at := range s.xs {
			row := object{"rev": s.experiment, "name": c.names[int(at)], "x": s.ys[i], "place": k}
			if len(c.variants) > 1 {
				row["series"] = s.variant
			}
			rows = append(rows, row)
		}
	}
	x := object{"field": "x", "type": "quantitative", "axis": axisOf(c.xLabel), "stack": nil}
	x["axis"].(object)["grid"] = true
	y := object{"field": "name", "type": "nominal", "sort": nil, "scale": object{"domain": c.names, "paddingInner": 0.25},
		"axis": plus(axisOf(c.yLabel), "grid", false)}
	return object{
		"data":   object{"values": rows},
		"width":  vegaWidth,
		"height": max(60, len(c.names)*(8+14*max(1, len(c.series)))),
		"mark":   object{"type": "bar", "cornerRadiusEnd": 2},
		"encoding": object{"x": x, "y": y, "color": c.shade(),
			"yOffset": object{"field": "place", "type": "ordinal", "sort": "ascending"},
			"tooltip": c.tooltip(object{"field": "name", "type": "nominal", "title": c.yLabel}, object{"field": "x", "type": "quantitative", "title": c.xLabel}),
		},
	}
}

// binsSpec is histograms: bars that touch, and an outline where several overlap.
func (c *chart) binsSpec() object {
	rows := list{}
	for _, s := range c.series {
		for i := range s.ys {
			row := object{"rev": s.experiment, "start": c.edges[i], "end": c.edges[i+1], "count": s.ys[i]}
			if len(c.variants) > 1 {
				row["series"] = s.variant
			}
			rows = append(rows, row)
		}
	}
	x := object{"field": "start", "type": "quantitative", "axis": axisOf(c.xLabel), "scale": object{"zero": false, "nice": false}}
	y := object{"field": "count", "type": "quantitative", "axis": axisOf(c.yLabel), "stack": nil}
	bar := object{
		"mark": object{"type": "bar", "opacity": 0.85, "binSpacing": 1},
		"encoding": object{"x": plus(x, "bin", "binned"), "x2": object{"field": "end"}, "y": y, "color": c.shade(),
			"tooltip": c.tooltip(object{"field": "start", "type": "quantitative", "title": "from"}, object{"field": "end", "type": "quantitative", "title": "to"}, object{"field": "count", "type": "quantitative"})},
	}
	layers := list{bar}
	if len(c.series) > 1 {
		bar["mark"] = object{"type": "bar", "opacity": 0.3, "binSpacing": 0}
		line := object{"x": x, "y": y, "color": c.shade()}
		if d := c.dashChannel(); d != nil {
			line["strokeDash"] = d
		}
		layers = append(layers, object{"mark": object{"type": "line", "interpolate": "step-after", "strokeWidth": 2}, "encoding": line})
	}
	return object{"data": object{"values": rows}, "width": vegaWidth, "height": vegaHeight, "layer": layers}
}

// matricesSpec is a matrix for each experiment, beside each other: they cannot be laid over.
func (c *chart) matricesSpec() object {
	rows := list{}
	for i, m := range c.matrices {
		for y := range c.classes {
			for x := range c.classes {
				strength, text := c.cell(m, y, x)
				rows = append(rows, object{"rev": m.label, "order": i, "x": c.classes[x], "y": c.classes[y],
					"count": m.counts[y][x], "share": math.Round(m.share(y, x)*1e4) / 1e4, "strength": strength, "text": text})
			}
		}
	}
	return object{
		"data":    object{"values": rows},
		"columns": min(3, max(1, len(c.matrices))),
		"facet":   object{"field": "rev", "type": "nominal", "sort": object{"field": "order", "op": "min"}, "header": object{"title": nil}},
		"spec":    c.matrixSpec(),
	}
}

func (c *chart) matrixSpec() object {
	n := max(1, len(c.classes))
	size := min(60, max(12, 280/n)) * n
	channel := func(field, title string) object {
		return object{"field": field, "type": "nominal", "sort": nil, "scale": object{"domain": c.classes, "padding": 0}, "axis": plus(plus(axisOf(title), "labelLimit", 100), "labelAngle", 0)}
	}
	x := channel("x", c.xLabel)
	if widthOf(c.classes) > float64(size/n-4) {
		x["axis"].(object)["labelAngle"] = -40
	}
	layers := list{object{
		"mark": object{"type": "rect"},
		"encoding": object{
			"color": object{"field": "strength", "type": "quantitative", "scale": object{"domain": list{0, 1}}, "legend": nil},
			"tooltip": c.tooltip(object{"field": "x", "type": "nominal", "title": c.xLabel}, object{"field": "y", "type": "nominal", "title": c.yLabel},
				object{"field": "count", "type": "quantitative"}, object{"field": "share", "type": "quantitative", "format": ".1%", "title": "of its " + c.yLabel}),
		},
	}}
	if n <= 15 {
		layers = append(layers, cellText("weak", object{"field": "strength", "lte": 0.5}), cellText("strong", object{"field": "strength", "gt": 0.5}))
	}
	return object{"width": size, "height": size, "layer": layers, "encoding": object{"x": x, "y": channel("y", c.yLabel)}}
}

// cellText writes what stands in the cells that a filter leaves.
func cellText(style string, filter object) object {
	return object{
		"transform": list{object{"filter": filter}},
		"mark":      object{"type": "text", "style": style, "fontSize": 11},
		"encoding":  object{"text": object{"field": "text", "type": "nominal"}},
	}
}

// jsonText is a value as the text of an expression.
func jsonText(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
