package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// removeBatch is how many files are decided on behind the gate at a time: a few
// milliseconds, for which whoever wants a lease waits.
const removeBatch = 512

// remover carries a Survey out.
type remover struct {
	*Collection
	ctx    context.Context
	leases leaseFiles
	done   Amount
	each   func(Amount) // told of what is done so far
	trees  []string     // in trash/
	bin    errgroup.Group
}

// Remove removes what the survey found, but for what was leased or used since. What it could do
// before it was stopped, it says. each, if not nil, hears of it as it goes.
func (c *Collection) Remove(ctx context.Context, v *Survey, each func(Amount)) (Amount, error) {
	r := &remover{Collection: c, ctx: ctx, leases: make(leaseFiles), each: each}
	if each == nil {
		r.each = func(Amount) {}
	}
	r.bin.SetLimit(4) // a disk that has to look for each does so for several at once
	err := errors.Join(r.all(v), r.bin.Wait())
	for _, name := range r.trees {
		err = errors.Join(err, r.store.fs.RemoveAll(name))
	}
	if err != nil {
		err = fmt.Errorf("collect: %w", err)
	}
	return r.done, err
}

func (r *remover) all(v *Survey) error {
	err := removeAll(r, v.doom.entries, func(e entryFile) thing {
		return thing{area: e.cache, hash: e.hash, size: e.size, used: e.mtime, of: func(i fs.Info) int64 { return i.MTime }}
	})
	if err != nil {
		return err
	}
	for _, part := range []struct {
		area string
		list []blobFile
	}{{treeArea, v.doom.trees}, {rootArea, v.doom.roots}, {"exec", v.doom.twins}, {"cas", v.doom.blobs}} {
		err := removeAll(r, part.list, func(b blobFile) thing {
			return thing{area: part.area, hash: b.hash, size: b.size, used: b.ctime, of: func(i fs.Info) int64 { return i.CTime }}
		})
		if err != nil {
			return err
		}
	}
	r.stale(v)
	return r.notes(v)
}

// thing is what may be removed: it is, if its last use is still what it was.
type thing struct {
	area string
	hash [32]byte
	size int64
	used int64
	of   func(fs.Info) int64
}

func (t thing) materialized() bool { return t.area == treeArea || t.area == rootArea }

func (r *remover) path(t thing) string {
	d := digest.Digest{Hash: t.hash}
	if t.materialized() {
		return r.store.tree(t.area, d)
	}
	return r.store.shard(t.area, d)
}

// removeAll removes a list a batch at a time.
func removeAll[T any](r *remover, list []T, what func(T) thing) error {
	for len(list) > 0 {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		batch := list[:min(removeBatch, len(list))]
		list = list[len(batch):]
		trash := make([]string, 0, len(batch))
		err := r.store.gated(r.leases, func(held leaseFiles) error {
			since := r.inUse()
			for _, x := range batch {
				name, err := r.take(what(x), held, since)
				if err != nil {
					return err
				}
				if name != "" {
					trash = append(trash, name)
				}
			}
			return nil
		})
		if len(batch) > 0 && what(batch[0]).materialized() {
			// Their files are links of blobs, and a blob that loses one looks as if it had
			// been used.
			r.trees, trash = append(r.trees, trash...), nil
		}
		r.unlink(trash)
		r.each(r.done)
		if err != nil {
			return err
		}
	}
	return nil
}

// unlink removes files of trash/ while the next batch is decided on.
func (r *remover) unlink(trash []string) {
	for part := range slices.Chunk(trash, removeBatch/4) {
		r.bin.Go(func() error {
			for _, name := range part {
				if err := r.store.fs.Remove(name); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// take moves one thing into trash/, unless somebody has or may have come to need it.
func (r *remover) take(t thing, held leaseFiles, since int64) (trash string, err error) {
	name := r.path(t)
	info, err := r.store.fs.Lstat(name)
	switch {
	case isMissing(err):
		return "", nil
	case err != nil:
		return "", err
	case held.has(t.hash) || t.of(info) != t.used || reliedOn(t.used, since):
		return "", nil
	}
	if info.IsDir() { // it could not change its parent otherwise
		if err := r.store.fs.Chmod(name, 0o755); err != nil {
			return "", err
		}
	}
	trash = r.store.trash()
	err = r.store.inDir(trash, func() error { return r.store.fs.Rename(name, trash) })
	if isMissing(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	r.done.add(t.size)
	return trash, nil
}

// stale removes what was set aside, and what nobody goes on fetching. Failing to is no
// failure.
func (r *remover) stale(v *Survey) {
	if v.opt.Stale > 0 {
		r.store.SweepIncoming(r.store.opt.Now().Add(-v.opt.Stale))
	}
	for _, f := range v.stale {
		if strings.HasPrefix(f.name, r.store.dir+"/quarantine/") {
			r.store.fs.Remove(f.name)
		}
		if _, err := r.store.fs.Lstat(f.name); isMissing(err) {
			r.done.add(f.size)
		}
	}
}

// notes forgets the data that is gone.
func (r *remover) notes(v *Survey) error {
	for _, d := range v.Data {
		if !r.store.exists(d.Note.Content.Digest) {
			if err := r.store.fs.Remove(r.store.shard("data", d.Note.Content.Digest)); err != nil && !isMissing(err) {
				return err
			}
		}
	}
	return nil
}
