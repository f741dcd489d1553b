package dewar

import (
	"context"
	"fmt"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/store/checkout"
)

// CheckoutReport is what Checkout did.
type CheckoutReport struct {
	Written   int      `json:"written"`
	Removed   int      `json:"removed"`
	Unchanged int      `json:"unchanged"`
	Missing   []string `json:"missing"` // instances whose outputs the cache does not hold
	Kept      []Kept   `json:"kept"`
}

// Checkout makes the workspace hold the outputs that the lock names, for the
// selected instances, without running anything.
func (p *Project) Checkout(ctx context.Context, ev *Evaluation, selectors []string) (*CheckoutReport, error) {
	ids, diags := graph.Select(ev.Graph, selectors)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	l, diags := p.readLock(ev.Dir)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	rep := &CheckoutReport{Missing: []string{}, Kept: []Kept{}}
	var items []checkout.Item
	for _, id := range ids {
		x := &ev.Graph.Instances[id]
		e := l.Entry(x.Ref())
		if e == nil || !p.holds(e) {
			rep.Missing = append(rep.Missing, x.Ref())
			continue
		}
		items = append(items, lockedItems(x, e)...)
	}
	done, err := checkout.Checkout(ctx,
		checkout.Plan{Root: p.Root, Kept: p.path("kept"), Items: items},
		checkout.Deps{FS: p.host.FS, Store: p.store, Index: p.index, Now: p.host.Now, Workers: p.host.CPUs})
	rep.Written, rep.Removed, rep.Unchanged = done.Written, done.Removed, done.Unchanged
	rep.Kept = append(rep.Kept, done.Kept...)
	if err != nil {
		return rep, failure(diag.Diagnostic{Code: "E-checkout", Detail: fmt.Sprintf("Writing outputs into the workspace: %v.", err)})
	}
	return rep, p.index.Save()
}

// holds reports whether the store has every output of an entry.
func (p *Project) holds(e *lock.Entry) bool {
	for _, o := range e.Outputs {
		if !p.store.HasAll(o.Content) {
			return false
		}
	}
	return true
}

// lockedItems are the outputs of x as the lock has them.
func lockedItems(x *graph.Instance, e *lock.Entry) []checkout.Item {
	var out []checkout.Item
	for _, o := range x.Outputs {
		for _, l := range e.Outputs {
			if l.Path == o.Path && !o.NoCheckout {
				out = append(out, checkout.Item{Path: o.Path, Content: l.Content, Known: l.Content})
			}
		}
	}
	return out
}
