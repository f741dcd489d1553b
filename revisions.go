package dewar

import (
	"context"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/git"
	"golang.org/x/sync/errgroup"
)

// Revisions says which commits to look at besides the workspace.
type Revisions struct {
	Branches bool // what branches of this repository point at
	Tags     bool // what tags point at
	Commits  bool // every commit that a branch or a tag leads to
}

// Any reports whether there is something to look at.
func (o Revisions) Any() bool { return o.Branches || o.Tags || o.Commits }

// ResultsOfAll returns the results of all commits that o names, the newest first. A
// commit is there once and is called by its branches and tags, "main,v1", or by its ID.
// Those from before there was a pipeline are left out.
func (p *Project) ResultsOfAll(ctx context.Context, dir string, o Revisions) ([]*Results, error) {
	repo, err := p.repo(ctx)
	if err != nil {
		return nil, err
	}
	if d := noHead(ctx, repo); d != nil {
		return nil, failure(diag.Diagnostic{Code: d.Code, Detail: strings.Replace(d.Detail, "so there is no last commit to compare with", "so there are no branches, tags and commits to look at", 1)})
	}
	// All commits are those of branches and tags too, and are told in Git's own order.
	commits, err := commitsOf(ctx, repo, ShareOptions{Branches: o.Branches && !o.Commits, Tags: o.Tags && !o.Commits, Commits: o.Commits})
	if err != nil {
		return nil, err
	}
	if o.Commits {
		if err := nameCommits(ctx, repo, commits); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(commits, func(a, b git.Commit) int { return b.Time.Compare(a.Time) })
	out := make([]*Results, len(commits))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, p.host.CPUs))
	for i, c := range commits {
		g.Go(func() error {
			name := c.Short()
			if len(c.Names) > 0 {
				name = strings.Join(c.Names, ",")
			}
			r, err := p.commitResults(ctx, repo, c, dir, name)
			if err != nil {
				return err
			}
			r.basis = basis{} // thousands of graphs are too much to keep
			if !strings.Contains(r.Problem, "E-pipeline-missing") {
				out[i] = r
			}
			return nil
		})
	}
	err = g.Wait()
	return slices.DeleteFunc(out, func(r *Results) bool { return r == nil }), err
}

// nameCommits gives commits the names that lead to them.
func nameCommits(ctx context.Context, repo *git.Repo, commits []git.Commit) error {
	names := map[string][]string{}
	for _, tips := range []func(context.Context) ([]git.Commit, error){repo.Branches, repo.Tags} {
		list, err := tips(ctx)
		if err != nil {
			return err
		}
		for _, c := range list {
			names[c.ID] = c.Names
		}
	}
	for i := range commits {
		commits[i].Names = names[commits[i].ID]
	}
	return nil
}
