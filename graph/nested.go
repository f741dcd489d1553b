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
	stage, _ := cutRef(ref)
	return stage
}

// KeyOf returns the point key of "stage@key"; "" if there is none.
func KeyOf(ref string) string {
	_, key := cutRef(ref)
	return key
}

func cutRef(ref string) (stage, key string) {
	last := strings.LastIndexByte(ref, '/') + 1
	name, key, _ := strings.Cut(ref[last:], "@")
	return ref[:last] + name, key
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
	for part := range strings.SplitSeq(text, "/") {
		name, key, keyed := strings.Cut(part, "@")
		out = append(out, segment{name: name, key: key, axes: parseAxes(key), all: !keyed})
	}
	return out, !slash
}

// Names reports whether s names a stage or a module of g, be there instances or not.
func (s *Selector) Names(g *Graph) bool {
	for i := range g.Stages {
		if matches(s.Stage, g.Stages[i].Name) {
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
	return ids, found
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

// withoutPoints is the name of a stage without the points of the modules around it, which means
// all of them.
func withoutPoints(stage string) string {
	if !strings.ContainsRune(stage, '/') {
		return stage
	}
	parts := strings.Split(stage, "/")
	for i := range parts {
		parts[i], _, _ = strings.Cut(parts[i], "@")
	}
	return strings.Join(parts, "/")
}

// allPoints returns the stages of modules under the names that mean all points, each once.
func (g *Graph) allPoints() []string {
	var out []string
	for i := range g.Stages {
		if name := withoutPoints(g.Stages[i].Name); !slices.Contains(out, name) && len(out) < 1000 {
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
	var keys []string
	for _, name := range g.moduleNames() {
		have := strings.Split(name, "/")
		for i := range min(len(want), len(have)) {
			plain, key, keyed := strings.Cut(have[i], "@")
			if !matches(want[i].name, plain) {
				break
			}
			if !want[i].all && keyed && !want[i].matches(key, parseAxes(key)) {
				keys = append(keys, key)
				break
			}
		}
	}
	if len(keys) == 0 {
		return ""
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	more := ""
	if len(keys) > 5 {
		keys, more = keys[:5], fmt.Sprintf(" and %d more", len(keys)-5)
	}
	return "the module has no such point. Its points are " + strings.Join(keys, "; ") + more + "."
}
