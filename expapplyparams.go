package dewar

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/graph"
)

// Applying an experiment, the params: values in params files, and nothing else in them.

// params gives every param the value that the experiment had, and returns the
// evaluation of the workspace as it is then.
func (a *applier) params(ctx context.Context) (*Evaluation, error) {
	ev, diags := a.p.Evaluate(EvalOptions{Dir: a.r.Pipeline})
	if ev.Graph == nil {
		// The code is the experiment's; what is wrong may be a value that has to be changed.
		ev, diags = a.p.Evaluate(EvalOptions{Dir: a.r.Pipeline, Set: overridesOf(a.r)})
	}
	if ev.Graph == nil {
		return nil, diags.Err()
	}
	a.compareParams(ev.Graph, a.chosenThen(ev.Graph)) // the code may declare others now
	for _, file := range paramsFiles(ev.Graph) {
		if edits := a.edits[file]; len(edits) > 0 {
			if err := a.edit(ctx, file, edits); err != nil {
				return nil, err
			}
		}
	}
	after, diags := a.p.Evaluate(EvalOptions{Dir: a.r.Pipeline, Set: a.set})
	if after.Graph == nil {
		return nil, diags.Err()
	}
	return after, nil
}

func overridesOf(r *exp.Record) []param.Setting {
	var out []param.Setting
	for _, o := range r.Overrides {
		out = append(out, param.Setting{Name: o.Name, Text: o.Text})
	}
	return out
}

// compareParams notes which values differ from the experiment's. then is g with the choices
// that the experiment made.
func (a *applier) compareParams(g, then *graph.Graph) {
	a.edits, a.set = map[string][]param.Edit{}, nil
	a.rep.Params, a.rep.NotThere = []ChangedParam{}, []string{}
	a.now = leafValues(g)
	choices := choicesOf(g)
	places := paramPlaces(then, choices)
	for _, want := range a.r.Params {
		at, there := places[want.Name]
		if !there {
			at = absent(then, want.Name)
		}
		switch value := string(want.Value); {
		case at.param == nil:
			a.rep.NotThere = append(a.rep.NotThere, want.Name)
		case at.param.Sensitive || value == "null": // there is no value to give back
		case at.param.File == "":
			a.compareOverride(at.leaf, want.Name, value)
		case value != at.leaf.Value:
			a.change(at, value, there)
		}
	}
	for _, at := range a.besideChoices(then) {
		a.change(at, "null", true)
	}
	for _, c := range choices {
		a.edits[c.param.File] = choosing(a.edits[c.param.File], c)
	}
}

// leafValues are the values of the parts of params, by name.
func leafValues(g *graph.Graph) map[string]string {
	out := map[string]string{}
	for i := range g.Params {
		for _, l := range g.Params[i].Leaves {
			out[l.Name] = l.Value
		}
	}
	return out
}

// paramPlaces are the parts of params, by name. A choice is what the workspace chooses, for that has to be changed.
func paramPlaces(then *graph.Graph, choices []paramPlace) map[string]paramPlace {
	out := map[string]paramPlace{}
	for i := range then.Params {
		for _, l := range then.Params[i].Leaves {
			out[l.Name] = paramPlace{&then.Params[i], l}
		}
	}
	for _, c := range choices {
		out[c.param.Name] = c
	}
	return out
}

// compareOverride compares a value that stands in no file. The experiment can have had another one by -p alone, and
// the lock gets that again.
func (a *applier) compareOverride(now graph.ParamLeaf, name, value string) {
	if value == now.Value && !now.Set {
		return
	}
	for _, o := range a.r.Overrides {
		if o.Name == name {
			a.set = append(a.set, param.Setting{Name: name, Text: o.Text})
			a.rep.Params = append(a.rep.Params, ChangedParam{name, now.Value, value, join(a.r.Pipeline, "pipeline.lock")})
			return
		}
	}
}

// change notes that a value has to be changed in its file; there: it has one now.
func (a *applier) change(at paramPlace, value string, there bool) {
	file := at.param.File
	if loses := fmt.Sprintf("%s: %s = %s", file, at.leaf.Name, at.leaf.Value); there && !slices.Contains(a.refused, loses) && !a.knownValue(at.leaf.Name, at.leaf.Value, file) {
		a.refused = append(a.refused, loses)
	}
	a.edits[file] = append(a.edits[file], param.Edit{Path: at.leaf.Path, JSON: value})
	if old := a.now[at.leaf.Name]; old != value { // under another choice the file may have said so, too
		a.rep.Params = append(a.rep.Params, ChangedParam{at.leaf.Name, old, value, file})
	}
}

// paramPlace is a part of a param as the workspace has it.
type paramPlace struct {
	param *graph.Param
	leaf  graph.ParamLeaf
}

// absent finds the place of a part that has no value now, by a part beside it.
func absent(g *graph.Graph, name string) paramPlace {
	for i := range g.Params {
		p := &g.Params[i]
		rest, ok := strings.CutPrefix(name, p.Name+".")
		if !ok || strings.ContainsAny(rest, `["`) {
			continue
		}
		for _, l := range p.Leaves {
			own, ok := strings.CutPrefix(l.Name, p.Name+".")
			n := strings.Count(own, ".") + 1
			if !ok || strings.ContainsAny(own, `["`) || n > len(l.Path) {
				continue
			}
			at := slices.Concat(l.Path[:len(l.Path)-n], strings.Split(rest, "."))
			return paramPlace{p, graph.ParamLeaf{Name: name, Path: at}}
		}
	}
	return paramPlace{}
}

// knownValue reports whether the value that a param has now is committed, or that
// of some experiment: then it is not lost.
func (a *applier) knownValue(name, value, file string) bool {
	if a.dirty != nil && !a.dirty[file] {
		return true
	}
	for i := range a.rows {
		for _, f := range a.rows[i].Params {
			if f.Name == name && string(exp.JSONOf(f.Value)) == value {
				return true
			}
		}
	}
	return a.committed()[name] == value || a.recordedFile(file)
}

// recordedFile reports whether an experiment was made of a params file as it is
// now: then the store has it.
func (a *applier) recordedFile(file string) bool {
	if known, ok := a.files[file]; ok {
		return known
	}
	known := false
	if b, err := a.p.view.ReadFile(file); err == nil {
		doubtful := map[string]digest.Digest{file: digest.Of(b)}
		a.strike(doubtful)
		known = len(doubtful) == 0
	}
	if a.files == nil {
		a.files = map[string]bool{}
	}
	a.files[file] = known
	return known
}

// committed are the values that params have in the last commit.
func (a *applier) committed() map[string]string {
	if a.values != nil || a.head == nil {
		return a.values
	}
	a.values = map[string]string{}
	req := a.p.request(EvalOptions{Dir: a.r.Pipeline})
	req.Read = modulesView{a.head, a.p.view}
	if res, _ := eval.Evaluate(req); res.Graph != nil {
		a.values = leafValues(res.Graph)
	}
	return a.values
}
