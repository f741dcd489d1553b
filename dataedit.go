package dewar

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/dewar-build/dewar/lock"
)

// RemoveData stops tracking data: its block and its line of the lock go. The files stay where they are, and
// Git sees them again.
func (p *Project) RemoveData(ev *Evaluation, name string) (graph.Data, error) {
	d := dataNamed(ev.Graph, name)
	if d == nil {
		return graph.Data{}, failure(unknownData(ev.Graph, name))
	}
	if !ours(ev.Graph, d) {
		return *d, failure(dataOfModule(ev.Graph, d))
	}
	for i := range ev.Graph.Instances {
		x := &ev.Graph.Instances[i]
		for _, in := range x.Inputs {
			if in.Data == d.Name {
				return *d, failure(diag.Diagnostic{Code: "E-data-used", Span: in.Span, Subject: subject(x), Detail: fmt.Sprintf("%s reads data.%s. Take it out of the stage first, or write the path there as text.", x.Stage, d.Name)})
			}
		}
	}
	undo, err := p.editBlock(d, func(src []byte) ([]byte, error) { return lang.RemoveData(src, d.Name) })
	if err != nil {
		return *d, err
	}
	now, diags := p.Evaluate(EvalOptions{Dir: ev.Dir})
	if now.Graph == nil { // something else names it: what a stage has points for, say
		return *d, errors.Join(failure(stillNamed(d, diags)), undo())
	}
	_, err = lock.Update(p.host.FS, p.lockPath(ev.Dir), p.path("lock"), func(l *lock.Lock) {
		l.KeepData(func(name string) bool { return name != d.Name })
	})
	if err != nil {
		return *d, lockUnwritable(err)
	}
	return *d, p.updateGitignore(now.Graph)
}

// stillNamed says what the pipeline without a block of data is reported to be. Its lines are not those of the
// file, which has the block again.
func stillNamed(d *graph.Data, without diag.List) diag.Diagnostic {
	return diag.Diagnostic{
		Code: "E-data-used", Span: d.Span,
		Detail: fmt.Sprintf("Without data.%s the pipeline cannot be evaluated: %s Take it out there first; nothing was changed.", d.Name, plainText(without.Err())),
	}
}

// MoveData moves tracked data to another place in the project, which is free; block, lock and .gitignore
// follow.
func (p *Project) MoveData(ctx context.Context, ev *Evaluation, name, to string) (graph.Data, error) {
	d := dataNamed(ev.Graph, name)
	if d == nil {
		return graph.Data{}, failure(unknownData(ev.Graph, name))
	}
	if !ours(ev.Graph, d) {
		return *d, failure(dataOfModule(ev.Graph, d))
	}
	if d.Host != "" {
		return *d, failure(diag.Diagnostic{Code: "E-data-external", Span: d.Span, Detail: fmt.Sprintf("data.%s lies outside of the project. `dewar data allow %s PATH` says where it lies on this machine.", d.Name, d.Name)})
	}
	if info, err := p.host.FS.Lstat(p.hostPath(to)); strings.HasSuffix(to, "/") || err == nil && info.IsDir() {
		to = join(to, d.Path[strings.LastIndex(d.Path, "/")+1:])
	}
	a := &adder{p: p, dir: ev.Dir, g: ev.Graph}
	rel, err := a.place(NewData{Path: to})
	if err != nil {
		return *d, err
	}
	if strings.HasPrefix(rel, d.Path+"/") {
		return *d, failure(diag.Diagnostic{Code: "E-data-add", Detail: fmt.Sprintf("%s lies in %s, and cannot be moved into itself.", rel, d.Path)})
	}
	if err := a.apart(rel, d.Name); err != nil {
		return *d, err
	}
	if exists(p.host.FS, p.hostPath(rel)) {
		return *d, failure(diag.Diagnostic{Code: "E-data-add", Detail: fmt.Sprintf("There is something at %s already, and nothing is moved over it.", rel)})
	}
	moved := *d
	moved.Path = rel
	if err := p.rename(d.Path, rel); err != nil {
		return *d, err
	}
	path := relTo(ev.Dir, rel)
	if d.Dir {
		path += "/"
	}
	if _, err := p.editBlock(d, func(src []byte) ([]byte, error) { return lang.SetData(src, d.Name, "path", lang.Quote(path)) }); err != nil {
		return *d, errors.Join(err, p.rename(rel, d.Path))
	}
	_, err = lock.Update(p.host.FS, p.lockPath(ev.Dir), p.path("lock"), func(l *lock.Lock) {
		if was := l.DataOf(d.Name); was != nil {
			l.PutData(lock.Data{Name: d.Name, Path: rel, Content: was.Content})
		}
	})
	if err != nil {
		return moved, lockUnwritable(err)
	}
	return moved, p.ignoreMoved(ev, d, &moved)
}

// ignoreMoved has Git ignore the new place if it ignored the old one.
func (p *Project) ignoreMoved(ev *Evaluation, d, moved *graph.Data) error {
	before := dataPatterns(ev.Graph, p.ignoredNow(ev.Dir))
	now, diags := p.Evaluate(EvalOptions{Dir: ev.Dir})
	if now.Graph == nil {
		return diags.Err()
	}
	for _, pat := range before {
		if pat == dataPattern(ev.Dir, *d) {
			return p.updateGitignore(now.Graph, dataPattern(ev.Dir, *moved))
		}
	}
	return p.updateGitignore(now.Graph)
}

// rename moves a path of the project, making the directory that it needs.
func (p *Project) rename(from, to string) error {
	if i := strings.LastIndex(to, "/"); i >= 0 {
		if err := p.host.FS.MkdirAll(p.hostPath(to[:i]), 0o777); err != nil {
			return err
		}
	}
	return p.host.FS.Rename(p.hostPath(from), p.hostPath(to))
}

// editBlock changes the file that a data block stands in; undo writes what it was.
func (p *Project) editBlock(d *graph.Data, edit func([]byte) ([]byte, error)) (undo func() error, err error) {
	src, err := p.view.ReadFile(d.Span.File)
	if err != nil {
		return nil, err
	}
	out, err := edit(src)
	if err != nil {
		return nil, err
	}
	at := p.hostPath(d.Span.File)
	return func() error { return p.rewriteFile(at, out, src) }, p.rewriteFile(at, src, out)
}
