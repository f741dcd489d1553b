package dewar

import (
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/dewar-build/dewar/store"
)

// join joins project-relative paths; "." is the project.
func join(dir, name string) string { return path.Join(dir, name) }

// hostJoin joins a directory of this machine and a slash path.
func hostJoin(dir, rel string) string { return filepath.Join(dir, filepath.FromSlash(rel)) }

// relTo spells the project path p as seen from the project directory dir.
func relTo(dir, p string) string {
	if dir == "." {
		return p
	}
	from, to := strings.Split(dir, "/"), strings.Split(p, "/")
	for len(from) > 0 && len(to) > 1 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	return strings.Repeat("../", len(from)) + strings.Join(to, "/")
}

func sortOutputs(outs []store.Output) {
	sort.Slice(outs, func(i, j int) bool { return outs[i].At < outs[j].At })
}
