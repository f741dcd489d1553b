package plot

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/exp/frame"
)

// spec returns the decoded specification of p.
func spec(t *testing.T, p Plot) object {
	t.Helper()
	b := must[[]byte](t)(p.VegaLite())
	var out object
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestVegaLite_golden(t *testing.T) {
	for _, template := range TemplateNames() {
		p := samplePlot(template, 2, 5)
		b := must[[]byte](t)(p.VegaLite())
		golden(t, template+".vl.json", b)
		if again := must[[]byte](t)(p.VegaLite()); !bytes.Equal(b, again) {
			t.Errorf("%s is another at the second time", template)
		}
	}
}

// Names of data are values, never fields, signals or expressions.
func TestVegaLite_hostile(t *testing.T) {
	for _, template := range TemplateNames() {
		b := must[[]byte](t)(hostilePlot(template).VegaLite())
		if bytes.Contains(b, []byte("</script")) || bytes.Contains(b, []byte("<!--")) || bytes.Contains(b, []byte("\u2028")) {
			t.Errorf("%s: the specification ends its script element", template)
		}
		eachField(spec(t, hostilePlot(template)), func(name, value string) {
			if strings.Contains(value, "owned") && name != "labelExpr" {
				t.Errorf("%s: %s is %q", template, name, value)
			}
		})
	}
}

// eachField calls f for what Vega reads as more than text.
func eachField(v any, f func(name, value string)) {
	switch v := v.(type) {
	case list:
		for _, e := range v {
			eachField(e, f)
		}
	case object:
		for name, e := range v {
			if s, ok := e.(string); ok && strings.Contains(" field expr signal calculate filter test labelExpr as param ", " "+name+" ") {
				f(name, s)
			}
			if name != "values" {
				eachField(e, f)
			}
		}
	}
}

// The defaults are those of DVC: the number of the row, and the last column.
func TestDefaults(t *testing.T) {
	f := table("epoch loss note", 2, func(i int) []frame.Value { return []frame.Value{num(9), num(float64(i)), str("x")} })
	for name, c := range map[string]struct {
		d    Definition
		want string
	}{
		"nothing said":       {Definition{}, "step | loss"},
		"x":                  {Definition{X: "epoch"}, "epoch | loss"},
		"y":                  {Definition{Y: []string{"epoch", "loss"}}, "step | epoch, loss"},
		"labels":             {Definition{XLabel: "X", YLabel: "Y"}, "X | Y"},
		"bars":               {Definition{Template: "bar_horizontal"}, "loss | note"},
		"bars, as in DVC":    {Definition{Template: "bar_horizontal", X: "epoch", Y: []string{"note"}}, "epoch | note"},
		"bars, other way":    {Definition{Template: "bar_horizontal", X: "note", Y: []string{"loss"}}, "loss | note"},
		"histogram":          {Definition{Template: "histogram"}, "loss | count"},
		"histogram of x":     {Definition{Template: "histogram", X: "epoch"}, "epoch | count"},
		"histogram of y":     {Definition{Template: "histogram", Y: []string{"epoch"}}, "epoch | count"},
		"confusion":          {Definition{Template: "confusion"}, "loss | note"},
		"roc without its xs": {Definition{Template: "roc"}, "epoch | loss"},
	} {
		p := Plot{Definition: c.d, Sources: []Source{{Experiment: "a", Path: "p.csv", Frame: f}}}
		chart := must[*chart](t)(p.chart())
		if got := chart.xLabel + " | " + chart.yLabel; got != c.want || len(chart.panels) > 0 {
			t.Errorf("%s: %s, want %s %v", name, got, c.want, chart.panels)
		}
	}
}

func TestUnknownTemplate(t *testing.T) {
	_, err := Plot{Definition: Definition{Template: "confusio_normalised"}}.VegaLite()
	var unknown *UnknownTemplate
	if !errors.As(err, &unknown) || unknown.Suggestion != "confusion_normalized" {
		t.Error(err)
	}
	if _, err = (Plot{Definition: Definition{Template: "pie"}}).VegaLite(); err == nil || !strings.Contains(err.Error(), "precision_recall") {
		t.Error(err)
	}
}

// What is wrong with one experiment does not hide the others, and colours stay.
func TestFailures(t *testing.T) {
	p := samplePlot("linear", 3, 5)
	p.Sources[0].Frame, p.Sources[0].Err = nil, "line 3: there are 4 cells under 2 columns"
	p.Sources[1].Frame = table("step other", 1, func(int) []frame.Value { return []frame.Value{num(1), num(2)} })
	p.Y = []string{"loss"}
	c := must[*chart](t)(p.chart())
	if len(c.series) != 1 || c.series[0].color != 2 {
		t.Errorf("%+v", c.series)
	}
	var got []string
	for _, n := range c.panels {
		got = append(got, n.experiment+": "+n.err)
	}
	want := []string{"HEAD: line 3: there are 4 cells under 2 columns", `workspace: build/linear.csv: there is no column "loss"; there are step, other`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Several files and columns of one experiment are series of their own.
func TestVariants(t *testing.T) {
	p := samplePlot("linear", 1, 3)
	p.Sources = append(p.Sources, Source{Experiment: "HEAD", Path: "build/test/linear.csv", Frame: sample("linear", 1, 3), Y: []string{"loss", "step"}})
	c := must[*chart](t)(p.chart())
	var got []string
	for _, s := range c.series {
		got = append(got, fmt.Sprint(c.name(s), " ", s.color, s.dash))
	}
	want := []string{"build/linear.csv loss 0 0", "build/test/linear.csv loss 1 0", "build/test/linear.csv step 2 0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	p.Experiments = []string{"HEAD", "workspace"} // then colours are theirs, and dashes the variants'
	c = must[*chart](t)(p.chart())
	if s := c.series[2]; s.color != 0 || s.dash != 2 {
		t.Errorf("%+v", s)
	}
}

// A loss that became nan is a gap in a line of numbers.
func TestGaps(t *testing.T) {
	f := table("loss", 4, func(i int) []frame.Value {
		return []frame.Value{[]frame.Value{num(1), num(math.NaN()), {}, num(2)}[i]}
	})
	p := Plot{Sources: []Source{{Experiment: "a", Path: "p.csv", Frame: f}}}
	c := must[*chart](t)(p.chart())
	if diff := cmp.Diff([]string{"2 of 4 values of loss (a) are no finite numbers: gaps."}, c.notes); diff != "" {
		t.Error(diff)
	}
	if b := must[[]byte](t)(p.VegaLite()); !bytes.Contains(b, []byte(`"y": null`)) {
		t.Error(string(b))
	}
}

// README says what is embedded.
func TestVegaReadme(t *testing.T) {
	readme := must[[]byte](t)(os.ReadFile("vega/README.md"))
	for _, script := range must[[]string](t)(vegaScripts()) {
		if sum := fmt.Sprintf("%x", sha256.Sum256([]byte(script))); !bytes.Contains(readme, []byte(sum)) {
			t.Errorf("README.md does not have %s", sum)
		}
		if strings.Contains(strings.ToLower(script), "</script") || strings.Contains(script, "<!--") || strings.Contains(script, "\r") {
			t.Error("a library cannot stand in a script element as it is")
		}
	}
}
