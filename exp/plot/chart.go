package plot

import (
	"cmp"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/exp/frame"
)

// chart is a plot with its defaults filled in and its columns read. Vega, SVG and
// the terminal draw this and nothing else, so that they show the same.
type chart struct {
	template
	title, xLabel, yLabel string

	experiments []string // all that are compared: their places give the colours
	variants    []string // the files or columns, where an experiment has several
	series      []series // of every family but matrices
	names       []string // what the xs of series number: categories, or the bars; nil if they are numbers
	edges       []float64
	classes     []string // of matrices, both ways
	matrices    []matrix

	panels []panel  // pictures and what could not be read, in the order of the sources
	notes  []string // what the reader of the chart has to know
}

// series is one line, set of points, set of bars or histogram.
type series struct {
	experiment, variant string
	color, dash         int
	xs, ys              []float64 // NaN is a gap
	smooth              []float64 // ys after a local regression, where the template has one
}

// panel is a picture, or why there is none.
type panel struct {
	experiment, path string
	mime             string
	image            []byte
	err              string
}

// chart resolves p.
func (p Plot) chart() (*chart, error) {
	if p.Problem != "" {
		return &chart{title: p.title(), experiments: p.experiments(), panels: []panel{{experiment: "template", path: p.Template, err: p.Problem}}}, nil
	}
	t, err := templateNamed(p.Template)
	if err != nil && p.Own == nil {
		return nil, err
	}
	c := &chart{template: t, title: p.title(), experiments: p.experiments()}
	var readings []reading
	for _, s := range p.Sources {
		readings = append(readings, c.take(p, s)...)
	}
	c.labels(p, readings)
	switch t.family {
	case curves:
		c.curves(readings)
	case bars:
		c.bars(readings)
	case bins:
		c.bins(readings)
	case matrices:
		c.confusions(readings)
	}
	return c, nil
}

// take reads a source. What cannot be read becomes a panel that says so.
func (c *chart) take(p Plot, s Source) []reading {
	out := panel{experiment: s.Experiment, path: s.Path, err: s.Err}
	switch {
	case s.Err != "":
	case s.Image != nil:
		out.image = s.Image
		if out.mime = cmp.Or(s.MIME, sniff(s.Image)); !shown(out.mime) {
			out.image, out.err = nil, "This is no picture of a kind that is shown: PNG, JPEG, GIF, WebP or SVG."
		}
	case s.Frame == nil:
		out.err = "There is no data."
	default:
		readings, err := p.read(c.template, s)
		if err == nil {
			return readings
		}
		out.err = s.Path + ": " + err.Error()
	}
	c.panels = append(c.panels, out)
	return nil
}

// labels names the axes, and what tells the readings of one experiment apart.
func (c *chart) labels(p Plot, readings []reading) {
	var xs, ys, paths []string
	for _, r := range readings {
		xs, ys, paths = with(xs, r.x), with(ys, r.y), with(paths, r.path)
	}
	c.xLabel, c.yLabel = cmp.Or(p.XLabel, strings.Join(xs, ", ")), cmp.Or(p.YLabel, strings.Join(ys, ", "))
	if c.family == bins {
		c.xLabel, c.yLabel = cmp.Or(p.XLabel, strings.Join(ys, ", ")), cmp.Or(p.YLabel, "count")
	}
	for _, r := range readings {
		c.variants = with(c.variants, r.variant(len(ys), paths))
	}
}

// variant names r among the readings of its experiment.
func (r reading) variant(columns int, paths []string) string {
	var parts []string
	if len(paths) > 1 {
		parts = append(parts, shortPath(r.path, paths))
	}
	if columns > 1 || len(parts) == 0 {
		parts = append(parts, r.y)
	}
	return strings.Join(parts, " ")
}

// shortPath returns the base name, if that tells one path from the others.
func shortPath(name string, paths []string) string {
	for _, other := range paths {
		if other != name && path.Base(other) == path.Base(name) {
			return name
		}
	}
	return path.Base(name)
}

func with(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// begin returns the series of a reading, without its numbers.
func (c *chart) begin(readings []reading, r reading) series {
	var ys, paths []string
	for _, o := range readings {
		ys, paths = with(ys, o.y), with(paths, o.path)
	}
	s := series{experiment: r.experiment, variant: r.variant(len(ys), paths)}
	v := slices.Index(c.variants, s.variant)
	if s.color, s.dash = slices.Index(c.experiments, r.experiment), v; c.byVariant() {
		s.color, s.dash = v, 0
	} else if s.color >= len(colors) {
		s.dash = v + s.color/len(colors)
	}
	return s
}

// byVariant reports whether colours tell variants apart, there being one experiment.
func (c *chart) byVariant() bool { return len(c.experiments) <= 1 && len(c.variants) > 1 }

// name is what the legend calls s.
func (c *chart) name(s series) string {
	switch {
	case c.byVariant():
		return s.variant
	case len(c.variants) > 1:
		return s.experiment + " " + s.variant
	}
	return s.experiment
}

// note adds a sentence, once.
func (c *chart) note(format string, args ...any) {
	c.notes = with(c.notes, fmt.Sprintf(format, args...))
}

// empty reports whether there is nothing to draw but panels.
func (c *chart) empty() bool { return len(c.series) == 0 && len(c.matrices) == 0 }

// number returns a value as a number, NaN if it is none.
func number(v frame.Value) float64 {
	if v.Kind == frame.Number {
		return v.Number
	}
	return math.NaN()
}
