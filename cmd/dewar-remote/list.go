package main

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/fs/walk"

	"github.com/dewar-build/dewar/store/remote"
)

// List calls each for every object below dir. Where rclone can list all that
// is below at once it does, else a directory after the other, many at a time.
func (p *place) List(ctx context.Context, dir string, each func(remote.Object) error) error {
	if dir != "" {
		if err := p.may(ctx, dir); err != nil {
			return err
		}
	}
	var mu sync.Mutex
	seen := map[string]bool{} // only where a name may be there twice
	top := p.remote(dir)
	var stop error // of each
	err := walk.ListR(ctx, p.fs, top, true, -1, walk.ListObjects, func(entries fs.DirEntries) error {
		mu.Lock()
		defer mu.Unlock()
		for _, entry := range entries {
			if stop != nil {
				return stop
			}
			o, isObject := entry.(fs.Object)
			name, ours := p.nameOf(entry.Remote())
			if !isObject || !ours || isTemporary(name) || o.Size() < 0 {
				continue
			}
			if p.fs.Features().DuplicateFiles {
				if seen[name] {
					continue
				}
				seen[name] = true
			}
			if stop = each(remote.Object{Name: name, Size: o.Size(), Changed: o.ModTime(ctx)}); stop != nil {
				return stop
			}
		}
		return ctx.Err()
	})
	if stop != nil {
		return stop
	}
	if errors.Is(err, fs.ErrorDirNotFound) && (p.kind.springs || !p.fs.Features().BucketBased) {
		return nil // nothing was put there yet
	}
	if err != nil && p.isObject(ctx, top) {
		return nil
	}
	return explain(err)
}

// isObject reports whether what was to be listed is no directory: some servers
// say that the question is wrong.
func (p *place) isObject(ctx context.Context, at string) bool {
	if p.fs.Features().BucketBased || at == "" {
		return false
	}
	_, err := p.fs.NewObject(ctx, at)
	return err == nil
}

// nameOf is the opposite of remote.
func (p *place) nameOf(at string) (string, bool) {
	if p.prefix == "" {
		return at, true
	}
	return strings.CutPrefix(at, p.prefix+"/")
}
