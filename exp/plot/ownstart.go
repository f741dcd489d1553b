package plot

import (
	"bytes"
	"encoding/json"
)

// What people who want a template of their own begin with: the templates that there
// are, written as specifications with anchors. They draw what the templates draw,
// without the refinements that need to know the data: a template of one's own sees
// the rows as they are in the files.

// Anchored returns a template as the specification of one's own; nil if there is none
// of this name.
func Anchored(name string) []byte {
	for _, t := range templates {
		if t.name != name {
			continue
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false) // people read it
		e.SetIndent("", "  ")
		if e.Encode(t.anchored()) != nil {
			return nil
		}
		return b.Bytes()
	}
	return nil
}

func anchor(name string) string { return anchorBegin + name + ">" }

func (t template) anchored() object {
	spec := object{"$schema": schema, "data": object{"values": anchor("DATA")}, "title": anchor("TITLE")}
	for name, value := range t.anchoredMarks() {
		spec[name] = value
	}
	if t.family != matrices {
		spec["width"], spec["height"] = anchor("PLOT_WIDTH"), anchor("PLOT_HEIGHT")
	}
	return spec
}

// anchoredMarks is what differs between templates.
func (t template) anchoredMarks() object {
	switch t.family {
	case bars:
		return t.anchoredBars()
	case bins:
		return object{
			"mark": object{"type": "bar", "opacity": 0.6},
			"encoding": object{"x": object{"field": anchor("Y"), "bin": object{"maxbins": 30}, "title": anchor("Y")},
				"y": object{"aggregate": "count", "stack": nil, "title": "count"}, "color": anchor("COLOR")},
		}
	case matrices:
		return t.anchoredMatrix()
	}
	return t.anchoredCurves()
}

// anchoredAxis is the channel of x or y.
func anchoredAxis(name, kind string) object {
	axis := object{"field": anchor(name), "type": kind, "title": anchor(name + "_LABEL")}
	if kind == "quantitative" {
		axis["scale"] = object{"zero": false}
	}
	return axis
}

func (t template) anchoredCurves() object {
	x, y := anchoredAxis("X", "quantitative"), anchoredAxis("Y", "quantitative")
	if t.unit {
		x["scale"], y["scale"] = object{"domain": list{0, 1}}, object{"domain": list{0, 1}}
	}
	encoding := object{"x": x, "y": y, "color": anchor("COLOR"), "tooltip": anchor("TOOLTIP")}
	main := object{"mark": "line", "encoding": encoding}
	if t.points {
		main["mark"] = object{"type": "point", "filled": true, "opacity": 0.7}
	}
	if t.jitter {
		encoding["x"] = anchoredAxis("X", "nominal")
		encoding["xOffset"] = object{"field": "jitter", "type": "quantitative"}
		main["transform"] = list{object{"calculate": "random()", "as": "jitter"}}
	} else if t.zoom {
		main["params"] = list{anchor("ZOOM_AND_PAN")}
	}
	layers := list{main}
	if t.smooth {
		main["transform"] = list{object{"loess": anchor("Y"), "on": anchor("X"), "groupby": anchor("GROUP_BY"), "bandwidth": 0.3}}
		delete(encoding, "tooltip") // its rows have no more than x, y and rev
		layers = list{object{"mark": object{"type": "line", "opacity": 0.3}, "encoding": plus(encoding, "tooltip", anchor("TOOLTIP"))}, main}
	}
	if t.square {
		layers = append(layers, object{"data": object{"values": list{object{"x": 0, "y": 0}, object{"x": 1, "y": 1}}},
			"mark":     object{"type": "line", "color": "#888888", "strokeDash": list{4, 4}},
			"encoding": object{"x": object{"field": "x", "type": "quantitative"}, "y": object{"field": "y", "type": "quantitative"}}})
	}
	return object{"layer": layers}
}

func (t template) anchoredBars() object {
	y := anchoredAxis("Y", "nominal")
	if t.sorted {
		y["sort"] = "-x"
	}
	return object{
		"mark": "bar",
		"encoding": object{"x": object{"field": anchor("X"), "type": "quantitative", "title": anchor("X_LABEL"), "stack": nil}, "y": y,
			"yOffset": object{"field": "rev", "type": "nominal"}, "color": anchor("COLOR"), "tooltip": anchor("TOOLTIP")},
	}
}

func (t template) anchoredMatrix() object {
	pair := list{"rev", anchor("X"), anchor("Y")}
	transform := list{object{"aggregate": list{object{"op": "count", "as": "count"}}, "groupby": pair}}
	shown := object{"field": "count", "type": "quantitative"}
	if t.normalized {
		transform = append(transform,
			object{"joinaggregate": list{object{"op": "sum", "field": "count", "as": "all"}}, "groupby": list{"rev", anchor("Y")}},
			object{"calculate": "datum.count / datum.all", "as": "share"})
		shown = object{"field": "share", "type": "quantitative", "format": ".2f"}
	}
	color := object{"field": shown["field"], "type": "quantitative", "legend": nil}
	return object{
		"transform": transform,
		"facet":     object{"field": "rev", "type": "nominal", "title": nil},
		"spec": object{
			"width": anchor("PLOT_WIDTH"), "height": anchor("PLOT_HEIGHT"),
			"encoding": object{"x": anchoredAxis("X", "nominal"), "y": anchoredAxis("Y", "nominal")},
			"layer": list{
				object{"mark": "rect", "encoding": object{"color": color}},
				object{"mark": object{"type": "text", "fontSize": 12, "fontWeight": 600}, "encoding": object{"text": shown}},
			},
		},
	}
}
