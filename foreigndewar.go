package dewar

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"

	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/foreign"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/dir"
)

// foreignLimits bound what another project can make us fetch.
func foreignLimits() remote.Limits { return remote.Limits{Files: 50_000_000} }

// fetchDewar brings what a project of dewar tracks into our store, or a part of it: from its cache if
// that is on this machine, then from its remotes.
func (f *stranger) fetchDewar(ctx context.Context, t *foreign.Tracked, sub string, r ImportRequest, hold *remote.Hold) (digest.Content, error) {
	src := &dewarSource{stranger: f, top: t.Top, request: r, hold: hold}
	defer src.close()
	want := t.Content
	if sub != "" {
		if err := src.fetch(ctx, want, true); err != nil {
			return want, err
		}
		var err error
		if want, err = graph.Lookup(f.p.store.Dir, t.Content, sub); err != nil {
			return want, src.missing(t.Path)
		}
		if want.Kind == digest.None {
			return want, f.notIn(t, sub)
		}
	}
	if err := src.fetch(ctx, want, false); err != nil {
		return want, err
	}
	if !f.p.store.HasAll(want) && !f.fromFiles(ctx, path.Join(t.Path, sub), want) {
		return want, src.missing(path.Join(t.Path, sub))
	}
	return want, nil
}

// notIn says that a directory that is tracked has no such part, and what was perhaps meant.
func (f *stranger) notIn(t *foreign.Tracked, sub string) error {
	var names []string
	_ = graph.EachFile(f.p.store.Dir, t.Content, func(name string, _ digest.FileEntry) bool {
		names = append(names, path.Join(t.Path, name))
		return len(names) < 10_000
	})
	return f.NotIn(t, sub, names)
}

// fromFiles takes what is wanted from where it lies or from Git, if exactly that is there.
func (f *stranger) fromFiles(ctx context.Context, name string, want digest.Content) bool {
	if want.Kind == digest.File {
		if info, err := f.View.Stat(name); err == nil && info.IsRegular() && !f.AsItLies() {
			if b, err := f.View.ReadFile(name); err == nil && digest.Of(b) == want.Digest {
				_, err = f.p.store.Put(b)
				return err == nil
			}
		}
	}
	if f.root == "" {
		return false
	}
	at := hostJoin(f.root, name)
	if now, err := f.p.scanOutside(ctx, at, hashOnly{f.p.host.FS, &directories{}}); err != nil || now.Content.Digest != want.Digest {
		return false
	}
	now, err := f.p.scanOutside(ctx, at, snapshot{f.p.store})
	return err == nil && now.Content.Digest == want.Digest
}

// dewarSource is where the bytes of a project of dewar can be had.
type dewarSource struct {
	*stranger
	top      string
	request  ImportRequest
	hold     *remote.Hold
	opened   bool
	places   []*RemotePlace
	tried    []string // what was asked
	problems []string // of what could not be asked
	bad      []string // what had wrong bytes
}

// fetch brings what is wanted, or, if only it is to be known what there is, its directories. What could not
// be had is no error.
func (s *dewarSource) fetch(ctx context.Context, want digest.Content, look bool) error {
	if s.p.store.HasAll(want) {
		return nil
	}
	conf, err := s.configuration()
	if err != nil {
		s.problems = addOnce(s.problems, err.Error())
	}
	if at := s.cache(conf); at != "" {
		done, err := s.from(ctx, []remote.Named{{Name: "its cache", Place: dir.New(s.p.host.FS, at)}}, want, remote.Options{}, look)
		if err != nil {
			return err
		}
		if s.tried = addOnce(s.tried, "its cache, "+at); done {
			return nil
		}
	}
	if err := s.open(ctx, conf); err != nil {
		return err
	}
	if len(s.places) == 0 {
		return nil
	}
	_, err = s.from(ctx, placesOf(s.places), want, s.places[0].Options(), look)
	return err
}

// from fetches from places, and reports whether all is there now.
func (s *dewarSource) from(ctx context.Context, at []remote.Named, want digest.Content, opt remote.Options, look bool) (bool, error) {
	opt.Hold, opt.DryRun, opt.Limits = s.hold, look, foreignLimits()
	opt.Progress = func(now remote.Progress) { s.request.progress(s.Name, now.Done.Bytes, now.Total.Bytes) }
	done, err := remote.Fetch(ctx, s.p.store, at, remote.Request{Roots: []digest.Content{want}}, opt)
	s.p.warnCorrupt(done.Corrupt)
	for _, c := range done.Corrupt {
		s.bad = addOnce(s.bad, c.Place)
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		s.problems = addOnce(s.problems, s.failed(at[0].Name, err))
		return false, nil
	}
	for _, d := range done.Down {
		s.problems = addOnce(s.problems, s.failed(d.Place, d.Err))
	}
	if e := done.Roots[0].Err; e != nil {
		return false, failure(diag.Diagnostic{Code: "E-import-hostile", Detail: fmt.Sprintf("%s: %v. Nothing was written.", s.Name, e)})
	}
	return done.Complete(), nil
}

func (s *dewarSource) failed(name string, err error) string {
	for _, r := range s.places {
		if r.Name == name {
			return foreignFailure(name, r.Config, err)
		}
	}
	return plainText(err)
}

// cache is where the project's own cache is, if it is on this machine; "" if it is not, or is ours.
func (s *dewarSource) cache(c *config.Config) string {
	if s.root == "" {
		return ""
	}
	at := filepath.Join(hostJoin(s.root, s.top), Dir, "cache")
	if c.Cache.Dir != "" {
		at = c.Cache.Dir
	}
	if info, err := s.p.host.FS.Stat(at); err != nil || !info.IsDir() || filepath.ToSlash(at) == s.p.store.Root() {
		return ""
	}
	return at
}

// open opens the remotes, the default first.
func (s *dewarSource) open(ctx context.Context, c *config.Config) error {
	if s.opened {
		return nil
	}
	s.opened = true
	list := slices.Clone(c.Remotes)
	slices.SortStableFunc(list, func(a, b config.Remote) int {
		switch {
		case a.Default == b.Default:
			return 0
		case a.Default:
			return -1
		}
		return 1
	})
	for i := range list {
		r := s.p.ownRemote(&list[i])
		if !r.In(config.Project) && r == &list[i] && !r.Default {
			continue // of the user's own, and nothing says that this project has anything to do with it
		}
		s.tried = addOnce(s.tried, fmt.Sprintf("its remote %s, %s", list[i].Name, r.URL))
		place, err := openPlace(ctx, s.p.host, r)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			s.problems = addOnce(s.problems, foreignFailure(list[i].Name, r, err))
			continue
		}
		s.places = append(s.places, &RemotePlace{Named: remote.Named{Name: list[i].Name, Place: onlyRead(place)}, Config: r})
	}
	return nil
}

func (s *dewarSource) close() {
	for _, r := range s.places {
		_ = r.Close()
	}
}

// missing says that the bytes can be had nowhere, and who may mend that.
func (s *dewarSource) missing(name string) error {
	return s.nowhere(name, s.tried, s.problems, s.bad, "`dewar push`")
}
