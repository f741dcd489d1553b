package dewar

import (
	"context"
	"fmt"
	iofs "io/fs"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/store/checkout"
)

// Applying an experiment, the code: its sources that are not as the experiment had them.

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
	a.strike(doubtful)
	for i := range a.items {
		if _, ok := doubtful[a.items[i].Path]; ok {
			a.items[i].Known = digest.Content{}
			a.refused = append(a.refused, a.items[i].Path)
		}
	}
	return nil
}

// strike takes files out of doubtful that some experiment was made of as they are: they are not lost.
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
