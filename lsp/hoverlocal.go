package lsp

import (
	"strings"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/lsp/syntax"
)

// describeLocal describes a local value: its type and text, and what the last evaluation found
// it to be.
func (sc *scope) describeLocal(f *parsed, a *syntax.Attr) string {
	name := "local." + a.Name
	out := "**" + name + "**"
	known := sc.knownLocal(a.Name)
	if known != nil && known.Type != "" {
		out += ": " + oneLine(known.Type)
	}
	out += "\n\n" + fenced(a.Name+" = "+strings.TrimSpace(f.Of(a.Value)))
	switch {
	case known == nil:
	case known.Points > 0:
		out += "\n\n" + countOf(known.Points, "point") + listed(axisLines(sc.localAxes(a.Name)))
	default:
		out += listed([]string{"- `" + name + "` = " + coded(oneLine(known.Text))})
	}
	return out
}

// knownLocal is what the last evaluation found a local to be; nil if it found nothing.
func (sc *scope) knownLocal(name string) *eval.Local {
	if v := sc.p.values; v != nil {
		if l, ok := v.locals[name]; ok {
			return &l
		}
	}
	return nil
}

// localAxes are the axes of a local that is a list of points.
func (sc *scope) localAxes(name string) []axis {
	l := sc.knownLocal(name)
	if l == nil {
		return nil
	}
	var out []axis
	for _, x := range l.Axes {
		out = append(out, axis{x.Name, x.Values, x.Count})
	}
	return out
}

// axisLines are lines of a list.
func axisLines(axes []axis) []string {
	var lines []string
	for i := range axes {
		lines = append(lines, "- `"+axes[i].name+"`: "+valuesText(&axes[i]))
	}
	return lines
}
