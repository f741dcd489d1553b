package dewar

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/graph"
)

// What a command is made of keeps its words, not the params that they came from, and a word may be computed
// from many. So a plan asks what the command would be if the params were what they were in an earlier run
// (paramstates.go). If that gives the word as it was, the params are the cause, and those of them are named without
// which it is not given. Whatever else changed the word, the pipeline itself or a value of the
// environment, has it come out otherwise still: then nothing is said.

// ParamChange is a param, or an element of one that is a list, whose change made a reason.
type ParamChange struct {
	Name     string // "train.C", "train.layers[2]"
	Old, New string // a text as it is, all else in JSON; "" where it is absent
	Origin   string // where the value of now comes from: "params.yaml:3"; "" if there is none
}

// nameParams adds to what changed in x's command the params that it changed with. was is the explanation of
// the result that x has.
func (s *session) nameParams(x *graph.Instance, was []graph.Field, reasons []Reason) {
	w := commandThen{session: s, now: x, args: argumentsOf(was)}
	var open []*Reason
	for i := range reasons {
		if r := &reasons[i]; w.mayDepend(r) {
			open = append(open, r)
		}
	}
	if len(open) == 0 {
		return
	}
	for i, changed := range s.whatIf().states {
		w.state, w.changed = i, changed
		w.tried = causes(x, changed)
		if open = slices.DeleteFunc(open, w.name); len(open) == 0 {
			return
		}
	}
}

// commandThen is a command beside what it would be if params were as they were in one run.
type commandThen struct {
	*session
	now     *graph.Instance
	args    []string                 // of the result that it has
	state   int                      // of asIf
	changed []paramPart              // what was different in params then
	tried   []partSet                // those of them that may be the cause, the likeliest first
	same    map[*graph.Instance]bool // whether one has args, where that was asked
}

// name adds to r the params that it changed with, and reports whether it could.
func (w *commandThen) name(r *Reason) bool {
	for _, parts := range w.tried {
		if was, known := w.asBefore(parts, r); !was || !known {
			continue
		}
		needed, ok := w.needed(parts, r)
		if !ok {
			return false
		}
		for _, p := range needed.of(w.changed) {
			r.Params = append(r.Params, p.ParamChange)
		}
		return true
	}
	return false
}

// needed returns those of parts, with which r is as it was, without which it is not. There are none where one of
// several would do: nobody knows which.
func (w *commandThen) needed(parts partSet, r *Reason) (needed partSet, ok bool) {
	for i := range w.changed {
		one := partSet(1 << i)
		if parts&one == 0 {
			continue
		}
		if parts == one {
			return one, true
		}
		was, known := w.asBefore(parts&^one, r)
		if !known {
			return 0, false
		}
		if !was {
			needed |= one
		}
	}
	if needed == 0 {
		return 0, false
	}
	was, known := w.asBefore(needed, r)
	return needed, was && known
}

// asBefore reports whether r would be as it was if parts were, if that can be known.
func (w *commandThen) asBefore(parts partSet, r *Reason) (was, known bool) {
	by := w.suppose(supposed{w.state, parts})
	then := by[stagePoint{w.now.Stage, w.now.Key}]
	if r.Label == NeverRun {
		return then == nil, by != nil
	}
	return then != nil && w.has(then, r), by != nil
}

// mayDepend reports whether r is about what a param may have changed, and it is not as it was.
func (w *commandThen) mayDepend(r *Reason) bool {
	if r.Label == NeverRun { // it may be a new point
		return true
	}
	kind, name, _ := strings.Cut(r.Label, " ")
	switch kind {
	case "argument", "env", "output":
		return !w.has(w.now, r)
	case "input": // another path; what is in a file, or below a directory, is no matter of params
		return (r.Old == "" || r.New == "") && !standsIn(w.now, name) && !w.has(w.now, r)
	}
	return false
}

// has reports whether x has what r was before.
func (w *commandThen) has(x *graph.Instance, r *Reason) bool {
	kind, name, _ := strings.Cut(r.Label, " ")
	switch kind {
	case "argument":
		if len(w.args) != len(w.now.Args) { // arguments are not where they were
			return w.sameArgs(x)
		}
		i, err := strconv.Atoi(name)
		return err == nil && i < len(x.Args) && x.Args[i] == r.Old
	case "env":
		i := slices.IndexFunc(x.Env, func(v graph.Var) bool { return v.Name == name })
		return i < 0 && r.Old == "" || i >= 0 && x.Env[i].Value == r.Old
	case "output":
		return slices.ContainsFunc(x.Outputs, func(o graph.Output) bool { return o.At == name }) == (r.Old != "")
	default:
		return standsAt(x, name) == (r.Old != "")
	}
}

// sameArgs reports whether x has all the arguments that there were. Each of them asks that.
func (w *commandThen) sameArgs(x *graph.Instance) bool {
	same, known := w.same[x]
	if !known {
		if w.same == nil {
			w.same = map[*graph.Instance]bool{}
		}
		same = slices.Equal(x.Args, w.args)
		w.same[x] = same
	}
	return same
}

// standsAt reports whether an input of x has a place. There may be very many of both.
func standsAt(x *graph.Instance, at string) bool {
	i := sort.Search(len(x.Inputs), func(i int) bool { return x.Inputs[i].At >= at })
	return i < len(x.Inputs) && x.Inputs[i].At == at
}

// standsIn reports whether a place lies inside an input of x.
func standsIn(x *graph.Instance, at string) bool {
	for i, c := range at {
		if c == '/' && standsAt(x, at[:i]) {
			return true
		}
	}
	return false
}

// argumentsOf is the argv in an explanation.
func argumentsOf(fields []graph.Field) []string {
	var out []string
	for _, f := range fields {
		if strings.HasPrefix(f.Label, "argument ") {
			out = append(out, f.Value)
		}
	}
	return out
}
