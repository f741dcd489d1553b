package dewar

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/foreign"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/store/checkout"
	"github.com/dewar-build/dewar/store/remote"
)

// fetchImport brings what a request names into our store, as it will lie at a path of our project.
func (p *Project) fetchImport(ctx context.Context, r ImportRequest, at string, how freshness, hold *remote.Hold) (digest.Content, *stranger, error) {
	f, err := p.openForeign(ctx, r, how)
	if err != nil {
		return digest.Content{}, f, err
	}
	c, err := f.fetch(ctx, r, hold)
	if err != nil {
		return c, f, err
	}
	c, err = foreign.Settle(p.store, p.view.ReadFile, at, c)
	var said *diag.Failure
	if err != nil && !errors.As(err, &said) {
		err = failure(diag.Diagnostic{Code: "E-import-hostile", Detail: fmt.Sprintf("%s of %s is not taken: %v.", r.Path, f.At(), err)})
	}
	return c, f, err
}

// importNew brings data of another project and puts it in its place, which is free.
func (a *adder) importNew(ctx context.Context, block *lang.NewData, d NewData, rel string) (digest.Content, error) {
	var none digest.Content
	hold := remote.NewHold(a.p.store)
	defer hold.Release()
	r := ImportRequest{Import: d.From, Base: a.p.hostPath(a.dir), Progress: a.progress}
	c, _, err := a.p.fetchImport(ctx, r, rel, asOfNow, hold)
	if err != nil {
		return none, err
	}
	block.From = importEntries(d.From)
	if c.Kind == digest.Directory {
		block.Path += "/"
	}
	rep := &CheckoutReport{}
	return c, a.p.checkoutItems(ctx, []checkout.Item{{Path: rel, Content: c}}, fs.NewIgnore(a.p.view.ReadFile), rep)
}

// importEntries is what a block says of where data comes from.
func importEntries(i graph.Import) []lang.Entry {
	list := []lang.Entry{{Name: "project", Text: i.Project}, {Name: "path", Text: strings.TrimSuffix(i.Path, "/")}}
	if i.Rev != "" {
		list = append(list, lang.Entry{Name: "rev", Text: i.Rev})
	}
	return list
}

// importOf is what the block of data asks of another project. A directory is relative to the
// pipeline that declares the data, which may be that of a module.
func (p *Project) importOf(ev *Evaluation, d graph.Data, progress func(string, int64, int64)) ImportRequest {
	return ImportRequest{Import: d.From, Base: p.hostPath(path.Dir(d.Span.File)), Progress: func(_ string, done, total int64) {
		if progress != nil {
			progress("data."+d.Name, done, total)
		}
	}}
}

// bringImport brings an import that is missing here: what the lock says, and nothing else. Without a line in
// the lock nothing is brought, for nobody has said that this is the version that is wanted.
func (p *Project) bringImport(ctx context.Context, ev *Evaluation, d graph.Data, want digest.Content, o BringOptions, hold *remote.Hold) (string, error) {
	if want.Kind == digest.None {
		return "", nil
	}
	r := p.importOf(ev, d, o.Progress)
	for _, how := range []freshness{fromClone, asOfNow} {
		c, f, err := p.fetchImport(ctx, r, d.Path, how, hold)
		if err == nil && c == want {
			return f.Name, nil
		}
		if how == fromClone && ctx.Err() == nil {
			continue
		}
		if f != nil && f.View != nil && f.formerly(ctx, want, r, d.Path, hold) {
			return f.Name, nil
		}
		if err != nil {
			return "", err
		}
		return "", failure(diag.Diagnostic{
			Code: "E-import-changed", Span: d.Span,
			Detail: fmt.Sprintf("data.%s is to be what the lock says, and %s has something else at %s now; what it had then is neither in the cache nor to be had there. Take what it is now: dewar data update %s", d.Name, f.At(), d.From.Path, d.Name),
		})
	}
	return "", nil
}

// UpdatedImport is data of another project that was looked for again.
type UpdatedImport struct {
	Name, Path string
	From       string // the project
	Commit     string // at which it is; "" is as it lies
	Old, New   digest.Content
	Files      int64
	Bytes      int64
	Written    int    // files that had to be written
	Kept       []Kept // what was in the way
}

// Changed reports whether it is another version now.
func (u *UpdatedImport) Changed() bool { return u.Old != u.New }

// UpdateImports looks again for data of other projects, that of the names or all, and brings it as it is
// there now. What the store knows is replaced; what it does not is kept aside.
func (p *Project) UpdateImports(ctx context.Context, ev *Evaluation, names []string, progress func(string, int64, int64)) ([]UpdatedImport, error) {
	blocks, l, err := p.lockedData(ev, names)
	if err != nil {
		return nil, err
	}
	hold := remote.NewHold(p.store)
	defer hold.Release()
	var out []UpdatedImport
	for _, d := range blocks {
		if d.From.Project == "" {
			continue
		}
		u := UpdatedImport{Name: d.Name, Path: d.Path}
		if known := l.DataOf(d.Name); known != nil && known.Path == d.Path {
			u.Old = known.Content
		}
		r := p.importOf(ev, d, progress)
		if root, _ := p.foreignRoot(r); root != "" && len(names) == 0 && u.Old.Kind == digest.None {
			return out, failure(diag.Diagnostic{Code: "E-import-local", Span: d.Span, Detail: fmt.Sprintf("data.%s is of the directory %s of this machine, and what says so may be somebody else's. If it is to be read: dewar data update %s", d.Name, root, d.Name)})
		}
		if err := p.updateImport(ctx, ev, r, &u, hold); err != nil {
			return out, err
		}
		out = append(out, u)
	}
	return out, nil
}

func (p *Project) updateImport(ctx context.Context, ev *Evaluation, r ImportRequest, u *UpdatedImport, hold *remote.Hold) error {
	c, f, err := p.fetchImport(ctx, r, u.Path, asOfNow, hold)
	if err != nil {
		return err
	}
	u.New, u.From, u.Commit = c, f.Name, f.commit.ID
	if u.Files, u.Bytes, err = p.contentsOf(c); err != nil {
		return err
	}
	rep := &CheckoutReport{}
	if err := p.checkoutItems(ctx, []checkout.Item{{Path: u.Path, Content: c, Known: u.Old}}, fs.NewIgnore(p.view.ReadFile), rep); err != nil {
		return err
	}
	u.Written, u.Kept = rep.Written, rep.Kept
	return p.lockData(ev.Dir, lock.Data{Name: u.Name, Path: u.Path, Content: c})
}

// GotData is data of another project that was brought without tracking it.
type GotData struct {
	Path    string // native
	Content digest.Content
	Files   int64
	Bytes   int64
	From    string
	Commit  string
}

// GetData brings data of another project to a native path, where nothing is.
func (p *Project) GetData(ctx context.Context, r ImportRequest, out string) (*GotData, error) {
	if exists(p.host.FS, out) {
		return nil, failure(diag.Diagnostic{Code: "E-data-add", Detail: fmt.Sprintf("There is something at %s already, and nothing is written over it. Give another place with --out, or move it away.", out)})
	}
	f, err := p.openForeign(ctx, r, asOfNow)
	if err != nil {
		return nil, err
	}
	hold := remote.NewHold(p.store)
	defer hold.Release()
	c, err := f.fetch(ctx, r, hold)
	if err != nil {
		return nil, err
	}
	if err := foreign.LinksInside(p.store.Dir, c); err != nil {
		return nil, failure(diag.Diagnostic{Code: "E-import-hostile", Detail: fmt.Sprintf("%s of %s is not taken: %v.", r.Path, f.At(), err)})
	}
	dir, name := filepath.Split(out)
	if err := p.host.FS.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	_, err = checkout.Checkout(ctx,
		checkout.Plan{Root: filepath.Clean(dir), Kept: p.path("kept"), Items: []checkout.Item{{Path: name, Content: c, Private: true}}},
		checkout.Deps{FS: p.host.FS, Store: p.store, Now: p.host.Now, Workers: p.host.CPUs})
	if err != nil {
		return nil, failure(diag.Diagnostic{Code: "E-checkout", Detail: fmt.Sprintf("Writing %s: %v.", out, err)})
	}
	g := &GotData{Path: out, Content: c, From: f.Name, Commit: f.commit.ID}
	g.Files, g.Bytes, err = p.contentsOf(c)
	return g, err
}
