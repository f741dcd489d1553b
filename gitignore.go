package dewar

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

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

// ignorePatterns returns one pattern for each output of each stage, in the
// order of the stages.
func ignorePatterns(g *graph.Graph) []string {
	var out []string
	seen := map[string]bool{}
	for _, st := range g.Stages {
		paths := map[string][]string{}
		var order []string
		for id := st.First; id < st.First+st.N; id++ {
			for _, o := range g.Instances[id].Outputs {
				if o.NoCache || o.NoCheckout {
					continue
				}
				name := string(o.Group) + "." + o.Name
				if paths[name] == nil {
					order = append(order, name)
				}
				paths[name] = append(paths[name], relTo(g.Dir, o.Path))
			}
		}
		for _, name := range order {
			if pat := ignorePattern(paths[name]); pat != "" && !seen[pat] {
				seen[pat] = true
				out = append(out, pat)
			}
		}
	}
	return out
}

// ignorePattern returns one pattern for the paths of one output of all
// instances: what they have in common, with a star where they differ. Paths
// outside the pipeline's directory have none.
func ignorePattern(paths []string) string {
	first := paths[0]
	if strings.HasPrefix(first, "../") {
		return ""
	}
	if len(paths) == 1 {
		return "/" + escapeIgnore(first)
	}
	prefix, suffix := first, first
	for _, p := range paths[1:] {
		prefix = commonPrefix(prefix, p)
		suffix = commonSuffix(suffix, p)
	}
	prefix = prefix[:strings.LastIndexByte(prefix, '/')+1] // whole directories: stable when points come and go
	suffix = path.Ext("x" + suffix)
	if tail := strings.LastIndexByte(first, '/'); prefix == "" && tail > 0 || strings.Count(first, "/") != strings.Count(prefix, "/") {
		return "/" + escapeIgnore(prefix) + "**/*" + escapeIgnore(suffix)
	}
	return "/" + escapeIgnore(prefix) + "*" + escapeIgnore(suffix)
}

func commonPrefix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:n]
}

func commonSuffix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return a[len(a)-n:]
}

var ignoreEscaper = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// escapeIgnore spells a path literally. A newline cannot be; nothing matches it then.
func escapeIgnore(p string) string { return ignoreEscaper.Replace(p) }
