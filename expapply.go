package dewar

import (
	"bytes"
	"context"
	"fmt"
	iofs "io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/git"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/store/checkout"
)

// Applying an experiment makes the workspace what the experiment was made of
// and what it made: its code, the values of its params, its outputs, and the
// lock. Everything is looked at before anything is written. What a person wrote
// and has neither committed nor recorded in an experiment is not overwritten:
// it is an error that names it, or with Force it is kept aside first.

// ApplyReport is what ApplyExperiment did.
type ApplyReport struct {
	Name         string         `json:"experiment"`
	Files        []string       `json:"files"`         // code that was brought back
	FilesRemoved []string       `json:"files_removed"` // code that the experiment did not have
	Params       []ChangedParam `json:"params"`        // values that changed
	Outputs      int            `json:"outputs"`       // files written
	Removed      []string       `json:"removed"`       // outputs that nothing makes any more
	Missing      []string       `json:"missing"`       // instances whose outputs the cache does not hold
	Kept         []Kept         `json:"kept"`          // what was in the way, and where it is now
	NotThere     []string       `json:"not_params"`    // params of the experiment that the pipeline does not have
	LeftAlone    []string       `json:"left_alone"`    // instances whose pipeline is not what it was
	OtherData    []string       `json:"other_data"`    // tracked data that is not what the experiment read
}

// ChangedParam is a value that was changed.
type ChangedParam struct {
	Name string `json:"name"`
	Old  string `json:"old"`
	New  string `json:"new"`
	In   string `json:"in"` // the file; pipeline.lock for a param without one
}

// ApplyExperiment brings an experiment into the workspace.
func (p *Project) ApplyExperiment(ctx context.Context, name string, force bool) (*ApplyReport, error) {
	rows, err := p.Experiments()
	if err != nil {
		return nil, err
	}
	row := find(rows, name)
	if row == nil {
		return nil, failure(unknownExperiment(rows, name))
	}
	r, err := p.Record(row)
	if err != nil {
		return nil, err
	}
	a := &applier{p: p, rows: rows, r: r, force: force, rep: &ApplyReport{
		Name: row.Name, Files: []string{}, FilesRemoved: []string{}, Params: []ChangedParam{}, Removed: []string{}, Missing: []string{}, Kept: []Kept{}, NotThere: []string{}, LeftAlone: []string{}, OtherData: []string{},
	}}
	if err := a.look(ctx); err != nil {
		return nil, err
	}
	if err := a.code(ctx); err != nil {
		return a.rep, err
	}
	if err := a.removeExtras(ctx); err != nil {
		return a.rep, err
	}
	ev, err := a.params(ctx)
	if err != nil {
		return a.rep, err
	}
	return a.rep, a.results(ctx, ev)
}

// applier is one ApplyExperiment.
type applier struct {
	p       *Project
	rows    []exp.Row
	r       *exp.Record
	force   bool
	rep     *ApplyReport
	items   []checkout.Item // code to be written
	extra   []checkout.Item // code to be taken away
	then    *codeThen       // once it is asked for
	dirty   map[string]bool // paths that Git says are not as committed; nil without Git
	head    *git.Tree
	refused []string
	edits   map[string][]param.Edit // by params file
	set     []param.Setting         // params without a file
	values  map[string]string       // of params in the last commit, once they are asked for
	files   map[string]bool         // params files: whether an experiment has them as they are
	now     map[string]string       // values of params in the workspace, by name, before anything is changed
	chosen  []param.Setting         // what the experiment chose, where it is not what is chosen now
}

// look finds out what has to change, and whether anything of the person's would be lost.
func (a *applier) look(ctx context.Context) error {
	if err := a.askGit(ctx); err != nil {
		return err
	}
	if err := a.lookAtCode(ctx); err != nil {
		return err
	}
	if err := a.lookForExtras(ctx); err != nil {
		return err
	}
	if ev, _ := a.p.Evaluate(EvalOptions{Dir: a.r.Pipeline}); ev.Graph != nil {
		a.compareParams(ev.Graph, a.chosenThen(ev.Graph))
	}
	if len(a.refused) > 0 && !a.force {
		return failure(a.wouldLose())
	}
	return nil
}

func (a *applier) wouldLose() diag.Diagnostic {
	slices.Sort(a.refused)
	shown := a.refused
	more := ""
	if len(shown) > shownLines {
		more = fmt.Sprintf("\n    and %d more", len(shown)-shownLines)
		shown = shown[:shownLines]
	}
	return diag.Diagnostic{
		Code: "E-experiment-overwrite",
		Detail: fmt.Sprintf("Applying %s would overwrite or remove what is neither committed nor part of an experiment:\n    %s%s\nCommit it, or record it with `dewar exp save`, or use --force: then it is kept aside first.",
			a.rep.Name, strings.Join(shown, "\n    "), more),
	}
}

// askGit notes which files are not as they were committed.
func (a *applier) askGit(ctx context.Context) error {
	repo, err := a.p.repo(ctx)
	if err != nil || repo == nil {
		return err
	}
	head, ok, err := repo.Head(ctx)
	if err != nil || !ok {
		return err
	}
	if a.head, err = repo.Tree(ctx, head); err != nil {
		return err
	}
	changes, err := repo.Changes(ctx)
	if err != nil {
		return err
	}
	a.dirty = map[string]bool{}
	for _, c := range changes {
		a.dirty[c.Path] = true
	}
	return nil
}

// lookAtCode compares the sources of the experiment with the workspace.
func (a *applier) lookAtCode(ctx context.Context) error {
	scan := a.p.hasher(&directories{})
	var gone []string
	doubtful := map[string]digest.Digest{}
	for _, src := range a.r.Sources {
		want, err := digest.Parse(src.Digest)
		if err != nil {
			return fmt.Errorf("apply experiment %s: %s: %w", a.rep.Name, src.Path, err)
		}
		now, err := scan.Content(ctx, src.Path)
		if err != nil && !isNotExist(err) {
			return fmt.Errorf("apply experiment %s: %w", a.rep.Name, err)
		}
		if src.Params && err == nil && now.Kind != digest.None {
			continue // values in it are changed; a file that is gone is brought back first
		}
		if now.Kind == digest.File && now.Digest == want {
			continue
		}
		if !a.p.store.Has(want) {
			gone = append(gone, src.Path)
			continue
		}
		item := checkout.Item{Path: src.Path, Content: digest.Content{Kind: digest.File, Digest: want, Exec: src.Exec || now.Exec}}
		switch {
		case err != nil || now.Kind == digest.None:
		case a.inGit(src.Path):
			item.Known = now
		case now.Kind == digest.File:
			item.Known = now
			doubtful[src.Path] = now.Digest
		default:
			a.refused = append(a.refused, src.Path)
		}
		a.items = append(a.items, item)
	}
	if len(gone) > 0 {
		return failure(diag.Diagnostic{
			Code:   "E-experiment-gone",
			Detail: fmt.Sprintf("The cache has lost code of %s: %s. Its params and metrics are still shown; check out the commit %s to have the code.", a.rep.Name, strings.Join(gone, ", "), shortCommit(a.r)),
		})
	}
	return a.recorded(doubtful)
}

// recorded finds out which doubtful files an experiment has: they are not lost.
func (a *applier) recorded(doubtful map[string]digest.Digest) error {
	a.strike(doubtful)
	for i := range a.items {
		if _, ok := doubtful[a.items[i].Path]; ok {
			a.items[i].Known = digest.Content{}
			a.refused = append(a.refused, a.items[i].Path)
		}
	}
	return nil
}

// strike takes files out of doubtful that some experiment was made of as they are.
func (a *applier) strike(doubtful map[string]digest.Digest) {
	for i := len(a.rows) - 1; i >= 0 && len(doubtful) > 0; i-- {
		r, err := a.p.history().Read(a.rows[i].ID)
		if err != nil {
			continue
		}
		for _, src := range r.Sources {
			if d, ok := doubtful[src.Path]; ok && d.String() == src.Digest {
				delete(doubtful, src.Path)
			}
		}
	}
}

func shortCommit(r *exp.Record) string {
	if r.Git == nil || r.Git.Commit == "" {
		return "(none)"
	}
	return r.Git.Commit[:min(len(r.Git.Commit), 7)]
}

// code writes the sources that differ.
func (a *applier) code(ctx context.Context) error {
	if len(a.items) == 0 {
		return nil
	}
	report, err := checkout.Checkout(ctx, checkout.Plan{Root: a.p.Root, Kept: a.p.path("kept"), Items: a.items, Exact: true}, a.p.checkoutDeps())
	a.rep.Kept = append(a.rep.Kept, report.Kept...)
	for _, it := range a.items {
		a.rep.Files = append(a.rep.Files, it.Path)
	}
	if err != nil {
		return a.unwritten(err)
	}
	return a.writable()
}

func (a *applier) unwritten(err error) error {
	return failure(diag.Diagnostic{Code: "E-checkout", Detail: fmt.Sprintf("Writing the code of experiment %s: %v.", a.rep.Name, err)})
}

// checkoutDeps are what writing into the workspace needs.
func (p *Project) checkoutDeps() checkout.Deps {
	return checkout.Deps{FS: p.host.FS, Store: p.store, Index: p.index, Now: p.host.Now, Workers: 1}
}

// writable lets the person edit what was brought back: it is source, not output.
func (a *applier) writable() error {
	for _, it := range a.items {
		perm := iofs.FileMode(0o644)
		if it.Content.Exec {
			perm = 0o755
		}
		if err := a.p.host.FS.Chmod(a.p.hostPath(it.Path), perm); err != nil {
			return fmt.Errorf("apply experiment %s: %w", a.rep.Name, err)
		}
	}
	return nil
}

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

// results writes outputs and their entries of the lock.
func (a *applier) results(ctx context.Context, ev *Evaluation) error {
	s, diags := a.p.newSession(ctx, ev, nil, false)
	if err := diags.Err(); err != nil {
		return err
	}
	made, err := lockOf(a.r)
	if err != nil {
		return err
	}
	data := otherData{s, map[string]digest.Content{}}
	for i := range ev.Graph.Instances {
		x := &ev.Graph.Instances[i]
		e := made.Entry(x.Ref())
		if e == nil {
			continue
		}
		if !sameOutputs(x, e) {
			a.rep.LeftAlone = append(a.rep.LeftAlone, x.Ref())
			continue
		}
		if !a.p.holds(e) {
			a.rep.Missing = append(a.rep.Missing, x.Ref())
			continue
		}
		if err := a.result(ctx, s, x, e); err != nil {
			return err
		}
		data.note(ctx, x, e, &a.rep.OtherData)
	}
	gone := s.vanished()
	if a.rep.Removed, err = s.removeOutputs(ctx, gone); err != nil {
		return err
	}
	a.rep.Kept = append(a.rep.Kept, s.kept...)
	if edit := s.lockEdit(gone); edit != nil || len(s.changed) > 0 {
		if err := s.flush(edit); err != nil {
			return lockUnwritable(err)
		}
	}
	if err := a.p.updateGitignore(s.g); err != nil {
		return err
	}
	return a.p.index.Save()
}

// result checks one instance out and remembers its entry.
func (a *applier) result(ctx context.Context, s *session, x *graph.Instance, e *lock.Entry) error {
	outs := make([]digest.Content, len(x.Outputs))
	for i, o := range x.Outputs {
		outs[i] = e.Outputs[i].Content
		if !o.NoCheckout {
			if taker, err := s.outputHolds(ctx, o.Path, outs[i]); err != nil {
				return err
			} else if taker == nil {
				a.rep.Outputs++
			}
		}
	}
	old := s.lock.Entry(x.Ref())
	if err := s.checkout(ctx, items(x, outs, old)); err != nil {
		return err
	}
	s.changed = append(s.changed, *e)
	s.moved = append(s.moved, moved(x, old)...)
	return nil
}

// sameOutputs reports whether an entry is about the outputs of x.
func sameOutputs(x *graph.Instance, e *lock.Entry) bool {
	if len(e.Outputs) != len(x.Outputs) {
		return false
	}
	for i, o := range x.Outputs { // both are sorted by path
		if e.Outputs[i].Path != o.Path || !kindFits(o, e.Outputs[i].Content) {
			return false
		}
	}
	return true
}
