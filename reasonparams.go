package dewar

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/graph"
)

// What a command is made of keeps its words, not the params that they came from. A param is named as the
// cause where its value stands in a word that changed, and where an evaluation with the value that stood
// there before gives the word as it was: so what is said is so, and of what was computed nothing is said.

// ParamChange is a param whose change made a reason.
type ParamChange struct {
	Name     string // "train.C"
	Old, New string
	Origin   string // where the value of now comes from: "params.yaml:3"
}

const (
	triedParams = 4  // evaluations with values of before, in one plan
	manySpots   = 16 // words of one script that differ; of more, params did not change but the script
)

// asIf remembers evaluations with other values of params: many instances change alike.
type asIf struct {
	left   int
	leaves []ParamChange                         // of all params that have a text, the longest first
	known  map[string]map[string]*graph.Instance // by the values, then by name; nil if it cannot be evaluated
}

// nameParams adds to changed words of x's command the params that they changed with.
func (s *session) nameParams(x *graph.Instance, reasons []Reason) {
	for i := range reasons {
		r := &reasons[i]
		if r.Old == "" || r.New == "" || wordOf(x, r.Label) != r.New {
			continue
		}
		for _, set := range s.paramsThatFit(x, r.Old, r.New) {
			if then := s.evaluatedWith(set)[x.Ref()]; then != nil && wordOf(then, r.Label) == r.Old {
				r.Params = set
				break
			}
		}
	}
}

// wordOf is what x has for a field of its action key: an argument, or a variable.
func wordOf(x *graph.Instance, label string) string {
	if n, ok := strings.CutPrefix(label, "argument "); ok {
		if i, err := strconv.Atoi(n); err == nil && i < len(x.Args) {
			return x.Args[i]
		}
	}
	if name, ok := strings.CutPrefix(label, "env "); ok {
		for _, v := range x.Env {
			if v.Name == name {
				return v.Value
			}
		}
	}
	return ""
}

// paramsThatFit lists what may have changed a word, the likeliest first: one value, or as many as there
// are parts that differ.
func (s *session) paramsThatFit(x *graph.Instance, old, new string) [][]ParamChange {
	var sets [][]ParamChange
	leaves := s.leavesOf(x)
	for _, l := range leaves {
		if was, ok := before(old, new, l.New); ok && was != l.New {
			l.Old = was
			sets = append(sets, []ParamChange{l})
		}
	}
	spots := differingWords(old, new)
	if len(spots) < 2 {
		return sets
	}
	var all []ParamChange
	for _, spot := range spots {
		i := slices.IndexFunc(leaves, func(l ParamChange) bool { return l.New == spot[1] })
		if i < 0 {
			return sets
		}
		l := leaves[i]
		if l.Old = spot[0]; !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	return append(sets, all)
}

// leavesOf are the values of params that x may have, those that its stage names first, then by length: a
// long value seldom stands somewhere by chance.
func (s *session) leavesOf(x *graph.Instance) []ParamChange {
	named := map[string]bool{}
	for _, u := range x.Uses {
		named[u.Name] = true
	}
	if s.asIf.leaves == nil {
		s.asIf.leaves = allLeaves(s.g.Params)
	}
	if strings.Contains(x.Stage, "/") {
		return s.asIf.leaves
	}
	var out []ParamChange
	for _, l := range s.asIf.leaves {
		if named["param."+l.Name] {
			out = append(out, l)
		}
	}
	return out
}

func allLeaves(params []graph.Param) []ParamChange {
	out := []ParamChange{}
	for i := range params {
		for _, l := range params[i].Leaves {
			text := l.Value
			if strings.HasPrefix(text, `"`) {
				_ = json.Unmarshal([]byte(l.Value), &text) // it is JSON
			}
			if text != "" {
				out = append(out, ParamChange{Name: l.Name, New: text, Origin: l.Origin})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b ParamChange) int { return len(b.New) - len(a.New) })
	return out
}

// before is what stood in old where value stands in new, if all else is the same.
func before(old, new, value string) (was string, ok bool) {
	for at := 0; at <= len(new)-len(value); at++ {
		rest, found := strings.CutPrefix(new[at:], value)
		if found && apart(new[:at], rest) && len(old) >= at+len(rest) && old[:at] == new[:at] && strings.HasSuffix(old, rest) {
			return old[at : len(old)-len(rest)], true
		}
	}
	return "", false
}

// apart reports whether what is between two texts is a word of its own.
func apart(before, after string) bool {
	l, _ := utf8.DecodeLastRuneInString(before)
	r, _ := utf8.DecodeRuneInString(after)
	return (before == "" || !inWord(l)) && (after == "" || !inWord(r))
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_.+-", r)
}

// differingWords pairs the words of two texts that differ in some words and nothing else.
func differingWords(old, new string) [][2]string {
	a, b := strings.FieldsFunc(old, notInWord), strings.FieldsFunc(new, notInWord)
	if len(a) != len(b) || !slices.Equal(strings.FieldsFunc(old, inWord), strings.FieldsFunc(new, inWord)) {
		return nil
	}
	var out [][2]string
	for i := range a {
		if a[i] != b[i] {
			out = append(out, [2]string{a[i], b[i]})
		}
	}
	if len(out) > manySpots {
		return nil
	}
	return out
}

func notInWord(r rune) bool { return !inWord(r) }

// evaluatedWith returns the instances as they would be if params had the values of before.
func (s *session) evaluatedWith(changes []ParamChange) map[string]*graph.Instance {
	o := s.ev.asked
	set := slices.Clone(o.Set)
	var id strings.Builder
	for _, c := range changes {
		set = append(set, param.Setting{Name: c.Name, Text: c.Old})
		id.WriteString(strconv.Quote(c.Name) + strconv.Quote(c.Old))
	}
	if s.asIf.known == nil {
		s.asIf.left, s.asIf.known = triedParams, map[string]map[string]*graph.Instance{}
	}
	if by, ok := s.asIf.known[id.String()]; ok || s.asIf.left == 0 || o.Dir == "" { // of a sweep: each experiment has params of its own
		return by
	}
	s.asIf.left--
	var by map[string]*graph.Instance
	res, _ := eval.Evaluate(eval.Request{Read: s.p.view, Dir: o.Dir, Params: o.Params, Set: set, Environ: s.p.host.LookupEnv, Modules: s.p.modules()})
	if res != nil && res.Graph != nil {
		by = make(map[string]*graph.Instance, len(res.Graph.Instances))
		for i := range res.Graph.Instances {
			by[res.Graph.Instances[i].Ref()] = &res.Graph.Instances[i]
		}
	}
	s.asIf.known[id.String()] = by
	return by
}
