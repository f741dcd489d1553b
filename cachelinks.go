package dewar

import (
	"context"
	"fmt"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/store/checkout"
)

// links are the ways in which check-out makes files, as configured.
func (p *Project) links() []checkout.Link {
	if p.config == nil {
		return nil
	}
	var out []checkout.Link
	for _, l := range p.config.Cache.Links {
		out = append(out, checkout.Link(l)) // the words are the same
	}
	return out
}

// writtenTo reports whether an output is a file of its own in the workspace, however
// others are made: Git has it (and would have the link), its command goes on with
// it, or people and programs read it without dewar.
func writtenTo(o graph.Output) bool {
	return o.NoCache || o.Persist || o.Group != graph.Outputs
}

// Unprotect makes the files at and below paths of the project copies that may be
// written to, where they are links into the cache. It returns how many there were.
func (p *Project) Unprotect(ctx context.Context, paths []string) (int, error) {
	all := 0
	for _, at := range paths {
		if !exists(p.host.FS, p.hostPath(at)) {
			return all, failure(diag.Diagnostic{Code: "E-cache-path", Detail: fmt.Sprintf("There is nothing at %s.", at)})
		}
		n, err := checkout.Unprotect(ctx, checkout.Plan{Root: p.Root, Kept: p.path("kept")}, at, p.checkoutDeps())
		all += n
		if err != nil {
			return all, err
		}
	}
	return all, p.index.Save()
}
