package dewar

import (
	"fmt"
	"path/filepath"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/store/checkout"
)

// updateGitignore lists the cached outputs of g in the managed section of the
// .gitignore beside its pipeline.hcl, one pattern an output of a stage. Without
// Git around the project there is nothing to do.
func (p *Project) updateGitignore(g *graph.Graph) error {
	if !p.inGit() {
		return nil
	}
	name := p.hostPath(join(g.Dir, ".gitignore"))
	was, err := fs.ReadFile(p.host.FS, name)
	if err != nil && !isNotExist(err) {
		return fmt.Errorf("update .gitignore: %w", err)
	}
	now := checkout.Gitignore(was, ignorePatterns(g))
	if string(now) == string(was) {
		return nil
	}
	if err := fs.WriteFile(p.host.FS, name, now); err != nil {
		return fmt.Errorf("update .gitignore: %w", err)
	}
	return nil
}

// inGit reports whether the project lies in a Git work tree.
func (p *Project) inGit() bool {
	for at := p.Root; ; at = filepath.Dir(at) {
		if exists(p.host.FS, filepath.Join(at, ".git")) {
			return true
		}
		if filepath.Dir(at) == at {
			return false
		}
	}
}
