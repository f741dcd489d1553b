package plot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/exp/frame"
)

// Own is a template that a user wrote: a Vega or Vega-Lite specification in
// which strings such as "<DVC_METRIC_DATA>" stand for what a plot brings. Those of
// DVC work as they are. Only browsers draw it; a picture or a terminal shows lines.
type Own struct {
	spec any
}

const (
	anchorBegin = "<DVC_METRIC_"
	ownWidth    = 400
	ownRows     = 50_000 // rows a source; an own template may count them, so they are not thinned before
)

// Custom reads a template of the user's own.
func Custom(text []byte) (*Own, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	o := &Own{}
	if err := d.Decode(&o.spec); err != nil {
		return nil, fmt.Errorf("the template is not JSON: %w", err)
	}
	if _, ok := o.spec.(object); !ok {
		return nil, fmt.Errorf("the template is not a JSON object")
	}
	if !bytes.Contains(text, []byte(anchorBegin+"DATA>")) {
		return nil, fmt.Errorf("the template has no %q: it would show no data", anchorBegin+"DATA>")
	}
	return o, nil
}

// fill returns the specification with everything in its place.
func (o *Own) fill(p Plot, c *chart) (object, error) {
	rows, x, y := p.ownRows(c)
	values := object{
		"DATA": rows, "X": escapeField(x), "Y": escapeField(y), "TITLE": c.title, "X_LABEL": c.xLabel, "Y_LABEL": c.yLabel,
		"COLOR": c.ownColor(), "PLOT_HEIGHT": vegaHeight, "PLOT_WIDTH": ownWidth, "COLUMN_WIDTH": ownWidth, "ROW_HEIGHT": vegaHeight,
		"ZOOM_AND_PAN": object{"name": "grid", "select": "interval", "bind": "scales"},
		"TOOLTIP":      told(object{"field": "rev"}, object{"field": escapeField(x), "title": x}, object{"field": escapeField(y), "title": y}),
		"GROUP_BY":     list{"rev"}, "GROUP_BY_X": list{"rev", escapeField(x)}, "GROUP_BY_Y": list{"rev", escapeField(y)},
		"PIVOT_FIELD": "datum.rev", "STROKE_DASH": object{}, "SHAPE": object{},
	}
	spec := fillIn(o.spec, values).(object)
	crowded(spec, len(rows))
	return spec, nil
}

// fillIn replaces every string that is an anchor. The values themselves are not
// searched: a title that looks like an anchor stays a title.
func fillIn(v any, values object) any {
	switch v := v.(type) {
	case string:
		if name, ok := strings.CutPrefix(v, anchorBegin); ok {
			if value, ok := values[strings.TrimSuffix(name, ">")]; ok {
				return value
			}
		}
		return v
	case list:
		out := make(list, len(v))
		for i := range v {
			out[i] = fillIn(v[i], values)
		}
		return out
	case object:
		out := make(object, len(v))
		for name := range v {
			out[name] = fillIn(v[name], values)
		}
		return out
	}
	return v
}

// escapeField keeps Vega from reading a.b as b of a.
func escapeField(name string) string {
	return strings.NewReplacer(`\`, `\\`, ".", `\.`, "[", `\[`, "]", `\]`).Replace(name)
}

// ownColor is DVC's channel of colours.
func (c *chart) ownColor() object {
	palette := list{}
	domain := list{}
	for i, name := range c.experiments {
		if slices.ContainsFunc(c.series, func(s series) bool { return s.experiment == name }) {
			domain, palette = append(domain, name), append(palette, colorOf(i))
		}
	}
	return object{"field": "rev", "type": "nominal", "scale": object{"domain": domain, "range": palette}}
}

// ownRows returns the rows as the files have them, with rev, filename and field,
// and the columns that were read. Where sources differ in theirs, each has x and
// y under the names of the first, as in DVC.
func (p Plot) ownRows(c *chart) (rows list, x, y string) {
	rows = list{}
	for _, s := range p.Sources {
		if s.Frame == nil || s.Err != "" {
			continue
		}
		readings, err := p.read(c.template, s)
		if err != nil {
			continue // its panel says so
		}
		for _, r := range readings {
			if x == "" {
				x, y = r.x, r.y
			}
			for i, row := range s.Frame.Rows {
				if i == ownRows {
					c.note("Of each file, the first %s rows are drawn.", grouped(ownRows))
					break
				}
				out := object{}
				for k, v := range row {
					out[s.Frame.Columns[k]] = plain(v)
				}
				out[x], out[y] = plain(r.xs[i]), plain(r.ys[i])
				out["rev"], out["filename"], out["field"] = s.Experiment, s.Path, r.y
				rows = append(rows, out)
			}
		}
	}
	return rows, x, y
}

func plain(v frame.Value) any {
	switch v.Kind {
	case frame.Absent:
		return nil
	case frame.Number:
		return v.Number
	case frame.Bool:
		return v.Text == "true"
	}
	return v.Text
}
