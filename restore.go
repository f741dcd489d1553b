package dewar

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
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

	options CheckoutOptions
}

// CheckoutOptions say how a check-out goes about it.
type CheckoutOptions struct {
	Force  bool // what is in the way is not kept
	Relink bool // files that were made in another way than is configured are made again
}

// CheckoutAll makes the workspace hold what the lock names: outputs of instances, by their
// selectors, and tracked data, by "data.NAME"; without names all of both.
func (p *Project) CheckoutAll(ctx context.Context, ev *Evaluation, names []string, o CheckoutOptions) (*CheckoutReport, error) {
	var selectors, data []string
	for _, n := range names {
		if name, ok := strings.CutPrefix(n, "data."); ok && dataNamed(ev.Graph, name) != nil {
			data = append(data, name)
		} else {
			selectors = append(selectors, n)
		}
	}
	rep := &CheckoutReport{Missing: []string{}, Kept: []Kept{}, options: o}
	if len(names) == 0 || len(selectors) > 0 {
		if err := p.checkoutOutputs(ctx, ev, selectors, rep); err != nil {
			return rep, err
		}
	}
	if len(names) == 0 || len(data) > 0 {
		return rep, p.CheckoutData(ctx, ev, data, rep)
	}
	return rep, nil
}

// lockedInstances returns the instances selected, or all, and the lock that says what they made.
func (p *Project) lockedInstances(ev *Evaluation, selectors []string) ([]graph.ID, *lock.Lock, error) {
	ids, diags := graph.Select(ev.Graph, selectors)
	if err := diags.Err(); err != nil {
		return nil, nil, err
	}
	l, diags := p.readLock(ev.Dir)
	return ids, l, diags.Err()
}

// checkoutOutputs writes outputs. What is not to be checked out is not missed either.
func (p *Project) checkoutOutputs(ctx context.Context, ev *Evaluation, selectors []string, rep *CheckoutReport) error {
	ids, l, err := p.lockedInstances(ev, selectors)
	if err != nil {
		return err
	}
	var items []checkout.Item
	for _, id := range ids {
		x := &ev.Graph.Instances[id]
		e := l.Entry(x.Ref())
		if e == nil {
			rep.Missing = append(rep.Missing, x.Ref())
			continue
		}
		wanted := lockedItems(x, e)
		if !p.holdsItems(wanted) {
			rep.Missing = append(rep.Missing, x.Ref())
			continue
		}
		items = append(items, wanted...)
	}
	return p.checkoutItems(ctx, items, nil, rep)
}

func (p *Project) holdsItems(items []checkout.Item) bool {
	for _, it := range items {
		if !p.store.HasAll(it.Content) {
			return false
		}
	}
	return true
}

// checkoutItems writes items into the workspace and adds what was done to rep. Outputs are all that lies
// in them; of data ignore says what does not belong to it.
func (p *Project) checkoutItems(ctx context.Context, items []checkout.Item, ignore *fs.Ignore, rep *CheckoutReport) error {
	deps := checkout.Deps{FS: p.host.FS, Store: p.store, Index: p.index, Now: p.host.Now, Workers: p.host.CPUs}
	left, _ := checkout.Rescue(ctx, checkout.Plan{Root: p.Root, Kept: p.path("kept")}, deps) // of check-outs that were killed; the next one tries again
	rep.Kept = append(rep.Kept, left.Kept...)
	done, err := checkout.Checkout(ctx,
		checkout.Plan{Root: p.Root, Kept: p.path("kept"), Items: items, Ignore: ignore, Links: p.links(), Force: rep.options.Force, Relink: rep.options.Relink}, deps)
	rep.Written, rep.Removed, rep.Unchanged = rep.Written+done.Written, rep.Removed+done.Removed, rep.Unchanged+done.Unchanged
	rep.Kept = append(rep.Kept, done.Kept...)
	var said *diag.Failure
	if errors.As(err, &said) || errors.Is(err, context.Canceled) {
		return err
	}
	if err != nil {
		return failure(diag.Diagnostic{Code: "E-checkout", Detail: fmt.Sprintf("Writing into the workspace: %v.", err)})
	}
	return p.index.Save()
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
				out = append(out, checkout.Item{Path: o.Path, Content: l.Content, Known: l.Content, Private: writtenTo(o)})
			}
		}
	}
	return out
}
