package plot

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/exp/frame"
)

// ownTemplate is as people have them in .dvc/plots.
const ownTemplate = `{
	"$schema": "https://vega.github.io/schema/vega-lite/v5.json",
	"data": {"values": "<DVC_METRIC_DATA>"}, "title": "<DVC_METRIC_TITLE>",
	"width": "<DVC_METRIC_PLOT_WIDTH>", "height": "<DVC_METRIC_PLOT_HEIGHT>",
	"mark": {"type": "line", "opacity": 0.50},
	"encoding": {
		"x": {"field": "<DVC_METRIC_X>", "type": "quantitative", "title": "<DVC_METRIC_X_LABEL>"},
		"y": {"field": "<DVC_METRIC_Y>", "type": "quantitative", "title": "<DVC_METRIC_Y_LABEL>"},
		"color": "<DVC_METRIC_COLOR>"
	}
}`

func TestCustom(t *testing.T) {
	own := must[*Own](t)(Custom([]byte(ownTemplate)))
	f := table("a.b loss[0]", 1, func(int) []frame.Value { return []frame.Value{num(1), num(0.5)} })
	p := Plot{Own: own, Definition: Definition{Title: "<DVC_METRIC_Y>"}, Sources: []Source{{Experiment: "HEAD", Path: "p.csv", Frame: f}, {Experiment: "other", Path: "p.csv", Err: "gone"}}}
	var want object
	err := json.Unmarshal([]byte(`{
		"$schema": "https://vega.github.io/schema/vega-lite/v5.json",
		"data": {"values": [{"a.b": 1, "loss[0]": 0.5, "step": 0, "rev": "HEAD", "filename": "p.csv", "field": "loss[0]"}]},
		"title": "<DVC_METRIC_Y>", "width": 400, "height": 300, "mark": {"type": "line", "opacity": 0.5},
		"encoding": {
			"x": {"field": "step", "type": "quantitative", "title": "step"},
			"y": {"field": "loss\\[0\\]", "type": "quantitative", "title": "loss[0]"},
			"color": {"field": "rev", "type": "nominal", "scale": {"domain": ["HEAD"], "range": ["#2f7fd0"]}}
		}}`), &want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, spec(t, p)); diff != "" {
		t.Error(diff)
	}
}

func TestCustom_malformed(t *testing.T) {
	for text, want := range map[string]string{
		`{`:                                  "it is not JSON: line 1, column 2: it ends too early",
		"{\n  \"mark\": line}":               "it is not JSON: line 2, column 11: invalid character 'l'",
		`[]`:                                 "it is not a JSON object",
		`{}`:                                 `it has no "<DVC_METRIC_DATA>"`,
		`{"data": "<DVC_METRIC_DATA>"} more`: "something follows the end",
		"{\"d\": \"" + strings.Repeat("x", ownBytes) + "\"}": "at most 4,194,304",
	} {
		if _, err := Custom([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v", text, err)
		}
	}
}

// Anchors stand within texts as well: in titles and expressions.
func TestCustom_within(t *testing.T) {
	own := must[*Own](t)(Custom([]byte("\ufeff" + `{"data": {"values": "\u003cDVC_METRIC_DATA>"}, "mark": "line", "usermeta": {"embedOptions": {"ast": false}},
		"description": "<DVC_METRIC_TITLE>: <DVC_METRIC_Y> of <DVC_METRIC_NOBODY> and <DVC_METRIC_",
		"transform": [{"calculate": "datum['<DVC_METRIC_Y>'] * <DVC_METRIC_PLOT_WIDTH>", "as": "y"}]}`)))
	f := table("step it's.y", 1, func(int) []frame.Value { return []frame.Value{num(1), num(0.5)} })
	got := spec(t, Plot{Own: own, Definition: Definition{Title: "<DVC_METRIC_Y>"}, Sources: []Source{{Experiment: "HEAD", Path: "p.csv", Frame: f}}})
	delete(got, "data")
	want := object{"mark": "line",
		"description": `<DVC_METRIC_Y>: it\'s\.y of <DVC_METRIC_NOBODY> and <DVC_METRIC_`,
		"transform":   list{object{"calculate": `datum['it\'s\.y'] * 400`, "as": "y"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What a template cannot be drawn for says so in its place, in all that draws.
func TestPlot_problem(t *testing.T) {
	p := samplePlot("linear", 1, 3)
	p.Template, p.Problem = "mine.json", "it is not JSON"
	page := string(written(t, Page{Sections: []Section{{Charts: []Chart{p, samplePlot("simple", 1, 3)}}}}.HTML))
	if !strings.Contains(page, "<p class=\"alarm\">it is not JSON</p>") || strings.Count(page, "class=\"vega") != 1 {
		t.Error("the page does not say so, or does not draw the other plot")
	}
	text := string(written(t, func(w io.Writer) error { return p.Text(w, TextOptions{}) }))
	if !strings.Contains(text, "template: it is not JSON") {
		t.Error(text)
	}
	if !bytes.Contains(written(t, func(w io.Writer) error { return p.SVG(w, SVGOptions{}) }), []byte("it is not JSON")) {
		t.Error("the picture does not say so")
	}
}

func TestAnchored(t *testing.T) {
	for _, name := range TemplateNames() {
		if _, err := Custom(Anchored(name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if Anchored("pie") != nil {
		t.Error("there is a template pie")
	}
}
