package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/dewar-build/dewar/diag"
)

// nothing says that s names nothing, and what may have been meant.
func (g *Graph) nothing(s Selector) diag.Diagnostic {
	d := diag.Diagnostic{Code: "E-selector-unknown"}
	i := slices.IndexFunc(g.Stages, func(st Stage) bool { return st.Name == s.Stage })
	noPoint := cmp.Or(g.noStageIn(s), g.noModulePoint(s))
	nested, inside := g.nestedStage(s)
	setting := g.setting(s.Text)
	switch {
	case i < 0 && setting != "":
		d.Detail = fmt.Sprintf("%q is neither a stage nor an output. %s", s.Text, setting)
	case i >= 0:
		d.Subject = fmt.Sprintf("stage %q", s.Stage)
		d.Detail = fmt.Sprintf("%q: %s", s.Text, g.noPoint(&g.Stages[i], s))
	case noPoint != "":
		d.Detail = fmt.Sprintf("%q: %s", s.Text, noPoint)
	case nested != nil:
		d.Subject = fmt.Sprintf("stage %q", WithoutPoints(nested.Name))
		d.Detail = fmt.Sprintf("%q: %s", s.Text, g.noPoint(nested, inside))
	case s.Keyed && !strings.Contains(s.Text, "/"):
		d.Detail = fmt.Sprintf("There is no stage %q.%s", s.Stage, cmp.Or(g.withoutRoot(s.Stage), nearest(s.Stage, g.stageNames())))
	default:
		candidates := slices.Concat(g.stageNames(), g.moduleNames(), g.allPoints(), g.outputPaths())
		d.Detail = fmt.Sprintf("%q is neither a stage nor an output.%s", s.Text, cmp.Or(g.withoutRoot(s.Text), nearest(s.Text, candidates)))
	}
	return d
}

// withoutRoot is for who writes stage.NAME or module.NAME, as expressions do.
func (g *Graph) withoutRoot(text string) string {
	root, rest, _ := strings.Cut(text, ".")
	if root != "stage" && root != "module" {
		return ""
	}
	name, _, _ := strings.Cut(rest, ".") // of module.NAME.outputs.OUTPUT
	for _, meant := range []string{rest, name} {
		if s, err := ParseSelector(meant); err == nil && s.Names(g) {
			return fmt.Sprintf(" Did you mean %q?", meant)
		}
	}
	return ""
}

// setting is for who sets a param as Hydra does it, by its name alone or with + and ~ before it;
// "" if the text is nothing like it.
func (g *Graph) setting(text string) string {
	bare := strings.TrimLeft(text, "+~")
	path, value, set := strings.Cut(bare, "=")
	name, _, _ := strings.Cut(path, ".")
	known := slices.ContainsFunc(g.Params, func(p Param) bool { return p.Name == name })
	switch {
	case strings.HasPrefix(text, "~") && known:
		return fmt.Sprintf("No param is taken away: give it another value, as with -p %s=null if it is optional.", path)
	case known && set:
		return fmt.Sprintf("To set the param, write -p %s=%s.", path, quoted(value))
	case bare != text && set:
		return fmt.Sprintf("No param is added by a command: declare param %q in the pipeline, and set it with -p %s=%s.", name, path, quoted(value))
	case set && isName(name):
		names := make([]string, len(g.Params))
		for i := range g.Params {
			names[i] = g.Params[i].Name
		}
		if best := nearest(name, names); best != "" {
			return fmt.Sprintf("Params are set with -p, and there is no param %q.%s", name, best)
		}
	}
	return ""
}

// isName reports whether a param could have the name.
func isName(s string) bool {
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

// quoted is a value as a shell takes it.
func quoted(value string) string {
	if strings.ContainsAny(value, " \t\n\"'`$\\(){}[]<>|&;*?!#~") {
		return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
	}
	return value
}

// noPoint says why none of the instances of st is the one meant.
func (g *Graph) noPoint(st *Stage, s Selector) string {
	if !st.Template {
		all := WithoutPoints(st.Name)
		if all == st.Name {
			return "the stage has no for_each, so it has no points: write " + all + "."
		}
		return "the stage has no for_each, so it has no points: write " + all + ", or put the point behind the module that has it."
	}
	for _, a := range s.Axes {
		if len(st.Axes) > 0 && !slices.Contains(st.Axes, a.Name) && !g.inKeys(st, a.Name) {
			return fmt.Sprintf("the stage has no axis %q. Its axes are %s.%s", a.Name, strings.Join(st.Axes, ", "), nearest(a.Name, st.Axes))
		}
	}
	var keys []string
	for id := st.First; id < st.First+st.N; id++ {
		keys = append(keys, g.Instances[id].Key)
	}
	if len(keys) == 0 {
		return "the stage has no points: its for_each is empty."
	}
	shown := keys[:min(5, len(keys))]
	more := ""
	if len(keys) > len(shown) {
		more = fmt.Sprintf(" and %d more", len(keys)-len(shown))
	}
	return fmt.Sprintf("no point of the stage is that.%s Its points are %s%s.", nearest(s.Key, keys), strings.Join(shown, "; "), more)
}

// inKeys reports whether point keys of the stage have a value of this name.
func (g *Graph) inKeys(st *Stage, name string) bool {
	for id := st.First; id < st.First+st.N; id++ {
		if slices.ContainsFunc(parseAxes(g.Instances[id].Key), func(a Axis) bool { return a.Name == name }) {
			return true
		}
	}
	return false
}

func (g *Graph) stageNames() []string {
	names := make([]string, len(g.Stages))
	for i := range g.Stages {
		names[i] = g.Stages[i].Name
	}
	return names
}

func (g *Graph) outputPaths() []string {
	var paths []string
	for i := range g.Instances {
		for n := range g.Instances[i].Outputs {
			paths = append(paths, g.Instances[i].Outputs[n].Path)
		}
	}
	return paths
}

// nearest returns " Did you mean X?" for the candidate most like name, or "".
// The first of equally near ones wins.
func nearest(name string, candidates []string) string {
	best, distance := "", max(1, (len(name)+1)/3)+1
	for _, c := range candidates {
		if d := len(c) - len(name); d >= distance || -d >= distance {
			continue
		}
		if d := levenshtein.Distance(name, c, nil); d < distance {
			best, distance = c, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean %q?", best)
}
