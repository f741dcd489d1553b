package plot

// curvesSpec is lines or points over x.
func (c *chart) curvesSpec() object {
	rows := c.rows()
	spec := object{
		"data":   object{"values": rows},
		"width":  vegaWidth,
		"height": vegaHeight,
		"layer":  c.curveLayers(),
	}
	if c.square {
		spec["width"], spec["height"] = 340, 340
	}
	if c.smooth && c.names == nil {
		spec["params"] = list{object{"name": "span", "value": 0.25,
			"bind": object{"input": "range", "min": 0.02, "max": 1, "step": 0.01, "name": "smooth over "}}}
	}
	crowded(spec, len(rows))
	return spec
}

func (c *chart) curveLayers() list {
	x, y := c.positions()
	encoding := object{"x": x, "y": y, "color": c.shade()}
	if c.points {
		return list{c.pointLayer(encoding)}
	}
	if d := c.dashChannel(); d != nil {
		encoding["strokeDash"] = d
	}
	var layers list
	if c.square {
		layers = append(layers, guessing())
	}
	line := object{"mark": object{"type": "line", "strokeWidth": 2, "strokeJoin": "round"}, "encoding": encoding}
	if c.smooth {
		layers = append(layers, object{"mark": object{"type": "line", "strokeWidth": 1, "opacity": 0.35}, "encoding": encoding})
		line = c.smoothLayer(encoding)
	}
	if c.zoom {
		line["params"] = c.handles()
		c.fade(line, 1)
	}
	layers = append(layers, line)
	if c.template.name != "simple" {
		layers = append(layers, c.hoverLayer(x, y, encoding["color"]))
	}
	return layers
}

// positions are the channels of x and y.
func (c *chart) positions() (x, y object) {
	x = object{"field": "x", "type": "quantitative", "axis": axisOf(c.xLabel), "scale": object{"nice": c.points, "zero": false}}
	y = object{"field": "y", "type": "quantitative", "axis": axisOf(c.yLabel), "scale": object{"zero": false}}
	y["axis"].(object)["tickCount"] = 6
	switch {
	case c.unit:
		x["scale"], y["scale"] = object{"domain": list{0, 1}}, object{"domain": list{0, 1}}
	case c.names != nil && c.jitter:
		x["scale"] = object{"domain": list{-0.5, float64(len(c.names)) - 0.5}, "nice": false}
		x["axis"] = c.namedAxis()
	case c.names != nil:
		x["type"], x["scale"] = "ordinal", object{"domain": c.names}
	}
	return x, y
}

// namedAxis labels the whole numbers with names.
func (c *chart) namedAxis() object {
	axis := axisOf(c.xLabel)
	at := list{}
	for i := range c.names {
		at = append(at, i)
	}
	axis["values"] = at
	names, _ := jsonText(c.names)
	axis["labelExpr"] = names + "[datum.value]"
	return axis
}

func (c *chart) pointLayer(encoding object) object {
	x, y := encoding["x"].(object), encoding["y"].(object)
	encoding["tooltip"] = c.tooltip(titled(x, c.xLabel), titled(y, c.yLabel))
	if d := c.dashChannel(); d != nil {
		d["scale"] = object{"domain": c.variants}
		encoding["shape"] = d
	}
	layer := object{"mark": object{"type": "point", "filled": true, "size": 40, "opacity": 0.65}, "encoding": encoding}
	layer["params"] = c.handles()
	c.fade(layer, 0.65)
	return layer
}

// titled is a position as a line of a tooltip.
func titled(channel object, title string) object {
	return object{"field": channel["field"], "type": channel["type"], "title": title}
}

// handles are what a reader can do: move, zoom, and pick experiments in the legend.
func (c *chart) handles() list {
	var out list
	if c.names == nil && !c.unit {
		out = append(out, object{"name": "zoom", "bind": "scales", "select": object{"type": "interval",
			"zoom": "wheel![event.ctrlKey || event.metaKey]"}})
	}
	if len(c.series) > 1 {
		field := c.shade()["field"]
		out = append(out, object{"name": "picked", "bind": "legend", "select": object{"type": "point", "fields": list{field}}})
	}
	return out
}

// fade makes what is not picked in the legend pale.
func (c *chart) fade(layer object, full float64) {
	if len(c.series) > 1 {
		layer["encoding"] = plus(layer["encoding"].(object), "opacity",
			object{"condition": object{"param": "picked", "value": full}, "value": 0.12})
	}
}

// plus returns a copy of o with one more field.
func plus(o object, name string, value any) object {
	out := object{name: value}
	for k, v := range o {
		if k != name {
			out[k] = v
		}
	}
	return out
}

// smoothLayer is the regression: Vega's own, where a slider can turn it.
func (c *chart) smoothLayer(encoding object) object {
	layer := object{"mark": object{"type": "line", "strokeWidth": 2.5, "strokeJoin": "round"}, "encoding": encoding}
	if c.names != nil {
		layer["encoding"] = plus(encoding, "y", plus(encoding["y"].(object), "field", "smooth"))
		return layer
	}
	groups := list{"rev"}
	if len(c.variants) > 1 {
		groups = append(groups, "series")
	}
	layer["transform"] = list{
		object{"filter": object{"field": "y", "valid": true}},
		object{"loess": "y", "on": "x", "groupby": groups, "bandwidth": object{"signal": "span"}},
	}
	return layer
}

// hoverLayer is a point that follows the pointer, with its values.
func (c *chart) hoverLayer(x, y object, shade any) object {
	return object{
		"mark": object{"type": "point", "size": 60, "strokeWidth": 2.5},
		"params": list{object{"name": "hover", "select": object{"type": "point", "on": "pointerover", "clear": "pointerout",
			"nearest": true, "encodings": list{"x", "y"}}}},
		"encoding": object{
			"x": x, "y": y, "color": shade,
			"opacity": object{"condition": object{"param": "hover", "empty": false, "value": 1}, "value": 0},
			"tooltip": c.tooltip(titled(x, c.xLabel), titled(y, c.yLabel)),
		},
	}
}

// guessing is the diagonal that a coin would reach.
func guessing() object {
	return object{
		"data":     object{"values": list{object{"x": 0, "y": 0}, object{"x": 1, "y": 1}}},
		"mark":     object{"type": "line", "style": "quiet", "strokeDash": list{4, 4}, "strokeWidth": 1},
		"encoding": object{"x": object{"field": "x", "type": "quantitative"}, "y": object{"field": "y", "type": "quantitative"}},
	}
}
