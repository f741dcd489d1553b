package checkout

import (
	"cmp"
	"context"
	"errors"
	iofs "io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/dewar-build/dewar/digest"
)

// abandoned is how old a temporary file is that nobody works with any more: a
// file is one for as long as it takes to copy it.
const abandoned = time.Hour

// Rescue takes care of what a process left that was killed while it
// exchanged what a person wrote for an output: copies of what the store knows are
// removed, everything else is kept and named. Its place is not known any more.
// Of the Plan it needs the directories, Items are none.
func Rescue(ctx context.Context, p Plan, d Deps) (Report, error) {
	p.Items = nil
	w, err := newWriter(ctx, p, d)
	if err != nil {
		return Report{}, err
	}
	entries, err := w.deps.FS.ReadDir(w.plan.Temp)
	if err != nil {
		return Report{}, err
	}
	for _, e := range entries {
		out := path.Join(w.plan.Temp, e.Name)
		info, lerr := w.deps.FS.Lstat(out)
		if lerr != nil || !strings.HasPrefix(e.Name, ".tmp-") || w.deps.Now().Sub(time.Unix(0, max(info.CTime, info.MTime))) < abandoned {
			continue
		}
		gone := w.dispose(out, "rescued/"+strings.TrimPrefix(e.Name, "."), seen{}, digest.Content{}, false)
		if !errors.Is(gone, iofs.ErrNotExist) { // else another process was faster
			err = errors.Join(err, gone)
		}
	}
	err = errors.Join(err, w.writeRecord())
	slices.SortFunc(w.report.Kept, func(a, b Kept) int { return cmp.Compare(a.Path, b.Path) })
	return w.report, err
}
