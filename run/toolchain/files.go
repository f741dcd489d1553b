package toolchain

import (
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/dewar-build/dewar/graph"
)

// files is the toolchain of named files of the host: its fingerprint is their
// names within their directory, their bytes and their executable bits.
func (h *Host) files(t graph.Toolchain) (found, error) {
	var f found
	var paths []string
	for _, pattern := range t.Files {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			return f, fmt.Errorf("%q is not a pattern: %w", pattern, err)
		}
		matches = slices.DeleteFunc(matches, func(p string) bool { // a pattern means the files among what it matches
			info, err := h.FS.Stat(p)
			return p != pattern && err == nil && info.IsDir()
		})
		if len(matches) == 0 {
			return f, fmt.Errorf("no file on this machine is called %s. Install what it belongs to, or correct the path", pattern)
		}
		paths = append(paths, matches...)
	}
	sort.Strings(paths)
	dirs := map[string]bool{}
	for _, p := range paths {
		info, err := h.FS.Stat(p)
		if err != nil {
			return f, err
		}
		if !info.IsRegular() {
			return f, fmt.Errorf("%s is not a regular file; `files` lists files, or patterns of files", p)
		}
		d, err := h.hash(p)
		if err != nil {
			return f, err
		}
		f.Binding.Details = append(f.Binding.Details, graph.Field{
			Label: "file " + filepath.Base(p), Value: fmt.Sprintf("%s exec=%t", d, info.Exec()),
		})
		f.Seen = append(f.Seen, h.look(p))
		if dir := filepath.Dir(p); info.Exec() && !dirs[dir] {
			dirs[dir] = true
			f.Binding.Path = append(f.Binding.Path, dir)
		}
	}
	dirs = map[string]bool{}
	for _, pattern := range t.Files {
		for _, dir := range decisive(pattern) {
			if !dirs[dir] {
				dirs[dir] = true
				f.Seen = append(f.Seen, h.look(dir))
			}
		}
	}
	f.Binding.Mounts = outermost(paths)
	f.Parts.Programs = f.Binding.Mounts // what is no program needs nothing
	return f, nil
}

// decisive returns the directories in which a new match of a pattern would show:
// all those that its directories match, up to the first without a star.
func decisive(pattern string) []string {
	var out []string
	for dir := filepath.Dir(pattern); ; dir = filepath.Dir(dir) {
		if !strings.ContainsAny(dir, `*?[`) || dir == filepath.Dir(dir) {
			return append(out, dir)
		}
		matches, _ := filepath.Glob(dir) // a bad pattern has been refused
		out = append(out, matches...)
	}
}
