package dewar

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/dvc"
	"github.com/dewar-build/dewar/dvc/fetch"
	"github.com/dewar-build/dewar/foreign"
	"github.com/dewar-build/dewar/store/remote"
)

// dvcSource is where the bytes of something that DVC tracks can be had.
type dvcSource struct {
	*stranger
	*fetch.Source
	what   *foreign.Tracked
	opened map[string]bool // remotes
	tried  []string
}

func (f *stranger) dvcSourceOf(t *foreign.Tracked, r ImportRequest, hold *remote.Hold) (*dvcSource, error) {
	known, err := fetch.OpenIndex(f.p.host.FS, f.p.path("projects", "md5"))
	s := &dvcSource{stranger: f, what: t, opened: map[string]bool{}}
	s.Source = &fetch.Source{
		Store: f.p.store, FS: f.p.host.FS, Wait: f.p.wait, Hold: hold, Known: known, Next: s.next,
		Progress: func(done, total int64) { r.progress(f.Name, done, total) },
		Corrupt: func(place, name string) {
			f.p.warn(diag.Diagnostic{Severity: diag.Warning, Code: "W-remote-corrupt", Detail: fmt.Sprintf("What %s (%s) has as %s is not what its name says. It counts as missing there.", place, f.Name, name)})
		},
	}
	return s, err
}

// fetchDVC brings what DVC tracks into our store, or a part of it.
func (f *stranger) fetchDVC(ctx context.Context, t *foreign.Tracked, sub string, r ImportRequest, hold *remote.Hold) (digest.Content, error) {
	var none digest.Content
	s, err := f.dvcSourceOf(t, r, hold)
	if err != nil {
		return none, err
	}
	defer s.Close()
	if !t.DVC.Dir {
		d, err := s.one(ctx)
		return digest.Content{Kind: digest.File, Digest: d, Exec: t.DVC.Exec}, err
	}
	list, err := s.listing(ctx)
	if err != nil {
		return none, err
	}
	return s.files(ctx, list, sub)
}

// one brings the object that DVC names: a file, or a listing.
func (s *dvcSource) one(ctx context.Context) (digest.Digest, error) {
	o := s.what.DVC.Object()
	got, err := s.Fetch(ctx, []dvc.Object{o})
	if err != nil {
		return digest.Digest{}, err
	}
	d, ok := got[o.MD5]
	if !ok {
		return d, s.missing(s.what.Path)
	}
	return d, nil
}

// dvcListing returns what is in a directory that is tracked, without bringing it.
func (f *stranger) dvcListing(ctx context.Context, t *foreign.Tracked, r ImportRequest, hold *remote.Hold) ([]dvc.Entry, error) {
	s, err := f.dvcSourceOf(t, r, hold)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	list, err := s.listing(ctx)
	if err != nil {
		return nil, err
	}
	return list, s.measure(ctx, list)
}

// measure finds out how large the files of a listing are, as far as the places know: the listing
// itself does not say so.
func (s *dvcSource) measure(ctx context.Context, list []dvc.Entry) error {
	var objects []dvc.Object
	var of []int
	for i, e := range list {
		if e.Size == nil {
			objects, of = append(objects, s.what.DVC.ObjectOf(e)), append(of, i)
		}
	}
	sizes, err := s.Sizes(ctx, objects)
	for n, i := range of {
		if sizes[n] != remote.Absent {
			list[i].Size = &sizes[n]
		}
	}
	return err
}

// listing returns what is in a directory, sorted and checked.
func (s *dvcSource) listing(ctx context.Context) (list []dvc.Entry, err error) {
	if s.what.DVC.MD5 == "" {
		list, err = dvc.Checked(s.what.DVC.List)
	} else {
		d, ferr := s.one(ctx)
		if ferr != nil {
			return nil, ferr
		}
		b, ferr := s.p.store.ReadAll(d, dvc.MaxListing)
		if ferr != nil {
			return nil, ferr
		}
		list, err = dvc.Listing(b)
	}
	if err != nil {
		return nil, s.hostile(err)
	}
	return list, nil
}

// files brings the files of a listing, or the part of it below sub.
func (s *dvcSource) files(ctx context.Context, list []dvc.Entry, sub string) (digest.Content, error) {
	var none digest.Content
	t := s.what
	var objects []dvc.Object
	var part []dvc.Entry
	seen := map[string]bool{}
	for _, e := range list {
		if sub != "" && e.Relpath != sub && !strings.HasPrefix(e.Relpath, sub+"/") {
			continue
		}
		part = append(part, e)
		if !seen[e.MD5] {
			seen[e.MD5] = true
			objects = append(objects, t.DVC.ObjectOf(e))
		}
	}
	if len(part) == 0 && sub != "" {
		return none, s.notListed(list, sub)
	}
	got, err := s.Fetch(ctx, objects)
	if err != nil {
		return none, err
	}
	var g foreign.Tree
	for _, e := range part {
		d, ok := got[e.MD5]
		if !ok {
			return none, s.missing(path.Join(t.Path, e.Relpath))
		}
		c := digest.Content{Kind: digest.File, Digest: d, Exec: e.IsExec}
		if e.Relpath == sub {
			return c, nil
		}
		if err := g.Put(strings.TrimPrefix(strings.TrimPrefix(e.Relpath, sub), "/"), c); err != nil {
			return none, s.hostile(err)
		}
	}
	return g.Keep(s.p.store)
}

func (s *dvcSource) hostile(err error) error {
	return failure(diag.Diagnostic{Code: "E-import-hostile", Detail: fmt.Sprintf("The listing of %s in %s (%s) cannot be right: %v. Nothing was written.", s.what.Path, s.At(), s.what.By, err)})
}

func (s *dvcSource) notListed(list []dvc.Entry, sub string) error {
	var names []string
	for _, e := range list {
		names = append(names, path.Join(s.what.Path, e.Relpath))
	}
	return s.NotIn(s.what, sub, names)
}

// missing says that bytes can be had nowhere.
func (s *dvcSource) missing(name string) error {
	if from := s.what.DVC.From; from != "" {
		s.Problems = append(s.Problems, "the project has it from "+from+" itself, and DVC does not push what it imports: take it from there")
	}
	if len(s.what.DVC.List) > 0 {
		s.Problems = append(s.Problems, "its remote keeps versions of files under their own names (version_aware), which dewar does not read")
	}
	return s.nowhere(name, s.tried, s.Problems, nil, "`dvc push`")
}
