package dewar

import (
	"context"

	"github.com/dewar-build/dewar/digest"
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
func (f *foreign) formerly(ctx context.Context, want digest.Content, r ImportRequest, at string, hold *remote.Hold) bool {
	var t *tracked
	if now, err := f.find(ctx, r.Path); err == nil {
		t = now.whole
	}
	if t == nil || t.dvc == nil {
		top := f.topOf(".")
		if t != nil {
			top = t.top
		}
		src := &dewarSource{foreign: f, top: top, request: r, hold: hold}
		defer src.close()
		if src.fetch(ctx, want, false) == nil && f.p.store.HasAll(want) {
			return true
		}
	}
	return f.earlier(ctx, want, r, at, hold)
}

// earlier looks at the commits before.
func (f *foreign) earlier(ctx context.Context, want digest.Content, r ImportRequest, at string, hold *remote.Hold) bool {
	if f.lies() || f.repo == nil {
		return false
	}
	commits, err := f.repo.Commits(ctx, f.commit.ID, maxEarlier)
	if err != nil {
		return false
	}
	seen, fetched := map[string]bool{}, 0
	for _, c := range commits {
		then := &foreign{p: f.p, name: f.name, root: f.root, repo: f.repo, quiet: true}
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
		if got, err = f.p.settled(at, got); err == nil && got == want {
			return true
		}
	}
	return false
}

// version names what is at a path, so that it is fetched once, and reports whether it may be what is wanted.
func (f *foreign) version(ctx context.Context, want digest.Content, name string) (string, bool) {
	at, err := f.find(ctx, name)
	switch {
	case err != nil:
		return "", false
	case at.whole != nil && at.whole.dvc != nil:
		o := at.whole.dvc
		sized := at.sub == "" && !o.dir && o.size >= 0 && want.Kind == digest.File
		return o.md5, !sized || o.legacy || o.size == want.Digest.Size
	case at.whole == nil && len(at.plain) == 1 && at.plain[0] == at.path:
		b, err := f.view.ReadFile(at.path)
		d := digest.Of(b)
		return d.String(), err == nil && d == want.Digest
	}
	return "", false
}
