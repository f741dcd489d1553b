package dewar

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/foreign"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

// What is kept of a commit is executed long after it was brought, and in between anybody may
// have written there. So what it was is kept beside it: the digest of its directory, which is
// compared at each use (the stat index makes that cheap), the projects that were seen to have
// the commit, and a list of its files, for who has to be told what is different.

// moduleRecord is what was brought of a commit.
type moduleRecord struct {
	Rev      string        `json:"rev"`
	Tree     digest.Digest `json:"tree"`
	Projects []string      `json:"projects"` // digests of their addresses, which may hold a password; sorted
}

func moduleRecordPath(root, rev string) string {
	return filepath.Join(root, filepath.FromSlash(modulesDir), rev+".json")
}

// readModuleRecord returns what is known of a commit; nil if there is nothing that can be read.
func readModuleRecord(fsys fs.FS, root, rev string) *moduleRecord {
	b, err := fs.ReadFile(fsys, moduleRecordPath(root, rev))
	var rec moduleRecord
	if err != nil || json.Unmarshal(b, &rec) != nil || rec.Rev != rev {
		return nil
	}
	return &rec
}

func (r *moduleRecord) write(p *Project) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return p.writeFile(moduleRecordPath(p.Root, r.Rev), append(b, '\n'))
}

// moduleProject names a project in a record. A directory stays the same one if the project
// and what lies around it are moved together.
func moduleProject(m eval.GitModule) string {
	name := m.Project
	if !foreign.IsAddress(name) && !filepath.IsAbs(filepath.FromSlash(name)) {
		name = path.Join(m.Base, name)
	}
	return digest.Of([]byte(name)).Hex()
}

// has reports whether a project was seen to have the commit.
func (r *moduleRecord) has(m eval.GitModule) bool {
	_, ok := slices.BinarySearch(r.Projects, moduleProject(m))
	return ok
}

// add writes down that a project has the commit.
func (r *moduleRecord) add(p *Project, m eval.GitModule) error {
	name := moduleProject(m)
	i, ok := slices.BinarySearch(r.Projects, name)
	if ok {
		return nil
	}
	r.Projects = slices.Insert(r.Projects, i, name)
	return r.write(p)
}

// recordModule says what lies in a directory, which is to be that of a commit, and writes the list of its files.
func (p *Project) recordModule(at, rev string) (*moduleRecord, error) {
	c, list, err := p.moduleFiles(&fs.Scanner{FS: p.host.FS, Root: filepath.Dir(at), Workers: p.host.CPUs}, filepath.Base(at))
	if err != nil {
		return nil, err
	}
	return &moduleRecord{Rev: rev, Tree: c.Digest}, p.writeFile(p.path("modules", rev+".files"), list)
}

// moduleFiles returns what a directory is, and its files, one a line.
func (p *Project) moduleFiles(scan *fs.Scanner, dir string) (digest.Content, []byte, error) {
	dirs := &directories{}
	scan.Take = hashOnly{p.host.FS, dirs}
	c, err := scan.Content(context.Background(), dir)
	if err != nil || c.Kind != digest.Directory {
		return c, nil, err
	}
	get := func(d digest.Digest) (digest.Dir, error) {
		b, _ := dirs.get(d)
		return digest.DecodeDir(b)
	}
	var b bytes.Buffer
	err = graph.EachFile(get, c, func(name string, f digest.FileEntry) bool {
		fmt.Fprintf(&b, "%s %t %s\n", f.Digest, f.Exec, name)
		return true
	})
	return c, b.Bytes(), err
}

// moduleHolds checks that what is kept of a commit is what was brought.
func (p *Project) moduleHolds(rec *moduleRecord) error {
	scan := everything(p.hasher(&directories{}))
	scan.Links = nil
	dir := path.Join(modulesDir, rec.Rev)
	c, err := scan.Content(context.Background(), dir)
	if err == nil && c.Kind == digest.Directory && c.Digest == rec.Tree {
		if p.olderThan(moduleRecordPath(p.Root, rec.Rev), 24*time.Hour) {
			_ = rec.write(p) // a collection asks when it was last used
		}
		return nil
	}
	found := "it cannot be read"
	if err == nil {
		found = p.moduleDifference(rec, scan, dir)
	}
	return failure(diag.Diagnostic{
		Code: "E-module-changed", Subject: "rev",
		Detail: fmt.Sprintf("What was brought of commit %s is not what it was: %s. A pipeline from Git is what its commit says. Remove %s, and it is brought again; what you want to be different is changed in that project, and its new commit is the rev.", shortRev(rec.Rev), found, dir),
	})
}

// moduleDifference says which file is not what it was.
func (p *Project) moduleDifference(rec *moduleRecord, scan *fs.Scanner, dir string) string {
	was, err := fs.ReadFile(p.host.FS, p.path("modules", rec.Rev+".files"))
	_, now, err2 := p.moduleFiles(scan, dir)
	if err != nil || err2 != nil {
		return "its files are others"
	}
	old, found := map[string]string{}, []string{}
	for line := range strings.Lines(string(was)) {
		old[listedName(line)] = line
	}
	for line := range strings.Lines(string(now)) {
		name := listedName(line)
		switch before, known := old[name]; {
		case !known:
			found = append(found, name+" is new")
		case before != line:
			found = append(found, name+" is different")
		}
		delete(old, name)
	}
	for name := range old {
		found = append(found, name+" is gone")
	}
	slices.Sort(found)
	if len(found) == 0 {
		return "its directories are others"
	}
	if len(found) > 3 {
		found = append(found[:2], fmt.Sprintf("so with %d more files", len(found)-2))
	}
	return strings.Join(found, ", ")
}

// listedName is the name in a line of moduleFiles.
func listedName(line string) string {
	parts := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 3)
	return parts[len(parts)-1]
}

func shortRev(rev string) string { return rev[:min(len(rev), 7)] }
