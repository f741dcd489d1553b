package plot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dewar-build/dewar/exp/frame"
)

// Own is a template that a user wrote: a Vega or Vega-Lite specification in
// which strings such as "<DVC_METRIC_DATA>" stand for what a plot brings. Those of
// DVC work as they are. Only browsers draw it; a picture or a terminal shows lines.
//
// It may come from strangers. The policy of a page lets no script of theirs run and
// no address be reached; what they could ask of the program that draws, in usermeta,
// is dropped here, and charts.js gives Vega a loader that loads nothing.
type Own struct {
	spec    any
	outside []string // addresses that it wants data or pictures from
}

const (
	anchorBegin = "<DVC_METRIC_"
	ownWidth    = 400
	ownRows     = 50_000  // rows a source; an own template may count them, so they are not thinned before
	ownBytes    = 4 << 20 // of a template
)

// Custom reads a template of the user's own.
func Custom(text []byte) (*Own, error) {
	if len(text) > ownBytes {
		return nil, fmt.Errorf("it has %s bytes; a template has at most %s", grouped(len(text)), grouped(ownBytes))
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	o := &Own{}
	if err := d.Decode(&o.spec); err != nil {
		return nil, notJSON(text, err)
	}
	if rest := bytes.TrimSpace(text[d.InputOffset():]); len(rest) > 0 {
		return nil, fmt.Errorf("it is not JSON: something follows the end of the object")
	}
	spec, ok := o.spec.(object)
	if !ok {
		return nil, fmt.Errorf("it is not a JSON object")
	}
	if !mentions(spec, anchorBegin+"DATA>") {
		return nil, fmt.Errorf("it has no %q: it would show no data", anchorBegin+"DATA>")
	}
	delete(spec, "usermeta")
	o.outside = addresses(spec, nil)
	return o, nil
}

// notJSON says where.
func notJSON(text []byte, err error) error {
	at := int64(len(text))
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = min(max(syntax.Offset-1, 0), at)
	}
	before := text[:at]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	what := err.Error()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		what = "it ends too early"
	}
	return fmt.Errorf("it is not JSON: line %d, column %d: %s", line, column, what)
}

// mentions reports whether one of the strings in v is text.
func mentions(v any, text string) bool {
	switch v := v.(type) {
	case string:
		return v == text
	case list:
		return slices.ContainsFunc(v, func(e any) bool { return mentions(e, text) })
	case object:
		for _, e := range v {
			if mentions(e, text) {
				return true
			}
		}
	}
	return false
}

// addresses lists what a specification would load.
func addresses(v any, found []string) []string {
	switch v := v.(type) {
	case list:
		for _, e := range v {
			found = addresses(e, found)
		}
	case object:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if at, ok := v[name].(string); ok && name == "url" && !strings.HasPrefix(at, "data:") {
				found = with(found, at)
				continue
			}
			found = addresses(v[name], found)
		}
	}
	return found
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
	for _, at := range o.outside {
		c.note("The template asks for %s, which a page that reaches no address does not have.", at)
	}
	crowded(spec, len(rows))
	return spec, nil
}

// fillIn replaces every anchor: a string that is one by what it stands for, one
// within a longer string by its text. The values themselves are not searched: a
// title that looks like an anchor stays a title.
func fillIn(v any, values object) any {
	switch v := v.(type) {
	case string:
		return fillText(v, values)
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

func fillText(text string, values object) any {
	if value, ok := values[anchorName(text)]; ok {
		return value
	}
	var b strings.Builder
	for {
		at := strings.Index(text, anchorBegin)
		end := strings.IndexByte(text[max(at, 0):], '>')
		if at < 0 || end < 0 {
			break
		}
		end += at + 1
		anchor := text[at:end]
		switch value := values[anchorName(anchor)].(type) {
		case string:
			anchor = value
		case int:
			anchor = strconv.Itoa(value)
		}
		b.WriteString(text[:at] + anchor)
		text = text[end:]
	}
	return b.String() + text
}

// anchorName is X of "<DVC_METRIC_X>", "" of what is no anchor.
func anchorName(text string) string {
	name, ok := strings.CutPrefix(text, anchorBegin)
	name, whole := strings.CutSuffix(name, ">")
	if !ok || !whole {
		return ""
	}
	return name
}

// escapeField keeps Vega from reading a.b as b of a. In the quotes of an expression
// it means the same, which is why quotes are escaped too.
func escapeField(name string) string {
	return strings.NewReplacer(`\`, `\\`, ".", `\.`, "[", `\[`, "]", `\]`, "'", `\'`, `"`, `\"`).Replace(name)
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
