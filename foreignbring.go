package dewar

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/foreign"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/store/remote"
)

// fetch brings what is at a path of the project into our store, verified, and says what it is.
func (f *stranger) fetch(ctx context.Context, r ImportRequest, hold *remote.Hold) (digest.Content, error) {
	if f.AsItLies() {
		c, ok, err := f.asItLies(ctx, r.Path)
		if ok || err != nil {
			return c, err
		}
	}
	at, err := f.Find(ctx, r.Path)
	if err != nil {
		return digest.Content{}, err
	}
	if at.Whole != nil {
		return f.fetchTracked(ctx, at.Whole, at.Sub, r, hold)
	}
	return f.fetchMixed(ctx, at, r, hold)
}

func (f *stranger) fetchTracked(ctx context.Context, t *foreign.Tracked, sub string, r ImportRequest, hold *remote.Hold) (digest.Content, error) {
	if t.DVC != nil {
		return f.fetchDVC(ctx, t, sub, r, hold)
	}
	return f.fetchDewar(ctx, t, sub, r, hold)
}

// fetchMixed brings a file that Git has, or a directory that is tracked in parts.
func (f *stranger) fetchMixed(ctx context.Context, at *foreign.Found, r ImportRequest, hold *remote.Hold) (digest.Content, error) {
	if at.IsFile() {
		return f.takeFile(at.Path)
	}
	var g foreign.Tree
	put := func(name string, c digest.Content) error {
		if err := g.Put(strings.TrimPrefix(name, at.Path+"/"), c); err != nil {
			return failure(diag.Diagnostic{Code: "E-import-hostile", Detail: fmt.Sprintf("%s of %s cannot be written anywhere: %v. Nothing was written.", at.Path, f.At(), err)})
		}
		return nil
	}
	for i := range at.Below {
		c, err := f.fetchTracked(ctx, &at.Below[i], "", r, hold)
		if err != nil {
			return c, err
		}
		if err := put(at.Below[i].Path, c); err != nil {
			return c, err
		}
	}
	for n, name := range at.Plain {
		if err := ctx.Err(); err != nil {
			return digest.Content{}, err
		}
		info, err := f.View.Stat(name)
		var bad *fs.BadPath
		if err == nil && !info.IsRegular() || errors.As(err, &bad) || isNotExist(err) {
			continue // a link to a directory, or to nowhere
		}
		c, err := f.takeFile(name)
		if err != nil {
			return c, err
		}
		if err := put(name, c); err != nil {
			return c, err
		}
		r.progress(f.Name, int64(n), -1)
	}
	return g.Keep(f.p.store)
}

// lfsPointer is how a file begins that Git has in place of another.
const lfsPointer = "version https://git-lfs.github.com/spec/"

// takeFile takes a file that Git has, or that lies there.
func (f *stranger) takeFile(name string) (digest.Content, error) {
	var none digest.Content
	info, err := f.View.Stat(name)
	if err != nil {
		return none, f.unreadable(name, err)
	}
	b, err := f.View.ReadFile(name)
	if err != nil {
		return none, f.unreadable(name, err)
	}
	if strings.HasPrefix(string(b[:min(len(b), 200)]), lfsPointer) && !f.AsItLies() {
		return none, failure(diag.Diagnostic{Code: "E-import-bytes", Detail: fmt.Sprintf("%s of %s is kept by Git LFS: Git has only a pointer to its bytes. Clone the project, run `git lfs pull` there, and name its directory as the project, without a revision.", name, f.At())})
	}
	d, err := f.p.store.Put(b)
	return digest.Content{Kind: digest.File, Digest: d, Exec: info.Exec()}, err
}

func (f *stranger) unreadable(name string, err error) error {
	return failure(diag.Diagnostic{Code: "E-import-bytes", Detail: fmt.Sprintf("Reading %s of %s: %v.", name, f.At(), unwrapped(err))})
}

// asItLies takes what is at a path of a directory of this machine; false if nothing is there, or
// something that only its project can make sense of: links into its cache.
func (f *stranger) asItLies(ctx context.Context, name string) (digest.Content, bool, error) {
	var none digest.Content
	rel, err := fs.CleanProjectPath(".", strings.TrimSuffix(name, "/"))
	if err != nil || rel == "." {
		return none, false, nil // find says so
	}
	if info, err := f.View.Lstat(rel); err != nil || !info.IsRegular() && !info.IsDir() {
		return none, false, nil
	}
	scan := &fs.Scanner{FS: f.p.host.FS, Root: f.root, Ignore: fs.NewIgnore(f.View.ReadFile), Workers: f.p.host.CPUs, Take: snapshot{f.p.store}}
	now, err := scan.Scan(ctx, rel)
	var links *fs.TreeError
	if errors.As(err, &links) {
		if _, ferr := f.Find(ctx, rel); ferr == nil {
			return none, false, nil
		}
	}
	if err != nil {
		return none, false, f.unreadable(rel, err)
	}
	return now.Content, now.Content.Kind != digest.None, nil
}

// nowhere says that bytes can be had nowhere, and what was tried.
func (f *stranger) nowhere(name string, tried, problems, bad []string, push string) error {
	code := "E-import-bytes"
	d := fmt.Sprintf("%s says what %s is, and its bytes can be had nowhere.", f.At(), name)
	if len(tried) == 0 {
		code = "E-import-remote"
		d += " There is no place to ask."
	} else {
		d += " Asked: " + strings.Join(tried, "; ") + "."
	}
	for _, p := range problems {
		d += " " + capitalized(strings.TrimRight(p, ".")) + "."
	}
	if len(bad) > 0 {
		d += fmt.Sprintf(" What %s gave was something else.", strings.Join(bad, ", "))
	}
	return failure(diag.Diagnostic{Code: code, Detail: d + fmt.Sprintf(" Whoever has them can bring them there: %s.", push)})
}

// plainText is what an error says, without the code.
func plainText(err error) string {
	var said *diag.Failure
	if !errors.As(err, &said) {
		return err.Error()
	}
	var texts []string
	for _, d := range said.List {
		if d.Severity == diag.Error {
			texts = append(texts, d.Detail)
		}
	}
	return strings.Join(texts, " ")
}

func addOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// contentsOf counts the files of a content of our store and their bytes.
func (p *Project) contentsOf(c digest.Content) (files, bytes int64, err error) {
	err = graph.EachFile(p.store.Dir, c, func(_ string, f digest.FileEntry) bool {
		files, bytes = files+1, bytes+f.Digest.Size
		return true
	})
	return files, bytes, err
}
