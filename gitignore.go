package dewar

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/store/checkout"
)

// updateGitignore lists the cached outputs of g in the managed section of the
// .gitignore beside its pipeline.hcl, one pattern an output of a stage, and the
// tracked data that it lists already or that is among added: not all data is, for
// Git may have it as well. Without Git around the project there is nothing to do.
func (p *Project) updateGitignore(g *graph.Graph, added ...string) error {
	if !p.inGit() {
		return nil
	}
	name := p.hostPath(join(g.Dir, ".gitignore"))
	was, err := fs.ReadFile(p.host.FS, name)
	if err != nil && !isNotExist(err) {
		return fmt.Errorf("update .gitignore: %w", err)
	}
	now := checkout.Gitignore(was, append(ignorePatterns(g), dataPatterns(g, append(checkout.Ignored(was), added...))...))
	if string(now) == string(was) {
		return nil
	}
	if err := p.writeFile(name, now); err != nil {
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

// ignoredNow returns the patterns of the managed section as it is.
func (p *Project) ignoredNow(dir string) []string {
	b, err := fs.ReadFile(p.host.FS, p.hostPath(join(dir, ".gitignore")))
	if err != nil {
		return nil
	}
	return checkout.Ignored(b)
}

// dataPatterns returns the patterns of g's data that are in listed.
func dataPatterns(g *graph.Graph, listed []string) []string {
	var out []string
	for _, d := range g.Data {
		if pat := dataPattern(g.Dir, d); pat != "" && slices.Contains(listed, pat) {
			out = append(out, pat)
		}
	}
	return out
}

// dataPattern is the pattern of .gitignore for tracked data; "" for what no .gitignore of ours is about.
func dataPattern(dir string, d graph.Data) string {
	rel := relTo(dir, d.Path)
	if d.Host != "" || rel == "." || strings.HasPrefix(rel, "../") {
		return ""
	}
	o := stageOutput{dir: d.Dir, paths: [][]string{strings.Split(rel, "/")}}
	return o.patterns()[0]
}
