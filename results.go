package dewar

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/git"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
)

// Where says what kind of place results were found in.
type Where string

// The places.
const (
	InWorkspace  Where = "workspace"
	InCommit     Where = "commit"
	InExperiment Where = "experiment"
)

// Workspace is what the workspace is called among the places to compare.
const Workspace = "workspace"

// Results are the params and the results of one evaluation: the workspace's,
// that of a commit, or an experiment.
type Results struct {
	Name    string // as it was asked for
	Where   Where
	Commit  string // where it stands; "" without Git
	Time    time.Time
	Title   string // the subject of a commit, the note of an experiment
	Params  []exp.Param
	Metrics []exp.Metrics // by path
	Asserts []exp.Assert
	Plots   []PlotFile // by path
	Better  []exp.Better
	Problem string    // why there is nothing; "" if there is something
	State   exp.State // of an experiment; "" elsewhere

	basis basis // what StagesOf makes stages of
}

// PlotFile is a file to be drawn.
type PlotFile struct {
	Path     string
	Instance string
	Name     string // of the output
	Hints    *graph.PlotHints
	Read     func() ([]byte, error)
}

// ResultsOf returns the results in a place: Workspace, a commit in Git's words, or the
// name of an experiment. A pipeline that is broken there has none, and Problem
// says why: others can be shown all the same.
func (p *Project) ResultsOf(ctx context.Context, dir, name string) (*Results, error) {
	if name == Workspace {
		return p.workspaceResults(dir), nil
	}
	rows, err := p.Experiments()
	if err != nil {
		return nil, err
	}
	if row := find(rows, name); row != nil {
		return p.experimentResults(row)
	}
	repo, err := p.repoFor(ctx, name)
	if err != nil {
		return nil, err
	}
	if repo == nil {
		d := unknownExperiment(rows, name)
		d.Detail += " There is no Git repository here, so it cannot be a commit either."
		return nil, failure(d)
	}
	commit, err := repo.Resolve(ctx, name)
	var unknown *git.UnknownError
	if errors.As(err, &unknown) {
		d := unknownExperiment(rows, name)
		d.Code, d.Detail = "E-revision-unknown", "There is no experiment and no commit "+name+"."
		if len(unknown.Near) > 0 {
			d.Detail += " Did you mean " + unknown.Near[0] + "?"
		} else {
			d.Detail += didYouMean(name, namesOfPlaces(rows))
		}
		return nil, failure(d)
	}
	if err != nil {
		return nil, err
	}
	return p.commitResults(ctx, repo, commit, dir, name)
}

// namesOfPlaces are what places are called, but for commits.
func namesOfPlaces(rows []exp.Row) []string {
	names := []string{Workspace}
	for i := range rows {
		names = append(names, rows[i].Name)
	}
	return names
}

// repoFor returns the repository that a commit of the name may be in; nil if there is none.
func (p *Project) repoFor(ctx context.Context, name string) (*git.Repo, error) {
	repo, err := p.repo(ctx)
	if err != nil || name != "HEAD" {
		return repo, err
	}
	if d := noHead(ctx, repo); d != nil {
		return nil, failure(*d)
	}
	return repo, nil
}

// noHead says why there is no last commit to look at; nil if there is one.
func noHead(ctx context.Context, repo *git.Repo) *diag.Diagnostic {
	why := "There is no Git repository here"
	if repo != nil {
		if _, ok, err := repo.Head(ctx); ok || err != nil {
			return nil
		}
		why = "The Git repository has no commit yet"
	}
	return &diag.Diagnostic{
		Code:   "E-revision-unknown",
		Detail: why + ", so there is no last commit to compare with. Name what to compare: an experiment (`dewar exp list`), or " + Workspace + ".",
	}
}

func (p *Project) workspaceResults(dir string) *Results {
	out := &Results{Name: Workspace, Where: InWorkspace}
	l, _ := p.readLock(dir) // damaged lines count as absent
	ev, diags := p.Evaluate(EvalOptions{Dir: dir, Set: settingsOf(l)})
	if ev.Graph == nil && l != nil && len(l.Overrides) > 0 {
		ev, diags = p.Evaluate(EvalOptions{Dir: dir}) // what was set then may not exist any more
	}
	if ev.Graph == nil {
		out.Problem = problemOf(diags)
		return out
	}
	out.basis = basis{graph: ev.Graph, evaluation: ev, lock: l}
	out.Params = paramsOf(ev.Graph.Params)
	p.gather(out, ev.Graph, func(x *graph.Instance, i int) outputReader {
		o := &x.Outputs[i]
		if o.NoCheckout {
			return p.locked(l, x, o)
		}
		return lying{p.view, o.Path}
	})
	return out
}

func (p *Project) commitResults(ctx context.Context, repo *git.Repo, c git.Commit, dir, name string) (*Results, error) {
	out := &Results{Name: name, Where: InCommit, Commit: c.ID, Time: c.Time, Title: c.Subject}
	tree, err := repo.Tree(ctx, c)
	if err != nil {
		return nil, err
	}
	l := &lock.Lock{}
	if b, err := tree.ReadFile(join(dir, "pipeline.lock")); err == nil {
		if there, _, err := lock.Read(b); err == nil {
			l = there
		}
	}
	req := p.request(EvalOptions{Dir: dir, Set: settingsOf(l)})
	req.Read = modulesView{tree, p.view}
	res, diags := eval.Evaluate(req)
	if res.Graph == nil && len(l.Overrides) > 0 {
		req.Set = nil
		res, diags = eval.Evaluate(req)
	}
	if res.Graph == nil {
		out.Problem = problemOf(diags)
		return out, nil
	}
	out.basis = basis{graph: res.Graph, lock: l}
	out.Params = paramsOf(res.Graph.Params)
	p.gather(out, res.Graph, func(x *graph.Instance, i int) outputReader {
		return either{lying{tree, x.Outputs[i].Path}, p.locked(l, x, &x.Outputs[i])}
	})
	return out, nil
}

func (p *Project) experimentResults(row *exp.Row) (*Results, error) {
	r, err := p.Record(row)
	if err != nil {
		return nil, err
	}
	out := &Results{
		Name: row.Name, Where: InExperiment, Commit: row.Commit, Time: r.Created, Title: r.Note,
		Params: r.Params, Metrics: r.Metrics, Asserts: r.Asserts, Better: row.Better, State: r.State,
	}
	l, err := lockOf(r)
	if err != nil {
		return nil, err
	}
	out.basis = basis{lock: l, record: r}
	hints := p.hintsOf(r)
	for _, e := range l.Entries {
		for _, o := range e.Outputs {
			if o.Group == graph.Plots {
				out.addPlots(o.Path, e.Instance, o.Name, hints[[2]string{stageName(e.Instance), o.Name}], stored{p, o.Content})
			}
		}
	}
	return out, nil
}

// hintsOf finds how plots are to be drawn, by stage and name: what the pipeline of
// the workspace says of them now. Looks are no result, and are not recorded.
func (p *Project) hintsOf(r *exp.Record) map[[2]string]*graph.PlotHints {
	out := map[[2]string]*graph.PlotHints{}
	ev, _ := p.Evaluate(EvalOptions{Dir: r.Pipeline})
	if ev.Graph == nil {
		return out
	}
	for i := range ev.Graph.Instances {
		x := &ev.Graph.Instances[i]
		for n := range x.Outputs {
			if o := &x.Outputs[n]; o.Group == graph.Plots {
				out[[2]string{x.Stage, o.Name}] = o.Plot
			}
		}
	}
	return out
}

// gather reads the metrics of a graph and finds its plots.
func (p *Project) gather(out *Results, g *graph.Graph, output func(x *graph.Instance, i int) outputReader) {
	for i := range g.Instances {
		x := &g.Instances[i]
		m := p.measure(x, func(n int) outputReader { return output(x, n) })
		out.Metrics = append(out.Metrics, m.metrics...)
		out.Asserts = append(out.Asserts, m.asserts...)
		for n := range x.Outputs {
			if o := &x.Outputs[n]; o.Group == graph.Plots {
				out.addPlots(o.Path, x.Ref(), o.Name, o.Plot, output(x, n))
			}
		}
	}
	slices.SortStableFunc(out.Metrics, func(a, b exp.Metrics) int { return strings.Compare(a.Path, b.Path) })
	slices.SortStableFunc(out.Plots, func(a, b PlotFile) int { return strings.Compare(a.Path, b.Path) })
	r := exp.Record{Metrics: out.Metrics}
	out.Better = r.Row().Better
}

// addPlots adds the files of an output to be drawn.
func (r *Results) addPlots(at, instance, name string, hints *graph.PlotHints, from outputReader) {
	names, err := from.files()
	if err != nil {
		r.Plots = append(r.Plots, PlotFile{Path: at, Instance: instance, Name: name, Hints: hints, Read: func() ([]byte, error) { return nil, err }})
		return
	}
	for _, sub := range names {
		r.Plots = append(r.Plots, PlotFile{Path: join(at, sub), Instance: instance, Name: name, Hints: hints, Read: func() ([]byte, error) { return from.read(sub) }})
	}
}

// locked reads what a lock says of an output from the store.
func (p *Project) locked(l *lock.Lock, x *graph.Instance, o *graph.Output) outputReader {
	var c digest.Content
	if l != nil {
		if e := l.Entry(x.Ref()); e != nil {
			for _, known := range e.Outputs {
				if known.Path == o.Path {
					c = known.Content
				}
			}
		}
	}
	return stored{p, c}
}

// settingsOf are the settings that a lock's results were made under.
func settingsOf(l *lock.Lock) []param.Setting {
	if l == nil {
		return nil
	}
	out := make([]param.Setting, len(l.Overrides))
	for i, o := range l.Overrides { // of files of --params too: what they hold now is another matter
		out[i] = param.Setting{Name: o.Name, Text: o.Text}
	}
	return out
}

// problemOf is the first error of a list, on one line.
func problemOf(l diag.List) string {
	for _, d := range l.Sorted() {
		if d.Severity == diag.Error {
			text := d.Code + ": " + strings.Join(strings.Fields(d.Detail), " ")
			if d.Span.File != "" {
				return d.Span.File + ": " + text
			}
			return text
		}
	}
	return "it cannot be evaluated"
}

func stageName(ref string) string {
	return graph.StageOf(ref)
}
