package dewar

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/dewar-build/dewar/fs"
)

// Commits of other projects are kept for the pipelines of the workspace that name them, and for
// those that these use in turn. Who goes to another branch for an hour must not lose them, so
// what nobody names any more stays while it is young. It can be brought again.

// unusedModules returns what goes of .dewar/modules: commits that no pipeline names, and what
// processes left that were killed while they brought one.
func (p *Project) unusedModules() (gone, commits []string) {
	dir, commits := p.path("modules"), []string{}
	entries, err := p.host.FS.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		return nil, commits
	}
	named := p.namedCommits(entries)
	for _, e := range entries {
		name := filepath.Join(dir, e.Name)
		rev := strings.TrimSuffix(strings.TrimSuffix(e.Name, ".json"), ".files")
		switch {
		case strings.HasPrefix(e.Name, ".tmp-") && p.olderThan(name, abandoned):
			gone = append(gone, name)
		case fullCommit(rev) && !named[rev] && p.olderThan(filepath.Join(dir, rev+".json"), staleFor):
			gone = append(gone, name)
			if rev == e.Name {
				commits = append(commits, rev)
			}
		}
	}
	return gone, commits
}

// olderThan reports whether nothing has changed a file for so long, or it is not there.
func (p *Project) olderThan(name string, age time.Duration) bool {
	info, err := p.host.FS.Lstat(name)
	return isNotExist(err) || err == nil && max(info.MTime, info.CTime) < p.host.Now().Add(-age).UnixNano()
}

// namedCommits are the commits that stand in the text of pipelines of the workspace, or of
// commits that these name.
func (p *Project) namedCommits(entries []fs.Entry) map[string]bool {
	unnamed := map[string]bool{}
	for _, e := range entries {
		if fullCommit(e.Name) {
			unnamed[e.Name] = true
		}
	}
	named := map[string]bool{}
	var next []string
	look := func(text string) {
		for rev := range unnamed {
			if strings.Contains(text, rev) {
				delete(unnamed, rev)
				named[rev] = true
				next = append(next, rev)
			}
		}
	}
	p.eachPipeline("", look)
	for len(next) > 0 {
		rev := next[0]
		next = next[1:]
		p.eachPipeline(join(modulesDir, rev), look)
	}
	return named
}

// eachPipeline calls each with the text of every pipeline below a directory.
func (p *Project) eachPipeline(dir string, each func(text string)) {
	entries, err := p.host.FS.ReadDir(p.hostPath(dir))
	if err != nil {
		return
	}
	for _, e := range entries {
		at := join(dir, e.Name)
		switch {
		case e.Type.IsDir() && fs.Reserved(e.Name) == "":
			p.eachPipeline(at, each)
		case filepath.Ext(e.Name) == ".hcl":
			if b, err := fs.ReadFile(p.host.FS, p.hostPath(at)); err == nil {
				each(string(b))
			}
		}
	}
}
