package foreign

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/dvc"
)

// maxFiles is how many files another project may have before it is not looked through.
const maxFiles = 5_000_000

// What files of a project of dewar are called.
const (
	dewarDir  = ".dewar"
	dewarLock = "pipeline.lock"
)

// isMetadata reports whether a file is about data, and not data itself.
func isMetadata(name string) bool {
	base := path.Base(name)
	return tells(name) || base == ".gitignore" || base == dvc.Ignore ||
		slices.ContainsFunc(strings.Split(name, "/"), isOwnDir)
}

// isOwnDir reports whether a directory of the name is a tool's own.
func isOwnDir(name string) bool { return name == dewarDir || name == dvc.Dir || name == ".git" }

// tells reports whether a file says what is tracked.
func tells(name string) bool {
	base := path.Base(name)
	return base == dewarLock || base == dvc.Lock || dvc.IsFile(name)
}

// metadataNear returns the files that would say where rel comes from, if they are where they usually are.
func (p *Project) metadataNear(rel string) []string {
	var names []string
	for at := rel; at != "."; at = path.Dir(at) {
		names = append(names, dvc.FileOf(at))
	}
	for at := rel; ; at = path.Dir(at) {
		names = append(names, path.Join(at, dewarLock), path.Join(at, dvc.Lock))
		if at == "." {
			break
		}
	}
	return slices.DeleteFunc(names, func(name string) bool {
		info, err := p.View.Lstat(name)
		return err != nil || !info.IsRegular()
	})
}

// All returns all that the project tracks, sorted by path.
func (p *Project) All(ctx context.Context) ([]Tracked, error) {
	if err := p.walk(ctx); err != nil {
		return nil, err
	}
	return p.trackedIn(ctx, slices.DeleteFunc(slices.Clone(p.files), func(name string) bool { return !tells(name) }))
}

// trackedIn returns what the files of the names track. Of a path that several speak of, the first counts.
func (p *Project) trackedIn(ctx context.Context, names []string) ([]Tracked, error) {
	var out []Tracked
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b, err := p.View.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read %s of %s: %w", name, p.At(), err)
		}
		list, err := p.trackedBy(name, b)
		if err != nil {
			p.warn(diag.Diagnostic{Severity: diag.Warning, Code: "W-import-unreadable", Detail: fmt.Sprintf("%s of %s cannot be understood, and counts as if it tracked nothing: %v.", name, p.At(), err)})
			continue
		}
		out = append(out, list...)
	}
	slices.SortStableFunc(out, func(a, b Tracked) int { return cmp.Compare(a.Path, b.Path) })
	return slices.CompactFunc(out, func(a, b Tracked) bool { return a.Path == b.Path }), nil
}

// trackedBy returns what a file names.
func (p *Project) trackedBy(name string, b []byte) ([]Tracked, error) {
	if path.Base(name) == dewarLock {
		return p.trackedByLock(name, b)
	}
	outs, err := dvc.Tracked(p.View, name, b)
	var out []Tracked
	for i := range outs {
		o := &outs[i]
		t := Tracked{Path: o.Path, Kind: digest.File, Files: o.Files, Bytes: o.Size, By: o.By, Top: dvc.Top(p.View, path.Dir(o.Path)), DVC: o}
		if o.Dir {
			t.Kind = digest.Directory
		}
		out = append(out, t)
	}
	return out, err
}

func (p *Project) warn(d diag.Diagnostic) {
	if p.Warn != nil {
		p.Warn(d)
	}
}

// walk finds all files of the project.
func (p *Project) walk(ctx context.Context) error {
	if p.files != nil {
		return nil
	}
	files := []string{}
	var visit func(dir string) error
	visit = func(dir string) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		entries, err := p.View.ReadDir(dir)
		if err != nil {
			if p.AsItLies() && dir != "." { // what may not be looked into
				return nil
			}
			return fmt.Errorf("look through %s: %w", p.At(), err)
		}
		for _, e := range entries {
			name := path.Join(dir, e.Name)
			switch {
			case e.Type.IsDir() && isOwnDir(e.Name):
			case e.Type.IsDir():
				if err := visit(name); err != nil {
					return err
				}
			default:
				files = append(files, name)
			}
		}
		if len(files) > maxFiles {
			return failure("E-import-path", fmt.Sprintf("%s has more than %d files, and they are not looked through. Name a smaller directory as the project.", p.Name, maxFiles))
		}
		return nil
	}
	if err := visit("."); err != nil {
		return err
	}
	slices.Sort(files)
	p.files = files
	return nil
}
