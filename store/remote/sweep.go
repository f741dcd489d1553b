package remote

import (
	"context"
	"strings"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/store"
)

// SweepOptions are the parts of a Sweep; Grace should not be zero.
type SweepOptions struct {
	Grace    time.Duration // what is younger stays: somebody may be pushing it. Objects of unknown age stay too
	DryRun   bool
	Transfer Options // Tries, Idle, Clock, Parallel, Jitter
}

// Swept is what a Sweep removed, or would.
type Swept struct {
	Removed Count
	Kept    Count
	Young   Count // kept only because of Grace
}

// Tidier is a Place where writers that die leave something behind.
type Tidier interface {
	// Tidy removes what was left before a time, in nanoseconds since 1970.
	Tidy(ctx context.Context, before int64) error
}

// Sweep removes from a place what nobody needs. keep says so of an object by
// its name ("cas/ab/…", "ac/ab/…", "exp/…"); a blob in a pack is asked for by the name it
// would have in cas/, and a pack goes when all of it may. isDir says which blobs are
// directories; those that nobody knows any more may be called files.
//
// Entries and records go first, then directories, packs, and files, so that whatever is left
// at any moment has all that it refers to. What cannot be told apart is somebody who pushes
// now and was told that an old object is there: a push with Recheck mends that.
// s is where the indexes of packs are kept.
func Sweep(ctx context.Context, s *store.Store, at Named, keep, isDir func(name string) bool, opt SweepOptions) (Swept, error) {
	w := &sweeper{link: newLink(at, opt.Transfer), keep: keep, isDir: isDir}
	w.before = w.opt.Clock.Now().Add(-opt.Grace)
	if err := w.survey(ctx, s); err != nil {
		return w.swept, err
	}
	if opt.DryRun {
		return w.swept, nil
	}
	for _, names := range w.doomed {
		if err := w.remove(ctx, names); err != nil {
			return w.swept, err
		}
	}
	return w.swept, w.tidy(ctx)
}

// The order in which things are removed.
const (
	firstEntries = iota
	thenDirs
	thenIndexes
	thenPacks
	thenFiles
	orders
)

type sweeper struct {
	*link
	keep, isDir func(name string) bool
	before      time.Time
	doomed      [orders][]string
	swept       Swept
}

// survey decides about every object.
func (w *sweeper) survey(ctx context.Context, s *store.Store) error {
	for _, area := range []string{"ac", "exp", "cas"} {
		objects, err := List(ctx, w.Named, area, w.opt)
		if err != nil {
			return err
		}
		for _, o := range objects {
			w.decide(o, w.keep(o.Name), w.orderOf(o.Name))
		}
	}
	return w.surveyPacks(ctx, s)
}

func (w *sweeper) orderOf(name string) int {
	switch {
	case !strings.HasPrefix(name, "cas/"):
		return firstEntries
	case w.isDir(name):
		return thenDirs
	default:
		return thenFiles
	}
}

func (w *sweeper) decide(o Object, keep bool, order int) {
	switch {
	case keep:
		w.swept.Kept.add(1, o.Size)
	case o.Changed.IsZero() || o.Changed.After(w.before):
		w.swept.Young.add(1, o.Size)
	default:
		w.swept.Removed.add(1, o.Size)
		w.doomed[order] = append(w.doomed[order], o.Name)
	}
}

// surveyPacks decides about packs: one needed blob keeps all of it. What has no
// index, or an index that says nothing, is nobody's once it is old.
func (w *sweeper) surveyPacks(ctx context.Context, s *store.Store) error {
	objects, err := List(ctx, w.Named, packDir, w.opt)
	if err != nil {
		return err
	}
	sizes := map[string]int64{}
	for _, o := range objects {
		sizes[o.Name] = o.Size
	}
	for _, o := range objects {
		pack, isIndex := strings.CutSuffix(o.Name, ".index")
		if isIndex {
			continue
		}
		index, ok := sizes[pack+".index"]
		keep := false
		if hash := strings.TrimPrefix(pack, packDir+"/"); ok && isHash(hash) {
			blobs, err := w.index(ctx, s, hash, o.Size, index)
			if err != nil {
				return err
			}
			keep = w.keepsAny(blobs)
		}
		before := len(w.doomed[thenPacks])
		w.decide(o, keep, thenPacks)
		if ok && len(w.doomed[thenPacks]) > before {
			w.doomed[thenIndexes] = append(w.doomed[thenIndexes], pack+".index")
		}
	}
	return nil
}

func (w *sweeper) keepsAny(blobs []digest.Digest) bool {
	for _, d := range blobs {
		if w.keep(BlobName(d)) {
			return true
		}
	}
	return false
}

func isHash(s string) bool {
	_, err := digest.FromHex(s, 0)
	return err == nil
}

func (w *sweeper) tidy(ctx context.Context) error {
	t, ok := w.Place.(Tidier)
	if !ok {
		return nil
	}
	return w.call(ctx, "remove", "", func(ctx context.Context, beat func()) error {
		return t.Tidy(ctx, w.before.UnixNano())
	})
}
