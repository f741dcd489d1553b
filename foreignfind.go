package dewar

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// tracked is a path that another project tracks.
type tracked struct {
	path         string
	kind         digest.Kind
	files, bytes int64  // -1: not known
	by           string // what says so
	top          string // the directory, in what was opened, of the project that tracks it

	content digest.Content // of a project of dewar
	dvc     *dvcOut        // of one of DVC
}

// found is what is at a path: something tracked or a part of it, files that Git has or that
// simply lie there, or a directory with some of each.
type found struct {
	path  string
	whole *tracked  // it, or what it is a part of
	sub   string    // which part of whole; "" is all
	below []tracked // what is tracked below it, sorted, none inside another
	plain []string  // other files below it, or it itself; sorted
}

// maxForeign is how many files another project may have before it is not looked through.
const maxForeign = 5_000_000

// find finds what is at a path.
func (f *foreign) find(ctx context.Context, name string) (*found, error) {
	rel, err := fs.CleanProjectPath(".", strings.TrimSuffix(name, "/"))
	if err != nil || rel == "." {
		return nil, failure(diag.Diagnostic{Code: "E-import-path", Detail: fmt.Sprintf("%q is no path inside of %s: name a file or a directory, relative to its top.", name, f.name)})
	}
	near, err := f.trackedIn(ctx, f.metadataNear(rel))
	if err != nil {
		return nil, err
	}
	if t := covering(near, rel); t != nil {
		return f.part(rel, t)
	}
	if info, err := f.view.Stat(rel); err == nil && info.IsRegular() {
		return &found{path: rel, plain: []string{rel}}, nil
	}
	all, err := f.tracked(ctx)
	if err != nil {
		return nil, err
	}
	if t := covering(all, rel); t != nil {
		return f.part(rel, t)
	}
	out := &found{path: rel}
	for _, t := range all {
		if strings.HasPrefix(t.path, rel+"/") && !inside(out.below, t.path) {
			out.below = append(out.below, t)
		}
	}
	for _, name := range f.files {
		if strings.HasPrefix(name, rel+"/") && !isMetadata(name) && !inside(out.below, name) {
			out.plain = append(out.plain, name)
		}
	}
	if len(out.below)+len(out.plain) == 0 {
		return nil, f.noPath(rel, all)
	}
	return out, nil
}

// part is what is at rel, which is t or inside of it. A file that Git has is what the commit says,
// whatever else was written down about it.
func (f *foreign) part(rel string, t *tracked) (*found, error) {
	sub := strings.TrimPrefix(strings.TrimPrefix(rel, t.path), "/")
	if t.dvc != nil && sub == "" && !f.lies() {
		if info, err := f.view.Lstat(rel); err == nil && info.IsRegular() {
			return &found{path: rel, plain: []string{rel}}, nil
		}
	}
	return &found{path: rel, whole: t, sub: sub}, nil
}

// covering returns what is tracked at rel or around it, the nearest.
func covering(list []tracked, rel string) *tracked {
	var best *tracked
	for i := range list {
		t := &list[i]
		around := t.kind != digest.File && strings.HasPrefix(rel, t.path+"/")
		if (t.path == rel || around) && (best == nil || len(t.path) > len(best.path)) {
			best = t
		}
	}
	return best
}

func inside(list []tracked, name string) bool {
	return slices.ContainsFunc(list, func(t tracked) bool { return name == t.path || strings.HasPrefix(name, t.path+"/") })
}

// The files that say what a project tracks.
const (
	dewarLock = "pipeline.lock"
	dvcLock   = "dvc.lock"
	dvcEnding = ".dvc"
)

// isMetadata reports whether a file is about data, and not data itself.
func isMetadata(name string) bool {
	base := path.Base(name)
	return base == dewarLock || base == dvcLock || base == ".gitignore" || base == ".dvcignore" || isDVCFile(name) ||
		slices.ContainsFunc(strings.Split(name, "/"), func(part string) bool { return part == Dir || part == ".git" || part == ".dvc" })
}

func isDVCFile(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, dvcEnding) && base != dvcEnding
}

// metadataNear returns the files that would say where rel comes from, if they are where they usually are.
func (f *foreign) metadataNear(rel string) []string {
	var names []string
	for at := rel; at != "."; at = path.Dir(at) {
		names = append(names, at+dvcEnding)
	}
	for at := rel; ; at = path.Dir(at) {
		names = append(names, path.Join(at, dewarLock), path.Join(at, dvcLock))
		if at == "." {
			break
		}
	}
	return slices.DeleteFunc(names, func(name string) bool {
		info, err := f.view.Lstat(name)
		return err != nil || !info.IsRegular()
	})
}

// tracked returns all that the project tracks, sorted by path.
func (f *foreign) tracked(ctx context.Context) ([]tracked, error) {
	if err := f.walk(ctx); err != nil {
		return nil, err
	}
	return f.trackedIn(ctx, slices.DeleteFunc(slices.Clone(f.files), func(name string) bool {
		base := path.Base(name)
		return base != dewarLock && base != dvcLock && !isDVCFile(name)
	}))
}

// trackedIn returns what the files of the names track. Of a path that several speak of, the first counts.
func (f *foreign) trackedIn(ctx context.Context, names []string) ([]tracked, error) {
	var out []tracked
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b, err := f.view.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read %s of %s: %w", name, f.at(), err)
		}
		var list []tracked
		if path.Base(name) == dewarLock {
			list, err = f.lockTracks(name, b)
		} else {
			list, err = f.dvcTracks(name, b)
		}
		if err != nil && f.quiet {
			continue
		}
		if err != nil {
			f.p.warn(diag.Diagnostic{Severity: diag.Warning, Code: "W-import-unreadable", Detail: fmt.Sprintf("%s of %s cannot be understood, and counts as if it tracked nothing: %v.", name, f.at(), err)})
			continue
		}
		out = append(out, list...)
	}
	slices.SortStableFunc(out, func(a, b tracked) int { return cmp.Compare(a.path, b.path) })
	return slices.CompactFunc(out, func(a, b tracked) bool { return a.path == b.path }), nil
}

// walk finds all files of the project.
func (f *foreign) walk(ctx context.Context) error {
	if f.files != nil {
		return nil
	}
	files := []string{}
	var visit func(dir string) error
	visit = func(dir string) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		entries, err := f.view.ReadDir(dir)
		if err != nil {
			if f.lies() && dir != "." { // what may not be looked into
				return nil
			}
			return fmt.Errorf("look through %s: %w", f.at(), err)
		}
		for _, e := range entries {
			name := path.Join(dir, e.Name)
			switch {
			case e.Type.IsDir() && (e.Name == ".git" || e.Name == Dir || e.Name == ".dvc"):
			case e.Type.IsDir():
				if err := visit(name); err != nil {
					return err
				}
			default:
				files = append(files, name)
			}
		}
		if len(files) > maxForeign {
			return failure(diag.Diagnostic{Code: "E-import-path", Detail: fmt.Sprintf("%s has more than %d files, and they are not looked through. Name a smaller directory as the project.", f.name, maxForeign)})
		}
		return nil
	}
	if err := visit("."); err != nil {
		return err
	}
	slices.Sort(files)
	f.files = files
	return nil
}

// noPath says that there is nothing at a path, and what was perhaps meant.
func (f *foreign) noPath(rel string, all []tracked) error {
	d := diag.Diagnostic{Code: "E-import-path", Detail: fmt.Sprintf("%s has nothing at %s.", f.at(), rel)}
	var names []string
	for _, t := range all {
		names = append(names, t.path)
	}
	if near := nearPaths(rel, append(names, f.files...)); len(near) > 0 {
		d.Detail += " Did you mean " + strings.Join(near, " or ") + "?"
	} else if len(names) == 0 {
		d.Detail += " It tracks nothing: neither pipeline.lock nor DVC's files are in it."
	}
	d.Detail += fmt.Sprintf(" `dewar data list %s` lists what it has.", f.name)
	return failure(d)
}
