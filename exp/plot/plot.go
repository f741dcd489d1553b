// Package plot draws what commands wrote: curves, bars, histograms and
// confusion matrices of one or several experiments, their pictures, and the
// results of a sweep. A plot is resolved once (chart.go); from that it is drawn
// as a Vega-Lite specification, as SVG, or as text for a terminal, and a Page
// puts any number of them into one HTML file that needs nothing else.
//
// Templates have DVC's names and mean what they mean there.
//
// It reads no files and knows no clock: frames and bytes come in, bytes go
// out. What may be compared with what, and where the files are, is exp's and
// the commands' to say. Only cmd/dewar imports it.
package plot

import (
	"slices"

	"github.com/dewar-build/dewar/exp/frame"
)

// Definition says how a plot is drawn. The zero value is a line of the last
// column over the number of the row.
type Definition struct {
	ID       string   // its name: the title where there is no other
	Template string   // one of TemplateNames; "" is linear
	X        string   // column; "" is what the template takes
	Y        []string // columns; none is what the template takes
	XLabel   string   // "" is the name of the column
	YLabel   string   // likewise
	Title    string   // "" is the ID
}

// Source is one file of one experiment.
type Source struct {
	Experiment string       // the label of the experiment or revision: "workspace", "HEAD", "brave-otter"
	Path       string       // of the file, as people know it
	Frame      *frame.Frame // its table, or
	Image      []byte       // its picture
	MIME       string       // of the picture; "" is told from its bytes
	Err        string       // why there is neither: it is shown in the place of the experiment

	X string   // the column of this file, where it differs from the definition's
	Y []string // likewise
}

// Plot is one chart: what several experiments wrote, laid over each other.
type Plot struct {
	Definition
	Sources     []Source
	Own         *Own     // the user's own template, in place of Template
	Problem     string   // why it cannot be drawn: it says so, and others are drawn
	Experiments []string // all that are compared: their order gives the colours; nil is those of Sources
}

// experiments returns every experiment of p in the order of the colours.
func (p Plot) experiments() []string {
	all := slices.Clone(p.Experiments)
	for _, s := range p.Sources {
		if !slices.Contains(all, s.Experiment) {
			all = append(all, s.Experiment)
		}
	}
	return all
}

// title returns what stands over p.
func (p Plot) title() string {
	switch {
	case p.Title != "":
		return p.Title
	case p.ID != "":
		return p.ID
	case len(p.Sources) > 0:
		return p.Sources[0].Path
	}
	return ""
}
