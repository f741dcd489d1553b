package dewar

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/git"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/store/remote"
)

// What is shared is what locks name: the outputs of instances and tracked data, of the
// workspace and, if asked for, of other commits; and experiments, whose records have
// lines of a lock. With the outputs go the results of the actions that made them, for
// those who believe them.

// ShareOptions say what to share, and how.
type ShareOptions struct {
	Select      []string // instances, as selectors, and names of data; none: all
	Branches    bool     // also what the last commit of each branch names
	Tags        bool     // also what each tag names
	Commits     bool     // also what every commit names
	Experiments []string // names of experiments; "*" is all. With some and no Select, they are all that is shared
	Results     bool     // action results as well
	DryRun      bool
	Recheck     bool // believe no directory of a remote to be complete
	Parallel    int  // transfers at once; 0: what the remote likes
	Progress    func(remote.Progress)
}

// Shared is what is named to be shared: an output, tracked data, or what an experiment made.
type Shared struct {
	Of      string // "train@C=0.1", "data.penguins", "brave-otter"
	At      string // "other commits"; "" is the workspace
	Path    string
	Content digest.Content
}

// otherCommits is where a Shared is that the workspace does not name.
const otherCommits = "other commits"

// shares is everything that a ShareOptions names.
type shares struct {
	list    []Shared        // as locks have them, the workspace's first; no content twice
	actions []digest.Digest // the actions that made them, each once
	records []sharedRecord
	seen    map[digest.Content]bool
	acted   map[digest.Digest]bool
}

// sharedRecord is an experiment, and what it refers to.
type sharedRecord struct {
	row   exp.Row
	needs []digest.Content
}

// shares finds what o names. Without an evaluation nothing is known of what is not to be pushed.
func (p *Project) shares(ctx context.Context, ev *Evaluation, o ShareOptions) (*shares, error) {
	sh := &shares{seen: map[digest.Content]bool{}, acted: map[digest.Digest]bool{}}
	only, err := selection(ev.Graph, o.Select)
	if err != nil {
		return nil, err
	}
	if len(o.Experiments) == 0 || len(o.Select) > 0 {
		l, diags := p.readLock(ev.Dir)
		if err := diags.Err(); err != nil {
			return nil, err
		}
		sh.addLock(l, "", only, unshared(ev.Graph))
	}
	if err := p.commitShares(ctx, sh, ev, only, o); err != nil {
		return nil, err
	}
	return sh, p.experimentShares(sh, ev.Dir, o.Experiments)
}

// selection is the instances and the data that the names select; nil is everything.
func selection(g *graph.Graph, names []string) (map[string]bool, error) {
	if len(names) == 0 {
		return nil, nil
	}
	only := map[string]bool{}
	var selectors []string
	for _, name := range names {
		if d := dataNamed(g, strings.TrimPrefix(name, "data.")); d != nil {
			only["data."+d.Name] = true
			continue
		}
		selectors = append(selectors, name)
	}
	if len(selectors) == 0 {
		return only, nil
	}
	ids, diags := graph.Select(g, selectors)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	for _, id := range ids {
		only[g.Instances[id].Ref()] = true
	}
	return only, nil
}

// unshared is what the pipeline says is not to be shared, as addLock asks for it.
func unshared(g *graph.Graph) map[string]bool {
	out := map[string]bool{}
	for _, d := range g.Data {
		if d.NoPush || d.Host != "" {
			out["data."+d.Name] = true
		}
	}
	for i := range g.Instances {
		x := &g.Instances[i]
		for _, o := range x.Outputs {
			if o.NoPush {
				out[x.Stage+" "+string(o.Group)+"."+o.Name] = true
			}
		}
	}
	return out
}

// addLock adds what a lock names.
func (sh *shares) addLock(l *lock.Lock, at string, only, not map[string]bool) {
	for _, d := range l.Data {
		if of := "data." + d.Name; (only == nil || only[of]) && !not[of] && !isExternal(d.Path) {
			sh.add(Shared{of, at, d.Path, d.Content})
		}
	}
	for i := range l.Entries {
		e := &l.Entries[i]
		if only != nil && !only[e.Instance] {
			continue
		}
		whole := true
		for _, o := range e.Outputs {
			if not[stageName(e.Instance)+" "+string(o.Group)+"."+o.Name] {
				whole = false
				continue
			}
			sh.add(Shared{e.Instance, at, o.Path, o.Content})
		}
		if whole { // a result is no use to others without all of its outputs
			sh.act(e.Action)
		}
	}
}

func (sh *shares) add(s Shared) {
	if !sh.seen[s.Content] {
		sh.seen[s.Content] = true
		sh.list = append(sh.list, s)
	}
}

func (sh *shares) act(key digest.Digest) {
	if !sh.acted[key] {
		sh.acted[key] = true
		sh.actions = append(sh.actions, key)
	}
}

// commitShares adds what other commits name.
func (p *Project) commitShares(ctx context.Context, sh *shares, ev *Evaluation, only map[string]bool, o ShareOptions) error {
	if !o.Branches && !o.Tags && !o.Commits {
		return nil
	}
	repo, err := p.repo(ctx)
	if err != nil {
		return err
	}
	if repo == nil {
		return failure(diag.Diagnostic{Code: "E-revision-unknown", Detail: "There is no Git repository here, so there are no branches, tags or commits to look at."})
	}
	not := unshared(ev.Graph)
	return repo.Versions(ctx, "pipeline.lock", git.Scope{Branches: o.Branches, Tags: o.Tags, Commits: o.Commits}, func(b []byte) error {
		if l, _, err := lock.Read(b); err == nil { // what a newer dewar wrote, that one shares
			sh.addLock(l, otherCommits, only, not)
		}
		return nil
	})
}

// commitsOf returns the commits that o speaks of, each once.
func commitsOf(ctx context.Context, repo *git.Repo, o ShareOptions) ([]git.Commit, error) {
	var out []git.Commit
	seen := map[string]bool{}
	add := func(list []git.Commit, err error) error {
		for _, c := range list {
			if !seen[c.ID] {
				seen[c.ID] = true
				out = append(out, c)
			}
		}
		return err
	}
	var errs []error
	if o.Branches {
		errs = append(errs, add(repo.Branches(ctx)))
	}
	if o.Tags {
		errs = append(errs, add(repo.Tags(ctx)))
	}
	if o.Commits {
		errs = append(errs, add(repo.All(ctx)))
	}
	return out, errors.Join(errs...)
}

// experimentShares adds experiments.
func (p *Project) experimentShares(sh *shares, dir string, names []string) error {
	if len(names) == 0 {
		return nil
	}
	rows, err := p.Experiments()
	if err != nil {
		return err
	}
	if !slices.Contains(names, "*") {
		var picked []exp.Row
		for _, name := range names {
			row := find(rows, name)
			if row == nil {
				return failure(unknownExperiment(rows, name))
			}
			picked = append(picked, *row)
		}
		rows = picked
	}
	for _, row := range rows {
		if err := p.experimentShare(sh, &row); err != nil {
			return err
		}
	}
	return nil
}

// experimentShare adds what one experiment refers to: outputs, logs, sources and the patch.
func (p *Project) experimentShare(sh *shares, row *exp.Row) error {
	r, err := p.Record(row)
	if err != nil {
		return err
	}
	needs, err := contentsOf(r)
	if err != nil {
		return err
	}
	for _, c := range needs {
		sh.add(Shared{Of: row.Name, Content: c})
	}
	for _, x := range r.Instances {
		if key, err := digest.Parse(x.Action); err == nil {
			sh.act(key)
		}
	}
	sh.records = append(sh.records, sharedRecord{*row, needs})
	return nil
}

// contentsOf is all that the record of an experiment refers to, but for what it read of external data.
func contentsOf(r *exp.Record) ([]digest.Content, error) {
	l, err := lockOf(r)
	if err != nil {
		return nil, err
	}
	var out []digest.Content
	for i := range l.Entries {
		for _, o := range l.Entries[i].Outputs {
			out = append(out, o.Content)
		}
	}
	blob := func(text string, exec bool) error {
		if text == "" {
			return nil
		}
		d, err := digest.Parse(text)
		out = append(out, digest.Content{Kind: digest.File, Exec: exec, Digest: d})
		return err
	}
	for _, s := range r.Sources {
		err = errors.Join(err, blob(s.Digest, s.Exec))
	}
	for _, x := range r.Instances {
		err = errors.Join(err, blob(x.Log, false))
	}
	if r.Git != nil {
		err = errors.Join(err, blob(r.Git.Patch, false))
	}
	return out, err
}
