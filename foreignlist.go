package dewar

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/foreign"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/store/remote"
)

// ForeignList is what another project tracks.
type ForeignList struct {
	Project string
	Commit  string // "" is as it lies
	Data    []Foreign
}

// ListForeign lists what another project tracks, sorted by path; with a path, what is tracked at
// or below it, and of a directory that is tracked, its files.
func (p *Project) ListForeign(ctx context.Context, r ImportRequest) (*ForeignList, error) {
	f, err := p.openForeign(ctx, r, asOfNow)
	if err != nil {
		return nil, err
	}
	out := &ForeignList{Project: f.Name, Commit: f.commit.ID, Data: []Foreign{}}
	if rel := strings.Trim(path.Clean("/"+r.Path), "/"); rel != "" {
		r.Path = rel
		out.Data, err = f.listAt(ctx, r)
		return out, err
	}
	all, err := f.All(ctx)
	if err != nil {
		return nil, err
	}
	if err := f.lookInside(ctx, all, r); err != nil {
		return nil, err
	}
	for _, t := range all {
		out.Data = append(out.Data, f.listed(t))
	}
	return out, nil
}

// lookInside has our store know the directories that a project on this machine tracks, so that their sizes can
// be said. Remotes are not asked for that.
func (f *stranger) lookInside(ctx context.Context, all []foreign.Tracked, r ImportRequest) error {
	hold := remote.NewHold(f.p.store)
	defer hold.Release()
	for _, t := range all {
		if f.root == "" || t.Content.Kind != digest.Directory || t.Bytes >= 0 {
			continue
		}
		src := &dewarSource{stranger: f, top: t.Top, request: r, hold: hold, opened: true}
		if err := src.fetch(ctx, t.Content, true); err != nil {
			return err
		}
	}
	return nil
}

// listed describes what is tracked. Of a directory of which nobody has written down how large it is, our store
// or the project's cache may know.
func (f *stranger) listed(t foreign.Tracked) Foreign {
	x := Foreign{Path: t.Path, Kind: t.Kind, Files: t.Files, Bytes: t.Bytes, By: t.By}
	if t.Content.Kind == digest.Directory && (x.Files < 0 || x.Bytes < 0) {
		if files, bytes, err := f.p.contentsOf(t.Content); err == nil {
			x.Files, x.Bytes = files, bytes
		}
	}
	return x
}

// listAt lists what is at a path.
func (f *stranger) listAt(ctx context.Context, r ImportRequest) ([]Foreign, error) {
	at, err := f.Find(ctx, r.Path)
	if err != nil {
		return nil, err
	}
	var out []Foreign
	for _, t := range at.Below {
		out = append(out, f.listed(t))
	}
	for _, name := range at.Plain {
		out = append(out, f.listedFile(name))
	}
	if at.Whole != nil {
		if out, err = f.listTracked(ctx, at.Whole, at.Sub, r); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b Foreign) int { return cmp.Compare(a.Path, b.Path) })
	return out, nil
}

// listedFile describes a file that nothing tracks but Git, or that only lies there.
func (f *stranger) listedFile(name string) Foreign {
	x := Foreign{Path: name, Kind: digest.File, Files: 1, Bytes: -1}
	if f.AsItLies() {
		if info, err := f.View.Stat(name); err == nil {
			x.Bytes = info.Size
		}
		return x
	}
	x.By = "git"
	if b, err := f.View.ReadFile(name); err == nil {
		x.Bytes = int64(len(b))
	}
	return x
}

// listTracked lists the files of a directory that is tracked, or of a part of it.
func (f *stranger) listTracked(ctx context.Context, t *foreign.Tracked, sub string, r ImportRequest) ([]Foreign, error) {
	if t.Kind == digest.File {
		return []Foreign{f.listed(*t)}, nil
	}
	hold := remote.NewHold(f.p.store)
	defer hold.Release()
	var out []Foreign
	within := func(name string) bool { return sub == "" || name == sub || strings.HasPrefix(name, sub+"/") }
	if t.DVC != nil {
		list, err := f.dvcListing(ctx, t, r, hold)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			x := Foreign{Path: path.Join(t.Path, e.Relpath), Kind: digest.File, Files: 1, Bytes: -1, By: t.By}
			if e.Size != nil {
				x.Bytes = *e.Size
			}
			if within(e.Relpath) {
				out = append(out, x)
			}
		}
		return out, nil
	}
	src := &dewarSource{stranger: f, top: t.Top, request: r, hold: hold}
	defer src.close()
	if err := src.fetch(ctx, t.Content, true); err != nil {
		return nil, err
	}
	err := graph.EachFile(f.p.store.Dir, t.Content, func(name string, e digest.FileEntry) bool {
		if within(name) {
			out = append(out, Foreign{Path: path.Join(t.Path, name), Kind: digest.File, Files: 1, Bytes: e.Digest.Size, By: t.By})
		}
		return true
	})
	if err != nil {
		return nil, src.missing(t.Path)
	}
	if len(out) == 0 {
		return nil, f.notIn(t, sub)
	}
	return out, nil
}
