package plot

import (
	"fmt"
	"math"
	"strings"

	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/exp/metric"
)

// table makes a frame of n rows.
func table(columns string, n int, row func(i int) []frame.Value) *frame.Frame {
	f := &frame.Frame{Columns: strings.Fields(columns)}
	for i := range n {
		f.Rows = append(f.Rows, row(i))
	}
	return f
}

func num(x float64) frame.Value    { return frame.Num(x) }
func str(s string) frame.Value     { return frame.Str(s) }
func unit(s string, i int) float64 { return (noise(s, 0, i) + 1) / 2 }

// sample is data as somebody would draw with a template, a little other for each experiment e.
func sample(template string, e, n int) *frame.Frame {
	at, name := float64(e), fmt.Sprint(template, e)
	switch template {
	case "confusion", "confusion_normalized":
		classes := []string{"cat", "dog", "fish", "horse"}
		return table("actual predicted", n, func(i int) []frame.Value {
			says := i % 4
			if unit(name, i) < 0.25 {
				says = int(unit(name+"b", i) * 3.999)
			}
			return []frame.Value{str(classes[i%4]), str(classes[says])}
		})
	case "bar_horizontal", "bar_horizontal_sorted":
		names := strings.Fields("bill_length_mm bill_depth_mm flipper_length_mm body_mass_g island sex")
		return table("feature importance", len(names), func(i int) []frame.Value {
			return []frame.Value{str(names[i]), num(roundTo(0.1+0.3*unit(name, i), 4))}
		})
	case "roc":
		return table("fpr tpr", n, func(i int) []frame.Value {
			x := float64(i) / float64(n-1)
			return []frame.Value{num(x), num(math.Pow(x, 0.2+at*0.15))}
		})
	case "precision_recall":
		return table("precision recall", n, func(i int) []frame.Value {
			x := float64(i) / float64(n-1)
			return []frame.Value{num(1 - (0.6-0.15*at)*x*x*x), num(x)}
		})
	case "histogram":
		return table("error", n, func(i int) []frame.Value {
			return []frame.Value{num(roundTo(unit(name, i)+unit(name+"b", i)+unit(name+"c", i)-1.5+at*0.25, 4))}
		})
	case "scatter":
		return table("a b", n, func(i int) []frame.Value {
			a := 2*unit(name, i) - 1
			return []frame.Value{num(roundTo(a, 4)), num(roundTo(a*a+0.4*unit(name+"b", i)+at*0.3, 4))}
		})
	case "scatter_jitter":
		islands := []string{"Biscoe", "Dream", "Torgersen"}
		return table("island depth", n, func(i int) []frame.Value {
			return []frame.Value{str(islands[i%3]), num(math.Round(14 + 6*unit(name, i)))}
		})
	}
	return table("step loss", n, func(i int) []frame.Value {
		x := float64(i) / float64(n) * 5
		return []frame.Value{num(float64(i)), num(roundTo(2.2*math.Exp(-x/(1+at*0.4))+0.15+0.12*at+0.16*unit(name, i), 4))}
	})
}

// samplePlot is a plot of several experiments.
func samplePlot(template string, experiments, n int) Plot {
	p := Plot{Definition: Definition{ID: template, Template: template}}
	if strings.HasPrefix(template, "scatter") {
		p.X = sample(template, 0, 1).Columns[0]
	}
	for e, name := range []string{"HEAD", "workspace", "brave-otter"}[:experiments] {
		p.Sources = append(p.Sources, Source{Experiment: name, Path: "build/" + template + ".csv", Frame: sample(template, e, n)})
	}
	return p
}

// sampleSweep is a grid over two params, one combination three times, and a third param.
func sampleSweep() Sweep {
	s := Sweep{}
	axes := make([][]frame.Value, 5)
	for i := range 60 {
		c, depth := []float64{0.01, 0.1, 1, 10}[i%4], float64(2+i/4%5)
		accuracy := roundTo(0.8+0.1*math.Exp(-math.Pow(math.Log10(c), 2)/2)-0.01*math.Abs(depth-4)+0.01*unit("s", i), 4)
		for k, v := range []frame.Value{num(c), num(depth), str([]string{"lbfgs", "saga", "newton"}[i%3]), num(accuracy), num(roundTo(1.2-accuracy, 4))} {
			axes[k] = append(axes[k], v)
		}
		s.Experiments = append(s.Experiments, fmt.Sprintf("exp-%02d", i))
	}
	s.Params = []Axis{{Name: "train.C", Values: axes[0]}, {Name: "depth", Values: axes[1]}, {Name: "solver", Values: axes[2]}}
	s.Metrics = []Axis{{Name: "accuracy", Values: axes[3], Better: metric.Higher}, {Name: "loss", Values: axes[4], Better: metric.Lower}}
	return s
}

// pixel is a picture of one point.
const pixel = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\xdac\xfc\xcf\xc0P\x0f\x00\x04\x85\x01\x80\x84\xa9\x8c!\x00\x00\x00\x00IEND\xaeB`\x82"

// hostile is what a name or a value may be at its worst.
const hostile = "</script><script>document.title='owned'</script>\"'><img src=x onerror=alert(1)>&amp;\x1b[31m\x00\u2028<!-- a.b[0] \\ ${x} datum['y'] <DVC_METRIC_Y>"

// hostilePlot has it everywhere.
func hostilePlot(template string) Plot {
	p := samplePlot(template, 3, 40)
	p.ID, p.Title, p.XLabel, p.YLabel = hostile, hostile, hostile, hostile
	for k := range p.Sources {
		s := &p.Sources[k]
		s.Experiment, s.Path = fmt.Sprint(k, hostile), hostile
		for i, row := range s.Frame.Rows {
			for j := range row {
				if row[j].Kind == frame.Text {
					row[j].Text += hostile
				}
			}
			s.Frame.Rows[i] = row
		}
		last := len(s.Frame.Columns) - 1
		s.Frame.Columns[last] += hostile
		p.Y = []string{s.Frame.Columns[last]}
		if strings.HasPrefix(template, "bar") {
			p.X, p.Y = s.Frame.Columns[1], []string{"feature"}
		}
		if template == "precision_recall" {
			p.X, p.Y = s.Frame.Columns[1], []string{"precision"}
		}
	}
	p.Sources = append(p.Sources, Source{Experiment: hostile, Path: hostile, Err: hostile})
	return p
}
