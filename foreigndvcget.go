package dewar

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // DVC's names; what we believe is the SHA-256
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/dir"
	"golang.org/x/sync/errgroup"
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
		clean, err := fs.CleanProjectPath(".", e.Relpath)
		if err != nil || clean != e.Relpath || clean == "." {
			return nil, s.hostile(t, fmt.Errorf("%q is no path inside of it", e.Relpath))
		}
		if !isMD5(e.MD5) {
			return nil, s.hostile(t, fmt.Errorf("%s has the MD5 %q", e.Relpath, e.MD5))
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

// fetch brings objects: from the project's cache, then from the remote. It returns what could be had, by MD5.
func (s *dvcSource) fetch(ctx context.Context, named string, list []dvcObject) (map[string]digest.Digest, error) {
	got := map[string]digest.Digest{}
	rest := s.remembered(list, got)
	if len(rest) == 0 {
		return got, s.holds(got)
	}
	for i := 0; len(rest) > 0; i++ {
		if i == len(s.places) && !s.more(ctx, named) {
			break
		}
		if s.places[i].down {
			continue
		}
		var err error
		if rest, err = s.fetchFrom(ctx, &s.places[i], rest, got); err != nil {
			return nil, err
		}
	}
	return got, errors.Join(s.holds(got), s.known.save(), ctx.Err())
}

// remembered takes out of a list what was fetched before and is still there.
func (s *dvcSource) remembered(list []dvcObject, got map[string]digest.Digest) []dvcObject {
	var rest []dvcObject
	for _, o := range list {
		if d, ok := s.known.of[o.md5]; ok && s.p.store.Has(d) {
			got[o.md5] = d
		} else {
			rest = append(rest, o)
		}
	}
	return rest
}

// holds keeps what was had from being collected.
func (s *dvcSource) holds(got map[string]digest.Digest) error {
	ds := make([]digest.Digest, 0, len(got))
	for _, d := range got {
		ds = append(ds, d)
	}
	return s.hold.Take(ds...)
}

// more opens the next place: first the cache of a project on this machine, then its remote. It
// reports whether there is one.
func (s *dvcSource) more(ctx context.Context, named string) bool {
	conf := s.dvcConfiguration(s.top)
	if s.root != "" && !s.opened["/cache"] {
		s.opened["/cache"] = true
		at := conf.cache
		if at == "" {
			at = filepath.Join(hostJoin(s.root, s.top), ".dvc", "cache")
		}
		if info, err := s.p.host.FS.Stat(at); err == nil && info.IsDir() {
			s.tried = append(s.tried, "its cache, "+at)
			s.places = append(s.places, dvcPlace{Named: remote.Named{Name: "its cache", Place: dir.New(s.p.host.FS, at)}, parallel: 8, explain: plainText, close: func() error { return nil }})
			return true
		}
	}
	name := conf.pick(named)
	if s.opened[name] {
		return false
	}
	s.opened[name] = true
	if name == "" {
		s.problems = append(s.problems, "it has no default remote")
		return false
	}
	r, err := s.dvcRemoteOf(conf, name)
	if err != nil {
		s.problems = append(s.problems, err.Error())
		return false
	}
	s.tried = append(s.tried, fmt.Sprintf("its remote %s, %s", name, r.URL))
	place, err := openPlace(ctx, s.p.host, r)
	explain := func(err error) string { return foreignFailure(name, r, err) }
	if err != nil {
		s.problems = append(s.problems, explain(err))
		return false
	}
	parallel := r.Parallel
	if parallel == 0 {
		parallel = max(1, place.Traits().Parallel)
	}
	s.places = append(s.places, dvcPlace{Named: remote.Named{Name: "its remote " + name, Place: onlyRead(place)}, parallel: parallel, explain: explain, close: place.Close})
	return true
}

func (s *dvcSource) close() {
	for _, p := range s.places {
		_ = p.close()
	}
}

// dvcBatch is how many objects a place is asked for at once.
const dvcBatch = 1000

// fetchFrom brings from one place what it has. It returns what it has not.
func (s *dvcSource) fetchFrom(ctx context.Context, at *dvcPlace, list []dvcObject, got map[string]digest.Digest) (rest []dvcObject, err error) {
	var mu sync.Mutex
	for len(list) > 0 {
		batch := list[:min(dvcBatch, len(list))]
		list = list[len(batch):]
		names, sizes, err := s.locate(ctx, at, batch)
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			at.down = true
			s.problems = append(s.problems, at.explain(err))
			return append(append(rest, batch...), list...), nil
		}
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(at.parallel)
		for i, o := range batch {
			g.Go(func() error {
				d, ok, err := digest.Digest{}, false, error(nil)
				if sizes[i] != remote.Absent {
					d, ok, err = s.get(gctx, at, o, names[i], sizes[i])
				}
				mu.Lock()
				defer mu.Unlock()
				if ok {
					got[o.md5] = d
					s.known.put(o.md5, d)
				} else {
					rest = append(rest, o)
				}
				if err != nil && !s.here(gctx, err) {
					s.problems = addOnce(s.problems, at.explain(err))
					err = nil
				}
				return err
			})
		}
		if err := g.Wait(); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

// here reports whether an error is not the place's.
func (s *dvcSource) here(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, remote.ErrHere)
}

// locate finds out what a place calls objects, and how large they are.
func (s *dvcSource) locate(ctx context.Context, at *dvcPlace, list []dvcObject) (names []string, sizes []int64, err error) {
	names, sizes = make([]string, len(list)), make([]int64, len(list))
	for i := range sizes {
		sizes[i] = remote.Absent
	}
	for which := range 2 {
		var ask []string
		var of []int
		for i, o := range list {
			if sizes[i] == remote.Absent {
				ask, of = append(ask, o.names()[which]), append(of, i)
			}
		}
		if len(ask) == 0 {
			break
		}
		have, err := s.stat(ctx, at, ask)
		if err != nil {
			return nil, nil, err
		}
		for n, i := range of {
			names[i], sizes[i] = ask[n], have[n]
		}
	}
	for i, o := range list {
		if o.dir && sizes[i] > maxDVCListing {
			return nil, nil, fmt.Errorf("%w: the listing %s has %d bytes", remote.ErrSize, names[i], sizes[i])
		}
	}
	return names, sizes, nil
}

// dvcTries is how often a place is asked for something before it is given up.
const dvcTries = 4

// stat asks with patience.
func (s *dvcSource) stat(ctx context.Context, at *dvcPlace, names []string) (sizes []int64, err error) {
	err = s.patient(ctx, func() error { sizes, err = at.Place.Stat(ctx, names); return err })
	if err == nil && len(sizes) != len(names) {
		err = fmt.Errorf("it answered with %d sizes for %d names", len(sizes), len(names))
	}
	return sizes, err
}

// patient tries again what may succeed later.
func (s *dvcSource) patient(ctx context.Context, try func() error) error {
	for n := 1; ; n++ {
		err := try()
		if err == nil || n == dvcTries || ctx.Err() != nil || isFinal(err) {
			return err
		}
		if err := s.p.wait(ctx, time.Second<<n/2); err != nil {
			return err
		}
	}
}

func isFinal(err error) bool {
	for _, e := range []error{remote.ErrAbsent, remote.ErrSize, remote.ErrDenied, remote.ErrCredentials, remote.ErrNoPlace, remote.ErrConfig, remote.ErrHere} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// get brings one object; false if what came is not what its name says.
func (s *dvcSource) get(ctx context.Context, at *dvcPlace, o dvcObject, name string, size int64) (digest.Digest, bool, error) {
	s.wanted.Add(size)
	file, unlock, err := s.p.store.Incoming(digest.Of([]byte("md5 " + o.md5)))
	if errors.Is(err, fs.ErrLocked) { // somebody else gets the same: then there will be two
		unlock = func() {}
		file, err = s.p.store.TempFile()
	}
	if err != nil {
		return digest.Digest{}, false, errors.Join(remote.ErrHere, err)
	}
	defer unlock()
	for _, again := range []bool{false, true} {
		var have int64
		if info, err := s.p.host.FS.Lstat(file); err == nil {
			have = info.Size
			if again || have > size {
				if err := s.p.host.FS.Remove(file); err != nil {
					return digest.Digest{}, false, errors.Join(remote.ErrHere, err)
				}
				have = 0
			}
		}
		if err := s.getTo(ctx, at, name, file, size); err != nil {
			return digest.Digest{}, false, err
		}
		d, ok, err := s.verify(file, o)
		if err != nil || ok {
			return d, ok, err
		}
		if have == 0 {
			break
		}
	}
	if _, err := s.p.store.SetAside(file, digest.Of([]byte("md5 "+o.md5))); err != nil {
		return digest.Digest{}, false, errors.Join(remote.ErrHere, err)
	}
	s.p.warn(diag.Diagnostic{Severity: diag.Warning, Code: "W-remote-corrupt", Detail: fmt.Sprintf("What %s (%s) has as %s is not what its name says. It counts as missing there.", at.Name, s.name, name)})
	return digest.Digest{}, false, nil
}

// getTo has the file hold the object, going on from what is in it.
func (s *dvcSource) getTo(ctx context.Context, at *dvcPlace, name, file string, size int64) error {
	return s.patient(ctx, func() error {
		var have int64
		if info, err := s.p.host.FS.Lstat(file); err == nil {
			have = info.Size
		}
		if have < size || size == 0 {
			counted := func(n int64) {
				s.request.progress(s.name, s.came.Add(n), s.wanted.Load())
			}
			if err := at.Place.Get(ctx, name, file, have, size, counted); err != nil {
				return err
			}
		}
		info, err := s.p.host.FS.Lstat(file)
		switch {
		case err != nil && size == 0 && isNotExist(err):
			return errors.Join(fs.WriteFile(s.p.host.FS, file, nil))
		case err != nil:
			return errors.Join(remote.ErrHere, err)
		case info.Size != size:
			return fmt.Errorf("%s ended after %d of %d bytes", name, info.Size, size)
		}
		return nil
	})
}

// verify makes a file a blob if it is the object.
func (s *dvcSource) verify(file string, o dvcObject) (digest.Digest, bool, error) {
	f, err := s.p.host.FS.Open(file)
	if err != nil {
		return digest.Digest{}, false, errors.Join(remote.ErrHere, err)
	}
	d, sums, err := md5Of(f, o.legacy)
	if err := errors.Join(err, f.Close()); err != nil {
		return d, false, errors.Join(remote.ErrHere, err)
	}
	if !slices.Contains(sums, o.md5) || o.size >= 0 && d.Size != o.size && !o.legacy {
		return d, false, nil
	}
	if _, err := s.p.store.Adopt(file, d); err != nil {
		return d, false, errors.Join(remote.ErrHere, err)
	}
	return d, true, nil
}

// md5Of reads all and returns its digest, and the MD5s that DVC may know it by: of its bytes, and, as versions before 3
// had it, of its bytes with the line ends of Unix, made in pieces of a megabyte.
func md5Of(r io.Reader, legacy bool) (digest.Digest, []string, error) {
	plain, unix, sha := md5.New(), md5.New(), digest.NewWriter() //nolint:gosec // see above
	buf := make([]byte, 1<<20)
	for {
		n, err := io.ReadFull(r, buf)
		piece := buf[:n]
		_, _ = plain.Write(piece)
		_, _ = sha.Write(piece)
		if legacy {
			_, _ = unix.Write(bytes.ReplaceAll(piece, []byte("\r\n"), []byte("\n")))
		}
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			sums := []string{hex.EncodeToString(plain.Sum(nil))}
			if legacy {
				sums = append(sums, hex.EncodeToString(unix.Sum(nil)))
			}
			return sha.Digest(), sums, nil
		case err != nil:
			return digest.Digest{}, nil, err
		}
	}
}
