package dewar

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/fs"
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
	there := map[string]paramPlace{}
	for i := range then.Params {
		for _, l := range then.Params[i].Leaves {
			there[l.Name] = paramPlace{&then.Params[i], l}
		}
	}
	a.now = map[string]string{}
	for i := range g.Params {
		for _, l := range g.Params[i].Leaves {
			a.now[l.Name] = l.Value
		}
	}
	choices := choicesOf(g)
	for _, c := range choices {
		there[c.param.Name] = c
	}
	overridden := map[string]string{}
	for _, o := range a.r.Overrides {
		overridden[o.Name] = o.Text
	}
	for _, want := range a.r.Params {
		at, ok := there[want.Name]
		if !ok {
			if at = absent(then, want.Name); at.param == nil {
				a.rep.NotThere = append(a.rep.NotThere, want.Name)
				continue
			}
		}
		value := string(want.Value)
		if at.param.Sensitive || value == "null" {
			continue
		}
		if at.param.File == "" {
			if value == at.leaf.Value && !at.leaf.Set {
				continue
			}
			if text, ok := overridden[want.Name]; ok {
				a.set = append(a.set, param.Setting{Name: want.Name, Text: text})
				a.rep.Params = append(a.rep.Params, ChangedParam{want.Name, at.leaf.Value, value, join(a.r.Pipeline, "pipeline.lock")})
			}
			continue
		}
		if value == at.leaf.Value {
			continue
		}
		a.change(at, value, ok)
	}
	for _, at := range a.besideChoices(then) {
		a.change(at, "null", true)
	}
	for _, c := range choices {
		a.edits[c.param.File] = choosing(a.edits[c.param.File], c)
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
	res, _ := eval.Evaluate(eval.Request{Read: modulesView{a.head, a.p.view}, Dir: a.r.Pipeline, Environ: a.p.host.LookupEnv, Modules: a.p.modules()})
	if res.Graph != nil {
		for _, p := range res.Graph.Params {
			for _, l := range p.Leaves {
				a.values[l.Name] = l.Value
			}
		}
	}
	return a.values
}

// edit changes values in a params file, and nothing else in it.
func (a *applier) edit(ctx context.Context, file string, edits []param.Edit) error {
	b, err := a.p.view.ReadFile(file)
	if err != nil {
		return fmt.Errorf("apply experiment %s: %w", a.rep.Name, err)
	}
	f, diags := param.Decode(param.Source{Path: file, Bytes: b})
	if f == nil {
		return diags.Err()
	}
	like := a.fileThen(file)
	for i := range edits {
		edits[i].Like = like
	}
	if params, _, _ := a.p.BoundParams(EvalOptions{Dir: a.r.Pipeline, Set: a.chosen}); params != nil {
		edits = params.Typed(file, edits)
	}
	now, diags := f.Edit(edits)
	if err := diags.Err(); err != nil {
		return err
	}
	if bytes.Equal(now, b) {
		return nil
	}
	if len(a.refused) > 0 { // forced: the file as it was is kept
		where := filepath.Join(a.p.path("kept"), a.p.host.Now().UTC().Format("20060102-150405.000000000"), filepath.FromSlash(file))
		if err := a.p.host.FS.MkdirAll(filepath.Dir(where), 0o777); err != nil {
			return fmt.Errorf("keep %s: %w", file, err)
		}
		if err := fs.WriteFile(a.p.host.FS, where, b); err != nil {
			return fmt.Errorf("keep %s: %w", file, err)
		}
		a.rep.Kept = append(a.rep.Kept, Kept{Path: file, Where: where, Digest: digest.Of(b), Kind: "a file"})
	}
	_, err = a.p.Unprotect(ctx, []string{file}) // a link to a blob is no file of the person's
	if err == nil {
		err = a.p.rewriteFile(a.p.hostPath(file), b, now)
	}
	if err != nil {
		return fmt.Errorf("apply experiment %s: %w", a.rep.Name, err)
	}
	return nil
}

// fileThen is a params file as the experiment was made of it, nil if nobody knows. Its
// values are spelled as there: a script that read 1 is not to be given 1.0 because
// 0.5 stood in between, for that would be another action.
func (a *applier) fileThen(file string) *param.File {
	for _, src := range a.r.Sources {
		if src.Path != file {
			continue
		}
		d, err := digest.Parse(src.Digest)
		if err != nil {
			return nil
		}
		b, err := a.p.store.ReadAll(d, d.Size)
		if err != nil {
			return nil
		}
		f, _ := param.Decode(param.Source{Path: file, Bytes: b})
		return f
	}
	return nil
}
