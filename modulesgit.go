package dewar

import (
	"context"
	"errors"
	"fmt"
	iofs "io/fs"
	"path"
	"path/filepath"
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

// bringModule writes a commit of another project to where it is kept, if it is not there.
func (p *Project) bringModule(m eval.GitModule) (string, error) {
	if !fullCommit(m.Rev) {
		return "", p.noCommit(m)
	}
	dir := path.Join(modulesDir, m.Rev)
	if exists(p.host.FS, p.hostPath(dir)) {
		return dir, nil
	}
	ctx := context.Background() // evaluation cannot be interrupted; git has its own timeouts
	f, err := p.openForeign(ctx, moduleRequest(p, m), fromClone)
	if err != nil {
		return "", moduleFailure(err, "project")
	}
	if f.commit.ID != m.Rev {
		return "", failure(diag.Diagnostic{Code: "E-module-git", Subject: "rev", Detail: fmt.Sprintf("%s is not a commit of %s.", m.Rev, f.Name)})
	}
	if err := p.host.FS.MkdirAll(p.path("modules"), 0o777); err != nil {
		return "", err
	}
	at := fs.TempName(p.path("modules"))
	if err := p.writeModule(f.View, ".", at); err != nil {
		return "", errors.Join(fmt.Errorf("write the module from %s: %w", f.Name, err), p.host.FS.RemoveAll(at))
	}
	if err := p.host.FS.Rename(at, p.hostPath(dir)); err != nil && !exists(p.host.FS, p.hostPath(dir)) {
		return "", err
	}
	return dir, nil
}

func moduleRequest(p *Project, m eval.GitModule) ImportRequest {
	return ImportRequest{Import: graph.Import{Project: m.Project, Rev: m.Rev}, Base: p.Root}
}

// fullCommit reports whether rev names a commit for all time.
func fullCommit(rev string) bool {
	return (len(rev) == 40 || len(rev) == 64) && strings.Trim(rev, "0123456789abcdef") == ""
}

// noCommit says which commit is meant by a name that may mean another one tomorrow.
func (p *Project) noCommit(m eval.GitModule) error {
	detail := fmt.Sprintf("%q is not a full commit, and what a branch or a tag means changes.", m.Rev)
	f, err := p.openForeign(context.Background(), moduleRequest(p, m), asOfNow)
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

// writeModule writes a directory of a commit. Links become what they lead to: nothing in a
// stranger's project decides about paths here.
func (p *Project) writeModule(from fs.View, dir, to string) error {
	if err := p.host.FS.MkdirAll(to, 0o777); err != nil {
		return err
	}
	entries, err := from.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name, at := path.Join(dir, e.Name), filepath.Join(to, e.Name)
		if fs.Reserved(e.Name) != "" {
			continue
		}
		if err := p.writeModuleEntry(from, e, name, at); err != nil {
			return err
		}
	}
	return nil
}

func (p *Project) writeModuleEntry(from fs.View, e fs.Entry, name, at string) error {
	if e.Type.IsDir() {
		return p.writeModule(from, name, at)
	}
	info, err := from.Stat(name)
	switch {
	case err != nil && e.Type&iofs.ModeSymlink != 0:
		return nil // it leads nowhere, or out
	case err != nil:
		return err
	case info.IsDir():
		return nil // a link to a directory could lead to one around itself
	}
	b, err := from.ReadFile(name)
	if err != nil {
		return err
	}
	mode := iofs.FileMode(0o444)
	if info.Exec() {
		mode = 0o555
	}
	return fs.WriteFileIn(p.host.FS, filepath.Dir(at), at, b, mode)
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
	return name == modulesDir || strings.HasPrefix(name, modulesDir+"/")
}
