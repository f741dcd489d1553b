package dewar

import (
	"cmp"
	"context"
	"slices"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/store"
)

// Amount is a number of files and their sizes together.
type Amount = store.Amount

// CacheStats is what is in the cache.
type CacheStats struct {
	Dir      string `json:"dir"`
	Projects int    `json:"projects"` // that use it
	store.Contents
	Dedup       float64        `json:"dedup"`
	Reachable   Amount         `json:"reachable"`   // blobs that something names, in the widest of the usual scopes
	Unreachable Amount         `json:"unreachable"` // blobs that a collection could remove
	Largest     []InstanceSize `json:"largest"`     // instances of the lock
}

// InstanceSize is how much an instance has as outputs.
type InstanceSize struct {
	Instance string `json:"instance"`
	Amount
}

// CacheDir is where the cache is.
func (p *Project) CacheDir() string { return p.cacheDir() }

// CacheStats counts what is in the cache. dir is the pipeline whose instances are
// listed by size.
func (p *Project) CacheStats(ctx context.Context, dir string) (*CacheStats, error) {
	contents, err := p.store.Contents()
	if err != nil {
		return nil, err
	}
	st := &CacheStats{Dir: p.cacheDir(), Contents: *contents, Dedup: contents.Dedup(), Largest: p.largest(dir)}
	rep, err := p.GC(ctx, GCOptions{DryRun: true}, nil)
	if err != nil {
		return nil, err
	}
	st.Projects, st.Reachable = len(rep.Projects), rep.Named
	st.Unreachable = Amount{Count: st.Blobs.Count - rep.Named.Count, Bytes: st.Blobs.Bytes - rep.Named.Bytes}
	return st, nil
}

// largest returns the instances of a lock with the largest outputs.
func (p *Project) largest(dir string) []InstanceSize {
	const shown = 10
	out := []InstanceSize{}
	l, _ := p.readLock(dir)
	if l == nil {
		return out
	}
	for _, e := range l.Entries {
		x := InstanceSize{Instance: e.Instance}
		for _, o := range e.Outputs {
			x.Amount = x.Plus(p.store.SizeOf(o.Content))
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b InstanceSize) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Instance, b.Instance))
	})
	return out[:min(shown, len(out))]
}

// CacheAudit is what was looked at, and what was wrong.
type CacheAudit struct {
	Blobs      Amount          `json:"blobs"`
	Copies     Amount          `json:"executable_copies"`
	Results    int             `json:"results"`
	Trees      int             `json:"trees"`
	Damaged    []DamagedObject `json:"damaged"`
	Incomplete int             `json:"incomplete"` // results that refer to what is not there
}

// DamagedObject is a file of the cache that was not what its name says.
type DamagedObject struct {
	Path   string `json:"path"`
	Kept   string `json:"kept,omitempty"` // where it is now
	Detail string `json:"detail"`
}

// VerifyCache reads the whole cache; quick, only what looks as if it had been written to. What is wrong
// is set aside, and counts as missing.
func (p *Project) VerifyCache(ctx context.Context, quick bool, progress func(Amount)) (*CacheAudit, error) {
	a, err := p.store.Audit(ctx, store.AuditOptions{Quick: quick, Each: progress})
	if err != nil {
		return nil, err
	}
	out := &CacheAudit{Blobs: a.Blobs, Copies: a.Twins, Results: a.Entries, Trees: a.Trees, Damaged: []DamagedObject{}, Incomplete: a.Incomplete}
	for _, d := range a.Damaged {
		out.Damaged = append(out.Damaged, DamagedObject{d.Path, d.Kept, d.Detail})
	}
	p.forgetCorruptions() // they are in the result
	return out, nil
}

// forgetCorruptions drops the warnings of damage in the cache.
func (p *Project) forgetCorruptions() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.warnings = slices.DeleteFunc(p.warnings, func(d diag.Diagnostic) bool { return d.Code == "W-cache-corrupt" })
}
