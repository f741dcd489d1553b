package store

import (
	"context"
	"errors"
	"fmt"
	iofs "io/fs"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// AuditOptions are the parts of an Audit.
type AuditOptions struct {
	Quick bool         // read only blobs that look as if they had been written to
	Each  func(Amount) // told of what was looked at so far, by one goroutine at a time; nil: nobody is
}

// Audit is what was looked at, and what was wrong.
type Audit struct {
	Blobs, Twins   Amount
	Entries, Trees int
	Damaged        []Corruption // they have been set aside, in the order of their paths
	Incomplete     int          // entries that refer to what is not there
	Foreign        int          // files that are none of the store's: they are left alone
}

// Audit looks at everything in the store. What is wrong is set aside and counts as missing
// from then on.
func (s *Store) Audit(ctx context.Context, o AuditOptions) (*Audit, error) {
	s.live()
	a := &auditor{store: s, opt: o, out: &Audit{}}
	for _, part := range []func(context.Context) error{a.blobs, a.entries, a.trees} {
		if err := part(ctx); err != nil {
			return a.out, fmt.Errorf("verify the store: %w", err)
		}
	}
	return a.out, nil
}

type auditor struct {
	store *Store
	opt   AuditOptions
	mu    sync.Mutex // guards out
	out   *Audit
}

// looked counts a file.
func (a *auditor) looked(n *Amount, bytes int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n.add(bytes)
	if a.opt.Each != nil {
		a.opt.Each(a.out.Blobs.Plus(a.out.Twins))
	}
}

func (a *auditor) damaged(c Corruption) {
	if !a.store.putAside(&c) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.out.Damaged = append(a.out.Damaged, c)
}

// blobFound is a file of cas/ or exec/ to be read.
type blobFound struct {
	hash  [32]byte
	name  string
	info  fs.Info
	count *Amount
}

// blobs reads blobs and their twins, a few at a time.
func (a *auditor) blobs(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	queue := make(chan blobFound, 64)
	g.Go(func() error {
		defer close(queue)
		for area, count := range map[string]*Amount{"cas": &a.out.Blobs, "exec": &a.out.Twins} { // in any order: what is found is sorted
			err := a.store.eachHash(area, func(hash [32]byte, name string, info fs.Info) error {
				select {
				case queue <- blobFound{hash, name, info, count}:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			for b := range queue {
				if err := a.blob(b); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := g.Wait()
	sortCorruptions(a.out.Damaged)
	return err
}

func (a *auditor) blob(b blobFound) error {
	defer a.looked(b.count, b.info.Size)
	want := digest.Digest{Hash: b.hash, Size: b.info.Size}
	if !b.info.IsRegular() {
		a.damaged(Corruption{Path: b.name, Want: want, Detail: "it is " + describe(b.info.Mode)})
		return nil
	}
	if a.opt.Quick && b.info.MTime == epoch*1e9 {
		return nil
	}
	got, err := a.store.hashFile(b.name)
	switch {
	case isMissing(err): // collected meanwhile
		return nil
	case err != nil:
		return err
	case got.Hash != b.hash:
		a.damaged(Corruption{Path: b.name, Want: want, Got: got, Detail: "its bytes are not those of its name"})
	case b.info.MTime != epoch*1e9:
		return a.store.fs.Chtimes(b.name, time.Unix(epoch, 0))
	}
	return nil
}

// entries reads the action caches.
func (a *auditor) entries(ctx context.Context) error {
	for _, cache := range []string{sharedCache, localCache} {
		err := a.store.eachHash(cache, func(hash [32]byte, name string, _ fs.Info) error {
			b, err := a.store.slurp(name, maxEntry)
			if isMissing(err) {
				return nil
			}
			if err != nil {
				return err
			}
			a.out.Entries++
			r, err := decodeResult(b, a.store.rootOf)
			if err != nil {
				a.damaged(Corruption{Path: name, Want: digest.Digest{Hash: hash}, Got: digest.Of(b), Detail: err.Error()})
			} else if r == nil || !a.store.complete(r) {
				a.out.Incomplete++
			}
			return ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	sortCorruptions(a.out.Damaged)
	return nil
}

// trees looks at what is materialized. One whose directory is not there is of no
// use to anybody, and no harm.
func (a *auditor) trees(ctx context.Context) error {
	a.store.dropCopied() // nobody changed those
	err := a.treesOf(ctx, treeArea)
	if err == nil {
		err = a.treesOf(ctx, rootArea)
	}
	return err
}

func (a *auditor) treesOf(ctx context.Context, area string) error {
	entries, err := a.store.fs.ReadDir(a.store.dir + "/" + area)
	if err != nil && !isMissing(err) {
		return err
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !isHash(e.Name) {
			if !strings.HasPrefix(e.Name, ".") {
				a.out.Foreign++
			}
			continue
		}
		d := digest.Digest{Hash: hashOf(e.Name)}
		info, err := a.store.fs.Lstat(a.store.blob(d, false))
		if err != nil && d.Hash != digest.Empty.Hash {
			continue
		}
		d.Size = info.Size
		a.out.Trees++
		if _, err := a.store.readDir(d); err != nil {
			continue
		}
		var gone *iofs.PathError // collected meanwhile
		if err := a.store.check(area, d); err != nil && !(errors.As(err, &gone) && gone.Path == a.store.tree(area, d)) {
			c := Corruption{Path: a.store.tree(area, d), Want: d, Detail: err.Error()}
			a.out.Damaged = append(a.out.Damaged, c)
		}
	}
	return nil
}
