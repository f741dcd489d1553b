package dewar

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/store/remote"
)

// dvcSource is where the bytes of a project of DVC can be had, and what came of them so far.
type dvcSource struct {
	*foreign
	top     string
	request ImportRequest
	hold    *remote.Hold
	known   *md5Index

	places   []dvcPlace
	opened   map[string]bool // remotes
	tried    []string
	problems []string
	bad      []string
	wanted   atomic.Int64 // bytes
	came     atomic.Int64
}

// dvcPlace is one place.
type dvcPlace struct {
	remote.Named
	parallel int
	down     bool
	explain  func(error) string
	close    func() error
}

// dvcObject is an object of a cache or a remote of DVC's.
type dvcObject struct {
	md5    string
	dir    bool
	legacy bool
	size   int64 // -1: not known
}

// names returns what the object may be called, the likelier first.
func (o dvcObject) names() [2]string {
	end := ""
	if o.dir {
		end = dvcDirEnding
	}
	old := o.md5[:2] + "/" + o.md5[2:] + end
	now := "files/md5/" + old
	if o.legacy {
		return [2]string{old, now}
	}
	return [2]string{now, old}
}

const dvcDirEnding = ".dir"

// What a listing of a directory may be.
const (
	maxDVCListing = 1 << 30
	maxDVCFiles   = 20_000_000
)

// fetchDVC brings what DVC tracks into our store, or a part of it.
func (f *foreign) fetchDVC(ctx context.Context, t *tracked, sub string, r ImportRequest, hold *remote.Hold) (digest.Content, error) {
	var none digest.Content
	s, err := f.dvcSourceOf(t, r, hold)
	if err != nil {
		return none, err
	}
	defer s.close()
	if !t.dvc.dir {
		got, err := s.fetch(ctx, t.dvc.remote, []dvcObject{{t.dvc.md5, false, t.dvc.legacy, t.dvc.size}})
		if err != nil {
			return none, err
		}
		d, ok := got[t.dvc.md5]
		if !ok {
			return none, s.missing(t, t.path)
		}
		return digest.Content{Kind: digest.File, Digest: d, Exec: t.dvc.exec}, nil
	}
	list, err := s.listing(ctx, t)
	if err != nil {
		return none, err
	}
	return s.files(ctx, t, list, sub)
}

func (f *foreign) dvcSourceOf(t *tracked, r ImportRequest, hold *remote.Hold) (*dvcSource, error) {
	known, err := f.p.openMD5Index()
	return &dvcSource{foreign: f, top: t.top, request: r, hold: hold, known: known, opened: map[string]bool{}}, err
}

// dvcListing returns what is in a directory that is tracked, without bringing it.
func (f *foreign) dvcListing(ctx context.Context, t *tracked, r ImportRequest, hold *remote.Hold) ([]dvcEntry, error) {
	s, err := f.dvcSourceOf(t, r, hold)
	if err != nil {
		return nil, err
	}
	defer s.close()
	list, err := s.listing(ctx, t)
	if err != nil {
		return nil, err
	}
	return list, s.measure(ctx, t, list)
}

// measure finds out how large the files of a listing are, as far as the places that are open know: the
// listing itself does not say so.
func (s *dvcSource) measure(ctx context.Context, t *tracked, list []dvcEntry) error {
	unknown := func(e dvcEntry) bool { return e.Size == nil }
	for i := 0; slices.ContainsFunc(list, unknown) && (i < len(s.places) || s.more(ctx, t.dvc.remote)); i++ {
		for from := 0; from < len(list); from += dvcBatch {
			part := list[from:min(from+dvcBatch, len(list))]
			objects := make([]dvcObject, len(part))
			for n, e := range part {
				objects[n] = dvcObject{e.MD5, false, t.dvc.legacy, -1}
			}
			_, sizes, err := s.locate(ctx, &s.places[i], objects)
			if err != nil {
				break // then they are not known
			}
			for n := range part {
				if part[n].Size == nil && sizes[n] != remote.Absent {
					part[n].Size = &sizes[n]
				}
			}
		}
	}
	return ctx.Err()
}

// listing returns what is in a directory, sorted and checked.
func (s *dvcSource) listing(ctx context.Context, t *tracked) ([]dvcEntry, error) {
	list := t.dvc.list
	if t.dvc.md5 != "" {
		got, err := s.fetch(ctx, t.dvc.remote, []dvcObject{{t.dvc.md5, true, t.dvc.legacy, -1}})
		if err != nil {
			return nil, err
		}
		d, ok := got[t.dvc.md5]
		if !ok {
			return nil, s.missing(t, t.path)
		}
		b, err := s.p.store.ReadAll(d, maxDVCListing)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(b, &list); err != nil {
			return nil, s.hostile(t, fmt.Errorf("it is no listing: %w", err))
		}
	}
	if len(list) > maxDVCFiles {
		return nil, s.hostile(t, fmt.Errorf("it has %d files, and at most %d are taken", len(list), maxDVCFiles))
	}
	slices.SortFunc(list, func(a, b dvcEntry) int { return strings.Compare(a.Relpath, b.Relpath) })
	for _, e := range list {
		if err := e.check(); err != nil {
			return nil, s.hostile(t, err)
		}
	}
	return list, nil
}

// files brings the files of a listing, or the part of it below sub.
func (s *dvcSource) files(ctx context.Context, t *tracked, list []dvcEntry, sub string) (digest.Content, error) {
	var none digest.Content
	var objects []dvcObject
	var part []dvcEntry
	seen := map[string]bool{}
	for _, e := range list {
		if sub != "" && e.Relpath != sub && !strings.HasPrefix(e.Relpath, sub+"/") {
			continue
		}
		part = append(part, e)
		if !seen[e.MD5] {
			seen[e.MD5] = true
			size := int64(-1)
			if e.Size != nil {
				size = *e.Size
			}
			objects = append(objects, dvcObject{e.MD5, false, t.dvc.legacy, size})
		}
	}
	if len(part) == 0 && sub != "" {
		return none, s.notListed(t, list, sub)
	}
	got, err := s.fetch(ctx, t.dvc.remote, objects)
	if err != nil {
		return none, err
	}
	g := newGrove()
	for _, e := range part {
		d, ok := got[e.MD5]
		if !ok {
			return none, s.missing(t, path.Join(t.path, e.Relpath))
		}
		c := digest.Content{Kind: digest.File, Digest: d, Exec: e.IsExec}
		if e.Relpath == sub {
			return c, nil
		}
		if err := g.put(strings.TrimPrefix(strings.TrimPrefix(e.Relpath, sub), "/"), c); err != nil {
			return none, s.hostile(t, err)
		}
	}
	return g.keep(s.p.store)
}

func (s *dvcSource) hostile(t *tracked, err error) error {
	return failure(diag.Diagnostic{Code: "E-import-hostile", Detail: fmt.Sprintf("The listing of %s in %s (%s) cannot be right: %v. Nothing was written.", t.path, s.at(), t.by, err)})
}

func (s *dvcSource) notListed(t *tracked, list []dvcEntry, sub string) error {
	var names []string
	for _, e := range list {
		names = append(names, path.Join(t.path, e.Relpath))
	}
	d := diag.Diagnostic{Code: "E-import-path", Detail: fmt.Sprintf("%s tracks the directory %s (%s), and there is no %s in it.", s.at(), t.path, t.by, sub)}
	if near := nearPaths(path.Join(t.path, sub), names); len(near) > 0 {
		d.Detail += " Did you mean " + strings.Join(near, " or ") + "?"
	}
	return failure(d)
}

// missing says that bytes can be had nowhere.
func (s *dvcSource) missing(t *tracked, name string) error {
	if t.dvc.from != "" {
		s.problems = append(s.problems, "the project has it from "+t.dvc.from+" itself, and DVC does not push what it imports: take it from there")
	}
	if len(t.dvc.list) > 0 {
		s.problems = append(s.problems, "its remote keeps versions of files under their own names (version_aware), which dewar does not read")
	}
	return s.nowhere(name, s.tried, s.problems, s.bad, "`dvc push`")
}
