package plot

import (
	"encoding/json"
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
	for text, want := range map[string]string{`{`: "not JSON", `[]`: "not a JSON object", `{}`: "DVC_METRIC_DATA"} {
		if _, err := Custom([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
