package plot

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
)

// family is what a template draws, and so how its columns are read.
type family uint8

const (
	curves   family = iota // y over x: lines or points
	bars                   // a number for each of several names
	bins                   // how often the values of one column are what
	matrices               // how often two columns say what together
)

// template is how a chart is drawn. The zero value, with a name, is plain lines.
type template struct {
	name       string
	family     family
	points     bool      // no lines
	zoom       bool      // in a browser: zooming, and values under the pointer
	smooth     bool      // a local regression over the lines
	jitter     bool      // points that coincide are set apart
	unit       bool      // both axes run from 0 to 1
	square     bool      // at the same scale, with the diagonal of guessing
	sorted     bool      // the longest bar first
	normalized bool      // shares of each y instead of counts
	prefer     [2]string // x and y where nothing is said and there are such columns
}

// templates is never written to. The first is the default.
var templates = [...]template{
	{name: "linear", zoom: true},
	{name: "simple"},
	{name: "smooth", zoom: true, smooth: true},
	{name: "scatter", points: true, zoom: true},
	{name: "scatter_jitter", points: true, zoom: true, jitter: true},
	{name: "confusion", family: matrices, prefer: [2]string{"actual", "predicted"}},
	{name: "confusion_normalized", family: matrices, normalized: true, prefer: [2]string{"actual", "predicted"}},
	{name: "bar_horizontal", family: bars},
	{name: "bar_horizontal_sorted", family: bars, sorted: true},
	{name: "histogram", family: bins},
	{name: "roc", unit: true, square: true, prefer: [2]string{"fpr", "tpr"}},
	{name: "precision_recall", unit: true, prefer: [2]string{"recall", "precision"}},
}

// TemplateNames returns the names of the templates, the default first.
func TemplateNames() []string {
	var names []string
	for _, t := range templates {
		names = append(names, t.name)
	}
	return names
}

// UnknownTemplate is the error for a template that there is not.
type UnknownTemplate struct {
	Name       string
	Suggestion string   // the nearest name, or ""
	Names      []string // of all that there are
}

func (e *UnknownTemplate) Error() string {
	if e.Suggestion != "" {
		return fmt.Sprintf("there is no template %q: did you mean %q?", e.Name, e.Suggestion)
	}
	return fmt.Sprintf("there is no template %q; there are %s", e.Name, strings.Join(e.Names, ", "))
}

// NoTemplate is the error for a name that no template has: of ours, or of own,
// the names of the user's.
func NoTemplate(name string, own []string) *UnknownTemplate {
	e := &UnknownTemplate{Name: name, Names: append(TemplateNames(), own...)}
	distance := 2 + len(name)/3
	for _, n := range e.Names {
		if d := levenshtein.Distance(name, n, nil); d < distance {
			e.Suggestion, distance = n, d
		}
	}
	return e
}

// templateNamed returns the template of that name, the default for "".
func templateNamed(name string) (template, error) {
	if name == "" {
		return templates[0], nil
	}
	for _, t := range templates {
		if t.name == name {
			return t, nil
		}
	}
	return template{}, NoTemplate(name, nil)
}
