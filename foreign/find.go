package foreign

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/dvc"
	"github.com/dewar-build/dewar/fs"
)

// Tracked is a path that another project tracks.
type Tracked struct {
	Path         string
	Kind         digest.Kind
	Files, Bytes int64  // -1: not known
	By           string // what says so
	Top          string // the directory, in what was opened, of the project that tracks it

	Content digest.Content // of a project of dewar
	DVC     *dvc.Out       // of one of DVC
}

// Found is what is at a path: something tracked or a part of it, files that Git has or that
// simply lie there, or a directory with some of each.
type Found struct {
	Path  string
	Whole *Tracked  // it, or what it is a part of
	Sub   string    // which part of Whole; "" is all
	Below []Tracked // what is tracked below it, sorted, none inside another
	Plain []string  // other files below it, or it itself; sorted
}

// IsFile reports whether it is a file that nothing tracks but Git, or that only lies there.
func (at *Found) IsFile() bool {
	return at.Whole == nil && len(at.Plain) == 1 && at.Plain[0] == at.Path
}

// Find finds what is at a path.
func (p *Project) Find(ctx context.Context, name string) (*Found, error) {
	rel, err := fs.CleanProjectPath(".", strings.TrimSuffix(name, "/"))
	if err != nil || rel == "." {
		return nil, failure("E-import-path", fmt.Sprintf("%q is no path inside of %s: name a file or a directory, relative to its top.", name, p.Name))
	}
	near, err := p.trackedIn(ctx, p.metadataNear(rel))
	if err != nil {
		return nil, err
	}
	if t := covering(near, rel); t != nil {
		return p.part(rel, t)
	}
	if info, err := p.View.Stat(rel); err == nil && info.IsRegular() {
		return &Found{Path: rel, Plain: []string{rel}}, nil
	}
	all, err := p.All(ctx)
	if err != nil {
		return nil, err
	}
	if t := covering(all, rel); t != nil {
		return p.part(rel, t)
	}
	out := &Found{Path: rel}
	for _, t := range all {
		if strings.HasPrefix(t.Path, rel+"/") && !inside(out.Below, t.Path) {
			out.Below = append(out.Below, t)
		}
	}
	for _, name := range p.files {
		if strings.HasPrefix(name, rel+"/") && !isMetadata(name) && !inside(out.Below, name) {
			out.Plain = append(out.Plain, name)
		}
	}
	if len(out.Below)+len(out.Plain) == 0 {
		return nil, p.noPath(rel, all)
	}
	return out, nil
}

// part is what is at rel, which is t or inside of it. A file that Git has is what the commit says,
// whatever else was written down about it.
func (p *Project) part(rel string, t *Tracked) (*Found, error) {
	sub := strings.TrimPrefix(strings.TrimPrefix(rel, t.Path), "/")
	if t.DVC != nil && sub == "" && !p.AsItLies() {
		if info, err := p.View.Lstat(rel); err == nil && info.IsRegular() {
			return &Found{Path: rel, Plain: []string{rel}}, nil
		}
	}
	return &Found{Path: rel, Whole: t, Sub: sub}, nil
}

// covering returns what is tracked at rel or around it, the nearest.
func covering(list []Tracked, rel string) *Tracked {
	var best *Tracked
	for i := range list {
		t := &list[i]
		around := t.Kind != digest.File && strings.HasPrefix(rel, t.Path+"/")
		if (t.Path == rel || around) && (best == nil || len(t.Path) > len(best.Path)) {
			best = t
		}
	}
	return best
}

func inside(list []Tracked, name string) bool {
	return slices.ContainsFunc(list, func(t Tracked) bool { return name == t.Path || strings.HasPrefix(name, t.Path+"/") })
}

// noPath says that there is nothing at a path, and what was perhaps meant.
func (p *Project) noPath(rel string, all []Tracked) error {
	var names []string
	for _, t := range all {
		names = append(names, t.Path)
	}
	near := didYouMean(rel, append(names, p.files...))
	if near == "" && len(names) == 0 {
		near = " It tracks nothing: neither pipeline.lock nor DVC's files are in it."
	}
	return failure("E-import-path", fmt.Sprintf("%s has nothing at %s.%s `dewar data list %s` lists what it has.", p.At(), rel, near, p.Name))
}

// NotIn says that a directory that is tracked has no such part, and what was perhaps meant of the files in it.
func (p *Project) NotIn(t *Tracked, sub string, names []string) error {
	return failure("E-import-path", fmt.Sprintf("%s tracks the directory %s (%s), and there is no %s in it.%s", p.At(), t.Path, t.By, sub, didYouMean(path.Join(t.Path, sub), names)))
}
