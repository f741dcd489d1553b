package dewar

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/git"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

func (p *Project) history() *exp.History { return &exp.History{FS: p.host.FS, Dir: p.path("exp")} }

// Experiments returns all experiments of the project, in the order in which
// they were recorded.
func (p *Project) Experiments() ([]exp.Row, error) {
	rows, unreadable, err := p.history().Rows()
	if err != nil {
		return nil, err
	}
	for _, id := range unreadable {
		p.warn(diag.Diagnostic{
			Severity: diag.Warning, Code: "W-experiment-unreadable",
			Detail: fmt.Sprintf("The record %s cannot be read: it is damaged, or a newer dewar wrote it. The others are shown.", p.path("exp", "records", id+".json")),
		})
	}
	return rows, nil
}

// warn keeps a warning about our own files, once.
func (p *Project) warn(d diag.Diagnostic) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.warnings {
		if w.Code == d.Code && w.Detail == d.Detail {
			return
		}
	}
	p.warnings = append(p.warnings, d)
}

// Experiment returns the experiment of a name, or of the beginning of an id.
func (p *Project) Experiment(name string) (*exp.Row, error) {
	rows, err := p.Experiments()
	if err != nil {
		return nil, err
	}
	if row := find(rows, name); row != nil {
		return row, nil
	}
	return nil, failure(unknownExperiment(rows, name))
}

func find(rows []exp.Row, name string) *exp.Row {
	for i := range rows {
		if rows[i].Name == name || rows[i].ID == name {
			return &rows[i]
		}
	}
	return nil
}

func unknownExperiment(rows []exp.Row, name string) diag.Diagnostic {
	d := diag.Diagnostic{Code: "E-experiment-missing", Detail: fmt.Sprintf("There is no experiment %s.", name)}
	if len(rows) == 0 {
		d.Detail += " There are none yet: `dewar exp run` makes one."
		return d
	}
	names := make([]string, len(rows))
	for i := range rows {
		names[i] = rows[i].Name
	}
	d.Detail += didYouMean(name, names) + " `dewar exp list` lists them."
	return d
}

// Record returns all that is remembered of an experiment.
func (p *Project) Record(row *exp.Row) (*exp.Record, error) {
	r, err := p.history().Read(row.ID)
	if err != nil {
		return nil, err
	}
	r.Name, r.Note = row.Name, row.Note
	return r, nil
}

// RenameExperiment gives an experiment another name.
func (p *Project) RenameExperiment(old, name string) error {
	row, err := p.Experiment(old)
	if err != nil {
		return err
	}
	if err := p.checkNames([]string{name}).Err(); err != nil {
		return err
	}
	err = p.history().Rename(row, name)
	var taken *exp.TakenError
	if errors.As(err, &taken) {
		return failure(diag.Diagnostic{Code: "E-experiment-taken", Detail: fmt.Sprintf("An experiment is called %s already.", name)})
	}
	return err
}

// checkNames says what is wrong with names that a person gives to experiments. What is
// called like a branch or a tag would hide it wherever a place is named.
func (p *Project) checkNames(names []string) diag.List {
	refs, err := p.refNames(context.Background())
	if err != nil {
		return diag.List{{Code: "E-environment", Detail: err.Error() + "."}}
	}
	for _, name := range names {
		problem := exp.CheckName(name)
		if problem == "" && refs[name] {
			problem = fmt.Sprintf("is not %s, which is a branch or a tag here: `dewar metrics diff %s` would not know which of them is meant. Choose another one", name, name)
		}
		if problem != "" {
			return diag.List{{Code: "E-experiment-name", Detail: fmt.Sprintf("The name of an experiment %s.", problem)}}
		}
	}
	return nil
}

// refNames are the names of branches and tags; nil without Git.
func (p *Project) refNames(ctx context.Context) (map[string]bool, error) {
	repo, err := p.repo(ctx)
	if err != nil || repo == nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, tips := range []func(context.Context) ([]git.Commit, error){repo.Branches, repo.Tags} {
		list, err := tips(ctx)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			for _, name := range c.Names {
				out[name] = true
			}
		}
	}
	return out, nil
}

// NoteExperiment replaces the note of an experiment.
func (p *Project) NoteExperiment(name, note string) error {
	row, err := p.Experiment(name)
	if err != nil {
		return err
	}
	return p.history().SetNote(row, note)
}

// RemoveExperiments forgets experiments. All of them must be there.
func (p *Project) RemoveExperiments(names []string) error {
	rows, err := p.Experiments()
	if err != nil {
		return err
	}
	var gone []*exp.Row
	for _, name := range names {
		row := find(rows, name)
		if row == nil {
			return failure(unknownExperiment(rows, name))
		}
		if !slices.Contains(gone, row) {
			gone = append(gone, row)
		}
	}
	for _, row := range gone {
		if err := p.history().Remove(row); err != nil {
			return err
		}
	}
	return nil
}

// repo returns the Git repository around the project; nil without one.
func (p *Project) repo(ctx context.Context) (*git.Repo, error) {
	if p.host.Command == nil || !p.inGit() {
		return nil, nil
	}
	r, err := git.Open(ctx, p.host.Command, p.Root)
	if errors.Is(err, git.ErrNone) {
		return nil, nil
	}
	return r, err
}

// gitState says where the workspace stands; nil without Git. The difference of
// tracked files to the commit goes into the store.
func (p *Project) gitState(ctx context.Context) (*exp.Git, error) {
	r, err := p.repo(ctx)
	if err != nil || r == nil {
		return nil, err
	}
	head, ok, err := r.Head(ctx)
	if err != nil {
		return nil, err
	}
	out := &exp.Git{}
	if ok {
		out.Commit, out.Subject = head.ID, head.Subject
	}
	out.Branch = r.Branch(ctx)
	patch, err := r.Patch(ctx)
	if err != nil {
		return nil, err
	}
	if len(patch) > 0 {
		d, err := p.store.Put(patch)
		if err != nil {
			return nil, err
		}
		out.Patch = d.String()
	}
	return out, nil
}

// environment describes where actions of g run.
func (p *Project) environment(g *graph.Graph, bindings map[string]run.Binding) exp.Environment {
	env := exp.Environment{OS: p.host.OS, Arch: p.host.Arch, Dewar: p.host.Build, CPUs: p.host.CPUs}
	for _, t := range g.Toolchains {
		if b, ok := bindings[t.Name]; ok {
			env.Toolchains = append(env.Toolchains, exp.Toolchain{Name: t.Name, Kind: t.Kind, Fingerprint: b.Fingerprint})
		}
	}
	return env
}

// keepRead takes the files that an evaluation read into the store, so that
// they can be brought back, and lists them: all but those that hold secrets.
func (p *Project) keepRead(t fs.Trace, params, secret []string) ([]exp.Source, error) {
	var out []exp.Source
	for _, f := range t.Files {
		if f.Digest == nil || strings.HasSuffix(f.Path, ".dewarignore") || strings.HasSuffix(f.Path, ".gitignore") || slices.Contains(secret, f.Path) {
			continue
		}
		src := exp.Source{Path: f.Path, Digest: f.Digest.String(), Params: slices.Contains(params, f.Path)}
		if !p.store.Has(*f.Digest) {
			b, err := p.view.ReadFile(f.Path)
			if err != nil || digest.Of(b) != *f.Digest {
				continue // saved in between: what was read is gone
			}
			if _, err := p.store.Put(b); err != nil {
				return nil, err
			}
		}
		out = append(out, src)
	}
	return out, nil
}

// secretFiles are the files that sensitive params take values from. Their bytes go nowhere.
func secretFiles(g *graph.Graph) []string {
	var out []string
	for _, p := range g.Params {
		if !p.Sensitive {
			continue
		}
		if p.File != "" {
			out = append(out, p.File)
		}
		if p.Chosen != "" {
			out = append(out, p.Chosen)
		}
		for _, l := range p.Leaves { // "FILE:LINE", of --params FILE with that before it
			if i := strings.LastIndexByte(l.Origin, ':'); i > 0 {
				out = append(out, strings.TrimPrefix(l.Origin[:i], "--params "))
			}
		}
	}
	return out
}
