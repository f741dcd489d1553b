package dewar

import (
	"context"
	"fmt"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/store/remote"
)

// A pipeline may read tracked data as it is evaluated: file(data.labels). Where that is missing there is no
// graph, and so no block of data that could be brought. The lock knows it nevertheless.

// BringRead brings the data that a failed evaluation has looked for and that is missing, as the lock has it. If it
// brought some, the pipeline is worth another evaluation.
func (p *Project) BringRead(ctx context.Context, ev *Evaluation, o BringOptions) ([]Brought, error) {
	list, l := p.unread(ev)
	if len(list) == 0 {
		return nil, nil
	}
	hold := remote.NewHold(p.store)
	defer hold.Release()
	var out []Brought
	for _, d := range list {
		b, err := p.bring(ctx, ev, l, graph.Data{Name: d.Name, Path: d.Path}, o, hold)
		if err != nil {
			return out, err
		}
		if b != nil {
			out = append(out, *b)
		}
	}
	return out, p.index.Save()
}

// UnreadData says what can be done about the data that a failed evaluation has looked for.
func (p *Project) UnreadData(ev *Evaluation) diag.List {
	var out diag.List
	list, _ := p.unread(ev)
	for _, d := range list {
		how := fmt.Sprintf("`dewar pull data.%s` brings it from a remote", d.Name)
		if p.store.HasAll(d.Content) {
			how = "the cache has it: `dewar checkout` brings it back"
		}
		out = append(out, diag.Diagnostic{Code: "E-input-missing", Subject: "data." + d.Name,
			Detail: fmt.Sprintf("The pipeline reads %s, which is not there. The lock knows it, and %s.", d.Path, how)})
	}
	return out
}

func (p *Project) unread(ev *Evaluation) ([]lock.Data, *lock.Lock) {
	l, diags := p.readLock(ev.Dir)
	if diags.HasErrors() {
		return nil, nil
	}
	var out []lock.Data
	for _, d := range l.Data {
		if !isExternal(d.Path) && !inModules(d.Path) && missed(&ev.trace, d.Path) && !exists(p.host.FS, p.hostPath(d.Path)) {
			out = append(out, d)
		}
	}
	return out, l
}

// missed reports whether a path, or one inside it, was looked for and not there.
func missed(t *fs.Trace, path string) bool {
	for _, x := range t.Files {
		if x.Digest == nil && inside(path, x.Path) {
			return true
		}
	}
	for _, x := range t.Stats {
		if !x.Found && inside(path, x.Path) {
			return true
		}
	}
	return notThere(t.Dirs, path)
}

// inside reports whether p is dir or lies in it.
func inside(dir, p string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }
