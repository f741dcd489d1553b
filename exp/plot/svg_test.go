package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/exp/frame"
)

// marksIn parses an SVG and returns how many marks of data it has, by element.
func marksIn(t *testing.T, b []byte) map[string]int {
	t.Helper()
	out := map[string]int{}
	d := xml.NewDecoder(bytes.NewReader(b))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("%v in %s", err, b)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if name := start.Name.Local; !strings.Contains(" svg title style rect text path circle image ", " "+name+" ") {
			t.Errorf("an element %s", name)
		}
		for _, a := range start.Attr {
			if strings.HasPrefix(a.Name.Local, "on") {
				t.Errorf("an attribute %s", a.Name.Local)
			}
			if a.Name.Local == "class" && strings.HasPrefix(a.Value, "mark") {
				out[start.Name.Local]++
			}
		}
	}
}

func TestSVG(t *testing.T) {
	for template, want := range map[string]string{
		"linear": "map[path:3]", "simple": "map[path:3]", "smooth": "map[path:6]", "scatter": "map[circle:120]", "scatter_jitter": "map[circle:120]",
		"confusion": "map[rect:48]", "confusion_normalized": "map[rect:48]", "bar_horizontal": "map[rect:18]", "bar_horizontal_sorted": "map[rect:18]",
		"histogram": "map[rect:30]", "roc": "map[path:3]", "precision_recall": "map[path:3]",
	} {
		for name, p := range map[string]Plot{template: samplePlot(template, 3, 40), "hostile " + template: hostilePlot(template)} {
			for _, theme := range []Theme{Light, Dark, Auto} {
				b := written(t, func(w io.Writer) error { return p.SVG(w, SVGOptions{Theme: theme}) })
				if got := fmt.Sprint(marksIn(t, b)); got != want {
					t.Errorf("%s: %s, want %s", name, got, want)
				}
			}
		}
	}
}

func TestSVG_golden(t *testing.T) {
	p := samplePlot("linear", 2, 5)
	golden(t, "linear.svg", written(t, func(w io.Writer) error { return p.SVG(w, SVGOptions{}) }))
}

func TestSVG_pictures(t *testing.T) {
	p := Plot{Sources: []Source{
		{Experiment: "a", Path: "x.png", Image: []byte(pixel)},
		{Experiment: "b", Path: "x.png", Image: []byte("<html>")},
		{Experiment: "c", Path: "x.svg", Image: []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")},
		{Experiment: "d", Path: "x.html", Image: []byte("<svg/>"), MIME: "text/html"},
	}}
	b := written(t, func(w io.Writer) error { return p.SVG(w, SVGOptions{}) })
	if got := fmt.Sprint(marksIn(t, b)); got != "map[image:2]" || bytes.Count(b, []byte("This is no picture")) != 2 {
		t.Errorf("%s %s", got, b)
	}
}

// Odd data is drawn, not a crash.
func TestOddData(t *testing.T) {
	for name, columns := range map[string][]float64{"no rows": {}, "one": {3}, "all equal": {2, 2, 2}, "zeroes": {0, 0}, "huge": {1e300, -1e300}, "tiny": {1e-300, 2e-300}, "near": {1, 1 + 1e-15}} {
		for _, template := range TemplateNames() {
			p := Plot{Definition: Definition{Template: template}}
			f := table("x y", len(columns), twice(columns))
			p.Sources = []Source{{Experiment: "a", Path: "p", Frame: f}}
			b := written(t, func(w io.Writer) error { return p.SVG(w, SVGOptions{Width: 1, Height: 1}) })
			marksIn(t, b)
			if bytes.Contains(b, []byte("NaN")) || bytes.Contains(b, []byte("Inf")) {
				t.Errorf("%s, %s: %s", template, name, b)
			}
			written(t, func(w io.Writer) error { return p.Text(w, TextOptions{Width: 1, Height: 1, Unicode: true}) })
			must[[]byte](t)(p.VegaLite())
		}
	}
}

func twice(ys []float64) func(i int) []frame.Value {
	return func(i int) []frame.Value { return []frame.Value{num(ys[i]), num(ys[i])} }
}
