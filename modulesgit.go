package dewar

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

// Modules from Git. The commit that a module block names is written to .dewar/modules once,
// as a check-out of it would be, and is read there from then on: evaluation needs no network,
// and what a pipeline means does not depend on what somebody pushes.

// modulesDir is where the projects of modules are kept, by commit.
const modulesDir = Dir + "/modules"

// modules returns eval's way to have a commit of another project. Each is asked for once,
// however many evaluations want it.
func (p *Project) modules() func(eval.GitModule) (string, error) {
	var mu sync.Mutex
	type answer struct {
		dir string
		err error
	}
	known := map[eval.GitModule]answer{}
	return func(m eval.GitModule) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		a, ok := known[m]
		if !ok {
			a.dir, a.err = p.bringModule(m)
			known[m] = a
		}
		return a.dir, a.err
	}
}

// usedModules remembers which commits an evaluation asked for.
type usedModules struct{ list []eval.GitModule }

func (u *usedModules) by(have func(eval.GitModule) (string, error)) func(eval.GitModule) (string, error) {
	return func(m eval.GitModule) (string, error) {
		if !slices.Contains(u.list, m) {
			u.list = append(u.list, m)
		}
		return have(m)
	}
}

// bringModule writes a commit of another project to where it is kept, if it is not there.
func (p *Project) bringModule(m eval.GitModule) (string, error) {
	if !fullCommit(m.Rev) {
		return "", p.noCommit(m)
	}
	dir := path.Join(modulesDir, m.Rev)
	rec := readModuleRecord(p.host.FS, p.Root, m.Rev)
	if rec != nil && exists(p.host.FS, p.hostPath(dir)) {
		if err := p.moduleHolds(rec); err != nil {
			return "", err
		}
		if rec.has(m) {
			return dir, nil
		}
	} else {
		rec = nil
	}
	f, err := p.openModule(m, fromClone)
	if err != nil {
		return "", moduleFailure(err, "project")
	}
	if f.commit.ID != m.Rev {
		return "", failure(diag.Diagnostic{Code: "E-module-git", Subject: "rev", Detail: fmt.Sprintf("%s is not a commit of %s.", m.Rev, f.Name)})
	}
	if rec == nil {
		if rec, err = p.keepModule(f.View, m.Rev); err != nil {
			return "", fmt.Errorf("write the module from %s: %w", f.Name, err)
		}
	}
	return dir, rec.add(p, m)
}

// keepModule writes a commit, and what it is, unless another process has done so meanwhile.
func (p *Project) keepModule(v fs.View, rev string) (*moduleRecord, error) {
	if err := p.host.FS.MkdirAll(p.path("modules"), 0o777); err != nil {
		return nil, err
	}
	unlock, err := p.host.FS.Lock(p.path("modules", "lock"), true, true)
	if err != nil {
		return nil, err
	}
	defer func() { _ = unlock() }()
	dir := p.path("modules", rev)
	if rec := readModuleRecord(p.host.FS, p.Root, rev); rec != nil && exists(p.host.FS, dir) {
		return rec, p.moduleHolds(rec)
	}
	at := fs.TempName(p.path("modules"))
	defer func() { _ = p.host.FS.RemoveAll(at) }() // it is gone if all went well
	w := moduleWriter{fsys: p.host.FS, from: v}
	if err := w.dir(".", at); err != nil {
		return nil, err
	}
	rec, err := p.recordModule(at, rev)
	if err != nil {
		return nil, err
	}
	if err := p.host.FS.RemoveAll(dir); err != nil { // what lies there has no record
		return nil, err
	}
	if err := rec.write(p); err != nil {
		return nil, err
	}
	return rec, p.host.FS.Rename(at, dir)
}

// openModule opens the project of a module. A directory is relative to the pipeline that names it.
func (p *Project) openModule(m eval.GitModule, how freshness) (*stranger, error) {
	ctx := context.Background() // evaluation cannot be interrupted; git has its own timeouts
	r := ImportRequest{Import: graph.Import{Project: m.Project, Rev: m.Rev}, Base: p.hostPath(m.Base)}
	return p.openForeign(ctx, r, how)
}

// fullCommit reports whether rev names a commit for all time.
func fullCommit(rev string) bool {
	return (len(rev) == 40 || len(rev) == 64) && strings.Trim(rev, "0123456789abcdef") == ""
}

// noCommit says which commit is meant by a name that may mean another one tomorrow.
func (p *Project) noCommit(m eval.GitModule) error {
	detail := fmt.Sprintf("%q is not a full commit, and what a branch or a tag means changes.", m.Rev)
	f, err := p.openModule(m, asOfNow)
	if err != nil {
		return failure(diag.Diagnostic{Code: "E-module-git", Subject: "rev", Detail: detail + " Which commit it is now cannot be found out: " + why(err)})
	}
	return failure(diag.Diagnostic{Code: "E-module-git", Subject: "rev", Detail: detail + fmt.Sprintf(" Now it is %s: write rev = %q.", f.commit.ID, f.commit.ID)})
}

// moduleFailure makes what was found about another project be about the attribute of a source.
func moduleFailure(err error, attr string) error {
	var failed *diag.Failure
	if !errors.As(err, &failed) {
		return err
	}
	out := &diag.Failure{}
	for _, d := range failed.List {
		if d.Code == "E-import-rev" {
			attr = "rev"
			// Data is taken from such a directory as it lies. A pipeline of another project is not.
			d.Detail = strings.Replace(d.Detail, readWithoutRev, " Only a pipeline of this project, source = \"DIRECTORY\", needs none.", 1)
		}
		out.List = append(out.List, diag.Diagnostic{Code: "E-module-git", Subject: attr, Detail: d.Detail})
	}
	return out
}

// why is what was found, in a sentence.
func why(err error) string {
	var failed *diag.Failure
	if errors.As(err, &failed) && len(failed.List) > 0 {
		return failed.List[0].Detail
	}
	return err.Error() + "."
}

// modulesView is a commit of this project with the projects of modules that are kept in it.
type modulesView struct {
	eval.Reader
	kept fs.View
}

func (v modulesView) of(name string) eval.Reader {
	if inModules(name) {
		return v.kept
	}
	return v.Reader
}

// ReadFile implements eval.Reader.
func (v modulesView) ReadFile(name string) ([]byte, error) { return v.of(name).ReadFile(name) }

// ReadDir implements eval.Reader.
func (v modulesView) ReadDir(name string) ([]fs.Entry, error) { return v.of(name).ReadDir(name) }

// Lstat implements eval.Reader.
func (v modulesView) Lstat(name string) (fs.Info, error) { return v.of(name).Lstat(name) }

// inModules reports whether a path is of a project that is kept for modules.
func inModules(name string) bool {
	return inside(modulesDir, name)
}
