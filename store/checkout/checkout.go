// Package checkout writes outputs into the workspace. Bytes that the store
// knows may be replaced; anything else is exchanged out by rename, kept under
// .dewar/kept and named, so that nothing a person wrote is ever lost.
//
// Nothing is looked at and then overwritten: a new file is put where there is
// none by a link, which fails if there is one, and an old one is swapped with
// the new by one rename. What came out of the swap can be looked at in peace.
//
// It is apart from store because it knows what a workspace is; the root package
// and exp import it.
package checkout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	iofs "io/fs"
	"path"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

// Item is one path of the workspace and what it is to hold.
type Item struct {
	Path    string         // relative to the project, with slashes
	Content digest.Content // the zero Content: nothing is to be there
	Known   digest.Content // what it held when dewar last wrote it (the lock's content); zero: unknown
	Private bool           // people, Git or a command write to it: it is a copy of its own, whatever Links say
}

// Plan is a set of items. None is inside another, but what is to be removed may be
// where something else is to be written: removals come first.
type Plan struct {
	Root  string // the project's root
	Kept  string // where to keep what is taken in: "<root>/.dewar/kept"
	Temp  string // for temporary files; "": "tmp" beside Kept
	Items []Item
	// Exact says that only what is Known may be replaced or removed. Otherwise
	// that holds for all that the store knows, and it knows sources as well.
	Exact bool
	// Force says that what is in the way is not kept.
	Force bool
	// Ignore is what contents leave out: what lies under such names in a directory
	// was never looked at, so it stays. nil: nothing.
	Ignore *fs.Ignore
	// Links are the ways in which files are made, the first that works; none:
	// a reflink or else a copy.
	Links []Link
	// Relink says that files that hold what they should are made again, if they
	// were made in another way than Links begin with.
	Relink bool
}

// Index remembers digests of files by what stat says; *fs.Index is one. Paths
// are relative to the project.
type Index interface {
	// Now returns the filesystem's time.
	Now() (fs.Moment, error)
	// Lookup returns the digest of a file if it cannot have changed since it was recorded.
	Lookup(path string, info fs.Info) (digest.Digest, bool)
	// Record remembers the digest of bytes that were read after the moment before.
	Record(path string, info fs.Info, d digest.Digest, before fs.Moment)
}

// Deps are what Checkout works with.
type Deps struct {
	FS      fs.FS
	Store   *store.Store
	Index   Index            // nil: every file is hashed
	Now     func() time.Time // nil: time.Now; names the directory of kept files
	Workers int              // 0: the number of CPUs
}

// Report is what Checkout did.
type Report struct {
	Written   int    // files
	Removed   int    // files, those replaced not among them
	Unchanged int    // files
	Kept      []Kept // sorted by path
}

// Kept is something that was in the way and that the store did not know.
type Kept struct {
	Path   string        // where it was, relative to the project
	Where  string        // where it is now
	Digest digest.Digest // of a file's bytes; zero for anything else, and where they could not be read
	Kind   string        // "a file", "a symbolic link", "something special"
}

// Checkout makes every item's path hold its content, touching only what differs. When
// it fails midway the report says what was done so far.
func Checkout(ctx context.Context, p Plan, d Deps) (Report, error) {
	w, err := newWriter(ctx, p, d)
	if err != nil {
		return Report{}, err
	}
	err = w.all(p.Items)
	err = errors.Join(err, w.writeRecord())
	slices.SortFunc(w.report.Kept, func(a, b Kept) int { return cmp.Compare(a.Path, b.Path) })
	return w.report, err
}

// writer carries one Plan out.
type writer struct {
	ctx     context.Context
	plan    Plan
	deps    Deps
	stamp   time.Time         // the modification time of everything written
	device  uint64            // of the directory for temporary files
	reals   map[string]string // directories resolved, while they are looked at one by one
	mu      sync.Mutex        // guards the rest
	report  Report
	keptDir string // where things are kept; "" before the first
	keptN   int
}

func newWriter(ctx context.Context, p Plan, d Deps) (*writer, error) {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Index == nil {
		d.Index = (*fs.Index)(nil)
	}
	if d.Workers == 0 {
		d.Workers = runtime.GOMAXPROCS(0)
	}
	if p.Temp == "" {
		p.Temp = path.Dir(p.Kept) + "/tmp"
	}
	w := &writer{ctx: ctx, plan: p, deps: d, stamp: stamp(d.Now()), reals: map[string]string{".": "."}}
	for _, it := range p.Items {
		if !iofs.ValidPath(it.Path) || it.Path == "." {
			return nil, escapes(it.Path, "it is not a path inside the project that an output may have")
		}
		if own := fs.Reserved(it.Path); own != "" {
			return nil, escapes(it.Path, "it lies in "+own+", where whoever writes decides what is run on this machine")
		}
	}
	if err := d.FS.MkdirAll(p.Temp, 0o755); err != nil {
		return nil, fmt.Errorf("check out: %w", err)
	}
	info, err := d.FS.Stat(p.Temp)
	if err != nil {
		return nil, fmt.Errorf("check out: %w", err)
	}
	w.device = info.Dev
	return w, nil
}

// all removes what is to go, one after the other, for that changes
// directories; then makes directories; then writes, in parallel.
func (w *writer) all(items []Item) error {
	items = slices.SortedFunc(slices.Values(items), func(a, b Item) int { return cmp.Compare(a.Path, b.Path) })
	for _, it := range items {
		if it.Content.Kind == digest.None {
			if err := w.removeItem(it); err != nil {
				return err
			}
		}
	}
	writes := slices.DeleteFunc(items, func(it Item) bool { return it.Content.Kind == digest.None })
	places := make([]string, len(writes))
	for i, it := range writes {
		dir, _, err := w.realDir(path.Dir(it.Path), true)
		if err != nil {
			return err
		}
		places[i] = path.Join(dir, path.Base(it.Path))
	}
	return w.each(len(writes), func(i int) error { return w.write(places[i], writes[i]) })
}

func (w *writer) write(at string, it Item) error {
	if it.Content.Kind == digest.Directory {
		return w.dir(at, it.Content.Digest, it.Known, it.Private)
	}
	return w.file(at, it.Content, it.Known, it.Private)
}

// each calls f for 0..n-1, a few at a time. The first error ends it.
func (w *writer) each(n int, f func(i int) error) error {
	g, ctx := errgroup.WithContext(w.ctx)
	workers := min(w.deps.Workers, (n+15)/16) // a goroutine for a few small files costs more than it gains
	for k := range workers {
		g.Go(func() error {
			for i := k; i < n; i += workers {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := f(i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

func (w *writer) native(at string) string { return w.plan.Root + "/" + at }

func (w *writer) count(n *int) {
	w.mu.Lock()
	*n++
	w.mu.Unlock()
}

// escapes is the diagnostic for a path that must not be written to.
func escapes(at, why string) error {
	return (diag.List{{
		Severity: diag.Error,
		Code:     "E-output-escapes",
		Summary:  "output outside the project",
		Detail: fmt.Sprintf("Nothing was written to %q: %s. Outputs stay inside the project; to keep large ones "+
			"on another disk, put the whole project or its .dewar/cache there.", at, why),
	}}).Err()
}
