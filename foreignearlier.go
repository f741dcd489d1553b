package dewar

import (
	"context"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/foreign"
	"github.com/dewar-build/dewar/store/remote"
)

// The lock says what data was when it was imported, and a branch moves on. A project of dewar can be asked for
// the digest itself. Others know nothing of our digests: there the commits before are looked at,
// the newest first, for what may have been it then.

// How far back is looked, and how many versions are fetched to see whether they are it.
const (
	maxEarlier  = 300
	maxVersions = 10
)

// formerly brings what the project had once, and reports whether it is there now.
func (f *stranger) formerly(ctx context.Context, want digest.Content, r ImportRequest, at string, hold *remote.Hold) bool {
	var t *foreign.Tracked
	if now, err := f.Find(ctx, r.Path); err == nil {
		t = now.Whole
	}
	if t == nil || t.DVC == nil {
		top := f.Top(".")
		if t != nil {
			top = t.Top
		}
		src := &dewarSource{stranger: f, top: top, request: r, hold: hold}
		defer src.close()
		if src.fetch(ctx, want, false) == nil && f.p.store.HasAll(want) {
			return true
		}
	}
	return f.earlier(ctx, want, r, at, hold)
}

// earlier looks at the commits before.
func (f *stranger) earlier(ctx context.Context, want digest.Content, r ImportRequest, at string, hold *remote.Hold) bool {
	if f.AsItLies() || f.repo == nil {
		return false
	}
	commits, err := f.repo.Commits(ctx, f.commit.ID, maxEarlier)
	if err != nil {
		return false
	}
	seen, fetched := map[string]bool{}, 0
	for _, c := range commits {
		then := &stranger{Project: foreign.Project{Name: f.Name}, p: f.p, root: f.root, repo: f.repo}
		if ctx.Err() != nil || then.see(ctx, c) != nil || fetched == maxVersions {
			return false
		}
		version, may := then.version(ctx, want, r.Path)
		if !may || seen[version] {
			continue
		}
		seen[version] = true
		fetched++
		got, err := then.fetch(ctx, r, hold)
		if err != nil {
			continue
		}
		if got, err = foreign.Settle(f.p.store, f.p.view.ReadFile, at, got); err == nil && got == want {
			return true
		}
	}
	return false
}

// version names what is at a path, so that it is fetched once, and reports whether it may be what is wanted.
func (f *stranger) version(ctx context.Context, want digest.Content, name string) (string, bool) {
	at, err := f.Find(ctx, name)
	switch {
	case err != nil:
		return "", false
	case at.Whole != nil && at.Whole.DVC != nil:
		o := at.Whole.DVC
		sized := at.Sub == "" && !o.Dir && o.Size >= 0 && want.Kind == digest.File
		return o.MD5, !sized || o.Legacy || o.Size == want.Digest.Size
	case at.IsFile():
		b, err := f.View.ReadFile(at.Path)
		d := digest.Of(b)
		return d.String(), err == nil && d == want.Digest
	}
	return "", false
}
