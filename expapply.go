package dewar

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/git"
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
