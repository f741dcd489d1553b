package graph

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/diag"
)

// Selector is a parsed selector: a stage (a glob is allowed) with some axes, a module, or
// the path of an output.
type Selector struct {
	Text  string // as written
	Stage string // the part before "@" or "["
	Key   string // the part after it, "" without
	Keyed bool   // there is a part after it, be it empty
	Axes  []Axis // Key read as axis=value,…; nil if it is not of that form

	Nested bool // a module's point is in brackets, as in prep[lang=de]/clean: Stage and Key say nothing
}

// ParseSelector reads a selector. Which of its readings is meant is only known
// with a graph: a Text that has a slash may be a path.
func ParseSelector(text string) (Selector, error) {
	s := Selector{Text: text, Stage: text}
	if text == "" {
		return s, fmt.Errorf("a selector is empty")
	}
	if s.Nested = inParts(text); s.Nested {
		return s, nil
	}
	at := strings.IndexAny(text, "@[")
	if at < 0 {
		return s, nil
	}
	s.Stage, s.Key, s.Keyed = text[:at], text[at+1:], true
	if text[at] == '[' {
		if s.isGlob(at) { // "src/[ab].txt" or "train[12]*" is no point
			return Selector{Text: text, Stage: text}, nil
		}
		if !strings.HasSuffix(s.Key, "]") {
			return s, fmt.Errorf("selector %q: \"]\" is missing", text)
		}
		s.Key = s.Key[:len(s.Key)-1]
	}
	if s.Stage == "" {
		return s, fmt.Errorf("selector %q: the stage is missing before %q", text, text[at:at+1])
	}
	s.Axes = parseAxes(s.Key)
	return s, nil
}

// isGlob reports whether the bracket at at is a character class: it does not
// end the text, or names no axis.
func (s *Selector) isGlob(at int) bool {
	end := strings.IndexByte(s.Text[at:], ']')
	return end > 0 && (at+end != len(s.Text)-1 || !strings.Contains(s.Text[at:], "=") && strings.ContainsAny(s.Text[:at], "/*?"))
}

// parseAxes reads "C=0.1,depth=3"; nil if key is not of that form.
func parseAxes(key string) []Axis {
	var axes []Axis
	for p, more := "", key != ""; more; {
		p, key, more = cutAxis(key)
		name, value, ok := strings.Cut(strings.TrimSpace(p), "=")
		if !ok || name == "" {
			return nil
		}
		axes = append(axes, Axis{strings.TrimSpace(name), strings.TrimSpace(value)})
	}
	return axes
}

// cutAxis cuts a point behind its first axis: at a comma that is not in a quoted value.
func cutAxis(key string) (axis, rest string, more bool) {
	quoted := 0
	if name, value, ok := strings.Cut(key, "=\""); ok && !strings.ContainsAny(name, ",=") {
		if q, err := strconv.QuotedPrefix(`"` + value); err == nil {
			quoted = len(name) + 1 + len(q)
		}
	}
	axis, rest, more = strings.Cut(key[quoted:], ",")
	return key[:quoted] + axis, rest, more
}

// Select returns the instances that the selectors name, sorted, each once; no
// selectors name all. A selector that names nothing is an error with a
// suggestion.
func Select(g *Graph, selectors []string) ([]ID, diag.List) {
	if len(selectors) == 0 {
		return g.all(), nil
	}
	chosen := make([]bool, len(g.Instances))
	var list diag.List
	for _, text := range selectors {
		s, err := ParseSelector(text)
		if err != nil {
			list = append(list, diag.Diagnostic{Code: "E-selector", Detail: err.Error() + ". Write STAGE, STAGE@AXIS=VALUE,… or the path of an output."})
			continue
		}
		ids, found := s.find(g)
		if !found {
			list = append(list, g.nothing(s))
		}
		for _, id := range ids {
			chosen[id] = true
		}
	}
	var ids []ID
	for i, yes := range chosen {
		if yes {
			ids = append(ids, ID(i))
		}
	}
	return ids, list
}

func (g *Graph) all() []ID {
	ids := make([]ID, len(g.Instances))
	for i := range ids {
		ids[i] = ID(i)
	}
	return ids
}

// find returns what s names; found is true as well for a stage that has no
// instances at all.
func (s *Selector) find(g *Graph) (ids []ID, found bool) {
	for i := range g.Stages {
		st := &g.Stages[i]
		if s.Nested || !matches(s.Stage, st.Name) {
			continue
		}
		if !s.Keyed {
			found = true
		}
		for id := st.First; id < st.First+st.N; id++ {
			if s.point(&g.Instances[id]) {
				ids, found = append(ids, id), true
			}
		}
	}
	if !found {
		ids, found = s.inModules(g)
	}
	if !found {
		ids = s.byOutput(g)
		found = len(ids) > 0
	}
	return ids, found
}

// matches reports whether pattern, a name or a glob, is name.
func matches(pattern, name string) bool {
	if pattern == name {
		return true
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// point reports whether x is at the point, or one of the points, that s names.
func (s *Selector) point(x *Instance) bool {
	if !s.Keyed || s.Key == x.Key {
		return true
	}
	if s.Axes == nil {
		return false
	}
	for _, want := range s.Axes {
		if !hasAxis(x, want) {
			return false
		}
	}
	return true
}

// hasAxis reports whether x has a value of an axis, or of a name in its point key: a key that
// the stage gives itself may name what is no axis, as a part of an object.
func hasAxis(x *Instance, want Axis) bool {
	for _, a := range x.Point {
		if a.Name == want.Name {
			return sameValue(a.Value, want.Value)
		}
	}
	for _, a := range parseAxes(x.Key) {
		if a.Name == want.Name {
			return sameValue(a.Value, want.Value)
		}
	}
	return false
}

// sameValue compares an axis value with what a person typed: bare, quoted,
// percent-encoded as in a point key, or as another spelling of the same number.
func sameValue(value, typed string) bool {
	if value == typed || unpercent(value) == typed || value == unpercent(typed) {
		return true
	}
	if unquoted, err := strconv.Unquote(typed); err == nil && (unquoted == value || unquoted == unpercent(value)) {
		return true
	}
	a, err1 := strconv.ParseFloat(value, 64)
	b, err2 := strconv.ParseFloat(typed, 64)
	return err1 == nil && err2 == nil && a == b
}

// unpercent decodes what it can of a percent-encoded text.
func unpercent(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(v))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// byOutput returns the instances whose output s is as a path, lies around it or inside
// it, or is matched by it.
func (s *Selector) byOutput(g *Graph) []ID {
	clean := path.Clean(s.Text)
	glob := strings.ContainsAny(s.Text, "*?[") && !s.Nested
	var ids []ID
	for i := range g.Instances {
		for n := range g.Instances[i].Outputs {
			o := g.Instances[i].Outputs[n].Path
			if under(o, clean) || under(clean, o) || glob && matches(clean, o) {
				ids = append(ids, ID(i))
				break
			}
		}
	}
	return ids
}
