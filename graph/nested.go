package graph

import (
	"fmt"
	"slices"
	"strings"
)

// Names of stages in modules hold those of the modules, with slashes between them:
// "prep@lang=de/clean". Point keys never hold a bare slash, so the parts can be told apart.

// StageOf returns the stage of "stage@key": the full selector of an instance.
func StageOf(ref string) string {
	last := strings.LastIndexByte(ref, '/') + 1
	name, _, _ := strings.Cut(ref[last:], "@")
	return ref[:last] + name
}

// segment is one part of a selector that goes into modules.
type segment struct {
	name string // a glob is allowed
	key  string
	axes []Axis
	all  bool // no point is named
}

// segments reads a selector as names of modules and perhaps of a stage; whole is false if a
// slash ends it, so that it is modules alone.
func (s *Selector) segments() (out []segment, whole bool) {
	text, slash := strings.CutSuffix(s.Text, "/")
	parts := splitParts(text)
	for _, part := range parts {
		out = append(out, segmentOf(part, s.Keyed && len(parts) == 1))
	}
	return out, !slash
}

// segmentOf reads a part of a selector, a point after "@" or in brackets. pointed says that
// what a bracket at its end holds is a point though it names no axis: train[mine].
func segmentOf(part string, pointed bool) segment {
	for i := range part {
		switch part[i] {
		case '@':
			return segment{name: part[:i], key: part[i+1:], axes: parseAxes(part[i+1:])}
		case '[':
			n := bracketPoint(part[i:])
			if n == 0 && pointed && strings.HasSuffix(part, "]") {
				n = len(part) - i
			}
			if i+n == len(part) && n > 0 {
				key := part[i+1 : len(part)-1]
				return segment{name: part[:i], key: key, axes: parseAxes(key)}
			}
		}
	}
	return segment{name: part, all: true}
}

// splitParts cuts a selector at its slashes, but for those in a point that is written in
// brackets: there a value is as it is, and may be a path.
func splitParts(text string) (parts []string) {
	from := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '[':
			i += max(0, bracketPoint(text[i:])-1)
		case '/':
			parts = append(parts, text[from:i])
			from = i + 1
		}
	}
	return append(parts, text[from:])
}

// bracketPoint is the length of the "[axis=value]" that text begins with; 0 if it is
// none, as the character class of a glob. A part of a selector ends behind it.
func bracketPoint(text string) int {
	quoted, axis := false, false
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case quoted:
		case c == '=':
			axis = true
		case c == '[':
			return 0
		case c == ']':
			if ends := i+1 == len(text) || text[i+1] == '/'; ends && axis {
				return i + 1
			}
			return 0
		}
	}
	return 0
}

// inParts reports whether a module's point is written in brackets, so that s is neither the
// name nor a glob of one.
func inParts(text string) bool {
	for i := range text {
		if text[i] == '[' {
			if n := bracketPoint(text[i:]); n > 0 && i+n < len(text) {
				return true
			}
		}
	}
	return false
}

// Names reports whether s names a stage or a module of g, be there instances or not.
func (s *Selector) Names(g *Graph) bool {
	for i := range g.Stages {
		if !s.Nested && matches(s.Stage, g.Stages[i].Name) {
			return true
		}
	}
	_, found := s.inModules(g)
	return found
}

// inModules returns what s names when its parts are modules: all that is in one, or a stage
// in it. A part without a point names all points.
func (s *Selector) inModules(g *Graph) (ids []ID, found bool) {
	want, whole := s.segments()
	for i := range g.Stages {
		st := &g.Stages[i]
		have := strings.Split(st.Name, "/")
		if len(have) < len(want) || len(have) == len(want) && !whole || !within(want, have) {
			continue
		}
		last := want[len(want)-1]
		if len(have) > len(want) || last.all {
			found = true
		}
		for id := st.First; id < st.First+st.N; id++ {
			if x := &g.Instances[id]; len(have) > len(want) || last.all || last.matches(x.Key, x.Point) {
				ids, found = append(ids, id), true
			}
		}
	}
	for _, name := range g.Idle {
		have := strings.Split(name, "/")
		found = found || len(have) == len(want) && within(want, append(have, ""))
	}
	return ids, found
}

// noStageIn says that there is nothing in a module that s goes into; "" if that is not what
// is wrong.
func (g *Graph) noStageIn(s Selector) string {
	want, _ := s.segments()
	for _, name := range g.Idle {
		have := strings.Split(name, "/")
		if len(have) > len(want) {
			continue
		}
		named := slices.Clone(want[:len(have)])
		named[len(have)-1].all = true
		if within(named, append(have, "")) && !g.stagesIn(named) {
			for i := range named {
				named[i].all = true
			}
			if !g.stagesIn(named) { // nor at any other point
				name = WithoutPoints(name)
			}
			return fmt.Sprintf("there are no stages in module %s: its for_each is empty, or its pipeline has none.", name)
		}
	}
	return ""
}

// stagesIn reports whether there are stages in modules: those that are idle at one point may not be at another.
func (g *Graph) stagesIn(want []segment) bool {
	return slices.ContainsFunc(g.Stages, func(st Stage) bool {
		have := strings.Split(st.Name, "/")
		return len(have) > len(want) && within(want, have)
	})
}

// nestedStage returns a stage of modules that s names, and s as it is to the stage; nil if
// there is none.
func (g *Graph) nestedStage(s Selector) (*Stage, Selector) {
	want, whole := s.segments()
	last := want[len(want)-1]
	for i := range g.Stages {
		have := strings.Split(g.Stages[i].Name, "/")
		if whole && len(want) > 1 && len(have) == len(want) && within(want, have) {
			return &g.Stages[i], Selector{Text: s.Text, Stage: g.Stages[i].Name, Key: last.key, Keyed: !last.all, Axes: last.axes}
		}
	}
	return nil, s
}

// within reports whether the modules of have are those that want names, and the stage, if
// want names one, has the name.
func within(want []segment, have []string) bool {
	for i, w := range want {
		name, key, _ := strings.Cut(have[i], "@")
		if !matches(w.name, name) {
			return false
		}
		if i < len(have)-1 && !w.all && !w.matches(key, parseAxes(key)) {
			return false
		}
	}
	return true
}

// matches reports whether the point is the one that w names, or one of those.
func (w *segment) matches(key string, point []Axis) bool {
	s := Selector{Key: w.key, Keyed: true, Axes: w.axes}
	return s.point(&Instance{Key: key, Point: point})
}

// WithoutPoints is the name of a stage without the points of the modules around it, which means
// all of them.
func WithoutPoints(stage string) string {
	if !strings.ContainsRune(stage, '/') {
		return stage
	}
	parts := strings.Split(stage, "/")
	for i := range parts {
		parts[i], _, _ = strings.Cut(parts[i], "@")
	}
	return strings.Join(parts, "/")
}

// PointAxes returns the names of the axes of the points that a stage's name holds, from the outermost
// module in.
func PointAxes(stage string) []string {
	var out []string
	for _, part := range strings.Split(stage, "/") {
		_, key, _ := strings.Cut(part, "@")
		for _, a := range parseAxes(key) {
			out = append(out, a.Name)
		}
	}
	return out
}

// InBrackets is a full selector with its points in brackets: prep[lang=de]/clean[C=1]. Those
// that are no axes with values stay as they are.
func InBrackets(ref string) string {
	parts := strings.Split(ref, "/")
	for i, part := range parts {
		if name, key, ok := strings.Cut(part, "@"); ok && parseAxes(key) != nil {
			parts[i] = name + "[" + key + "]"
		}
	}
	return strings.Join(parts, "/")
}

// allPoints returns the names that mean stages of modules at all points, each once.
func (g *Graph) allPoints() []string {
	var out []string
	seen := map[string]bool{}
	for i := range g.Stages {
		st := g.Stages[i].Name
		if name := WithoutPoints(st); name != st && !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	return out
}

// moduleNames returns the modules of a graph as selectors, each once.
func (g *Graph) moduleNames() []string {
	var out []string
	seen := map[string]bool{}
	for i := range g.Stages {
		for at, c := range g.Stages[i].Name {
			if name := g.Stages[i].Name[:at]; c == '/' && !seen[name] {
				seen[name] = true
				out = append(out, name)
			}
		}
	}
	return out
}

// noModulePoint says that a module has not the point that s names; "" if that is not what is
// wrong.
func (g *Graph) noModulePoint(s Selector) string {
	want, _ := s.segments()
	there := make([]bool, len(want))      // by part of s: a module is what it names
	others := make([][]string, len(want)) // the points of those that are not
	pointless := make([]string, len(want))
	for _, name := range g.moduleNames() {
		have := strings.Split(name, "/")
		for i := range min(len(want), len(have)) {
			plain, key, keyed := strings.Cut(have[i], "@")
			if !matches(want[i].name, plain) {
				break
			}
			if want[i].all || keyed && want[i].matches(key, parseAxes(key)) {
				there[i] = true
				continue
			}
			if keyed {
				others[i] = append(others[i], key)
			} else {
				pointless[i] = strings.Join(have[:i+1], "/")
			}
			break
		}
	}
	i := slices.Index(there, false)
	switch {
	case i < 0 || len(others[i]) == 0 && pointless[i] == "":
		return ""
	case len(others[i]) == 0:
		return "the module has no for_each, so it has no points: write " + pointless[i] + "."
	}
	keys := others[i]
	slices.Sort(keys)
	keys = slices.Compact(keys)
	more := ""
	if len(keys) > 5 {
		keys, more = keys[:5], fmt.Sprintf(" and %d more", len(keys)-5)
	}
	return "the module has no such point. Its points are " + strings.Join(keys, "; ") + more + "."
}
