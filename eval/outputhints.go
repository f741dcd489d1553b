package eval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/zclconf/go-cty/cty"
)

// Entries of an output's object that say what its content means to people. None
// enters the action key.

// hintsOf are the entries that a group has besides those of all outputs.
func hintsOf(g graph.Group) []string {
	switch g {
	case graph.Metrics:
		return []string{"maximize", "minimize"}
	case graph.Plots:
		return []string{"template", "title", "x", "x_label", "y", "y_label"}
	}
	return nil
}

// misplaced says where an entry belongs that an output of this group does not have;
// "" if it belongs nowhere.
func misplaced(g graph.Group, name string) string {
	for _, other := range groups {
		if other != g && slices.Contains(hintsOf(other), name) {
			return fmt.Sprintf("It is for %s: declare the file there, not in %s.", other, g)
		}
	}
	return ""
}

// outputHints reads the entries of one group; m holds no others that are wrong.
func (ev *evaluator) outputHints(o *graph.Output, fr *frame, m map[string]cty.Value, label string, span diag.Span) bool {
	ok := true
	texts := func(name string, several bool) []string {
		list, good := textOrList(m[name], several)
		if !good {
			want := "a text, and not empty"
			if several {
				want = "a text or a list of texts, and none is empty"
			}
			ev.errorf(fr, "E-attribute-type", span, "%s.%s is %s.", label, name, want)
			ok = false
		}
		return list
	}
	one := func(name string) string { return strings.Join(texts(name, false), "") }
	switch o.Group {
	case graph.Metrics:
		o.Maximize, o.Minimize = unique(texts("maximize", true)), unique(texts("minimize", true))
		for _, name := range o.Maximize {
			if slices.Contains(o.Minimize, name) {
				ev.errorf(fr, "E-attribute-value", span, "%s is to be maximized and minimized. Leave it out of one.", quoteJSON(name))
				ok = false
			}
		}
	case graph.Plots:
		good := true
		h := graph.PlotHints{ // nothing said is nil: most plots say nothing
			Template: one("template"), Title: one("title"),
			X: one("x"), XLabel: one("x_label"), Y: texts("y", true), YLabel: one("y_label"),
		}
		if h.Template, good = ev.plotTemplate(h.Template, fr, label, span); !good {
			ok = false
		}
		if h.Template+h.Title+h.X+h.XLabel+h.YLabel != "" || len(h.Y) > 0 {
			o.Plot = &h
		}
	}
	return ok
}

// plotTemplate reads how a plot is drawn: a name, or a file with the template of
// somebody's own, which is relative to the pipeline like all paths. Which names there
// are, who draws knows.
func (ev *evaluator) plotTemplate(s string, fr *frame, label string, span diag.Span) (string, bool) {
	if !strings.HasSuffix(s, ".json") {
		return s, true
	}
	p, err := ev.inside(s)
	if err != nil {
		ev.errorf(fr, "E-path", span, "%s.template is %s: it is the name of a template, or the path of a .json file in the project, relative to the pipeline's directory.", label, quoteJSON(s))
		return "", false
	}
	return p, true
}

// textOrList reads a text, or a list of them where several may be. What is null, or
// not there, is none.
func textOrList(v cty.Value, several bool) ([]string, bool) {
	switch {
	case v == cty.NilVal || v.IsNull():
		return nil, true
	case v.Type() == cty.String:
		return []string{v.AsString()}, v.AsString() != ""
	case !several || !isList(v.Type()):
		return nil, false
	}
	var out []string
	for _, e := range v.AsValueSlice() {
		s, ok := stringOf(e)
		if !ok || s == "" {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}
