package main

import (
	"slices"

	"github.com/dewar-build/dewar"
	"github.com/spf13/cobra"
)

// revisionFlags are those of the commands that show the results of many commits.
type revisionFlags struct{ dewar.Revisions }

func (f *revisionFlags) add(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.BoolVarP(&f.Branches, "all-branches", "a", false, "also the commits that branches point at")
	fl.BoolVarP(&f.Tags, "all-tags", "T", false, "also the commits that tags point at")
	fl.BoolVarP(&f.Commits, "all-commits", "A", false, "also all commits of branches and tags")
}

// places returns the results of the places named, the workspace if none is, and of
// the commits that flags ask for and that were not named.
func (f *revisionFlags) places(c *cli, p *dewar.Project, dir string, named []string) ([]*dewar.Results, error) {
	out, err := c.places(p, dir, named)
	if err != nil || !f.Any() {
		return out, err
	}
	more, err := p.ResultsOfAll(c.ctx, dir, f.Revisions)
	for _, r := range more {
		if !slices.ContainsFunc(out, func(o *dewar.Results) bool { return o.Where == dewar.InCommit && o.Commit == r.Commit }) {
			out = append(out, r)
		}
	}
	return out, err
}

// commitOf is the commit that results are of, "" if they are of something else.
func commitOf(r *dewar.Results) string {
	if r.Where == dewar.InCommit {
		return r.Commit
	}
	return ""
}
