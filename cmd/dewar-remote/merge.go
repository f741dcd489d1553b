package main

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/rclone/rclone/fs"
)

// merge makes one directory of several that have the same name. Google Drive
// lets two who push at once make two, and rclone then looks into the first
// only. It is done once, before anything else; who may not do it still sees what is
// in the first.
func (p *place) merge(ctx context.Context) {
	if p.fs.Features().MergeDirs == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.merged {
		return
	}
	p.merged = true
	ours := func(string) bool { return true }
	for at := range p.prefix {
		if at == 0 || p.prefix[at] == '/' { // above the prefix there is what is not ours
			on, _, _ := strings.Cut(p.prefix[at:][len(slash(at)):], "/")
			p.mergeBelow(ctx, p.prefix[:at], func(dir string) bool { return path.Base(dir) == on })
		}
	}
	for _, dir := range p.mergeBelow(ctx, p.prefix, ours) {
		p.mergeBelow(ctx, dir, ours)
	}
}

// slash is what separates what follows a place in a path from it.
func slash(at int) string {
	if at == 0 {
		return ""
	}
	return "/"
}

// mergeBelow merges the directories in dir that may be, and returns their
// names, each once. Whoever else does it at the same time keeps the same ones.
func (p *place) mergeBelow(ctx context.Context, dir string, may func(string) bool) []string {
	entries, err := p.fs.List(ctx, dir)
	if err != nil {
		return nil
	}
	var all []fs.Directory
	for _, e := range entries {
		if d, ok := e.(fs.Directory); ok && may(d.Remote()) {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b fs.Directory) int {
		return cmp.Or(cmp.Compare(a.Remote(), b.Remote()), cmp.Compare(a.ID(), b.ID()))
	})
	var names []string
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].Remote() == all[0].Remote() {
			n++
		}
		if features := p.fs.Features(); n > 1 && features.MergeDirs(ctx, all[:n]) == nil && features.DirCacheFlush != nil {
			features.DirCacheFlush()
		}
		names = append(names, all[0].Remote())
		all = all[n:]
	}
	return names
}
