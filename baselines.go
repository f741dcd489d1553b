package dewar

import (
	"context"
	"errors"
	"fmt"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/git"
)

// Baseline is a commit, and the experiments that were made at it.
type Baseline struct {
	Results     *Results // nil without Git, or if Git has lost the commit
	Title       string   // what follows the name, for people
	Experiments []exp.Row
}

// Workspace returns the params and results that lie in the workspace.
func (p *Project) Workspace(dir string) *Results { return p.workspaceResults(dir) }

// Baselines puts experiments below the commits that they were made at: below rev
// alone, or HEAD if it is "", or with all set below every commit that has some,
// the newest last. Without Git they are below none.
func (p *Project) Baselines(ctx context.Context, dir, rev string, rows []exp.Row, all bool) ([]Baseline, error) {
	repo, err := p.repo(ctx)
	if err != nil {
		return nil, err
	}
	if repo == nil {
		if rev != "" {
			return nil, failure(diag.Diagnostic{Code: "E-revision-unknown", Detail: fmt.Sprintf("There is no Git repository here, so there is no commit %s.", rev)})
		}
		return []Baseline{{Experiments: rows}}, nil
	}
	head, ok, err := repo.Head(ctx)
	if err != nil {
		return nil, err
	}
	if rev != "" {
		if head, err = repo.Resolve(ctx, rev); err != nil {
			return nil, revisionUnknown(rev, err)
		}
		ok = true
	}
	at := ""
	if ok {
		at = head.ID
	}
	by := map[string][]exp.Row{}
	var order []string
	for _, r := range rows {
		if r.Commit == at || !all || r.Pipeline != dir {
			continue
		}
		if by[r.Commit] == nil {
			order = append(order, r.Commit)
		}
		by[r.Commit] = append(by[r.Commit], r)
	}
	var out []Baseline
	for _, id := range order {
		b := Baseline{Experiments: by[id]}
		if c, err := repo.Resolve(ctx, id); id != "" && err == nil {
			if b, err = p.baseline(ctx, repo, c, dir, ""); err != nil {
				return nil, err
			}
			b.Experiments = by[id]
		}
		out = append(out, b)
	}
	last := Baseline{}
	if ok {
		if last, err = p.baseline(ctx, repo, head, dir, repo.Branch(ctx)); err != nil {
			return nil, err
		}
	}
	for _, r := range rows {
		if r.Commit == at {
			last.Experiments = append(last.Experiments, r)
		}
	}
	return append(out, last), nil
}

func (p *Project) baseline(ctx context.Context, repo *git.Repo, c git.Commit, dir, branch string) (Baseline, error) {
	name := branch
	if name == "" {
		name = c.Short()
		if len(c.Names) > 0 {
			name = c.Names[0]
		}
	}
	res, err := p.commitResults(ctx, repo, c, dir, name)
	if err != nil {
		return Baseline{}, err
	}
	return Baseline{Results: res}, nil
}

func revisionUnknown(rev string, err error) error {
	var unknown *git.UnknownError
	if !errors.As(err, &unknown) {
		return err
	}
	d := diag.Diagnostic{Code: "E-revision-unknown", Detail: fmt.Sprintf("There is no commit %s.", rev)}
	if len(unknown.Near) > 0 {
		d.Detail += fmt.Sprintf(" Did you mean %s?", unknown.Near[0])
	}
	return failure(d)
}

// Filter is an expression over the fields of an experiment.
type Filter struct {
	*eval.Filter
	text string
}

// ParseFilter reads a filter. The error is a *diag.Failure.
func ParseFilter(text string) (*Filter, error) {
	f, diags := eval.ParseFilter(text)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	return &Filter{f, text}, nil
}

// CheckNames reports a name of the filter that none of the fields has.
func (f *Filter) CheckNames(fields []string) error {
	for _, name := range f.Names() {
		if isRowName(name) {
			continue
		}
		found := false
		var leaves []string
		for _, full := range fields {
			found = found || exp.MetricIs(full, name)
			leaves = append(leaves, leafOf(full))
		}
		if !found && len(fields) > 0 {
			return failure(diag.Diagnostic{Code: "E-filter", Detail: fmt.Sprintf("No experiment has a param or a metric called %s.%s", name, didYouMean(name, leaves))})
		}
	}
	return nil
}

func leafOf(full string) string {
	for i := len(full) - 1; i >= 0; i-- {
		if full[i] == ':' {
			return full[i+1:]
		}
	}
	return full
}

// isRowName reports whether a filter may ask for a name of every experiment.
func isRowName(name string) bool {
	switch name {
	case "name", "state", "note", "created", "seconds":
		return true
	}
	return false
}
